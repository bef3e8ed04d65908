"""Profile-likelihood intervals of the fit's parameters and of its forecasts.

The interval holds the values q at which the least chi^2 with q held fixed exceeds the overall least by no more
than a quantile. Known errors: of chi^2 with one degree of freedom. Where the scatter is fitted (no standard errors,
or chi^2 above its degrees of freedom nu, when errors are scaled by chi^2/nu): s^2 times that of F(1, nu).
Both quantiles give two-sided coverage, asymptotically; each end fails with half the remaining probability.
An end is None where the data do not bound the value: the profile stays below the quantile up to the fit's bound.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from numerics.fitting.planar_fit import SHALLOW, Problem
from theory.errors import NotConverged

REACH = 7.0  # e-folds on either side in which the end of a forecast is sought: beyond a factor 1000 it is unbounded
CLOSE = 0.02  # of the square root of the quantile: how well an end is found
PROBES = 40
NARROW = 1e-2  # of an end's distance from the estimate: a profile that jumps is not followed further
EVALUATIONS = 25  # of the loss at every probe, which starts from its neighbour
BETTER = 1e-3  # a lower chi^2 than the best fit's, in units of the quantile

Profile = Callable[[float, np.ndarray], tuple[np.ndarray, float]]


@dataclass(frozen=True)
class Interval:
    """Ends of an interval, None where unbounded."""

    low: float | None
    high: float | None

    @property
    def bounded(self) -> bool:
        """Whether both ends are known."""
        return self.low is not None and self.high is not None


class BetterFitError(Exception):
    """A profile met a lower chi^2 than the fit's: `theta` is where to start again."""

    def __init__(self, theta: np.ndarray) -> None:
        super().__init__("a better fit")
        self.theta = theta


@dataclass(frozen=True)
class Spread:
    """How much chi^2 may rise, and the squared factor on the errors; nu: degrees of freedom."""

    quantile: float
    factor: float
    nu: int

    @classmethod
    def of(cls, problem: Problem, chi2: float, confidence: float) -> "Spread":
        """See the module; without standard errors sigma is 1 and the factor is the fitted variance of ln(loss)."""
        from scipy.special import chdtri, fdtri

        nu = problem.table.n - len(problem.free)
        variance = chi2 / nu if nu > 0 else 1.0
        known = problem.table.stderr is not None
        factor = max(variance, 1.0) if known else max(variance, SHALLOW**2)
        if nu < 1 or (known and factor == 1.0):
            return cls(float(chdtri(1, 1 - confidence)), factor, nu)
        return cls(factor * float(fdtri(1, nu, confidence)), factor, nu)


def parameter_interval(problem: Problem, theta: np.ndarray, chi2: float, spread: Spread, index: int) -> Interval:
    """Of a free parameter, in the fit's logarithms. Raises BetterFitError."""

    def profile(value: float, start: np.ndarray) -> tuple[np.ndarray, float]:
        return problem.solve(start, {index: value}, evaluations=EVALUATIONS)

    low, high = float(problem.low[index]), float(problem.high[index])
    step = _first_step(problem, theta, spread, index)
    return _ends(profile, theta, float(np.clip(theta[index], low, high)), chi2, spread.quantile, step, (low, high))


def forecast_interval(problem: Problem, theta: np.ndarray, chi2: float, spread: Spread) -> Interval:
    """Of ln(loss) at the problem's pin. Raises BetterFitError."""
    centre = float(problem.log_losses(theta)[-1])

    def profile(value: float, start: np.ndarray) -> tuple[np.ndarray, float]:
        return problem.solve(start, target=value, evaluations=EVALUATIONS)

    row = problem.jacobian(theta, problem.free)[-1]
    step = math.sqrt(max(float(row @ _covariance(problem, theta) @ row), 1e-12) * spread.quantile)
    ends = (centre - REACH, centre + REACH)
    return _ends(profile, theta, centre, chi2, spread.quantile, min(step, 2.0), ends)


def _covariance(problem: Problem, theta: np.ndarray) -> np.ndarray:
    """Of the free parameters where chi^2 rises by one, from the Jacobian; flat directions are cut off."""
    rows = problem.jacobian(theta, problem.free)[: problem.table.n] / problem.sigma[:, None]
    return np.linalg.pinv(rows.T @ rows, rcond=1e-10, hermitian=True)


def _first_step(problem: Problem, theta: np.ndarray, spread: Spread, index: int) -> float:
    """The end of the interval as the curvature has it: the others refitted or, in flat directions, held."""
    place = problem.free.index(index)
    column = problem.jacobian(theta, [index])[: problem.table.n, 0] / problem.sigma
    held = 1 / max(float(column @ column), 1e-14)
    step = math.sqrt(max(float(_covariance(problem, theta)[place, place]), held) * spread.quantile)
    return min(max(step, 1e-7), 2.0)


def _ends(
    profile: Profile, theta: np.ndarray, centre: float, chi2: float, quantile: float, step: float,
    limits: tuple[float, float],
) -> Interval:  # fmt: skip
    low, high = (
        _end(profile, theta, centre, chi2, quantile, side * step, limit)
        for side, limit in zip((-1, 1), limits, strict=True)
    )
    return Interval(low, high)


def _end(
    profile: Profile, theta: np.ndarray, centre: float, chi2: float, quantile: float, step: float, limit: float
) -> float | None:
    """Where sqrt(rise of chi^2) crosses sqrt(quantile): growing steps, then chords and halves."""
    aim, inside, start = math.sqrt(quantile), (centre, 0.0), theta
    outside: tuple[float, float] | None = None
    again = False
    at, run = centre + step, 0  # run: probes in a row that fell on one side, negative for outside
    for _ in range(PROBES):
        if outside is None and (at - limit) * math.copysign(1, step) >= 0:
            at = limit
        found, value = profile(at, start)
        if value < chi2 - BETTER * quantile:
            raise BetterFitError(found)
        height = math.sqrt(max(value - chi2, 0.0))
        if abs(height - aim) < CLOSE * aim:
            return at
        if height < aim:
            inside, start, run = (at, height), found, max(run, 0) + 1
            if at == limit:
                return None
        else:
            outside, run = (at, height), min(run, 0) - 1
        if outside is None:
            step *= min(3.0, max(1.3, aim / max(height, aim / 3)))
            at = at + step
        elif abs(outside[0] - inside[0]) < NARROW * abs(outside[0] - centre):
            if inside[1] > 0.9 * aim or again:
                return outside[0]
            again, outside, run = True, None, 0  # a jump: was the outer point in another valley? Walk on from here
            at = inside[0] + step / 4
        else:
            part = 0.5 if abs(run) > 1 else (aim - inside[1]) / (outside[1] - inside[1])
            at = inside[0] + min(max(part, 0.05), 0.95) * (outside[0] - inside[0])
    raise NotConverged(f"an end of an interval: chi^2 rises by {height**2:.3g} at {at:.6g}, not by {quantile:.3g}")
