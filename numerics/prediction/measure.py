"""Moments of the measured part, and their sampling error by leaving out blocks of samples and of features.

Samples are passed once, in BLOCKS blocks; of each only its sums are kept. Leaving one block out gives the moments
of the other samples; leaving out every FEATURE_BLOCKS-th feature, those of fewer features. What is predicted from
each, at its own n or P, is nearly unbiased (numerics.prediction.measured), so the jackknife

    stderr^2 = sum over samples' blocks and over features' blocks of (B - 1)/B sum_b (x_b - mean x)^2

holds for every prediction. Groups are not told apart by blocks: data with few large groups vary more than this.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

import numpy as np

from numerics.prediction.features import FeatureMap
from numerics.prediction.measured import Measured
from numerics.prediction.task import Task
from theory.errors import InvalidInput

BLOCKS = 16
MAX_WIDTH = 4096  # features: a block holds their Gram matrix
FEATURE_BLOCKS = 8
RETAINED = 1e-11  # modes below this part of the largest are rounding; their labels count as noise


@dataclass(frozen=True, eq=False)
class BlockSums:
    """n, sum x, sum y, sum x x^T, sum x y^T, sum y^T y of some samples."""

    count: int
    x: np.ndarray
    y: np.ndarray
    xx: np.ndarray
    xy: np.ndarray
    yy: float

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray) -> "BlockSums":
        return cls(len(x), x.sum(axis=0), y.sum(axis=0), x.T @ x, x.T @ y, float(np.square(y).sum()))

    def __add__(self, other: "BlockSums") -> "BlockSums":
        return BlockSums(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def __sub__(self, other: "BlockSums") -> "BlockSums":
        return BlockSums(*(getattr(self, f.name) - getattr(other, f.name) for f in fields(self)))

    def only(self, kept: np.ndarray) -> "BlockSums":
        """Of the features `kept` alone."""
        return BlockSums(self.count, self.x[kept], self.y, self.xx[np.ix_(kept, kept)], self.xy[kept], self.yy)

    def axes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
        """Eigenvalues and principal axes of the covariance, covariances with the labels, the labels' variance."""
        n = self.count - 1
        eigenvalues, axes = np.linalg.eigh((self.xx - np.outer(self.x, self.x) / self.count) / n)
        eigenvalues, axes = eigenvalues[::-1], axes[:, ::-1]
        kept = eigenvalues > RETAINED * eigenvalues[0]
        kept[n:] = False
        cross = (self.xy - np.outer(self.x, self.y) / self.count) / n
        variance = (self.yy - float(self.y @ self.y) / self.count) / n
        return eigenvalues[kept], axes[:, kept], cross, variance

    def moments(self, raw: bool, dimension: int) -> Measured:
        """Of features from a random map per feature; without one, of the inputs, projections with W of size 1/d."""
        eigenvalues, axes, cross, variance = self.axes()
        powers = np.square(axes.T @ cross).sum(axis=1) / eigenvalues
        noise = max(variance - float(powers.sum()), 0.0) if eigenvalues.size < self.count - 1 else 0.0
        if raw:
            return Measured(eigenvalues, powers, noise, self.count - 1, unit=float(dimension))
        return Measured(eigenvalues / len(self.x), powers, noise, self.count - 1, features=len(self.x))


