"""The learning-curve figure shows what was simulated, over the theory of the same models."""

import numpy as np
import pytest

from numerics import evaluate
from numerics.simulation import sweep
from numerics.simulation.curve_plot import learning_curve
from theory import Eigenvalues, InvalidInput, Model

law = Model.power_law
MODELS = [law(1, 200, n, t) for n in (20, 40) for t in (5, 10, 20, 60)]


def test_points_lines_and_residuals() -> None:
    simulations = sweep(MODELS, 6, 1, jobs=1).simulations
    figure = learning_curve(simulations, title="two curves")
    above, below = figure.axes
    assert above.get_xscale() == above.get_yscale() == "log"
    assert [text.get_text() for text in above.get_legend().get_texts()] == ["$N = 20$", "$N = 40$"]
    line = above.lines[0]
    x, y = line.get_xdata(), line.get_ydata()
    for t in (5, 10, 60):  # the line passes through planar theory at the points
        assert y[list(x).index(t)] == pytest.approx(float(evaluate(law(1, 200, 20, t)).loss), rel=1e-12)
    assert np.isnan(y[list(x).index(20)])  # the pole is left out
    scores = below.lines[1].get_ydata()
    expected = []
    for one in simulations[:4]:
        if np.isfinite(one.loss.mean):
            assert one.loss.stderr
            expected.append((one.loss.mean - float(evaluate(one.model).loss)) / one.loss.stderr)
    np.testing.assert_allclose(scores, expected, rtol=1e-12)
    low, high = below.get_ylim()
    assert low < min(scores) <= max(scores) < high


@pytest.mark.parametrize("x", ["gamma", "alpha", "noise", "M"])
def test_any_parameter_can_be_the_axis(x: str) -> None:
    values = {"gamma": (0, 1e-3, 0.1), "alpha": ("0.5", 1, 2), "noise": (0, 0.1), "M": (30, 60)}[x]
    fixed = {"alpha": 1, "M": 50, "N": 10, "T": 16, "gamma": "1e-2", "noise": "0.01"}
    models = [law(**fixed | {x: value}) for value in values]  # type: ignore[arg-type]
    figure = learning_curve(sweep(models, 2, 1, jobs=1).simulations, quantity="train_loss")
    assert figure.axes[0].get_xscale() == ("linear" if 0 in values else "log")


def test_what_cannot_be_drawn_is_refused() -> None:
    simulations = sweep(MODELS, 2, 1, jobs=1).simulations
    for arguments, named in (((simulations, "Q"), "x"), ((simulations, "T", "score"), "quantity"), (([],), "simul")):
        with pytest.raises(InvalidInput, match=f"^{named}"):
            learning_curve(*arguments)
    listed = sweep([Model(Eigenvalues([3, 2, 1.0]), 2, 5, gamma="0.1")], 2, 1, jobs=1).simulations
    with pytest.raises(InvalidInput, match="power-law"):
        learning_curve(listed)
    many = sweep([law(1, 50, n, t, gamma="0.1") for n in range(4, 11) for t in range(5, 13)], 2, 1, jobs=1).simulations
    with pytest.raises(InvalidInput, match="7 curves"):
        learning_curve(many)
