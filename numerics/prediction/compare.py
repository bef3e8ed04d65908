"""Predicted beside measured, in few numbers: errors over the grid, exponents, plateaus, forecasts.

A curve is one N and one ridge (or the optimal ridge at each T), along T.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from numerics.prediction.forecast import LEAST, PowerLawForecast, forecast
from numerics.prediction.measure import Measurement
from numerics.prediction.predict import Prediction
from numerics.prediction.train import Trained
from theory.errors import InvalidInput

BEYOND = 8.0  # forecasts see sizes up to the largest over this, but LEAST sizes at least


@dataclass(frozen=True)
class Errors:
    """Largest and median |relative error| of some predictions of measured losses."""

    median: float
    largest: float

    @classmethod
    def of(cls, predicted: np.ndarray, measured: np.ndarray) -> "Errors":
        off = np.abs(measured / predicted - 1)
        return cls(float(np.median(off)), float(off.max()))


@dataclass(frozen=True)
class Slope:
    """d ln loss / d ln T between two sizes, predicted and measured, and the measured one's standard error."""

    low: int
    high: int
    predicted: float
    measured: float
    stderr: float


@dataclass(frozen=True)
class Plateau:
    """The loss as T grows at fixed N, predicted (NaN where the measurement cannot tell) with its standard error.

    fitted: the offset of a power law fitted to all measured points (NaN without a fit); last: the measured loss at
    the largest T.
    """

    N: float
    predicted: float
    stderr: float
    fitted: float
    last: float


@dataclass(frozen=True)
class Forecast:
    """Beyond the sizes that a power law with offset was fitted to: its errors, and those of the planar prediction.

    planar: as predicted, before any training. levelled: times one factor, fitted to the points that the power law was
    fitted to. The two halves of small data differ by chance, at all T alike; the power law has seen the half that it
    is judged on, and so has this.
    """

    N: float
    ridge: float | str
    law: PowerLawForecast
    power_law: Errors
    planar: Errors
    levelled: Errors


def curves(points: Prediction) -> Iterator[tuple[float, float | str, np.ndarray]]:
    """N, ridge and the indices of each curve, in order of T."""
    seen = set()
    for i in range(len(points)):
        ridge = "optimal" if points.optimal[i] else float(points.gamma[i])
        if (points.N[i], ridge) not in seen:
            seen.add((points.N[i], ridge))
            same = points.optimal if points.optimal[i] else ~points.optimal & (points.gamma == points.gamma[i])
            where = np.flatnonzero(same & (points.N[i] == points.N))
            yield float(points.N[i]), ridge, where[np.argsort(points.T[where], kind="stable")]


def slopes(points: Prediction, trained: Trained, where: np.ndarray) -> list[Slope]:
    """Between neighbouring sizes of one curve, those at least a factor 1.9 apart; and last, between its ends."""
    T = points.T[where]
    pairs: list[tuple[int, int]] = []
    low = 0
    for high in range(1, T.size):
        if T[high] >= 1.9 * T[low]:
            pairs.append((low, high))
            low = high
    if T.size > 1 and pairs != [(0, T.size - 1)]:
        pairs.append((0, T.size - 1))
    found = []
    for low, high in pairs:
        i, j, span = where[low], where[high], math.log(T[high] / T[low])
        relative = [trained.stderr[k] / trained.loss[k] for k in (i, j)]
        found.append(
            Slope(
                int(T[low]), int(T[high]), math.log(points.loss[j] / points.loss[i]) / span,
                math.log(trained.loss[j] / trained.loss[i]) / span, math.hypot(*relative) / span,
            )
        )  # fmt: skip
    return found


def plateaus(measurement: Measurement, points: Prediction, trained: Trained) -> list[Plateau]:
    """One for each N, by its first curve."""
    found: dict[float, Plateau] = {}
    for N, _, where in curves(points):
        if N in found:
            continue
        try:
            predicted = float(measurement.full.plateau(N))
            stderr = float(measurement.stderr(lambda one, size=N: one.plateau(size)))  # type: ignore[misc]
        except InvalidInput:  # n or P too small to tell
            predicted = stderr = math.nan
        law = forecast(points.T[where], trained.loss[where], trained.stderr[where], where.size)
        fitted = law.offset if law else math.nan
        found[N] = Plateau(N, predicted, stderr, fitted, float(trained.loss[where[-1]]))
    return list(found.values())


def forecasts(points: Prediction, trained: Trained) -> list[Forecast]:
    """For each curve with sizes enough."""
    found = []
    for N, ridge, where in curves(points):
        T, predicted, measured, stderr = points.T[where], points.loss[where], trained.loss[where], trained.stderr[where]
        first = max(int(np.sum(T[-1] >= T * BEYOND)), LEAST)
        law = forecast(T, measured, stderr, first)
        if law is None or first >= T.size:
            continue
        seen, rest = slice(first), slice(first, None)
        weight = np.square(measured[seen] / np.maximum(stderr[seen], 1e-12 * measured[seen]))
        level = np.average(measured[seen] / predicted[seen], weights=weight)
        errors = (
            Errors.of(foretold, measured[rest]) for foretold in (law(T[rest]), predicted[rest], level * predicted[rest])
        )
        found.append(Forecast(N, ridge, law, *errors))
    return found


def gain(found: Sequence[Forecast]) -> float:
    """Median over the curves of (power law's median error)/(levelled planar's)."""
    return float(np.median([one.power_law.median / one.levelled.median for one in found])) if found else math.nan
