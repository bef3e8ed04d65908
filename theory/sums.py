r"""Leading growth of every spectral sum of the planar theory, in every regime of kappa.

sum_{I <= M} I^-R u^k/(1 + u)^(j+k) with u = kappa I^s, s = 1 + alpha, lambda_+ = 1. The terms come from
`theory.mellin`; here the order of the scales picks the leading one:

    kappa M^s -> infinity    the power law's pole, the zeta term, or the end of a sum that diverges
    kappa M^s -> y           an Euler integral up to the end of the spectrum (2F1)
    kappa M^s -> 0           generalised harmonic numbers
    kappa ~ 1, kappa >> 1    the top of the spectrum: the sum itself, and its first power

A fixed M is a finite sum in each.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import sympy as sp
from sympy.polys.fields import FracElement

from theory.closed import SpectralSum, compact, harmonic, reflected
from theory.continuum import ALPHA
from theory.dirichlet import PowerLawSeries
from theory.growth import Growth, Scales
from theory.mellin import Kernel, Term, as_integer, left_terms, right_terms
from theory.order import Window, exponent

POLE, SATURATED, END, TOP = "pole", "saturated", "end of spectrum", "top of spectrum"


def _integer_in(window: Window) -> Callable[[sp.Expr], int | None]:
    """The test for coincident poles, at the window's alpha if that is a point."""
    if not window.point:
        return as_integer
    return lambda value: as_integer(sp.sympify(value).subs(ALPHA, window.low))


@cache
def _power_law_terms(window: Window, source: sp.Expr, j: int, k: int) -> list[Term]:
    """The pole's term, and the first zeta term if it vanishes with kappa (k > 0)."""
    series = PowerLawSeries(1 + ALPHA, source)
    terms = left_terms(series, Kernel(j, k), 0 if k == 0 else 1, _integer_in(window))
    return [Term(term.power, tuple(compact(reflected(c)) for c in term.coefficients)) for term in terms]


