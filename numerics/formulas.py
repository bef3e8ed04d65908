"""Evaluators compiled from the expressions that theory/ derives: nothing is typed twice."""

from collections.abc import Callable
from functools import cache
from typing import Any

import sympy as sp

from theory import planar, positive, stationary
from theory.student import NOISE, M, N, T

ARGUMENTS = (
    planar.OUTPUTS,
    planar.FEATURE_GAP,
    planar.SAMPLE_GAP,
    positive.DF2,
    positive.SPREAD,
    positive.BIAS_SUM,
    positive.CROSS_SUM,
    NOISE,
)


@cache
def losses(infinite: str, backend: str) -> dict[str, Callable[..., Any]]:
    """signal, label_noise, train_loss as functions of ARGUMENTS, for "numpy" or "mpmath".

    `infinite` is "N" or "T" for the limit forms, "" for both sizes finite.
    """
    expressions = positive.infinite_size({"N": N, "T": T}[infinite]) if infinite else positive.evaluated()
    return {name: sp.lambdify(ARGUMENTS, e, backend, cse=True) for name, e in expressions.items()}


@cache
def parts(infinite: str) -> dict[str, Callable[..., Any]]:
    """bias, feature_variance, sample_variance, interaction, label_noise as functions of ARGUMENTS.

    Rational, so that one compilation serves doubles and multiprecision.
    """
    size = {"N": N, "T": T}.get(infinite)
    expressions = positive.split() if size is None else positive.infinite_size(size, parts=True)
    return {name: sp.lambdify(ARGUMENTS, e, "math", cse=True) for name, e in expressions.items()}


SLOPE_ARGUMENTS = (
    planar.FEATURE_GAP,
    planar.SAMPLE_GAP,
    positive.SPREAD,
    stationary.SPREAD_21,
    positive.BIAS_SUM,
    stationary.CROSS_12,
    stationary.CROSS_21,
    NOISE,
)


@cache
def ridge_slope() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """What raises and what lowers the loss as kappa grows (theory.stationary), of SLOPE_ARGUMENTS."""
    raising, lowering = (sp.lambdify(SLOPE_ARGUMENTS, side, "mpmath", cse=True) for side in stationary.sides())
    return raising, lowering


@cache
def gap(backend: str) -> Callable[..., Any]:
    """h(r) of `theory.positive.feature_gap`."""
    expression = positive.feature_gap()
    (r,) = expression.free_symbols
    modules: list[Any] = [backend]
    if backend == "numpy":
        import numpy as np

        # r^2 overflows long before the gap underflows
        two = sp.Function("hypot")(r, 2)
        expression = expression.subs(sp.sqrt(r**2 + 4), two)
        modules.insert(0, {"hypot": np.hypot})
    return sp.lambdify(r, expression, modules)


@cache
def exhausted(backend: str) -> dict[str, Callable[..., Any]]:
    """signal, label_noise, train_loss at gamma = 0 and min(N, T) >= M, of (C, noise, T - M, M)."""
    arguments = (planar.OUTPUTS, NOISE, planar.SAMPLE_GAP, M)
    return {k: sp.lambdify(arguments, e, backend) for k, e in positive.exhausted().items()}
