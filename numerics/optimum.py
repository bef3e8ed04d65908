"""The ridge that minimises the test loss at given N, T, noise, for any spectrum and teacher.

Along the ridge at fixed N and T, kappa is the parameter: the loss is a function of kappa alone and
gamma = kappa (N - D)(T - D) sigma_u^2 / M. The minimum is located on a grid in ln(kappa) and
refined as the point where the terms that raise the loss with kappa and those that lower it balance
(theory.stationary: sums of positive terms, so that their difference has a sign one can trust).
"""

import math
from fractions import Fraction
from functools import partial

import numpy as np
from mpmath import mp, mpf

from numerics import formulas
from numerics.compress import compress, log_fraction
from numerics.float64 import start_log_kappa
from numerics.multiprecision import GUARD_DIGITS, Sums, evaluate_mp, exact
from numerics.table import MOMENTS, moments
from theory.errors import InvalidInput, NotConverged
from theory.exact import to_fraction
from theory.model import Model

GRID = 2000  # points in ln(kappa) that locate the global minimum
MAX_STEPS = 16  # of doubling size: beyond that no slope is left
MAX_NOISE = 150.0  # ln(noise over teacher's power): the gain from the optimum is smaller than e^-150
DEEP = 45.0  # e-folds below the spectrum: the ridge no longer shows in double precision


def optimal_ridge(model: Model, digits: int = 20) -> Fraction:
    """The gamma >= 0 that minimises the test loss of `model` (its own gamma is ignored).

    The root of dL/dkappa at fixed N, T, with gamma = kappa (N - D)(T - D) sigma_u^2/M (derivations/optimal_ridge.py).
    Exact to `digits` decimals, returned as an exact fraction to put into a Model; 0 where the
    ridgeless student is best. Needs finite N and T. Raises InvalidInput, NotConverged.
    """
    if math.inf in (model.N, model.T):
        raise InvalidInput("N, T", "inf", "finite sizes for an optimal ridge")
    if model.noise == 0 and min(model.N, model.T) >= model.M:
        return Fraction(0)
    # N - D at the optimum may be as small as N^2/T: keep its digits through the subtraction
    ratio = int(max(model.N, model.T)) // int(min(model.N, model.T))
    extra = 2 * len(str(ratio))
    with mp.workdps(digits + GUARD_DIGITS + extra):
        bracket = _bracket(model)
        if bracket is None:
            return Fraction(0)
        kappa = mp.exp(_stationary(model, *bracket, digits + extra))
        df1 = Sums(model)(kappa, 1, 0)
        gamma = kappa * (model.N - df1) * (model.T - df1) / exact(model.with_(gamma=1).ridge_scale)
    with mp.workdps(digits + 5):
        return to_fraction("gamma", +gamma)


def _bracket(model: Model) -> tuple[mpf, mpf] | None:
    """Neighbours of the optimum in ln(kappa), by the sign of the slope; None if ridgeless is best."""
    grid, best = _locate(model)
    sums = Sums(model)
    end = None  # ln(kappa) of the ridgeless student, where kappa starts
    if min(model.N, model.T) < model.M:
        end = mp.log(evaluate_mp(model.with_(gamma=0), mp.dps).kappa)
    # below it the solution is that of kappa -> 0, to all digits
    floor = mpf(float(compress(model).log_lambda.min())) - mp.log(10) * mp.dps - 2 * mp.log(model.M)
    left, right = grid[max(best - 1, 0)], grid[min(best + 1, GRID - 1)]
    step = max(right - left, mpf(1) / 2)
    # doubles may see a plateau where the slope still has a sign: walk on, in growing steps
    for _ in range(MAX_STEPS):
        if _slope(model, sums, right) > 0:
            break
        left, right, step = right, right + step, 2 * step
    for _ in range(MAX_STEPS):
        if end is not None and left <= end:
            return (end, right) if _slope(model, sums, end) < 0 else None
        if left <= floor and _slope(model, sums, left) > 0:
            return None
        if _slope(model, sums, left) < 0:
            break
        left, right, step = left - step, left, 2 * step
    return left, right


