r"""Spectral sums of any `theory.dirichlet` series at any precision, without an expansion in kappa.

    F(x) = sum_I w_I u^k/(1 + u)^(j+k),   u = x/lambda_I

A power law is `numerics.power_sums.PowerSum` up to an index L with x L^s > 2^16 (or to the end), and
beyond it the binomial series of the kernel, a convergent series in Hurwitz zeta values. L is rounded
up, so that neighbouring x share these values. Lists are
summed directly. Products of p eigenvalues are sums over ordered tuples, by the cycle index: the
outermost index runs up to x K^s > 4, the binomial series does the rest.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import factorial
from typing import TypeAlias

import sympy as sp
from mpmath import mp, mpf

from numerics.power_sums import PowerSum
from theory.dirichlet import Combination, DirichletSeries, ListSeries, PowerLawSeries
from theory.errors import InvalidInput
from theory.mellin import Kernel
from theory.products import Products
from theory.zeta import hurwitz_taylor

TAIL_BITS = 16  # each term of a power law's tail gains so many bits, or more
ROUNDING = 32  # L is a power of 2^32
OUTER_BITS = 2  # the same for products: a longer head would cost one inner sum a term
TABLE = 512  # shifts up to which Hurwitz zeta values are kept, and terms added one by one
GUARD = 20
Laws: TypeAlias = "tuple[tuple[Fraction, Fraction], ...]"  # (s, R) of each


@dataclass(frozen=True)
class SpectralSums:
    """F(x) of a spectrum with numeric exponents, up to I = `length` (None: infinite); call with an mpf x > 0.

    The result is good to about mp.prec bits. Raises InvalidInput for symbols in the series and ValueError
    if the infinite sum diverges.
    """

    series: DirichletSeries
    kernel: Kernel
    length: int | None = None

    def __call__(self, x: mpf) -> mpf:
        bits, guard = mp.prec, GUARD
        while True:
            with mp.workprec(bits + guard):
                pieces = list(self._pieces(mpf(x)))
                total = mp.fsum(pieces)
            lost = max(mp.mag(piece) for piece in pieces) - mp.mag(total) if total else 0
            if lost + GUARD // 2 <= guard:
                return +total
            guard = 2 * lost + GUARD

    def _pieces(self, x: mpf) -> Iterator[mpf]:
        if isinstance(self.series, Products):
            base = self.series.base
            if not isinstance(base, PowerLawSeries) or (base.first, base.scale, base.weight) != (1, 1, 1):
                raise InvalidInput("base", base, "a power law I^-s with weights I^-R, from I = 1 on")
            law = (_fraction(base.s), _fraction(base.source))
            for cycles, share in _cycle_index(self.series.count):
                laws = tuple((law[0] * i, law[1] * i) for i in cycles)
                yield _ordered(laws, x, self.kernel, self.length) * share.numerator / share.denominator
            return
        parts = self.series.parts if isinstance(self.series, Combination) else ((1, self.series),)
        length = self.length
        if length is None:
            length = max((_reach(p, x, TAIL_BITS) for _, p in parts if isinstance(p, PowerLawSeries)), default=0)
            for sign, part in Combination(parts).beyond(sp.Integer(length)).parts:
                if isinstance(part, PowerLawSeries):
                    yield sign * _tail(part, x, self.kernel)
        for sign, part in parts:
            if isinstance(part, ListSeries):
                for value, weight in zip(part.values, part.weights, strict=True):
                    yield sign * _number(weight) * _kernel(x / _number(value), self.kernel)
            elif isinstance(part, PowerLawSeries):
                yield from (sign * piece for piece in _finite(part, x, self.kernel, length))
            else:
                raise InvalidInput("series", part, "a power law, a list, a combination of these, or products")


def _number(value: sp.Expr) -> mpf:
    if value.free_symbols:
        raise InvalidInput("series", value, "numbers for all symbols")
    return value.evalf(mp.dps + 5)._to_mpmath(mp.prec)


def _fraction(value: sp.Expr) -> Fraction:
    if not value.is_Rational:
        raise InvalidInput("exponent", value, "a rational number")
    return Fraction(int(value.p), int(value.q))


def _mpf(value: Fraction) -> mpf:
    return mpf(value.numerator) / value.denominator


def _kernel(u: mpf, kernel: Kernel) -> mpf:
    return u**kernel.k / (1 + u) ** (kernel.j + kernel.k)


def _binomial(kernel: Kernel, i: int) -> int:
    """Coefficient of u^-(j + i) in the kernel."""
    return (-1) ** i * factorial(kernel.j + kernel.k + i - 1) // (factorial(i) * factorial(kernel.j + kernel.k - 1))


def _reach(law: PowerLawSeries, x: mpf, bits: int) -> int:
    """A power of 2^ROUNDING not below the law's first index, with u > 2^bits there."""
    least = mp.power(mp.ldexp(_number(law.scale) / x, bits), 1 / _number(law.s))
    return 2 ** (ROUNDING * (1 + max(0, mp.mag(least), int(law.first).bit_length()) // ROUNDING))


def _finite(law: PowerLawSeries, x: mpf, kernel: Kernel, length: int) -> Iterator[mpf]:
    """The law's terms up to I = length: those from 1 on, less those before its first."""
    s, source, x = _fraction(law.s), _fraction(law.source), x / _number(law.scale)
    weight = _number(law.weight)
    if length < law.first:
        return
    yield weight * PowerSum(s, length)(x, kernel.j, kernel.k, source)
    if law.first > TABLE:
        yield -weight * PowerSum(s, int(law.first) - 1)(x, kernel.j, kernel.k, source)
    else:
        for i in range(1, int(law.first)):
            yield -weight * mp.power(i, -_mpf(source)) * _kernel(x * mp.power(i, _mpf(s)), kernel)


def _tail(law: PowerLawSeries, x: mpf, kernel: Kernel) -> mpf:
    """The law's terms from I = first on, u > 2 there."""
    return _number(law.weight) * _binomial_series(
        ((_fraction(law.s), _fraction(law.source)),), (int(law.first),), x / _number(law.scale), kernel, None
    )


def _binomial_series(laws: Laws, firsts: tuple[int, ...], x: mpf, kernel: Kernel, length: int | None) -> mpf:
    """sum over tuples of indices from `firsts` on, in powers of 1/u, u > 1."""
    tails = [_tails(law, kernel.j, length, mp.prec) for law in laws]
    total, power, i = mpf(0), mp.power(x, -kernel.j), 0
    while True:
        term = _binomial(kernel, i) * power
        for tail, first in zip(tails, firsts, strict=True):
            term *= tail(i, first)
        total += term
        if i > kernel.k and abs(term) < mp.ldexp(abs(total), -mp.prec):
            return total
        power, i = power / x, i + 1


class _Tails:
    """sum_{I = first}^{length} I^-(R + s (j + i)), kept for first <= TABLE: summed downward, nothing cancels."""

    def __init__(self, law: tuple[Fraction, Fraction], j: int, length: int | None) -> None:
        self.law, self.j, self.length, self.prec = law, j, length, mp.prec
        s, source = law
        if length is None and source + s * j <= 1:
            raise ValueError(f"sum diverges like that of I^-({source + s * j})")
        self.size = TABLE if length is None else min(TABLE, length + 1)
        self.steps = [mp.power(n, -_mpf(s)) for n in range(1, self.size)]
        self.powers = [mp.power(n, -_mpf(source + s * j)) for n in range(1, self.size)]
        self.rows: list[list[mpf]] = []

    def __call__(self, i: int, first: int) -> mpf:
        while len(self.rows) <= i:
            row = [self._far(len(self.rows), self.size)]
            for power in reversed(self.powers):
                row.append(row[-1] + power)
            self.rows.append(row[::-1])
            self.powers = [power * step for power, step in zip(self.powers, self.steps, strict=True)]
        return self.rows[i][first - 1] if first <= self.size else self._far(i, first)

    def _far(self, i: int, first: int) -> mpf:
        s, source = self.law
        sigma = source + s * (self.j + i)
        if self.length is None:
            return _hurwitz(sigma, first, self.prec)
        if self.length - first < TABLE:
            return mp.fsum(mp.power(n, -_mpf(sigma)) for n in range(first, self.length + 1))
        return _hurwitz(sigma, first, self.prec) - _hurwitz(sigma, self.length + 1, self.prec)


@lru_cache(maxsize=10)
def _tails(law: tuple[Fraction, Fraction], j: int, length: int | None, _prec: int) -> _Tails:
    return _Tails(law, j, length)


@lru_cache(maxsize=10_000)
def _hurwitz(sigma: Fraction, first: int, prec: int) -> mpf:
    with mp.workprec(prec + GUARD):
        return hurwitz_taylor(_mpf(sigma), mpf(first), 0)


def _cycle_index(p: int) -> list[tuple[tuple[int, ...], Fraction]]:
    """Partitions of p with the shares of their permutations."""

    def partitions(rest: int, most: int) -> Iterator[tuple[int, ...]]:
        if rest == 0:
            yield ()
        for i in range(min(rest, most), 0, -1):
            for others in partitions(rest - i, i):
                yield (i, *others)

    out = []
    for cycles in partitions(p, p):
        size = 1
        for i, m in Counter(cycles).items():
            size *= i**m * factorial(m)
        out.append((cycles, Fraction(1, size)))
    return out


def _ordered(laws: Laws, x: mpf, kernel: Kernel, length: int | None) -> mpf:
    """sum over all tuples of indices, one for each law."""
    (s, source), *rest = laws
    head = int(mp.ceil(mp.power(mp.ldexp(1 / x, OUTER_BITS), 1 / _mpf(s))))
    head = head if length is None else min(head, length)
    if not rest and head >= TABLE:
        return SpectralSums(PowerLawSeries(s, source), kernel, length)(x)
    total = mpf(0)
    for i in range(1, head + 1):
        u, weight = x * mp.power(i, _mpf(s)), mp.power(i, -_mpf(source))
        total += weight * (_ordered(tuple(rest), u, kernel, length) if rest else _kernel(u, kernel))
    if head == length:
        return total
    return total + _binomial_series(laws, (head + 1, *(1 for _ in rest)), x, kernel, length)
