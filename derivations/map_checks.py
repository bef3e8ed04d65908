"""Routes for the chapter on nonlinear maps: Mehler's series, quadrature of definitions, enumeration of products.

Coefficients come from quadrature of their definition (theory.hermite.coefficient_value), numbers of products from
counting them one by one.
"""

import math
import random
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement

import numpy as np
import sympy as sp
from mpmath import mp, mpf

from derivations.checks import Check
from derivations.noisy_features import DIGITS, NoisyFeatures
from derivations.number import agree, number, rational, rationals
from derivations.numeric_checks import Point
from numerics.multiprecision import exact
from theory import map_spectrum
from theory.claim import Evidence
from theory.dual_kernel import RHO, S1, S2
from theory.hermite import S, Z, activation, coefficient_value

CORRELATION, VARIANCES = sp.Rational(1, 32), (sp.Rational(7, 5), sp.Rational(3, 4))
DEGREES = 9  # CORRELATION^DEGREES is below 10^-DIGITS
POINTS = 2
VARIANCE = Fraction(7, 5)
EXPONENT = sp.Symbol("a", positive=True)  # eigenvalues I^-a
LOG_RANK = mpf(10) ** 30  # ln(j): what the leading law of the j-th product leaves out is ln(ln j)/ln j


def close(found: mpf, expected: mpf) -> bool:
    return agree(found, expected, DIGITS)


def verdict(good: bool, points: int) -> Evidence:
    return Evidence("pass" if good else "fail", "checked numerically", points, DIGITS)


@cache
def _mehler(name: str) -> mpf:
    """sum_p c_p(s1) c_p(s2) rho^p at the point of the check."""
    with mp.workdps(2 * DIGITS):
        rho = mpf(1) / int(1 / CORRELATION)
        pairs = ((coefficient_value(name, p, s, DIGITS) for s in VARIANCES) for p in range(DEGREES))
        return mp.fsum(one * other * rho**p for p, (one, other) in enumerate(pairs))


def by_mehler(name: str) -> Check:
    """A dual kernel against its series."""

    def check(formula: sp.Equality) -> Evidence:
        values = dict(zip((RHO, S1, S2), (CORRELATION, *VARIANCES), strict=True))
        with mp.workdps(2 * DIGITS):
            found = sp.N(formula.rhs.subs(values), 2 * DIGITS)
            return verdict(bool(found.is_real) and close(mpf(found), _mehler(name)), 1)

    return check


def check_relu_noise(formula: sp.Equality) -> Evidence:
    """Against the definitions, integrated numerically."""
    s = VARIANCES[0]
    form = sp.lambdify(Z, activation("relu").function, "mpmath")
    with mp.workdps(2 * DIGITS):
        root = mp.sqrt(mpf(s.p) / s.q)
        whole = mp.quad(lambda g: form(root * g) ** 2 * mp.npdf(g), [-20, -10, 0, 10, 20])
        expected = whole - sum(coefficient_value("relu", p, s, DIGITS) ** 2 for p in (0, 1))
        return verdict(close(mpf(sp.N(formula.rhs.subs(S, s), 2 * DIGITS)), expected), 1)


def check_products(degree: int) -> Check:
    """All multisets of a random rational list."""

    def check(formula: sp.Equality) -> Evidence:
        for seed in range(POINTS):
            rng = random.Random(seed)
            values = [sp.Rational(rng.randint(1, 9), rng.randint(1, 9)) for _ in range(5)]
            expected = sp.Add(*(sp.prod(chosen) for chosen in combinations_with_replacement(values, degree)))
            sums = {map_spectrum.power_sum(i): sp.Add(*(v**i for v in values)) for i in range(1, degree + 1)}
            if formula.rhs.subs(sums) != expected:
                return Evidence("fail", "exact", POINTS)
        return Evidence("pass", "exact", POINTS)

    return check


@cache
def _point(seed: int) -> NoisyFeatures:
    return NoisyFeatures(seed)


def by_many_directions(left: Callable[[NoisyFeatures], mpf]) -> Check:
    """The right side, in the limit, agrees with the planar solution at a finite but huge number of directions."""

    @cache
    def expectation(seed: int) -> mpf:
        return left(_point(seed))

    def check(formula: sp.Equality) -> Evidence:
        good = all(close(_point(seed).evaluate(formula.rhs), expectation(seed)) for seed in range(POINTS))
        return verdict(good, POINTS)

    return check


# Hermite coefficients ------------------------------------------------------------------------------


def coefficients(name: str, p: int) -> list[Point]:
    """c_p(s) by quadrature."""
    return [(coefficient_value(name, p, s, 2 * DIGITS), {S: s}) for s in (VARIANCE, Fraction(3, 4))]


