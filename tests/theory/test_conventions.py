"""The dictionary of papers: fits, fixed points, risks and rates in each paper's own formulas, typed only here."""

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given
from hypothesis import strategies as st

from numerics.evaluate import evaluate
from theory import conventions
from theory.asymptotics import asymptotics
from theory.conventions import DECAY, RIDGE, SQUARES, Convention
from theory.errors import InvalidInput
from theory.model import Model
from theory.moments import KAPPA, D
from theory.papers import CONVENTIONS, convention
from theory.path import Path, Power
from theory.spectrum import Eigenvalues
from theory.student import GAMMA, SIGMA_U, M, N, T

PAPERS = list(CONVENTIONS.values())
NAMES = list(CONVENTIONS)
SIZES = {"N": 6, "T": 9} | {"gamma": "0.7", "noise": "0.03", "sigma_u": "1.7", "sigma_w": "1.3", "source": "2.6"}
Fit = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float], np.ndarray]


def model(name: str, **changes: Any) -> Model:
    """A small model with no parameter at 1; a kernel for Cui et al."""
    settings = SIZES | ({"N": math.inf} if name == "cui" else {}) | changes
    return Model.power_law("0.8", 14, lambda_plus="1.9", **settings)


def names(paper: Convention) -> str:
    return paper.name


# Derivations -------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", PAPERS[1:], ids=names)
def test_objective_and_fixed_points_give_the_same_ridge(paper: Convention) -> None:
    infinite = N if paper.entry_variance is None else None
    assert sp.simplify(conventions.ridge_law(paper, infinite) - conventions.ridge_from_fixed_points(paper)) == 0


@pytest.mark.parametrize("paper", PAPERS[1:], ids=names)
@pytest.mark.parametrize("wrong", [2, T, 1 / T, N], ids=str)
def test_a_wrong_factor_is_seen(paper: Convention, wrong: Any) -> None:
    """In the objective's ridge or its squares, in the features' variance."""
    infinite = N if paper.entry_variance is None else None
    right = conventions.ridge_from_fixed_points(paper)
    mutants = [replace(paper, objective=paper.objective.subs({symbol: wrong * symbol})) for symbol in (RIDGE, SQUARES)]
    if paper.entry_variance is not None:
        mutants.append(replace(paper, entry_variance=paper.entry_variance * wrong))
    for mutant in mutants:
        assert sp.simplify(conventions.ridge_law(mutant, infinite) - right) != 0


def test_laws() -> None:
    """As the papers relate to the model sheet, section 7: N infinite at gamma = delta N sigma_u^2/M is ridge delta."""
    delta = GAMMA * M / (N * SIGMA_U**2)
    expected = {"mrs": GAMMA, "simon": delta, "atanasov": delta / T, "defilippis": delta}
    for name, law in expected.items():
        assert sp.simplify(conventions.ridge_law(CONVENTIONS[name]) - law) == 0
        at_infinity = law if name == "mrs" else law.subs(GAMMA, GAMMA * N * SIGMA_U**2 / M)
        assert sp.simplify(conventions.ridge_law(CONVENTIONS[name], N) - at_infinity) == 0
    assert conventions.ridge_law(CONVENTIONS["cui"], N) == GAMMA / T


# Round trips -------------------------------------------------------------------------------------

positive = st.fractions(min_value=Fraction(1, 1000), max_value=1000)
sizes = st.integers(min_value=1, max_value=10**18) | st.just(math.inf)


@pytest.mark.parametrize("paper", PAPERS, ids=names)
@given(
    gamma=positive | st.just(Fraction(0)), noise=positive, sigma_u=positive, loss=positive, features=sizes, data=sizes
)
def test_ridge_and_risk_come_back_exactly(
    paper: Convention, gamma: Fraction, noise: Fraction, sigma_u: Fraction, loss: Fraction, features: Any, data: Any
) -> None:
    features = math.inf if paper.name == "cui" else features
    assume(math.isfinite(min(features, data)))
    assume(math.isfinite(data) or gamma == 0 or paper.name == "atanasov")  # the ridge per sample has a limit
    ours = Model.power_law(1, 77, features, data, gamma=gamma, noise=noise, sigma_u=sigma_u, outputs=3)
    ridge = paper.to_ridge(ours)
    assert isinstance(ridge, Fraction)
    assert paper.to_gamma(ours.with_(gamma=5), ridge) == gamma
    risk = paper.to_risk(ours, loss)
    assert isinstance(risk, Fraction)
    assert paper.to_loss(ours, risk) == loss


