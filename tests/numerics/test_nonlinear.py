"""Nonlinear features: the equivalent models against each other, against simulation and by their limits."""

import math

import numpy as np
import pytest

from numerics import evaluate, simulate
from numerics.activations import ACTIVATIONS
from numerics.kernel_equivalent import kernel_equivalent, probe_kernel, probes_for
from numerics.nonlinear import equivalent_model, evaluate_nonlinear, feature_parts, variance
from numerics.simulation import GAUSSIAN_DESIGN, Design, Law, draw
from numerics.simulation.design import draw_seed
from numerics.simulation.direct import direct_draw, drawn_matrices, student
from numerics.simulation.nonlinear import nonlinear_draw
from numerics.simulation.problem import Problem
from numerics.simulation.tasks import Point
from theory.errors import InvalidInput, PrecisionError
from theory.model import Model, Powers
from theory.spectrum import Eigenvalues

NONLINEAR = sorted(set(ACTIVATIONS) - {"linear"})
FALSE_ALARM = 4.5  # standard errors: 7e-6 a comparison
FINITE_SIZE = 4.0  # over min(N, T): bound on the relative 1/N term; measured 0.2 to 2.6


def _model(N: int = 100, T: int = 200, **others: object) -> Model:
    return Model.power_law("1/4", 600, N, T, **({"sigma_u": 13, "gamma": "1e-3", "noise": "1e-4"} | others))


def test_parts_add_up() -> None:
    for name in NONLINEAR:
        parts = feature_parts(name, 0.8)
        samples = ACTIVATIONS[name](math.sqrt(0.8) * np.random.default_rng(1).standard_normal(200_000))
        whole = parts.mean + parts.linear + parts.rest
        assert abs(whole - (samples**2).mean()) < FALSE_ALARM * (samples**2).std() / math.sqrt(200_000)
    relu = feature_parts("relu", 2.0)
    assert math.isclose(relu.mean, 2 / (2 * math.pi), rel_tol=1e-14)
    assert math.isclose(relu.linear, 0.5, rel_tol=1e-14)
    assert feature_parts("linear", 2.0).rest == 0


@pytest.mark.parametrize("name", NONLINEAR)
@pytest.mark.parametrize(("N", "T"), [(100, 200), (200, 100), (150, 150)])
def test_noise_as_many_directions(name: str, N: int, T: int) -> None:
    """evaluate_nonlinear is the limit of linear models with K more directions; Richardson leaves (N/K)^2."""
    model, directions = _model(N, T), 40_000
    limit = evaluate_nonlinear(model, name)
    one, two = (evaluate(equivalent_model(model, name, k * directions)) for k in (1, 2))
    for quantity in ("loss", "label_noise", "train_loss", "df1"):
        richardson = 2 * float(getattr(two, quantity)) - float(getattr(one, quantity))
        assert math.isclose(richardson, getattr(limit, quantity), rel_tol=30 * (N / directions) ** 2 * 10)


def test_small_arguments_are_linear() -> None:
    """tanh and erf of small arguments: the linear model with another scale of u."""
    model = _model(sigma_u="1/1000", gamma="1e-12")
    linear = evaluate(model)
    assert math.isclose(evaluate_nonlinear(model, "tanh").loss, linear.loss, rel_tol=1e-5)
    scaled = evaluate(model.with_(gamma=float(model.gamma) * math.pi / 4))  # slope 2/sqrt(pi)
    assert math.isclose(evaluate_nonlinear(model, "erf").loss, scaled.loss, rel_tol=1e-5)
    assert evaluate_nonlinear(model, "linear").loss == linear.loss
    assert equivalent_model(model, "linear") == model


def test_ridgeless_limits() -> None:
    model = _model(gamma=0)
    at_zero, close = evaluate_nonlinear(model, "relu"), evaluate_nonlinear(model.with_(gamma="1e-13"), "relu")
    assert math.isclose(at_zero.loss, close.loss, rel_tol=1e-9)
    assert evaluate_nonlinear(_model(100, 100, gamma=0), "relu").loss == math.inf
    assert evaluate_nonlinear(_model(200, 100, gamma=0), "relu").train_loss == 0
    # more features and samples than directions: noise in the features keeps the loss above zero
    assert evaluate_nonlinear(Model.power_law(1, 10, 50, 100, sigma_u=2), "relu").loss > 0


def test_probed_kernel_of_linear_features_is_the_planar_solution() -> None:
    """Probes of a linear map know the spectrum itself; errors are of order 1/P."""
    model = _model()
    found, error = kernel_equivalent(model, "linear")
    exact = evaluate(model.with_(gamma=model.gamma))
    assert abs(found.loss - exact.loss) < FALSE_ALARM * error + exact.loss * FINITE_SIZE / probes_for(model)
    assert math.isclose(found.df1, exact.df1, rel_tol=1e-2)


