"""The front door: the planar solution of one model, in doubles or to any number of digits."""

from dataclasses import dataclass
from typing import TypeAlias

from mpmath import mpf

from numerics.float64 import NAMES, PlanarValues, evaluate_float64
from numerics.multiprecision import PlanarNumbers, evaluate_mp
from theory.model import Model

FLOAT_DIGITS = 15  # what 1e-12 promises, with room; the fallback computes more and rounds
Number: TypeAlias = "float | mpf"


@dataclass(frozen=True)
class Evaluation:
    """The planar solution at one point; quantities as in numerics.float64.PlanarValues.

    In double precision (digits None) a quantity outside the normal doubles is an mpf instead.
    """

    model: Model
    kappa: Number
    delta: Number
    df1: Number
    df2: Number
    feature_gap: Number
    sample_gap: Number
    spread: Number
    signal: Number
    label_noise: Number
    loss: Number
    train_loss: Number
    digits: int | None


def evaluate(model: Model, digits: int | None = None) -> Evaluation:
    """Solve the planar equations of `model`.

    With digits=None: double precision, 1e-12 relative, falling back on multiprecision where
    doubles cannot hold or reach a quantity. Otherwise `digits` decimals by mpmath (1..10000).
    Raises InvalidInput, NotConverged.
    """
    if digits is not None:
        numbers = evaluate_mp(model, digits)
        return Evaluation(model, **{name: getattr(numbers, name) for name in NAMES}, digits=digits)
    values = evaluate_float64(model)
    exact = None
    found: dict[str, Number] = {}
    for name in NAMES:
        if values.reliable(name):
            found[name] = float(getattr(values, name))
        else:
            exact = exact or evaluate_mp(model, FLOAT_DIGITS + 5)
            found[name] = _as_double(getattr(exact, name))
    return Evaluation(model, **found, digits=None)


def _as_double(value: mpf) -> Number:
    """A float where it is a normal one (or zero, or infinite), else the mpf itself."""
    rounded = float(value)
    return rounded if value == rounded or 2.3e-308 < abs(rounded) < 1.79e308 else value


__all__ = ["Evaluation", "PlanarNumbers", "PlanarValues", "evaluate"]
