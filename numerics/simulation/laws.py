"""Laws of independent entries of mean 0 and variance 1, for latent data and features, by name.

Planar theory uses the first two moments only; whether it then holds is universality, and is measured
(benchmarks/universality.py). `orthogonal` is a law of the feature matrix as a whole.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from theory.errors import InvalidInput
from theory.exact import to_fraction

Sampler = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]


@dataclass(frozen=True)
class Law:
    """`name`, and its parameter where it has one: degrees of freedom (student), share of non-zeros (sparse)."""

    name: str = "gaussian"
    parameter: float | None = None

    @classmethod
    def parse(cls, option: str, text: str, *, matrix: bool = False) -> "Law":
        """From `gaussian`, `student:5`, `sparse:0.1`, ...; with `matrix`, also `orthogonal`. Raises InvalidInput."""
        names = [*_SAMPLERS, *(["orthogonal"] if matrix else [])]
        allowed = "one of " + ", ".join(_EXAMPLES.get(name, name) for name in names)
        name, colon, value = text.strip().lower().partition(":")
        if name not in names or bool(colon) != (name in _EXAMPLES):
            raise InvalidInput(option, text, allowed)
        if not colon:
            return cls(name)
        number = float(to_fraction(option, value, allowed))
        if name == "student" and not 2 < number <= 1e6:
            raise InvalidInput(option, text, "student:F with 2 < F <= 1e6 degrees of freedom (a finite variance)")
        if name == "sparse" and not 1e-6 <= number <= 1:
            raise InvalidInput(option, text, "sparse:P with a share 1e-6 <= P <= 1 of entries that are not zero")
        return cls(name, number)

    def __str__(self) -> str:
        if self.parameter is None:
            return self.name
        short = f"{self.parameter:g}"
        return f"{self.name}:{short if float(short) == self.parameter else repr(self.parameter)}"

    @property
    def gaussian(self) -> bool:
        """Whether entries are Gaussian, so that averages over rotations are exact."""
        return self.name == "gaussian"

    @property
    def kurtosis(self) -> float:
        """Fourth cumulant of an entry: E z^4 - 3 (inf where it does not exist)."""
        if self.name == "student":
            freedom = self.parameter or math.inf
            return 6 / (freedom - 4) if freedom > 4 else math.inf
        if self.name == "sparse":
            return 3 / (self.parameter or 1.0) - 3
        return {"gaussian": 0.0, "rademacher": -2.0, "uniform": -1.2, "laplace": 3.0, "orthogonal": 0.0}[self.name]

    def sample(self, rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
        """An array of independent entries, float64."""
        return _SAMPLERS[self.name](rng, shape, self.parameter)


GAUSSIAN = Law()


def _gaussian(rng: np.random.Generator, shape: tuple[int, int], _: float | None) -> np.ndarray:
    return rng.standard_normal(shape)


def _rademacher(rng: np.random.Generator, shape: tuple[int, int], _: float | None) -> np.ndarray:
    return 2.0 * rng.integers(0, 2, shape, dtype=np.int8) - 1.0


def _uniform(rng: np.random.Generator, shape: tuple[int, int], _: float | None) -> np.ndarray:
    edge = math.sqrt(3)
    return rng.uniform(-edge, edge, shape)


def _laplace(rng: np.random.Generator, shape: tuple[int, int], _: float | None) -> np.ndarray:
    return rng.laplace(0.0, math.sqrt(0.5), shape)


def _student(rng: np.random.Generator, shape: tuple[int, int], freedom: float | None) -> np.ndarray:
    assert freedom is not None
    return rng.standard_t(freedom, shape) * math.sqrt((freedom - 2) / freedom)


def _sparse(rng: np.random.Generator, shape: tuple[int, int], share: float | None) -> np.ndarray:
    """Gaussian with probability `share`, else 0."""
    assert share is not None
    return rng.standard_normal(shape) * (rng.random(shape) < share) / math.sqrt(share)


_SAMPLERS = {
    "gaussian": _gaussian,
    "rademacher": _rademacher,
    "uniform": _uniform,
    "laplace": _laplace,
    "student": _student,
    "sparse": _sparse,
}
_EXAMPLES = {"student": "student:F (F > 2)", "sparse": "sparse:P (0 < P <= 1)"}