@pytest.mark.parametrize("paper", PAPERS, ids=names)
@given(alpha=positive, R=st.fractions(min_value=-100, max_value=100))
def test_exponents_come_back_exactly(paper: Convention, alpha: Fraction, R: Fraction) -> None:
    theirs = paper.to_exponents(alpha, R)
    assert tuple(theirs) == paper.exponents
    assert paper.from_exponents(**theirs) == (alpha, R)


@pytest.mark.parametrize("paper", PAPERS, ids=names)
def test_paths_come_back(paper: Convention) -> None:
    exponents = paper.to_exponents("1/2", 2)
    features = [None] if paper.entry_variance is None else [None, Fraction(2, 3)]
    for q in features:
        for decay in (None, "optimal", Fraction(5, 3), 0):
            path = paper.to_path(decay, q, noise=Fraction(-1, 7), **exponents)
            assert paper.from_path(path) == {"decay": decay, "q": q, "noise": Fraction(-1, 7), **exponents}
    symbolic = paper.to_path(1)
    assert (symbolic.alpha, symbolic.source) == (None, None)
    assert paper.from_path(symbolic) == {"decay": 1, "q": None, "noise": None}


def test_paths_are_read_in_powers_of_the_number_of_samples() -> None:
    path = Path(Power(3), Power(2), Power(1), alpha=1)
    # ridge = gamma/N ~ n^-2 with n^2 samples
    assert CONVENTIONS["simon"].from_path(path)["decay"] == 1
    assert CONVENTIONS["simon"].from_path(path)["q"] == Fraction(3, 2)
    assert CONVENTIONS["defilippis"].from_path(path)["decay"] == 2
    assert CONVENTIONS["atanasov"].from_path(path)["decay"] == 2


def test_source_and_capacity() -> None:
    """r = (R - 1)/(2 (1 + alpha)); the isotropic teacher has r = alpha/(2 (1 + alpha))."""
    for name in ("atanasov", "cui", "defilippis"):
        paper = CONVENTIONS[name]
        assert paper.to_exponents("1/2", 2) == {"alpha": Fraction(3, 2), "r": Fraction(1, 3)}
        assert paper.to_exponents(3) == {"alpha": 4, "r": Fraction(3, 8)}
    assert CONVENTIONS["simon"].to_exponents("1/2", 2) == {"alpha": Fraction(3, 2), "beta": 2}
    assert CONVENTIONS["mrs"].to_exponents("1/2") == {"alpha": Fraction(1, 2), "R": Fraction(3, 2)}


# Fits: each paper's objective minimised as it stands -----------------------------------------------


def ours(x: np.ndarray, y: np.ndarray, u: np.ndarray, test: np.ndarray, gamma: float) -> np.ndarray:
    """theta = y phi^T (gamma + phi phi^T)^-1."""
    phi = u @ x
    return y @ phi.T @ np.linalg.inv(gamma * np.eye(len(phi)) + phi @ phi.T) @ u @ test


def least_squares(rows: np.ndarray, y: np.ndarray, weight: float, ridge: float) -> np.ndarray:
    """argmin of weight |rows w - y|^2 + ridge |w|^2."""
    width = rows.shape[1]
    augmented = np.vstack([math.sqrt(weight) * rows, math.sqrt(ridge) * np.eye(width)])
    return np.linalg.lstsq(augmented, np.concatenate([math.sqrt(weight) * y, np.zeros(width)]), rcond=None)[0]


def fit_mrs(x: np.ndarray, y: np.ndarray, g: np.ndarray, test: np.ndarray, ridge: float) -> np.ndarray:
    """(1/2) |theta phi - y|^2 + (gamma/2) |theta|^2, phi = u x, u ~ N(0, sigma_u^2/M)."""
    u = float(model("mrs").sigma_u) / math.sqrt(14) * g
    return least_squares((u @ x).T, y, 0.5, ridge / 2) @ u @ test


