r"""Analytic limits of the planar solution, with the rate and the coefficient of the approach.

Along a path N(e), T(e), gamma(e) with small e the planar equation is linear in e: it gives e, and so
every quantity, as a function of kappa. Both are expanded in the shift s of kappa from its limit
(kappa_0 > 0, zero or infinity), where moments are Taylor series by their closed algebra, or series
in sum_I lambda_I^m. If

    e = e_b s^b (1 + O(s)),     quantity = value + q_a s^a (1 + O(s)),

then quantity = value + q_a e_b^{-a/b} e^{a/b} (1 + O(e^{1/b})). What kappa tends to is read off the
planar equation at e = 0 and the order of the sizes. M -> infinity replaces the sums by infinite
ones less their tails. All of it follows from `theory.planar`; expectations stand in
tests/theory/test_limits.py, confirmation on a ladder is in numerics.limit_ladder.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sympy as sp
from sympy.polys.fields import FracField
from sympy.polys.orderings import lex

from theory import planar
from theory.continuum import ALPHA, LAMBDA_PLUS
from theory.moments import KAPPA, D, Moment, Q, TeacherMoment
from theory.rational import linear_root, reduced
from theory.student import GAMMA, NOISE, SIGMA_U, M, N, T

SMALL = sp.Symbol("epsilon", positive=True)
KAPPA_0 = sp.Symbol("kappa_0", positive=True)
DELTA = sp.Symbol("delta", positive=True)  # right side of the planar equation in the limit
D_0 = D.xreplace({KAPPA: KAPPA_0})
EXCESS = "ridge effect on "
MAX_TERMS = 8
MOMENTS = {
    planar.DF2: Q,
    planar.SPREAD: Moment(1, 1, KAPPA),
    planar.BIAS_SUM: TeacherMoment(0, 2, KAPPA),
    planar.CROSS_SUM: TeacherMoment(1, 1, KAPPA),
}


class SpectralSum(sp.Function):
    """sum_I lambda_I^m, m an integer; a positive number."""

    nargs = 1
    is_positive = True
    _weight = ""

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        power = "" if self.args[0] == 1 else f"^{{{self.args[0]}}}"
        text = rf"\sum_I {self._weight} \lambda_I{power}" if self.args[0] else rf"\sum_I {self._weight}"
        return rf"\left({text}\right)" + (f"^{{{exp}}}" if exp else "")

    def _sympystr(self, printer: Any) -> str:
        powers = [x for x in (self._weight[:1], {0: "", 1: "lambda"}.get(self.args[0], f"lambda^{self.args[0]}")) if x]
        return f"sum({' '.join(powers)})"


class TeacherSum(SpectralSum):
    """sum_I v_I lambda_I^m."""

    _weight = "v_I"


@dataclass(frozen=True)
class Approach:
    """A way to a limit: `path` gives symbols as functions of SMALL, `order` that of the sizes on it.

    `order` is such as "N=T<M": equal sizes stay so. `small` is SMALL in terms of `variable`.
    """

    name: str
    variable: sp.Symbol
    order: str
    path: Mapping[sp.Symbol, sp.Expr]
    quantities: tuple[str, ...]

    @property
    def target(self) -> sp.Expr:
        return self.path[self.variable].subs(SMALL, 0).replace(sp.zoo, sp.oo)

    @property
    def small(self) -> sp.Expr:
        (root,) = sp.solve(self.path[self.variable] - self.variable, SMALL)
        return root

    @property
    def equal(self) -> dict[sp.Symbol, sp.Symbol]:
        """Sizes that equal another one, which stands for both: M, if it is among them."""
        groups = [[sp.Symbol(x, positive=True) for x in group.split("=")] for group in self.order.split("<")]
        return {x: M if M in group else group[0] for group in groups for x in group if x != (M if M in group else group[0])}

    @property
    def smallest(self) -> sp.Symbol:
        first = sp.Symbol(self.order[0], positive=True)
        return self.equal.get(first, first)


@dataclass(frozen=True)
class Limit:
    """quantity = value + coefficient small^rate (1 + O(small^step)).

    value is oo where the quantity diverges (rate < 0). Moments and kappa_0 are those of the limit.
    """

    approach: Approach
    quantity: str
    value: sp.Expr
    rate: sp.Expr
    coefficient: sp.Expr
    step: sp.Expr

    @property
    def name(self) -> str:
        return f"{self.approach.name}: {self.quantity}"


# Series in s ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Series:
    """s^power (c[0] + c[1] s + ...): as many terms are known as are listed, the first is not zero."""

    power: int
    terms: tuple[Any, ...]

    @classmethod
    def of(cls, power: int, terms: Any) -> "Series":
        terms = tuple(terms)
        zeros = next((i for i, c in enumerate(terms) if c), len(terms))
        return cls(power + zeros, terms[zeros:])

    def __add__(self, other: "Series") -> "Series":
        low, high = sorted((self, other), key=lambda series: series.power)
        shift = high.power - low.power
        count = min(len(low.terms), shift + len(high.terms))
        return Series.of(low.power, (c + high.terms[i - shift] if i >= shift else c for i, c in enumerate(low.terms[:count])))

    def __mul__(self, other: "Series") -> "Series":
        count = min(len(self.terms), len(other.terms))
        pairs = [[(i, n - i) for i in range(n + 1)] for n in range(count)]
        return Series.of(
            self.power + other.power, (_sum(self.terms[i] * other.terms[j] for i, j in pair) for pair in pairs)
        )

    def inverse(self) -> "Series":
        if not self.terms:
            raise ZeroDivisionError("a series with no known term")
        inverse = [1 / self.terms[0]]
        for n in range(1, len(self.terms)):
            inverse.append(-_sum(self.terms[i] * inverse[n - i] for i in range(1, n + 1)) / self.terms[0])
        return Series.of(-self.power, inverse)


def _sum(values: Any) -> Any:
    first, *others = values
    return sum(others, first)




# Expansion about the limit ----------------------------------------------------------------------


def near(moment: Moment, count: int) -> tuple[int, list[sp.Expr]]:
    """The moment at kappa_0 + s: Taylor's series, in D and sums of p^j (1 - p)."""
    terms, derivative = [], moment
    for n in range(count):
        basis = {x: _basis(x) for x in derivative.atoms(Moment)}
        terms.append(derivative.xreplace(basis).xreplace({KAPPA: KAPPA_0}) / sp.factorial(n))
        derivative = sp.expand(sp.diff(derivative, KAPPA))
    return 0, terms


