"""Exact derivatives: polynomials in generators whose squares vanish.

In x = sum_S c_S prod_{k in S} e_k with e_k^2 = 0, c_S is the mixed first derivative in the variables of S at 0.
Rational expressions compiled from SymPy run on these numbers as they do on floats (arrays of them too).
"""

from typing import Any

import numpy as np


class Nilpotent:
    """Coefficients in the last axis, which has length 2^generators: generator k is bit k of the index."""

    __array_ufunc__ = None  # so that array * Nilpotent is ours
    __slots__ = ("c",)

    def __init__(self, coefficients: np.ndarray) -> None:
        self.c = coefficients

    @classmethod
    def constant(cls, value: np.ndarray | float, generators: int) -> "Nilpotent":
        """A number, or an array of them."""
        c = np.zeros((*np.shape(value), 2**generators))
        c[..., 0] = value
        return cls(c)

    @classmethod
    def generator(cls, k: int, generators: int) -> "Nilpotent":
        """The variable k."""
        c = np.zeros(2**generators)
        c[1 << k] = 1.0
        return cls(c)

    def _same(self, other: Any) -> np.ndarray:
        if isinstance(other, Nilpotent):
            return other.c
        return Nilpotent.constant(other, self.c.shape[-1].bit_length() - 1).c

    def __add__(self, other: Any) -> "Nilpotent":
        return Nilpotent(self.c + self._same(other))

    __radd__ = __add__

    def __neg__(self) -> "Nilpotent":
        return Nilpotent(-self.c)

    def __sub__(self, other: Any) -> "Nilpotent":
        return Nilpotent(self.c - self._same(other))

    def __rsub__(self, other: Any) -> "Nilpotent":
        return Nilpotent(self._same(other) - self.c)

    def __mul__(self, other: Any) -> "Nilpotent":
        if not isinstance(other, Nilpotent):
            return Nilpotent(self.c * np.asarray(other)[..., None])
        a, b = self.c, other.c
        found: np.ndarray = np.zeros(np.broadcast_shapes(a.shape, b.shape))
        top = found.shape[-1] - 1
        for i in range(top + 1):
            rest = top & ~i
            j = rest
            while True:  # every j disjoint from i
                found[..., i | j] += a[..., i] * b[..., j]
                if j == 0:
                    break
                j = (j - 1) & rest
        return Nilpotent(found)

    __rmul__ = __mul__

    def _nilpotent_part(self) -> tuple[np.ndarray, "Nilpotent"]:
        """x_0 and y with x = x_0 (1 + y)."""
        x0 = self.c[..., 0]
        y = self.c / x0[..., None]
        y[..., 0] = 0.0
        return x0, Nilpotent(y)

    def inverse(self) -> "Nilpotent":
        """1/x = (1 - y + y^2 - ...)/x_0."""
        x0, y = self._nilpotent_part()
        total = Nilpotent.constant(np.ones(x0.shape), self.c.shape[-1].bit_length() - 1)
        power = total
        for k in range(1, self.c.shape[-1].bit_length()):
            power = power * y
            total = total + power * (-1.0) ** k
        return total * (1 / x0)

    def log(self) -> "Nilpotent":
        """ln x_0 + y - y^2/2 + ..."""
        x0, y = self._nilpotent_part()
        power, total = y, y
        for k in range(2, self.c.shape[-1].bit_length()):
            power = power * y
            total = total - power * ((-1.0) ** k / k)
        return total + np.log(x0)

    def __truediv__(self, other: Any) -> "Nilpotent":
        return self * other.inverse() if isinstance(other, Nilpotent) else self * (1 / np.asarray(other))

    def __rtruediv__(self, other: Any) -> "Nilpotent":
        return self.inverse() * other

    def __pow__(self, exponent: int) -> "Nilpotent":
        base = self if exponent >= 0 else self.inverse()
        found = Nilpotent(self._same(np.ones(self.c.shape[:-1])))
        for _ in range(abs(exponent)):
            found = base * found
        return found

    def sum(self) -> "Nilpotent":
        """Over the first axis of an array."""
        return Nilpotent(self.c.sum(axis=0))

    def derivative(self, *generators: int) -> float:
        """The mixed first derivative in the given variables, at 0."""
        return float(self.c[..., sum(1 << k for k in generators)])
