"""Kernels in doubles: sampling, the mixture for tanh, positive definiteness."""

import numpy as np
import pytest

from numerics.activations import ACTIVATIONS
from numerics.dual_kernels import erf_mixture, means, second_moment, second_moments, slopes
from theory.errors import InvalidInput
from theory.hermite import ACTIVATIONS as SYMBOLIC
from theory.hermite import coefficient_value

COVARIANCE = np.array([[1.2, 0.5, -0.7], [0.5, 0.4, 0.1], [-0.7, 0.1, 2.5]])
SAMPLES = 400_000
Z = 5.5  # standard errors: over all entries and activations, false alarm below 5e-6


def test_names_are_those_of_the_symbolic_activations() -> None:
    assert set(SYMBOLIC) == set(ACTIVATIONS)


def test_tanh_is_the_mixture_of_erfs() -> None:
    scales, weights = erf_mixture()
    z = np.linspace(-30, 30, 6001)
    mixed = weights @ ACTIVATIONS["erf"](np.outer(scales, z))
    assert np.abs(mixed - np.tanh(z)).max() < 2e-9
    assert (weights > 0).all()
    assert abs(weights.sum() - 1) < 1e-13


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_moments_against_samples(name: str) -> None:
    z = np.linalg.cholesky(COVARIANCE) @ np.random.default_rng(7).standard_normal((3, SAMPLES))
    f = ACTIVATIONS[name](z)
    for left, right, expected in (
        (f, f, second_moments(name, COVARIANCE)),
        (f, z, slopes(name, COVARIANCE.diagonal())[:, None] * COVARIANCE),  # Stein
    ):
        for i in range(3):
            for j in range(3):
                product = left[i] * right[j]
                assert abs(product.mean() - expected[i, j]) < Z * product.std() / np.sqrt(SAMPLES)
    assert (np.abs(f.mean(axis=1) - means(name, COVARIANCE.diagonal())) < Z * f.std(axis=1) / np.sqrt(SAMPLES)).all()


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_matrices_are_positive_and_their_diagonal_is_the_second_moment(name: str) -> None:
    u = np.random.default_rng(3).standard_normal((40, 4))
    matrix = second_moments(name, u @ u.T)  # rank 4 before the map: correlations close to one
    assert np.allclose(matrix.diagonal(), second_moment(name, (u @ u.T).diagonal()), rtol=1e-12)
    assert np.array_equal(matrix, matrix.T) or np.allclose(matrix, matrix.T, rtol=1e-15)
    assert np.linalg.eigvalsh(matrix)[0] > -1e-12 * np.trace(matrix)


def test_slope_of_tanh_is_its_first_coefficient() -> None:
    for s in (0.25, 2.0):
        expected = float(coefficient_value("tanh", 1, s, 20))
        assert abs(float(slopes("tanh", np.array(s))) * np.sqrt(s) - expected) < 1e-8


def test_large_and_small_variances_stay_finite() -> None:
    for name in ACTIVATIONS:
        for scale in (1e-12, 1e6):
            assert np.isfinite(second_moments(name, scale * COVARIANCE)).all()


def test_unknown_names() -> None:
    for call in (second_moments, second_moment, slopes, means):
        with pytest.raises(InvalidInput, match="activation"):
            call("swish", COVARIANCE)
