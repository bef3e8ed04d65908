"""The ridge that minimises the test loss at given N, T, noise, for any spectrum and teacher.

Along the ridge at fixed N and T, kappa is the parameter: the loss is a function of kappa alone and
gamma = kappa (N - D)(T - D) sigma_u^2 / M. The minimum is located on a grid in ln(kappa) and
refined as the root of dL/d ln(kappa), an expression derived in theory.planar.loss_slope.
"""

import math
from fractions import Fraction

import numpy as np
import sympy as sp
from mpmath import mp, mpf

from numerics import formulas
from numerics.compress import compress, log_fraction
from numerics.float64 import start_log_kappa
from numerics.multiprecision import GUARD_DIGITS, Sums, exact
from numerics.table import MOMENTS, moments
from theory import planar
from theory.errors import InvalidInput, NotConverged
from theory.exact import to_fraction
from theory.model import Model
from theory.moments import Moment, TeacherMoment
from theory.student import NOISE, N, T

GRID = 2000  # points in ln(kappa) that locate the global minimum
DEEP = 45.0  # e-folds below the spectrum: the ridge no longer shows in double precision


def optimal_ridge(model: Model, digits: int = 20) -> Fraction:
    """The gamma >= 0 that minimises the test loss of `model` (its own gamma is ignored).

    Exact to `digits` decimals, returned as an exact fraction to put into a Model; 0 where the
    ridgeless student is best. Needs finite N and T. Raises InvalidInput, NotConverged.
    """
    if math.inf in (model.N, model.T):
        raise InvalidInput("N, T", "inf", "finite sizes for an optimal ridge")
    if model.noise == 0 and min(model.N, model.T) >= model.M:
        return Fraction(0)
    bracket = _locate(model)
    if bracket is None:
        return Fraction(0)
    with mp.workdps(digits + 2 * GUARD_DIGITS):
        log_kappa = _stationary(model, *bracket, digits)
        kappa = mp.exp(log_kappa)
        df1 = Sums(model)(kappa, 1, 0)
        gamma = kappa * (model.N - df1) * (model.T - df1) / exact(model.with_(gamma=1).ridge_scale)
        return to_fraction("gamma", mp.nstr(gamma, digits + 5))


def _locate(model: Model) -> tuple[float, float] | None:
    """Grid neighbours of the least loss in ln(kappa); None when that is the ridgeless end."""
    quadrature = compress(model)
    smaller = min(model.N, model.T)
    bottom = float(quadrature.log_lambda.min()) - DEEP
    if smaller < model.M:
        bottom = max(bottom, start_log_kappa(model.with_(gamma=0)))
    power = log_fraction(model.noise) - quadrature.log_power_unit - math.log(float(quadrature.power.sum()))
    top = max(float(quadrature.log_trace), bottom) + 10 + max(0.0, power)
    at = bottom + (top - bottom) * np.linspace(0, 1, GRID + 1)[1:] ** 2
    table = dict(zip(MOMENTS, moments(quadrature, at), strict=True))
    a, b = float(model.N) - table["df1"], float(model.T) - table["df1"]
    forms, unit = formulas.losses("", "numpy"), math.exp(quadrature.log_power_unit)
    arguments = (a, b, table["df2"], table["spread"], unit * table["bias_sum"], unit * table["cross_sum"])
    with np.errstate(all="ignore"):
        loss = sum(forms[k](1, *arguments, float(model.noise)) for k in ("signal", "label_noise"))
    loss = np.where((a > 0) & (b > 0) & np.isfinite(loss), loss, math.inf)
    best = int(np.argmin(loss))
    if best == 0 or not math.isfinite(loss[best]):
        return None
    return float(at[best - 1]), float(at[min(best + 1, GRID - 1)])


def _stationary(model: Model, low: float, high: float, digits: int) -> mpf:
    """Root of dL/d ln(kappa) in the bracket, by Illinois steps; its sign change is verified."""
    expression = planar.loss_slope()
    sums = sorted(expression.atoms(Moment), key=str)
    dummies = [sp.Dummy(f"m{i}") for i in range(len(sums))]
    slope = sp.lambdify([N, T, NOISE, *dummies], expression.xreplace(dict(zip(sums, dummies, strict=True))), "mpmath")
    source = Sums(model)

    def value(log_kappa: mpf) -> mpf:
        kappa = mp.exp(log_kappa)
        at = [
            (source.teacher if isinstance(m, TeacherMoment) else source)(kappa, int(m.args[0]), int(m.args[1]))
            for m in sums
        ]
        return slope(model.N, model.T, exact(model.noise), *at)

    tolerance = mpf(10) ** -(digits + 2)
    left, right = mpf(low), mpf(high)
    at_left, at_right = value(left), value(right)
    if not at_left < 0 < at_right:
        raise NotConverged(f"optimal ridge of {model}: no stationary point between ln(kappa) {low:.6g} and {high:.6g}")
    side = 0
    for _ in range(40 + 8 * mp.prec):
        if right - left < tolerance:
            return (left + right) / 2
        middle = (left * at_right - right * at_left) / (at_right - at_left)
        probe = value(middle)
        nearby = value(middle + (tolerance / 4 if probe < 0 else -tolerance / 4))
        if probe == 0 or (probe < 0) != (nearby < 0):
            return middle
        if probe < 0:
            left, at_left, at_right, side = middle, probe, at_right / (2 if side < 0 else 1), -1
        else:
            right, at_right, at_left, side = middle, probe, at_left / (2 if side > 0 else 1), 1
    raise NotConverged(
        f"optimal ridge of {model}: bracket {mp.nstr(right - left, 3)} above tolerance {mp.nstr(tolerance, 3)} "
        f"at {mp.prec} bits"
    )
