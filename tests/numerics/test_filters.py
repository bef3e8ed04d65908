"""Gradient flow and spectral cutoff: planar theory against draws, limits, a planted error."""

import math

import numpy as np
import pytest

from numerics import evaluate, filters
from numerics.contours import GradientFlow, SpectralCutoff
from numerics.filters import evaluate_filtered, simulate_filtered
from numerics.simulation.direct import student
from theory import InvalidInput, Model

law = Model.power_law
MODELS = [law(1, 300, 60, 120, noise="1e-4"), law("0.5", 300, 80, 50, noise="1e-3", source=2)]
STUDENTS = [GradientFlow(100.0), GradientFlow(3000.0), SpectralCutoff(2), SpectralCutoff(15), SpectralCutoff(40)]
ERROR = 4.6  # standard errors: 4e-6 each of 20 comparisons


def deviations(model: Model, chosen: object, draws: int = 100) -> dict[str, tuple[float, float]]:
    """(simulated/planar - 1, its standard error) of signal and label noise."""
    theory, found = evaluate_filtered(model, chosen), simulate_filtered(model, chosen, draws, 3)  # type: ignore[arg-type]
    return {
        name: (found[name].mean / getattr(theory, name) - 1, (found[name].stderr or 0) / getattr(theory, name))
        for name in ("signal", "label_noise")
    }


@pytest.mark.parametrize("chosen", STUDENTS, ids=repr)
@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_theory_meets_simulation(model: Model, chosen: object) -> None:
    """4.6 standard errors plus 5/min(N, T), the finite-size term."""
    for name, (off, error) in deviations(model, chosen).items():
        assert abs(off) < ERROR * error + 5 / 50, name


@pytest.mark.parametrize("chosen", [GradientFlow(300.0), SpectralCutoff(10)], ids=repr)
def test_what_is_left_falls_as_one_over_n(chosen: object) -> None:
    """At six times the size the deviation is below a third of the bound above."""
    model = law(1, 1800, 360, 720, noise="1e-5")
    big = SpectralCutoff(60) if isinstance(chosen, SpectralCutoff) else chosen
    for name, (off, error) in deviations(model, big, 12).items():
        assert abs(off) < ERROR * error + 5 / 360, name


def test_a_wrong_sign_in_the_ladder_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = filters._pair_sums

    def wrong(lam: np.ndarray, power: np.ndarray, one: np.ndarray, two: np.ndarray) -> list[np.ndarray]:
        sums = right(lam, power, one, two)
        sums[2] = -sums[2]
        return sums

    monkeypatch.setattr(filters, "_pair_sums", wrong)
    off = deviations(MODELS[0], GradientFlow(100.0), 20)
    assert any(abs(value) > ERROR * error + 5 / 50 for value, error in off.values())


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_a_long_flow_is_the_ridgeless_student_and_a_short_one_learns_nothing(model: Model) -> None:
    """e^{-ts} leaves out eigenvalues below 1/t: at t = 1e9 none. At t -> 0 the loss is that of infinite ridge."""
    late, e = evaluate_filtered(model, GradientFlow(1e9)), evaluate(model)
    assert late.loss == pytest.approx(float(e.loss), rel=1e-9)
    early = evaluate_filtered(model, GradientFlow(1e-9))
    assert early.signal == pytest.approx(float(evaluate(model.with_(gamma=1e12)).signal), rel=1e-6)


def test_flow_without_projection() -> None:
    """N = inf: gradient flow on the data themselves; finite-size bound 5/T."""
    model = law(1, 300, math.inf, 100, noise="1e-3")
    for name, (off, error) in deviations(model, GradientFlow(3.0)).items():
        assert abs(off) < ERROR * error + 5 / 100, name


def test_white_spectrum_in_closed_form() -> None:
    """N = inf, all lambda = 1: bias and variance are Marchenko-Pastur averages of e^{-2ts} and (1 - e^{-ts})^2/s.

    Ali, Kolter and Tibshirani (arXiv:1810.10082), for phi = x unscaled: s = T times the sample covariance's.
    """
    from theory import Eigenvalues

    m, t, time = 200, 500, 2e-3
    model = Model(Eigenvalues([1.0] * m), math.inf, t, noise="0.1")
    found = evaluate_filtered(model, GradientFlow(time))
    low, high = ((math.sqrt(t) + sign * math.sqrt(m)) ** 2 for sign in (-1, 1))
    angle = (np.arange(4000) + 0.5) * math.pi / 4000
    s = (low + high) / 2 + (high - low) / 2 * np.cos(angle)
    weight = (np.sin(angle) * (high - low) / 2) ** 2 / (2 * math.pi * m * s) * math.pi / 4000
    assert weight.sum() == pytest.approx(1, rel=1e-6)
    assert found.signal == pytest.approx(float(weight @ np.exp(-2 * time * s)) / 2, rel=1e-6)
    noise = 0.1 * m * float(weight @ ((1 - np.exp(-time * s)) ** 2 / s)) / 2
    assert found.label_noise == pytest.approx(noise, rel=1e-6)


def test_filtered_draws_of_a_ridge_are_ridge_draws() -> None:
    """The draw's formula, with the ridge's own filter, against the factorised student."""
    from numerics.simulation.design import GAUSSIAN_DESIGN, draw_seed
    from numerics.simulation.direct import direct_draw, filtered_draw
    from numerics.simulation.problem import Problem

    for model in MODELS:
        ridge = model.with_(gamma="1e-2")
        seed = draw_seed(ridge, GAUSSIAN_DESIGN, 1, 0)
        direct = direct_draw(Problem.of(ridge), GAUSSIAN_DESIGN, seed)[:3]
        found = filtered_draw(Problem.of(ridge), GAUSSIAN_DESIGN, seed, lambda s: 1e-2 / (1e-2 + s))
        assert found == pytest.approx(direct, rel=1e-9)
    phi = np.random.default_rng(1).standard_normal((5, 9))
    assert student(phi, 0.0).shape == (9, 5)


def test_bad_input() -> None:
    for make, value in ((GradientFlow, 0.0), (GradientFlow, math.inf), (GradientFlow, math.nan), (SpectralCutoff, 0)):
        with pytest.raises(InvalidInput):
            make(value)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="components"):
        evaluate_filtered(MODELS[0], SpectralCutoff(60))
    with pytest.raises(InvalidInput, match="components"):
        evaluate_filtered(law(1, 300, math.inf, 100), SpectralCutoff(3))
    for work in (evaluate_filtered, simulate_filtered):
        with pytest.raises(InvalidInput, match="gamma"):
            work(MODELS[0].with_(gamma=1), GradientFlow(1.0))
    with pytest.raises(InvalidInput, match="T"):
        evaluate_filtered(law(1, 300, 10, math.inf), GradientFlow(1.0))
