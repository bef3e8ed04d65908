"""The simulation against brute force, exact facts at finite size, and planar theory."""

import math
from typing import Any

import numpy as np
import pytest

from numerics import evaluate, simulate, split
from numerics.simulate import LOSSES, _draw, _Problem, spectrum_arrays
from theory import Eigenvalues, InvalidInput, Model, Powers

law = Model.power_law
FALSE_ALARM_SCORE = 4.5  # two-sided 7e-6 a comparison


def by_hand(model: Model, seed: np.random.SeedSequence) -> tuple[float, float, float]:
    """signal, noise, training loss of one draw, by explicit loops over an orthonormal basis of teachers.

    A teacher with E w_I^2 = W_I is averaged exactly by summing over the M teachers sqrt(W_I) e_I; label
    noise by summing over the T unit noises.
    """
    lam, power = spectrum_arrays(model)
    rng = np.random.default_rng(seed)
    x = np.sqrt(lam)[:, None] * rng.standard_normal((model.M, int(model.T)))
    if math.inf == model.N:
        u = np.eye(model.M)
    else:
        u = rng.standard_normal((int(model.N), model.M)) * float(model.sigma_u) / math.sqrt(model.M)
    phi = u @ x
    gamma, noise = float(model.gamma), float(model.noise)

    def student(y: np.ndarray) -> np.ndarray:
        if gamma == 0:
            return y @ np.linalg.pinv(phi)
        return y @ phi.T @ np.linalg.inv(gamma * np.eye(phi.shape[0]) + phi @ phi.T)

    signal = fit = label_noise = 0.0
    for i in range(model.M):
        w = np.zeros(model.M)
        w[i] = math.sqrt(power[i] / lam[i])
        theta = student(w @ x)
        signal += ((theta @ u - w) ** 2 @ lam) / 2
        fit += ((theta @ phi - w @ x) ** 2).sum() / 2
    for t in range(int(model.T)):
        unit = np.zeros(int(model.T))
        unit[t] = 1.0
        theta = student(unit)
        label_noise += noise * ((theta @ u) ** 2 @ lam) / 2
        fit += noise * ((theta @ phi - unit) ** 2).sum() / 2
    c = model.outputs
    return c * signal, c * label_noise, c * fit / int(model.T)


@pytest.mark.parametrize(
    "model",
    [
        law(1, 12, 5, 8, gamma="0.02", noise="0.1"),
        law(1, 12, 8, 5, gamma="0.02", noise="0.1", outputs=3, sigma_u=2, sigma_w="0.5"),
        law("0.5", 12, 5, 8, noise="0.1", source="1.2"),
        law(2, 12, 8, 5, noise="0.1"),
        law(1, 6, 8, 9, noise="0.1"),
        law(1, 6, 9, 8, gamma="1e-9", noise="0.1"),
        law(1, 10, math.inf, 6, gamma="0.3", noise="0.1"),
        law(1, 10, math.inf, 15, gamma="0.3", noise="0.1"),
        law(1, 10, math.inf, 6, noise="0.1"),
        law(1, 10, math.inf, 15, noise="0.1"),
        Model(Eigenvalues([1, 5, 2.0]), 2, 4, gamma="0.1", noise="0.2", source=Powers([0.3, 0.1, 0.5])),
    ],
    ids=repr,
)
def test_traces_are_the_average_over_teachers_and_noise(model: Model) -> None:
    seed = np.random.SeedSequence(7)
    signal, noise, total, train = _draw(_Problem.of(model), seed)
    expected = by_hand(model, seed)
    scale = expected[0] + expected[1]
    assert signal == pytest.approx(expected[0], rel=1e-7, abs=1e-9 * scale)
    assert noise == pytest.approx(expected[1], rel=1e-7)
    assert train == pytest.approx(expected[2], rel=1e-7, abs=1e-12 * scale)
    assert total == signal + noise


def test_seeds_fix_draws_whatever_the_number_of_workers() -> None:
    model = law(1, 200, 20, 60, gamma="1e-3", noise="1e-3")
    one, two = simulate(model, 4, 5), simulate(model, 4, 5, jobs=2)
    longer = simulate(model, 6, 5)
    for name in LOSSES:
        np.testing.assert_allclose(one.samples[name], two.samples[name], rtol=1e-9)
        np.testing.assert_allclose(one.samples[name], longer.samples[name][:4], rtol=1e-9)
        assert not np.allclose(one.samples[name], simulate(model, 4, 6).samples[name], rtol=1e-6)


def test_single_draw_has_no_error() -> None:
    assert simulate(law(1, 30, 5, 9), 1).loss.stderr is None


