"""Doubles with an exponent of their own: arrays of non-negative numbers that neither overflow nor underflow.

Formulas without subtraction, compiled for plain numbers, run on them unchanged (+ * / ** by integers).
Every operation rounds as double precision does.
"""

import numpy as np

LN2 = float(np.log(2.0))
FAR = 2100  # binary places: beyond the digits of any double, and safe in ldexp


class Wide:
    """mantissa 2^exponent, elementwise; mantissa 0 or in [1/2, 1)."""

    __slots__ = ("exponent", "mantissa")
    __array_ufunc__ = None  # numpy leaves mixed operations to this class

    def __init__(self, value: "float | np.ndarray", exponent: "int | np.ndarray" = 0) -> None:
        self.mantissa, shift = np.frexp(value)
        self.exponent = np.where(self.mantissa == 0, 0, shift.astype(np.int64) + exponent)

    @classmethod
    def exp(cls, logarithm: np.ndarray) -> "Wide":
        """e^logarithm; -inf gives 0."""
        with np.errstate(invalid="ignore"):
            places = np.where(np.isfinite(logarithm), np.rint(logarithm / LN2), 0.0)
            return cls(np.exp(logarithm - places * LN2), places.astype(np.int64))

    def __float__(self) -> float:
        return float(self.value())

    def value(self) -> np.ndarray:
        """As doubles: out of their range 0 or inf, or subnormal."""
        with np.errstate(over="ignore", under="ignore"):
            return np.ldexp(self.mantissa, np.clip(self.exponent, -FAR, FAR).astype(np.int32))

    def __mul__(self, other: "Wide | float | np.ndarray") -> "Wide":
        other = _wide(other)
        return Wide(self.mantissa * other.mantissa, self.exponent + other.exponent)

    def __truediv__(self, other: "Wide | float | np.ndarray") -> "Wide":
        other = _wide(other)
        return Wide(self.mantissa / other.mantissa, self.exponent - other.exponent)

    def __rtruediv__(self, other: "float | np.ndarray") -> "Wide":
        return _wide(other) / self

    def __pow__(self, power: int) -> "Wide":
        result = _wide(1.0)
        for _ in range(abs(power)):
            result = result * self
        return result if power >= 0 else 1.0 / result

    def __add__(self, other: "Wide | float | np.ndarray") -> "Wide":
        other = _wide(other)
        empty, other_empty = self.mantissa == 0, other.mantissa == 0
        top = np.where(
            empty, other.exponent, np.where(other_empty, self.exponent, np.maximum(self.exponent, other.exponent))
        )
        total = _shifted(self, top) + _shifted(other, top)
        return Wide(total, top)

    __rmul__, __radd__ = __mul__, __add__

    def where(self, condition: np.ndarray, other: "Wide") -> "Wide":
        """self where the condition holds, else the other."""
        chosen = Wide(0.0)
        chosen.mantissa = np.where(condition, self.mantissa, other.mantissa)
        chosen.exponent = np.where(condition, self.exponent, other.exponent)
        return chosen


def _wide(value: "Wide | float | np.ndarray") -> Wide:
    return value if isinstance(value, Wide) else Wide(value)


def _shifted(number: Wide, top: np.ndarray) -> np.ndarray:
    with np.errstate(under="ignore"):
        return np.ldexp(number.mantissa, np.maximum(number.exponent - top, -FAR).astype(np.int32))
