r"""Confirms analytic limits on a ladder of small parameters, at high precision.

    deviation(e) = (quantity(e) - value) / (coefficient e^rate) - 1

must fall as e^step, the order that the derivation promises: a wrong coefficient leaves a constant, a
wrong rate or value a deviation that grows or stays at -1. The quantity is the planar solution itself
at sizes N(e), T(e), M(e) (numerics.real_sizes); only kappa_0 and the sums there enter the formula.
"""

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import sympy as sp
from mpmath import mp, mpf

from numerics.multiprecision import exact
from numerics.real_sizes import Point, PowerLawSums, kappa_at, losses_at
from theory import planar
from theory.approach import DELTA, EFFECT, SMALL
from theory.claim import Verdict
from theory.continuum import ALPHA, LAMBDA_PLUS, SIZE
from theory.errors import InvalidInput, NotConverged
from theory.limit import DELTA_DRAWN, DELTA_LAW, Limit
from theory.local_series import KAPPA_0, SpectralSum, TeacherSum
from theory.model import Model
from theory.moments import Moment, TeacherMoment
from theory.power_law import law
from theory.spectrum import PowerLaw
from theory.student import GAMMA, NOISE, SIGMA_U, M, N, T

DECADES = 6  # between rungs
RUNGS = 3
GUARD = 30  # digits beyond those that the last rung's deviation takes


@dataclass(frozen=True)
class Rung:
    """One value of the small parameter; deviation as in the module's text."""

    small: Fraction
    quantity: mpf
    deviation: mpf


@dataclass(frozen=True)
class Confirmation:
    """What the ladder says of a limit at a model.

    value and coefficient are the formulas' numbers; measured_rate is the slope of ln |quantity - value|
    between the last rungs, deviation that of the last rung; digits of the coefficient are confirmed.
    """

    limit: Limit
    value: mpf | None
    coefficient: mpf | None
    rungs: tuple[Rung, ...]
    measured_rate: float | None
    deviation: mpf | None
    digits: int
    verdict: Verdict


class Setting:
    """A limit's symbols at a model, whose three different sizes are given out in the limit's order.

    The model's gamma is that of limits at fixed gamma, and gamma M / sigma_u^2 stands for delta.
    """

    def __init__(self, limit: Limit, model: Model) -> None:
        if not isinstance(model.spectrum, PowerLaw):
            raise InvalidInput("spectrum", model.spectrum, "a power law")
        sizes = sorted({model.N, model.T, model.M})
        if len(sizes) != 3 or sizes[-1] == math.inf:
            raise InvalidInput("N, T, M", f"{model.N}, {model.T}, {model.M}", "three different finite sizes")
        self.approach, self.quantity, self.model = limit.approach, limit.quantity, model
        groups = limit.approach.order.split("<")
        named = {x: Fraction(size) for group, size in zip(groups, sizes, strict=False) for x in group.split("=")}
        self.alpha, self.largest = model.spectrum.alpha, Fraction(sizes[-1])
        self.delta = model.gamma * named["M"] / model.sigma_u**2
        symbols = {N: named["N"], T: named["T"], M: named["M"], GAMMA: model.gamma, NOISE: model.noise}
        symbols |= {DELTA: self.delta, SIGMA_U: model.sigma_u, planar.SIGMA_W: model.sigma_w, ALPHA: self.alpha}
        symbols |= {planar.OUTPUTS: Fraction(model.outputs), LAMBDA_PLUS: model.spectrum.lambda_plus}
        self.symbols = {symbol: sp.Rational(x.numerator, x.denominator) for symbol, x in symbols.items()}

    def number(self, expression: sp.Expr) -> Fraction:
        """The value of an expression in the model's rational parameters."""
        return _fraction(expression.xreplace(self.symbols))

    def small(self, rung: int, step: Fraction) -> Fraction:
        """The small parameter of a rung; rung 0 is below all scales of the model."""
        if M in self.approach.path:
            return Fraction(1, 10 ** (len(str(self.largest)) + math.ceil(DECADES / 2 / step) * rung))
        scales = (self.delta / _fraction(self.symbols[LAMBDA_PLUS]), self.model.sigma_u**2)
        spread = sum(abs(math.log10(scale)) for scale in scales if scale)
        return Fraction(1, 10 ** (math.ceil((self.alpha + 3) * math.log10(self.largest) + spread) + DECADES * rung))

    def path(self, e: sp.Expr) -> dict[sp.Symbol, sp.Expr]:
        """All symbols on the path: M first, then N and T, then the rest in terms of these."""
        values = dict(self.symbols)
        for symbol in (M, N, T, GAMMA, NOISE):
            if symbol in self.approach.path:
                values[symbol] = self.approach.path[symbol].xreplace({**values, SMALL: e})
        return values

    def corner(self) -> Point:
        """The limit itself; an infinite size takes its share of the ridge."""
        values = self.path(SMALL)
        ridge = values[GAMMA] * values[M] / values[SIGMA_U] ** 2
        ends = {size: values[size].subs(SMALL, 0).replace(sp.zoo, sp.oo) for size in (N, T, M)}
        for size in (N, T):
            ridge = ridge / values[size] if ends[size] == sp.oo else ridge
        features, samples, modes = (math.inf if x == sp.oo else _fraction(x) for x in ends.values())
        return Point(features, samples, modes, _fraction(sp.cancel(ridge).subs(SMALL, 0)))

    def measure(self, small: Fraction, digits: int) -> mpf:
        """The limit's quantity on the path."""
        values = self.path(sp.Rational(small.numerator, small.denominator))
        features, samples, modes, noise = (_fraction(values[x]) for x in (N, T, M, NOISE))
        point = Point(features, samples, modes, _fraction(values[GAMMA] * values[M] / values[SIGMA_U] ** 2))
        if self.quantity in (DELTA_LAW, DELTA_DRAWN):
            against = law(drawn=self.quantity == DELTA_DRAWN).xreplace({SIZE: values[N], M: values[M]})
            return exact(features) * kappa_at(self.model, point, digits) / self.formula(against, digits)
        found = losses_at(self.model, point, noise, digits)
        if self.quantity == "M signal":
            return exact(modes) * found["signal"]
        name = self.quantity.removeprefix(EFFECT)
        if name == self.quantity:
            return found[name]
        return found[name] - losses_at(self.model, replace(point, ridge=Fraction(0)), noise, digits)[name]

    def formula(self, expression: sp.Expr, digits: int) -> mpf:
        """A formula's value; kappa_0 solves the planar equation in the limit."""
        values: dict[sp.Expr, mpf] = {symbol: exact(_fraction(value)) for symbol, value in self.symbols.items()}
        if expression.has(KAPPA_0):
            corner = self.corner()
            sums, values[KAPPA_0] = PowerLawSums(self.model, corner.M), kappa_at(self.model, corner, digits)
            for moment in expression.atoms(Moment):
                take = sums.teacher if isinstance(moment, TeacherMoment) else sums
                values[moment] = take(values[KAPPA_0], *(int(i) for i in moment.args[:2]))
        for total in expression.atoms(SpectralSum):
            sums = PowerLawSums(self.model, _fraction(self.symbols[M]))
            values[total] = sums.powers(int(total.args[0]), teacher=isinstance(total, TeacherSum))
        names = {x: sp.Dummy() for x in values}
        return sp.lambdify(list(names.values()), expression.xreplace(names), "mpmath")(*values.values()) + mpf(0)


