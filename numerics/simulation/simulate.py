"""Draws of a model averaged: means with their standard errors."""

import math
from dataclasses import dataclass

import numpy as np

from numerics.simulation.design import GAUSSIAN_DESIGN, Design
from numerics.simulation.draw import QUANTITIES
from numerics.simulation.running import Progress, run_draws
from numerics.simulation.tasks import Point
from theory.model import Model


@dataclass(frozen=True)
class Estimate:
    """Mean over draws and its standard error (None for one draw, or an infinite mean)."""

    mean: float
    stderr: float | None
    draws: int

    def _repr_latex_(self) -> str:
        from theory.number_latex import with_error

        return f"${with_error(self.mean, self.stderr)}$"


def estimate(values: np.ndarray) -> Estimate:
    """Of independent draws."""
    if values.size < 2 or not np.isfinite(values).all():
        return Estimate(float(values.mean()), None, values.size)
    return Estimate(float(values.mean()), float(values.std(ddof=1)) / math.sqrt(values.size), values.size)


@dataclass(frozen=True)
class Simulation:
    """Estimates of the losses (QUANTITIES), and the values of each draw in `samples`."""

    model: Model
    seed: int
    samples: dict[str, np.ndarray]

    def estimate(self, name: str) -> Estimate:
        """Mean and standard error of one of QUANTITIES."""
        return estimate(self.samples[name])

    @property
    def signal(self) -> Estimate:
        """Test loss without label noise."""
        return self.estimate("signal")

    @property
    def label_noise(self) -> Estimate:
        """Test loss due to label noise."""
        return self.estimate("label_noise")

    @property
    def loss(self) -> Estimate:
        """Test loss on clean labels."""
        return self.estimate("loss")

    @property
    def train_loss(self) -> Estimate:
        """Training loss per sample, noisy labels."""
        return self.estimate("train_loss")


def simulate(
    model: Model,
    draws: int = 16,
    seed: int = 0,
    jobs: int | str | None = 1,
    progress: Progress | None = None,
    design: Design = GAUSSIAN_DESIGN,
) -> Simulation:
    """Average `draws` independent draws; draw k depends on (model, design, seed, k) alone, bit for bit.

    A draw solves ridge regression for its own u and x and is averaged in closed form over teacher, noise and test
    point, and for Gaussian entries over what the smaller of N and T does not see (numerics.simulation.draw).
    `jobs` is a number of processes, or "auto": as many as pay. `progress` is called with the draws done and
    their total. Raises InvalidInput for draws < 1, seed < 0, jobs < 1, an infinite T, numbers
    outside the doubles, or a model whose draw does not fit into memory; PrecisionError where the loss is
    lost in rounding.
    """
    point = Point(model, draws, seed, design)
    samples = np.empty((len(QUANTITIES), draws))
    for _, index, row in run_draws([point], jobs, progress=progress):
        samples[:, index] = row
    return Simulation(model, seed, dict(zip(QUANTITIES, samples, strict=True)))
