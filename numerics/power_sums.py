r"""Spectral moments of a power law at any precision, at a cost independent of M and of df1.

    sum_{I=1}^{M} I^{-e} u^k / (1 + u)^{j+k},      u = kappa/lambda_I = x I^s

by the Euler-Maclaurin formula from a head of K - 1 terms. Two things bound K: the Taylor series
at K must not reach t = 0, nor the summand's poles t0 exp(+-i pi (2l+1)/s), t0 = x^{-1/s}, which
come within sin(pi/s) t0 of the axis. K grows with the digits and with s, never with M or t0.
The integral, in u, is summed from three elementary series (u < 1/2, around 1, u > 2), each with
ratio at most 1/2; coincident exponents (logarithms) are no special case there.
"""

import math
from fractions import Fraction
from functools import lru_cache

from mpmath import mp, mpf

from theory.errors import NotConverged

SAFETY = 1.5  # radius over the least that Euler-Maclaurin needs; 1.5 halves the number of terms


class PowerSum:
    """Moments at fixed s and M; call inside the precision that the answer should have."""

    def __init__(self, s: Fraction, count: int) -> None:
        self.s, self.count = s, count

    def __call__(self, x: mpf, j: int, k: int, exponent: Fraction = Fraction(0)) -> mpf:
        """sum_{I=1}^{M} I^{-exponent} u^k (1 + u)^{-(j+k)} with u = x I^s, to about mp.prec bits."""
        with mp.extraprec(20):
            start = self._start(x)
            if 2 * start >= self.count:
                return mp.fsum(self._term(x, i, j, k, exponent) for i in range(1, self.count + 1))
            head = mp.fsum(self._term(x, i, j, k, exponent) for i in range(1, start))
            s = _mpf(self.s)
            a = (1 - exponent) / self.s + k
            low, high = x * mp.power(start, s), x * mp.power(self.count, s)
            integral = beta_integral(a, j + k, low, high) / s * mp.power(x, _mpf((exponent - 1) / self.s))
            ends = (self._term(x, start, j, k, exponent) + self._term(x, self.count, j, k, exponent)) / 2
            total = head + integral + ends
            small = mp.ldexp(abs(total), -mp.prec)
            total += self._correction(x, self.count, j, k, exponent, small)
            return total - self._correction(x, start, j, k, exponent, small)

    def _term(self, x: mpf, i: int, j: int, k: int, exponent: Fraction) -> mpf:
        u = x * _power(i, self.s, mp.prec)
        value = u**k / (1 + u) ** (j + k)
        return value if exponent == 0 else value * _power(i, -exponent, mp.prec)

    def _distance(self, x: mpf, point: float) -> float:
        """Distance from `point` on the axis to the nearest singularity of the summand."""
        log_ratio = float(-mp.log(x) / _mpf(self.s)) - math.log(point)  # ln(t0 / point)
        if self.s <= 1 or abs(log_ratio) > 40:
            return point if log_ratio > -40 else point * (1 - math.exp(-40))
        ratio, angle = math.exp(log_ratio), math.pi / float(self.s)
        return point * min(1.0, math.hypot(1 - ratio * math.cos(angle), ratio * math.sin(angle)))

    def _start(self, x: mpf) -> int:
        """The shortest head after which singularities are far enough."""
        radius = SAFETY * mp.prec * math.log(2) / (2 * math.pi)
        start = math.ceil(radius)
        while start < self.count and self._distance(x, start) < radius:
            start = start + max(1, start // 8)
        return min(start, self.count)

    def _correction(self, x: mpf, point: int, j: int, k: int, exponent: Fraction, small: mpf) -> mpf:
        """sum_i B_{2i}/(2i)! f^{(2i-1)}(point), until the terms are below `small`."""
        reach = 2 * math.pi * self._distance(x, float(point))
        order = _terms_needed(reach, mp.prec * math.log(2))
        series = self._taylor(x, point, j, k, exponent, order)
        total, scale = mpf(0), mpf(1) / point
        for i in range(1, order // 2 + 1):
            term = mp.bernoulli(2 * i) / (2 * i) * series[2 * i - 1] * scale
            total += term
            if abs(term) < small and i > 2:
                return total
            scale /= mpf(point) ** 2
        if abs(term) > 16 * small:
            raise NotConverged(
                f"Euler-Maclaurin at t = {point}: last term {mp.nstr(term, 3)} above {mp.nstr(small, 3)} "
                f"at {mp.prec} bits"
            )
        return total

    def _taylor(self, x: mpf, point: int, j: int, k: int, exponent: Fraction, order: int) -> list[mpf]:
        """Coefficients of f(point (1 + h)) in h below h^order."""
        u = x * _power(point, self.s, mp.prec)
        base = binomial_series(_mpf(self.s), order)
        inverse = power_series([1 + u] + [u * c for c in base[1:]], -(j + k))
        outer = binomial_series(_mpf(self.s * k - exponent), order)
        front = u**k * (1 if exponent == 0 else _power(point, -exponent, mp.prec))
        reverse = inverse[::-1]
        return [front * mp.fdot(outer[: n + 1], reverse[order - 1 - n :]) for n in range(order)]


def _mpf(value: Fraction) -> mpf:
    return mpf(value.numerator) / value.denominator


@lru_cache(maxsize=200_000)
def _power(base: int, exponent: Fraction, precision: int) -> mpf:
    if exponent.denominator == 1:
        return mpf(base) ** exponent.numerator
    return mp.power(base, _mpf(exponent))


def _terms_needed(reach: float, bits: float) -> int:
    """Least even n with n! / reach^n < e^-bits (or the smallest term), and a little more."""
    n, log_term = 2, -2 * math.log(reach) + math.log(2)
    while log_term > -bits and n < reach:
        n += 2
        log_term += math.log(n * (n - 1)) - 2 * math.log(reach)
    return n + 8


def binomial_series(power: mpf, order: int) -> list[mpf]:
    """Coefficients of (1 + h)^power below h^order."""
    out = [mpf(1)]
    for n in range(1, order):
        out.append(out[-1] * (power - n + 1) / n)
    return out


def power_series(base: list[mpf], power: int) -> list[mpf]:
    """base^power for a power series with base[0] > 0 (Euler's recurrence)."""
    out = [base[0] ** power]
    for n in range(1, len(base)):
        weights = [(power * i - (n - i)) * base[i] for i in range(1, n + 1)]
        out.append(mp.fdot(weights, out[::-1]) / (n * base[0]))
    return out


def beta_integral(a: Fraction, m: int, low: mpf, high: mpf) -> mpf:
    """Integral of u^{a-1} (1 + u)^{-m} from low to high, 0 < low < high, all terms elementary."""
    half, two = mpf(1) / 2, mpf(2)
    total = mpf(0)
    if low < half:
        total += _outer_series(a, m, low, min(high, half), 1)
    if high > half and low < two:
        total += _middle_series(a, m, max(low, half), min(high, two))
    if high > two:
        total += _outer_series(a - m, m, max(low, two), high, -1)
    return total


def _outer_series(c: Fraction, m: int, low: mpf, high: mpf, sign: int) -> mpf:
    """sum_k binom(-m, k) (high^{c + sign k} - low^{c + sign k}) / (c + sign k); c + sign k = 0 is ln."""
    log_ratio = mp.log(high / low)
    at_low, at_high = mp.power(low, _mpf(c)), mp.power(high, _mpf(c))
    step_low, step_high = (low, high) if sign > 0 else (1 / low, 1 / high)
    total, k, coefficient = mpf(0), 0, 1
    while True:
        power = _mpf(c + sign * k)
        if abs(power * log_ratio) > 1:
            piece = (at_high - at_low) / power
        elif power == 0:
            piece = log_ratio
        else:
            piece = at_low * mp.expm1(power * log_ratio) / power
        total += coefficient * piece
        # |sum of the rest| <= its first term, once the alternating terms decrease
        if k > 2 * m + abs(c) and abs(coefficient * piece) < mp.ldexp(abs(total), -mp.prec - 2):
            return total
        coefficient = -coefficient * (m + k) // (k + 1)
        k += 1
        at_low, at_high = at_low * step_low, at_high * step_high


def _middle_series(a: Fraction, m: int, low: mpf, high: mpf) -> mpf:
    """With u = (1 + w)/(1 - w) the integrand is 2^{1-m} (1 + w)^{a-1} (1 - w)^{m-a-1}, |w| <= 1/3."""
    w_low, w_high = (low - 1) / (low + 1), (high - 1) / (high + 1)
    difference, total_power = _mpf(2 * a - m), mpf(m - 2)
    before, now = mpf(0), mpf(1)
    power_low, power_high = w_low, w_high
    sum_, n, quiet = mpf(0), 0, 0
    while quiet < 3:
        term = now * (power_high - power_low) / (n + 1)
        sum_ += term
        quiet = quiet + 1 if abs(term) < mp.ldexp(abs(sum_), -mp.prec - 2) else 0
        before, now = now, (difference * now + (n - 1 - total_power) * before) / (n + 1)
        power_low, power_high = power_low * w_low, power_high * w_high
        n += 1
    return mp.ldexp(sum_, 1 - m)
