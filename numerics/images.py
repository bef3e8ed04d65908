r"""Real data: the centre pixel of an image patch, learnt from a random ReLU map of the other pixels.

The two photographs that scikit-learn ships are turned to grey and cut along a grid, so no two patches share
a pixel. The population is every patch whose surround has at least a given contrast, n patches in all:

    inputs    the size^2 - 1 pixels around the centre, centred, scaled to unit mean square
    label     the centre pixel y, centred, scaled to E y^2 = 1
    features  relu(W x), W_{jk} ~ N(0, 1/(size^2 - 1)), centred, along their principal axes f_k

with E the mean over the population. What the model needs of it, with no fit to any learning curve:

    lambda_k = E f_k^2,    v_k = (E y f_k)^2 / lambda_k,    sigma_eps^2 = E y^2 - sum_k v_k,

the last being the part of the label that is not linear in the features. Ridge regression on the features is
the model at N = inf (theory.model). Why a contrast: most patches of these photographs are flat (sky, a
blurred background), and a mixture of flat and textured patches is far from Gaussian; see numerics.regression,
which measures how far. The selection looks at the surround only, never at the label.
"""

import math
from dataclasses import dataclass

import numpy as np

from theory.errors import InvalidInput
from theory.model import Model, Powers
from theory.spectrum import Eigenvalues

GREY = np.array([0.299, 0.587, 0.114])  # luma of ITU-R BT.601
DIGITS = 1e6  # a retained singular value stands this far above the rounding error of the largest


@dataclass(frozen=True, eq=False)
class Patches:
    """Grey patches, shape (n, size, size), values 0..1, and `corner`, shape (n, 3): image, row, column."""

    grey: np.ndarray
    corner: np.ndarray


@dataclass(frozen=True, eq=False)
class FeatureProblem:
    """A finite population of features and labels, and the numbers that planar theory reads off it.

    eigenvalues : lambda_k > 0 in decreasing order, shape (p,); powers : v_k >= 0, shape (p,)
    noise : sigma_eps^2 >= 0; features : (n, p), columns of mean square lambda_k, mutually orthogonal
    labels : (n,), of zero mean and unit mean square, so sum(powers) + noise = 1
    """

    eigenvalues: np.ndarray
    powers: np.ndarray
    noise: float
    features: np.ndarray
    labels: np.ndarray

    @property
    def population(self) -> int:
        """n, the number of patches."""
        return self.labels.size

    def model(self, T: int, gamma: float) -> Model:
        """Ridge regression on the features from T patches: N = inf, so kappa (T - D) = gamma."""
        spectrum, teacher = Eigenvalues(self.eigenvalues), Powers(self.powers)
        return Model(spectrum, N=math.inf, T=T, gamma=gamma, noise=self.noise, source=teacher)  # type: ignore[arg-type]


def image_patches(size: int = 5) -> Patches:
    """All size x size patches on a grid of that step, of both photographs of sklearn.datasets.

    The remainder at the right and lower edge is left out. Raises InvalidInput unless size is odd and 3..99.
    """
    if not isinstance(size, int) or size % 2 == 0 or not 3 <= size <= 99:
        raise InvalidInput("size", size, "an odd integer from 3 to 99")
    from sklearn.datasets import load_sample_images

    grey, corner = [], []
    for index, image in enumerate(load_sample_images().images):
        picture = image @ GREY / 255
        rows, columns = (length // size for length in picture.shape)
        tiles = picture[: rows * size, : columns * size].reshape(rows, size, columns, size).swapaxes(1, 2)
        grey.append(tiles.reshape(-1, size, size))
        row, column = (size * grid.ravel() for grid in np.mgrid[:rows, :columns])
        corner.append(np.stack([np.full_like(row, index), row, column], axis=1))
    return Patches(np.concatenate(grey), np.concatenate(corner))


def centre_pixel_task(patches: Patches, contrast: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (n, size^2 - 1) and labels (n,) of the patches whose surround has standard deviation >= contrast.

    Grey runs from 0 to 1. Centred per pixel; one common scale for the inputs, so their spectrum keeps its
    shape. Raises InvalidInput if no patch is left.
    """
    flat = patches.grey.reshape(len(patches.grey), -1)
    centre = flat.shape[1] // 2
    surround, label = np.delete(flat, centre, axis=1), flat[:, centre]
    kept = surround.std(axis=1) >= contrast
    if kept.sum() < 2:
        raise InvalidInput("contrast", contrast, f"a number below {surround.std(axis=1).max():.3g}")
    surround, label = surround[kept], label[kept]
    surround, label = surround - surround.mean(axis=0), label - label.mean()
    return surround / np.sqrt(np.square(surround).mean()), label / np.sqrt(np.square(label).mean())


def feature_problem(inputs: np.ndarray, labels: np.ndarray, count: int = 300, seed: int = 0) -> FeatureProblem:
    """Features relu(W x) with seeded W, centred and rotated to their principal axes.

    The axes come from the singular values of the (n, p) features, not from the squared ones of their
    covariance; modes within DIGITS times the rounding error of the largest are dropped. Raises
    InvalidInput unless 1 <= count < n.
    """
    if not isinstance(count, int) or not 1 <= count < labels.size:
        raise InvalidInput("count", count, f"an integer from 1 to {labels.size - 1}")
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((count, inputs.shape[1])) / math.sqrt(inputs.shape[1])
    features = np.maximum(inputs @ weights.T, 0)
    axes, singular, _ = np.linalg.svd(features - features.mean(axis=0), full_matrices=False)
    kept = singular > DIGITS * np.finfo(float).eps * singular[0]
    axes, singular = axes[:, kept], singular[kept]
    overlap = axes.T @ labels
    noise = float(np.square(labels - axes @ overlap).mean())
    powers = np.square(overlap) / labels.size
    return FeatureProblem(np.square(singular) / labels.size, powers, noise, axes * singular, labels)


def image_problem(size: int = 5, contrast: float = 0.1, count: int = 300, seed: int = 0) -> FeatureProblem:
    """The whole walk: patches of `size`, surround's contrast at least `contrast`, `count` random features."""
    return feature_problem(*centre_pixel_task(image_patches(size), contrast), count, seed)
