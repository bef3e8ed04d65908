"""The model and what SymPy derives from its definition. Imports nothing from the other packages."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from theory.errors import InvalidInput, NotConverged, PrecisionError, SolvableError
from theory.model import Model, Powers
from theory.spectrum import Eigenvalues, PowerLaw

if TYPE_CHECKING:
    from theory.conventions import Convention
    from theory.papers import CONVENTIONS
    from theory.path import OPTIMAL, Path, Power

# what needs SymPy is loaded when first asked for
_LATER = {"Path": "path", "Power": "path", "OPTIMAL": "path", "Convention": "conventions", "CONVENTIONS": "papers"}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'theory' has no attribute {name!r}")
    return getattr(import_module(f"theory.{_LATER[name]}"), name)


__all__ = [
    "CONVENTIONS",
    "OPTIMAL",
    "Convention",
    "Eigenvalues",
    "InvalidInput",
    "Model",
    "NotConverged",
    "Path",
    "Power",
    "PowerLaw",
    "Powers",
    "PrecisionError",
    "SolvableError",
]
