"""Exact spectral sums on rungs of kappa, to check expansions with."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import sympy as sp
from flint import arb, ctx
from mpmath import mp, mpf

from derivations.checks import Check
from derivations.enclosed_checks import PRECISION, Samples
from derivations.far_points import alphas
from derivations.ladders import Rungs, to_order
from derivations.number import rational, rationals
from derivations.numeric_checks import Point, numerically
from numerics.enclosed_integral import Integral
from numerics.enclosed_sums import ball
from numerics.multiprecision import exact
from numerics.spectral_sums import SpectralSums
from theory.closed import compact, reflected
from theory.continuum import ALPHA
from theory.dirichlet import PowerLawSeries
from theory.expansion import Expansion
from theory.mellin import Kernel
from theory.moments import KAPPA
from theory.student import M

SOURCE = sp.Symbol("R", positive=True)  # weights I^-R
S = 1 + ALPHA
RUNGS = (12, 18)  # kappa = 10^-12, 10^-18
START = 400  # decades below 1 at which an integral from 0 begins; what it leaves out is bounded
CIRCLE = 64  # points on a circle round a pole


def read(coefficient: sp.Expr) -> sp.Expr:
    """A coefficient for reading: products of gamma functions as sines, all of one argument."""
    short = reflected(coefficient)
    if short.free_symbols <= {ALPHA}:
        return compact(short)
    return tidied(sp.factor(short.replace(sp.sin, _sine)))


def tidied(law: sp.Expr) -> sp.Expr:
    """Arguments of sines in one fraction."""
    return law.replace(sp.sin, lambda argument: sp.sin(sp.factor(argument)))


def _sine(argument: sp.Expr) -> sp.Expr:
    """By sin(pi (n +- w)) = +- (-1)^n sin(pi w), w the pole's power of kappa, where the argument is of this form."""
    power = (SOURCE - 1) / S
    for sign in (1, -1):
        turns = sp.cancel(argument / sp.pi - sign * power)
        if turns.is_Integer:
            return sign * (-1) ** turns * sp.sin(sp.pi * power)
    return sp.sin(argument)


def expression(expansion: Expansion) -> sp.Expr:
    """The terms in powers of kappa, lambda_+ = 1, from the largest on."""
    powers = [term.power for term in expansion.terms]
    in_order = all(power.is_number for power in powers)  # no two series, each in an order of its own
    parts = []
    for term in sorted(expansion.terms, key=lambda term: abs(term.power)) if in_order else expansion.terms:
        coefficient = sp.Add(*(read(c) * sp.log(1 / KAPPA) ** n for n, c in enumerate(term.coefficients)))
        if coefficient.has(sp.EulerGamma):
            numerator, denominator = sp.fraction(sp.together(coefficient))
            coefficient = sp.collect(sp.expand(numerator), sp.EulerGamma, sp.factor) / denominator
        parts.append(KAPPA ** sp.cancel(term.power) * coefficient)
    return sp.Add(*(part for part in parts if part != 0), evaluate=False)


Weight = Callable[[Fraction], Fraction]  # R, from alpha


def expands(
    kernel: Kernel, omitted: int, lowest: Callable[[Fraction], Fraction], weight: Weight | None = None, *, seed: int = 1
) -> Check:
    """The infinite sum is the right side up to kappa^omitted; kappa^lowest is its leading power."""

    def ladders() -> list[Rungs]:
        return [_rungs(alpha, kernel, omitted, lowest, weight) for alpha in alphas(seed)]

    return to_order(ladders)


def _rungs(
    alpha: Fraction, kernel: Kernel, omitted: int, lowest: Callable[[Fraction], Fraction], weight: Weight | None
) -> Rungs:
    source = Fraction(0) if weight is None else weight(alpha)
    total = SpectralSums(PowerLawSeries(rational(1 + alpha), rational(source)), kernel)
    values = {ALPHA: alpha, SOURCE: source}
    one, two = (mpf(10) ** -decades for decades in RUNGS)
    first, second = ((total(x), values | {KAPPA: x}) for x in (one, two))
    return Rungs((first, second), (one, two), exact(omitted - lowest(alpha)))