@dataclass(frozen=True, eq=False)
class Measurement:
    """`full` moments; those without each block of samples, and without each block of features."""

    full: Measured
    without_samples: tuple[Measured, ...]
    without_features: tuple[Measured, ...]
    sums: tuple[BlockSums, ...]

    def stderr(self, quantity: Callable[[Measured], np.ndarray]) -> np.ndarray:
        """The jackknife's standard error of a quantity predicted."""
        variance = np.zeros(())
        for left_out in (self.without_samples, self.without_features):
            if len(left_out) > 1:
                values = np.stack([quantity(one) for one in left_out])
                variance = variance + (len(left_out) - 1) * values.var(axis=0)
        return np.sqrt(variance)

    @property
    def noise(self) -> float:
        """sigma_eps^2, the labels' part that is not linear in the features, corrected for the p modes fitted."""
        return float(corrected_noise(self.full))

    def powers(self, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """lambda_k, v_k and its standard error for the first modes, each corrected for what noise adds to a square.

        With a_k = E f_k y / sqrt(lambda_k) and its standard error s_k by blocks, v_k = sum over outputs of
        a_k^2 - s_k^2, and its variance the sum of 4 a_k^2 s_k^2 + 2 s_k^4: axes taken as given.
        """
        total = self.sums[0]
        for block in self.sums[1:]:
            total = total + block
        eigenvalues, axes, cross, _ = total.axes()
        eigenvalues, axes = eigenvalues[:count], axes[:, :count]
        centre, middle = total.x / total.count, total.y / total.count
        means = np.stack(
            [
                axes.T @ (b.xy - np.outer(centre, b.y) - np.outer(b.x, middle) + b.count * np.outer(centre, middle))
                / b.count / np.sqrt(eigenvalues)[:, None]
                for b in self.sums
            ]
        )  # fmt: skip
        a = axes.T @ cross / np.sqrt(eigenvalues)[:, None]
        s2 = means.var(axis=0, ddof=1) / len(self.sums)
        error = np.sqrt((4 * np.square(a) * s2 + 2 * np.square(s2)).sum(axis=1))
        return self.full.eigenvalues[:count], (np.square(a) - s2).sum(axis=1), error


def corrected_noise(moments: Measured) -> np.ndarray:
    """F at kappa = 0; 0 where the modes are as many as the samples."""
    left = 1 - moments.modes / moments.samples
    return np.array(moments.noise / left if left > 0 else 0.0)


def measure(part: Task, student: FeatureMap, width: float, seed: int, left_out: bool = True) -> Measurement:
    """The moments of `part` under a map of `width` features (inf without a map); without error if not `left_out`.

    Raises InvalidInput for a width below 1.
    """
    if not width >= 1 or MAX_WIDTH < width < math.inf:
        raise InvalidInput("--width", width, f"an integer from 1 to {MAX_WIDTH}")
    d = part.inputs.shape[1]
    if student.raw and d > MAX_WIDTH:
        raise InvalidInput("--map", student.activation, f"a random map: the inputs have {d} > {MAX_WIDTH} dimensions")
    weights = None if student.raw else student.weights(np.random.default_rng([seed, 1]), width, d)
    blocks = tuple(_block_sums(part, student, weights))
    total = blocks[0]
    for block in blocks[1:]:
        total = total + block
    if not np.all(np.isfinite(total.xx)) or np.trace(total.xx) == 0:
        raise InvalidInput("--map", student.activation, "a map whose features are finite and vary")
    size = total.x.size
    dropped = [np.arange(size) % FEATURE_BLOCKS != b for b in range(FEATURE_BLOCKS)]
    few = student.raw or size < 4 * FEATURE_BLOCKS
    return Measurement(
        total.moments(student.raw, d),
        tuple((total - block).moments(student.raw, d) for block in blocks if left_out),
        () if few or not left_out else tuple(total.only(kept).moments(False, d) for kept in dropped),
        blocks,
    )


def _block_sums(part: Task, student: FeatureMap, weights: np.ndarray | None) -> Iterator[BlockSums]:
    for rows in np.array_split(np.arange(len(part)), BLOCKS):
        yield BlockSums.of(student(part.inputs[rows], weights), part.labels[rows])


def features_of(part: Task, student: FeatureMap, width: float, seed: int) -> np.ndarray:
    """The features that `measure` saw."""
    weights = None if student.raw else student.weights(np.random.default_rng([seed, 1]), width, part.inputs.shape[1])
    features = student(part.inputs, weights)
    return features / (1.0 if student.raw else math.sqrt(width))
