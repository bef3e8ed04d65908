"""What the fitted loss says beyond the data: plateaus, and what ends the law, by numerical responses."""

import math
from dataclasses import dataclass

import numpy as np

from numerics.fitting.fit import RESTARTS, Parameter, PlanarFit, intervals
from numerics.fitting.intervals import BetterFitError, Interval, forecast_interval
from numerics.fitting.planar_fit import Problem
from theory.errors import NotConverged

DECISIVE = 2.0  # factor on the loss
STEP = 1e-3  # of the central differences in ln(size), ln(ridge), ...


@dataclass(frozen=True)
class Plateau:
    """The fitted loss at one infinite size, with its profile-likelihood interval (ends None where unbounded)."""

    N: float
    T: float
    loss: float
    interval: Interval


@dataclass(frozen=True)
class Limit:
    """At sizes N, T: `factors`, the loss with one thing taken away over the loss; `slopes`, d ln L/d ln(thing).

    Taken away: N, T, M -> infinity, noise, ridge -> 0. `by` is what ends the law there: noise or ridge if the loss
    falls to half or less without it, M if it doubles (the largest factor counts); if none does, of N and T, which
    the law itself is about, the one whose removal lowers the loss more.
    """

    N: float
    T: float
    loss: float
    factors: dict[str, float]
    slopes: dict[str, float]
    by: str


def analyse(fit: PlanarFit, forecast: bool = True) -> tuple[PlanarFit, list[Parameter], list[Plateau]]:
    """Parameters and plateaus with intervals, of the fit or of a better one that a profile came across.

    Without `forecast`, no plateaus. Raises NotConverged if better ones keep turning up.
    """
    for _ in range(RESTARTS):
        try:
            return fit, intervals(fit), plateaus(fit) if forecast else []
        except BetterFitError as better:
            fit = fit.moved(better.theta)
    raise NotConverged(f"fit to {fit.problem.table.n} losses: profiles keep finding better ones; use --fix")


def plateaus(fit: PlanarFit) -> list[Plateau]:
    """T -> infinity at the largest finite N of the table, and N -> infinity at its largest finite T.

    Raises BetterFitError.
    """
    table = fit.problem.table
    largest_n, largest_t = (_largest(size) for size in (table.N, table.T))
    places = [] if largest_n is None else [(largest_n, math.inf)]
    places += [] if largest_t is None else [(math.inf, largest_t)]
    return [_plateau(fit, N, T) for N, T in places]


def _largest(size: np.ndarray) -> float | None:
    finite = size[np.isfinite(size)]
    return float(finite.max()) if finite.size else None


def _plateau(fit: PlanarFit, N: float, T: float) -> Plateau:
    value = float(fit.loss(np.array(N), np.array(T)))
    old = fit.problem
    pinned = Problem(old.table, old.sigma, old.fixed, old.noisy, (N, T, 1.0))
    found = forecast_interval(pinned, fit.theta, fit.chi2, fit.spread)
    ends = (None if end is None else math.exp(end) for end in (found.low, found.high))
    return Plateau(N, T, value, Interval(*ends))


def limits(fit: PlanarFit) -> Limit:
    """What ends the law at the row of the largest min(N, T), and of those the largest sizes."""
    table = fit.problem.table
    row = np.lexsort((np.maximum(table.N, table.T), np.minimum(table.N, table.T)))[-1]
    gamma = 1.0 if table.gamma is None else float(table.gamma[row])
    return limit_at(fit, float(table.N[row]), float(table.T[row]), gamma)


def limit_at(fit: PlanarFit, N: float, T: float, gamma: float = 1.0) -> Limit:
    """What ends the law at sizes N, T and ridge gamma (see Limit), by numerical responses of the fitted loss."""

    def loss(N: float = N, T: float = T, **changed: float) -> float:
        return float(fit.loss(np.array(N), np.array(T), gamma, **changed))

    now = loss()
    names = ("alpha", "M", "ridge", "noise", "scale")
    theta = dict(zip(names, map(float, fit.theta), strict=True))
    removed: dict[str, float] = {}
    slopes: dict[str, float] = {}
    for name, size in (("N", N), ("T", T)):
        if math.isfinite(size) and math.isfinite(T if name == "N" else N):
            removed[name] = loss(**{name: math.inf})
        if math.isfinite(size):
            slopes[name] = _slope([loss(**{name: size * math.exp(side)}) for side in (-STEP, STEP)])
    removed |= {"M": loss(M=math.inf), "noise": loss(noise=-math.inf), "ridge": loss(ridge=-math.inf)}
    for name in ("M", "ridge", "noise"):
        if math.isfinite(theta[name]):
            slopes[name] = _slope([loss(**{name: theta[name] + side}) for side in (-STEP, STEP)])
    factors = {name: value / now for name, value in removed.items()}
    gains = {name: -_log(factor) for name, factor in factors.items()}
    gains["M"] *= -1
    ends = {name: gains[name] for name in ("noise", "ridge", "M") if gains[name] >= math.log(DECISIVE)}
    sizes = {name: gains.get(name, 0.0) for name in ("N", "T") if name in slopes}
    by = max(ends or sizes, key=lambda name: (ends or sizes)[name])
    return Limit(N, T, now, factors, slopes, by)


def _slope(values: list[float]) -> float:
    return (_log(values[1]) - _log(values[0])) / (2 * STEP)


def _log(value: float) -> float:
    return math.log(value) if 0 < value < math.inf else math.inf if value else -700.0
