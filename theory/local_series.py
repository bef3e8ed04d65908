r"""Series of planar quantities in a shift s of kappa: about kappa_0 > 0, zero or infinity.

The moments' own series are Taylor's about kappa_0, closed because kappa dp/dkappa = -p (1 - p); about
zero and infinity they are binomial series in sum_I lambda_I^m and sum_I v_I lambda_I^m. Coefficients
are rational functions of the sizes and of these sums, exact in one fraction field; a `Series` keeps
count of how many of its terms are known.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sympy as sp
from sympy.polys.fields import FracField
from sympy.polys.orderings import lex

from theory import planar, positive
from theory.moments import KAPPA, D, Moment, TeacherMoment
from theory.rational import reduced
from theory.student import M, N, T

KAPPA_0 = sp.Symbol("kappa_0", positive=True)
D_0 = D.xreplace({KAPPA: KAPPA_0})


class SpectralSum(sp.Function):
    """sum_I lambda_I^m, m an integer; a positive number."""

    nargs = 1
    is_positive = True
    _weight = ""

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        (power,) = self.args
        text = rf"\sum_I {self._weight}" + ("" if power == 0 else rf"\lambda_I^{{{power}}}".replace("^{1}", ""))
        return rf"\left({text}\right)" + (f"^{{{exp}}}" if exp else "")

    def _sympystr(self, printer: Any) -> str:
        (power,) = self.args
        factors = [self._weight[:1], "" if power == 0 else f"lambda^{power}".replace("^1", "" if power == 1 else "^1")]
        return f"sum({' '.join(x for x in factors if x)})"


class TeacherSum(SpectralSum):
    """sum_I v_I lambda_I^m."""

    _weight = "v_I "


# Moments about a point ---------------------------------------------------------------------------

Rule = Callable[[Moment, int], tuple[int, list[sp.Expr]]]  # the power of the first of so many coefficients


@cache
def near(moment: Moment, count: int) -> tuple[int, list[sp.Expr]]:
    """The moment at kappa_0 + s: Taylor's series, in D and sums of p^j (1 - p)."""
    terms, derivative = [], moment
    for n in range(count):
        terms.append(at_start(derivative) / sp.factorial(n))
        derivative = sp.expand(sp.diff(derivative, KAPPA))
    return 0, terms


def at_start(expression: sp.Expr) -> sp.Expr:
    """The expression at kappa_0, in D and sums of p^j (1 - p)."""
    basis = {moment: _in_basis(moment) for moment in expression.atoms(Moment)}
    return expression.xreplace(basis).xreplace({KAPPA: KAPPA_0})


def _in_basis(moment: Moment) -> sp.Expr:
    j, k = (int(x) for x in moment.args[:2])
    if k == 0:
        return moment.func(1, 0, KAPPA) - sp.Add(*(moment.func(i, 1, KAPPA) for i in range(1, j)))
    return sp.Add(*(sp.binomial(k - 1, i) * (-1) ** i * moment.func(j + i, 1, KAPPA) for i in range(k)))


def near_zero(moment: Moment, count: int) -> tuple[int, list[sp.Expr]]:
    """The moment at kappa = s: p^j (1-p)^k = y^k (1+y)^{-(j+k)} with y = kappa/lambda."""
    j, k = (int(x) for x in moment.args[:2])
    return k, [sp.binomial(-(j + k), i) * _power_sum(moment, -(k + i)) for i in range(count)]


def near_infinity(moment: Moment, count: int) -> tuple[int, list[sp.Expr]]:
    """The moment at kappa = 1/s: p^j (1-p)^k = z^j (1+z)^{-(j+k)} with z = lambda/kappa."""
    j, k = (int(x) for x in moment.args[:2])
    return j, [sp.binomial(-(j + k), i) * _power_sum(moment, j + i) for i in range(count)]


def _power_sum(moment: Moment, power: int) -> sp.Expr:
    if isinstance(moment, TeacherMoment):
        return TeacherSum(power)
    return SpectralSum(power) if power else M


@dataclass(frozen=True)
class Start:
    """kappa = s^power (c_0 + c_1 s), the rule for moments there, and relations that hold at s = 0."""

    kappa: tuple[int, tuple[sp.Expr, ...]]
    rule: Rule
    relations: Mapping[sp.Expr, sp.Expr] = field(default_factory=dict)


