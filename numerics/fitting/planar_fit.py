"""Least squares in ln(loss) of the planar loss to a table of measured losses.

Five parameters (PARAMETERS): alpha; M, the number of modes; ridge, noise and scale as in numerics.fitting.planar_loss.
All but alpha are fitted in logarithms, inside bounds that stand for 0 and infinity. Starts: a grid over alpha, M,
ridge and noise, each with its best scale; the best few are refined (scipy's trust-region least squares).
Deterministic.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from numerics.fitting.planar_loss import PlanarLoss
from numerics.fitting.table import LossTable
from theory.errors import InvalidInput

PARAMETERS = ("alpha", "M", "ridge", "noise", "scale")
ALPHA, MODES, RIDGE, NOISE, SCALE = range(5)
STARTS = 4  # refined
SCREENED = 60  # rows, at most, that judge the starting grid
STEP = 1e-5  # of the finite differences in alpha, ln M, ln ridge
SHALLOW = 1e-6  # least relative scatter: what the fit's own rounding and a printed table leave
LOG_ZERO = -700.0  # of a loss that is zero (or with the other sign infinite)
PIN = 1e-5  # scatter of a forecast that is held fixed
GRID_ALPHA = (0.15, 0.35, 0.7, 1.2, 2.0, 3.5)
GRID_RIDGE = (1e-7, 1e-2, 1.0, 100.0)  # over the ridge that matters as much as the sizes do
GRID_NOISE = (1e-6, 0.1, 1.0, 10.0)  # noise over signal, at the median


@dataclass
class Problem:
    """A table, its relative scatter sigma (n,), and the parameters held fixed (natural values, 0 and inf allowed).

    pin: sizes and ridge (N, T, gamma) of a forecast that `solve` can hold at a target.
    """

    table: LossTable
    sigma: np.ndarray
    fixed: Mapping[str, float] = field(default_factory=dict)
    noisy: bool = False
    pin: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        table, extra = self.table, [] if self.pin is None else [self.pin]
        gamma = np.ones(table.n) if table.gamma is None else table.gamma
        places = np.column_stack([table.N, table.T, gamma])
        places = np.vstack([places, *extra]) if extra else places
        self.model = PlanarLoss(places[:, 0], places[:, 1], places[:, 2], self.noisy)
        self.log_loss = np.log(table.loss)
        self.low, self.high = bounds(table)
        self.held = {PARAMETERS.index(name): to_log(name, value) for name, value in self.fixed.items()}
        self._check(gamma)

    def _check(self, gamma: np.ndarray) -> None:
        pole = (self.table.N == self.table.T) & ((gamma == 0) | (self.held.get(RIDGE) == -math.inf))
        if pole.any() and self.held.get(MODES, math.inf) > math.log(self.table.N[pole].min()):
            row = int(np.argmax(pole))
            raise InvalidInput(
                f"the ridge in row {row + 1}", "0", "a ridge > 0 where N = T: the ridgeless loss is infinite there"
            )

    @property
    def free(self) -> list[int]:
        """Indices of the fitted parameters."""
        idle = not np.any(self.model.gamma[: self.table.n])  # all ridges are 0: nothing to scale
        return [i for i in range(5) if i not in self.held and not (idle and i == RIDGE)]

    def log_losses(self, theta: np.ndarray) -> np.ndarray:
        """ln of the planar loss at every row (and at the pin); theta: alpha and four logarithms."""
        return _combine(*self.model.parts(*theta[:3]), theta)

    def jacobian(self, theta: np.ndarray, columns: list[int]) -> np.ndarray:
        """d ln(loss)/d theta for some parameters, (rows, columns)."""
        signal, noise = self.model.parts(*theta[:3])
        at, out = _combine(signal, noise, theta), np.zeros((signal.size, len(columns)))
        with np.errstate(all="ignore"):
            share = np.nan_to_num(np.exp(theta[NOISE] + np.log(noise) - at))
        for place, i in enumerate(columns):
            if i in (NOISE, SCALE):
                out[:, place] = share if i == NOISE else 1 - share
                continue
            moved = theta.copy()
            moved[i] += STEP
            out[:, place] = (self.log_losses(moved) - at) / STEP
        return out

    def solve(
        self, start: np.ndarray, held: Mapping[int, float] | None = None, target: float | None = None,
        evaluations: int = 60,
    ) -> tuple[np.ndarray, float]:  # fmt: skip
        """theta and chi^2 (of the table alone) at the least squares near `start`; `target`: ln(loss) at the pin."""
        from scipy.optimize import least_squares

        base = start.copy()
        for i, value in {**self.held, **(held or {})}.items():
            base[i] = value
        columns = [i for i in self.free if not held or i not in held]
        # where noise and scale may move together they carry the pinned loss: exact, and no stiff row
        moving = target is not None and SCALE in columns and (NOISE in columns or self.held.get(NOISE) == -math.inf)
        columns = [i for i in columns if not (moving and i == SCALE)]
        weights, aim = 1 / self.sigma, self.log_loss
        if self.pin is not None:
            weights = np.append(weights, 0.0 if target is None or moving else 1 / PIN)
            aim = np.append(aim, 0.0 if target is None else target)

        def at(x: np.ndarray) -> np.ndarray:
            theta = base.copy()
            theta[columns] = x
            return theta

        def residuals(x: np.ndarray) -> np.ndarray:
            values = self.log_losses(at(x))
            return weights * (values - aim + (target - values[-1] if moving else 0.0))

        def jacobian(x: np.ndarray) -> np.ndarray:
            rows = self.jacobian(at(x), columns)
            return weights[:, None] * (rows - rows[-1] if moving else rows)

        theta = base
        if columns:
            low, high = self.low[columns], self.high[columns]
            edge = 1e-9 * (high - low)
            found = least_squares(
                residuals, np.clip(base[columns], low + edge, high - edge), jacobian, bounds=(low, high),
                x_scale="jac", ftol=1e-8, xtol=1e-10, gtol=1e-12, max_nfev=evaluations,
            )  # fmt: skip
            theta = at(found.x)
        if moving:
            theta[[NOISE, SCALE]] += target - self.log_losses(theta)[-1]
        return theta, self.chi2(theta)

    def chi2(self, theta: np.ndarray) -> float:
        """Sum over the table of (residual / sigma)^2."""
        difference = self.log_losses(theta)[: self.table.n] - self.log_loss
        return float(np.sum((difference / self.sigma) ** 2))


def _combine(signal: np.ndarray, noise: np.ndarray, theta: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        total = np.logaddexp(theta[SCALE] + np.log(signal), theta[NOISE] + np.log(noise))
    return np.clip(np.nan_to_num(total, nan=-LOG_ZERO), LOG_ZERO, -LOG_ZERO)


def to_log(name: str, value: float) -> float:
    """A parameter as the fit holds it: alpha as it is, the others as logarithms."""
    if name == "alpha":
        return value
    return -math.inf if value == 0 else math.log(value)


def from_log(name: str, value: float) -> float:
    """The inverse of `to_log`."""
    return value if name == "alpha" else math.exp(min(value, 709.0)) if value < math.inf else math.inf


def bounds(table: LossTable) -> tuple[np.ndarray, np.ndarray]:
    """What stands for zero and infinity, in the fit's logarithms: beyond it no size in the table feels a change."""
    finite_n, finite_t = (size[np.isfinite(size)] for size in (table.N, table.T))
    smaller = float(np.minimum(table.N, table.T).max())
    n_top, t_top = (float(size.max(initial=smaller)) for size in (finite_n, finite_t))
    gamma = np.ones(1) if table.gamma is None or not table.gamma.any() else table.gamma[table.gamma > 0]
    least, most, size = math.log(table.loss.min()), math.log(table.loss.max()), math.log(max(smaller, 2.0))
    top = math.log(1e4 * max(n_top, 1.0) * max(t_top, 1.0))
    low = [0.02, math.log(2), -7 * size - 25 - math.log(gamma.max()), least - 25, least - 30]
    high = [
        6.0,
        min(size + math.log(1e6), math.log(1e12)),
        top - math.log(gamma.min()),
        most + 15,
        most + 7 * size + 60,
    ]
    return np.array(low), np.array(high)


