"""Laws of the phase diagram as formulas, and the numbers that the chapter on plateaus is checked against."""

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import sympy as sp
from mpmath import mp, mpf

from derivations.number import rationals
from derivations.numeric_checks import PRECISION, Point
from derivations.optimum_points import ALPHAS, INFINITE, system
from numerics.multiprecision import exact
from theory import planar
from theory.approach import approaches
from theory.continuum import ALPHA
from theory.growth import Growth
from theory.limit import Limit
from theory.limits import derive
from theory.local_series import KAPPA_0
from theory.model import Model
from theory.moments import Moment, TeacherMoment
from theory.phases import Border, Phase, phases
from theory.spectrum import PowerLaw
from theory.student import GAMMA, NOISE, M, N, T

SYMBOLS = {"N": N, "T": T, "gamma": GAMMA, "M": M, "noise": NOISE}
WITH_NOISE, WITH_RIDGE = ("N", "T", "noise"), ("N", "T", "gamma")
FAR = mpf(10) ** 30  # a ratio of sizes that stands for >>
SIGMA = Fraction(3, 2)  # scale of teacher and features: not 1, so that no power of it goes unseen
ENCLOSED_DIGITS = 70


# Formulas ------------------------------------------------------------------------------------------


def written(law: Growth | Border, scales: Sequence[str]) -> sp.Expr:
    """Amplitude times powers of the scales."""
    powers = (SYMBOLS[name] ** power.as_expr() for name, power in zip(scales, law.powers, strict=True))
    return sp.Mul(law.amplitude, *powers)


@cache
def phase(scales: tuple[str, ...], limited: str, dominant: str) -> Phase:
    """The phase in which `limited` fixes kappa and `dominant` is the largest term of the loss."""
    wanted = frozenset([limited]), frozenset([dominant])
    (found,) = (p for p in phases(scales) if (p.limits, p.dominant) == wanted)
    return found


def loss_in(scales: tuple[str, ...], limited: str, dominant: str = "signal") -> sp.Expr:
    law = phase(scales, limited, dominant).loss
    assert isinstance(law, Growth)
    return written(law, scales)


def border(scales: tuple[str, ...], limited: str, dominant: str, variable: str) -> sp.Expr:
    """The bound on one scale at which the phase ends."""
    (found,) = (b for b in phase(scales, limited, dominant).borders if b.variable == variable)
    return written(found, scales)


@cache
def _derived(name: str) -> dict[str, Limit]:
    (approach,) = (a for a in approaches() if a.name == name)
    return {limit.quantity: limit for limit in derive(approach)}


def shortened(coefficient: sp.Expr) -> sp.Expr:
    """By V_{0,2} = V_{0,1} - V_{1,1} and V_{2,1} = V_{1,1} - V_{1,2} where that cancels terms, collected in gamma."""
    known = {(0, 2): ((0, 1), (1, 1)), (2, 1): ((1, 1), (1, 2))}
    moments = {pair: TeacherMoment(*pair, KAPPA_0) for pairs in known.items() for pair in (pairs[0], *pairs[1])}
    shorter = sp.factor(coefficient.xreplace({moments[one]: moments[a] - moments[b] for one, (a, b) in known.items()}))
    if not coefficient.has(TeacherMoment) or sp.count_ops(shorter) >= sp.count_ops(coefficient):
        return coefficient
    return shorter.replace(lambda x: x.is_Add and x.has(GAMMA), lambda x: sp.collect(x, GAMMA, sp.factor))


def limit(name: str, quantity: str) -> Limit:
    """One of the limits that theory.limits derives."""
    return _derived(name)[quantity]


# Numbers -------------------------------------------------------------------------------------------


