"""The simulation against brute force, exact facts at finite size, and planar theory."""

import math
from typing import Any

import numpy as np
import pytest

from numerics import Design, Law, evaluate, simulate
from numerics.simulation.design import GAUSSIAN_DESIGN, draw_seed
from numerics.simulation.direct import direct_draw, drawn_matrices
from numerics.simulation.draw import QUANTITIES, STEEP, check_memory, draw, draw_path, estimator, scaled_row, steep
from numerics.simulation.problem import Problem, spectrum_arrays
from numerics.simulation.sides import _sandwiched, latent_side
from theory import Eigenvalues, InvalidInput, Model, Powers, PrecisionError

law = Model.power_law
FALSE_ALARM_SCORE = 4.5  # two-sided 7e-6 a comparison


def by_hand(model: Model, design: Design, seed: np.random.SeedSequence) -> tuple[float, float, float]:
    """signal, noise, training loss of one draw, by explicit loops over an orthonormal basis of teachers.

    A teacher with E w_I^2 = W_I is averaged exactly by summing over the M teachers sqrt(W_I) e_I; label
    noise by summing over the T unit noises.
    """
    lam, power = spectrum_arrays(model)
    x, transposed = drawn_matrices(Problem.of(model), design, seed)
    u = np.eye(model.M) if transposed is None else transposed.T
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
    problem = Problem.of(model)
    design = Design(Law("uniform"), Law("uniform"))  # so that both matrices are drawn
    if estimator(problem, design) == "latent":
        (values,) = latent_side(problem, design, seed).losses([problem.gamma])
    else:
        values = direct_draw(problem, design, seed)
    signal, noise, total, train, df1 = scaled_row(problem, values)
    expected = by_hand(model, design, seed)
    scale = expected[0] + expected[1]
    assert signal == pytest.approx(expected[0], rel=1e-7, abs=1e-9 * scale)
    assert noise == pytest.approx(expected[1], rel=1e-7)
    assert train == pytest.approx(expected[2], rel=1e-7, abs=1e-12 * scale)
    assert total == signal + noise
    assert 0 < df1 < min(model.N, model.T, model.M) + 1e-9


SMALL = [
    law(1, 12, 5, 8, gamma="0.02", noise="0.1"),
    law(1, 12, 8, 5, gamma="0.02", noise="0.1", outputs=3, sigma_u=2, sigma_w="0.5"),
    law("0.5", 12, 5, 20, noise="0.1", source="1.2"),
    law(2, 12, 20, 5, noise="0.1"),
    law("0.5", 12, 9, 5, gamma="0.02", noise="0.1", source="1.2"),
    law("0.5", 12, 20, 5, noise="0.1", source="1.2"),
    law(1, 12, 7, 7, gamma="0.02", noise="0.1"),
    law(1, 6, 8, 10, gamma="0.01", noise="0.1"),
    law(1, 6, 8, 20, noise="0.1"),
    law(1, 10, math.inf, 6, gamma="0.3", noise="0.1"),
    law(1, 10, math.inf, 15, gamma="0.3", noise="0.1"),
    law(1, 12, math.inf, 5, noise="0.1"),
    Model(Eigenvalues([1, 5, 2.0, 0.1]), 2, 6, gamma="0.1", noise="0.2", source=Powers([0.3, 0.1, 0.5, 0.2])),
]


