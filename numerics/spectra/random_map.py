"""Random features phi = f(W x) of data that are centred and scaled to unit mean square.

    x = (sample - mean)/s,  s^2 = trace(covariance)/d;   W_jk ~ N(0, 1/d), seeded;   no bias

so the arguments of f have unit variance on average over the data. The first N rows of a wider W are the W of
width N: one pass over the data serves every width.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from numerics.activations import activation
from numerics.data import Dataset

ELEMENTS = 2**23  # of a block of features


@dataclass(frozen=True, eq=False)
class RandomMap:
    """f by name, W (N, d), and the data's mean (d,) and scale s."""

    name: str
    weights: np.ndarray
    mean: np.ndarray
    scale: float

    @classmethod
    def draw(cls, name: str, width: int, mean: np.ndarray, scale: float, seed: int) -> "RandomMap":
        """W from the seed. Raises InvalidInput for an unknown name."""
        activation(name)
        d = mean.size
        weights = np.random.default_rng(seed).standard_normal((width, d)) / math.sqrt(d)
        return cls(name, weights, mean, scale)

    @property
    def width(self) -> int:
        """N."""
        return len(self.weights)

    def __call__(self, samples: np.ndarray, dtype: type = np.float64) -> np.ndarray:
        """Features (rows, N) of samples (rows, d), computed in `dtype`."""
        x = ((samples - self.mean) / self.scale).astype(dtype, copy=False)
        with np.errstate(under="ignore", over="ignore"):  # tanh, erf and gelu of large arguments
            return activation(self.name)(x @ self.weights.T.astype(dtype, copy=False))

    def blocks(self, data: Dataset, dtype: type = np.float64) -> Iterator[np.ndarray]:
        """The features of all samples, in order."""
        for block in data.blocks(max(64, ELEMENTS // max(self.width, data.d))):
            yield self(block, dtype)
