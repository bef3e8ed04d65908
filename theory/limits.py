r"""Analytic limits of the planar solution, with the rate and the coefficient of the approach.

The planar equation is explicit the other way round: along a path N(e), T(e), gamma(e) with small
e it is linear in e, so that e is a function of kappa, and so is every quantity. Both are expanded in
the shift s of kappa from its limit (kappa_0 > 0, 0 or infinity), where the spectral moments are
Taylor series by their closed algebra, or series in sum_I lambda_I^m. If

    e = e_b s^b (1 + O(s)),     quantity = value + q_a s^a (1 + O(s)),

then quantity = value + q_a e_b^{-a/b} e^{a/b} (1 + O(e^{1/b})): the rate is a/b. What kappa tends to is
read off the planar equation at e = 0 and the order of the sizes. M -> infinity replaces the sums
by infinite ones less their tails. Everything is derived here from `theory.planar`; expectations
stand in tests/theory/test_limits.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import sympy as sp

from theory import planar
from theory.continuum import ALPHA, LAMBDA_PLUS
from theory.moments import KAPPA, D, Moment, TeacherMoment, canonical
from theory.rational import linear_root, reduced
from theory.student import GAMMA, NOISE, SIGMA_U, M, N, T

SMALL = sp.Symbol("epsilon", positive=True)
SHIFT = sp.Symbol("s", positive=True)
KAPPA_0 = sp.Symbol("kappa_0", positive=True)
DELTA = sp.Symbol("delta", positive=True)  # ridge per feature or per sample, gamma M / (sigma_u^2 N)
MAX_ORDER = 6
Rule = Callable[[Moment, int], sp.Expr]


class SpectralSum(sp.Function):
    """sum_I lambda_I^m, m an integer; a positive number."""

    nargs = 1
    is_positive = True
    _weight = ""

    def _latex(self, printer: object, exp: str | None = None) -> str:
        text = rf"\sum_I {self._weight}\lambda_I^{{{self.args[0]}}}"
        return rf"\left({text}\right)" + (f"^{{{exp}}}" if exp else "")

    def _sympystr(self, printer: object) -> str:
        return f"sum({self._weight}{'*' if self._weight else ''}lambda^{self.args[0]})".replace("^1)", ")")


class TeacherSum(SpectralSum):
    """sum_I v_I lambda_I^m."""

    _weight = "v"


@dataclass(frozen=True)
class Approach:
    """A way to a limit: symbols as functions of SMALL > 0, in a given order of the sizes.

    `order` such as "N=T<M" holds on the way; sizes that are equal stay so. `path` maps symbols to
    expressions in SMALL and fixed symbols.
    """

    name: str
    variable: sp.Symbol
    target: sp.Expr
    order: str
    path: Mapping[sp.Symbol, sp.Expr]
    quantities: tuple[str, ...]


@dataclass(frozen=True)
class Limit:
    """quantity = value + coefficient small^rate (1 + O(small^step)).

    value is oo where the quantity diverges (rate < 0). Moments are at kappa_0, the limit of kappa.
    """

    approach: Approach
    quantity: str
    value: sp.Expr
    rate: sp.Expr
    coefficient: sp.Expr
    step: sp.Expr

    @property
    def name(self) -> str:
        return f"{self.approach.name}/{self.quantity}"


# Series -----------------------------------------------------------------------------------------


def near(moment: Moment, order: int) -> sp.Expr:
    """The moment at kappa_0 + s, to s^order: Taylor's series, closed because moments are."""
    total, derivative = sp.Integer(0), moment
    for n in range(order + 1):
        total += canonical(derivative).xreplace({KAPPA: KAPPA_0}) * SHIFT**n / sp.factorial(n)
        derivative = sp.diff(derivative, KAPPA)
    return total


def near_zero(moment: Moment, order: int) -> sp.Expr:
    """The moment at kappa = s, to s^order: p^j (1-p)^k = y^k (1+y)^{-(j+k)} with y = kappa/lambda."""
    j, k, _ = (int(x) if x.is_Integer else x for x in moment.args)
    return _in_sums(moment, [(k + i, sp.binomial(-(j + k), i)) for i in range(order + 1)], -1)


def near_infinity(moment: Moment, order: int) -> sp.Expr:
    """The moment at kappa = 1/s, to s^order: z^j (1+z)^{-(j+k)} with z = lambda/kappa."""
    j, k, _ = (int(x) if x.is_Integer else x for x in moment.args)
    return _in_sums(moment, [(j + i, sp.binomial(-(j + k), i)) for i in range(order + 1)], 1)