def models(order: str) -> list[Model]:
    """Random power laws whose sizes stand in this order, with ridge and noise."""
    found = []
    for i, alpha in enumerate(ALPHAS[:2]):
        sizes = dict(zip(order.split("<"), (7 + 2 * i, 11 + 5 * i, 23 + 9 * i), strict=True))
        ridge, noise = rationals(31 + i, 2, Fraction(1, 9), Fraction(2))
        spectrum = PowerLaw(alpha, sizes["M"])
        found.append(Model(spectrum, sizes["N"], sizes["T"], gamma=ridge, noise=noise, sigma_u=SIGMA, sigma_w=SIGMA))
    return found


def enclosures(features: float, samples: float, quantity: str) -> list[Point]:
    """A loss without ridge as a ball, with balls of the sums at its kappa; a teacher with exponents of its own."""
    from flint import ctx

    from numerics.enclosure import enclose

    found: list[Point] = []
    for alpha, noise in zip(ALPHAS[:2], rationals(41, 2, Fraction(1, 5), Fraction(1)), strict=True):
        source = None if quantity == "isotropic" else 1 + alpha / 2
        model = Model(PowerLaw(alpha, 40), features, samples, noise=noise, source=source, outputs=2, sigma_w=SIGMA)
        with ctx.workdps(ENCLOSED_DIGITS):
            e = enclose(model, ENCLOSED_DIGITS)
            values: dict[Any, Any] = {
                KAPPA_0: e.kappa, Moment(2, 0, KAPPA_0): e.df2, Moment(1, 1, KAPPA_0): e.spread,
                TeacherMoment(0, 2, KAPPA_0): e.bias_sum, TeacherMoment(0, 1, KAPPA_0): e.bias_sum + e.cross_sum,
                NOISE: noise, planar.SIGMA_W: SIGMA,
            }  # fmt: skip
            counts = {planar.OUTPUTS: 2, N: features, T: samples, M: 40}
            values |= {symbol: int(count) for symbol, count in counts.items() if count != math.inf}
        found.append((e.label_noise if quantity == "label_noise" else e.signal, values))
    return found


def ridgeless(ratio: mpf) -> list[tuple[mpf, mpf, mpf, Any]]:
    """(signal, label noise, kappa, values) at gamma = 0 with N/T = ratio, min(N, T) one unit and noise 1."""
    found = []
    with mp.workdps(PRECISION):
        for alpha in ALPHAS:
            large = system(alpha)
            small = mpf(large.unit)
            at = large.log_kappa_at(small)
            n, t = (small, small / ratio) if ratio < 1 else (small * ratio, small)
            signal, label_noise = large.parts(at, n, t, mpf(1))
            found.append((signal, label_noise, mp.exp(at), {ALPHA: alpha, N: n, T: t, NOISE: mpf(1)}))
    return found


def plateau_points() -> list[Point]:
    """N^alpha L at T >> N."""
    return [(v[N] ** exact(v[ALPHA]) * signal, v) for signal, _, _, v in ridgeless(1 / FAR)]


def approach_points() -> list[Point]:
    """Label noise over its value at infinite N, less 1, times N/T, at N >> T."""
    near, infinite = ridgeless(FAR / 10**10), ridgeless(INFINITE)
    pairs = zip(near, infinite, strict=True)
    return [((one[1] / other[1] - 1) * one[3][N] / one[3][T], one[3]) for one, other in pairs]


def equal_parts(ratio: mpf) -> list[Point]:
    """The noise at which label noise, which is proportional to it, equals the signal."""
    return [(signal / noisy, values) for signal, noisy, _, values in ridgeless(ratio)]


def ridge_limited() -> list[Point]:
    """(N T/gamma)^(alpha/(1+alpha)) L where the ridge holds D far below N and T."""
    found: list[Point] = []
    with mp.workdps(PRECISION):
        for alpha in ALPHAS:
            large = system(alpha)
            at = large.log_kappa_near(mpf(large.unit))
            n, t = large.unit * FAR, 3 * large.unit * FAR
            scaled = (n * t / large.ridge(at, n, t)) ** exact(alpha / (1 + alpha)) * large.loss(at, n, t)
            found.append((scaled, {ALPHA: alpha}))
    return found
