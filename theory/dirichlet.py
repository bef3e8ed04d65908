r"""Dirichlet series of a spectrum, Z(z) = sum_I w_I lambda_I^z: all that asymptotics asks of it.

With lambda_I ~ I^-s and weights w_I ~ I^-R this is zeta(R + s z): its pole is the power law, its
values at negative integers make the smooth part of every spectral sum. Another spectrum is another
class with the same two methods:

    poles()           where Z has poles and of which order (it may have none)
    laurent(z, n)     coefficients of (z' - z)^-p, ..., (z' - z)^n around z, p the order of the pole there

The generalised Stieltjes constants in the Laurent expansion of the Hurwitz zeta function are SymPy's
`stieltjes(n, a)`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import sympy as sp


class DirichletSeries(Protocol):
    """Analytic continuation of sum_I w_I lambda_I^z."""

    def poles(self) -> Mapping[sp.Expr, int]: ...

    def laurent(self, z: sp.Expr, upto: int) -> Sequence[sp.Expr]: ...


def hurwitz_laurent(sigma: sp.Expr, slope: sp.Expr, shift: sp.Expr, upto: int, *, at_pole: bool) -> list[sp.Expr]:
    """zeta(sigma + slope d, shift) in powers of d; with `at_pole` from d^-1 on, sigma being 1."""
    if not at_pole:
        if upto > 0:
            raise NotImplementedError("derivatives of zeta away from its pole")
        return [sp.zeta(sigma) if shift == 1 else sp.zeta(sigma, shift)]
    regular = [(-1) ** n * sp.stieltjes(n, shift) * slope**n / sp.factorial(n) for n in range(upto + 1)]
    return [1 / slope, *regular]


@dataclass(frozen=True)
class PowerLawSeries:
    """sum_{I >= first} (scale I^-s)^z I^-R = scale^z zeta(R + s z, first); the pole is at z = (1 - R)/s.

    `first` = M + 1 gives the tail that a finite spectrum lacks.
    """

    s: sp.Expr
    source: sp.Expr = sp.Integer(0)
    first: sp.Expr = sp.Integer(1)

    @property
    def pole(self) -> sp.Expr:
        return (1 - self.source) / self.s

    def poles(self) -> Mapping[sp.Expr, int]:
        return {self.pole: 1}

    def laurent(self, z: sp.Expr, upto: int) -> Sequence[sp.Expr]:
        at_pole = sp.simplify(z - self.pole) == 0
        return hurwitz_laurent(self.source + self.s * z, self.s, self.first, upto, at_pole=at_pole)