def _locate(model: Model) -> tuple[list[mpf], int]:
    """A grid in ln(kappa) above the ridgeless value, and where on it the loss is least."""
    quadrature = compress(model)
    smaller = min(model.N, model.T)
    bottom = float(quadrature.log_lambda.min()) - DEEP - math.log(smaller)
    if smaller < model.M:
        bottom = max(bottom, start_log_kappa(model.with_(gamma=0)))
    relative_noise = log_fraction(model.noise) - quadrature.log_power_unit
    if relative_noise > MAX_NOISE:
        raise NotConverged(f"optimal ridge of {model}: the noise is e^{relative_noise:.0f} times the teacher's power")
    top = max(float(quadrature.log_trace), bottom) + 10 + max(0.0, relative_noise)
    at = bottom + (top - bottom) * np.linspace(0, 1, GRID + 1)[1:] ** 2
    table = dict(zip(MOMENTS, moments(quadrature, at), strict=True))
    a, b = float(model.N) - table["df1"], float(model.T) - table["df1"]
    forms = formulas.losses("", "numpy")
    arguments = (a, b, table["df2"], table["spread"], table["bias_sum"], table["cross_sum"], math.exp(relative_noise))
    with np.errstate(all="ignore"):
        loss = sum(forms[name](1, *arguments) for name in ("signal", "label_noise"))
    loss = np.where((a > 0) & (b > 0) & np.isfinite(loss), loss, math.inf)
    return [mpf(x) for x in at], int(np.argmin(loss))


def _stationary(model: Model, low: mpf, high: mpf, digits: int) -> mpf:
    """Root of dL/d ln(kappa) in the bracket, by Illinois steps; its sign change is verified."""
    value = partial(_slope, model, Sums(model))
    tolerance = mpf(10) ** -(digits + 2)
    ends = [low, high]
    heights = [value(end) for end in ends]
    if not heights[0] < 0 < heights[1]:
        raise NotConverged(
            f"optimal ridge of {model}: no stationary point for ln(kappa) between "
            f"{mp.nstr(low, 6)} and {mp.nstr(high, 6)}"
        )
    last, replaced = ends[0], -1
    for _ in range(8 * mp.prec):
        middle = (ends[0] * heights[1] - ends[1] * heights[0]) / (heights[1] - heights[0])
        if abs(middle - last) < tolerance and value(middle - tolerance) < 0 < value(middle + tolerance):
            return middle
        last, probe = middle, value(middle)
        side = 0 if probe < 0 else 1
        if side == replaced:  # the same end moved twice: halve the other's height (Illinois)
            heights[1 - side] /= 2
        ends[side], heights[side], replaced = middle, probe, side
    raise NotConverged(
        f"optimal ridge of {model}: bracket {mp.nstr(ends[1] - ends[0], 3)} above tolerance "
        f"{mp.nstr(tolerance, 3)} at {mp.prec} bits"
    )


def _slope(model: Model, sums: Sums, log_kappa: mpf) -> mpf:
    """Raising less lowering terms over their sum: the sign of dL/d ln(kappa), from -1 to 1."""
    kappa = mp.exp(log_kappa)
    smaller = int(min(model.N, model.T))
    deep = 2 * smaller > model.M  # n - M is exact, and M - D has digits where D does not
    gap = smaller - model.M + sums(kappa, 0, 1) if deep else smaller - sums(kappa, 1, 0)
    gaps = (gap + (int(size) - smaller) for size in (model.N, model.T))
    spreads = (sums(kappa, 1, 1), sums(kappa, 2, 1))
    powers = (sums.teacher(kappa, j, k) for j, k in ((0, 2), (1, 2), (2, 1)))
    arguments = (*gaps, *spreads, *powers, exact(model.noise))
    raising, lowering = (side(*arguments) for side in formulas.ridge_slope())
    return (raising - lowering) / (raising + lowering)