def covariances(name: str) -> list[Point]:
    """E[z f(z)]/s, by quadrature: c_1/sqrt(s)."""
    return [(value / mp.sqrt(exact(at[S])), at) for value, at in coefficients(name, 1)]


def heat(name: str) -> list[Point]:
    """dc_0/ds by a central difference."""
    step = Fraction(1, 10**8)
    ahead, behind = (coefficient_value(name, 0, VARIANCE + sign * step, 3 * DIGITS) for sign in (1, -1))
    return [((ahead - behind) / (2 * exact(step)), {S: VARIANCE})]


def energy_of_odd(name: str) -> list[Point]:
    """sum_p c_p^2 by quadrature for an odd activation, whose even coefficients vanish."""
    s = Fraction(3, 4)
    return [(mp.fsum(coefficient_value(name, p, s, DIGITS + 2) ** 2 for p in range(1, 14, 2)), {S: s})]


# Products of eigenvalues ---------------------------------------------------------------------------


def by_counting(degree: int) -> Check:
    """A counting law in MU, smoothed: t int e^(-t u) number(1/u) du against sum e^(-t/mu) over all products."""

    @cache
    def sums() -> list[tuple[Fraction, mpf, mpf]]:
        found = []
        for a in rationals(53 + degree, POINTS, Fraction(9, 4), Fraction(3)):
            t = mpf(10) ** -10
            reach = math.ceil(float((60 / t) ** (1 / exact(a))))
            counts = _multisets(degree, reach)
            weights = np.exp(-float(t) * np.arange(1, reach + 1) ** float(a))
            found.append((a, t, mpf(math.fsum(counts * weights))))
        return found

    def check(formula: sp.Equality) -> Evidence:
        with mp.workdps(2 * DIGITS):
            good = all(_agrees(formula.rhs, *point) for point in sums())
        return verdict(good, POINTS)

    return check


def _agrees(law: sp.Expr, a: Fraction, t: mpf, expected: mpf) -> bool:
    at = settled(law.subs(EXPONENT, rational(a)))
    form = sp.lambdify(map_spectrum.MU, at, "mpmath")

    def integrand(y: mpf) -> mpf:
        w = mp.exp(y)
        return w * mp.exp(-w) * form(t / w)

    found = mp.quad(integrand, range(-60, 7, 2), method="gauss-legendre")
    return bool(mp.isfinite(found)) and close(found, expected)


def settled(expression: sp.Expr) -> sp.Expr:
    """Constants such as Stieltjes' in decimals: mpmath need not know the functions."""
    constants = (x for x in expression.atoms(sp.Function, sp.NumberSymbol) if not x.free_symbols)
    return expression.xreplace({x: sp.N(x, 3 * DIGITS) for x in constants})


def _multisets(degree: int, reach: int) -> np.ndarray:
    """For n = 1..reach, how many multisets of `degree` positive integers have the product n (2 or 3 factors)."""
    ordered = np.zeros(reach + 1)
    twice, single = np.zeros(reach + 1), np.zeros(reach + 1)  # i^2 j (or i^2) and i^3
    pairs = np.zeros(reach + 1)
    for i in range(1, reach + 1):
        pairs[i::i] += 1
    if degree == 2:
        squares = np.arange(1, math.isqrt(reach) + 1) ** 2
        twice[squares] = 1
        return ((pairs + twice) / 2)[1:]
    for i in range(1, reach + 1):
        ordered[i::i] += pairs[1 : reach // i + 1]
        if i * i <= reach:
            twice[i * i :: i * i] += 1
        if i**3 <= reach:
            single[i**3] = 1
    return ((ordered + 3 * twice + 2 * single) / 6)[1:]


def check_eigenvalue(counting: Callable[[], sp.Expr]) -> Check:
    """The law of the j-th product, put into the counting law, gives j back, at a j with ln(j) = LOG_RANK."""

    def check(formula: sp.Equality) -> Evidence:
        with mp.workdps(4 * DIGITS + 30):
            for a in (Fraction(7, 4), Fraction(5, 2)):
                values = {EXPONENT: a, map_spectrum.RANK: mp.exp(LOG_RANK)}
                mu = number(formula.rhs, values)
                if mu is None or mu <= 0:
                    return verdict(False, POINTS)
                count = number(counting(), {EXPONENT: a, map_spectrum.MU: mu})
                if count is None or not close(count, values[map_spectrum.RANK]):
                    return verdict(False, POINTS)
        return verdict(True, POINTS)

    return check
