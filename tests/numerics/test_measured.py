"""Planar theory from measured moments. Statistical tests: false alarm 1e-4 each, seeded."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t as student

from numerics.float64 import evaluate_grid
from numerics.optimum import optimal_ridge
from numerics.prediction.measured import Measured
from theory.errors import InvalidInput
from theory.model import Model, Powers
from theory.spectrum import Eigenvalues

M, NOISE = 200, 0.2
LAMBDA = np.arange(1.0, M + 1) ** -1.5
POWERS = 0.8 * LAMBDA / LAMBDA.sum()
MODEL = Model(Eigenvalues(LAMBDA), N=1, T=1, source=Powers(POWERS), noise=NOISE)
TRUTH = Measured(LAMBDA, POWERS, NOISE, math.inf)
SIZES = (np.array([50, 50, 150, 150, 700]), np.array([30, 500, 120, 2000, 80]))
RIDGES = np.array([3.0, 30.0, 100.0, 10_000.0, 200.0])


def exact(N: np.ndarray, T: np.ndarray, gamma: np.ndarray) -> np.ndarray:
    """Planar theory itself; u has unit variance here, 1/M in Model."""
    return evaluate_grid(MODEL, N=N, T=T, gamma=gamma / M).loss + NOISE / 2


def measured(n: int, P: int, rng: np.random.Generator) -> Measured:
    """Moments of n Gaussian samples of P random features, by the singular values of the feature matrix."""
    x = rng.standard_normal((n, M)) * np.sqrt(LAMBDA)
    labels = x @ np.sqrt(POWERS / LAMBDA) + math.sqrt(NOISE) * rng.standard_normal(n)
    axes, singular, _ = np.linalg.svd(x @ rng.standard_normal((M, P)), full_matrices=False)
    kept = singular > 1e-9 * singular[0]
    axes, singular = axes[:, kept], singular[kept]
    overlap = axes.T @ labels
    noise = max(float(labels @ labels - overlap @ overlap), 0.0) / n if singular.size < n else 0.0
    return Measured(np.square(singular) / (n * P), np.square(overlap) / n, noise, n, P)


def score(values: list[np.ndarray], truth: np.ndarray) -> np.ndarray:
    """|t| over its limit at false alarm 1e-4, shared among the points."""
    table = np.array(values)
    t = np.abs(table.mean(axis=0) - truth) / table.std(axis=0, ddof=1) * math.sqrt(len(table))
    return t / student.ppf(1 - 0.5e-4 / truth.size, len(table) - 1)


def test_everything_measured_is_planar_theory() -> None:
    found = TRUTH.solve(*SIZES, RIDGES)
    values = evaluate_grid(MODEL, N=SIZES[0], T=SIZES[1], gamma=RIDGES / M)
    assert np.allclose(found.loss, values.loss + NOISE / 2, rtol=1e-12)
    assert np.allclose(found.kappa, values.kappa, rtol=1e-12)
    assert np.allclose(found.df1, values.df1, rtol=1e-12)
    assert np.allclose(found.df2, values.df2, rtol=1e-12)
    assert np.allclose(found.gamma, RIDGES, rtol=1e-12)


def test_the_unit_of_the_ridge() -> None:
    assert np.allclose(replace(TRUTH, unit=7.0).solve(*SIZES, RIDGES / 7).loss, exact(*SIZES, RIDGES), rtol=1e-12)


def test_without_projection() -> None:
    wide = MODEL.with_(N=math.inf)
    planar = evaluate_grid(wide, T=SIZES[1], gamma=RIDGES).loss + NOISE / 2
    assert np.allclose(TRUTH.solve(math.inf, SIZES[1], RIDGES).loss, planar, rtol=1e-12)


def test_all_measured_features_are_a_finite_population_s() -> None:
    """N = P: the same as ridge regression on these P features (tested in test_regression by whole populations)."""
    pool = measured(400, 60, np.random.default_rng(0))
    fixed = Measured(pool.eigenvalues * 60, pool.powers, pool.noise, 400)
    T, ridges = np.array([20, 100, 300, 900]), np.array([5.0, 0.1, 30.0, 2.0])
    assert np.allclose(pool.solve(60, T, ridges).loss, fixed.solve(math.inf, T, ridges).loss, rtol=1e-10)


@pytest.mark.parametrize(("n", "P"), [(300, 300), (150, 250), (250, 200)])
def test_few_samples_and_features_foretell_more(n: int, P: int) -> None:
    """T up to thirteen times the samples measured, N up to 3.5 times the features: mean over measurements, no bias."""
    rng = np.random.default_rng(n)
    values = [measured(n, P, rng).solve(*SIZES, RIDGES).loss for _ in range(40)]
    assert np.all(score(values, exact(*SIZES, RIDGES)) < 1)


@pytest.mark.parametrize(("n", "P", "wrong"), [(250, 200, {"samples": math.inf}), (600, 60, {"features": math.inf})])
def test_forgotten_corrections_are_caught(n: int, P: int, wrong: dict[str, float]) -> None:
    rng, at = np.random.default_rng(1), (np.array([50, 55]), np.array([80, 500]), np.array([1.0, 1.0]))
    pools = [measured(n, P, rng) for _ in range(40)]
    assert np.all(score([pool.solve(*at).loss for pool in pools], exact(*at)) < 1)
    assert np.max(score([replace(pool, **wrong).solve(*at).loss for pool in pools], exact(*at))) > 2


def test_the_optimal_ridge() -> None:
    sizes = np.array([50, 400]), np.array([300, 60])
    best = TRUTH.best(*sizes)
    for N, T, gamma in zip(*sizes, best.gamma, strict=True):
        known = float(optimal_ridge(MODEL.with_(N=int(N), T=int(T)))) * M
        assert gamma == pytest.approx(known, rel=1e-4)
    pool = measured(250, 200, np.random.default_rng(2))
    best = pool.best(*sizes)
    for factor in (0.7, 1.4):
        assert np.all(pool.solve(*sizes, best.gamma * factor).loss > best.loss)


def test_plateaus() -> None:
    pool = measured(400, 100, np.random.default_rng(3))
    for N in (10.0, 60.0, 100.0):
        assert pool.plateau(N) == pytest.approx(float(pool.solve(N, 1e13, 1.0).loss), rel=1e-5)
    with pytest.raises(InvalidInput, match="N = 101"):
        pool.plateau(101.0)


def test_what_was_not_measured_is_refused() -> None:
    """D would have to exceed the 40 samples measured."""
    pool = measured(40, 300, np.random.default_rng(4))
    assert np.isfinite(pool.solve(200, 30, 1e-3).loss)
    with pytest.raises(InvalidInput, match="40 samples"):
        pool.solve(200, 150, 1e-3)
    values = pool.solve([200, 200], [150, 30], 1e-3, partial=True).loss
    assert np.isnan(values).tolist() == [True, False]
