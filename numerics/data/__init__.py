"""Real data: one noun, Dataset, and one verb, load."""

from numerics.data.dataset import Dataset
from numerics.data.load import load

__all__ = ["Dataset", "load"]