def _basis(moment: Moment) -> sp.Expr:
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
    """What kappa tends to: kappa = s^power (c_0 + c_1 s), the rule for moments, relations in the limit."""

    kappa: tuple[int, tuple[sp.Expr, ...]]
    rule: Callable[[Moment, int], tuple[int, list[sp.Expr]]]
    relations: Mapping[sp.Expr, sp.Expr] = field(default_factory=dict)


def start_of(law: sp.Expr, smallest: sp.Expr) -> Start:
    """Read off the planar equation at e = 0: D = smallest size, or a ridge that fixes kappa_0."""
    if not law.has(D):
        return Start((-1, (sp.Integer(1),)), near_infinity)
    shifted = (0, (KAPPA_0, sp.Integer(1)))
    for ridge in (GAMMA, DELTA):
        if law.has(ridge):
            return Start(shifted, near, {ridge: linear_root(law, ridge).xreplace({KAPPA: KAPPA_0})})
    if smallest == M:
        return Start((1, (sp.Integer(1),)), near_zero)
    return Start(shifted, near, {D_0: smallest})


class Expansion:
    """Evaluates expressions in kappa, moments and sizes as series in s, to `count` terms."""

    def __init__(self, start: Start, count: int) -> None:
        self.start, self.count = start, count
        self.values: dict[sp.Expr, Series] = {}
        raw: dict[sp.Expr, tuple[int, Any]] = {m: start.rule(m, count) for m in (D, *MOMENTS.values())}
        raw[KAPPA] = start.kappa
        constants = [c.xreplace(dict(start.relations)) for _, terms in raw.values() for c in terms]
        self.atoms = {x for c in [*constants, *start.relations.values()] for x in c.atoms(sp.Symbol, sp.Function)}
        letters = {planar.OUTPUTS, NOISE, SIGMA_U, planar.SIGMA_W, LAMBDA_PLUS, ALPHA, N, T, M, KAPPA_0, GAMMA, DELTA}
        generators = {x for x in self.atoms | letters if not (x.is_Symbol and x == KAPPA)}
        self.field = FracField(sorted(generators, key=sp.default_sort_key), sp.QQ, lex)
        for symbol, (power, terms) in raw.items():
            self.values[symbol] = Series.of(power, [self.constant(c) for c in self.padded(terms)])
        self.values |= {symbol: self.values[moment] for symbol, moment in MOMENTS.items()}

    def padded(self, terms: Any) -> list[sp.Expr]:
        return [*terms, *[sp.Integer(0)] * (self.count - len(terms))]

    def constant(self, expression: sp.Expr) -> Any:
        return self.field.from_expr(reduced(sp.sympify(expression).xreplace(dict(self.start.relations))))

    def name(self, symbol: sp.Symbol, expression: sp.Expr) -> "Expansion":
        """Let a symbol stand for the series of an expression."""
        self.values[symbol] = self(expression)
        return self

    def __call__(self, expression: sp.Expr) -> Series:
        if expression in self.values:
            return self.values[expression]
        if not expression.has(*self.values):
            return Series.of(0, [self.constant(c) for c in self.padded([expression])])
        if expression.is_Add or expression.is_Mul:
            first, *others = (self(part) for part in expression.args)
            for other in others:
                first = first + other if expression.is_Add else first * other
            return first
        base = self(expression.base)
        base, total = (base, base) if expression.exp > 0 else (base.inverse(), base.inverse())
        for _ in range(abs(int(expression.exp)) - 1):
            total = total * base
        return total


