r"""The planar solution proved: kappa, losses and moments as Arb balls that contain the true values.

kappa is enclosed by interval Newton (numerics.enclosed_equation), the sums by Euler-Maclaurin with a bounded
remainder (numerics.enclosed_sums). Losses are evaluated on the ball of kappa with the subtraction-free forms that
theory/ derives, so that a ball stays about as small as that of kappa. The precision rises until every quantity
has the digits asked for.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache

import sympy as sp
from flint import arb, ctx
from mpmath import mp, mpf
from mpmath.libmp import from_man_exp

from numerics.enclosed_equation import GUARD_BITS, EnclosedEquation, approximate_root, certified_root
from numerics.enclosed_sums import ball
from numerics.formulas import ARGUMENTS
from theory import planar, positive
from theory.errors import InvalidInput, NotConverged
from theory.model import Model
from theory.student import NOISE, M, N, T

MAX_DIGITS = 10_000
BITS = math.log2(10)
MAX_RAISES = 8


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
    """Enclose the planar solution of `model` (numerics.evaluate), proved by interval Newton in Arb.

    Every quantity's radius is at most 10^(1-digits)/4 of its value.

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


QUANTITIES = tuple(field.name for field in fields(Enclosure) if field.name != "digits")