def fit_simon(x: np.ndarray, y: np.ndarray, g: np.ndarray, test: np.ndarray, ridge: float) -> np.ndarray:
    """Kernel k(x, x') = (1/k) sum_i g_i(x) g_i(x'); f = k(x, X) (K + delta)^-1 y."""
    k, n = len(g), len(y)
    gram, against = (g @ x).T @ (g @ x) / k, (g @ test).T @ (g @ x) / k
    return against @ np.linalg.solve(gram + ridge * np.eye(n), y)


def fit_atanasov(x: np.ndarray, y: np.ndarray, g: np.ndarray, test: np.ndarray, ridge: float) -> np.ndarray:
    """v = (F^T Sigma F + lambda)^-1 F^T X^T y/P, Sigma = X^T X/P, F_ij ~ N(0, 1/N); f = x F v."""
    rows, P = x.T, len(y)
    F = g.T / math.sqrt(len(g))
    v = np.linalg.solve(F.T @ rows.T @ rows @ F / P + ridge * np.eye(len(g)), F.T @ rows.T @ y / P)
    return test.T @ F @ v


def fit_cui(x: np.ndarray, y: np.ndarray, g: np.ndarray, test: np.ndarray, ridge: float) -> np.ndarray:
    """(1/n) sum (y - w psi)^2 + lambda |w|^2 with the kernel's features psi, of covariance Lambda."""
    return least_squares(x.T, y, 1 / len(y), ridge) @ test


def fit_defilippis(x: np.ndarray, y: np.ndarray, g: np.ndarray, test: np.ndarray, ridge: float) -> np.ndarray:
    """sum (y - f)^2 + lambda |a|^2, f = p^-1/2 sum a_j sigma_j(x)."""
    z, at_test = g @ x / math.sqrt(len(g)), g @ test / math.sqrt(len(g))
    return least_squares(z.T, y, 1, ridge) @ at_test