# Derivation -------------------------------------------------------------------------------------


def derive(approach: Approach) -> list[Limit]:
    """The limits of the approach's quantities, from the planar equation."""
    law, lost = _law(approach)
    start = start_of(law.subs(SMALL, 0), _on(approach, approach.smallest).subs(SMALL, 0))
    if not law.has(SMALL):  # kappa stays at kappa_0
        start = Start((0, (KAPPA_0,)), lambda moment, count: (0, near(moment, 1)[1]), start.relations)
    found: dict[str, Limit] = {}
    for count in range(2, MAX_TERMS + 1):
        series = _series(approach, law, start, count)
        for name in approach.quantities:
            if name not in found and (limit := _limit(approach, name, series, lost)):
                found[name] = limit
        if len(found) == len(approach.quantities):
            return [found[name] for name in approach.quantities]
    raise ValueError(f"{approach.name}: no approach to the limit within {MAX_TERMS} terms")


def _on(approach: Approach, expression: sp.Expr) -> sp.Expr:
    """The expression on the path. M -> infinity is not a substitution: see _law."""
    ridge = {GAMMA: approach.path.get(GAMMA, GAMMA)}  # may be in terms of sizes on the path
    for values in (ridge, approach.path, approach.equal):
        expression = expression.xreplace({k: sp.sympify(v) for k, v in values.items() if k != M})
    return expression


def _law(approach: Approach) -> tuple[sp.Expr, dict[sp.Expr, sp.Expr]]:
    """What vanishes on the path, linear in SMALL; and D with what M -> infinity takes from it.

    In that limit SMALL is M^-alpha, moments are those of the infinite spectrum, and to first order
    only D loses a tail: the integral of lambda_I/kappa over I > M. (In q it is of order M^{-1-2 alpha}.)
    """
    equation = planar.planar_equation()
    law = approach.smallest - D if approach.path.get(GAMMA) == 0 else equation.lhs - equation.rhs
    lost = {}
    if M in approach.path:
        mode = sp.Symbol("I", positive=True)
        tail = sp.integrate(LAMBDA_PLUS * mode ** (-1 - ALPHA) / KAPPA, (mode, M, sp.oo)) * M**ALPHA
        lost = {D: D - sp.powsimp(tail) * SMALL}
        law = law.xreplace(lost)
        law = law.subs(SMALL, 0) + SMALL * sp.diff(law, SMALL).subs(SMALL, 0)
    return sp.numer(reduced(_on(approach, law))), lost


