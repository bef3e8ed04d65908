"""Predicted against measured learning curves. Statistical tests: false alarm 1e-4 each, and seeded."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t as student
from threadpoolctl import threadpool_limits

from numerics import regression
from numerics.float64 import evaluate_grid
from numerics.images import FeatureProblem, image_problem
from numerics.regression import LearningCurve, best_ridge, fourth_moment_shift, learning_curve, predict
from theory.errors import InvalidInput


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    with threadpool_limits(1, "blas"):
        yield


@pytest.fixture(scope="module")
def images() -> FeatureProblem:
    return image_problem()


@pytest.fixture(scope="module")
def curve(images: FeatureProblem) -> LearningCurve:
    return learning_curve(images, draws=32)


def gaussian(n: int, p: int, rng: np.random.Generator, spread: float = 0.0) -> FeatureProblem:
    """A population of n whose moments are exactly lambda_k = 1/k, v_k = 1/(2 k^2 sum), noise 1/2.

    With `spread`, rows of the Gaussian matrix are scaled by exp(spread times a normal): a scale mixture.
    """
    lam = 1 / np.arange(1.0, p + 1)
    powers = lam**2 / np.sum(lam**2) / 2
    rows = rng.standard_normal((n, p + 1)) * np.exp(spread * rng.standard_normal((n, 1)))
    triangle = np.linalg.cholesky(rows.T @ rows)
    white = math.sqrt(n) * np.linalg.solve(triangle, rows.T).T
    labels = white[:, :p] @ np.sqrt(powers) + math.sqrt(0.5) * white[:, p]
    return FeatureProblem(lam, powers, 0.5, white[:, :p] * np.sqrt(lam), labels)


@pytest.mark.parametrize("T", [20, 400])
def test_the_student_is_scikit_learn_s(images: FeatureProblem, T: int) -> None:
    from sklearn.linear_model import Ridge

    f, y = images.features[:T], images.labels[:T]
    theirs = Ridge(alpha=2.5, fit_intercept=False, solver="svd").fit(f, y).coef_
    assert np.allclose(regression.ridge_coefficients(f, y, 2.5), theirs, rtol=1e-8, atol=1e-10)


def test_infinite_population_is_planar_theory() -> None:
    small = gaussian(100, 30, np.random.default_rng(0))
    large = replace(small, labels=np.broadcast_to(0.0, 10**15))
    sizes, ridges = np.array([5, 20, 30, 31, 200]), 0.3
    planar = evaluate_grid(small.model(1, 1.0), T=sizes, gamma=ridges).loss + 0.25
    prediction = predict(large, sizes, ridges)
    assert np.allclose(prediction.loss, planar, rtol=1e-12)
    assert np.allclose(prediction.infinite, planar, rtol=1e-14)


@pytest.mark.parametrize(("T", "gamma"), [(30, 0.5), (150, 0.5), (150, 8.0), (240, 2.0)])
def test_finite_population_by_whole_populations(T: int, gamma: float) -> None:
    """n = 300, p = 40: populations drawn whole, errors measured member by member; three routes agree."""
    rng, draws = np.random.default_rng(T), 400
    template = gaussian(300, 40, rng)
    theory = predict(template, T, gamma)
    whole = [regression._measured(gaussian(300, 40, rng), T, gamma, rng) for _ in range(draws)]
    short = [regression._surrogate(template, T, gamma, rng) for _ in range(draws)]
    limit = student.ppf(1 - 0.5e-4, draws - 1)
    (a, da), (b, db) = ((np.mean(x), np.std(x, ddof=1) / math.sqrt(draws)) for x in (whole, short))
    assert abs(a - b) <= limit * math.hypot(da, db)
    assert abs(b - theory.loss) <= limit * db
    assert abs(a - theory.loss) <= limit * da
    if T >= 150:
        assert abs(a - theory.infinite) > 2 * limit * da  # the test can tell


def test_theory_agrees_with_the_gaussian_double(curve: LearningCurve) -> None:
    assert curve.z_limit == pytest.approx(student.ppf(1 - 0.5e-4 / 8, 31), rel=1e-9)
    assert curve.theory_agrees, curve.z


def test_theory_predicts_the_images(curve: LearningCurve, images: FeatureProblem) -> None:
    assert curve.agrees, curve.relative_error
    floor = images.noise / 2
    assert curve.measured[0] - floor > 4 * (curve.measured[-1] - floor)


def wrong(curve: LearningCurve, images: FeatureProblem, name: str) -> LearningCurve:
    """The curve with a deliberately wrong formula in place of theory."""
    known = curve.prediction
    if name == "infinite population":
        return replace(curve, prediction=replace(known, loss=known.infinite))
    if name == "no variance factor":
        return replace(curve, prediction=replace(known, loss=known.loss * (1 - known.df2 / known.T)))
    lam, kappa = images.eigenvalues, (known.gamma / known.T)[:, None]  # kappa T = gamma
    bias = (images.powers * (kappa / (lam + kappa)) ** 2).sum(axis=1)
    df2 = ((lam / (lam + kappa)) ** 2).sum(axis=1)
    return replace(curve, prediction=replace(known, loss=(images.noise + bias) / 2 / (1 - df2 / known.T)))


@pytest.mark.parametrize("name", ["infinite population", "no variance factor", "kappa T = gamma"])
def test_wrong_formulas_fail_against_the_double(curve: LearningCurve, images: FeatureProblem, name: str) -> None:
    assert not wrong(curve, images, name).theory_agrees


@pytest.mark.parametrize("name", ["no variance factor", "kappa T = gamma"])
def test_wrong_formulas_fail_against_the_images(curve: LearningCurve, images: FeatureProblem, name: str) -> None:
    off = np.abs(wrong(curve, images, name).relative_error)
    assert off.max() > 2 * regression.UNIVERSALITY
    assert np.median(off) > 2 * regression.UNIVERSALITY_MEDIAN


def test_flat_patches_are_too_far_from_gaussian() -> None:
    """All patches: fourth moments announce it, the measurement confirms it, and nothing passes by silence."""
    every = learning_curve(image_problem(contrast=0.0, count=200), (128, 512), draws=4)
    assert every.shift.min() > regression.UNIVERSALITY
    assert not every.data_agree


def test_fourth_moments() -> None:
    """No shift for a Gaussian population; for a scale mixture what is measured, within the first order."""
    rng, sizes = np.random.default_rng(5), np.array([400])
    plain, mixed = (gaussian(6000, 20, rng, spread) for spread in (0.0, 0.3))
    assert abs(fourth_moment_shift(plain, predict(plain, sizes, 1.0))[0]) < 0.002
    prediction, draws = predict(mixed, sizes, 1.0), 400
    (shift,) = fourth_moment_shift(mixed, prediction)
    values = [regression._measured(mixed, 400, 1.0, rng) for _ in range(draws)]
    off, error = np.mean(values) / prediction.loss[0] - 1, np.std(values) / math.sqrt(draws) / prediction.loss[0]
    assert shift > 0.01
    assert abs(off - shift) <= student.ppf(1 - 0.5e-4, draws - 1) * error + shift * prediction.df1[0] / 400 * 4


def test_optimal_ridge(images: FeatureProblem) -> None:
    sizes = (32, 512)
    best = best_ridge(images, sizes)
    least = predict(images, sizes, best).loss
    for factor in (0.5, 2.0):
        assert np.all(predict(images, sizes, best * factor).loss > least)
    at_best = learning_curve(images, sizes, "optimal", draws=8)
    assert np.array_equal(at_best.prediction.gamma, best)
    assert at_best.data_agree


def test_determinism(images: FeatureProblem) -> None:
    one, same, other = (learning_curve(images, (20, 40), draws=3, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.measured, same.measured)
    assert np.array_equal(one.surrogate, same.surrogate)
    assert not np.any(one.measured == other.measured)
    alone = learning_curve(images, (40,), draws=3, seed=1)
    assert np.isclose(alone.measured[0], one.measured[1], rtol=1e-12)  # a point depends on its own T alone


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("sizes", {"sizes": (0, 10)}),
        ("sizes", {"sizes": (10.0,)}),
        ("sizes", {"sizes": ()}),
        ("sizes", {"sizes": (3700,)}),
        ("gamma", {"gamma": 0.0}),
        ("gamma", {"gamma": math.nan}),
        ("gamma", {"gamma": "best"}),
        ("draws", {"draws": 1}),
        ("seed", {"seed": -1}),
    ],
)
def test_refusals(images: FeatureProblem, name: str, changes: dict) -> None:
    with pytest.raises(InvalidInput, match=name):
        learning_curve(images, **changes)
