"""The optimal ridge and allocation: closed forms against exact numbers, and the proof of the equal split."""

from fractions import Fraction

import pytest
import sympy as sp

from theory import optimum
from theory.asymptotics import asymptotics
from theory.budget import best_split
from theory.continuum import ALPHA, c_alpha
from theory.path import OPTIMAL, Path, Power
from theory.student import N, T


@pytest.mark.parametrize("alpha", [Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(2), Fraction(3)])
def test_closed_form_is_the_minimum_of_the_exact_loss(alpha: Fraction) -> None:
    """Against the engine's optimum on the proportional path N = 3n, T = 5n, found without the continuum loss."""
    (case,) = asymptotics(Path(Power(1, 3), Power(1, 5), OPTIMAL, alpha=alpha))
    sizes = {N: 3, T: 5, ALPHA: sp.Rational(str(alpha))}
    assert abs(float(case.loss.value(20)) - float(optimum.optimal_loss().subs(sizes))) < 1e-13
    kappa = optimum.continuum_kappa().subs(optimum.DF1, optimum.optimal_df1()).subs(sizes)
    assert abs(float(case.kappa.value(20)) - float(kappa)) < 1e-12 * float(kappa)


def test_alpha_one_is_the_papers_law() -> None:
    """MRS state L_0 (1/N + 1/T)^alpha: exact at alpha = 1, with gamma = pi^2/4 whatever N and T."""
    assert sp.simplify(optimum.optimal_ridge().subs(ALPHA, 1) - sp.pi**2 / 4) == 0
    difference = (optimum.optimal_loss() - optimum.paper_law()).subs(ALPHA, 1)
    for n, t in ((3, 5), (7, 7), (1, 100)):
        assert sp.simplify(difference.subs({N: n, T: t})) == 0
    assert sp.simplify(optimum.paper_law().subs(T, N) - c_alpha() / 2 * (2 / N) ** ALPHA) == 0


@pytest.mark.parametrize(("alpha", "ratio"), [("1/4", 1.0997), ("1/2", 1.0948), ("1", 1), ("2", 0.7182), ("3", 0.4668)])
def test_ratio_to_the_papers_law(alpha: str, ratio: float) -> None:
    """Values of the literature sheet, to its four decimals (1.09475 stands there as 1.0948)."""
    assert abs(float(optimum.ratio_to_law().subs(ALPHA, sp.Rational(alpha))) - ratio) < 6e-5


def test_equal_split_is_the_minimum_whatever_the_spectrum() -> None:
    whole, rest = optimum.equal_split()
    s, d, q = optimum.SUM, optimum.DF1, optimum.DF2
    assert whole == 1
    # positive and rising in S, since S > 2 D: q (S - 2 D) + D^2
    assert sp.expand(rest - (q * (s - 2 * d) + d**2)) == 0
    assert sp.diff(rest, s) == q


def test_split_for_a_cost_is_stationary() -> None:
    alpha, a, b = sp.Rational(1, 2), 1, 2
    by_n, by_t = optimum.optimal_split(alpha, sp.Integer(a), sp.Integer(b))
    assert optimum.optimal_split(sp.Integer(1), sp.Integer(a), sp.Integer(b)) == (sp.Rational(1, 3), sp.Rational(2, 3))
    best = float((by_t / by_n).evalf())  # N/T

    def loss(ratio: float) -> float:
        """Optimal loss at cost N^a T^b = 1, N = ratio T."""
        t = ratio ** (-a / (a + b))
        values = {ALPHA: alpha, N: sp.Float(ratio * t, 30), T: sp.Float(t, 30)}
        return float(optimum.optimal_loss().subs(values))

    assert loss(best) < min(loss(best * 1.01), loss(best / 1.01))


@pytest.mark.parametrize("alpha", ["1/2", "1", "2", "3"])
def test_label_noise_moves_the_optimum_to_more_samples(alpha: str) -> None:
    """N^-alpha balances T^(-alpha/(1+alpha)): T = N^(1+alpha) and C^(-alpha/(2+alpha)) at N T = C."""
    value = sp.Rational(alpha)
    split = best_split(value, noise=Power(0))
    assert split.samples / split.features == 1 + value
    assert split.loss == -value / (2 + value)


def test_without_noise_the_split_is_equal() -> None:
    split = best_split(sp.Rational(1, 2))
    assert (split.features, split.samples, split.loss) == (sp.Rational(1, 2), sp.Rational(1, 2), sp.Rational(-1, 4))