@dataclass(frozen=True)
class Spectrum:
    """The power law I^-s over I <= size: a growth, a fixed integer, or None for an infinite one."""

    scales: Scales
    size: Growth | int | None = None

    s = exponent(1 + ALPHA)

    def edge(self, kappa: Growth) -> Growth:
        """kappa/lambda_M for a growing M."""
        return kappa * self.length**self.s

    @property
    def full(self) -> Growth | None:
        """M as a growth, fixed or not; None if infinite."""
        return self.scales.constant(self.size) if isinstance(self.size, int) else self.size

    @property
    def length(self) -> Growth:
        """M, where it grows with the other scales."""
        if not isinstance(self.size, Growth):
            raise TypeError(f"the spectrum's size is no growth: {self.size}")
        return self.size

    def sum(self, kappa: Growth, j: int, k: int, source: FracElement) -> Growth | None:
        """Leading growth of the sum with weights I^-source; None if it diverges."""
        if isinstance(self.size, int):
            return self._fixed(self.size, kappa, j, k, source)
        edge = 1 if self.size is None else self.scales.sign(self.edge(kappa))
        if edge == 0:
            return self._at_edge(kappa, j, k, source)
        if edge < 0:
            return kappa**k * self._harmonic(source - k * self.s)
        place = self.scales.sign(kappa)
        if self._sign(source + j * self.s - 1) <= 0:  # the sum would not converge at I -> infinity
            if self.size is None:
                return None
            return self._ending(kappa, j, k, source)
        if place > 0:
            return (kappa ** (-j) * self._harmonic(source + j * self.s)).named(TOP)
        if place == 0:
            return self._at_top(kappa, j, k, source)
        return self.power_law(kappa, j, k, source)

    def _sign(self, value: FracElement) -> int:
        return self.scales.region.sign_of(value)

    def power_law(self, kappa: Growth, j: int, k: int, source: FracElement) -> Growth:
        """The larger of the pole of the Dirichlet series and the first zeta term; their logarithm if they meet."""
        growths: list[Growth] = []
        for term in _power_law_terms(self.scales.region.window, source.as_expr(), j, k):
            growth = (kappa ** exponent(term.power)).times(term.coefficients[-1])
            distance = exponent(term.power) - exponent(k)  # from the first zeta term
            if term.log_power and self._sign(distance) == 0:
                growth = (growth * (kappa**-1).log() ** term.log_power).named(POLE, SATURATED)
                growth = replace(growth, ties=kappa.ties | {(kappa**distance).powers})
            elif distance or not growths:
                growth = growth.named(POLE)
            else:
                growth = growth.named(SATURATED)
            growths.append(growth)
        return self.scales.sum(growths)

    def _ending(self, kappa: Growth, j: int, k: int, source: FracElement) -> Growth:
        """The sum lives at its end: the Hurwitz zeta term of the tail, which grows with M."""
        sigma = source + j * self.s
        if self._sign(sigma - 1) == 0:
            tail = PowerLawSeries(self.s.as_expr(), source.as_expr(), sp.Symbol("first", positive=True))
            (term,) = right_terms(tail, Kernel(j, k), 1, _integer_in(self.scales.region.window))
            # a double pole: ln(1/kappa) with this coefficient, and ln M to make it ln(kappa M^s)
            logarithm = (
                self.edge(kappa).log() if self.scales.sign(kappa) < 0 else self.length.log().times(self.s.as_expr())
            )
            growth = (kappa ** (-j)).times(term.coefficients[-1]) * logarithm
        else:
            growth = kappa ** (-j) * self._harmonic(sigma)
        return growth.named(END)

    def _harmonic(self, sigma: FracElement) -> Growth:
        """sum_{I <= M} I^-sigma: zeta(sigma), ln M, or M^(1 - sigma)/(1 - sigma), by the integral test."""
        sign = self._sign(sigma - 1)
        if sign > 0:
            return self.scales.constant(sp.zeta(sigma.as_expr())).named(SATURATED)
        if sign == 0:
            return self.length.log().named(SATURATED, END)
        return (self.length ** (1 - sigma)).times(1 / (1 - sigma).as_expr()).named(END)

    def _at_edge(self, kappa: Growth, j: int, k: int, source: FracElement) -> Growth:
        """kappa M^s -> y: the integral of t^-R u^k/(1 + u)^(j+k), u = y t^s, over 0 < t < 1, where it converges."""
        edge = self.edge(kappa)
        if self._sign(source - k * self.s - 1) >= 0:
            return kappa**k * self._harmonic(source - k * self.s)
        y = self.scales.constant_value(edge)
        b = ((1 - source) / self.s + exponent(k)).as_expr()
        integral = y**k * sp.hyper((j + k, b), (b + 1,), -y) / (self.s.as_expr() * b)
        ties = frozenset([edge.powers]) if any(edge.powers) else frozenset()
        growth = (self.length ** (1 - source)).times(integral)
        return replace(growth, origin=frozenset([END]), ties=kappa.ties | ties)

    def _at_top(self, kappa: Growth, j: int, k: int, source: FracElement) -> Growth:
        """kappa -> constant: the whole sum, dominated by the largest eigenvalues."""
        ties = frozenset([kappa.powers]) if any(kappa.powers) else frozenset()
        growth = self.scales.constant(self._whole(kappa, j, k, source, sp.oo))
        return replace(growth, origin=frozenset([TOP]), ties=kappa.ties | ties)

    def _whole(self, kappa: Growth, j: int, k: int, source: FracElement, size: sp.Expr) -> sp.Expr:
        return SpectralSum(self.scales.constant_value(kappa), self.s.as_expr(), source.as_expr(), j, k, size)

    def _fixed(self, size: int, kappa: Growth, j: int, k: int, source: FracElement) -> Growth:
        """M stays fixed: a finite sum."""
        place = self.scales.sign(kappa)
        if place == 0:
            return self.scales.constant(self._whole(kappa, j, k, source, sp.Integer(size))).named(TOP)
        power = source - k * self.s if place < 0 else source + j * self.s
        total = self.scales.constant(harmonic(power.as_expr(), size))
        return (kappa**k if place < 0 else kappa ** (-j)) * total.named(END)