@pytest.mark.parametrize("model", SMALL, ids=repr)
def test_averages_in_closed_form_keep_the_mean(model: Model) -> None:
    """The estimators that average over more than the direct one agree with it; 65 comparisons at 7e-6 each."""
    problem, count = Problem.of(model), 900
    assert estimator(problem, GAUSSIAN_DESIGN) != "direct"
    whole = Law("sparse", 1.0)  # Gaussian entries by another name: nothing is averaged away
    best = np.array([draw(model, GAUSSIAN_DESIGN, 3, k) for k in range(count)])
    seeds = [np.random.SeedSequence([5, k]) for k in range(count)]
    plain = np.array([scaled_row(problem, _plain_draw(problem, Design(whole, whole), seed)) for seed in seeds])
    gap = best.mean(axis=0) - plain.mean(axis=0)
    error = np.sqrt((best.var(axis=0) + plain.var(axis=0)) / count)
    assert (abs(gap) <= FALSE_ALARM_SCORE * error + 1e-9 * abs(plain).mean(axis=0)).all(), gap / error
    # a formula that is 30% off would be seen
    assert (0.3 * plain.mean(axis=0)[:3] > FALSE_ALARM_SCORE * error[:3])[plain.mean(axis=0)[:3] > 1e-12].all()


def _plain_draw(problem: Problem, design: Design, seed: np.random.SeedSequence) -> tuple[float, ...]:
    if estimator(problem, design) != "latent":
        return direct_draw(problem, design, seed)
    (values,) = latent_side(problem, design, seed).losses([problem.gamma])
    return values


@pytest.mark.parametrize("model", SMALL, ids=repr)
def test_all_ridges_of_a_path_from_one_factorisation(model: Model) -> None:
    ridges = [0.0, 1e-300, 1e-9, 1e-3, 0.1, 1e4]
    seed = draw_seed(model, GAUSSIAN_DESIGN, 1, 0)
    path = np.array(draw_path(model, GAUSSIAN_DESIGN, ridges, seed))
    each = np.array([draw_path(model, GAUSSIAN_DESIGN, [gamma], seed)[0] for gamma in ridges])
    np.testing.assert_allclose(path, each, rtol=1e-7, atol=1e-12 * each[-1, 0])
    assert (np.diff(path[:, 4]) <= 1e-12).all()  # df1 falls with the ridge


def test_draws_are_functions_of_their_seed_alone() -> None:
    """Bit for bit, whatever the number of workers and draws; different draws and points are independent."""
    model = law(1, 200, 20, 60, gamma="1e-3", noise="1e-3")
    one, two = simulate(model, 4, 5), simulate(model, 4, 5, jobs=2)
    longer, other = simulate(model, 6, 5), simulate(model.with_(gamma="1.001e-3"), 4, 5)
    for name in QUANTITIES:
        np.testing.assert_array_equal(one.samples[name], two.samples[name])
        np.testing.assert_array_equal(one.samples[name], longer.samples[name][:4])
        assert not np.allclose(one.samples[name], simulate(model, 4, 6).samples[name], rtol=1e-6)
        assert not np.allclose(one.samples[name], other.samples[name], rtol=1e-3)


@pytest.mark.parametrize("latent", ["gaussian", "uniform"])
def test_memory_does_not_grow_with_the_latent_dimension(latent: str) -> None:
    """One matrix of M x 200 would be 80 MB; a draw streams over blocks of 8 MB."""
    import tracemalloc

    model = law(1, 50_000, 200, 300, gamma="1e-3")
    design = Design(latent=Law(latent), features=Law(latent))
    tracemalloc.start()
    try:
        draw(model, design, 1, 0)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 70e6


def test_which_estimator_a_law_allows() -> None:
    heavy = Law.parse("latent", "student:5")
    narrow, wide = (Problem.of(law(1, 50, n, t)) for n, t in ((10, 20), (20, 10)))
    assert estimator(narrow, Design(features=heavy)) == "features"
    assert estimator(narrow, Design(latent=heavy)) == "direct"
    assert estimator(wide, Design(latent=heavy)) == "samples"
    assert estimator(wide, Design(features=heavy)) == "direct"
    assert estimator(Problem.of(law(1, 10, 20, 30)), GAUSSIAN_DESIGN) == "latent"
    assert estimator(Problem.of(law(1, 10, 20, 30)), Design(features=heavy)) == "latent"


