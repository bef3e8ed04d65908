r"""Enclosures of incomplete beta integrals: u^{a-1} (1 + u)^{-m} from `low` to `high`, 0 < low < high <= infinity.

Cut at u = 1/2 and u = 2:

    u < 1/2   binomial series in u, alternating: the rest is smaller than its first term
    middle    u = (1 + w)/(1 - w), |w| <= 1/3; the Taylor coefficients of (1 + w)^{a-1} (1 - w)^{m-a-1} are
              at most G r^{-n} on |w| = r = 2/3, so the rest after n terms is below 2 G 2^{-n} (Cauchy)
    u > 2     binomial series in 1/u

A power u^{a+n} with a + n small integrates to expm1((a + n) ln(high/low)) low^{a+n}/(a + n): no digits are
lost near a logarithm, and a + n = 0 is one.
"""

from fractions import Fraction
from functools import lru_cache
from math import ceil, comb, log

from flint import arb, arb_poly, arb_series, ctx, fmpq

HALF = Fraction(1, 2)


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


class Integral:
    """For a rational a and an integer m >= 0; `high` None is infinity, where a < m is required."""

    def __init__(self, a: Fraction, m: int) -> None:
        self.a, self.m = a, m

    def __call__(self, low: arb, high: arb | None) -> arb:
        half, two = _ball(HALF), arb(2)
        total = arb(0)
        if not low >= half:  # a ball across a border is cut there as well: the pieces still add up
            total += self._outer(low, half if high is None or not high <= half else high, 1)
        if not (high is not None and high <= half) and not low >= two:
            start = half if not low >= half else low
            end = two if high is None or not high <= two else high
            total += self._middle(start, end)
        if high is None or not high <= two:
            total += self._outer(two if not low >= two else low, high, -1)
        return total

    def _outer(self, low: arb, high: arb | None, sign: int) -> arb:
        """sum_n binom(-m, n) [u^c/c] with c = c_0 + sign n, in powers of u or 1/u."""
        first = self.a if sign > 0 else self.a - self.m
        terms = max(ctx.prec + 10, ceil(abs(first)) + 2) + 2 * self.m  # beyond any power 0
        poly, special = _outer_series(first, self.m, sign, terms, ctx.prec)
        log_low = low.log()

        def at(u: arb, log_u: arb) -> arb:
            inner = u if sign > 0 else 1 / u
            rest = arb(0, (_omitted(first, self.m, sign, terms) * inner**terms).abs_upper())
            return (poly(inner) + rest) * (log_u * _ball(first)).exp()

        if high is None:
            total = -at(low, log_low)
            for n in special:  # all powers are negative
                c = first + sign * n
                total -= _coefficient(self.m, n) * (log_low * _ball(c)).exp() / _ball(c)
            return total
        log_high = high.log()
        total = at(high, log_high) - at(low, log_low)
        for n in special:
            c, log_ratio = first + sign * n, log_high - log_low
            total += _coefficient(self.m, n) * (_between(log_low, log_ratio, _ball(c)) if c else log_ratio)
        return total

    def _middle(self, low: arb, high: arb) -> arb:
        poly, rest = _middle_series(self.a, self.m, ctx.prec)
        w_low, w_high = (low - 1) / (low + 1), (high - 1) / (high + 1)
        total = poly(w_high) - poly(w_low) + arb(0, rest)
        return total * arb(2) ** (1 - self.m)


def _between(log_low: arb, log_ratio: arb, c: arb) -> arb:
    """(high^c - low^c)/c."""
    return (log_low * c).exp() * (log_ratio * c).expm1() / c


def _coefficient(m: int, n: int) -> int:
    """binom(-m, n)."""
    return (-1) ** n * comb(m + n - 1, n) if m else int(n == 0)


def _omitted(first: Fraction, m: int, sign: int, terms: int) -> arb:
    """The first coefficient left out, for u <= 1/2 a bound of all that are (each integral is monotone in n)."""
    return _ball(abs(Fraction(_coefficient(m, terms)) / (first + sign * terms)))


@lru_cache(maxsize=256)
def _outer_series(first: Fraction, m: int, sign: int, terms: int, precision: int) -> tuple[arb_poly, tuple[int, ...]]:
    """Coefficients binom(-m, n)/(first + sign n), n < terms, without those n whose power is within 1/2 of 0."""
    special = tuple(n for n in range(terms) if abs(first + sign * n) <= HALF)
    coefficients = [
        arb(0) if n in special else _ball(Fraction(_coefficient(m, n)) / (first + sign * n)) for n in range(terms)
    ]
    return arb_poly(coefficients), special


@lru_cache(maxsize=256)
def _middle_series(a: Fraction, m: int, precision: int) -> tuple[arb_poly, arb]:
    """Primitive of (1 + w)^{a-1} (1 - w)^{m-a-1} as a polynomial, and the bound of what it leaves out."""
    left, right = _ball(a - 1), _ball(m - a - 1)
    r = arb(2) / 3
    bound = arb(1)
    for power in (left, right):
        bound *= ((1 + r).log() * power).exp().max((((1 - r).log()) * power).exp())
    terms = precision + 10 + int(float(bound.log().abs_upper()) / log(2))
    before, ctx.cap = ctx.cap, terms
    try:
        w = arb_series([0, 1], terms)
        series = ((1 + w).log() * left + (1 - w).log() * right).exp()
    finally:
        ctx.cap = before
    primitive = [arb(0), *(c / (n + 1) for n, c in enumerate(series.coeffs()))]
    return arb_poly(primitive), (2 * bound * arb(2) ** -terms).abs_upper()
