"""Many sizes and ridges from one draw: leading blocks of the largest Gram matrices.

The first N features of a draw, and its first T samples, are a draw of the smaller model, so one pair of Gram
matrices serves a whole learning curve, and one factorisation all its ridges. Different points then share
random numbers: each mean and standard error is right by itself, differences between points are more precise
than independent draws would make them, and `covariance` says how the errors hang together. Draws stay independent.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from numerics.simulation import sides
from numerics.simulation.design import GAUSSIAN_DESIGN, check_draws, draw_seed
from numerics.simulation.draw import QUANTITIES, blas, check_memory, estimator, scaled_row
from numerics.simulation.problem import Problem
from theory.errors import InvalidInput
from theory.model import Model


@dataclass(frozen=True)
class NestedSimulation:
    """`samples[name]` has the shape (draws, len(N), len(T), len(gamma)); names are QUANTITIES."""

    N: tuple[int, ...]
    T: tuple[int, ...]
    gamma: tuple[float, ...]
    samples: dict[str, np.ndarray]

    def mean(self, name: str = "loss") -> np.ndarray:
        """Means over draws, (len(N), len(T), len(gamma))."""
        return self.samples[name].mean(axis=0)

    def stderr(self, name: str = "loss") -> np.ndarray:
        """Their standard errors; NaN where a mean is infinite."""
        values = self.samples[name]
        finite = np.isfinite(values).all(axis=0)
        spread = np.where(finite, values, 0.0).std(axis=0, ddof=1) / math.sqrt(values.shape[0])
        return np.where(finite, spread, np.nan)

    def covariance(self, name: str = "loss") -> np.ndarray:
        """Covariance matrix of the means, points in C order. Finite means only."""
        values = self.samples[name].reshape(self.samples[name].shape[0], -1)
        return np.atleast_2d(np.cov(values, rowvar=False)) / values.shape[0]


def simulate_nested(
    model: Model,
    *,
    N: Sequence[int] | None = None,
    T: Sequence[int] | None = None,
    gamma: Sequence[float] | None = None,
    draws: int = 16,
    seed: int = 0,
    progress: Callable[[], None] | None = None,
) -> NestedSimulation:
    """The model at every combination of sizes and ridges (default: its own), Gaussian entries.

    Raises InvalidInput as `simulate`, for an infinite N, and where a point needs the direct estimator
    (spectra too steep for Gram matrices).
    """
    ridges = tuple(float(g) for g in (gamma if gamma is not None else [float(model.gamma)]))
    if math.inf in (model.N, model.T):
        raise InvalidInput("N, T", "inf", "finite sizes for nested draws")
    sizes = [tuple(int(s) for s in (given or [int(own)])) for given, own in ((N, model.N), (T, model.T))]
    check_draws(draws, seed)
    problems = {(n, t): _problem(model.with_(N=n, T=t)) for n in sizes[0] for t in sizes[1]}
    rows = np.empty((draws, len(sizes[0]), len(sizes[1]), len(ridges), len(QUANTITIES)))
    with blas().limit(limits=1):
        for k in range(draws):
            found = _draw(problems, ridges, draw_seed(model, GAUSSIAN_DESIGN, seed, k))
            rows[k] = np.array([found[n, t] for n in sizes[0] for t in sizes[1]]).reshape(rows.shape[1:])
            if progress is not None:
                progress()
    samples = {name: rows[..., i] for i, name in enumerate(QUANTITIES)}
    return NestedSimulation(sizes[0], sizes[1], ridges, samples)


def _problem(model: Model) -> Problem:
    problem = Problem.of(model)
    check_memory(problem, GAUSSIAN_DESIGN)
    if estimator(problem, GAUSSIAN_DESIGN) == "direct":
        raise InvalidInput("alpha", "a steep spectrum", "to simulate(): Gram matrices lose such a loss in rounding")
    return problem


def _draw(
    problems: dict[tuple[int, int], Problem], ridges: Sequence[float], seed: np.random.SeedSequence
) -> dict[tuple[int, int], list[tuple[float, ...]]]:
    """QUANTITIES at each ridge, for each (N, T)."""
    kinds = {point: estimator(problem, GAUSSIAN_DESIGN) for point, problem in problems.items()}
    any_problem = next(iter(problems.values()))
    largest = {
        kind: max((min(point) for point, own in kinds.items() if own == kind), default=0)
        for kind in ("features", "samples")
    }
    children = (np.random.SeedSequence(seed.entropy, spawn_key=(k,)) for k in range(2 + len(problems)))
    for_u, for_x, *for_points = children
    features = samples = None
    if largest["features"]:
        rng = np.random.default_rng(for_u)
        features = sides.feature_grams(any_problem, GAUSSIAN_DESIGN, rng, largest["features"])
    if largest["samples"]:
        rng = np.random.default_rng(for_x)
        samples = sides.sample_grams(any_problem, GAUSSIAN_DESIGN, rng, largest["samples"])
    found = {}
    for own_seed, (point, problem) in zip(for_points, problems.items(), strict=True):
        side: sides.FeatureSide | sides.SampleSide
        if kinds[point] == "latent":
            side = sides.latent_side(problem, GAUSSIAN_DESIGN, own_seed)
        elif kinds[point] == "features":
            assert features is not None
            side = sides.feature_side(problem, features, np.random.default_rng(own_seed))
        else:
            assert samples is not None
            side = sides.sample_side(problem, samples, np.random.default_rng(own_seed))
        found[point] = [scaled_row(problem, values) for values in side.losses(ridges)]
    return found