def _in_sums(moment: Moment, terms: list[tuple[int, sp.Expr]], sign: int) -> sp.Expr:
    kind = TeacherSum if isinstance(moment, TeacherMoment) else SpectralSum
    total = sp.Add(*(c * SHIFT**m * kind(sign * m) for m, c in terms))
    return total.xreplace({SpectralSum(0): M})


@dataclass(frozen=True)
class Start:
    """Where kappa starts from: kappa(s), the rule for moments there, and relations that hold at s = 0."""

    kappa: sp.Expr
    rule: Rule
    relations: Mapping[sp.Expr, sp.Expr]

    def coefficients(self, expression: sp.Expr, order: int) -> tuple[int, list[sp.Expr]]:
        """(m, c) with expression = s^m (c[0] + c[1] s + ... + c[order] s^order), a polynomial in kappa and moments."""
        values = {x: self.rule(x, order) for x in expression.atoms(Moment) if x.args[2] == KAPPA}
        series, pole = expression.xreplace(values), 0
        if self.kappa == 1 / SHIFT:
            in_kappa = sp.Poly(series, KAPPA)
            pole = in_kappa.degree()
            series = sum(c * KAPPA**i for i, c in enumerate(in_kappa.all_coeffs()))
        kappa = SHIFT if pole else self.kappa
        series = sp.Poly(series.xreplace({KAPPA: kappa} | dict(self.relations)), SHIFT)
        return -pole, [reduced(series.coeff_monomial(SHIFT**n)) for n in range(order + 1)]

    def quotient(self, expression: sp.Expr, terms: int) -> list[tuple[int, sp.Expr]]:
        """The first `terms` non-zero terms (power of s, coefficient) of a rational function; fewer if it ends."""
        sides = sp.fraction(reduced(expression))
        for order in range(2, MAX_ORDER + 1):
            shifts, series = zip(*(self.coefficients(side, order) for side in sides), strict=True)
            heads = [next((i for i, c in enumerate(side) if c != 0), None) for side in series]
            if heads[1] is None or heads[0] is None:
                continue
            top, bottom = (side[head:] for side, head in zip(series, heads, strict=True))
            power, found, known = shifts[0] - shifts[1] + heads[0] - heads[1], [], []
            for n in range(min(len(top), len(bottom))):
                known.append(reduced((top[n] - sum(known[i] * bottom[n - i] for i in range(n))) / bottom[0]))
                if known[-1] != 0:
                    found.append((power + n, known[-1]))
                if len(found) == terms:
                    return found
        return found


# Derivation -------------------------------------------------------------------------------------


@cache
def quantities() -> dict[str, sp.Expr]:
    """What limits are taken of, in N, T, gamma and moments."""
    return {
        "kappa": KAPPA,
        "signal": planar.signal(),
        "label_noise": planar.label_noise(),
        "loss": planar.loss(),
    }


def derive(approach: Approach) -> list[Limit]:
    """The limits of the approach's quantities, from the planar equation alone."""
    first, same = _sizes(approach.order)
    path = {symbol: sp.sympify(value).xreplace(same) for symbol, value in (same | dict(approach.path)).items()}
    planar_law = planar.planar_equation().lhs - planar.planar_equation().rhs
    ridgeless = path.get(GAMMA) == 0
    law = sp.numer(reduced((first - D if ridgeless else planar_law).xreplace(path)))
    start = _start(law.subs(SMALL, 0), sp.sympify(path.get(first, first)).subs(SMALL, 0))
    on_way: dict[sp.Symbol, sp.Expr] = {}
    if law.has(SMALL):
        on_way = {SMALL: linear_root(law, SMALL)}
        ((power, small),) = start.quotient(on_way[SMALL], 1)
    else:  # kappa stays where it is
        power, small = 1, sp.Integer(1)
        start = Start(KAPPA_0, lambda moment, order: near(moment, 0), start.relations)
        on_way = {SMALL: SHIFT}
    found = []
    for name in approach.quantities:
        expression = quantities()[name].xreplace(path).xreplace(on_way)
        terms = start.quotient(expression, 2)
        value = sp.oo if terms[0][0] < 0 else terms.pop(0)[1] if terms[0][0] == 0 else sp.Integer(0)
        order, head = terms[0]
        rate = sp.Rational(order, power)
        coefficient = readable(head) * readable(small) ** -rate
        found.append(Limit(approach, name, readable(value), rate, coefficient, sp.Rational(1, power)))
    return found


