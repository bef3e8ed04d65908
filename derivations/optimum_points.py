"""Numerical optima that the chapters on the ridge and on equal sizes are checked against.

Losses are minimised as they stand: numerical derivatives and bracketed roots, on exact planar sums.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import sympy as sp
from mpmath import mp, mpf

from derivations.number import Values, rationals
from derivations.numeric_checks import PRECISION, Point
from derivations.systems import STEP, ZERO, LargeSystem, SmallSystem, verify
from numerics.multiprecision import exact
from theory.continuum import ALPHA
from theory.optimum import DF1, SHARE_N, SHARE_T, WEIGHT
from theory.planar import FEATURE_GAP, SAMPLE_GAP
from theory.positive import BIAS_SUM, DF2, SPREAD
from theory.stationary import CROSS_12, CROSS_21, SPREAD_21
from theory.student import NOISE, N, T

COST_N, COST_T = sp.symbols("a b", positive=True)  # powers of N and T in the cost
ALPHAS = [alpha for alpha in rationals(7, 3, Fraction(2, 5), Fraction(3)) if alpha != 1]
SHARES = rationals(11, 6, Fraction(1), Fraction(4))
INFINITE = mpf(10) ** 60  # times another size: what it leaves out is of that order


@cache
def system(alpha: Fraction, unit: int = LargeSystem.UNIT) -> LargeSystem:
    with mp.workdps(PRECISION):
        return LargeSystem(alpha, unit)


@dataclass(frozen=True)
class Best:
    """Sizes, and D, ridge and loss at the least loss."""

    alpha: Fraction
    features: mpf
    samples: mpf
    df1: mpf
    ridge: mpf
    loss: mpf

    @property
    def values(self) -> Values:
        return {ALPHA: self.alpha, N: self.features, T: self.samples}


@cache
def best_ridge(alpha: Fraction, features: Fraction, samples: Fraction) -> Best:
    """Least loss in gamma without noise; the sizes are multiples of the system's unit."""
    with mp.workdps(PRECISION):
        found = system(alpha)
        n, t = (exact(size) * found.unit for size in (features, samples))
        at = found.best_kappa(n, t)
        return Best(alpha, n, t, sum(found.degrees(at)), found.ridge(at, n, t), found.loss(at, n, t))


def general() -> list[Best]:
    """Random alpha, N and T."""
    return [best_ridge(a, n, t) for a, n, t in zip(ALPHAS, SHARES[:3], SHARES[3:], strict=True)]


def equal_sizes() -> list[Best]:
    return [best_ridge(alpha, Fraction(1), Fraction(1)) for alpha in ALPHAS[:2]]


def at_alpha_one() -> list[Best]:
    return [best_ridge(Fraction(1), n, t) for n, t in zip(SHARES[:2], SHARES[3:5], strict=True)]


@cache
def along_df1() -> list[tuple[Best, mpf]]:
    """The loss at ridges that are not the best, by D."""
    found = []
    with mp.workdps(PRECISION):
        for alpha, n, t in zip(ALPHAS, SHARES[:3], SHARES[3:], strict=True):
            large = system(alpha)
            features, samples = exact(n) * large.unit, exact(t) * large.unit
            at = large.log_kappa_near(min(features, samples) * mpf(2) / 3)
            df1, ridge = sum(large.degrees(at)), large.ridge(at, features, samples)
            found.append((Best(alpha, features, samples, df1, ridge, large.loss(at, features, samples)), df1))
    return found


# Small spectra, any teacher, label noise -----------------------------------------------------------


def balances() -> list[Values]:
    """The sums of the stationarity condition at the best ridge."""
    found: list[Values] = []
    for seed in range(2):
        small = SmallSystem(seed)
        at = small.best()
        df1 = small.moment(at, 1, 0)
        teacher = {BIAS_SUM: (0, 2), CROSS_12: (1, 2), CROSS_21: (2, 1)}
        sums: dict[sp.Basic, Any] = {x: small.moment(at, *jk, teacher=True) for x, jk in teacher.items()}
        sums |= {SPREAD: small.moment(at, 1, 1), SPREAD_21: small.moment(at, 2, 1), NOISE: small.noise}
        found.append(sums | {FEATURE_GAP: small.features - df1, SAMPLE_GAP: small.samples - df1})
    return found


@cache
def without_projection() -> list[tuple[mpf, mpf, dict[Any, Any]]]:
    """(best kernel ridge, its loss, values) for an isotropic teacher with noise and N infinite."""
    found = []
    with mp.workdps(PRECISION):
        for seed in range(2, 4):
            small = SmallSystem(seed, isotropic=True)
            at = small.best(INFINITE)
            values = {DF1: small.moment(at, 1, 0), DF2: small.moment(at, 2, 0), NOISE: small.noise, T: small.samples}
            values["kappa"] = mp.exp(at)
            ridge = values["kappa"] * (small.samples - values[DF1])
            found.append((ridge, small.loss(at, INFINITE), values))
    return found


