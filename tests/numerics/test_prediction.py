"""Predicted against measured learning curves, on Gaussian data and on real data. Seeded; false alarms stated."""

import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import Ridge as TheirRidge
from threadpoolctl import threadpool_limits

from numerics.data import Dataset, load
from numerics.prediction import Study, Task, image_task, labelled_task, study
from numerics.prediction.compare import curves, slopes
from numerics.prediction.features import FeatureMap
from numerics.prediction.forecast import forecast
from numerics.prediction.measure import measure
from numerics.prediction.predict import loss, predict
from numerics.prediction.study import sizes
from numerics.prediction.task import halves
from numerics.prediction.train import Ridge, train
from theory.errors import InvalidInput

LIMIT = 4.5  # |z| of all points of a study: false alarm below 1e-4 for the 16 of them, with 8 draws' errors


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> object:
    with threadpool_limits(1, "blas"):
        yield


def gaussian(n: int = 6000, d: int = 120, outputs: int = 2, seed: int = 0) -> Task:
    """Linear teacher, noise of variance 0.3 per output, means away from zero."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, d)) * np.arange(1.0, d + 1) ** -0.6
    teacher = rng.standard_normal((d, outputs))
    labels = x @ teacher / 2 + math.sqrt(0.3) * rng.standard_normal((n, outputs)) + 5
    return Task("gaussian", x + 3, labels)


@pytest.fixture(scope="module")
def projected() -> Study:
    """Linear random features; the spectrum of 300, students of 40 and 200."""
    return study(gaussian(), "linear", 300, N=(40, 200), T=(48, 96, 400, 1200), ridges=("optimal", 20.0))


@pytest.fixture(scope="module")
def patches() -> Study:
    return study(image_task(), "relu", 240, N=(60, 200), T=(64, 128, 256, 512, 1024), ridges=("optimal",), seed=3)


def test_gaussian_data_are_predicted(projected: Study) -> None:
    """Planar theory is exact here as sizes grow; at T = 48 the finite-size term stays below 2 %."""
    over = np.abs(projected.trained.loss - projected.points.loss) - 0.02 * projected.points.loss
    assert np.all(over < LIMIT * np.hypot(projected.trained.stderr, projected.points.stderr)), projected.z
    assert projected.errors.median < 0.05
    assert np.max(np.abs(projected.shift)) < 0.03


def test_the_noise_and_the_plateau_are_found(projected: Study) -> None:
    """300 linear features span all 120 inputs: what is left is the noise, 0.3 for each of two outputs."""
    noise, error = projected.measurement.noise, math.sqrt(2 / 3000 / 2) * 0.6
    assert abs(noise - 0.6) < 4 * error
    by_size = {flat.N: flat for flat in projected.plateaus}
    assert by_size[200].predicted == pytest.approx(noise / 2, rel=1e-9)
    assert by_size[40].predicted > by_size[200].predicted


def wrong(study: Study, name: str) -> np.ndarray:
    """A prediction with a deliberate error in it."""
    points, full = study.points, study.measurement.full
    at = full.solve(points.N, points.T - 1, points.gamma)
    if name == "df1 for df2":
        return points.loss * (1 - at.df2 / points.T) / (1 - at.df1 / points.T)
    changed = {
        "twice the noise": replace(full, noise=2 * full.noise),
        "no noise": replace(full, noise=0.0),
    }[name]
    return loss(changed, points.N, points.T, points.gamma)


@pytest.mark.parametrize("name", ["df1 for df2", "twice the noise", "no noise"])
def test_wrong_theories_fail(projected: Study, name: str) -> None:
    off = np.abs(projected.trained.loss - wrong(projected, name)) - 0.02 * projected.points.loss
    assert np.any(off > LIMIT * np.hypot(projected.trained.stderr, projected.points.stderr))


def test_a_forgotten_correction_for_sampling_fails() -> None:
    """500 samples of 300 modes: the naive noise is two fifths of the true one. Mean of six measurements."""
    first, second = halves(gaussian(6000, 300, seed=2), 6000, 2)
    linear, at = FeatureMap("linear"), ((200.0,), (100, 400))
    measurements = [measure(first[rows], linear, 320, 2) for rows in np.split(np.arange(3000), 6)]
    points = [predict(one, *at, (100.0,)) for one in measurements]
    trained = train(second, linear, points[0], 8, 2)
    foretold = np.mean([one.loss for one in points], axis=0)
    sizes = points[0].N, points[0].T, points[0].gamma
    naive = np.mean([loss(replace(one.full, samples=math.inf), *sizes) for one in measurements], axis=0)
    error = np.hypot(trained.stderr, np.mean([one.stderr for one in points], axis=0) / math.sqrt(6))
    assert np.all(np.abs(trained.loss - foretold) < LIMIT * error)
    assert abs(trained.loss[1] - naive[1]) > LIMIT * error[1]


def test_raw_inputs_and_their_projections() -> None:
    found = study(gaussian(seed=1), "none", N=(30, math.inf), T=(60, 240), ridges=(1.0, "optimal"), seed=1)
    assert np.max(np.abs(found.z)) < LIMIT
    assert found.errors.largest < 0.12


def test_jackknife_errors_are_the_spread_over_measurements() -> None:
    """Ratio of mean squares over 16 fresh halves and maps: chi^2 of 15 keeps it in 0.19 .. 2.6 at 2e-3."""
    linear, at = FeatureMap("linear"), ((40,), (80,), (3.0,))
    found = []
    for seed in range(16):
        part, _ = halves(gaussian(1200, seed=7), 600, seed)
        found.append(predict(measure(part, linear, 120, seed), *at))
    values = np.array([one.loss[0] for one in found])
    told = np.mean([one.stderr[0] ** 2 for one in found])
    assert 0.19 < values.var(ddof=1) / told < 2.6


def test_powers_are_corrected_for_noise() -> None:
    """Labels that are noise alone have no power along any mode: the naive square has noise/n, 60 times an output.

    Over 16 outputs that is chi^2 of 960 degrees, of relative deviation sqrt(2/960): 4.5 of it are 0.21 (7e-6).
    """
    rng, outputs = np.random.default_rng(0), 16
    x = rng.standard_normal((2000, 60))
    part, _ = halves(Task("noise", x, rng.standard_normal((2000, outputs))), 2000, 0)
    _, powers, errors = measure(part, FeatureMap("none"), math.inf, 0).powers(60)
    assert abs(powers.sum()) < 4 * math.sqrt(np.square(errors).sum())
    naive = measure(part, FeatureMap("none"), math.inf, 0).full.powers.sum()
    assert naive == pytest.approx(60 * outputs / 999, rel=4.5 * math.sqrt(2 / (60 * outputs)))


@pytest.mark.parametrize("T", [20, 200])
def test_the_student_is_scikit_learn_s_with_intercept(T: int) -> None:
    task = gaussian(400, 40)
    x, y = task.inputs[:T], task.labels[:T]
    ours, theirs = Ridge(x, y), TheirRidge(alpha=2.0, solver="svd").fit(x, y)
    assert np.allclose(ours.theta(2.0).T, theirs.coef_, rtol=1e-8, atol=1e-10)
    errors, _ = ours.errors(2.0, task.inputs[T:], task.labels[T:])
    assert errors.mean() == pytest.approx(
        np.square(task.labels[T:] - theirs.predict(task.inputs[T:])).sum(axis=1).mean() / 2
    )


def test_theory_on_its_own_sample_is_generalised_cross_validation() -> None:
    """T = n, N = P on the samples measured: the two estimates are one."""
    part, _ = halves(gaussian(400, 40), 400, 0)
    student = FeatureMap("relu")
    measurement = measure(part, student, 70, 5)
    weights = student.weights(np.random.default_rng([5, 1]), 70, 40)
    _, gcv = Ridge(student(part.inputs, weights), part.labels).errors(
        4.0, part.inputs[:1] * np.ones(70)[:1].mean() @ np.zeros((40, 70)), part.labels[:1]
    )
    assert predict(measurement, (70,), (len(part),), (4.0,)).loss[0] == pytest.approx(gcv, rel=1e-9)


def test_cross_validation_finds_the_predicted_ridge(projected: Study) -> None:
    """At the largest T within a factor 2.5; and the loss there is no better than at ours by more than 1 %."""
    last = projected.choices[-1]
    assert 0.4 < last.cross_validated / last.predicted < 2.5
    assert all(choice.excess < 0.01 for choice in projected.choices)


# Real data ------------------------------------------------------------------------------------------


def test_image_patches_are_predicted(patches: Study) -> None:
    """Within 4.5 standard errors and twice what the fourth moments foretell; nothing is fitted to the curve."""
    over = np.abs(patches.relative_error) - 2 * np.abs(patches.shift)
    relative = np.hypot(patches.trained.stderr, patches.points.stderr) / patches.points.loss
    assert np.all(over < LIMIT * relative)
    assert patches.errors.median < 0.2
    assert np.max(np.abs(patches.shift)) < 0.1


def test_patches_exponents_and_forecast(patches: Study) -> None:
    assert len(patches.forecasts) == len(patches.plateaus) == 2
    for _, _, where in curves(patches.points):
        whole = slopes(patches.points, patches.trained, where)[-1]
        assert (whole.low, whole.high) == (64, 1024)
        assert abs(whole.predicted - whole.measured) < LIMIT * whole.stderr + 0.03


def test_flat_patches_are_announced_and_seen() -> None:
    """All patches: the fourth moments foretell over 10 %, and the measurement is off by as much, upwards."""
    every = study(image_task(contrast=0.0), "relu", 120, N=(100,), T=(128, 512), draws=4, samples=10_000)
    assert every.shift.min() > 0.1
    assert every.relative_error.min() > 0.1


def test_digits_are_predicted() -> None:
    found = study(labelled_task(load("digits")), "relu", 200, N=(100,), T=(64, 256), draws=4)
    over = np.abs(found.relative_error) - 2 * np.abs(found.shift)
    relative = np.hypot(found.trained.stderr, found.points.stderr) / found.points.loss
    assert np.all(over < LIMIT * relative)


# Tasks and halves -----------------------------------------------------------------------------------


def test_next_patches_share_no_pixel() -> None:
    """Every patch serves once: as input or as label of one pair."""
    from numerics.images import image_patches

    task = image_task("next", 5, 0.0)
    flat = image_patches(5).grey.reshape(-1, 25)
    scale = math.sqrt(
        flat[1::2].var(axis=0).sum() / np.square(task.labels - task.labels.mean(axis=0)).mean(axis=0).sum()
    )
    assert len(task) == len(flat) // 2
    assert np.allclose(task.inputs, flat[0::2])
    assert np.allclose(task.labels * scale, flat[1::2])


def test_centre_pixel() -> None:
    task = image_task("centre", 3, 0.0)
    assert task.inputs.shape[1] == 8
    assert task.labels.var(axis=0).sum() == pytest.approx(1)


def test_kinds_and_numbers() -> None:
    x = np.random.default_rng(0).standard_normal((6, 2))
    kinds = labelled_task(Dataset("a", x, np.array(["u", "v", "u", "w", "v", "u"])))
    assert kinds.labels.sum(axis=0).tolist() == [3, 2, 1]
    numbers = labelled_task(Dataset("a", x, np.arange(6) / 2))
    assert numbers.labels[:, 0].tolist() == [0, 0.5, 1, 1.5, 2, 2.5]


def test_halves_are_disjoint_and_groups_whole() -> None:
    task = replace(gaussian(600, 5), groups=np.repeat(np.arange(60), 10))
    first, second = halves(task, 500, 4)
    assert not set(first.groups) & set(second.groups)
    assert 440 <= len(first) + len(second) <= 500
    again, _ = halves(task, 500, 4)
    assert np.array_equal(first.inputs, again.inputs)
    assert first.inputs.mean() == pytest.approx(0, abs=1e-12)
    assert np.square(first.inputs).mean() == pytest.approx(1)
    found = study(task, "none", T=(20,), draws=2)
    assert found.trained.tested > 0


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("--map", {"activation": "cube"}),
        ("--width", {"width": 0}),
        ("-N", {"N": (0,)}),
        ("-N", {"N": (math.inf,)}),
        ("-T", {"T": (1,)}),
        ("-T", {"T": (4000,)}),
        ("-T", {"T": (2990,)}),
        ("--gamma", {"ridges": (0.0,)}),
        ("--gamma", {"ridges": ("best",)}),
        ("--draws", {"draws": 1}),
        ("DATA", {"samples": 20}),
    ],
)
def test_refusals(name: str, change: dict) -> None:
    with pytest.raises(InvalidInput, match=f"^{name} = "):
        study(gaussian(6000, 10), **({"activation": "relu", "width": 20} | change))


@pytest.mark.parametrize("task", [Task("a", np.ones((300, 2)), np.arange(300.0)[:, None]),
                                  Task("a", np.random.default_rng(0).random((300, 2)), np.ones((300, 1)))])  # fmt: skip
def test_what_does_not_vary_is_refused(task: Task) -> None:
    with pytest.raises(InvalidInput, match="constant"):
        halves(task, 300, 0)


def test_unlabelled_data_and_one_class_are_refused() -> None:
    x = np.random.default_rng(0).random((5, 2))
    with pytest.raises(InvalidInput, match="labels to learn"):
        labelled_task(Dataset("a", x))
    with pytest.raises(InvalidInput, match="one class"):
        labelled_task(Dataset("a", x, np.ones(5, dtype=int)))


# Forecast, determinism ------------------------------------------------------------------------------


def test_a_power_law_with_offset_is_found() -> None:
    T = np.array([32, 64, 128, 256, 512, 1024])
    law = 0.7 * T**-0.6 + 0.1
    found = forecast(T, law, 1e-4 * law, 5)
    assert found is not None
    assert (found.exponent, found.offset, found.until) == (
        pytest.approx(0.6, rel=1e-4),
        pytest.approx(0.1, rel=1e-3),
        512,
    )
    assert found(T[-1:]) == pytest.approx(law[-1:], rel=1e-5)
    assert forecast(T, law, 1e-4 * law, 3) is None


def test_seeds() -> None:
    small = {"width": 30, "N": (20,), "T": (40,), "draws": 2}
    one, same, other = (study(gaussian(300, 8), seed=seed, **small) for seed in (1, 1, 2))  # type: ignore[arg-type]
    assert np.array_equal(one.trained.loss, same.trained.loss)
    assert np.array_equal(one.points.loss, same.points.loss)
    assert not np.any(one.trained.loss == other.trained.loss)


def test_default_sizes() -> None:
    assert sizes(2000)[:4] == (32, 45, 64, 91)
    assert sizes(2000)[-1] <= 1500
    assert sizes(60) == (32,)
