r"""Spectral moments of a power law as Arb balls: proved enclosures, at a cost independent of M and of kappa.

    S = sum_{I=1}^{M} f(I),   f(t) = t^{-e} u^k (1 + u)^{-(j+k)},   u = x t^s,

by the Euler-Maclaurin formula from I = K on, with p Bernoulli terms at both ends and

    |remainder| <= 2 zeta(2p) (2 pi)^{-2p} integral_K^M |f^{(2p)}(t)| dt.

Cauchy's formula on the disc of radius theta t about t bounds the derivative. There |arg u| <= psi =
s asin(theta), kept below pi: the disc does not reach the poles at angle pi/s, whatever x. From
|1 + u| >= cos(psi/2) (1 + |u|) and the monotony of |u|/(1 + |u|),

    |f^{(2p)}(t)| <= (2p)! (theta t)^{-2p} C f(t),
    C = cos(psi/2)^{-(j+k)} (1 + theta)^{sk} (1 - theta)^{-sj} (1 -+ theta)^{-e},

so |remainder| <= 2 zeta(2p) (2p)! C (2 pi theta K)^{-2p} times the integral of f itself, and K depends on
the digits and on s alone. The integral is the sum of three series in u (`numerics.enclosed_integral`).
"""

import math
from fractions import Fraction
from functools import lru_cache

from flint import arb, arb_series, ctx, fmpq

from numerics.enclosed_integral import Integral
from theory.errors import InvalidInput

GUARD_BITS = 30
ROOM = 3.0  # K over the least that the digits need: terms of the head cost less than Bernoulli terms
NEAR_POLE = 0.8  # of the angle pi/s
WIDEST = 0.55  # largest theta


def ball(value: Fraction | int) -> arb:
    """An exact number as a ball at the working precision."""
    return arb(fmpq(value.numerator, value.denominator))


class EnclosedPowerSum:
    """Moments at fixed s and M (None: infinitely many modes), to about the precision at the call."""

    def __init__(self, s: Fraction, count: int | None) -> None:
        self.s, self.count = s, count

    def __call__(self, x: arb, j: int, k: int, exponent: Fraction = Fraction(0)) -> arb:
        """sum_I I^{-exponent} u^k (1 + u)^{-(j+k)}, u = x I^s; x > 0 may be a ball.

        Raises InvalidInput for an infinite sum that diverges.
        """
        if self.count is None and exponent + self.s * j <= 1:
            raise InvalidInput("M", "inf", f"a finite number: the sum of I^-({exponent + self.s * j}) diverges")
        with ctx.workprec(ctx.prec + GUARD_BITS):
            return self._total(x, j, k, exponent)

    def _total(self, x: arb, j: int, k: int, exponent: Fraction) -> arb:
        theta, log_bound = _disc(self.s, j, k, exponent)
        start, order = _plan(ctx.prec, theta, log_bound)
        if self.count is not None and self.count <= 2 * start:
            return self._head(x, j, k, exponent, self.count)
        total = self._head(x, j, k, exponent, start - 1)
        integral = self._integral(x, start, j, k, exponent)
        total += integral + self._ends(x, start, order, j, k, exponent)
        share = 2 * arb(2 * order).zeta() * arb(2 * order).gamma() * 2 * order
        share *= (arb(log_bound)).exp() / (2 * arb.pi() * arb(theta) * start) ** (2 * order)
        return total + arb(0, (share * integral).abs_upper())

    def _head(self, x: arb, j: int, k: int, exponent: Fraction, last: int) -> arb:
        powers, weights = _powers(self.s, last, ctx.prec), _powers(-exponent, last, ctx.prec) if exponent else None
        total = arb(0)
        for i in range(last):
            u = x * powers[i]
            term = u**k / (1 + u) ** (j + k)
            total += term if weights is None else weights[i] * term
        return total

    def _integral(self, x: arb, start: int, j: int, k: int, exponent: Fraction) -> arb:
        """Integral of f from `start` to M."""
        a, s = (1 - exponent) / self.s + k, ball(self.s)
        low = x * arb(start) ** s
        high = None if self.count is None else x * arb(self.count) ** s
        return Integral(a, j + k)(low, high) / s * x ** ball((exponent - 1) / self.s)

    def _ends(self, x: arb, start: int, order: int, j: int, k: int, exponent: Fraction) -> arb:
        """(f(K) + f(M))/2 and the Bernoulli terms at M less those at K."""
        total, _ = self._end(x, start, order, j, k, exponent, -1)
        if self.count is None:
            return total
        theta, log_bound = _disc(self.s, j, k, exponent)
        few = _enough(ctx.prec, self.count, order, theta, log_bound)
        end, value = self._end(x, self.count, few, j, k, exponent, 1)
        if few < order:
            end += arb(0, (value * _omitted(self.count, few, theta, log_bound)).abs_upper())
        return total + end

    def _end(self, x: arb, point: int, order: int, j: int, k: int, exponent: Fraction, sign: int) -> tuple[arb, arb]:
        """f/2 and sign times the Bernoulli terms up to i = order at one end; and f."""
        with _series_length(2 * order):
            series = self._taylor(x, point, j, k, exponent, 2 * order)
        terms = sum((_bernoulli(i, ctx.prec) * series[2 * i - 1] for i in range(1, order + 1)), arb(0))
        return series[0] / 2 + sign * terms, series[0]

    def _taylor(self, x: arb, point: int, j: int, k: int, exponent: Fraction, length: int) -> arb_series:
        """f(point + h) in powers of h."""
        u = x * _power_series(point, self.s, length, ctx.prec)
        series = u**k / (1 + u) ** (j + k) if k else (1 + u) ** (-j)
        return series if exponent == 0 else series * _power_series(point, -exponent, length, ctx.prec)


