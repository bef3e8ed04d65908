"""Natural-image patches through a random ReLU map, as a regression problem with known population.

The two photographs that scikit-learn ships are cut into non-overlapping grey patches, so no two
patches share a pixel. The label is the centre pixel, the input the other pixels; both are centred
and scaled by the mean and contrast of the input pixels of that patch (local contrast normalisation,
blind to the label), which tames the heavy tails of contrast in photographs.
"""

import math
from dataclasses import dataclass

import numpy as np

from theory.errors import InvalidInput
from theory.model import Model, Powers
from theory.spectrum import Eigenvalues

CONTRAST_FLOOR = 1e-2  # of full scale: flat patches of sky are not blown up to noise
RANK_TOLERANCE = 1e-12  # of the largest eigenvalue: below, a mode is rounding


@dataclass(frozen=True)
class FeatureProblem:
    """A finite population of features and labels, in the eigenbasis of the features' covariance.

    features : (P, K), centred, uncorrelated; mode k has variance eigenvalues[k]
    labels : (P,), centred, unit variance
    powers : v_k, the label's variance carried by mode k
    noise : the label's variance that is not linear in the features
    powers and noise are unbiased for the law the P patches are drawn from: a least-squares fit of K
    modes to P patches underestimates the residual by 1 - K/P and overestimates each v_k by noise/P.
    """

    features: np.ndarray
    labels: np.ndarray
    eigenvalues: np.ndarray
    powers: np.ndarray
    noise: float

    def model(self, T: int, gamma: float) -> Model:
        """The planar model: ridge regression on the features themselves (N infinite)."""
        return Model(
            Eigenvalues(self.eigenvalues), math.inf, T, gamma=gamma, noise=self.noise, source=Powers(self.powers)
        )


def image_patches(size: int = 7) -> np.ndarray:
    """Grey patches, shape (P, size^2), values 0..1; odd size from 3 to 31. Raises InvalidInput."""
    if not isinstance(size, int) or size % 2 == 0 or not 3 <= size <= 31:
        raise InvalidInput("size", size, "an odd integer from 3 to 31")
    from sklearn.datasets import load_sample_images

    found = []
    for image in load_sample_images().images:
        grey = image.mean(axis=2) / 255
        rows, columns = (length // size for length in grey.shape)
        tiles = grey[: rows * size, : columns * size].reshape(rows, size, columns, size).swapaxes(1, 2)
        found.append(tiles.reshape(rows * columns, size * size))
    return np.concatenate(found)


def centre_pixel_task(patches: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (P, size^2 - 1) and labels (P,): the centre from the rest, contrast-normalised, centred."""
    centre = patches.shape[1] // 2
    rest = np.delete(patches, centre, axis=1)
    level = rest.mean(axis=1, keepdims=True)
    contrast = np.sqrt(rest.var(axis=1, keepdims=True) + CONTRAST_FLOOR**2)
    inputs, labels = (rest - level) / contrast, ((patches[:, [centre]] - level) / contrast).ravel()
    labels = labels - labels.mean()
    return inputs - inputs.mean(axis=0), labels / labels.std()


def relu_features(inputs: np.ndarray, count: int, seed: int) -> np.ndarray:
    """max(0, W x) with W_{ji} ~ N(0, 1/d), shape (P, count), centred over the population."""
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((inputs.shape[1], count)) / math.sqrt(inputs.shape[1])
    features = np.maximum(inputs @ weights, 0)
    return features - features.mean(axis=0)


def feature_problem(inputs: np.ndarray, labels: np.ndarray, count: int, seed: int) -> FeatureProblem:
    """The regression problem on `count` random ReLU features. Needs more patches than features."""
    population = labels.size
    if not 1 <= count < population:
        raise InvalidInput("count", count, f"a number of features from 1 to {population - 1}")
    raw = relu_features(inputs, count, seed)
    values, vectors = np.linalg.eigh(raw.T @ raw / population)
    kept = values > RANK_TOLERANCE * values[-1]
    values, vectors = values[kept][::-1], vectors[:, kept][:, ::-1]
    features = raw @ vectors
    fitted = (features.T @ labels / population) ** 2 / values
    noise = float(labels @ labels / population - fitted.sum()) * population / (population - values.size)
    return FeatureProblem(features, labels, values, np.maximum(fitted - noise / population, 0.0), noise)