def _series(approach: Approach, law: sp.Expr, start: Start, count: int) -> Expansion:
    """SMALL, sizes and gaps as series in s."""
    series = Expansion(start, count)
    if law.has(SMALL):
        series.name(SMALL, linear_root(law, SMALL))
    else:
        series.values[SMALL] = Series.of(1, [series.constant(c) for c in series.padded([sp.Integer(1)])])
    for symbol in (N, T, NOISE):
        series.name(symbol, _on(approach, symbol))
    return series.name(planar.FEATURE_GAP, N - D).name(planar.SAMPLE_GAP, T - D)


def _limit(approach: Approach, name: str, series: Expansion, lost: dict[sp.Expr, sp.Expr]) -> Limit | None:
    """The limit of one quantity, or None if the series are too short."""
    small, quantity = series.values[SMALL], _quantity(approach, name, series, lost)
    terms = [(quantity.power + i, c.as_expr()) for i, c in enumerate(quantity.terms) if c]
    if not small.terms or len(terms) < (2 if terms and terms[0][0] == 0 else 1):
        return None
    value = sp.oo if terms[0][0] < 0 else readable(terms.pop(0)[1], approach) if terms[0][0] == 0 else sp.Integer(0)
    rate = sp.Rational(terms[0][0], small.power)
    sums = {x: sp.Dummy(positive=True) for x in series.atoms if x.is_Function}
    head, scale = (readable(x, approach).xreplace(sums) for x in (terms[0][1], small.terms[0].as_expr()))
    coefficient = (head * scale**-rate).xreplace({dummy: x for x, dummy in sums.items()})
    if lost:
        return Limit(approach, name, value, rate * ALPHA, coefficient, sp.Min(1, ALPHA))
    return Limit(approach, name, value, rate, coefficient, sp.Rational(1, small.power))


def _quantity(approach: Approach, name: str, series: Expansion, lost: dict[sp.Expr, sp.Expr]) -> Series:
    forms = planar.evaluated() | {"loss": planar.evaluated()["signal"] + planar.evaluated()["label_noise"]}
    if name == "kappa":
        return series(KAPPA)
    if name == "M signal":  # isotropic teacher
        return series((planar.isotropic(planar.signal()) * M).xreplace(lost))
    if name.startswith(EXCESS):  # less the same without ridge, D = N < T at the same T
        form = forms[name.removeprefix(EXCESS)]
        moments = {x: _basis(m).xreplace({KAPPA: KAPPA_0}) for x, m in MOMENTS.items()}
        ridgeless = {planar.FEATURE_GAP: sp.Integer(0), planar.SAMPLE_GAP: T - approach.smallest}
        return series(form) + series(-form.xreplace(moments | ridgeless))
    return series(forms[name])


def readable(expression: sp.Expr, approach: Approach) -> sp.Expr:
    """Without common factors, written in gaps such as N - D, and in V[0,2] where that is shorter."""
    floor = D_0 if expression.has(D_0) else _on(approach, approach.smallest).subs(SMALL, 0)
    gaps = {N: planar.FEATURE_GAP + floor, T: planar.SAMPLE_GAP + floor}
    gaps.pop(floor, None)
    back = {planar.FEATURE_GAP: N - floor, planar.SAMPLE_GAP: T - floor}
    bias, cross, total = (TeacherMoment(j, k, KAPPA_0) for j, k in ((0, 2), (1, 1), (0, 1)))
    variants = [expression.xreplace(gaps)]
    if expression.has(cross):
        variants.insert(0, variants[0].xreplace({total: bias + cross}))
    return min((_pulled(variant, list(gaps.values())).xreplace(back) for variant in variants), key=sp.count_ops)


def _pulled(expression: sp.Expr, sizes: list[sp.Expr]) -> sp.Expr:
    """The expression with sizes and monomials taken out of the numerator, the denominator factored."""
    numerator, denominator = sp.fraction(reduced(expression))
    taken = sp.Integer(1)
    for size in sizes:
        gap, floor = size.args
        while sp.expand(numerator.xreplace({gap: -floor})) == 0:
            numerator, taken = reduced(numerator / size), taken * size
    return taken * sp.factor_terms(numerator) / sp.factor(denominator)


# The list ---------------------------------------------------------------------------------------


