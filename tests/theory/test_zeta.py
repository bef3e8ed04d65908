"""Hurwitz zeta derivatives and Stieltjes constants, against mpmath where it is right, and identities."""

import pytest
import sympy as sp
from mpmath import mp, mpf

from theory.errors import NotConverged
from theory.zeta import Stieltjes, ZetaDerivative, hurwitz_taylor

R = sp.Rational


@pytest.mark.parametrize(
    ("n", "sigma", "shift"),
    [
        (0, "2.5", 1),
        (0, "-0.5", 1),
        (1, "0", 1),
        (1, "-30", 1),
        (2, "0.25", 1),
        (3, "-3", 1),
        (4, "1.5", 1),
        (0, "2.5", 10**6),
        (1, "-3", 1001),
        (2, "-3", 10**6),
        (2, "-3.25", 7.5),
    ],
)
def test_derivatives_agree_with_mpmath(n: int, sigma: str, shift: float) -> None:
    with mp.workdps(60):
        found = hurwitz_taylor(mpf(sigma), mpf(shift), n) * mp.factorial(n)
        with mp.workdps(90):
            expected = mp.zeta(mpf(sigma), mpf(shift), n)
        assert abs(found / expected - 1) < mpf(10) ** -58


@pytest.mark.parametrize(("n", "shift"), [(0, 1), (1, 1), (3, 1), (0, 7), (2, 3), (1, 3.5), (5, 10**6)])
def test_stieltjes_constants_agree_with_mpmath(n: int, shift: float) -> None:
    with mp.workdps(50):
        found = hurwitz_taylor(mpf(1), mpf(shift), n) * (-1) ** n * mp.factorial(n)
        with mp.workdps(70):
            expected = mp.stieltjes(n, mpf(shift))
        assert abs(found / expected - 1) < mpf(10) ** -48


@pytest.mark.parametrize("sigma", ["40", "87.5", "3/2", "-1/2", "-61/2"])
@pytest.mark.parametrize("shift", [1000, 10**9, 10**100])
def test_the_difference_equation_holds_to_every_digit(sigma: str, shift: int) -> None:
    """zeta(s, a) - zeta(s, a + 1) = a^-s, where mpmath.zeta loses digits (s large) or does not end (s < 0)."""
    value, digits = sp.Rational(sigma), 40
    with mp.workdps(digits + 120):  # the two agree in up to 100 digits
        s = mpf(value.p) / value.q
        difference = hurwitz_taylor(s, mpf(shift), 0) - hurwitz_taylor(s, mpf(shift + 1), 0)
        assert abs(difference * mp.power(shift, s) - 1) < mpf(10) ** -digits


def test_each_precision_agrees_with_the_next() -> None:
    before = None
    for digits in (20, 40, 80, 160):
        value = ZetaDerivative(2, R(-7, 3), 12).evalf(digits)
        if before is not None:
            assert abs(value / before[1] - 1) < sp.Float(10) ** (1 - before[0])
        before = digits, value


def test_sympy_values_are_kept_where_they_are_closed() -> None:
    M = sp.Symbol("M", positive=True)
    assert ZetaDerivative(0, sp.Integer(2), 1) == sp.pi**2 / 6
    assert ZetaDerivative(0, sp.Integer(-2), 1) == 0
    assert Stieltjes(0, 1) == sp.EulerGamma
    # sum_{I <= M} I^3
    assert sp.factor(sp.zeta(-3) - ZetaDerivative(0, sp.Integer(-3), M + 1)) == M**2 * (M + 1) ** 2 / 4
    assert ZetaDerivative(0, sp.Integer(1), M) == sp.zoo


def test_huge_integer_arguments_stay_closed() -> None:
    """SymPy's zeta(3, 10^9) would add 10^9 rational numbers."""
    value = ZetaDerivative(0, sp.Integer(3), sp.Integer(10) ** 9)
    assert abs(value.evalf(30) * 2 * 10**18 - 1) < 2e-9
    assert abs((Stieltjes(0, sp.Integer(10) ** 9 + 1).evalf(30) + sp.log(10**9)).evalf(20)) < 1e-9


def test_derivatives_in_both_arguments() -> None:
    sigma, a = sp.symbols("sigma a", positive=True)
    assert sp.diff(ZetaDerivative(0, sigma, a), sigma) == ZetaDerivative(1, sigma, a)
    assert sp.diff(ZetaDerivative(0, sigma, a), a) == -sigma * ZetaDerivative(0, sigma + 1, a)
    with pytest.raises(sp.core.function.ArgumentIndexError):
        ZetaDerivative(1, sigma, a).fdiff(3)


def test_latex() -> None:
    sigma, M = sp.symbols("sigma M")
    assert sp.latex(ZetaDerivative(0, sigma, M + 1)) == r"\zeta\left(\sigma, M + 1\right)"
    assert sp.latex(ZetaDerivative(1, sigma, 1) ** 2) == r"\left(\zeta'\left(\sigma\right)\right)^{2}"
    assert sp.latex(ZetaDerivative(3, sigma, 1)) == r"\zeta^{(3)}\left(\sigma\right)"
    assert sp.latex(Stieltjes(2, M + 1)) == r"\gamma_{2}\left(M + 1\right)"


def test_an_exact_zero_is_reported() -> None:
    with pytest.raises(NotConverged, match="is it zero"):
        hurwitz_taylor(mpf(-2), mpf(1), 0)


def test_no_value_is_given_where_the_series_is_not_defined() -> None:
    """a <= 0: not a number of terms that grows with |a|, but no value."""
    for value in (ZetaDerivative(0, sp.Rational(5, 2), -(10**30)), Stieltjes(1, -(10**30))):
        assert not value.evalf(20).is_Float
