r"""Analytic limits of the planar solution, with the rate and the coefficient of the approach.

Along a path N(e), T(e), gamma(e) with small e the planar equation is linear in e: it gives e, and so
every quantity, as a function of kappa. Both are expanded (`theory.local_series`) in the shift s of
kappa from its limit. If

    e = e_b s^b (1 + O(s)),     quantity = value + q_a s^a (1 + O(s)),

then quantity = value + q_a e_b^{-a/b} e^{a/b} (1 + O(e^{1/b})). What kappa tends to is read off the
planar equation at e = 0 and the order of the sizes. M -> infinity replaces the sums by infinite
ones less their tails. All of it follows from `theory.planar`; expectations stand in
tests/theory/test_limits.py, confirmation on a ladder is in numerics.limit_ladder.
"""

from functools import cache

import sympy as sp

from theory import local_series, planar, positive
from theory.approach import DELTA, EFFECT, SMALL, Approach, approaches
from theory.continuum import ALPHA, LAMBDA_PLUS
from theory.limit import Limit
from theory.local_series import KAPPA_0, Expansion, Series, SpectralSum, Start, at_start, readable
from theory.moments import KAPPA, D
from theory.power_law import power_law
from theory.rational import linear_root, reduced
from theory.student import GAMMA, NOISE, SIGMA_U, M, N, T

LETTERS = (planar.OUTPUTS, NOISE, SIGMA_U, planar.SIGMA_W, LAMBDA_PLUS, ALPHA, N, T, M, GAMMA, DELTA)
MAX_TERMS = 8


# Derivation --------------------------------------------------------------------------------------


def derive(approach: Approach) -> list[Limit]:
    """The limits of the approach's quantities. Raises ValueError if one of them is constant."""
    law = sp.numer(reduced(approach.on(_law(approach))))
    start = _start(law.subs(SMALL, 0), approach.on(approach.smallest).subs(SMALL, 0))
    if not law.has(SMALL):  # kappa stays at kappa_0
        start = Start((0, (KAPPA_0,)), lambda moment, count: (0, [at_start(moment)]), start.relations)
    found: dict[str, Limit] = {}
    for count in range(2, 3 if approach.large_m else MAX_TERMS):
        series = Expansion(start, count, LETTERS)
        series.name(SMALL, linear_root(law, SMALL) if law.has(SMALL) else series.series(1, sp.Integer(1)))
        for symbol in (N, T, NOISE):
            series.name(symbol, approach.on(symbol))
        series.name(planar.FEATURE_GAP, N - D).name(planar.SAMPLE_GAP, T - D)
        for name in approach.quantities:
            if name not in found and (limit := _limit(approach, name, series)):
                found[name] = limit
        if len(found) == len(approach.quantities):
            return [found[name] for name in approach.quantities]
    raise ValueError(f"{approach.name}: no approach to the limit in the series' first terms")


def _law(approach: Approach) -> sp.Expr:
    """What vanishes, and is linear in SMALL on the path: the planar equation, or D = smallest size."""
    equation = planar.planar_equation()
    law = approach.smallest - D if approach.path.get(GAMMA) == 0 else equation.lhs - equation.rhs
    if approach.large_m:
        law = _shortened(law)
        law = law.subs(SMALL, 0) + SMALL * sp.diff(law, SMALL).subs(SMALL, 0)
    return law


def _shortened(expression: sp.Expr) -> sp.Expr:
    """With the infinite spectrum's D less its tail, to first order in SMALL, here M^-alpha.

    The tail is the integral of lambda_I/kappa over I > M; that of q is of order M^{-1-2 alpha}.
    """
    mode = sp.Symbol("I", positive=True)
    tail = sp.integrate(LAMBDA_PLUS * mode ** (-1 - ALPHA) / KAPPA, (mode, M, sp.oo))
    return expression.xreplace({D: D - sp.powsimp(tail * M**ALPHA) * SMALL})


