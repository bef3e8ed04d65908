r"""Exact points far out: planar solutions at sizes like $10^{40}$, parametrised by kappa.

The planar equation and D = df1 are solved by choosing kappa and the gaps N - D, T - D freely: sizes and ridge
follow, and no root is sought. Spectral sums are exact (numerics.spectral_sums: no expansion in kappa), losses are
numerics.formulas, compiled from the claims of the planar solution. Units as in theory.path.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import sympy as sp
from mpmath import mp, mpf

from derivations.number import rational, rationals
from numerics import formulas
from numerics.spectral_sums import SpectralSums
from theory.continuum import ALPHA, LAMBDA_PLUS
from theory.dirichlet import PowerLawSeries
from theory.mellin import Kernel
from theory.student import GAMMA, NOISE, SIGMA_U, M, N, T


def alphas(seed: int, count: int = 2, low: Fraction = Fraction(1, 3), high: Fraction = Fraction(3)) -> list[Fraction]:
    """Random rational exponents."""
    return rationals(seed, count, low, high)


@dataclass(frozen=True)
class FarPoint:
    """kappa, and the gaps a = N - D, b = T - D; None for a size that is infinite. M None: infinitely many modes."""

    alpha: Fraction
    kappa: mpf
    feature_gap: mpf | None = None
    sample_gap: mpf | None = None
    source: Fraction | None = None
    length: int | None = None

    def sum(self, j: int, k: int, weight: Fraction = Fraction(0)) -> mpf:
        """sum_I I^-weight p^j (1 - p)^k."""
        return _sum(self.alpha, self.kappa, j, k, weight, self.length, mp.prec)

    @cached_property
    def df1(self) -> mpf:
        return self.sum(1, 0)

    @cached_property
    def losses(self) -> dict[str, mpf]:
        """signal and label_noise (for unit noise)."""
        weight = 1 + self.alpha if self.source is None else self.source
        infinite = "N" if self.feature_gap is None else "T" if self.sample_gap is None else ""
        a, b = (mpf(0) if gap is None else gap for gap in (self.feature_gap, self.sample_gap))
        moments = (self.sum(2, 0), self.sum(1, 1), self.sum(0, 2, weight), self.sum(1, 1, weight))
        forms = formulas.losses(infinite, "mpmath")
        return {name: forms[name](1, a, b, *moments, mpf(1)) + mpf(0) for name in ("signal", "label_noise")}

    @property
    def values(self) -> dict[sp.Basic, Any]:
        """Of the symbols; gamma is that of the planar equation, in units of sigma_u^2/M, or of the infinite size."""
        found: dict[sp.Basic, Any] = {ALPHA: self.alpha, LAMBDA_PLUS: 1, SIGMA_U: 1, NOISE: 1, GAMMA: self.kappa}
        for symbol, gap in ((N, self.feature_gap), (T, self.sample_gap)):
            if gap is not None:
                found[symbol] = gap + self.df1
                found[GAMMA] *= gap
        return found | ({} if self.length is None else {M: self.length})


@lru_cache(maxsize=1024)
def _sum(alpha: Fraction, kappa: mpf, j: int, k: int, weight: Fraction, length: int | None, _prec: int) -> mpf:
    """Points of different claims share their sums."""
    return SpectralSums(PowerLawSeries(rational(1 + alpha), rational(weight)), Kernel(j, k), length)(kappa)


Place = Callable[[mpf], tuple[mpf | None, mpf | None]]  # the gaps, from D


def placed(place: Place, kappa: mpf, seed: int) -> Iterator[FarPoint]:
    """Points at random exponents, with gaps that depend on D."""
    for alpha in alphas(seed):
        yield FarPoint(alpha, kappa, *place(FarPoint(alpha, kappa).df1))