def _sizes(order: str) -> tuple[sp.Symbol, dict[sp.Symbol, sp.Expr]]:
    """The smallest size, and the sizes that equal another (M, if it is among them)."""
    names = {"N": N, "T": T, "M": M}
    groups = [[names[x] for x in group.split("=")] for group in order.split("<")]
    same = {}
    for group in groups:
        leader = M if M in group else group[0]
        same |= {size: leader for size in group if size != leader}
    return same.get(groups[0][0], groups[0][0]), same


def _start(law: sp.Expr, smallest: sp.Expr) -> Start:
    """What the planar equation at e = 0 says: kappa infinite, zero, or kappa_0."""
    if not law.has(D):
        return Start(1 / SHIFT, near_infinity, {})
    for ridge in (GAMMA, DELTA):
        if law.has(ridge):
            return Start(KAPPA_0 + SHIFT, near, {ridge: linear_root(law, ridge).xreplace({KAPPA: KAPPA_0})})
    if smallest == M:
        return Start(SHIFT, near_zero, {})
    return Start(KAPPA_0 + SHIFT, near, {D.xreplace({KAPPA: KAPPA_0}): smallest})


def readable(expression: sp.Expr) -> sp.Expr:
    """Factored, in the moments p^j (1 - p): V[0,0] drops out and D - q stands as one sum."""
    if not expression.atoms(Moment):
        return sp.factor(expression)
    values = {}
    for moment in expression.atoms(Moment):
        j, kind = int(moment.args[0]), moment.func
        drops = sp.Add(*(kind(i, 1, KAPPA_0) for i in range(j)))
        if kind is Moment:
            values[moment] = D.xreplace({KAPPA: KAPPA_0}) - sp.Add(*(kind(i, 1, KAPPA_0) for i in range(1, j)))
        else:
            values[moment] = kind(0, 0, KAPPA_0) - drops
    return sp.factor(reduced(expression.xreplace(values)))


E = SMALL


def approaches() -> tuple[Approach, ...]:
    """The limits that the toolkit states."""
    three = ("kappa", "signal", "label_noise")
    kernel = DELTA * SIGMA_U**2 / M
    return (
        Approach("gamma -> 0, N < T < M", GAMMA, sp.Integer(0), "N<T<M", {GAMMA: E}, three),
        Approach("gamma -> 0, T < N < M", GAMMA, sp.Integer(0), "T<N<M", {GAMMA: E}, three),
        Approach("gamma -> 0, N = T < M", GAMMA, sp.Integer(0), "N=T<M", {GAMMA: E}, three),
        Approach("gamma -> 0, M < N, T", GAMMA, sp.Integer(0), "M<N<T", {GAMMA: E}, three),
        Approach("gamma -> 0, N = M < T", GAMMA, sp.Integer(0), "N=M<T", {GAMMA: E}, three),
        Approach("gamma -> 0, T = M < N", GAMMA, sp.Integer(0), "T=M<N", {GAMMA: E}, three),
        Approach("gamma -> 0, N = T = M", GAMMA, sp.Integer(0), "N=T=M", {GAMMA: E}, three),
        Approach("gamma -> infinity", GAMMA, sp.oo, "N<T<M", {GAMMA: 1 / E}, three),
        Approach("N -> infinity", N, sp.oo, "T<M<N", {N: 1 / E}, three),
        Approach("N -> infinity, kernel ridge", N, sp.oo, "T<M<N", {N: 1 / E, GAMMA: kernel / E}, three),
        Approach("T -> infinity", T, sp.oo, "N<M<T", {T: 1 / E}, three),
        Approach("T -> infinity, ridge per sample", T, sp.oo, "N<M<T", {T: 1 / E, GAMMA: kernel / E}, three),
        Approach("N -> T from below, gamma = 0", N, T, "N<T<M", {GAMMA: 0, N: T - E}, three),
        Approach("N -> T from above, gamma = 0", N, T, "T<N<M", {GAMMA: 0, N: T + E}, three),
        Approach("N -> T from below, gamma > 0", N, T, "N<T<M", {N: T - E}, three),
        Approach("N -> T from above, gamma > 0", N, T, "T<N<M", {N: T + E}, three),
        Approach("N -> M, T > M", N, M, "N<M<T", {GAMMA: 0, N: M - E}, three),
        Approach("T -> M, N > M", T, M, "T<M<N", {GAMMA: 0, T: M - E}, three),
        Approach("noise -> 0", NOISE, sp.Integer(0), "N<T<M", {NOISE: E}, ("loss",)),
    )
