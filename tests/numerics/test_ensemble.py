"""Feature bagging: planar theory against crossed draws, limits, and a planted error."""

import math

import pytest

from numerics import evaluate, simulate, split
from numerics.ensemble import evaluate_ensemble, simulate_ensemble
from theory import InvalidInput, Model

law = Model.power_law
MODELS = [
    law(1, 300, 60, 120, gamma="1e-3", noise="1e-4"),
    law("0.5", 300, 60, 50, gamma="1e-3", noise="1e-3", source=2),
]


@pytest.mark.parametrize("members", [1, 2, 5])
@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_theory_meets_simulation(model: Model, members: int) -> None:
    """4.5 standard errors (7e-6 each of 18 comparisons) plus 3/min(N, T), the finite-size term."""
    theory, found = evaluate_ensemble(model, members), simulate_ensemble(model, members, 24, 3)
    for name, one in found.items():
        value = float(getattr(theory, name))
        assert one.stderr is not None
        allowed = 4.5 * one.stderr + 3 / 50 * value
        assert abs(one.mean - value) < allowed, name
    if members > 1:  # forgetting that the samples are shared would divide all of the variance by K
        alone = evaluate_ensemble(model, 1).loss
        assert abs(found["loss"].mean - alone / members) > 4.5 * (found["loss"].stderr or 0) + 3 / 50 * alone / members


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_one_member_is_the_student_and_many_lose_the_feature_variance(model: Model) -> None:
    e, parts = evaluate(model), split(evaluate(model))
    assert evaluate_ensemble(model, 1).loss == pytest.approx(float(e.loss), rel=1e-13)
    limit = evaluate_ensemble(model, math.inf)
    assert limit.signal == pytest.approx(float(parts["bias"] + parts["sample_variance"]), rel=1e-12)
    assert 0 < limit.label_noise < float(e.label_noise)
    losses = [evaluate_ensemble(model, k).loss for k in (1, 2, 4, 1000, 10**9)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] == pytest.approx(limit.loss, rel=1e-6)


def test_infinitely_many_members_are_kernel_regression() -> None:
    """E_u of the predictor is ridge regression on x with a ridge that keeps kappa: kappa (T - D) = gamma'."""
    model = MODELS[0]
    e = evaluate(model)
    kernel = model.with_(N=math.inf, gamma=float(e.kappa) * (model.T - float(e.df1)))
    assert evaluate_ensemble(model, math.inf).loss == pytest.approx(float(evaluate(kernel).loss), rel=1e-10)


def test_a_single_member_is_simulated_as_a_student() -> None:
    model = MODELS[0]
    one, other = simulate_ensemble(model, 1, 40, 7)["loss"], simulate(model, 40, 8).loss
    assert one.stderr
    assert other.stderr
    assert abs(one.mean - other.mean) < 4.5 * math.hypot(one.stderr, other.stderr)


def test_used_up_spectrum_and_bad_input() -> None:
    model = law(1, 10, 20, 30, noise="0.1")
    assert evaluate_ensemble(model, 7).loss == float(evaluate(model).loss)
    assert evaluate_ensemble(law(1, 50, 20, 20), 3).loss == math.inf
    for members in (0, 1.5, True, "2"):
        with pytest.raises(InvalidInput, match="members"):
            evaluate_ensemble(MODELS[0], members)  # type: ignore[arg-type]
    for model, named in ((MODELS[0].with_(N=math.inf), "N"), (MODELS[0].with_(T=math.inf), "T")):
        with pytest.raises(InvalidInput, match=f"^{named} = "):
            evaluate_ensemble(model, 2)
    with pytest.raises(InvalidInput, match="1 to 64"):
        simulate_ensemble(MODELS[0], 100, 1)
