"""The oracle of asymptotic laws against direct sums, numerics.evaluate, known laws and wrong claims."""

import random
from fractions import Fraction

import pytest
from asymptotic_oracle import Path, agrees, evaluate, fit, number, power_sums, random_path, solve
from mpmath import mp, mpf

from numerics.evaluate import evaluate as evaluate_model
from numerics.optimum import optimal_ridge
from theory.model import Model

HALF = Fraction(1, 2)


def c_alpha(alpha: Fraction) -> mpf:
    """The continuum constant ((pi/s)/sin(pi/s))^s."""
    with mp.workdps(40):
        angle = mp.pi / number(1 + alpha)
        return (angle / mp.sin(angle)) ** number(1 + alpha)


def close(found: mpf, expected: mpf, tolerance: float = 1e-18) -> bool:
    """Relative agreement; zeros and infinities only with themselves."""
    with mp.workdps(40):
        return found == expected or bool(abs(found - expected) <= tolerance * abs(expected) < mp.inf)


@pytest.mark.parametrize("x", ["1e-9", "1e-4", "1", "1e3"])
@pytest.mark.parametrize("source", [Fraction(0), Fraction(1), Fraction(5, 2), Fraction(4)])
def test_sums_against_term_by_term(x: str, source: Fraction) -> None:
    specs = tuple((j, k, source) for j, k in [(1, 0), (0, 1), (0, 2), (1, 1), (2, 1), (0, 3)])
    with mp.workdps(30):
        u = [mpf(x) * i ** mpf("1.5") for i in range(1, 501)]
        for (j, k, e), value in zip(specs, power_sums(mpf(x), Fraction(3, 2), mpf(500), specs, mp.prec), strict=True):
            assert close(value, mp.fsum(y**k / (1 + y) ** (j + k) / i ** number(e) for i, y in enumerate(u, 1)), 1e-26)


@pytest.mark.parametrize("log_x", [-(10**12), -10000, -1, 1, 10000])
def test_sums_at_extreme_arguments(log_x: int) -> None:
    """s = 2, M infinite: sum 1/(1 + x I^2) is elementary."""
    with mp.workdps(40):
        x = mp.exp(log_x)
        root = mp.pi / mp.sqrt(x)
        exact = mp.zeta(2) / x if log_x == 10000 else (root * mp.coth(root) - 1) / 2 if log_x > -5 else root / 2 - 0.5
        assert close(power_sums(x, Fraction(2), mp.exp(10**14), ((1, 0, 0),), mp.prec)[0], exact, 1e-25)


MODELS = [
    {"M": 1000, "N": 80, "T": 30, "gamma": "1e-4", "noise": "0.2"},
    {"M": 100, "N": 50, "T": 50, "gamma": "1e-9", "noise": "3", "source": "1"},
    {"M": 40, "N": 50, "T": 70, "gamma": "1e-12", "noise": "3", "source": "2.5"},
    {"M": 40, "N": 40, "T": 70, "gamma": "1e-5", "source": "0.5"},
    {"M": 40, "N": 50, "T": 70, "noise": "1"},
    {"M": 40, "N": 40, "T": 40, "gamma": "1e-9"},
    {"M": 60, "N": float("inf"), "T": 20, "gamma": "1e-3", "noise": "0.1"},
    {"M": 60, "N": 20, "T": float("inf"), "gamma": "1e-3"},
    {"M": 60, "N": 20, "T": 20},
]


def as_path(model: Model, gamma: object) -> Path:
    """Constants as powers n^0; the model's teacher has 1/M, its noise therefore M in the path."""
    law = lambda value: (Fraction(value), 0) if value and value != float("inf") else None  # noqa: E731
    return Path(law(model.N), law(model.T), gamma, law(model.M), law(model.noise * model.M) or 0)


@pytest.mark.parametrize("values", MODELS, ids=str)
def test_agrees_with_numerics_at_moderate_sizes(values: dict) -> None:
    model = Model.power_law(alpha=HALF, **values)
    expected = evaluate_model(model, digits=25)
    gamma = (model.ridge_scale, 0) if model.gamma else 0
    kappa, loss = evaluate(HALF, as_path(model, gamma), 7, model.source)
    assert close(kappa, expected.kappa)
    with mp.workdps(30):
        assert close(loss, expected.loss * model.M)


@pytest.mark.parametrize(
    ("N", "T", "source"),
    [(10, 15, None), (15, 10, 4), (10, 10, 2), (20, 30, 2), (30, 20, None), (20, 20, 4), (20, 20, None), (25, 30, 2)],
)
def test_optimal_ridge_agrees_with_numerics(N: int, T: int, source: object) -> None:
    model = Model.power_law(alpha=HALF, M=20, N=N, T=T, source=source, noise="0.01")
    best = model.with_(gamma=optimal_ridge(model, 15))
    found = solve(HALF, as_path(model, "optimal"), 7, model.source)
    with mp.workdps(30):
        assert close(found.loss, evaluate_model(best, digits=25).loss * model.M)
        assert close(found.gamma, number(best.ridge_scale), 1e-13)


