"""The array-API estimator: equal to NumPy's on the same numbers, in any library; torch where it is installed."""

import array_api_strict
import numpy as np
import pytest

from numerics import Design, evaluate, simulate
from numerics.simulation.array_api import chi_roots, losses
from numerics.simulation.design import GAUSSIAN_DESIGN
from numerics.simulation.device import NumpyStream, check_device, float32_error
from numerics.simulation.draw import estimator
from numerics.simulation.problem import Problem
from theory import InvalidInput, Model

law = Model.power_law
MODELS = [
    law(1, 60, 20, 30, gamma="1e-3", noise="0.1"),
    law(1, 60, 30, 20, gamma="1e-3", noise="0.1"),
    law("0.5", 60, 30, 20, noise="0.1", source=2),
    law(1, 60, float("inf"), 20, gamma="1e-3", noise="0.1"),
    law(1, 60, 20, 20, gamma="1e-12"),
]


def losses_in(xp: object, model: Model) -> np.ndarray:
    problem, rng = Problem.of(model), np.random.default_rng(3)
    chi = chi_roots(rng, problem)
    kind = estimator(problem, GAUSSIAN_DESIGN)
    (values,) = losses(NumpyStream(xp, "float64", rng), problem, kind, [problem.gamma], chi)
    return np.array(values)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_strict_array_api_gives_what_numpy_gives(model: Model) -> None:
    np.testing.assert_allclose(losses_in(array_api_strict, model), losses_in(np, model), rtol=1e-6)


@pytest.mark.parametrize("model", MODELS[:4], ids=repr)
def test_the_law_is_that_of_the_numpy_estimator(model: Model) -> None:
    """Means over 300 draws of signal and df1; 4.5 standard errors, false alarm 7e-6 each of 8 comparisons."""
    problem, count = Problem.of(model), 300
    kind = estimator(problem, GAUSSIAN_DESIGN)
    rows = []
    for k in range(count):
        rng = np.random.default_rng([9, k])
        chi = chi_roots(rng, problem)
        rows += losses(NumpyStream(np, "float64", rng), problem, kind, [problem.gamma], chi)
    ours = np.array(rows)
    other = simulate(model, count, 5)
    for own, theirs in ((ours[:, 0] / 2, other.samples["signal"]), (ours[:, 3], other.samples["df1"])):
        error = np.sqrt((own.var() + theirs.var()) / count)
        assert abs(own.mean() - theirs.mean()) <= 4.5 * error + 1e-9 * abs(own.mean())


def test_single_precision_says_what_it_loses() -> None:
    error = float32_error(Problem.of(law("0.5", 60, 20, 30, gamma="1e-2", noise="0.1")), "features")
    assert 1e-9 < error < 1e-3
    steep = float32_error(Problem.of(law(2, 600, 200, 300, gamma="1e-6")), "features")
    assert steep > 1e-2  # unusable, and it says so


@pytest.mark.parametrize(
    ("device", "precision"), [("tpu", "float64"), ("cuda:x", "float64"), ("cpu", "float16"), ("", "float64")]
)
def test_unknown_devices_are_refused(device: str, precision: str) -> None:
    with pytest.raises(InvalidInput, match="is not allowed"):
        check_device(device, precision)


def test_torch_where_it_is_installed() -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install '.[device]'")
    import torch

    model = law(1, 300, 60, 90, gamma="1e-3", noise="1e-3")
    design = Design(device="torch-cpu")
    one, two = simulate(model, 40, 1, design=design), simulate(model, 40, 1, design=design)
    np.testing.assert_array_equal(one.samples["loss"], two.samples["loss"])
    assert one.loss.stderr is not None
    theory = float(evaluate(model).loss)
    assert abs(one.loss.mean - theory) < 4.5 * one.loss.stderr + 3 / 60 * theory
    if not torch.cuda.is_available():
        with pytest.raises(InvalidInput, match="CUDA devices of this machine"):
            simulate(model, 1, design=Design(device="cuda"))