FITS: dict[str, Fit] = {
    "mrs": fit_mrs, "simon": fit_simon, "atanasov": fit_atanasov, "cui": fit_cui, "defilippis": fit_defilippis,
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_both_objectives_have_the_same_minimiser(name: str) -> None:
    mine, random = model(name), np.random.default_rng(7)
    roots = np.sqrt(eigenvalues(mine))
    x, test = (roots[:, None] * random.standard_normal((mine.M, count)) for count in (int(mine.T), 5))
    y, g = random.standard_normal(int(mine.T)), random.standard_normal((6, mine.M))
    u = np.eye(mine.M) if name == "cui" else float(mine.sigma_u) / math.sqrt(mine.M) * g
    expected = ours(x, y, u, test, float(mine.gamma))
    ridge = CONVENTIONS[name].to_ridge(mine)
    found = FITS[name](x, y, g, test, float(ridge))
    assert found == pytest.approx(expected, rel=1e-10)
    for wrong in (2, 0.5, 9, 6):  # factor 2, T, N
        assert FITS[name](x, y, g, test, float(ridge) * wrong) != pytest.approx(expected, rel=1e-3)


# Fixed points and risks ----------------------------------------------------------------------------


def eigenvalues(mine: Model) -> np.ndarray:
    modes = np.arange(1, mine.M + 1)
    return 1.9 * modes**-1.8


def teacher(mine: Model) -> np.ndarray:
    """v_k: the squared coefficient of the target along the k-th normalised mode."""
    return 1.3**2 * 1.9 * np.arange(1, mine.M + 1) ** -2.6 / mine.M


def translated(name: str, **changes: Any) -> tuple[Model, float, dict[str, Any], float]:
    """Model, and the paper's ridge, renormalised ridges, risk, by the toolkit."""
    mine, paper = model(name, **changes), CONVENTIONS[name]
    e = evaluate(mine)
    return (
        mine,
        float(paper.to_ridge(mine)),
        paper.to_renormalised(mine, e.kappa, e.feature_gap),
        paper.to_risk(mine, e.loss),
    )


@pytest.mark.parametrize(("n", "more"), [("N", "T"), ("T", "N")])
def test_mrs(n: str, more: str) -> None:
    """sum lambda/(Delta + n lambda) = 1 and L = (C sigma_w^2/2M) Delta/(1 - N/T), N <-> T; no ridge, no noise."""
    mine, _, found, risk = translated("mrs", gamma=0, noise=0, source=None, **{n: 6, more: 9})
    lam, delta = eigenvalues(mine), found["Delta"]
    assert np.sum(lam / (delta + 6 * lam)) == pytest.approx(1, rel=1e-12)
    assert risk == pytest.approx(1.3**2 / (2 * 14) * delta / (1 - 6 / 9), rel=1e-12)


@pytest.mark.parametrize("changes", [{}, {"N": 11, "outputs": 1}, {"N": math.inf}])
def test_simon(changes: dict[str, Any]) -> None:
    """n = sum lambda/(lambda + gamma) + delta/kappa, k = sum lambda/(lambda + gamma) + k kappa/gamma; E_test."""
    mine, ridge, found, risk = translated("simon", **changes)
    lam, v, n, k = eigenvalues(mine), teacher(mine), 9, min(float(mine.N), 1e14)
    gamma, kappa = found["gamma"], found["kappa"]
    learned = lam / (lam + gamma)
    z, q = learned.sum(), (learned**2).sum()
    assert z + ridge / kappa == pytest.approx(n, rel=1e-12)
    assert z + k * kappa / gamma == pytest.approx(k, rel=1e-12)
    inflation = 1 / (1 - (q * (k - 2 * z) + z**2) / (n * (k - q)))
    expected = inflation * (v @ (gamma / (lam + gamma) - kappa * lam / (lam + gamma) ** 2 * k / (k - q)) + 0.03)
    assert risk == pytest.approx(expected, rel=1e-10)


def test_atanasov() -> None:
    """kappa_1 = lambda/(1 - df1/P), kappa_2 = kappa_1/(1 - df1/N), df1 at kappa_2; E_g on clean labels."""
    mine, ridge, found, risk = translated("atanasov")
    lam, v, P, n_features = eigenvalues(mine), teacher(mine), 9, 6
    kappa_2 = found["kappa_2"]
    df1, df2 = np.sum(lam / (lam + kappa_2)), np.sum(lam**2 / (lam + kappa_2) ** 2)
    assert found["kappa_1"] == pytest.approx(ridge / (1 - df1 / P), rel=1e-12)
    assert kappa_2 == pytest.approx(found["kappa_1"] / (1 - df1 / n_features), rel=1e-12)
    tf1, tf1_slope = np.sum(v / (lam + kappa_2)), -np.sum(v / (lam + kappa_2) ** 2)
    rate = (n_features - df1) / (n_features - df2)  # d ln kappa_2 / d ln kappa_1
    gamma_1 = (df1 - rate * (df1 - df2)) / P
    bias = -(kappa_2**2) * tf1_slope * rate + kappa_2 * tf1 * (1 - rate)
    assert risk == pytest.approx((bias + 0.03) / (1 - gamma_1) - 0.03, rel=1e-11)


def test_cui() -> None:
    """z = n lambda + (z/n) sum lambda_k/(lambda_k + z/n), and their excess error."""
    mine, ridge, found, risk = translated("cui")
    lam, v, n, z = eigenvalues(mine), teacher(mine), 9, found["z"]
    assert z == pytest.approx(n * ridge + z / n * np.sum(lam / (lam + z / n)), rel=1e-12)
    q = np.sum(lam**2 / (lam + z / n) ** 2) / n
    assert risk == pytest.approx((np.sum(v / (1 + n * lam / z) ** 2) + 0.03 * q) / (1 - q), rel=1e-12)


@pytest.mark.parametrize("changes", [{}, {"N": 11}])
def test_defilippis(changes: dict[str, Any]) -> None:
    """nu_2 from a single equation, nu_1 from it, bias and variance by Upsilon and chi."""
    mine, ridge, found, risk = translated("defilippis", **changes)
    lam, v, n, p = eigenvalues(mine), teacher(mine), 9, float(mine.N)
    nu_1, nu_2 = found["nu_1"], found["nu_2"]
    root = math.sqrt((1 - n / p) ** 2 + 4 * ridge / (p * nu_2))
    assert 1 + n / p - root == pytest.approx(2 / p * np.sum(lam / (lam + nu_2)), rel=1e-11)
    assert nu_1 == pytest.approx(nu_2 / 2 * (1 - n / p + root), rel=1e-11)
    df2 = np.sum(lam**2 / (lam + nu_2) ** 2)
    upsilon = p / n * ((1 - nu_1 / nu_2) ** 2 + (nu_1 / nu_2) ** 2 * df2 / (p - df2))
    chi = np.sum(lam / (lam + nu_2) ** 2) / (p - df2)
    bias = nu_2**2 / (1 - upsilon) * (np.sum(v / (lam + nu_2) ** 2) + chi * np.sum(v * lam / (lam + nu_2) ** 2))
    assert risk == pytest.approx(bias + 0.03 * upsilon / (1 - upsilon), rel=1e-11)


@pytest.mark.parametrize("name", ["simon", "atanasov", "defilippis"])
def test_no_difference_is_left_in_the_renormalised_ridges(name: str) -> None:
    """kappa (N - D)/N with N - D far below the spacing of doubles at N."""
    mine = model(name, gamma="1e-40")
    e = evaluate(mine)
    smaller = min(CONVENTIONS[name].to_renormalised(mine, e.kappa, e.feature_gap).values())
    assert 0 < e.feature_gap < 1e-30
    assert smaller == pytest.approx(e.kappa * e.feature_gap / 6, rel=1e-12)


# Rates: what n stands for in the ridge's exponent --------------------------------------------------

CUI_POINTS = [("3/2", "1/3", "1/2"), ("3/2", "1/3", 3), ("3/2", "5/4", "1/2"), ("2", "2/3", "5/2")]


@pytest.mark.parametrize(("alpha", "r", "decay"), CUI_POINTS)
def test_rates_of_cui(alpha: str, r: str, decay: Any) -> None:
    """Noiseless: kappa ~ n^-min(l, alpha), excess error ~ n^(-2 min(l, alpha) min(r, 1)): no room for a factor n."""
    (case,) = asymptotics(CONVENTIONS["cui"].to_path(decay, alpha=alpha, r=r))
    slower = min(Fraction(decay), Fraction(alpha))
    assert case.kappa.exponent == -slower
    assert case.loss.exponent == -2 * slower * min(Fraction(r), 1)


@pytest.mark.parametrize("decay", ["3/4", "5/2"])
def test_noisy_rates_of_cui(decay: str) -> None:
    """sigma^2 n^((l - a)/a) for l < a, a plateau for l > a."""
    (case,) = asymptotics(CONVENTIONS["cui"].to_path(decay, noise=0, alpha=2, r=2))
    assert case.loss.exponent == min(Fraction(0), (Fraction(decay) - 2) / 2)


@pytest.mark.parametrize(("decay", "q"), [("1/2", "3/4"), (3, "1/2"), (3, "3/2")])
def test_rates_of_defilippis(decay: Any, q: str) -> None:
    """m = min(l/a, q, 1): nu_2 ~ n^(-a m), bias n^-min(2 a m min(r,1), (2 a min(r,1/2) - 1) m + q)."""
    a, r = Fraction(2), Fraction(3, 4)
    (case,) = asymptotics(CONVENTIONS["defilippis"].to_path(decay, q, alpha=a, r=r))
    m = min(Fraction(decay) / a, Fraction(q), Fraction(1))
    assert case.kappa.exponent == -a * m
    assert case.loss.exponent == -min(2 * a * m * min(r, 1), (2 * a * min(r, Fraction(1, 2)) - 1) * m + Fraction(q))


# Refusals ------------------------------------------------------------------------------------------


def test_refusals() -> None:
    with pytest.raises(
        InvalidInput, match=r"^convention = 'bahri' is not allowed: give mrs, simon, atanasov, cui, def"
    ):
        convention("bahri")
    assert convention("cui") is CONVENTIONS["cui"]
    with pytest.raises(InvalidInput, match="N = 6 is not allowed: give inf: Cui"):
        CONVENTIONS["cui"].to_ridge(model("simon"))
    with pytest.raises(InvalidInput, match="q = 1 is not allowed: give None: Cui"):
        CONVENTIONS["cui"].to_path(1, 1)
    with pytest.raises(InvalidInput, match="T = 'inf' is not allowed: give a finite number: the ridge of Simon"):
        CONVENTIONS["simon"].to_ridge(model("simon", T=math.inf))
    assert CONVENTIONS["simon"].to_gamma(model("simon", T=math.inf), 0) == 0
    with pytest.raises(InvalidInput, match="delta = -1 is not allowed: give a number >= 0"):
        CONVENTIONS["simon"].to_gamma(model("simon"), -1)
    with pytest.raises(InvalidInput, match="exponents = 'alpha' is not allowed: give alpha and r"):
        CONVENTIONS["cui"].from_exponents(alpha=2)
    with pytest.raises(InvalidInput, match="T = 'inf' is not allowed: give a power of n"):
        CONVENTIONS["simon"].from_path(Path(Power(1), None))


def test_sizes_have_no_bound() -> None:
    vast = Model.power_law(1, 10**500, 10**400, 10**400, gamma=3)
    for name, power in (("mrs", 0), ("simon", 100), ("atanasov", -300), ("defilippis", 100)):
        ridge = CONVENTIONS[name].to_ridge(vast)
        assert ridge == 3 * Fraction(10) ** power
        assert CONVENTIONS[name].to_gamma(vast, ridge) == 3


def test_any_spectrum_has_a_ridge() -> None:
    listed = Model(Eigenvalues([3.0, 1.0]), 4, 5, gamma=2)
    assert CONVENTIONS["atanasov"].to_ridge(listed) == Fraction(2 * 2, 4 * 5)


@pytest.mark.parametrize("name", NAMES)
def test_formulas_are_those_used(name: str) -> None:
    paper, mine = CONVENTIONS[name], model(name)
    laws = paper.formulas(mine)
    assert tuple(laws) == (paper.ridge, *paper.renormalised, paper.risk)
    values = {N: 6, T: 9, M: 14, SIGMA_U: sp.Rational(17, 10), GAMMA: sp.Rational(7, 10)}
    assert laws[paper.ridge].subs(values) == sp.Rational(*paper.to_ridge(mine).as_integer_ratio())
    e = evaluate(mine)
    for symbol, value in paper.to_renormalised(mine, e.kappa, e.feature_gap).items():
        at = {KAPPA: e.kappa, D: e.df1, N: 6, T: 9}
        assert float(laws[symbol].subs(at)) == pytest.approx(value, rel=1e-12)
    kernel = paper.formulas(model(name, N=math.inf))
    assert not any(kernel[symbol].has(D) for symbol in paper.renormalised)


@pytest.mark.parametrize("name", ["simon", "atanasov", "cui", "defilippis"])
@pytest.mark.parametrize("q", [None, Fraction(2, 3)])
def test_ridges_on_paths(name: str, q: Fraction | None) -> None:
    """A path in the paper's ridge is the one of to_path; coefficients follow the same law as numbers do."""
    paper = CONVENTIONS[name]
    if q is not None and paper.entry_variance is None:
        return
    ours = paper.to_path(Fraction(5, 3), q)
    ridge = Power(paper.ridge_power.subs(DECAY, Fraction(5, 3)))
    assert paper.on_path(replace(ours, gamma=ridge)) == ours
    features = None if q is None else Power(q, 3)
    scaled = paper.on_path(Path(features, Power(1, 5), Power(-1, 7), alpha=1))
    at_one = Model.power_law(1, 10, math.inf if q is None else 3, 5)
    gamma = paper.to_gamma(at_one, 7)
    unit = 1 if q is None else at_one.M  # a path's gamma is in units of sigma_u^2/M
    assert scaled.gamma.coefficient == gamma * unit


def test_a_ridge_in_units_of_an_infinite_size_is_refused() -> None:
    with pytest.raises(InvalidInput, match="M = 'inf'"):
        CONVENTIONS["mrs"].on_path(Path(Power(1), Power(1), Power(-1), alpha=1))
    with pytest.raises(InvalidInput, match="a kernel"):
        CONVENTIONS["cui"].on_path(Path(Power(1), Power(1), Power(-1), alpha=1))
    free = Path(Power(1), Power(1), alpha=1)
    assert CONVENTIONS["mrs"].on_path(free) == free
