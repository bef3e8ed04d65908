r"""The planar solution proved: kappa, losses and moments as Arb balls that contain the true values.

kappa solves F = 0, F = (n - D) - a(kappa), n = min(N, T), with n - D written as n - M + sum (1 - p) where
2 n > M, and a(kappa) = N - D (or T - D) as the planar equation gives it, a quotient without cancellation. F
increases strictly: D falls with kappa, and so does a. An approximate root is refined by Newton's iteration at
rising precision; then the interval Newton operator

    N(K) = m - F(m) / F'(K),     m the midpoint of K,

must map the ball K into its interior. That proves a root in K, the only one in K (and, F being monotone, the
only one). A residual is never taken for an error bound. Losses and moments are evaluated on the ball of kappa
with the subtraction-free forms that theory/ derives. The precision rises until the digits asked for are met.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache

import sympy as sp
from flint import arb, ctx
from mpmath import mp, mpf
from mpmath.libmp import from_man_exp

from numerics.enclosed_sums import EnclosedPowerSum, ball
from numerics.formulas import ARGUMENTS
from theory import planar, positive
from theory.errors import InvalidInput, NotConverged
from theory.model import Model, Powers
from theory.spectrum import PowerLaw
from theory.student import NOISE, M, N, T

MAX_DIGITS = 10_000
BITS = math.log2(10)
GUARD_BITS = 24
MAX_RAISES = 8
MAX_STEPS = 200
START_BITS = 53
WIDEST = 0.125  # of a ball for ln(kappa): products of wider ones lose their sign


@dataclass(frozen=True)
class Enclosure:
    """Arb balls; quantities as in numerics.float64.PlanarValues, each good to `digits` decimals."""

    kappa: arb
    delta: arb
    df1: arb
    df2: arb
    feature_gap: arb
    sample_gap: arb
    spread: arb
    bias_sum: arb
    cross_sum: arb
    signal: arb
    label_noise: arb
    loss: arb
    train_loss: arb
    digits: int


def enclose(model: Model, digits: int = 50) -> Enclosure:
    """Solve `model`; every quantity's radius is at most 10^(1-digits)/4 of its value.

    Raises InvalidInput for digits outside 1..10000, NotConverged if the precision had to rise too often.
    """
    if not isinstance(digits, int) or isinstance(digits, bool) or not 1 <= digits <= MAX_DIGITS:
        raise InvalidInput("digits", digits, f"an integer from 1 to {MAX_DIGITS}")
    needed = math.ceil(digits * BITS)
    precision, failure = needed + GUARD_BITS, ""
    for _ in range(MAX_RAISES):
        with ctx.workprec(precision):
            try:
                values = _solved(model)
            except NotConverged as error:  # try again with more bits
                failure, lost = str(error), needed
            else:
                worst = min(values, key=lambda name: _accuracy(values[name]))
                lost = needed - _accuracy(values[worst])
                if lost <= 0:
                    return Enclosure(**values, digits=digits)
                failure = f"{worst} known to {_accuracy(values[worst])} bits of {needed}"
        precision += lost + GUARD_BITS
    raise NotConverged(f"{model} could not be enclosed to {digits} digits at {precision} bits: {failure}")


def _accuracy(value: arb) -> int:
    """Correct bits; a number known exactly, infinity among them, has all."""
    return 2**60 if value.is_exact() else int(value.rel_accuracy_bits())


def exact_numbers(value: arb) -> tuple[mpf, mpf]:
    """Midpoint and radius, without rounding; an infinite one has radius 0."""
    if value.is_exact() and not value.is_finite():
        return mp.inf, mpf(0)
    return _mpf(value.mid()), _mpf(value.rad())


def _mpf(value: arb) -> mpf:
    mantissa, exponent = value.man_exp()
    return mp.make_mpf(from_man_exp(int(mantissa), int(exponent)))


def _solved(model: Model) -> dict[str, arb]:
    if model.gamma == 0 and min(model.N, model.T) >= model.M:
        return _exhausted(model)
    equation = EnclosedEquation(model)
    return _results(equation, certified_root(equation, approximate_root(equation)))


class EnclosedSums:
    """Spectral moments of one model on balls of kappa."""

    def __init__(self, model: Model) -> None:
        self.model, spectrum = model, model.spectrum
        self._power = EnclosedPowerSum(spectrum.exponent, spectrum.M) if isinstance(spectrum, PowerLaw) else None
        self._scale = ball(model.sigma_w**2 / model.M)
        if self._power is None:
            self._lambdas = [arb(float(x)) for x in spectrum.values]  # type: ignore[union-attr]

    def __call__(self, kappa: arb, j: int, k: int) -> arb:
        """sum_I p_I^j (1 - p_I)^k."""
        if self._power is not None:
            return self._power(kappa / ball(self.model.spectrum.lambda_plus), j, k)
        return self._listed(kappa, j, k, None)

    def teacher(self, kappa: arb, j: int, k: int) -> arb:
        """sum_I v_I p_I^j (1 - p_I)^k."""
        model, plus = self.model, ball(self.model.spectrum.lambda_plus)
        if self._power is not None:
            return self._scale * plus * self._power(kappa / plus, j, k, model.teacher_exponent)  # type: ignore[arg-type]
        if isinstance(model.source, Powers):
            weights = [arb(float(model.source.values[i])) for i in model.spectrum.order]  # type: ignore[union-attr]
            return self._listed(kappa, j, k, weights)
        if model.source is None:
            return self._scale * self._listed(kappa, j, k, self._lambdas)
        power = -ball(model.source)
        return self._scale * plus * self._listed(kappa, j, k, [arb(i) ** power for i in range(1, model.M + 1)])

    def _listed(self, kappa: arb, j: int, k: int, weights: list[arb] | None) -> arb:
        total = arb(0)
        for i, value in enumerate(self._lambdas):
            term = value**j * kappa**k / (value + kappa) ** (j + k)
            total += term if weights is None else weights[i] * term
        return total


class EnclosedEquation:
    """F(kappa) of the module's text, and its derivative, on balls."""

    def __init__(self, model: Model) -> None:
        self.model, self.sums = model, EnclosedSums(model)
        self.n = int(min(model.N, model.T))
        self.infinite = math.inf in (model.N, model.T)
        self.excess = 0 if self.infinite else abs(int(model.N) - int(model.T))
        self.deep = 2 * self.n > model.M
        self.ridge = ball(model.ridge_scale)

    def gap(self, kappa: arb) -> arb:
        """n - D >= 0 as the planar equation fixes it for given kappa."""
        y = self.ridge / kappa
        if self.model.gamma == 0 or self.infinite:
            return y
        root = y.sqrt()
        return root * _gap_form()(self.excess / root)

    def __call__(self, kappa: arb) -> arb:
        if self.deep:
            return self.n - self.model.M + self.sums(kappa, 0, 1) - self.gap(kappa)
        return self.n - self.sums(kappa, 1, 0) - self.gap(kappa)

    def slope(self, kappa: arb) -> arb:
        """dF/d ln(kappa), a sum of positive terms."""
        gap = self.gap(kappa)
        if not (self.infinite or self.model.gamma == 0):
            gap = gap * (gap + self.excess) / (2 * gap + self.excess)
        return self.sums(kappa, 1, 1) + gap