def expands_within(omitted: int, tail: int) -> Check:
    """df1 of a long spectrum, M ~ kappa^(-2/s): left out are kappa^omitted and (kappa M^s)^-tail M."""

    def ladders() -> list[Rungs]:
        found = []
        for alpha in alphas(2, low=Fraction(1, 2)):
            s, points, small = 1 + alpha, [], []
            for decades in RUNGS:
                x = mpf(10) ** -decades
                length = int(mp.power(x, -2 / exact(s)))
                total = SpectralSums(PowerLawSeries(rational(s)), Kernel(1, 0), length)
                points.append((total(x), {ALPHA: alpha, KAPPA: x, M: length}))
                small.append(x)
            order = min(Fraction(omitted), tail - 2 / s) + 1 / s
            found.append(Rungs((points[0], points[1]), (small[0], small[1]), exact(order)))
        return found

    return to_order(ladders)


def expands_beside(sign: int, omitted: int, length: int | None) -> Check:
    """df1 where kappa lies below (sign -1) or above (1) the whole spectrum; relative error of order `omitted`."""

    def ladders() -> list[Rungs]:
        found = []
        for alpha in alphas(3):
            total = SpectralSums(PowerLawSeries(rational(1 + alpha)), Kernel(1, 0), length)
            one, two = (mpf(10) ** (sign * decades) for decades in RUNGS)
            values = {ALPHA: alpha} | ({} if length is None else {M: length})
            first, second = ((total(x), values | {KAPPA: x}) for x in (one, two))
            found.append(Rungs((first, second), (one**-sign, two**-sign), mpf(omitted)))
        return found

    return to_order(ladders)


def mean_on_circle(function: Callable[[mpf, mpf], Callable[[mpf], mpf]]) -> Check:
    """The mean over a circle round z = (1 - R)/s of function(s, R), of the distance d: a Laurent coefficient."""

    def points() -> Sequence[Point]:
        return [_circle(alpha, weight, function) for alpha, weight in zip(alphas(4), sources(4), strict=True)]

    return numerically(points)


def _circle(alpha: Fraction, weight: Fraction, function: Callable[[mpf, mpf], Callable[[mpf], mpf]]) -> Point:
    on = function(exact(1 + alpha), exact(weight))
    total = mp.fsum(on(mp.expjpi(2 * mpf(i) / CIRCLE) / 8).real for i in range(CIRCLE))
    return total / CIRCLE, {ALPHA: alpha, SOURCE: weight}


def sources(seed: int, count: int = 2) -> list[Fraction]:
    """Random teacher exponents between 0 and 2."""
    return rationals(seed, count, Fraction(0), Fraction(2), 89)


def mellin_integrals(kernel: Kernel, variable: sp.Symbol) -> Callable[[], Samples]:
    """Proved integrals of u^(z-1) u^k/(1 + u)^(j+k) over u > 0, at z inside -k < z < j."""
    places = [Fraction(i, 7) * (kernel.j + kernel.k) - kernel.k for i in (2, 5, 6)]

    def samples() -> Samples:
        with ctx.workdps(PRECISION):
            return [(_integral(z + kernel.k, kernel.j + kernel.k), {variable: z}) for z in places]

    return samples


def continuum_integrals() -> Samples:
    """Proved integrals of 1/(1 + t^s) over t > 0: with u = t^s, of u^(1/s - 1)/(1 + u), over s."""
    with ctx.workdps(PRECISION):
        return [(_integral(1 / (1 + a), 1) / ball(1 + a), {ALPHA: a}) for a in alphas(5, 3)]


def _integral(a: Fraction, m: int) -> arb:
    """u^(a-1) (1 + u)^-m over u > 0: below START by at most that power of it over a."""
    low = arb(10) ** -START
    rest = low ** ball(a) / ball(a)
    return Integral(a, m)(low, None) + arb(0, rest.abs_upper())


def shares() -> Iterator[Point]:
    """df2/df1 at kappa = 10^-80."""
    for alpha in alphas(6):
        series, x = PowerLawSeries(rational(1 + alpha)), mpf(10) ** -80
        df1, df2 = (SpectralSums(series, Kernel(j, 0))(x) for j in (1, 2))
        yield df2 / df1, {ALPHA: alpha}