def test_the_draw_is_the_mean_over_test_points() -> None:
    """The exact average over x, w against sampled test points, in a small model."""
    model = Model.power_law(1, 5, 4, 7, gamma="1e-2", noise="1e-2", sigma_u=2)
    problem, rng = Problem.of(model), np.random.default_rng(5)
    points = 200_000
    for name in NONLINEAR:
        design = Design(activation=name)
        seed = draw_seed(model, design, 3, 0)
        signal, noise, train, df1 = nonlinear_draw(problem, design, seed)
        x, u = drawn_matrices(problem, design, seed)
        assert u is not None
        f = ACTIVATIONS[name]
        p = student(f(u.T @ x), problem.gamma)
        test = np.sqrt(problem.lam)[:, None] * rng.standard_normal((5, points))
        phi = f(u.T @ test)
        errors = problem.weight @ np.square(x @ p @ phi - test)
        assert abs(errors.mean() - signal) < FALSE_ALARM * errors.std() / math.sqrt(points)
        fitted = np.square(p @ phi).sum(axis=0)
        assert abs(fitted.mean() - noise) < FALSE_ALARM * fitted.std() / math.sqrt(points)
        residual = np.eye(7) - p @ f(u.T @ x)
        expected = problem.weight @ np.square(x @ residual).sum(axis=1) + problem.noise * np.square(residual).sum()
        assert math.isclose(train, expected, rel_tol=1e-9)
        assert math.isclose(df1, np.trace(p @ f(u.T @ x)), rel_tol=1e-12)


def test_a_linear_activation_is_the_direct_draw() -> None:
    model = Model.power_law(1, 60, 8, 11, gamma="1e-2", noise="1e-2")
    problem, seed = Problem.of(model), draw_seed(model, GAUSSIAN_DESIGN, 1, 0)
    for one, other in zip(
        nonlinear_draw(problem, GAUSSIAN_DESIGN, seed), direct_draw(problem, GAUSSIAN_DESIGN, seed), strict=True
    ):
        assert math.isclose(one, other, rel_tol=1e-9)


@pytest.mark.parametrize("name", NONLINEAR)
@pytest.mark.parametrize(("N", "T"), [(80, 160), (160, 80)])
def test_kernel_theory_against_simulation(name: str, N: int, T: int) -> None:
    model = _model(N, T)
    theory, error = kernel_equivalent(model, name)
    found = simulate(model, 12, seed=2, design=Design(activation=name))
    for quantity in ("loss", "train_loss", "df1"):
        estimate, expected = found.estimate(quantity), getattr(theory, quantity)
        scatter = math.hypot(estimate.stderr or 0.0, error if quantity == "loss" else 0.01 * expected)
        assert abs(estimate.mean - expected) < FALSE_ALARM * scatter + FINITE_SIZE / min(N, T) * expected


def test_gaussian_equivalence_fails_where_few_directions_dominate() -> None:
    """A planted break: at alpha = 1 the linear part plus noise misses the simulated loss of ReLU by half and more."""
    model = Model.power_law(1, 600, 80, 160, gamma="1e-5", sigma_u=19)
    found = simulate(model, 8, design=Design(activation="relu")).loss
    assert evaluate_nonlinear(model, "relu").loss > 1.5 * found.mean
    theory, error = kernel_equivalent(model, "relu")
    scatter = FALSE_ALARM * math.hypot(found.stderr or 0.0, error)
    assert abs(found.mean - theory.loss) < scatter + FINITE_SIZE / 80 * theory.loss


def test_an_explicit_teacher() -> None:
    """A list with its own teacher, through both models."""
    lam = np.linspace(1, 2, 300)
    model = Model(Eigenvalues(lam), 60, 120, gamma="1e-2", source=Powers(np.linspace(0, 1, 300)), sigma_u=1)
    theory, error = kernel_equivalent(model, "erf")
    assert math.isclose(theory.loss, evaluate_nonlinear(model, "erf").loss, rel_tol=0.01 + FALSE_ALARM * error)
    assert math.isclose(variance(model), 1.5, rel_tol=1e-12)


def test_probes_are_seeded() -> None:
    one, two, other = (probe_kernel(_model(), "relu", 100, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.values, two.values)
    assert not np.array_equal(one.values, other.values)


def test_seeds_of_linear_features_did_not_move() -> None:
    """The key of a linear design has no activation, so seeds and stores of older sweeps stay valid."""
    assert "activation" not in GAUSSIAN_DESIGN.key
    assert "activation" not in Point(_model()).key
    assert Design(activation="relu").key["activation"] == "relu"
    assert Point(_model(), design=Design(activation="relu")).key != Point(_model(), design=Design(activation="erf")).key


def test_refusals() -> None:
    model = _model()
    relu = Design(activation="relu")
    for wrong in (
        lambda: Design(activation="swish"),
        lambda: evaluate_nonlinear(model, "swish"),
        lambda: evaluate_nonlinear(model.with_(N=math.inf), "relu"),
        lambda: evaluate_nonlinear(model.with_(T=math.inf), "relu"),
        lambda: equivalent_model(model, "relu", 0),
        lambda: simulate(model.with_(N=math.inf), 1, design=relu),
        lambda: simulate(model, 1, design=Design(latent=Law("laplace"), activation="relu")),
        lambda: draw(model, Design(device="torch-cpu", activation="relu"), 0, 0),
    ):
        with pytest.raises(InvalidInput):
            wrong()
    with pytest.raises(PrecisionError, match="probe"):
        kernel_equivalent(_model(10_000, 10_000), "relu")
