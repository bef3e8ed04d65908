"""The whole answer: parameters with intervals, from a table of measured losses."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from numerics.fitting.intervals import Interval, Spread, parameter_interval
from numerics.fitting.planar_fit import PARAMETERS, SHALLOW, STARTS, Problem, best_fit, from_log
from numerics.fitting.planar_loss import PlanarLoss
from numerics.fitting.table import LossTable
from theory.errors import InvalidInput

RESTARTS = 4
ALLOWED = {
    "alpha": "a number from 0.02 to 6", "M": "a number >= 1, or inf", "ridge": "a number >= 0",
    "noise": "a number >= 0", "scale": "a number > 0",
}  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """A parameter: `value` in the fitted curve, and its interval; fixed: it was given. See numerics.fitting.planar_fit.

    `estimate` is the value if the data bound it on both sides, else None.
    """

    name: str
    value: float
    interval: Interval
    fixed: bool

    @property
    def estimate(self) -> float | None:
        """The value if it was fixed, or its interval has both ends."""
        return self.value if self.fixed or self.interval.bounded else None


@dataclass(frozen=True)
class PlanarFit:
    """theta as the fit holds it, with everything that it came from."""

    problem: Problem
    theta: np.ndarray
    chi2: float
    confidence: float

    @property
    def spread(self) -> Spread:
        """The rise of chi^2 that the intervals allow."""
        return Spread.of(self.problem, self.chi2, self.confidence)

    @property
    def scatter(self) -> float | None:
        """Standard deviation of ln(loss) about the fit, where no standard errors were given."""
        known = self.problem.table.stderr is not None
        return None if known or self.spread.nu < 1 else math.sqrt(self.chi2 / self.spread.nu)

    def moved(self, theta: np.ndarray) -> "PlanarFit":
        """The fit refined from another theta."""
        return replace(self, theta=(found := self.problem.solve(theta, evaluations=80))[0], chi2=found[1])

    def values(self) -> dict[str, float]:
        """alpha, M, ridge, noise, scale of the fitted curve; M = inf and ridge, noise = 0 only if so fixed."""
        return {name: from_log(name, float(x)) for name, x in zip(PARAMETERS, self.theta, strict=True)}

    def loss(self, N: np.ndarray, T: np.ndarray, gamma: np.ndarray | float = 1.0, **changed: float) -> np.ndarray:
        """The fitted loss at sizes and ridges that broadcast; some parameters may be `changed`, in logarithms."""
        N, T, gamma = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (N, T, gamma)))
        theta = dict(zip(PARAMETERS, self.theta, strict=True)) | changed
        model = PlanarLoss(N.ravel(), T.ravel(), gamma.ravel(), noisy=self.problem.noisy)
        signal, noise = model.parts(theta["alpha"], theta["M"], theta["ridge"])
        with np.errstate(over="ignore", under="ignore"):
            return (np.exp(theta["scale"]) * signal + np.exp(theta["noise"]) * noise).reshape(N.shape)

    def residuals(self) -> np.ndarray:
        """ln(measured/fitted), one for each row."""
        return self.problem.log_loss - self.problem.log_losses(self.theta)[: self.problem.table.n]


def fit_planar(
    table: LossTable, fixed: Mapping[str, float] | None = None, *, noisy: bool = False, confidence: float = 0.95,
    starts: int = STARTS,
) -> PlanarFit:  # fmt: skip
    """The planar loss fitted to a table. fixed: values of some of PARAMETERS; noisy: losses are on noisy labels.

    L = scale S(N, T) + noise Z(N, T) with kappa (N - D)(T - D) = ridge gamma, by least squares in ln(L), weights
    1/stderr; S and Z are the signal and the label noise derived in derivations/loss.py.
    Raises InvalidInput for unknown or impossible fixed values, for fewer rows than parameters, and for a
    ridgeless row with N = T.
    """
    fixed = dict(fixed or {})
    for name, value in fixed.items():
        _check(name, value)
    sigma = np.ones(table.n) if table.relative is None else np.maximum(table.relative, SHALLOW)
    problem = Problem(table, sigma, fixed, noisy)
    needed = len(problem.free) + (table.stderr is None)
    if table.n < needed:
        advice = f"at least {needed} rows for {len(problem.free)} parameters, or fix some (--fix)"
        raise InvalidInput("rows", table.n, advice)
    theta, chi2 = best_fit(problem, starts)
    return PlanarFit(problem, theta, chi2, confidence)


def _check(name: str, value: float) -> None:
    if name not in PARAMETERS:
        raise InvalidInput("--fix", name, "one of " + ", ".join(PARAMETERS))
    good = {
        "alpha": 0.02 <= value <= 6, "M": value >= 1, "ridge": 0 <= value < math.inf, "noise": 0 <= value < math.inf,
        "scale": 0 < value < math.inf,
    }  # fmt: skip
    if not good[name]:
        raise InvalidInput(f"--fix {name}", f"{value:g}", ALLOWED[name])


def intervals(fit: PlanarFit) -> list[Parameter]:
    """Every parameter with its interval. Raises BetterFitError where a profile comes across a lower chi^2."""
    found = {i: parameter_interval(fit.problem, fit.theta, fit.chi2, fit.spread, i) for i in fit.problem.free}
    return [_parameter(fit, i, found.get(i)) for i in range(len(PARAMETERS))]


def _parameter(fit: PlanarFit, index: int, interval: Interval | None) -> Parameter:
    name, value = PARAMETERS[index], fit.values()[PARAMETERS[index]]
    if index not in fit.problem.free:  # given, or a ridge that is zero in every row
        given = fit.problem.fixed.get(name, 0.0)
        return Parameter(name, given, Interval(given, given), fixed=True)
    ends = (None, None) if interval is None else (interval.low, interval.high)
    return Parameter(name, value, Interval(*(None if end is None else from_log(name, end) for end in ends)), False)