def best_fit(problem: Problem, starts: int = STARTS) -> tuple[np.ndarray, float]:
    """theta and chi^2 at the best of several refined starts."""
    found = [problem.solve(start, evaluations=25) for start in screened(problem, starts)]
    theta, _ = min(found, key=lambda one: one[1])
    return problem.solve(theta, evaluations=80)


def screened(problem: Problem, count: int) -> list[np.ndarray]:
    """The `count` best points of a grid, no two of them neighbours in alpha alone."""
    table, held = problem.table, problem.held
    rows = np.unique(np.linspace(0, table.n - 1, min(table.n, SCREENED)).round().astype(int))
    part = Problem(table.subset(rows), problem.sigma[rows], problem.fixed, problem.noisy)
    n = max(float(np.median(np.minimum(table.N, table.T)[rows])), 1.0)
    middle = float(np.median(part.model.gamma[part.model.gamma > 0])) if part.model.gamma.any() else 1.0
    top = float(np.minimum(table.N, table.T).max())
    found: list[tuple[float, tuple[int, ...], np.ndarray]] = []
    modes = (problem.high[MODES] - 1, math.log(3 * top + 3), math.log(top / 2 + 3))
    for (a, alpha), (m, log_m), (r, relative) in product(*map(enumerate, (GRID_ALPHA, modes, GRID_RIDGE))):
        point = np.array([alpha, log_m, math.log(relative / middle) + (1 - alpha) * math.log(n), 0.0, 0.0])
        point[:3] = np.clip(point[:3], problem.low[:3], problem.high[:3])
        for i in held.keys() & {ALPHA, MODES, RIDGE}:
            point[i] = held[i]
        signal, noise = part.model.parts(*point[:3])
        with np.errstate(all="ignore"):
            typical = float(np.nanmedian(np.where(noise > 0, signal / noise, np.nan))) if (noise > 0).any() else 1.0
        for relative_noise in (1.0,) if NOISE in held else GRID_NOISE:
            trial = point.copy()
            trial[NOISE] = held.get(NOISE, math.log(max(relative_noise * typical, 1e-300)))
            trial = _scaled(part, trial, signal, noise)
            found.append((_judged(part, trial, signal, noise), (a, m, r), trial))
    found.sort(key=lambda one: one[0])
    chosen: list[tuple[tuple[int, ...], np.ndarray]] = []
    for _, place, trial in found:
        if all(place[1:] != other[1:] or abs(place[0] - other[0]) > 1 for other, _ in chosen):
            chosen.append((place, trial))
        if len(chosen) == count:
            break
    return [trial for _, trial in chosen]


def _scaled(part: Problem, trial: np.ndarray, signal: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """The scale that fits best, the noise keeping its share of the loss."""
    weight = part.sigma**-2
    with np.errstate(all="ignore"):
        shift = float(weight @ (part.log_loss - _combine(signal, noise, trial)) / weight.sum())
    out = trial.copy()
    for i in (NOISE, SCALE):
        out[i] = part.held.get(i, out[i] + shift)
    return out


def _judged(part: Problem, trial: np.ndarray, signal: np.ndarray, noise: np.ndarray) -> float:
    """Sum of absolute residuals: one bad row must not discard a start."""
    return float(np.sum(np.abs(_combine(signal, noise, trial) - part.log_loss) / part.sigma))