def approximate_root(equation: EnclosedEquation) -> arb:
    """A number near the root (nothing is proved), from the double-precision start, by Newton at rising precision."""
    from numerics.float64 import start_log_kappa

    target = ctx.prec
    with ctx.workprec(START_BITS + GUARD_BITS):
        kappa = arb(start_log_kappa(equation.model)).exp().mid()
    low, high = arb(0), arb.pos_inf()
    precision = 2 * START_BITS
    for _ in range(MAX_STEPS):
        with ctx.workprec(precision):
            value = equation(kappa)
            low, high = (kappa, high) if value < 0 else (low, kappa) if value > 0 else (low, high)
            with ctx.workprec(max(START_BITS, precision // 2)):  # as good as the step will be
                step = (value / equation.slope(kappa)).mid()
            new = (kappa * (-step.max(arb(-3)).min(arb(3))).exp()).mid()
            if not low < new < high:
                new = ((low * high).sqrt() if low > 0 else high / 16).mid()
        small = abs(step) < arb(2) ** -(precision // 3) or value.contains(0)  # all rounding: more bits are needed
        kappa = new
        if small:
            if precision >= target:
                return kappa
            precision = min(target, 2 * precision - GUARD_BITS // 2)
    raise NotConverged(f"kappa of {equation.model}: {MAX_STEPS} steps of Newton's iteration, last {step.str(3)}")


def certified_root(equation: EnclosedEquation, approximate: arb) -> arb:
    """The ball of kappa around an approximate root, proved by interval Newton to hold the one root.

    Raises NotConverged if no ball about it is mapped into itself: it is no root, or the precision is too low.
    """
    middle = approximate.mid()
    value = equation(middle)
    slope = equation.slope(middle)
    error = (value / slope).abs_upper()  # of ln(kappa), to first order
    for widen in (2, 16, 256):
        if not widen * error < WIDEST:
            break
        candidate = middle * (1 + arb(0, widen * error)) if error > 0 else middle
        step = value / equation.slope(candidate)
        image = middle - step * candidate  # d ln(kappa) = d kappa/kappa, kappa in the ball
        if error == 0 or candidate.contains_interior(image):
            return image.intersection(candidate) if error > 0 else image
    raise NotConverged(
        f"{middle.str(20)} is not proved to be kappa of {equation.model} at {ctx.prec} bits: "
        f"residual {value.str(3)}, slope {slope.str(3)}"
    )


def _results(equation: EnclosedEquation, kappa: arb) -> dict[str, arb]:
    model, sums = equation.model, equation.sums
    gap = equation.gap(kappa)
    wide = arb.pos_inf() if equation.infinite else gap + equation.excess
    a, b = (gap, wide) if model.N <= model.T else (wide, gap)
    df2, spread = sums(kappa, 2, 0), sums(kappa, 1, 1)
    bias_sum, cross_sum = sums.teacher(kappa, 0, 2), sums.teacher(kappa, 1, 1)
    values = {
        "kappa": kappa, "delta": equation.n * kappa, "df1": df2 + spread, "df2": df2,
        "feature_gap": a, "sample_gap": b, "spread": spread, "bias_sum": bias_sum, "cross_sum": cross_sum,
    }  # fmt: skip
    zero, infinity = arb(0), arb.pos_inf()
    if model.gamma == 0 and equation.excess == 0 and not equation.infinite:  # N = T < M: the pole
        noise = infinity if model.noise else zero
        return values | {"signal": infinity, "label_noise": noise, "loss": infinity, "train_loss": zero}
    infinite = "N" if math.inf == model.N else "T" if math.inf == model.T else ""
    arguments = (model.outputs, a, b, df2, spread, bias_sum, cross_sum, ball(model.noise))
    values |= {name: form(*arguments) for name, form in _forms(infinite).items()}
    return values | {"loss": values["signal"] + values["label_noise"]}


def _exhausted(model: Model) -> dict[str, arb]:
    """gamma = 0 and min(N, T) >= M: kappa = 0 and no signal is lost."""
    zero, count = arb(0), arb(model.M)
    a, b = (arb.pos_inf() if math.inf == size else arb(int(size)) - count for size in (model.N, model.T))
    if math.inf == model.T:
        label_noise, train = zero, ball(model.outputs * model.noise / 2)
    else:
        forms = _exhausted_forms()
        arguments = (model.outputs, ball(model.noise), b, count)
        at_pole = model.T == model.M and model.noise > 0
        label_noise = arb.pos_inf() if at_pole else forms["label_noise"](*arguments) if model.noise else zero
        train = forms["train_loss"](*arguments) if model.noise else zero
    return {
        "kappa": zero, "delta": zero, "df1": count, "df2": count, "feature_gap": a, "sample_gap": b, "spread": zero,
        "bias_sum": zero, "cross_sum": zero, "signal": zero, "label_noise": label_noise, "loss": label_noise,
        "train_loss": train,
    }  # fmt: skip


Form = Callable[..., arb]


def _quotients(expressions: dict[str, sp.Expr], arguments: tuple[sp.Symbol, ...]) -> dict[str, Form]:
    """Each expression as a quotient of polynomials with integer coefficients, which balls evaluate as they stand."""

    def quotient(expression: sp.Expr) -> Form:
        sides = sp.fraction(sp.together(expression))
        top, bottom = (sp.lambdify(arguments, side, "math", cse=True) for side in sides)
        return lambda *values: arb(0) + top(*values) / arb(bottom(*values))

    return {name: quotient(expression) for name, expression in expressions.items()}


@cache
def _forms(infinite: str) -> dict[str, Form]:
    """signal, label_noise, train_loss; `infinite` is "N", "T" or ""."""
    return _quotients(
        positive.infinite_size({"N": N, "T": T}[infinite]) if infinite else positive.evaluated(), ARGUMENTS
    )


@cache
def _exhausted_forms() -> dict[str, Form]:
    return _quotients(positive.exhausted(), (planar.OUTPUTS, NOISE, planar.SAMPLE_GAP, M))


@cache
def _gap_form() -> Form:
    """h(r) of `theory.positive.feature_gap`."""
    expression = positive.feature_gap()
    (r,) = expression.free_symbols
    return sp.lambdify(r, expression, [{"sqrt": lambda value: value.sqrt()}])


QUANTITIES = tuple(field.name for field in fields(Enclosure) if field.name != "digits")
