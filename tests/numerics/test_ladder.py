"""Finite-size extrapolation: ratios are kept, theory is met, a wrong theory is not."""

import math
from dataclasses import replace
from fractions import Fraction

import pytest

from numerics import evaluate
from numerics.simulation import ladder
from numerics.simulation.ladder import judge, scaled, second_factor, unjudged_reason
from theory import Eigenvalues, InvalidInput, Model

law = Model.power_law


@pytest.mark.parametrize(
    "model", [law(1, 900, 60, 180, gamma="1e-4", noise="1e-6"), law(1, 900, math.inf, 90, gamma="0.01")]
)
def test_scaling_keeps_all_ratios(model: Model) -> None:
    double, old = scaled(model, Fraction(2)), evaluate(model)
    new = evaluate(double)
    assert (double.M, double.T) == (2 * model.M, 2 * model.T)
    assert float(new.df1) / float(old.df1) == pytest.approx(2, rel=1e-9)
    if model.noise:
        mix = [float(e.label_noise) / float(e.signal) for e in (old, new)]
        assert mix[0] == pytest.approx(mix[1], rel=1e-9)


def test_scaling_refuses_what_has_no_other_size() -> None:
    with pytest.raises(InvalidInput, match="power law"):
        scaled(Model(Eigenvalues([1, 2]), 2, 2), Fraction(2))
    with pytest.raises(InvalidInput, match="M = "):
        scaled(law(1, 901, 60, 180), Fraction(1, 2))


def test_second_size() -> None:
    assert second_factor(law(1, 6000, 400, 600)) == Fraction(1, 2)
    assert second_factor(law(1, 6000, 100, 600)) == 2
    assert second_factor(law(1, 6001, 400, 600)) == 2


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (law(1, 6000, 100, 105), "pole"), (law(1, 6000, 100, 5), "< 20"), (law(1, 100, math.inf, 95), "pole"),
        (law(1, 6000, 100, 105, gamma="0.1"), ""), (law(1, 6000, 100, 300), ""),
    ],
)  # fmt: skip
def test_what_is_judged(model: Model, reason: str) -> None:
    found = unjudged_reason(model)
    assert (reason in found) if reason else found == ""


def test_theory_is_met_and_a_wrong_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """|z| < 5 for the right loss (false alarm 6e-7, normal), beyond it for one off by 8%."""
    model = law(1, 1200, 80, 240, gamma="1e-4", noise="1e-6")
    right = judge(model, 12, 1)
    assert right.z_corrected is not None
    assert abs(right.z_corrected) < 5

    def wrong(model: Model) -> object:
        exact = evaluate(model)
        return replace(exact, loss=exact.loss * 1.08)

    monkeypatch.setattr(ladder, "evaluate", wrong)
    planted = judge(model, 12, 1)
    assert planted.z_corrected is not None
    assert abs(planted.z_corrected) > 5


def test_points_at_the_pole_are_drawn_not_judged() -> None:
    point = judge(law(1, 200, 30, 31), 2)
    assert not point.judged
    assert point.z_corrected is None
    assert point.mean > 0


def test_the_second_size_is_the_same_on_every_machine() -> None:
    """Seeds follow from the ridge and the noise, so that these hold no digits of a machine's own rounding."""
    double = scaled(law(1, 200, 20, 60, gamma="1e-3", noise="1e-5"), Fraction(2))
    for value in map(float, (double.gamma, double.noise)):
        assert value == float(f"{value:.10g}")