def _fraction(value: sp.Rational) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def confirm(limit: Limit, model: Model) -> Confirmation:
    """Climb the ladder of a limit at a model with a power-law spectrum and the isotropic teacher.

    pass: the deviation falls at least half as fast as promised (as e^(step/2)) from rung to rung, or
    is below the resolution; fail: it does not; unknown: a root could not be verified. Raises
    InvalidInput if the model's sizes do not differ or its spectrum is a list.
    """
    setting = Setting(limit, model)
    rate, step = setting.number(limit.rate), setting.number(limit.step)
    first, *_, last = smalls = [setting.small(rung, step) for rung in range(1, RUNGS + 1)]
    order = max(rate, 0 if M in limit.approach.path else 1)  # the quantities of an approach share their points
    taken = math.log10(last.denominator) * (order + step) + 2 * math.log10(first.denominator)
    digits = 10 * math.ceil((GUARD + taken) / 10)
    try:
        with mp.workdps(digits):
            return _climb(setting, limit, smalls, digits)
    except NotConverged:
        return Confirmation(limit, None, None, (), None, None, 0, "unknown")


def _climb(setting: Setting, limit: Limit, smalls: list[Fraction], digits: int) -> Confirmation:
    value = mp.inf if limit.value == sp.oo else setting.formula(limit.value, digits)
    coefficient = setting.formula(limit.coefficient, digits)
    rate, step = (exact(setting.number(x)) for x in (limit.rate, limit.step))
    offset = mpf(0) if value == mp.inf else value
    rungs, resolution = [], []
    for small in smalls:
        quantity, predicted = setting.measure(small, digits), coefficient * exact(small) ** rate
        rungs.append(Rung(small, quantity, (quantity - offset) / predicted - 1))
        resolution.append(max(abs(quantity), abs(offset)) / abs(predicted) * mpf(10) ** -(digits - GUARD // 2))
    falls = all(
        abs(after.deviation) <= max(floor, abs(before.deviation) * exact(after.small / before.small) ** (step / 2))
        for (before, after), floor in zip(pairwise(rungs), resolution[1:], strict=True)
    )
    *_, before, last = rungs
    slope = mp.log(abs((last.quantity - offset) / (before.quantity - offset))) / mp.log(
        exact(last.small / before.small)
    )
    confirmed = int(-mp.log10(max(abs(last.deviation), resolution[-1])))
    verdict: Verdict = "pass" if falls else "fail"
    return Confirmation(limit, value, coefficient, tuple(rungs), float(slope), last.deviation, confirmed, verdict)