def _disc(s: Fraction, j: int, k: int, exponent: Fraction) -> tuple[float, float]:
    """theta, and ln C rounded up."""
    theta = min(WIDEST, math.sin(min(math.pi / 2, NEAR_POLE * math.pi / float(s))))
    with ctx.workprec(53):
        t, power = arb(theta), ball(s)
        psi = power * t.asin()
        bound = -(j + k) * (psi / 2).cos().log() + power * k * (1 + t).log() - power * j * (1 - t).log()
        bound += ball(abs(exponent)) * (-(1 - t).log() if exponent > 0 else (1 + t).log())
        return theta, float(bound.upper()) + 1e-9


@lru_cache(maxsize=1024)
def _plan(precision: int, theta: float, log_bound: float) -> tuple[int, int]:
    """The start K and the order p for which the remainder is below 2^-precision of the integral."""
    needed = precision * math.log(2) + log_bound + 2
    start = max(4, math.ceil(ROOM * needed / (2 * math.pi * theta)))
    reach = math.log(2 * math.pi * theta * start)
    order = 1
    while math.lgamma(2 * order + 1) - 2 * order * reach > -needed and 2 * order < math.exp(reach):
        order += 1
    return start, order


def _enough(precision: int, point: int, order: int, theta: float, log_bound: float) -> int:
    """How many Bernoulli terms the end at M needs, where they fall at least by halves from one to the next."""
    reach = math.log(2 * math.pi * theta) + math.log(point)
    if 2 * math.log(2 * order + 1) > 2 * reach - math.log(2):
        return order
    for few in range(1, order):
        i = few + 1
        if math.lgamma(2 * i) - (2 * i - 1) * reach + log_bound < -precision * math.log(2):
            return few
    return order


def _omitted(point: int, few: int, theta: float, log_bound: float) -> arb:
    """Bound, over f, of the Bernoulli terms beyond i = few, if each is at most half the one before.

    The same estimate of the derivatives as for the remainder, and |B_{2i}| < 4 (2i)!/(2 pi)^{2i}.
    """
    i = few + 1
    first = 4 * arb(2 * i).gamma() / (2 * arb.pi()) * (2 * arb.pi() * arb(theta) * point) ** (1 - 2 * i)
    return 2 * first * arb(log_bound).exp()


@lru_cache(maxsize=64)
def _powers(exponent: Fraction, last: int, precision: int) -> list[arb]:
    """I^exponent, I = 1..last, at the working precision (an argument for the memo)."""
    power = ball(exponent)
    return [arb(i) ** power for i in range(1, last + 1)]


@lru_cache(maxsize=64)
def _power_series(point: int, exponent: Fraction, length: int, precision: int) -> arb_series:
    """(point + h)^exponent in powers of h."""
    one, power = arb_series([1, 1 / arb(point)], length), ball(exponent)
    return (one.log() * power).exp() * arb(point) ** power


@lru_cache(maxsize=4096)
def _bernoulli(i: int, precision: int) -> arb:
    """B_{2i}/(2i)."""
    return arb.bernoulli(2 * i) / (2 * i)


class _series_length:  # noqa: N801
    """The length of power series within the block; python-flint keeps it in a global."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __enter__(self) -> None:
        self.before, ctx.cap = ctx.cap, self.length

    def __exit__(self, *_: object) -> None:
        ctx.cap = self.before
