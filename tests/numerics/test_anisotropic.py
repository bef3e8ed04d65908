"""Weighted ridge penalties: planar theory against draws, limits, and why equal weights are best."""

import math

import numpy as np
import pytest
import sympy as sp

from numerics import evaluate, optimal_ridge
from numerics.anisotropic import evaluate_anisotropic, simulate_anisotropic, without_projection
from theory import InvalidInput, Model, anisotropic
from theory.planar import FEATURE_GAP

law = Model.power_law
MODELS = [
    law(1, 300, 60, 120, gamma="1e-3", noise="1e-4"),
    law("0.5", 300, 60, 50, gamma="1e-3", noise="1e-3", source=2, outputs=2, sigma_u=3),
]
WEIGHTS = [np.arange(1.0, 61), np.where(np.arange(60) < 20, 1e-2, 10.0), np.geomspace(1e-3, 1e3, 60)]
NAMES = ("signal", "label_noise", "train_loss")


@pytest.mark.parametrize("weights", WEIGHTS, ids=["linear", "two values", "six decades"])
@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_theory_meets_simulation(model: Model, weights: np.ndarray) -> None:
    """4.7 standard errors (3e-6 each of 18 comparisons) plus 3/N_eff, the finite-size term."""
    theory, found = evaluate_anisotropic(model, weights), simulate_anisotropic(model, weights, 64, 3)
    blind = evaluate(model.with_(gamma=theory.ridge))  # forgets the rung: N in place of N_eff
    room = 3 / theory.features
    for name in NAMES:
        one, value = found[name], float(getattr(theory, name))
        assert one.stderr is not None
        assert abs(one.mean - value) < 4.7 * one.stderr + room * value, name
    wrong = found["loss"].mean - float(blind.loss)
    if theory.features < 0.6 * model.N:
        assert abs(wrong) > 4.7 * (found["loss"].stderr or 0) + room * float(blind.loss)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_equal_weights_are_the_ridge(model: Model) -> None:
    for scale in (1.0, 0.37):
        found, e = evaluate_anisotropic(model, [scale] * 60), evaluate(model.with_(gamma=float(model.gamma) * scale))
        assert found.features == pytest.approx(60, rel=1e-12)
        for name in ("kappa", "df1", "df2", *NAMES):
            assert getattr(found, name) == pytest.approx(float(getattr(e, name)), rel=1e-11), name


def test_a_weight_without_bound_removes_its_feature() -> None:
    model = MODELS[0]
    found = evaluate_anisotropic(model, [1.0] * 45 + [1e13] * 15)
    fewer = evaluate(model.with_(N=45))
    assert found.features == pytest.approx(45, rel=1e-9)
    assert found.loss == pytest.approx(float(fewer.loss), rel=1e-9)
    assert found.train_loss == pytest.approx(float(fewer.train_loss), rel=1e-9)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_no_weights_beat_the_best_equal_ridge(model: Model) -> None:
    """The theorem in numbers: not at the same kappa, and not the optimal ridge."""
    best = float(evaluate(model.with_(gamma=optimal_ridge(model))).loss)
    rng = np.random.default_rng(5)
    for spread in (0.1, 1.0, 3.0):
        found = evaluate_anisotropic(model, np.exp(spread * rng.standard_normal(60)))
        same = evaluate(model.with_(gamma=found.ridge))
        assert found.features < 60
        assert found.loss > float(same.loss) >= best * (1 - 1e-12)


def test_the_loss_falls_with_features_at_fixed_kappa() -> None:
    """theory.anisotropic.slope is a ratio of polynomials with positive coefficients."""
    numerator, denominator = sp.fraction(anisotropic.slope())
    for side in (numerator, denominator):
        assert all(c > 0 for c in sp.Poly(sp.expand(side)).coeffs())
    assert not numerator.has(FEATURE_GAP)


def test_without_projection() -> None:
    """One draw, solved with the weights as they stand, against the equal-ridge model's own draws in the mean."""
    model = law(1, 40, math.inf, 30, gamma="0.01", noise="1e-3", source=3)
    rho = np.arange(1.0, 41) ** 0.7
    equal = without_projection(model, rho)
    lam = np.arange(1.0, 41) ** -2.0
    power = np.arange(1.0, 41) ** -3.0 / 40
    rng, losses = np.random.default_rng(4), []
    for _ in range(400):
        x = rng.standard_normal((40, 30)) * np.sqrt(lam)[:, None]
        p = x.T @ np.linalg.inv(x @ x.T + 0.01 * np.diag(rho))
        error = np.eye(40) - x @ p
        w = power / lam
        losses.append((w @ np.square(error) @ lam + 1e-3 * float(np.square(p) @ lam @ np.ones(30))) / 2)
    from numerics import simulate

    ours = simulate(equal, 400, 1).loss
    mean, stderr = float(np.mean(losses)), float(np.std(losses)) / 20
    assert ours.stderr is not None
    assert abs(mean - ours.mean) < 4.7 * math.hypot(stderr, ours.stderr)
    wrong = evaluate(model).loss
    assert abs(mean - float(wrong)) > 4.7 * stderr


def test_bad_input() -> None:
    model = MODELS[0]
    for weights in ([1.0] * 59, [0.0] * 60, [-1.0] * 60, [math.nan] * 60, [], "abc", [math.inf] * 60):
        with pytest.raises(InvalidInput, match="weights"):
            evaluate_anisotropic(model, weights)  # type: ignore[arg-type]
    for changed, named in (({"gamma": 0}, "gamma"), ({"N": math.inf}, "N"), ({"T": math.inf}, "T")):
        for work in (evaluate_anisotropic, simulate_anisotropic):
            with pytest.raises(InvalidInput, match=f"^{named} = "):
                work(model.with_(**changed), [1.0] * 60)
    with pytest.raises(InvalidInput, match="N = 60"):
        without_projection(model, [1.0] * 300)
