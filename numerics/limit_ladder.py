r"""Confirms analytic limits on a ladder of small parameters, at high precision.

    deviation(e) = (quantity(e) - value) / (coefficient e^rate) - 1

must fall as e^step, the order that the derivation promises: a wrong coefficient leaves a constant, a
wrong rate or value a deviation that grows or tends to -1. The quantity is the planar solution itself
at sizes N(e), T(e), M(e), which need not be integers; only kappa_0 and the moments there enter the
formula. Sizes and ridge are exact fractions. A root of the planar equation is verified by a change
of sign; the working precision holds the deviation of the last rung with `GUARD` digits.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy as sp
from mpmath import mp, mpf

from numerics import formulas
from numerics.multiprecision import PlanarEquation, exact
from numerics.power_sums import PowerSum
from theory import limits, planar
from theory.claim import Verdict
from theory.continuum import ALPHA, LAMBDA_PLUS
from theory.errors import InvalidInput, NotConverged
from theory.limits import Limit
from theory.local_series import KAPPA_0, SpectralSum, TeacherSum
from theory.model import Model
from theory.moments import Moment, TeacherMoment
from theory.spectrum import PowerLaw
from theory.student import GAMMA, NOISE, SIGMA_U, M, N, T

DECADES = 6  # between rungs
RUNGS = 3
GUARD = 30
SHORT = 1000  # spectra up to here are summed term by term
START_DIGITS = 15
MAX_STEPS = 300
TAIL = 30  # decades by which kappa exceeds the modes that are summed as a tail


@dataclass(frozen=True)
class Rung:
    """One value of the small parameter; deviation as in the module's text."""

    small: Fraction
    quantity: mpf
    deviation: mpf


@dataclass(frozen=True)
class Confirmation:
    """What the ladder says: measured_rate is the slope of ln |quantity - value| between the last rungs,

    deviation that of the last rung, digits how many of the coefficient it confirms.
    """

    limit: Limit
    rungs: tuple[Rung, ...]
    measured_rate: float | None
    deviation: mpf | None
    digits: int
    verdict: Verdict


# Sums over the spectrum, finite or infinite ------------------------------------------------------


class Spectrum:
    """Moments of a power law, M a positive integer or infinite, at the working precision."""

    def __init__(self, model: Model, count: int | float) -> None:
        self.model, self.count, self.s = model, count, model.spectrum.exponent

    def __call__(self, kappa: mpf, j: int, k: int) -> mpf:
        """sum_I p_I^j (1 - p_I)^k."""
        return self._sum(kappa / exact(self.model.spectrum.lambda_plus), j, k, Fraction(0))

    def teacher(self, kappa: mpf, j: int, k: int) -> mpf:
        """sum_I v_I p_I^j (1 - p_I)^k."""
        plus = exact(self.model.spectrum.lambda_plus)
        return self._power() * self._sum(kappa / plus, j, k, self.model.teacher_exponent)

    def powers(self, m: int, *, teacher: bool = False) -> mpf:
        """sum_I lambda_I^m, or sum_I v_I lambda_I^m."""
        scale = exact(self.model.spectrum.lambda_plus) ** m
        exponent = self.s * m + (self.model.teacher_exponent if teacher else 0)
        return (self._power() if teacher else 1) * scale * self._sum(mpf(1), 0, 0, exponent)

    def mode(self, index: mpf) -> mpf:
        """lambda_I."""
        return exact(self.model.spectrum.lambda_plus) * mp.power(index, -exact(self.s))

    def _power(self) -> mpf:
        return exact(self.model.sigma_w**2 * self.model.spectrum.lambda_plus) / self.count

    def _sum(self, x: mpf, j: int, k: int, exponent: Fraction) -> mpf:
        if self.count <= SHORT:
            terms = (p**j * q**k for p, q in _filters(x, self.s, int(self.count), mp.prec))
            return mp.fdot(_powers(-exponent, int(self.count), mp.prec), terms) if exponent else mp.fsum(terms)
        if self.count < math.inf:
            return PowerSum(self.s, int(self.count))(x, j, k, exponent)
        # u^k (1+u)^{-(j+k)} = u^{-j} (1 + 1/u)^{-(j+k)} beyond the head, u = x I^s large: zeta functions
        head = 10 + int(mp.ceil(mp.power(mpf(10) ** TAIL / x, 1 / exact(self.s))))
        total, n = PowerSum(self.s, head)(x, j, k, exponent), 0
        while True:
            power = exact(self.s * (j + n) + exponent)
            with mp.extraprec(int(power * head.bit_length())):  # mpmath's zeta is good to an absolute error
                tail = mp.zeta(power, head + 1)
            term = mp.binomial(-(j + k), n) * tail / x ** (j + n)
            total += term
            if abs(term) < mp.ldexp(abs(total), -mp.prec):
                return total
            n += 1