# Series ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Series:
    """s^power (c[0] + c[1] s + ...): as many terms are known as are listed, the first is not zero."""

    power: int
    terms: tuple[Any, ...]

    @classmethod
    def of(cls, power: int, terms: Iterable[Any]) -> "Series":
        """With leading zeros taken into the power."""
        terms = tuple(terms)
        zeros = next((i for i, c in enumerate(terms) if c), len(terms))
        return cls(power + zeros, terms[zeros:])

    def __add__(self, other: "Series") -> "Series":
        low, high = sorted((self, other), key=lambda series: series.power)
        shift = high.power - low.power
        known = low.terms[: shift + len(high.terms)]
        return Series.of(low.power, (c + high.terms[i - shift] if i >= shift else c for i, c in enumerate(known)))

    def __mul__(self, other: "Series") -> "Series":
        count = min(len(self.terms), len(other.terms))
        terms = (_sum(self.terms[i] * other.terms[n - i] for i in range(n + 1)) for n in range(count))
        return Series.of(self.power + other.power, terms)

    def __pow__(self, power: int) -> "Series":
        base = self if power > 0 else self._inverse()
        total = base
        for _ in range(abs(power) - 1):
            total = total * base
        return total

    def _inverse(self) -> "Series":
        terms: list[Any] = []
        for n, _ in enumerate(self.terms):
            rest = _sum(-self.terms[i] * terms[n - i] for i in range(1, n + 1)) if n else 1
            terms.append(rest / self.terms[0])
        return Series.of(-self.power, terms)


def _sum(values: Iterable[Any]) -> Any:
    first, *others = values
    return sum(others, first)


class Expansion:
    """Evaluates expressions in kappa, moments and named symbols as series in s, to `count` terms."""

    def __init__(self, start: Start, count: int, letters: Iterable[sp.Symbol]) -> None:
        self.start, self.count = start, count
        raw: dict[sp.Expr, tuple[int, Any]] = {m: start.rule(m, count) for m in (D, *positive.MOMENTS.values())}
        raw[KAPPA] = start.kappa
        relations = dict(start.relations)
        constants = [c.xreplace(relations) for _, terms in raw.values() for c in terms] + list(relations.values())
        self.sums = {x for c in constants for x in c.atoms(sp.Function)}
        self.field = FracField(sorted({KAPPA_0, *letters, *self.sums}, key=sp.default_sort_key), sp.QQ, lex)
        self.values: dict[sp.Expr, Series] = {}
        for symbol, (power, terms) in raw.items():
            self.name(symbol, self.series(power, *terms))
        for symbol, moment in positive.MOMENTS.items():
            self.name(symbol, self.values[moment])

    def series(self, power: int, *terms: sp.Expr) -> Series:
        """s^power (c_0 + c_1 s + ... + 0), the constants given."""
        padded = [*terms, *[sp.Integer(0)] * (self.count - len(terms))]
        return Series.of(power, [self._constant(c) for c in padded])

    def _constant(self, expression: sp.Expr) -> Any:
        return self.field.from_expr(sp.sympify(expression).xreplace(dict(self.start.relations)))

    def name(self, symbol: sp.Symbol, value: sp.Expr | Series) -> "Expansion":
        """Let a symbol stand for a series, or for that of an expression."""
        self.values[symbol] = value if isinstance(value, Series) else self(value)
        return self

    def __call__(self, expression: sp.Expr) -> Series:
        if expression in self.values:
            return self.values[expression]
        if not expression.has(*self.values):
            return self.series(0, expression)
        if expression.is_Pow:
            return self(expression.base) ** int(expression.exp)
        first, *others = (self(part) for part in expression.args)
        for other in others:
            first = first + other if expression.is_Add else first * other
        return first


def readable(expression: sp.Expr, smallest: sp.Expr) -> sp.Expr:
    """Without common factors; sizes by their gaps to the smallest (or to D), V[0,2] and V[1,1] for V[0,1]."""
    floor = D_0 if expression.has(D_0) else smallest
    gaps = {size: gap for size, gap in ((N, planar.FEATURE_GAP), (T, planar.SAMPLE_GAP)) if size != floor}
    values = {size: floor + gap for size, gap in gaps.items()}
    bias, cross, total = (TeacherMoment(j, k, KAPPA_0) for j, k in ((0, 2), (1, 1), (0, 1)))
    if expression.has(cross):
        values[total] = bias + cross
    back = {gap: size - floor for size, gap in gaps.items()}
    return _pulled(expression.xreplace(values), floor, gaps.values()).xreplace(back)


def _pulled(expression: sp.Expr, floor: sp.Expr, gaps: Iterable[sp.Symbol]) -> sp.Expr:
    """With the sizes floor + gap and monomials taken out of the numerator, the denominator factored."""
    numerator, denominator = sp.fraction(reduced(expression))
    taken = sp.Integer(1)
    for gap in gaps:
        while sp.expand(numerator.xreplace({gap: -floor})) == 0:
            numerator, taken = reduced(numerator / (floor + gap)), taken * (floor + gap)
    return taken * sp.factor_terms(numerator) / sp.factor(denominator)
