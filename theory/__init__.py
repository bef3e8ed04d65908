"""The model and what SymPy derives from its definition. Imports nothing from the other packages."""

from theory.errors import InvalidInput, NotConverged, PrecisionError, SolvableError
from theory.model import Model, Powers
from theory.spectrum import Eigenvalues, PowerLaw

__all__ = [
    "Eigenvalues",
    "InvalidInput",
    "Model",
    "NotConverged",
    "PowerLaw",
    "Powers",
    "PrecisionError",
    "SolvableError",
]