def test_inverse_wishart_noise_is_exact_at_finite_size() -> None:
    """N infinite, gamma = 0, T > M + 1: the noise is (sigma^2/2) M/(T - M - 1), not M/(T - M)."""
    model = law(1, 20, math.inf, 50, noise="2")
    estimate = simulate(model, 400, 11).label_noise
    exact = 20 / (50 - 20 - 1)
    assert estimate.stderr is not None
    assert abs(estimate.mean - exact) < FALSE_ALARM_SCORE * estimate.stderr
    assert abs(estimate.mean - float(evaluate(model).label_noise)) > 2 * estimate.stderr  # the planar value is lower


@pytest.mark.parametrize(
    "model",
    [
        law(1, 800, 150, 400, gamma="1e-4", noise="1e-5"),
        law("0.5", 800, 400, 150, gamma="1e-3", noise="1e-4", source=2),
    ],
    ids=repr,
)
def test_every_estimate_meets_planar_theory(model: Model) -> None:
    """Within FALSE_ALARM_SCORE standard errors plus 3/min(N, T): the finite-size term, about 1/N here."""
    simulation, theory = simulate(model, 12, 3), evaluate(model)
    for name in LOSSES:
        estimate, value = simulation.estimate(name), float(getattr(theory, name))
        assert estimate.stderr is not None
        allowed = FALSE_ALARM_SCORE * estimate.stderr + 3 / min(model.N, model.T) * value
        assert abs(estimate.mean - value) < allowed, name
        assert abs(estimate.mean - 1.1 * value) > allowed, f"{name}: a 10% error would not be seen"


@pytest.mark.parametrize("bad", [{"draws": 0}, {"draws": 1.5}, {"seed": -1}, {"jobs": 0}, {"draws": True}], ids=str)
def test_bad_settings_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=f"^{next(iter(bad))} = "):
        simulate(law(1, 10, 2, 3), **bad)


@pytest.mark.parametrize(
    "model",
    [
        law(1, 10**12, 10, 10),
        law(1, 100, 10**6, 10**6),
        law(1, 10, 5, math.inf),
        law(1, 10, 5, 6, gamma="1e999"),
        law(1, 10, 5, 6, sigma_u="1e-999"),
        law(1, 6000, 5, 6, source=-100),
        law(90, 6000, 5, 6),
    ],
    ids=repr,
)
def test_impossible_models_are_refused_before_any_work(model: Model) -> None:
    with pytest.raises(InvalidInput, match="is not allowed: give"):
        simulate(model, 1)


def test_split_of_the_signal_by_replicas() -> None:
    """Bias and variances from predictors that share features, samples, or neither.

    With E_ij the error map of features i and samples j, products of two maps average to the loss of the
    predictor averaged over what the two do not share. Tolerance: 4/min(N, T) of the signal, the 1/N term
    (about 1/N here) and the scatter of 14 x 14 replicas.
    """
    model, r = law(1, 240, 80, 160, gamma="1e-3"), 14
    lam, power = spectrum_arrays(model)
    rng = np.random.default_rng(5)
    features = [rng.standard_normal((80, 240)) / math.sqrt(240) for _ in range(r)]
    samples = [np.sqrt(lam)[:, None] * rng.standard_normal((240, 160)) for _ in range(r)]
    weigh = np.sqrt(power / lam)[:, None] * np.sqrt(lam)
    maps = np.empty((r, r, 240, 240))
    for i, u in enumerate(features):
        for j, x in enumerate(samples):
            phi = u @ x
            p = np.linalg.solve(phi @ phi.T + 1e-3 * np.eye(80), phi).T
            maps[i, j] = weigh * (np.eye(240) - x @ p @ u)
    one = np.square(maps).sum()
    same_u, same_x = np.square(maps.sum(axis=1)).sum(), np.square(maps.sum(axis=0)).sum()
    none = np.square(maps.sum(axis=(0, 1))).sum()
    signal = one / r**2 / 2
    over_x, over_u = ((same - one) / (r**2 * (r - 1)) / 2 for same in (same_u, same_x))
    bias = (none - same_u - same_x + one) / (r * (r - 1)) ** 2 / 2
    found = {"bias": bias, "feature_variance": over_x - bias, "sample_variance": over_u - bias}
    found["interaction"] = signal - sum(found.values())
    theory = split(evaluate(model))
    allowed = 4 / 80 * signal
    for name, value in found.items():
        assert abs(value - float(theory[name])) < allowed, name
    assert float(theory["bias"]) > 3 * allowed  # a part left out would be seen
    assert float(theory["feature_variance"]) > 3 * allowed