@lru_cache(maxsize=64)
def _powers(exponent: Fraction, count: int, precision: int) -> list[mpf]:
    """I^exponent for I = 1..count; `precision` is that of the context, for the memo."""
    return [mp.power(i, exact(exponent)) for i in range(1, count + 1)]


@lru_cache(maxsize=8)
def _filters(x: mpf, s: Fraction, count: int, precision: int) -> list[tuple[mpf, mpf]]:
    """p_I and 1 - p_I at kappa/lambda_I = x I^s."""
    return [(1 / (1 + x * power), x * power / (1 + x * power)) for power in _powers(s, count, precision)]


# The planar solution at real sizes ---------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """Sizes (fractions, integers or inf) and the right side of the planar equation."""

    N: Fraction | float
    T: Fraction | float
    M: int | float
    ridge_scale: Fraction


class RealSizes(PlanarEquation):
    """The planar equation for sizes that need not be integers."""

    def __init__(self, point: Point, sums: Spectrum) -> None:
        self.model, self.sums = point, sums
        self.infinite = math.inf in (point.N, point.T)
        self._n = min(point.N, point.T)
        self._excess = 0 if self.infinite else abs(point.N - point.T)
        self.deep = 2 * self._n > point.M

    @property
    def n(self) -> mpf:
        return exact(self._n)

    def terms(self, kappa: mpf) -> tuple[mpf, mpf]:
        """As PlanarEquation.terms; n - M is subtracted exactly."""
        if not self.deep:
            return super().terms(kappa)
        offset, complement, gap = exact(self._n - self.model.M), self.sums(kappa, 0, 1), self.gap(kappa)
        return offset + complement - gap, abs(offset) + complement + gap

    @property
    def excess(self) -> mpf:
        return exact(self._excess)

    def root(self, digits: int) -> mpf:
        """kappa to about `digits` decimals: Newton in ln(kappa), in a bracket first, precision doubling."""
        precision, low, high = START_DIGITS, -mp.inf, mp.inf
        with mp.workdps(precision):
            at = mp.log(self._guess())
        for _ in range(MAX_STEPS):
            with mp.workdps(precision):
                kappa = mp.exp(at)
                value = self(kappa)
                step = max(mpf(-3), min(mpf(3), -value / self.slope(kappa, self.gap(kappa))))
                if precision == START_DIGITS:
                    low, high = (max(low, at), high) if value < 0 else (low, min(high, at))
                    step = step if low <= at + step <= high else (low + high) / 2 - at
                at += step
            if abs(step) < mpf(10) ** -(precision // 2 - 2):
                if precision < digits:
                    precision = min(2 * precision, digits)
                elif self._changes_sign(mp.exp(at), digits):
                    return mp.exp(at)
        raise NotConverged(f"kappa at {self.model}: {MAX_STEPS} steps, the last {mp.nstr(step, 3)}; {digits} digits not verified")

    def _guess(self) -> mpf:
        """Of the size of lambda_n without ridge, of g/(N T) at a large one."""
        larger = 1 if self.infinite else self.n + self.excess
        mode = exact(Fraction(min(self._n, self.model.M)))
        return self.sums.mode(mode) + exact(self.model.ridge_scale) / (self.n * larger)

    def _changes_sign(self, kappa: mpf, digits: int) -> bool:
        tolerance = mpf(10) ** -(digits - START_DIGITS)
        return bool(self(kappa * (1 - tolerance)) < 0 < self(kappa * (1 + tolerance)))


def quantities(model: Model, point: Point, noise: Fraction, digits: int) -> dict[str, mpf]:
    """kappa, signal, label_noise, loss at a point where kappa > 0; call inside `digits`."""
    sums = Spectrum(model, point.M)
    equation, kappa = RealSizes(point, sums), _kappa(model, point, digits)
    gap = equation.gap(kappa)
    wide = gap + equation.excess
    a, b = (gap, wide) if point.N <= point.T else (wide, gap)
    moments = (sums(kappa, 2, 0), sums(kappa, 1, 1), sums.teacher(kappa, 0, 2), sums.teacher(kappa, 1, 1))
    forms = formulas.losses("", "mpmath")
    found = {n: forms[n](model.outputs, a, b, *moments, exact(noise)) + mpf(0) for n in ("signal", "label_noise")}
    return found | {"kappa": kappa, "loss": found["signal"] + found["label_noise"]}


# A limit at a model ------------------------------------------------------------------------------


class Setting:
    """A limit's symbols at a model: its three different sizes are given out in the limit's order.

    gamma of the model is that of limits at gamma > 0, and gamma M / sigma_u^2 stands for delta.
    """

    def __init__(self, limit: Limit, model: Model) -> None:
        self.limit, self.model = limit, model
        sizes = sorted({model.N, model.T, model.M})
        if len(sizes) != 3 or sizes[-1] == math.inf:
            raise InvalidInput("N, T, M", f"{model.N}, {model.T}, {model.M}", "three different finite sizes")
        groups = limit.approach.order.split("<")
        named = {x: size for group, size in zip(groups, sizes, strict=False) for x in group}
        self.symbols: dict[sp.Symbol, Fraction] = {symbol: Fraction(named[str(symbol)]) for symbol in (N, T, M)}
        ridge = model.gamma * self.symbols[M] / model.sigma_u**2
        self.symbols |= {
            GAMMA: model.gamma, NOISE: model.noise, limits.DELTA: ridge, SIGMA_U: model.sigma_u,
            planar.SIGMA_W: model.sigma_w, planar.OUTPUTS: Fraction(model.outputs),
            ALPHA: model.spectrum.alpha, LAMBDA_PLUS: model.spectrum.lambda_plus,
        }  # fmt: skip

    def small(self, rung: int) -> Fraction:
        """The small parameter of a rung: `DECADES` apart, below all scales of the model."""
        largest = max(self.symbols[x] for x in (N, T, M))
        if M in self.limit.approach.path:  # corrections in M^-1 and M^-alpha
            decades = math.ceil(DECADES / 2 / min(1, self.symbols[ALPHA]))
            return Fraction(1, 10 ** (len(str(int(largest))) + decades * rung))
        ridge = self.symbols[limits.DELTA] / self.symbols[LAMBDA_PLUS]
        spread = math.prod(_stretch(x) for x in (ridge, self.symbols[SIGMA_U], self.symbols[SIGMA_U]))
        digits = (float(self.symbols[ALPHA]) + 3) * math.log10(largest) + math.log10(spread)
        return Fraction(1, 10 ** (math.ceil(digits) + DECADES * rung))

    def at(self, small: Fraction | sp.Symbol) -> dict[sp.Symbol, sp.Expr]:
        """All symbols on the path: M first, then N and T, then the rest in terms of these."""
        values = {symbol: sp.Rational(value.numerator, value.denominator) for symbol, value in self.symbols.items()}
        e = small if isinstance(small, sp.Symbol) else sp.Rational(small.numerator, small.denominator)
        for symbol in (M, N, T, GAMMA, NOISE):
            if symbol in self.limit.approach.path:
                values[symbol] = self.limit.approach.path[symbol].xreplace({**values, limits.SMALL: e})
        return values

    def point(self, values: Mapping[sp.Symbol, sp.Expr]) -> Point:
        """Where the planar equation is solved; an infinite size takes its share of the ridge."""
        scale = values[GAMMA] * values[M] / values[SIGMA_U] ** 2
        return Point(*(_number(values[x]) for x in (N, T, M)), _number(sp.sympify(scale)))

    def corner(self) -> Point:
        """The limit itself."""
        values = self.at(limits.SMALL)
        scale = values[GAMMA] * values[M] / values[SIGMA_U] ** 2
        end = {x: values[x].subs(limits.SMALL, 0).replace(sp.zoo, sp.oo) for x in (N, T, M)}
        for size in (N, T):
            scale = scale / values[size] if end[size] == sp.oo else scale
        return Point(*(_number(end[x]) for x in (N, T, M)), _number(sp.cancel(scale).subs(limits.SMALL, 0)))

    def quantity(self, small: Fraction, digits: int) -> mpf:
        """The limit's quantity at a rung."""
        values = self.at(small)
        point, name = self.point(values), self.limit.quantity
        found = _quantities(self.model, point, _number(values[NOISE]), digits)
        if name.startswith(limits.EFFECT):
            still = Point(point.N, point.T, point.M, Fraction(0))
            name = name.removeprefix(limits.EFFECT)
            return found[name] - _quantities(self.model, still, _number(values[NOISE]), digits)[name]
        return point.M * found["signal"] if name == "M signal" else found[name]

    def formula(self, expression: sp.Expr, digits: int) -> mpf:
        """Value of a formula of the limit; kappa_0 solves the planar equation in the limit."""
        values: dict[sp.Expr, mpf] = {x: exact(value) for x, value in self.symbols.items()}
        finite = Spectrum(self.model, int(self.symbols[M]))
        if expression.has(KAPPA_0):
            corner = self.corner()
            sums = Spectrum(self.model, corner.M)
            values[KAPPA_0] = kappa = _kappa(self.model, corner, digits)
            for moment in expression.atoms(Moment):
                j, k, _ = moment.args
                take = sums.teacher if isinstance(moment, TeacherMoment) else sums
                values[moment] = take(kappa, int(j), int(k))
        for total in expression.atoms(SpectralSum, TeacherSum):
            values[total] = finite.powers(int(total.args[0]), teacher=isinstance(total, TeacherSum))
        names = {x: sp.Dummy() for x in values}
        return sp.lambdify(list(names.values()), expression.xreplace(names), "mpmath")(*values.values()) + mpf(0)


def _stretch(value: Fraction) -> float:
    return float(max(value, 1 / value)) if value else 1.0


def _number(value: sp.Expr) -> Any:
    return math.inf if value == sp.oo else Fraction(int(value.p), int(value.q))


@lru_cache(maxsize=64)
def _kappa(model: Model, point: Point, digits: int) -> mpf:
    with mp.workdps(digits):
        return RealSizes(point, Spectrum(model, point.M)).root(digits)


@lru_cache(maxsize=64)
def _quantities(model: Model, point: Point, noise: Fraction, digits: int) -> dict[str, mpf]:
    with mp.workdps(digits):
        return quantities(model, point, noise, digits)


def confirm(limit: Limit, model: Model) -> Confirmation:
    """Climb the ladder of a limit at a model with a power-law spectrum.

    pass: the deviation falls at least half as fast as promised (as e^(step/2)) from rung to rung, or
    is below the resolution; fail: it does not; unknown: a root could not be verified. Raises
    InvalidInput if the model's sizes do not differ or its spectrum is a list.
    """
    if not isinstance(model.spectrum, PowerLaw):
        raise InvalidInput("spectrum", model.spectrum, "a power law")
    setting = Setting(limit, model)
    rate, step = (_real(x, model) for x in (limit.rate, limit.step))
    smalls = [setting.small(rung) for rung in range(1, RUNGS + 1)]
    depth, reach = (math.log10(smalls[i].denominator) for i in (-1, 0))
    order = max(rate, 0 if M in limit.approach.path else 1)  # the quantities of an approach share their points
    digits = 10 * math.ceil((GUARD + depth * (order + step) + 2 * reach) / 10)
    try:
        with mp.workdps(digits):
            return _climb(setting, smalls, digits, rate, step)
    except NotConverged:
        return Confirmation(limit, (), None, None, 0, "unknown")


def _real(expression: sp.Expr, model: Model) -> float:
    return float(expression.subs(ALPHA, sp.Rational(str(model.spectrum.alpha))))


def _climb(setting: Setting, smalls: list[Fraction], digits: int, rate: float, step: float) -> Confirmation:
    limit = setting.limit
    value = mpf(0) if limit.value == sp.oo else setting.formula(limit.value, digits)
    coefficient = setting.formula(limit.coefficient, digits)
    power = exact(Fraction(str(limit.rate.subs(ALPHA, sp.Rational(str(setting.model.spectrum.alpha))))))
    rungs, resolutions = [], []
    for small in smalls:
        quantity = setting.quantity(small, digits)
        predicted = coefficient * exact(small) ** power
        rungs.append(Rung(small, quantity, (quantity - value) / predicted - 1))
        resolutions.append((abs(quantity) + abs(value)) / abs(predicted) * mpf(10) ** -(digits - GUARD // 2))
    ok = True
    for (before, after), resolution in zip(zip(rungs[:-1], rungs[1:], strict=True), resolutions[1:], strict=True):
        allowed = abs(before.deviation) * (exact(after.small) / exact(before.small)) ** (step / 2)
        ok = ok and abs(after.deviation) <= max(allowed, resolution)
    (first, last) = rungs[-2:]
    slope = mp.log(abs((last.quantity - value) / (first.quantity - value))) / mp.log(exact(last.small / first.small))
    confirmed = int(-mp.log10(max(abs(last.deviation), resolutions[-1])))
    return Confirmation(limit, tuple(rungs), float(slope), last.deviation, confirmed, "pass" if ok else "fail")
