"""The image problem: patches share no pixel, the label stays out of the inputs, the moments are the population's."""

from dataclasses import replace

import numpy as np
import pytest

from numerics.float64 import evaluate_float64
from numerics.images import FeatureProblem, Patches, centre_pixel_task, feature_problem, image_patches, image_problem
from theory.errors import InvalidInput


@pytest.fixture(scope="module")
def patches() -> Patches:
    return image_patches(5)


@pytest.fixture(scope="module")
def problem() -> FeatureProblem:
    return image_problem(7, 0.1, 120, seed=3)


def most_often_used(patches: Patches) -> int:
    """How many patches the most used pixel belongs to."""
    used = np.zeros((patches.corner[:, 0].max() + 1, 1000, 1000), dtype=int)
    size = patches.grey.shape[1]
    for image, row, column in patches.corner:
        used[image, row : row + size, column : column + size] += 1
    return int(used.max())


def test_no_two_patches_share_a_pixel(patches: Patches) -> None:
    assert len(patches.grey) == len(patches.corner) == 2 * (427 // 5) * (640 // 5)
    assert most_often_used(patches) == 1
    moved = patches.corner.copy()
    moved[1000, 2] += 1
    assert most_often_used(replace(patches, corner=moved)) == 2


def test_patches_are_where_their_corners_say(patches: Patches) -> None:
    from sklearn.datasets import load_sample_images

    pictures = [image @ [0.299, 0.587, 0.114] / 255 for image in load_sample_images().images]
    for at in (0, 129, 10_879, 10_880, 21_759):
        image, row, column = patches.corner[at]
        assert np.array_equal(patches.grey[at], pictures[image][row : row + 5, column : column + 5])


def test_the_label_is_in_no_input_and_in_no_selection(patches: Patches) -> None:
    inputs, labels = centre_pixel_task(patches, 0.1)
    grey = patches.grey.copy()
    grey[:, 2, 2] = np.random.default_rng(0).random(len(grey))
    other_inputs, other_labels = centre_pixel_task(Patches(grey, patches.corner), 0.1)
    assert inputs.shape[1] == 24
    assert np.array_equal(inputs, other_inputs)
    assert not np.allclose(labels, other_labels)


def test_centred_and_scaled(patches: Patches) -> None:
    inputs, labels = centre_pixel_task(patches, 0.1)
    assert np.allclose(inputs.mean(axis=0), 0, atol=1e-12)
    assert np.isclose(np.square(inputs).mean(), 1)
    assert np.isclose(labels.mean(), 0, atol=1e-12)
    assert np.isclose(np.square(labels).mean(), 1)
    assert len(centre_pixel_task(patches, 0)[1]) == len(patches.grey)


def test_moments_are_the_population_s(problem: FeatureProblem) -> None:
    n, lam, f, y = problem.population, problem.eigenvalues, problem.features, problem.labels
    assert np.all(np.diff(lam) <= 0)
    assert np.allclose(f.T @ f / n, np.diag(lam), atol=1e-12 * lam[0])
    assert np.allclose(f.mean(axis=0), 0, atol=1e-10)
    assert np.allclose(problem.powers, (f.T @ y / n) ** 2 / lam, rtol=1e-8, atol=1e-15)
    assert np.isclose(problem.powers.sum() + problem.noise, 1, rtol=1e-12)
    residual = y - f @ np.linalg.lstsq(f, y)[0]
    assert np.isclose(np.square(residual).mean(), problem.noise, rtol=1e-10)


def test_the_model_is_ridge_regression_on_the_features(problem: FeatureProblem) -> None:
    values = evaluate_float64(problem.model(200, 3.0))
    assert np.isclose(values.kappa * (200 - values.df1), 3.0, rtol=1e-12)
    assert np.isclose(values.df1, (problem.eigenvalues / (problem.eigenvalues + values.kappa)).sum(), rtol=1e-12)


def test_relu_extends_the_spectrum_and_linear_modes_end_at_the_inputs() -> None:
    """A large common offset puts each unit wholly on one side of its kink: rank 24 at most, the rest dropped."""
    inputs, labels = centre_pixel_task(image_patches(5), 0.1)
    assert feature_problem(inputs, labels, 100, 0).eigenvalues.size == 100
    linear = feature_problem(inputs + 1e4, labels, 100, 0)
    assert 20 < linear.eigenvalues.size <= 24
    assert np.isclose(linear.powers.sum() + linear.noise, 1, rtol=1e-12)


def test_seeds() -> None:
    inputs, labels = centre_pixel_task(image_patches(7), 0.15)
    one, same, other = (feature_problem(inputs, labels, 50, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.features, same.features)
    assert not np.allclose(one.eigenvalues, other.eigenvalues)


@pytest.mark.parametrize("size", [1, 4, 101, 5.0, "5"])
def test_sizes_are_refused(size: object) -> None:
    with pytest.raises(InvalidInput, match="size"):
        image_patches(size)  # type: ignore[arg-type]


def test_other_arguments_are_refused() -> None:
    with pytest.raises(InvalidInput, match="contrast"):
        image_problem(contrast=0.9)
    with pytest.raises(InvalidInput, match="count"):
        image_problem(count=0)
    with pytest.raises(InvalidInput, match="count"):
        image_problem(count=10**6)
