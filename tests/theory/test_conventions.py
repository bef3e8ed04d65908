"""The dictionary of papers: derivations, round trips, paths, refusals; expectations are typed only here."""

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from convention_models import NAMES, PAPERS, model, names
from hypothesis import assume, given
from hypothesis import strategies as st

from numerics.evaluate import evaluate
from theory import conventions
from theory.conventions import DECAY, RIDGE, SQUARES, Convention
from theory.errors import InvalidInput
from theory.model import Model
from theory.moments import KAPPA, D
from theory.papers import CONVENTIONS, convention
from theory.path import Path, Power
from theory.spectrum import Eigenvalues
from theory.student import GAMMA, SIGMA_U, M, N, T

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
