r"""Ridge regression on the part held out: what was predicted, measured.

In each draw the held-out samples are put in random order, a map is drawn anew, and the first T samples train
students of the first N features, intercept fitted; those beyond the largest T test them. The k-th draw depends on
(seed, k) alone. From the training data, with residuals r and D^ the trace of the hat matrix,

    gcv = (1 + 1/T) |r|^2 / (2 (T - 1)) / (1 - D^/(T - 1))^2

(generalised cross-validation, of T - 1 degrees of freedom beside the intercept).

Standard errors. With s^2 the variance over K draws, f = T over the samples held out, and t^2 the variance over
tested samples of their mean error, m of them: stderr^2 = s^2 [1/K + f/(1 - f)] + t^2/m. The term in f is what
training sets drawn from one finite pool have in common; the last, what the test samples have.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from numerics.prediction.features import FeatureMap
from numerics.prediction.predict import Prediction
from numerics.prediction.task import LEAST, Task, shuffled
from theory.errors import InvalidInput

Tick = Callable[[], None]


@dataclass(frozen=True, eq=False)
class Trained:
    """At the points of a Prediction: mean test loss, its standard error, mean gcv and its spread over draws."""

    loss: np.ndarray
    stderr: np.ndarray
    gcv: np.ndarray
    gcv_spread: np.ndarray
    draws: int
    tested: int


@dataclass(frozen=True, eq=False)
class Draw:
    """One draw: inputs and labels of all held-out samples in its order, features of a new map (None: N = inf only).

    The first samples train; `test`: places of those that test; `tested`: which of the part these are.
    """

    inputs: np.ndarray
    labels: np.ndarray
    features: np.ndarray | None
    test: np.ndarray
    tested: np.ndarray

    def seen(self, N: float) -> np.ndarray:
        """What a student of N features sees of every sample."""
        return self.inputs if self.features is None or math.isinf(N) else self.features[:, : int(N)]


class Ridge:
    """The students of one training set at every ridge: centred, by the eigenvectors of the smaller Gram matrix."""

    def __init__(self, features: np.ndarray, labels: np.ndarray) -> None:
        self.centre, self.mean = features.mean(axis=0), labels.mean(axis=0)
        self.x, self.y = features - self.centre, labels - self.mean
        self.wide = self.x.shape[1] > self.x.shape[0]
        eigenvalues, self.axes = np.linalg.eigh(self.x @ self.x.T if self.wide else self.x.T @ self.x)
        self.eigenvalues = np.maximum(eigenvalues, 0)
        self.overlap = self.axes.T @ (self.y if self.wide else self.x.T @ self.y)

    def theta(self, gamma: float) -> np.ndarray:
        """(N, C): sklearn.linear_model.Ridge(alpha=gamma).coef_ transposed."""
        small = self.axes @ (self.overlap / (self.eigenvalues + gamma)[:, None])
        return self.x.T @ small if self.wide else small

    def errors(self, gamma: float, features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
        """(1/2)|y - student|^2 of each of other samples, and gcv."""
        theta = self.theta(gamma)
        T = len(self.x)
        df = float((self.eigenvalues / (self.eigenvalues + gamma)).sum())
        left = np.square(self.y - self.x @ theta).sum() / 2 / (T - 1)
        gcv = (1 + 1 / T) * left / (1 - df / (T - 1)) ** 2 if df < (T - 1) * (1 - 1e-9) else math.nan
        off = labels - self.mean - (features - self.centre) @ theta
        return np.square(off).sum(axis=1) / 2, float(gcv)


def draws_of(part: Task, student: FeatureMap, points: Prediction, draws: int, seed: int) -> Iterator[Draw]:
    """Draws for all N and T of `points`. Raises InvalidInput if the largest T leaves too few to test."""
    T = int(points.T.max())
    check_draws(part, T)
    finite = points.N[np.isfinite(points.N)]
    for k in range(draws):
        rng = np.random.default_rng([seed, 2, k])
        order = order_of(part, seed, k)
        test = np.arange(T, len(part))
        if part.groups is not None:
            test = test[part.groups[order[test]] != part.groups[order[T - 1]]]
            if test.size == 0:
                raise InvalidInput("-T", T, "training sets that leave a group to test")
        inputs, features = part.inputs[order], None
        if finite.size:
            features = student(inputs, student.weights(rng, finite.max(), inputs.shape[1]))
        yield Draw(inputs, part.labels[order], features, test, order[test])


def order_of(part: Task, seed: int, k: int) -> np.ndarray:
    """The order of the held-out samples in the k-th draw: the first train, the last test."""
    return shuffled(len(part), part.groups, np.random.default_rng([seed, 3, k]))


def check_draws(part: Task, T: int, draws: int = 2) -> None:
    """Raises InvalidInput for draws < 2 and for a T that leaves too few to test."""
    most = len(part) - LEAST
    if most < T:
        raise InvalidInput("-T", T, f"at most {most}: {len(part)} samples are held out, {LEAST} at least must test")
    if draws < 2:
        raise InvalidInput("--draws", draws, "an integer >= 2")


def train(
    part: Task, student: FeatureMap, points: Prediction, draws: int = 8, seed: int = 0, tick: Tick | None = None
) -> Trained:
    """Measure every point of a prediction on the held-out part; `tick` is called after each draw.

    Raises InvalidInput for draws < 2 or too large a T.
    """
    from threadpoolctl import threadpool_limits

    check_draws(part, int(points.T.max()), draws)
    losses, gcv = np.empty((draws, len(points))), np.empty((draws, len(points)))
    by_sample, seen = np.zeros((len(points), len(part))), np.zeros(len(part))
    with threadpool_limits(1, "blas"):  # most matrices are small
        for k, draw in enumerate(draws_of(part, student, points, draws, seed)):
            seen[draw.tested] += 1
            for N, T in sorted(set(zip(points.N.tolist(), points.T.tolist(), strict=True))):
                features = draw.seen(N)
                ridge = Ridge(features[:T], draw.labels[:T])
                for i in np.flatnonzero((points.N == N) & (points.T == T)):
                    errors, gcv[k, i] = ridge.errors(points.gamma[i], features[draw.test], draw.labels[draw.test])
                    losses[k, i] = errors.mean()
                    by_sample[i, draw.tested] += errors
            if tick is not None:
                tick()
    tested = seen > 0
    means = by_sample[:, tested] / seen[tested]
    share = points.T / len(part)
    variance = losses.var(axis=0, ddof=1) * (1 / draws + share / (1 - share)) + means.var(axis=1) / tested.sum()
    spread = gcv.std(axis=0, ddof=1)
    return Trained(losses.mean(axis=0), np.sqrt(variance), gcv.mean(axis=0), spread, draws, int(tested.sum()))
