"""Points at which the scaling laws are checked, each inside its phase by many decades."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy as sp
from mpmath import mp, mpf

from derivations.checks import Check
from derivations.expansion_points import SOURCE
from derivations.far_points import FarPoint, Place, alphas, placed
from derivations.ladders import Rungs, to_order
from derivations.law_formulas import E
from derivations.number import rational
from derivations.numeric_checks import Point, numerically
from numerics.multiprecision import exact
from numerics.spectral_sums import SpectralSums
from theory.continuum import ALPHA, LAMBDA_PLUS, SIZE
from theory.dirichlet import PowerLawSeries
from theory.mellin import Kernel
from theory.student import M, N, T

DEEP, TOP, MODES = mpf(10) ** -100, mpf(10) ** 25, 10**25  # kappa << 1, kappa >> 1; M where the spectrum ends
FLOOR = mpf(0)
SEED = 11  # of the exponents, for all leading laws: they share points

# The gaps (N - D, T - D) from D; None: infinite
FEATURES: Place = lambda d: (FLOOR, d**2)  # noqa: E731
SAMPLES: Place = lambda d: (d**2, FLOOR)  # noqa: E731
RIDGE: Place = lambda d: (d**2, 2 * d**2)  # noqa: E731
WIDE_SAMPLES: Place = lambda d: (None, FLOOR)  # noqa: E731
WIDE_FEATURES: Place = lambda d: (FLOOR, None)  # noqa: E731
WIDE_RIDGE: Place = lambda d: (None, d**3)  # noqa: E731
FAR_ABOVE: Place = lambda d: (mpf(10) ** 90, mpf(10) ** 80)  # noqa: E731
EDGE_EXCESS: Place = lambda d: (FLOOR, mp.sqrt(d))  # noqa: E731
EDGE_RIDGE: Place = lambda d: (mp.sqrt(d), mp.sqrt(d))  # noqa: E731

Read = Callable[[FarPoint], mpf]


def quantity(name: str) -> Read:
    """signal or label_noise."""
    return lambda point: point.losses[name]


def kappa(point: FarPoint) -> mpf:
    return point.kappa


def ridge_of_equal_kappa(point: FarPoint) -> mpf:
    """The ridge at which gamma/(N T) is the kappa of the ridgeless point."""
    return point.kappa * point.values[N] * point.values[T]


def law(read: Read, place: Place, at: mpf = DEEP) -> Check:
    """A leading law at two random exponents."""
    return numerically(lambda: [(read(point), _values(point)) for point in placed(place, at, SEED)])


def edge_law(read: Read, place: Place) -> Check:
    """A leading law at the interpolation edge; kappa small enough that E << N to all digits."""
    return law(read, place, DEEP**2)


def _values(point: FarPoint) -> dict[sp.Basic, Any]:
    found = point.values
    if point.feature_gap is not None and point.sample_gap is not None:
        found[E] = point.sample_gap - point.feature_gap
    return found


def law_at_end(read: Read) -> Check:
    """A leading law where kappa << lambda_M and M << N, T."""

    def points() -> Sequence[Point]:
        found = []
        for alpha in alphas(13):
            below = mp.power(MODES, -exact(1 + alpha)) * mpf(10) ** -20
            gaps = mpf(10) ** 60, mpf(10) ** 70
            point = FarPoint(alpha, below, *gaps, length=MODES)
            found.append((read(point), point.values))
        return found

    return numerically(points)


# Teachers ----------------------------------------------------------------------------------------------

Sources = Callable[[Fraction], Sequence[Fraction]]


def branch(share: Fraction, over: Fraction) -> tuple[Sources, Sources]:
    """R - 1 below the border, at `share` of s, and above it, by `over`·s + 3/2."""
    return (lambda s: [1 + share * s], lambda s: [1 + over * s + Fraction(3, 2)])


def source_law(place: Place, sources: Sources) -> Check:
    """A leading law of the signal for teachers I^-R."""
    return numerically(lambda: [_with_source(point) for point in _sourced(place, DEEP, sources)])


def _sourced(place: Place, at: mpf, sources: Sources) -> Iterator[FarPoint]:
    for point in placed(place, at, SEED):
        for source in sources(1 + point.alpha):
            yield replace(point, source=source)


def _with_source(point: FarPoint) -> Point:
    return point.losses["signal"], point.values | {SOURCE: point.source or 0}


def source_exponent(place: Place, size: sp.Symbol, sources: Sequence[Sources]) -> Check:
    """-d ln L/d ln(size) between two points, on both sides of the border."""

    def points() -> Sequence[Point]:
        found = []
        for rule in sources:
            for one, two in zip(*(_sourced(place, at, rule) for at in (DEEP, DEEP**2)), strict=True):
                (first, second), sizes = (p.losses["signal"] for p in (one, two)), (one.values[size], two.values[size])
                slope = -mp.log(second / first) / mp.log(sizes[1] / sizes[0])
                found.append((slope, {ALPHA: one.alpha, SOURCE: one.source or 0}))
        return found

    return numerically(points)


# Beyond the leading order ------------------------------------------------------------------------------


def corrected_delta() -> Check:
    """n kappa for a spectrum with (n/M)^alpha = n^(-3/4): the next terms are n^(-3/2) and smaller."""

    def ladders() -> list[Rungs]:
        found = []
        for alpha in alphas(15, low=Fraction(1, 2)):
            s, rungs, small = 1 + alpha, [], []
            for decades in (15, 22):
                size = mpf(10) ** decades
                at = mp.power(size, -exact(s))
                length = int(mp.power(size, exact(1 + Fraction(3, 4) / alpha)))
                n = FarPoint(alpha, at, length=length).df1
                rungs.append((n * at, {ALPHA: alpha, SIZE: n, M: length, LAMBDA_PLUS: 1}))
                small.append(1 / n)
            found.append(Rungs((rungs[0], rungs[1]), (small[0], small[1]), mpf(3) / 2))
        return found

    return to_order(ladders)


def last_mode() -> Check:
    """kappa with M - D = 1: sum_I u/(1 + u) = 1, linear in kappa up to 1/M."""

    def points() -> Sequence[Point]:
        found = []
        for alpha in alphas(16):
            total = SpectralSums(PowerLawSeries(rational(1 + alpha)), Kernel(0, 1), MODES)
            at = mp.power(MODES, -exact(2 + alpha))
            for _ in range(5):  # each step gains 25 digits
                at /= total(at)
            found.append((at, {ALPHA: alpha, M: MODES, LAMBDA_PLUS: 1}))
        return found

    return numerically(points)


def approach_to_plateau() -> Check:
    """L/L_plateau - 1 at kappa fixed by D = N, two values of T: the next term is of relative order N/T."""

    def ladders() -> list[Rungs]:
        found = []
        for alpha in alphas(17):
            rungs, small = [], []
            base = FarPoint(alpha, mpf(10) ** -12, FLOOR, None, source=1 + alpha / 2)
            for decades in (12, 18):
                gap = base.df1 * mpf(10) ** decades
                point = replace(base, sample_gap=gap)
                change = point.losses["signal"] / base.losses["signal"] - 1
                rungs.append((change, {N: point.df1, T: gap + point.df1}))
                small.append(1 / gap)
            found.append(Rungs((rungs[0], rungs[1]), (small[0], small[1]), mpf(1)))
        return found

    return to_order(ladders)


def best_kernel_ridge() -> Check:
    """The smallest loss of kernel regression at sigma_eps^2 = 1 over kappa, by parabolas."""

    def points() -> Sequence[Point]:
        found = []
        for alpha in alphas(18):
            size = mpf(10) ** 60

            def loss(log_kappa: mpf, alpha: Fraction = alpha, size: mpf = size) -> mpf:
                point = FarPoint(alpha, mp.exp(log_kappa), None, size)
                point = replace(point, sample_gap=size - point.df1)
                return sum(point.losses.values())

            start = mpf(3) / 10 - mp.log(size)
            found.append((_minimum(loss, start), {ALPHA: alpha, T: size}))
        return found

    return numerically(points)


def _minimum(function: Callable[[mpf], mpf], middle: mpf) -> mpf:
    """Of a function that is smooth and convex about the start: parabolas through three points, ever narrower."""
    width = mpf(3) / 10
    for _ in range(3):
        left, centre, right = (function(middle + shift * width) for shift in (-1, 0, 1))
        middle += width * (left - right) / (2 * (left - 2 * centre + right))
        width = max(width**2 / 4, mpf(10) ** -8)
    return function(middle)