def test_the_larger_side_costs_nothing() -> None:
    """N = 10^12 features or T = 10^12 samples are a Wishart matrix of as many degrees of freedom."""
    for model in (law(1, 60, 10**12, 20, gamma="1e-3"), law(1, 60, 20, 10**12, gamma="1e-3")):
        ratio = simulate(model, 200, 2).signal.mean / float(evaluate(model).signal)
        assert abs(ratio - 1) < 3 / 20


def test_losses_below_rounding_are_refused() -> None:
    for alpha in (10, 12, 30):
        with pytest.raises(PrecisionError, match="flatter spectrum"):
            simulate(law(alpha, 300, 60, 80), 1)
    kept = simulate(law(10, 300, 60, 80, gamma="1e-3"), 4).signal.mean  # the ridge leaves enough to resolve
    assert kept > 0


def test_memory_is_that_of_the_smaller_side() -> None:
    check_memory(Problem.of(law(1, 10**5, 2000, 10**9)), GAUSSIAN_DESIGN)
    with pytest.raises(InvalidInput, match="GiB"):
        check_memory(Problem.of(law(1, 10**5, 10**5, 10**5)), GAUSSIAN_DESIGN)


def test_single_draw_has_no_error() -> None:
    assert simulate(law(1, 30, 5, 9), 1).loss.stderr is None


def test_inverse_wishart_noise_is_exact_at_finite_size() -> None:
    """N infinite, gamma = 0, T > M + 1: the noise is (sigma^2/2) M/(T - M - 1), not M/(T - M)."""
    model = law(1, 20, math.inf, 50, noise="2")
    estimate = simulate(model, 400, 11).label_noise
    exact = 20 / (50 - 20 - 1)
    assert estimate.mean == pytest.approx(exact, rel=1e-12)
    drawn = simulate(model, 400, 11, design=Design(latent=Law("uniform"))).label_noise  # no rotations to average over
    assert drawn.stderr is not None
    assert abs(drawn.mean - exact) < FALSE_ALARM_SCORE * drawn.stderr + 2 / 20 * exact


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
    for name in QUANTITIES:
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
        law(1, 10**6, 10**6, 10**6),
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


@pytest.mark.parametrize(("alpha", "n"), [("0.5", 60), (1, 60), (2, 40)])
def test_gram_matrices_keep_the_loss_where_they_are_used(alpha: str, n: int) -> None:
    """tr W Lambda - tr A B against 120-digit arithmetic: within the bound STEEP / 40 that `steep` promises."""
    from flint import arb_mat, ctx

    size = 3 * n
    problem = Problem.of(law(alpha, size, n, n))
    assert not steep(problem, n)
    z = np.random.default_rng(4).standard_normal((size, n))
    _, whitened, _ = _sandwiched((z.T * problem.lam) @ z, (z.T * problem.lam**2) @ z)
    precision = ctx.prec
    try:
        ctx.prec = 400
        rows = arb_mat(z.tolist())
        lam = arb_mat(size, size, np.diag(problem.lam).ravel().tolist())
        b, second = rows.transpose() * lam * rows, rows.transpose() * lam * lam * rows
        exact = lam.trace() - b.solve(second).trace()
        assert exact.rel_accuracy_bits() > 100
        error = float(((problem.lam.sum() - whitened) / exact - 1).mid())
    finally:
        ctx.prec = precision
    assert abs(error) < STEEP / 40


def test_steep_spectra_are_drawn_directly() -> None:
    for alpha in (3, 4):
        model = law(alpha, 600, 120, 200)
        assert estimator(Problem.of(model), GAUSSIAN_DESIGN) == "direct"
        estimate, theory = simulate(model, 24, 2).signal, float(evaluate(model).signal)
        assert estimate.stderr is not None
        # the 1/N term is about (1 + alpha)^2/(2 min(N, T)) here
        assert abs(estimate.mean / theory - 1) < FALSE_ALARM_SCORE * estimate.stderr / theory + 13 / 120
