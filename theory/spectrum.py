"""Population spectra lambda_1 >= ... >= lambda_M of the latent data: a power law, or a list."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from theory.errors import InvalidInput
from theory.exact import to_fraction, to_size

if TYPE_CHECKING:  # a power law needs no arrays: NumPy is loaded with the first list
    import numpy as np


@dataclass(frozen=True)
class PowerLaw:
    """lambda_I = lambda_+ I^{-(1+alpha)}, I = 1..M (MRS, arXiv:2210.16859, section 2).

    alpha > 0 and lambda_+ > 0 are exact fractions, M a positive integer of any magnitude.
    Raises InvalidInput.
    """

    alpha: Fraction
    M: int
    lambda_plus: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        object.__setattr__(self, "alpha", positive("alpha", self.alpha))
        object.__setattr__(self, "M", to_size("M", self.M))
        object.__setattr__(self, "lambda_plus", positive("lambda_plus", self.lambda_plus))

    @property
    def exponent(self) -> Fraction:
        """s = 1 + alpha, the capacity exponent of the spectrum."""
        return 1 + self.alpha


class Eigenvalues:
    """An explicit list of positive eigenvalues (real data), kept in decreasing order as float64.

    Immutable, hashable and compared by content. `order` is the permutation that sorted the input,
    so that data listed along with the eigenvalues can follow. Raises InvalidInput when the list is
    empty, not one-dimensional, or holds anything but finite normal numbers > 0.
    """

    __slots__ = ("_key", "order", "values")
    values: "np.ndarray"
    order: "np.ndarray"
    _key: int

    def __init__(self, values: Iterable[float]) -> None:
        import numpy as np

        array = real_array("eigenvalues", values)
        if np.any(array < np.finfo(float).tiny):
            bad = array[array < np.finfo(float).tiny][0]
            raise InvalidInput("eigenvalues", f"[... {bad} ...]", "numbers > 0 (drop zero modes: they carry no data)")
        order = np.argsort(-array, kind="stable")
        sorted_values = array[order]
        for frozen in (order, sorted_values):
            frozen.setflags(write=False)
        object.__setattr__(self, "order", order)
        object.__setattr__(self, "values", sorted_values)
        object.__setattr__(self, "_key", hash(sorted_values.tobytes()))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Eigenvalues is immutable: cannot set {name}")

    @property
    def M(self) -> int:
        """How many there are."""
        return int(self.values.size)

    @property
    def lambda_plus(self) -> Fraction:
        """The largest of them, exactly."""
        return Fraction(float(self.values[0]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Eigenvalues) and self.values.tolist() == other.values.tolist()

    def __hash__(self) -> int:
        return self._key

    def __repr__(self) -> str:
        return f"Eigenvalues(M={self.M}, largest={self.values[0]:.6g}, smallest={self.values[-1]:.6g})"

    def __reduce__(self) -> "tuple[type, tuple[np.ndarray]]":
        listed = self.values.copy()
        listed[self.order] = self.values  # as given: data listed along with the eigenvalues still follow
        return Eigenvalues, (listed,)


Spectrum = PowerLaw | Eigenvalues


def positive(name: str, value: object) -> Fraction:
    """`value` as an exact fraction > 0, or InvalidInput."""
    number = to_fraction(name, value, "a number > 0")
    if number <= 0:
        raise InvalidInput(name, value, "a number > 0")
    return number


def real_array(name: str, values: Iterable[float]) -> "np.ndarray":
    """A one-dimensional, non-empty, finite float64 copy of `values`, or InvalidInput."""
    import numpy as np

    allowed = "a non-empty list of finite real numbers"
    if isinstance(values, str | bytes) or not hasattr(values, "__iter__"):
        raise InvalidInput(name, values, allowed)
    try:
        raw = np.asarray(values if hasattr(values, "dtype") else list(values))
        if raw.dtype.kind not in "iufO":
            raise TypeError
        array = np.array(raw, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise InvalidInput(name, values, allowed) from None
    if array.ndim != 1 or array.size == 0:
        raise InvalidInput(name, f"array of shape {array.shape}", allowed)
    if not np.all(np.isfinite(array)):
        bad = array[~np.isfinite(array)][0]
        raise InvalidInput(name, "nan" if math.isnan(bad) else bad, allowed)
    return array
