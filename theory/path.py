r"""Paths through the space of scales: every size and strength a power of one n that grows.

Units are those of the asymptotic laws: C = sigma_w = sigma_u = lambda_+ = 1, the teacher without its
1/M, v_I = I^-R, and gamma in units of sigma_u^2/M, so that kappa (N - D)(T - D) = gamma. With N infinite
gamma is the kernel ridge, kappa (T - D) = gamma; with T infinite kappa (N - D) = gamma.
"""

from dataclasses import dataclass
from typing import Any

import sympy as sp

from theory.errors import InvalidInput
from theory.exact import to_fraction

OPTIMAL = "optimal"


@dataclass(frozen=True)
class Power:
    """coefficient n^exponent, both exact: integers, fractions, or decimals as text.

    Raises InvalidInput unless coefficient > 0.
    """

    coefficient: sp.Rational
    exponent: sp.Rational

    def __init__(self, exponent: Any, coefficient: Any = 1) -> None:
        for name, value in (("coefficient", coefficient), ("exponent", exponent)):
            fraction = to_fraction(name, value)
            object.__setattr__(self, name, sp.Rational(fraction.numerator, fraction.denominator))
        if self.coefficient <= 0:
            raise InvalidInput("coefficient", coefficient, "a number > 0")

    def __str__(self) -> str:
        exponent = self.exponent if self.exponent.is_Integer else f"({self.exponent})"
        factor = "" if self.coefficient == 1 else f"{self.coefficient}*"
        return f"{factor}n^{exponent}"


@dataclass(frozen=True)
class Path:
    """N, T, gamma, M, noise as powers of n; None is infinite for a size and 0 for gamma and noise.

    Units: C = sigma_w = sigma_u = lambda_+ = 1, v_I = I^-R without 1/M, kappa (N - D)(T - D) = gamma.
    gamma may be OPTIMAL, the ridge that minimises the loss. `alpha` None keeps it a symbol; `source`
    None is the isotropic teacher, R = 1 + alpha. Raises InvalidInput unless N and T grow (one of them
    may be infinite), M does not shrink (a constant M is an integer), alpha > 0.
    """

    N: Power | None
    T: Power | None
    gamma: Power | str | None = None
    M: Power | None = None
    noise: Power | None = None
    alpha: sp.Rational | None = None
    source: sp.Rational | None = None

    def __post_init__(self) -> None:
        for name in ("alpha", "source"):
            value = getattr(self, name)
            if value is not None:
                fraction = to_fraction(name, value)
                object.__setattr__(self, name, sp.Rational(fraction.numerator, fraction.denominator))
        if self.alpha is not None and self.alpha <= 0:
            raise InvalidInput("alpha", self.alpha, "a number > 0, or alpha to keep it a symbol")
        for name, size in (("N", self.N), ("T", self.T)):
            if size is not None and size.exponent <= 0:
                raise InvalidInput(name, size, "a power of n that grows, such as n^1 or 2*n^(1/2), or inf")
        if self.N is None and self.T is None:
            raise InvalidInput("T", "inf", "a power of n, because N is infinite")
        if isinstance(self.gamma, str) and self.gamma != OPTIMAL:
            raise InvalidInput("gamma", self.gamma, "a power of n, 0 or optimal")
        if self.M is not None:
            constant = self.M.exponent == 0
            if self.M.exponent < 0 or (constant and not (self.M.coefficient.is_Integer)):
                raise InvalidInput("M", self.M, "a power of n that does not shrink, a fixed integer, or inf")
