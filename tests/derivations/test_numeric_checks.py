"""The kinds of numerical check refuse what is wrong, and say unknown rather than pass."""

from fractions import Fraction

import pytest
import sympy as sp
from flint import arb
from mpmath import mp, mpf

from derivations.chapter import equality
from derivations.numeric_checks import both_sides, enclosed, number, numerically, simulated
from derivations.systems import minimum

X, LEFT = sp.symbols("x L", positive=True)


def stated(right: sp.Expr) -> sp.Equality:
    return equality(LEFT, right)


def test_numbers_off_the_real_line_are_none() -> None:
    assert number(sp.sqrt(X), {X: mpf(-1)}) is None
    assert number(1 / X, {X: mpf(0)}) is None
    assert number(sp.log(X), {X: mpf(0)}) is None
    assert number(1 / sp.sin(sp.pi), {X: mpf(1)}) is None  # SymPy's zoo
    assert number(X / 3, {X: Fraction(3, 2)}) == mpf(1) / 2


def test_agreement_is_relative_and_to_the_digits() -> None:
    check = numerically(lambda: [(mpf("1e-30") * 2, {X: mpf("1e-30")})], 12)
    assert check(stated(2 * X)).verdict == "pass"
    assert check(stated(2 * X * (1 + sp.Rational(1, 10**11)))).verdict == "fail"


def test_both_sides_are_evaluated() -> None:
    check = both_sides(lambda: [{X: mpf(3), LEFT: mpf(9)}])
    assert check(stated(X**2)).verdict == "pass"
    assert check(stated(X**3)).verdict == "fail"


def test_minimum_of_a_function_with_a_pole() -> None:
    with mp.workdps(36):
        assert abs(minimum(lambda x: x + 1 / x, mpf("0.01"), mpf(9)) - 1) < mpf(10) ** -12
        with pytest.raises(ArithmeticError, match="no minimum"):
            minimum(lambda x: x + 1, mpf(0), mpf(1))


def test_an_enclosure_too_wide_is_unknown() -> None:
    third = arb(1) / 3
    check = enclosed(lambda: [(third, {X: arb(3)})], 50)  # at 53 bits
    assert check(stated(1 / X)).verdict == "unknown"
    assert check(stated(2 / X)).verdict == "fail"


def test_a_mean_beyond_the_threshold_fails() -> None:
    check = simulated(lambda: [(1.0, 0.1, {X: 1.4})], 4.5)
    assert check(stated(X)).verdict == "pass"
    assert check(stated(X**2)).verdict == "fail"