def approaches() -> tuple[Approach, ...]:
    """The limits that are taken. The order of the sizes says which side the limit is on."""
    e, zero, per_size = SMALL, sp.Integer(0), DELTA * SIGMA_U**2 / M
    two, effects = ("signal", "label_noise"), (f"{EXCESS}signal", f"{EXCESS}label_noise")
    three = ("kappa", *two)
    return (
        Approach("gamma -> 0, N < T < M", GAMMA, "N<T<M", {GAMMA: e}, three),
        Approach("gamma -> 0, T < N < M", GAMMA, "T<N<M", {GAMMA: e}, two),
        Approach("gamma -> 0, N = T < M", GAMMA, "N=T<M", {GAMMA: e}, three),
        Approach("gamma -> 0, M < N < T", GAMMA, "M<N<T", {GAMMA: e}, three),
        Approach("gamma -> 0, N = M < T", GAMMA, "N=M<T", {GAMMA: e}, three),
        Approach("gamma -> 0, T = M < N", GAMMA, "T=M<N", {GAMMA: e}, two),
        Approach("gamma -> 0, N = T = M", GAMMA, "N=T=M", {GAMMA: e}, three),
        Approach("gamma -> infinity", GAMMA, "N<T<M", {GAMMA: 1 / e}, three),
        Approach("N -> infinity, T < M", N, "T<M<N", {N: 1 / e}, three),
        Approach("N -> infinity, kernel ridge delta", N, "T<M<N", {N: 1 / e, GAMMA: N * per_size}, three),
        Approach("T -> infinity, N < M", T, "N<M<T", {T: 1 / e}, (*three, *effects)),
        Approach("T -> infinity, ridge delta per sample", T, "N<M<T", {T: 1 / e, GAMMA: T * per_size}, three),
        Approach("N -> T from below, gamma = 0", N, "N<T<M", {GAMMA: zero, N: T - e}, two),
        Approach("N -> T from above, gamma = 0", N, "T<N<M", {GAMMA: zero, N: T + e}, two),
        Approach("N -> T from below, gamma > 0", N, "N<T<M", {N: T - e}, three),
        Approach("N -> T from above, gamma > 0", N, "T<N<M", {N: T + e}, three),
        Approach("M -> infinity, gamma = 0", M, "N<T<M", {M: 1 / e, GAMMA: zero}, ("kappa", "M signal")),
        Approach("M -> infinity, gamma M fixed", M, "N<T<M", {M: 1 / e, GAMMA: per_size}, ("kappa", "M signal")),
        Approach("N -> M < T, gamma = 0", N, "N<M<T", {GAMMA: zero, N: M - e}, three),
        Approach("T -> M < N, gamma = 0", T, "T<M<N", {GAMMA: zero, T: M - e}, two),
        Approach("noise -> 0", NOISE, "N<T<M", {NOISE: e}, ("loss",)),
    )


@cache
def limits() -> tuple[Limit, ...]:
    """Every limit, derived."""
    found = [limit for approach in approaches() for limit in derive(approach)]
    return (*found, last_mode())


def last_mode() -> Limit:
    """kappa one mode short of the power law's end, N = M - 1 with M large, from N -> M.

    kappa = (M - N)/sum_I lambda_I^{-1}, and the sum becomes an integral up to O(1/M). That kappa/lambda_M
    is then O(1/M) too makes the linear term enough.
    """
    (edge,) = (a for a in approaches() if a.variable == N and a.target == M)
    mode = sp.Symbol("I", positive=True)
    total = sp.integrate(mode ** (1 + ALPHA) / LAMBDA_PLUS, (mode, 0, M))
    path = {M: 1 / SMALL, N: M - 1, T: 2 * M, GAMMA: sp.Integer(0)}
    approach = Approach("M -> infinity, N = M - 1, gamma = 0", M, edge.order, path, ("kappa",))
    kappa = sp.powsimp(sp.expand_power_base(derive(edge)[0].coefficient.xreplace({SpectralSum(-1): total})))
    coefficient, power = kappa.as_independent(M)
    return Limit(approach, "kappa", sp.Integer(0), -power.as_base_exp()[1], coefficient, sp.Integer(1))
