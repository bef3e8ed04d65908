"""The density: sum rule, closed-form count against quadrature, simulation, ranks, duality, random models."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.density import FeatureEigenvalues
from numerics.density_plot import density_figure, rank_figure, simulated_eigenvalues
from theory.errors import InvalidInput
from theory.model import Model
from theory.spectrum import Eigenvalues

LIST = Eigenvalues(np.exp(np.random.default_rng(0).uniform(-4, 0, 200)))
MODELS = [
    Model.power_law(1, 1000, 100, 200), Model.power_law("0.1", 3000, 100, 100), Model.power_law(10, 30, 200, 300),
    Model.power_law(1, 10, 1, 1), Model.power_law(1, 1, 1, 7), Model(LIST, 200, 300), Model(LIST, 200, 200),
    Model(LIST, 150, 90, sigma_u="1/3"), Model(Eigenvalues([1.0] * 40), 40, 40),
]  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=repr)
@pytest.mark.parametrize("gram", [False, True])
def test_integral_and_atom_make_one(model: Model, gram: bool) -> None:
    spectrum = FeatureEigenvalues(model, gram=gram)
    assert spectrum.moment(0) + spectrum.atom == pytest.approx(1, abs=1e-13)
    size = int(model.T if gram else model.N)
    assert spectrum.atom == pytest.approx(1 - min(int(model.N), int(model.T), model.M) / size, abs=1e-15)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_mean_eigenvalue_is_the_trace(model: Model) -> None:
    """E tr phi phi^T = (sigma_u^2/M) N T tr Lambda, exactly; tr (phi phi^T)^2 in the planar limit alike."""
    spectrum = FeatureEigenvalues(model)
    n, t, m = int(model.N), int(model.T), model.M
    lam = spectrum.resolvent.sums.nodes_for_trace()
    first, second = (float(lam[1] @ lam[0] ** -k) * float(model.spectrum.lambda_plus) ** k for k in (1, 2))
    unit = float(model.sigma_u**2) / m
    assert spectrum.moment(1) == pytest.approx(unit * t * first, rel=1e-11)
    square = unit**2 * t * (t * first**2 + n * t * second + n * first**2)
    assert spectrum.moment(2) == pytest.approx(square, rel=1e-11)


@pytest.mark.parametrize("model", [MODELS[0], MODELS[5], MODELS[6]], ids=repr)
def test_closed_form_count_is_the_integral_of_the_density(model: Model) -> None:
    spectrum = FeatureEigenvalues(model)
    low, high = spectrum.at_ranks(np.array([30.0, 29.0]))
    node, weight = np.polynomial.legendre.leggauss(60)
    log_x = math.log(low) + math.log(high / low) * (node + 1) / 2
    found = spectrum.at(np.exp(log_x))
    integral = spectrum.size * float(weight @ (found.density * found.x)) * math.log(high / low) / 2
    assert integral == pytest.approx(1, abs=1e-11)
    assert float(np.diff(spectrum.at(np.array([low, high])).above)[0]) == pytest.approx(-1, abs=1e-11)


def test_exponent_is_the_slope_by_rank_and_inherits_the_latent_power() -> None:
    spectrum = FeatureEigenvalues(Model.power_law(1, 10**6, 10**4, 2 * 10**4))
    x = spectrum.at_ranks(np.array([199.5, 200.5]))  # n = 199, 200
    middle = spectrum.at(np.array([math.sqrt(x[0] * x[1])])).exponent[0]
    assert math.log(x[1] / x[0]) / math.log(200 / 199) == pytest.approx(middle, abs=1e-3)
    # 1 + alpha; at alpha = 1 the first order in rank/N vanishes: half the rank leaves a quarter, between 1/2 and 1/8
    near, far = spectrum.at(spectrum.at_ranks(np.array([800.5, 1600.5]))).exponent + 2
    assert 2 < far / near < 8


def test_duality() -> None:
    model = Model(LIST, 150, 90)
    one, two, three = (
        FeatureEigenvalues(model),
        FeatureEigenvalues(model, gram=True),
        FeatureEigenvalues(model.with_(N=90, T=150)),
    )
    x = one.on_grid(60).x[1:-1]
    first, second, third = (spectrum.at(x) for spectrum in (one, two, three))
    assert 150 * first.density == pytest.approx(90 * second.density, rel=1e-12)
    assert second.density == pytest.approx(third.density, rel=1e-9)
    assert first.above == pytest.approx(third.above, abs=1e-9)
    assert [e.x for e in one.edges] == pytest.approx([e.x for e in three.edges], rel=1e-12)


def test_gaps_hold_whole_numbers_of_eigenvalues() -> None:
    spectrum = FeatureEigenvalues(Model.power_law(1, 1000, 100, 200))
    gaps = [(a.x + b.x) / 2 for a, b in zip(spectrum.edges[1:-1:2], spectrum.edges[2::2], strict=True)]
    found = spectrum.at(np.array(gaps))
    assert len(gaps) >= 3
    assert not found.density.any()
    assert found.above.tolist() == [1, 2, 3, 4][: len(gaps)]
    for edge in spectrum.edges:  # the count next to an edge goes to the gap's like |x - edge|^(3/2)
        inward = 1 + 1e-8 if edge.lower else 1 - 1e-8
        near = spectrum.at(np.array([edge.x * inward]))
        assert near.above[0] == pytest.approx(edge.above, abs=1e-6)


# Simulation ----------------------------------------------------------------------------------------

SIGMAS, FINITE_SIZE = 6, 0.5


def distance(spectrum: FeatureEigenvalues, simulated: np.ndarray) -> float:
    """Worst excess of |simulated - planar count| over 6 standard errors and 0.5 eigenvalues, at 9 points.

    For real matrices the mean count differs from the planar one by up to 1/4 an eigenvalue at each edge
    at leading order in 1/N: 1/2 bounds the two. 6 sigma with 39 degrees of freedom: a false alarm of
    5e-7 a point, 5e-6 in all.
    """
    least = simulated.shape[1]
    x = spectrum.at_ranks(np.round(np.linspace(0.1, 0.9, 9) * least))
    counts = (simulated[:, :, None] > x).sum(axis=1)
    error = counts.std(axis=0, ddof=1) / math.sqrt(len(simulated))
    return float((abs(counts.mean(axis=0) - spectrum.at(x).above) - SIGMAS * error - FINITE_SIZE).max())


@pytest.mark.parametrize(
    "model", [Model.power_law(1, 300, 80, 120), Model.power_law("1/2", 60, 80, 120), Model(LIST, 90, 90)], ids=repr
)
def test_simulated_eigenvalues_follow_the_count(model: Model) -> None:
    simulated = simulated_eigenvalues(model, 40, seed=1)
    assert distance(FeatureEigenvalues(model), simulated) < 0
    wrong = FeatureEigenvalues(model.with_(T=int(1.2 * int(model.T))))
    assert distance(wrong, simulated) > 0


def test_simulated_trace_has_no_finite_size_term() -> None:
    """Mean of tr phi phi^T within 6 standard errors (39 degrees of freedom: false alarm 5e-7)."""
    model = Model.power_law(1, 50, 80, 120)  # the branch with M least
    traces = simulated_eigenvalues(model, 40, seed=2).sum(axis=1)
    expected = FeatureEigenvalues(model).moment(1) * 80
    assert abs(traces.mean() - expected) < 6 * traces.std(ddof=1) / math.sqrt(40)


# Random models -------------------------------------------------------------------------------------


@settings(max_examples=12)
@given(
    alpha=st.sampled_from(["1/10", "1/2", "1", "7/3", "10"]),
    m=st.sampled_from([1, 2, 7, 40, 1000]),
    n=st.sampled_from([1, 2, 7, 40, 300]),
    t=st.sampled_from([1, 2, 7, 40, 3000]),
)
def test_random_models(alpha: str, m: int, n: int, t: int) -> None:
    spectrum = FeatureEigenvalues(Model.power_law(alpha, m, n, t))
    found = spectrum.on_grid(40)
    assert np.all(np.diff(found.above) <= 1e-9)
    assert np.all(found.density >= 0)
    assert found.error.max() < 1e-6
    ranks = np.unique(np.linspace(1, spectrum.nonzero, 5).round())
    values = spectrum.at_ranks(ranks)
    assert np.all(np.diff(values) < 0)
    assert spectrum.at(values).above == pytest.approx(ranks - 0.5, abs=1e-8)
    assert spectrum.moment(0) + spectrum.atom == pytest.approx(1, abs=1e-10)


@pytest.mark.audit
@settings(max_examples=25)
@given(
    alpha=st.fractions(min_value="1/10", max_value=10, max_denominator=10),
    m=st.integers(1, 5000), n=st.integers(1, 200), t=st.integers(1, 2000),
)  # fmt: skip
def test_many_random_models(alpha: object, m: int, n: int, t: int) -> None:
    spectrum = FeatureEigenvalues(Model.power_law(alpha, m, n, t))
    assert spectrum.moment(0) + spectrum.atom == pytest.approx(1, abs=1e-10)


@pytest.mark.audit
def test_ten_thousand_eigenvalues_against_mpmath() -> None:
    """The goal of the benchmark: 1e-10 at 1e4 distinct eigenvalues."""
    from numerics.resolvent_mp import solve_mp

    rng = np.random.default_rng(4)
    model = Model(Eigenvalues(np.exp(rng.uniform(-5, 0, 10**4))), 3000, 5000)
    spectrum = FeatureEigenvalues(model)
    x = spectrum.at_ranks(np.array([1.0, 100, 1500, 2990]))
    found = spectrum.at(x)
    roots = spectrum.resolvent.solve(np.log(x) - spectrum.resolvent.log_scale)
    for k in range(4):
        exact = solve_mp(model, float(x[k]), complex(roots.p[k])).number_density / 3000
        assert float(exact) == pytest.approx(found.density[k], rel=1e-10)


# Refusals and figures ------------------------------------------------------------------------------


def test_refusals() -> None:
    spectrum = FeatureEigenvalues(Model.power_law(1, 10, 3, 5))
    for x in ([0.0], [-1.0], [math.nan]):
        with pytest.raises(InvalidInput, match="x = "):
            spectrum.at(np.array(x))
    for rank in (0, 4):
        with pytest.raises(InvalidInput, match="ranks from 1 to 3"):
            spectrum.at_ranks(np.array([rank]))
    with pytest.raises(InvalidInput, match="points"):
        spectrum.on_grid(1)


def test_figures_show_what_was_computed() -> None:
    model = Model.power_law(1, 100, 20, 30)
    spectrum, simulated = FeatureEigenvalues(model), simulated_eigenvalues(model, 2)
    figure = density_figure(spectrum.on_grid(50), simulated)
    labels = figure.axes[0].get_legend_handles_labels()[1]
    assert labels == ["simulated, 2 draws", "planar theory", "edges"] or set(labels) >= {"planar theory", "edges"}
    assert rank_figure(spectrum, simulated, 10).axes[0].get_xlabel() == "rank"