def noisy_rate() -> list[Point]:
    """T^(alpha/(1+alpha)) L at the best ridge, N infinite: D = T^(1/(1+alpha)) is of order 10^(20/alpha)."""
    found: list[Point] = []
    for alpha, noise in zip(ALPHAS, (mpf("0.75"), mpf(1), mpf(2)), strict=True):
        large, samples = _noisy(alpha)
        near = mp.log(noise / samples)
        at = large.best_kappa(samples * INFINITE, samples, noise, (near - 1, near + 1))
        rate = exact(alpha / (1 + alpha))
        left = samples**rate * large.loss(at, samples * INFINITE, samples, noise)
        found.append((left, {ALPHA: alpha, NOISE: noise}))
    return found


def _noisy(alpha: Fraction) -> tuple[LargeSystem, mpf]:
    """A system in which 10^20 < D << T, and T."""
    decades = max(20, math.ceil(20 / alpha))
    return system(alpha, 10**decades), mpf(10) ** (decades * exact(1 + alpha))


# Budgets -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Split:
    """The best sizes at a cost N^a T^b and the slope of ln(loss) in ln(cost)."""

    alpha: Fraction
    a: Fraction
    b: Fraction
    features: mpf
    samples: mpf
    df1: mpf
    slope: mpf

    @property
    def values(self) -> Values:
        weight = self.a / (self.a + self.b)
        own: dict[sp.Basic, Any] = {ALPHA: self.alpha, COST_N: self.a, COST_T: self.b, WEIGHT: weight}
        return own | {SHARE_N: self.df1 / self.features, SHARE_T: self.df1 / self.samples}


@cache
def best_split(alpha: Fraction, a: Fraction, b: Fraction, larger: Fraction = Fraction(1)) -> Split:
    """Without noise: minimum in ln kappa and ln N at fixed N^a T^b, by Newton's method on numerical derivatives."""
    with mp.workdps(PRECISION):
        large = system(alpha)
        start = exact(larger) * large.unit
        cost = exact(a + b) * mp.log(start)
        near = large.log_kappa_near(start / 2)
        return _split(large, alpha, a, b, cost, mpf(0), (near, mp.log(start)))


@cache
def best_noisy_split(alpha: Fraction, a: Fraction, b: Fraction, larger: Fraction = Fraction(1)) -> Split:
    """With noise 1: there N is of order D and T of order N^(1+alpha)."""
    with mp.workdps(PRECISION):
        large, samples = _noisy(alpha)
        samples *= exact(larger)
        features = 2 * samples ** exact(1 / (1 + alpha))
        cost = exact(a) * mp.log(features) + exact(b) * mp.log(samples)
        return _split(large, alpha, a, b, cost, mpf(1), (large.log_kappa_near(features / 2), mp.log(features)))


def _split(
    large: LargeSystem, alpha: Fraction, a: Fraction, b: Fraction, cost: mpf, noise: mpf, start: Sequence[mpf]
) -> Split:
    """Found near the measured power of kappa, then verified on the exact sums in either direction."""

    def loss(at: mpf, log_n: mpf, *, extra: mpf = ZERO, near: bool = False) -> mpf:
        log_t = (cost - exact(a) * log_n) / exact(b) + extra
        return large.loss(at, mp.exp(log_n), mp.exp(log_t), noise, near=near)

    def slopes(at: mpf, log_n: mpf) -> tuple[mpf, mpf]:
        ends = (mp.log(loss(at + x, log_n + y, near=True)) for x, y in ((STEP, 0), (-STEP, 0), (0, STEP), (0, -STEP)))
        ahead, behind, more, fewer = ends
        return (ahead - behind) / (2 * STEP), (more - fewer) / (2 * STEP)

    at, log_n = mp.findroot(slopes, start, tol=mpf(10) ** -26)
    verify(lambda x: loss(x, log_n), at)
    verify(lambda y: loss(at, y), log_n)
    # envelope theorem: at the optimum only the extra samples count
    more, fewer = (mp.log(loss(at, log_n, extra=sign * STEP)) for sign in (1, -1))
    log_t = (cost - exact(a) * log_n) / exact(b)
    found = (more - fewer) / (2 * STEP * exact(b))
    return Split(alpha, a, b, mp.exp(log_n), mp.exp(log_t), sum(large.degrees(at)), found)


COSTS = rationals(17, 4, Fraction(1), Fraction(2))


def splits() -> list[Split]:
    """Random alpha and costs."""
    return [best_split(ALPHAS[i], COSTS[i], COSTS[i + 2]) for i in range(2)]


def noisy_splits() -> list[Split]:
    """Random alpha and costs."""
    return [best_noisy_split(ALPHAS[i], COSTS[i], COSTS[i + 2]) for i in range(2)]


def noisy_growth() -> Point:
    """d ln N/d ln(cost) between two budgets."""
    one, two = noisy_splits()[0], best_noisy_split(ALPHAS[0], COSTS[0], COSTS[2], Fraction(10))
    with mp.workdps(PRECISION):
        by_n, by_t = mp.log(two.features / one.features), mp.log(two.samples / one.samples)
        return by_n / (exact(one.a) * by_n + exact(one.b) * by_t), one.values


def splits_at_alpha_one() -> list[Split]:
    return [best_split(Fraction(1), COSTS[0], COSTS[3])]
