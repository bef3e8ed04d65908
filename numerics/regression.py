"""Measured learning curves beside the planar prediction: real features, and a Gaussian surrogate.

The prediction uses the population's eigenvalues, teacher powers and noise only; nothing is fitted.
The surrogate draws Gaussian features and noise with the same three, so there the theory holds up to
1/T and its z-score is judged. Real features are not Gaussian: their deviation is reported, and
bounded beforehand by UNIVERSALITY.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from numerics.evaluate import evaluate
from numerics.float64 import evaluate_grid
from numerics.images import FeatureProblem
from theory.errors import InvalidInput

UNIVERSALITY = 0.10  # largest relative deviation of real features that still counts as described


@dataclass(frozen=True)
class LearningCurve:
    """Test error (1/2) E (y - prediction)^2 on held-out data, at each T; arrays of one length.

    predicted = L + noise/2 by planar theory. measured: real patches, none of them trained on;
    surrogate: Gaussian features of the same covariance, exact test average.
    """

    T: np.ndarray
    gamma: float
    predicted: np.ndarray
    measured: np.ndarray
    measured_stderr: np.ndarray
    surrogate: np.ndarray
    surrogate_stderr: np.ndarray
    draws: int

    @property
    def relative_error(self) -> np.ndarray:
        """measured / predicted - 1."""
        return self.measured / self.predicted - 1


def learning_curve(
    problem: FeatureProblem,
    sizes: list[int],
    gamma: float,
    draws: int = 20,
    seed: int = 0,
    tick: Callable[[int], None] | None = None,
) -> LearningCurve:
    """Train ridge regression on `draws` random subsets of each size, test on all other patches.

    Raises InvalidInput for sizes outside 2..P/2 (the rest must be a test set worth its name),
    gamma <= 0 or draws < 2.
    """
    population = problem.labels.size
    if not sizes or not all(2 <= T <= population // 2 for T in sizes):
        raise InvalidInput("sizes", sizes, f"training sizes from 2 to {population // 2}")
    if not gamma > 0 or draws < 2:
        raise InvalidInput("gamma, draws", f"{gamma}, {draws}", "gamma > 0 and draws >= 2")
    real, gaussian = [], []
    for T, child in zip(sizes, np.random.SeedSequence(seed).spawn(len(sizes)), strict=True):
        if tick is not None:
            tick(T)
        rngs = [np.random.default_rng(s) for s in child.spawn(draws)]
        real.append([_real_error(problem, T, gamma, rng) for rng in rngs])
        gaussian.append([_gaussian_error(problem, T, gamma, rng) for rng in rngs])
    grid = evaluate_grid(problem.model(sizes[0], gamma), T=np.array(sizes))
    measured, surrogate = np.array(real), np.array(gaussian)
    return LearningCurve(
        np.array(sizes), gamma, grid.loss + problem.noise / 2,
        measured.mean(axis=1), _stderr(measured), surrogate.mean(axis=1), _stderr(surrogate), draws,
    )  # fmt: skip


def _stderr(samples: np.ndarray) -> np.ndarray:
    return samples.std(axis=1, ddof=1) / math.sqrt(samples.shape[1])


def _ridge(features: np.ndarray, labels: np.ndarray, gamma: float) -> np.ndarray:
    """(gamma + A^T A)^{-1} A^T y by Cholesky; gamma bounds the condition number."""
    from scipy.linalg import cho_factor, cho_solve

    gram = features.T @ features + gamma * np.eye(features.shape[1])
    return cho_solve(cho_factor(gram), features.T @ labels)


def _real_error(problem: FeatureProblem, T: int, gamma: float, rng: np.random.Generator) -> float:
    order = rng.permutation(problem.labels.size)
    train, test = order[:T], order[T:]
    theta = _ridge(problem.features[train], problem.labels[train], gamma)
    return float(np.square(problem.labels[test] - problem.features[test] @ theta).mean()) / 2


def _gaussian_error(problem: FeatureProblem, T: int, gamma: float, rng: np.random.Generator) -> float:
    teacher = np.sqrt(problem.powers / problem.eigenvalues)
    features = rng.standard_normal((T, teacher.size)) * np.sqrt(problem.eigenvalues)
    labels = features @ teacher + math.sqrt(problem.noise) * rng.standard_normal(T)
    delta = _ridge(features, labels, gamma) - teacher
    return (float(np.square(delta) @ problem.eigenvalues) + problem.noise) / 2


def plateau(problem: FeatureProblem, gamma: float) -> float:
    """The predicted error as T grows at fixed gamma: the noise that no linear student removes."""
    return float(evaluate(problem.model(10**15, gamma)).loss) + problem.noise / 2
