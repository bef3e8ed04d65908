"""Scaling functions: limits known otherwise, and the planar equations at large sizes."""

import math

import pytest
import sympy as sp

from numerics import evaluate
from theory import Model, collapse, optimum
from theory.continuum import ALPHA, c_alpha

R, U = collapse.RATIO, collapse.SHARE


def test_ridgeless_collapse_is_the_model_sheets_factor() -> None:
    """Section 2, (3): L = (C sigma_w^2/2M) Delta_N/(1 - N/T)."""
    assert sp.simplify(collapse.ridgeless_ratio() - 1 / (1 - R)) == 0


def test_the_two_collapses_meet_at_no_ridge() -> None:
    assert sp.simplify(collapse.loss().subs(U, 1) - collapse.ridgeless_ratio()) == 0
    assert collapse.ridge().subs(U, 1) == 0


def test_amplitude_is_half_c_alpha() -> None:
    """Section 4: L_0 = C sigma_w^2 lambda_+ c_alpha/2M."""
    assert sp.simplify(collapse.amplitude() - c_alpha() / 2) == 0


@pytest.mark.parametrize("ratio", [sp.Rational(1), sp.Rational(1, 4)])
def test_optimum_of_the_scaling_function_is_the_optimal_loss(ratio: sp.Rational) -> None:
    """Least F_r over u = the closed form of theory.optimum, another reading of the same equations."""
    at = {ALPHA: sp.Rational(2), R: ratio}
    form = sp.lambdify(U, collapse.loss().subs(at))
    least = min(form(k / 20000) for k in range(1, 20000))
    closed = optimum.optimal_loss() / collapse.amplitude()
    sizes = {ALPHA: sp.Rational(2), optimum.N: 1, optimum.T: 1 / ratio}
    assert least == pytest.approx(float(closed.subs(sizes)), rel=1e-7)


@pytest.mark.parametrize(("alpha", "tolerance"), [("1/2", 1e-2), ("1", 1e-3), ("2", 1e-3)])
def test_planar_losses_tend_to_it(alpha: str, tolerance: float) -> None:
    """At n = 10^4, M = 10^16 what is left is (n/M)^alpha and 1/n, times a few."""
    value, share, ratio = sp.Rational(alpha), sp.Rational(3, 4), sp.Rational(1, 3)
    at = {ALPHA: value, U: share, R: ratio}
    n, latent = 10**4, 10**16
    gamma = float(collapse.ridge().subs(at)) * n ** (1 - float(value)) / float(ratio) / latent
    model = Model.power_law(alpha, latent, n, 3 * n, gamma=gamma)
    loss = float(evaluate(model).loss) * latent * n ** float(value) / float(collapse.amplitude().subs(at))
    assert math.isclose(loss, float(collapse.loss().subs(at)), rel_tol=tolerance)
