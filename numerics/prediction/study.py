"""The whole walk: task -> measured part -> prediction -> students trained on the part held out -> comparison."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from numerics.prediction.compare import Errors, Forecast, Plateau, forecasts, plateaus
from numerics.prediction.cross_validation import RidgeChoice, ridge_choices
from numerics.prediction.features import FeatureMap
from numerics.prediction.fourth_moments import fourth_moment_shift
from numerics.prediction.measure import Measurement, features_of, measure
from numerics.prediction.predict import OPTIMAL, Prediction, check_grid, predict
from numerics.prediction.task import Task, halves
from numerics.prediction.train import Trained, check_draws, train

SAMPLES = 20_000  # most that are used, both parts together
WIDTH = 800
DRAWS = 8
RIDGE_DRAWS = 4  # of RidgeCV
SMALLEST_T = 32


@dataclass(frozen=True, eq=False)
class Study:
    """What was predicted and what came out; `shift` as numerics.prediction.fourth_moments, one for each point."""

    task: Task
    student: FeatureMap
    width: float
    measured_samples: int
    held_out: int
    measurement: Measurement
    points: Prediction
    trained: Trained
    shift: np.ndarray
    choices: tuple[RidgeChoice, ...]
    plateaus: tuple[Plateau, ...]
    forecasts: tuple[Forecast, ...]

    @property
    def relative_error(self) -> np.ndarray:
        """measured/predicted - 1."""
        return self.trained.loss / self.points.loss - 1

    @property
    def z(self) -> np.ndarray:
        """(measured - predicted) over both standard errors together."""
        return (self.trained.loss - self.points.loss) / np.hypot(self.trained.stderr, self.points.stderr)

    @property
    def errors(self) -> Errors:
        """Over the whole grid."""
        return Errors.of(self.points.loss, self.trained.loss)


def study(
    task: Task,
    activation: str = "relu",
    width: int = WIDTH,
    N: Sequence[float] | None = None,
    T: Sequence[int] | None = None,
    ridges: Sequence[float | str] = (OPTIMAL,),
    draws: int = DRAWS,
    seed: int = 0,
    samples: int = SAMPLES,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Study:
    """Predict L = (1/2) E |y - student|^2 by planar theory from one half of a task, and measure it on the other.

    N defaults to an eighth and a half of the width (inf without a map), T to `sizes`.

    The spectrum is that of `width` features; `progress` is told (done, total) steps.
    Raises InvalidInput as the steps do.
    """
    student = FeatureMap(activation)
    measured, held_out = halves(task, samples, seed)
    wide = math.inf if student.raw else width
    N = N or ((math.inf,) if student.raw else tuple(sorted({max(1, width // 8), max(1, width // 2)})))
    T = T or sizes(len(held_out))
    check_grid(N, T, ridges, student.raw)
    check_draws(held_out, max(T), draws)
    total, done = draws + RIDGE_DRAWS + 2, 0

    def tick() -> None:
        nonlocal done
        done += 1
        progress(done, total)

    progress(0, total)
    measurement = measure(measured, student, wide, seed)
    tick()
    points = predict(measurement, N, T, ridges)
    shift = _shift(measured, student, wide, seed, points)
    largest = points.N.max() == points.N
    optimum = points[points.optimal & largest]
    if not len(optimum):
        optimum = predict(measurement, [max(N)], T, [OPTIMAL])
    tick()
    trained = train(held_out, student, points, draws, seed, tick)
    choices = ridge_choices(held_out, student, optimum, RIDGE_DRAWS, seed, tick)
    return Study(
        task, student, wide, len(measured), len(held_out), measurement, points, trained, shift, tuple(choices),
        tuple(plateaus(measurement, points, trained)),
        tuple(forecasts(points, trained)),
    )  # fmt: skip


def sizes(held_out: int) -> tuple[int, ...]:
    """Half octaves from SMALLEST_T to three quarters of the samples held out."""
    steps = math.log2(max(0.75 * held_out / SMALLEST_T, 1))
    return tuple(round(SMALLEST_T * 2 ** (k / 2)) for k in range(int(2 * steps) + 1))


def _shift(part: Task, student: FeatureMap, width: float, seed: int, points: Prediction) -> np.ndarray:
    features = features_of(part, student, width, seed)
    features = features - features.mean(axis=0)
    eigenvalues, axes = np.linalg.eigh(features.T @ features / len(part))
    kept = eigenvalues > eigenvalues[-1] * 1e-11
    labels = part.labels - part.labels.mean(axis=0)
    at = (points.measured_kappa, points.T - 1, points.loss)
    return fourth_moment_shift(eigenvalues[kept], features @ axes[:, kept], labels, at)
