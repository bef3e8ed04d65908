"""Fixed points, risks and rates in each paper's own formulas, typed only here."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from convention_models import eigenvalues, model

from numerics.evaluate import evaluate
from theory.asymptotics import asymptotics
from theory.model import Model
from theory.papers import CONVENTIONS

# Fixed points and risks ----------------------------------------------------------------------------


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
