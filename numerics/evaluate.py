"""The front door: the planar solution of one model, in doubles or to any number of digits."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from mpmath import mp, mpf

from numerics import formulas
from numerics.float64 import NAMES, PlanarValues, evaluate_float64
from numerics.multiprecision import GUARD_DIGITS, PlanarNumbers, evaluate_mp, exact
from theory.model import Model
from theory.planar import PARTS

CERTIFIED_DIGITS = 50
FLOAT_DIGITS = 15  # what 1e-12 promises, with room; the fallback computes more and rounds
Number: TypeAlias = "float | mpf"


@dataclass(frozen=True)
class Evaluation:
    """The planar solution at one point; quantities as in numerics.float64.PlanarValues.

    In double precision (digits None) a quantity outside the normal doubles is an mpf instead. `radius`,
    if not None, bounds the absolute error of every quantity.
    """

    model: Model
    kappa: Number
    delta: Number
    df1: Number
    df2: Number
    feature_gap: Number
    sample_gap: Number
    spread: Number
    bias_sum: Number
    cross_sum: Number
    signal: Number
    label_noise: Number
    loss: Number
    train_loss: Number
    digits: int | None
    radius: Mapping[str, mpf] | None = None

    def _repr_latex_(self) -> str:
        from numerics.evaluation_latex import evaluation_latex

        return f"$\\displaystyle {evaluation_latex(self)}$"


def evaluate(model: Model, digits: int | None = None, *, certify: bool = False) -> Evaluation:
    """Solve the planar equations of `model`: kappa (N - D)(T - D) = gamma M/sigma_u^2, and the losses at kappa.

    Derived in derivations/resolvent.py (kappa) and derivations/loss.py (test and training loss, theory.planar).
    With digits=None: double precision, 1e-12 relative, falling back on multiprecision where
    doubles cannot hold or reach a quantity. Otherwise `digits` decimals by mpmath (1..10000).
    With `certify` the numbers are midpoints of proved enclosures (numerics.enclosure), to 50 digits unless
    `digits` says otherwise, and `radius` holds each quantity's absolute error bound. Raises InvalidInput,
    NotConverged.
    """
    if certify:
        return _certified(model, CERTIFIED_DIGITS if digits is None else digits)
    if digits is not None:
        numbers = evaluate_mp(model, digits)
        return Evaluation(model, **{name: getattr(numbers, name) for name in NAMES}, digits=digits)
    values = evaluate_float64(model)
    fallback: PlanarNumbers | None = None
    found: dict[str, Any] = {}
    for name in NAMES:
        if values.reliable(name):
            found[name] = float(getattr(values, name))
        else:
            fallback = fallback or evaluate_mp(model, FLOAT_DIGITS + 5)
            found[name] = _as_double(getattr(fallback, name))
    return Evaluation(model, **found, digits=None)


def _certified(model: Model, digits: int) -> Evaluation:
    from numerics.enclosure import enclose, exact_numbers  # Arb is loaded with the first proof

    enclosure = enclose(model, digits)
    balls = {name: exact_numbers(getattr(enclosure, name)) for name in NAMES}
    middles: dict[str, Any] = {name: middle for name, (middle, _) in balls.items()}
    return Evaluation(model, **middles, digits=digits, radius={name: radius for name, (_, radius) in balls.items()})


def split(evaluation: Evaluation) -> dict[str, Number]:
    """The loss in parts: bias, feature_variance, sample_variance, interaction, label_noise.

    An analysis of variance of the predictor, derived in derivations/loss.py (theory.planar.loss_parts): they are
    non-negative and add up to the loss. At gamma = 0 the feature and sample variances stay finite at N = T, where the
    interaction is infinite; once min(N, T) >= M only the label noise is left.
    """
    model, e = evaluation.model, evaluation
    if e.kappa == 0:
        return dict.fromkeys(PARTS, 0.0) | {"label_noise": e.label_noise}
    infinite = "N" if math.inf == model.N else "T" if math.inf == model.T else ""
    moments = (e.feature_gap, e.sample_gap, e.df2, e.spread, e.bias_sum, e.cross_sum)
    found: dict[str, Any] = {}
    with mp.workdps((e.digits or FLOAT_DIGITS) + GUARD_DIGITS):  # products of moments may leave the doubles
        arguments = (model.outputs, *(mpf(moment) for moment in moments), exact(model.noise))
        for name, form in formulas.parts(infinite).items():
            at_pole = e.signal == math.inf and (name == "interaction" or (name == "label_noise" and model.noise > 0))
            silent = name == "label_noise" and model.noise == 0
            value = mp.inf if at_pole else mpf(0) if silent else form(*arguments) + mpf(0)
            found[name] = value if e.digits else _as_double(value)
    return found


def _as_double(value: mpf) -> Number:
    """A float where it is a normal one (or zero, or infinite), else the mpf itself."""
    rounded = float(value)
    return rounded if value == rounded or 2.3e-308 < abs(rounded) < 1.79e308 else value


__all__ = ["Evaluation", "PlanarNumbers", "PlanarValues", "evaluate", "split"]