def _start(law: sp.Expr, smallest: sp.Expr) -> Start:
    """What the planar equation says at SMALL = 0: D = smallest size, or a ridge that fixes kappa_0."""
    if not law.has(D):
        return Start((-1, (sp.Integer(1),)), local_series.near_infinity)
    shifted = (0, (KAPPA_0, sp.Integer(1)))
    for ridge in (GAMMA, DELTA):
        if law.has(ridge):
            return Start(shifted, local_series.near, {ridge: linear_root(law, ridge).xreplace({KAPPA: KAPPA_0})})
    if smallest == M:
        return Start((1, (sp.Integer(1),)), local_series.near_zero)
    return Start(shifted, local_series.near, {local_series.D_0: smallest})


def _limit(approach: Approach, name: str, series: Expansion) -> Limit | None:
    """The limit of one quantity, or None if the series are too short."""
    small, quantity = series.values[SMALL], _quantity(approach, name, series)
    terms = [(quantity.power + i, c.as_expr()) for i, c in enumerate(quantity.terms) if c]
    if not small.terms or len(terms) < (2 if terms and terms[0][0] == 0 else 1):
        return None
    floor = approach.on(approach.smallest).subs(SMALL, 0)
    value = sp.oo if terms[0][0] < 0 else sp.Integer(0)
    if terms[0][0] == 0:
        value = readable(terms.pop(0)[1], floor)
    rate = sp.Rational(terms[0][0], small.power)
    positive = {x: sp.Dummy(positive=True) for x in series.sums}
    head, scale = (readable(x, floor).xreplace(positive) for x in (terms[0][1], small.terms[0].as_expr()))
    coefficient = (head * scale**-rate).xreplace({dummy: x for x, dummy in positive.items()})
    if approach.large_m:
        return Limit(approach, name, value, rate * ALPHA, coefficient, sp.Min(1, ALPHA))
    return Limit(approach, name, value, rate, coefficient, sp.Rational(1, small.power))


def _quantity(approach: Approach, name: str, series: Expansion) -> Series:
    forms = positive.evaluated()
    forms = forms | {"kappa": KAPPA, "loss": forms["signal"] + forms["label_noise"]}
    if name == "M signal":  # isotropic teacher
        return series(_shortened(planar.isotropic(planar.signal()) * M))
    if name.startswith(EFFECT):  # ridgeless, D stays at the smallest size
        form = forms[name.removeprefix(EFFECT)]
        gaps = {planar.FEATURE_GAP: sp.Integer(0), planar.SAMPLE_GAP: T - approach.smallest}
        still = form.xreplace({x: at_start(moment) for x, moment in positive.MOMENTS.items()} | gaps)
        return series(form) + series(-still)
    return series(forms[name])


@cache
def limits() -> tuple[Limit, ...]:
    """Every limit, derived: value, rate and coefficient of the approach (module docstring); confirmed on ladders."""
    return (*(limit for approach in approaches() for limit in derive(approach)), last_mode(), *power_law())


def last_mode() -> Limit:
    """kappa one mode short of the power law's end, N = M - 1 with M large, from N -> M.

    There kappa = (M - N)/sum_I lambda_I^{-1}, and the sum is an integral up to a factor 1 + O(1/M).
    That makes kappa/lambda_M of order 1/M, so that the linear term is enough.
    """
    (edge,) = (a for a in approaches() if a.variable == N and a.target == M)
    mode = sp.Symbol("I", positive=True)
    total = sp.integrate(mode ** (1 + ALPHA) / LAMBDA_PLUS, (mode, 0, M))
    path = {M: 1 / SMALL, N: M - 1, T: 2 * M, GAMMA: sp.Integer(0)}
    approach = Approach("M -> infinity, N = M - 1, gamma = 0", M, edge.order, path, ("kappa",))
    kappa = derive(edge)[0].coefficient.xreplace({SpectralSum(-1): total})
    coefficient, power = sp.powsimp(kappa).as_independent(M)
    return Limit(approach, "kappa", sp.Integer(0), -power.as_base_exp()[1], coefficient, sp.Integer(1))