def test_no_ridge_is_best_with_as_many_features_as_latents() -> None:
    """N = M, and a teacher with so much power in the tail that the signal pays for no ridge."""
    path = Path((45, 0), (60, 0), "optimal", (45, 0), (Fraction(9, 20), 0))
    point = solve(HALF, path, 7, HALF)
    assert point.gamma == point.kappa == 0
    assert close(point.loss, mpf("0.675"), 1e-15)
    assert point.loss < solve(HALF, path._replace(gamma=(Fraction(1, 10**6), 0)), 7, HALF).loss


LAWS = [  # alpha = 1/2, s = 3/2; path, source, quantity, exponent, log power, amplitude
    (Path((1, 1), (1, 2)), None, "kappa", -3 * HALF, 0, c_alpha(HALF)),
    (Path((1, 1), (1, 2)), None, "loss", -HALF, 0, c_alpha(HALF) / 2),
    (Path((1, 2), (1, 1)), None, "loss", -HALF, 0, c_alpha(HALF) / 2),
    (Path((1, 1), (2, 1)), None, "loss", -HALF, 0, c_alpha(HALF)),  # x 1/(1 - N/T)
    (Path((1, 1), (1, 1)), None, "loss", 0, 0, mp.inf),
    (Path((1, 1), (1, 2), 0, (1, HALF)), None, "loss", 0, 0, 0),
    (Path((1, 1), (1, 2), 0, (1, HALF), (3, 0)), None, "loss", -3 * HALF, 0, 3 * HALF),
    (Path((1, 1), (1, 2), 0, (1, HALF), (3, 0)), None, "kappa", 0, 0, 0),
    (Path((1, 1), (1, 2), (2, 1), (1, HALF)), None, "kappa", -2, 0, 2),
    (Path((1, 1), (1, 2), 0, (1, 3)), 1, "loss", 0, 1, 1),  # V02 = ln(M/N) up to constants
    (Path((1, 1), (1, 2)), 1, "loss", 0, 0, mp.inf),
    (Path(None, (1, 1), "optimal", None, (1, 0)), None, "kappa", -1, 0, 1),  # gamma = noise/power
    (Path((1, 2), (1, 1), "optimal", (1, HALF)), None, "loss", 0, 0, 0),
]


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_known_laws(law: tuple) -> None:
    path, source, quantity, exponent, log_power, amplitude = law
    assert agrees(HALF, path, exponent, log_power, amplitude, quantity, source)


@pytest.mark.parametrize("law", [LAWS[i] for i in (0, 3, 5, 6, 9)], ids=str)
@pytest.mark.parametrize("wrong", ["exponent", "log_power", "amplitude"])
def test_wrong_claims_are_refused(law: tuple, wrong: str) -> None:
    path, source, quantity, exponent, log_power, amplitude = law
    exponent += Fraction(1, 1000) if wrong == "exponent" and amplitude else 0
    log_power += 1 if wrong == "log_power" and amplitude else 0
    amplitude = amplitude * mpf("1.0001") if amplitude and wrong == "amplitude" else amplitude or 1
    verdict = agrees(HALF, path, exponent, log_power, amplitude, quantity, source)
    assert not verdict
    assert f"ln({quantity}" in verdict


@pytest.mark.parametrize("law", [LAWS[i] for i in (0, 6, 9)], ids=str)
def test_fit_measures_the_law(law: tuple) -> None:
    path, source, quantity, exponent, log_power, amplitude = law
    found = fit(HALF, path, quantity, source)
    assert abs(found.exponent - number(exponent)) < 1e-11
    assert abs(found.log_power - log_power) < 1e-6
    assert close(found.amplitude, number(amplitude), 1e-5)
    assert all(error < 1e-2 for error in found.errors)


def test_log_power_in_a_competition_of_scales() -> None:
    """V02 ~ kappa^2 ln(1/kappa)/s against q/T ~ c kappa^(-1/s)/T; corrections are ln(ln(n))/ln(n)."""
    with mp.workdps(30):
        angle = 2 * mp.pi / 3
        c = angle / mp.sin(angle) / 3
        amplitude = (c * mpf(4) / 3) ** (mpf(3) / 8)
        path = Path(None, (1, 1), "optimal", None, (1, 0))
        assert agrees(HALF, path, Fraction(-3, 8), Fraction(-3, 8), amplitude, "kappa", 4)


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_random_optima_are_below_every_other_ridge(seed: int) -> None:
    alpha, path, source = random_path(random.Random(seed))
    n = mpf(10) ** 40
    best = solve(alpha, path._replace(gamma="optimal"), n, source).loss
    for power in range(-6, 7, 2):
        assert best <= solve(alpha, path._replace(gamma=(1, power)), n, source).loss * (1 + mpf("1e-12"))


def test_random_paths_cover_the_branches() -> None:
    rng = random.Random(0)
    paths = [random_path(rng)[1] for _ in range(300)]
    assert {path.gamma == "optimal" for path in paths} == {True, False}
    assert any(path.N is None for path in paths)
    assert any(path.T is None for path in paths)
    assert any(path.M is None for path in paths)
    assert any(path.M and path.M[1] == 0 for path in paths)
    assert any(path.N == path.T for path in paths)
    assert any(path.N and path.T and path.N[1] == path.T[1] and path.N != path.T for path in paths)
