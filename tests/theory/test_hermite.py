"""Hermite coefficients: closed forms against quadrature of the definition, Parseval, and the literature."""

import pytest
import sympy as sp
from mpmath import mp, mpf

from theory.dual_kernel import RHO, S1, S2, dual_kernel
from theory.errors import InvalidInput
from theory.gaussian import gaussian_mean
from theory.hermite import ACTIVATIONS, Activation, S, Z, coefficient, coefficient_value, mean, slope

CLOSED = [name for name in ACTIVATIONS if name != "tanh"]
VARIANCE = sp.Rational(13, 10)


@pytest.mark.parametrize("name", CLOSED)
def test_closed_forms_are_the_definition(name: str) -> None:
    with mp.workdps(30):
        for p in (0, 1, 2, 3, 4, 7, 8):
            closed = mpf(sp.N(coefficient(name, p).subs(S, VARIANCE), 30))
            assert abs(coefficient_value(name, p, VARIANCE, 20) - closed) < mpf(10) ** -20


@pytest.mark.parametrize("name", CLOSED)
def test_mean_and_slope_are_the_first_two(name: str) -> None:
    assert sp.simplify(mean(name) - coefficient(name, 0)) == 0
    assert sp.simplify(sp.sqrt(S) * slope(name) - coefficient(name, 1)) == 0


@pytest.mark.parametrize("name", CLOSED)
def test_parseval_degree_by_degree(name: str) -> None:
    """The kernel's Taylor coefficients in rho are c_p(s1) c_p(s2), so at rho = 1 the squares add up to E f^2."""
    kernel = dual_kernel(name)
    for p in range(5):
        taylor = sp.diff(kernel, (RHO, p)).subs(RHO, 0) / sp.factorial(p)
        product = coefficient(name, p).subs(S, S1) * coefficient(name, p).subs(S, S2)
        numbers = {S1: sp.Rational(7, 5), S2: sp.Rational(3, 4)}
        assert abs(sp.N((taylor - product).subs(numbers), 40)) < sp.Float("1e-38")


@pytest.mark.parametrize("name", [name for name in CLOSED if name != "relu"])
def test_squares_add_up(name: str) -> None:
    """Smooth activations: a geometric tail, c_p^2 falling at least as (s/(1/2 + s))^p."""
    s, degrees = sp.Rational(1, 4), 60
    total = sum(sp.N(coefficient(name, p).subs(S, s), 30) ** 2 for p in range(degrees))
    whole = sp.N(dual_kernel(name).subs({RHO: 1, S1: s, S2: s}), 30)
    assert 0 <= whole - total + sp.Float("1e-28") < (s / (s + sp.Rational(1, 2))) ** degrees + sp.Float("2e-28")


def test_relu_has_the_coefficients_of_the_literature() -> None:
    """E.g. Daniely, Frostig and Singer (NIPS 2016), appendix C: (p - 3)!!/sqrt(2 pi p!), signs alternating."""
    for p in range(2, 14, 2):
        expected = (-1) ** (p // 2 + 1) * sp.factorial2(p - 3) / sp.sqrt(2 * sp.pi * sp.factorial(p))
        assert sp.simplify(coefficient("relu", p) - sp.sqrt(S) * expected) == 0
        assert coefficient("relu", p + 1) == 0


def test_sine_is_a_poisson_law() -> None:
    for p in (1, 3, 5, 9):
        assert sp.simplify(coefficient("sine", p) ** 2 - sp.exp(-S) * S**p / sp.factorial(p)) == 0


def test_tanh_is_odd_and_small_arguments_are_linear() -> None:
    assert abs(coefficient_value("tanh", 2, 1)) < mpf(10) ** -25
    s = sp.Rational(1, 10**6)
    # tanh z = z - z^3/3 + ...: c_1 = sqrt(s)(1 - s + O(s^2))
    assert abs(coefficient_value("tanh", 1, s) * 1000 - (1 - mpf(s.p) / s.q)) < mpf(10) ** -11


def test_gaussian_means() -> None:
    assert gaussian_mean(Z**4, Z, S) == 3 * S**2
    assert sp.simplify(gaussian_mean(sp.cos(2 * Z), Z, S) - sp.exp(-2 * S)) == 0
    assert sp.simplify(gaussian_mean(Z**2 * sp.exp(-(Z**2)), Z, S) - S / (1 + 2 * S) ** sp.Rational(3, 2)) == 0
    with pytest.raises(ValueError, match="no Gaussian average"):
        gaussian_mean(sp.tanh(Z), Z, S)


def test_refusals() -> None:
    for wrong in (lambda: coefficient("swish", 1), lambda: coefficient("tanh", 1), lambda: coefficient("relu", -1)):
        with pytest.raises(InvalidInput):
            wrong()
    with pytest.raises(InvalidInput, match="s"):
        coefficient_value("erf", 1, 0)


def test_a_mean_that_no_rule_gives_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ACTIVATIONS, "cosine", Activation("cosine", sp.cos(Z), 0))
    with pytest.raises(InvalidInput, match="activation = 'cosine' is not allowed"):
        mean("cosine")
