r"""Dirichlet series of a spectrum, Z(z) = sum_I w_I lambda_I^z: all that asymptotics asks of it.

With lambda_I = I^-s and weights w_I = I^-R this is zeta(R + s z): its pole is the power law, its
values at negative integers make the smooth part of every spectral sum. Another spectrum is another
class with the same four methods:

    poles()           where Z has poles, and of which order at most
    laurent(z, n)     coefficients of (z' - z)^-p, ..., (z' - z)^n around z, p the order `poles` gives there
    powered(i)        the series sum_I w_I^i lambda_I^(i z)
    beyond(M)         the series of what lies beyond I = M

| spectrum                             | series                                  | poles                         |
|--------------------------------------|-----------------------------------------|-------------------------------|
| power law, from any index on         | `PowerLawSeries`                        | (1 - R)/s                     |
| explicit list                        | `ListSeries`                            | none                          |
| s1 up to I = K, s2 beyond            | `broken_power_law`                      | (1 - R)/s2                    |
| list, then a power law               | `list_and_tail`                         | that of the power law         |
| cut off at M                         | `truncated` (harmonic numbers)          | none                          |
| products of p eigenvalues            | `theory.products`                       | (1/i - R)/s, order floor(p/i) |

Exponents are exact: rational numbers or expressions, floats are refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

import sympy as sp

from theory.errors import InvalidInput
from theory.zeta import Stieltjes, ZetaDerivative


class DirichletSeries(Protocol):
    """Analytic continuation of sum_I w_I lambda_I^z."""

    def poles(self) -> Mapping[sp.Expr, int]: ...

    def laurent(self, z: sp.Expr, upto: int) -> Sequence[sp.Expr]: ...

    def powered(self, i: int) -> "DirichletSeries": ...

    def beyond(self, length: sp.Expr) -> "DirichletSeries": ...


def exact(name: str, value: object) -> sp.Expr:
    """`value` as a SymPy expression without floats; raises InvalidInput."""
    try:
        expression = sp.sympify(value, strict=True)
    except sp.SympifyError:
        expression = sp.nan
    if not isinstance(expression, sp.Expr) or expression.has(sp.Float, sp.nan, sp.zoo, sp.oo):
        raise InvalidInput(name, value, "an exact number (an integer, Fraction or Rational) or an expression")
    return expression


@cache
def equal(left: sp.Expr, right: sp.Expr) -> bool:
    """Whether two expressions are identically equal."""
    difference = left - right
    if difference.is_Rational:
        return bool(difference == 0)
    if difference.is_number:
        return abs(sp.N(difference, 20)) < 1e-10 and sp.simplify(difference) == 0
    difference = sp.cancel(difference)
    return bool(difference == 0 or (not difference.is_rational_function() and sp.simplify(difference) == 0))


def order_at(series: DirichletSeries, z: sp.Expr) -> int:
    """Order of the pole at z, 0 if there is none."""
    return next((order for pole, order in series.poles().items() if equal(pole, z)), 0)


def hurwitz_laurent(sigma: sp.Expr, slope: sp.Expr, shift: sp.Expr, upto: int, *, at_pole: bool) -> list[sp.Expr]:
    """zeta(sigma + slope d, shift) in powers of d; with `at_pole` from d^-1 on, sigma being 1."""
    if not at_pole:
        return [ZetaDerivative(n, sigma, shift) * slope**n / sp.factorial(n) for n in range(upto + 1)]
    regular = [(-1) ** n * Stieltjes(n, shift) * slope**n / sp.factorial(n) for n in range(upto + 1)]
    return [1 / slope, *regular]


def _times_power(series: list[sp.Expr], base: sp.Expr) -> list[sp.Expr]:
    """The power series times base^d."""
    if base == 1:
        return series
    powers = [sp.log(base) ** n / sp.factorial(n) for n in range(len(series))]
    return [sp.Add(*(series[i] * powers[n - i] for i in range(n + 1))) for n in range(len(series))]


@dataclass(frozen=True)
class PowerLawSeries:
    """sum_{I >= first} weight I^-R (scale I^-s)^z = weight scale^z zeta(R + s z, first); pole at z = (1 - R)/s.

    `first` = M + 1 gives the tail that a finite spectrum lacks. Raises InvalidInput for floats.
    """

    s: sp.Expr
    source: sp.Expr = sp.S.Zero
    first: sp.Expr = sp.S.One
    scale: sp.Expr = sp.S.One
    weight: sp.Expr = sp.S.One

    def __post_init__(self) -> None:
        for name in ("s", "source", "first", "scale", "weight"):
            object.__setattr__(self, name, exact(name, getattr(self, name)))
        if self.s.is_nonpositive:
            raise InvalidInput("s", self.s, "an exponent > 0")
        if self.first.is_nonpositive:
            raise InvalidInput("first", self.first, "an index > 0")

    @property
    def pole(self) -> sp.Expr:
        return (1 - self.source) / self.s

    def poles(self) -> Mapping[sp.Expr, int]:
        return {self.pole: 1}

    def laurent(self, z: sp.Expr, upto: int) -> Sequence[sp.Expr]:
        at_pole = equal(z, self.pole)
        sigma = sp.S.One if at_pole else sp.expand(self.source + self.s * z)
        zeta = hurwitz_laurent(sigma, self.s, self.first, upto, at_pole=at_pole)
        return [self.weight * self.scale**z * c for c in _times_power(zeta, self.scale)]

    def powered(self, i: int) -> "PowerLawSeries":
        return PowerLawSeries(i * self.s, i * self.source, self.first, self.scale**i, self.weight**i)

    def beyond(self, length: sp.Expr) -> "PowerLawSeries":
        first = exact("length", length) + 1
        return self if (self.first - first).is_nonnegative else replace(self, first=first)


@dataclass(frozen=True)
class ListSeries:
    """sum w_I lambda_I^z over an explicit list of positive eigenvalues; all weights 1 unless given."""

    values: tuple[sp.Expr, ...]
    weights: tuple[sp.Expr, ...] = ()

    def __post_init__(self) -> None:
        values = tuple(exact("values", value) for value in self.values)
        weights = tuple(exact("weights", weight) for weight in self.weights) or (sp.S.One,) * len(values)
        if not values or any(value.is_nonpositive for value in values):
            raise InvalidInput("values", self.values, "one eigenvalue or more, all > 0")
        if len(weights) != len(values):
            raise InvalidInput("weights", self.weights, f"{len(values)} weights, one for each eigenvalue")
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "weights", weights)

    def poles(self) -> Mapping[sp.Expr, int]:
        return {}

    def laurent(self, z: sp.Expr, upto: int) -> Sequence[sp.Expr]:
        pairs = list(zip(self.values, self.weights, strict=True))
        return [sp.Add(*(w * v**z * sp.log(v) ** n for v, w in pairs)) / sp.factorial(n) for n in range(upto + 1)]

    def powered(self, i: int) -> "ListSeries":
        return ListSeries(tuple(v**i for v in self.values), tuple(w**i for w in self.weights))

    def beyond(self, length: sp.Expr) -> "Combination":
        """Nothing: a list is always kept whole."""
        return Combination(())


@dataclass(frozen=True)
class Combination:
    """sum of sign * series over `parts`; equal parts of opposite sign cancel, and so do poles."""

    parts: tuple[tuple[int, DirichletSeries], ...]

    def __post_init__(self) -> None:
        kept: list[tuple[int, DirichletSeries]] = []
        for sign, series in self.parts:
            for inner, part in series.parts if isinstance(series, Combination) else ((1, series),):
                if (-sign * inner, part) in kept:
                    kept.remove((-sign * inner, part))
                else:
                    kept.append((sign * inner, part))
        object.__setattr__(self, "parts", tuple(kept))

    def _polar(self, z: sp.Expr, size: int, upto: int) -> list[sp.Expr]:
        """Coefficients of d^-size, ..., d^upto, by addition."""
        total = [sp.S.Zero] * (size + upto + 1)
        for sign, series in self.parts:
            start = size - order_at(series, z)
            for n, c in enumerate(series.laurent(z, upto)):
                total[start + n] += sign * c
        return total

    def poles(self) -> Mapping[sp.Expr, int]:
        found: dict[sp.Expr, int] = {}
        for _, series in self.parts:
            for z in series.poles():
                if not any(equal(z, other) for other in found):
                    size = max(order_at(part, z) for _, part in self.parts)
                    polar = self._polar(z, size, 0)[:size]
                    found[z] = next((size - n for n, c in enumerate(polar) if not equal(c, sp.S.Zero)), 0)
        return {z: order for z, order in found.items() if order}

    def laurent(self, z: sp.Expr, upto: int) -> Sequence[sp.Expr]:
        size = max((order_at(part, z) for _, part in self.parts), default=0)
        return self._polar(z, size, upto)[size - order_at(self, z) :]

    def powered(self, i: int) -> "Combination":
        return Combination(tuple((sign, series.powered(i)) for sign, series in self.parts))

    def beyond(self, length: sp.Expr) -> "Combination":
        return Combination(tuple((sign, part.beyond(length)) for sign, part in self.parts))


def truncated(series: DirichletSeries, length: sp.Expr) -> Combination:
    """sum_{I <= length}: entire; its values are generalised harmonic numbers zeta(sigma) - zeta(sigma, length + 1)."""
    return Combination(((1, series), (-1, series.beyond(length))))


def broken_power_law(s1: sp.Expr, s2: sp.Expr, K: sp.Expr, source: sp.Expr = sp.S.Zero) -> Combination:
    """lambda_I = I^-s1 for I <= K, K^(s2 - s1) I^-s2 beyond (continuous at K); weights I^-source."""
    first, last = PowerLawSeries(s1, source), exact("K", K)
    second = PowerLawSeries(s2, source, last + 1)
    return Combination(((1, truncated(first, last)), (1, replace(second, scale=last ** (second.s - first.s)))))


def list_and_tail(values: Sequence[sp.Expr], tail: PowerLawSeries, weights: Sequence[sp.Expr] = ()) -> Combination:
    """An explicit list of eigenvalues, with weights or without, and a power law with its own `first` and `scale`."""
    return Combination(((1, ListSeries(tuple(values), tuple(weights))), (1, tail)))
