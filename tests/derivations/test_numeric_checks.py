"""The kinds of numerical check refuse what is wrong, and say unknown rather than pass."""

from fractions import Fraction

import pytest
import sympy as sp
from flint import arb
from mpmath import mp, mpf

from derivations.chapter import equality
from derivations.enclosed_checks import enclosed
from derivations.number import number, rational, rationals
from derivations.numeric_checks import both_sides, numerically
from derivations.simulated_checks import mean_and_error, simulated
from derivations.systems import minimum
from numerics.simulation import Estimate
from theory.claim import Claim
from theory.errors import InvalidInput
from theory.zeta import Stieltjes

X, LEFT = sp.symbols("x L", positive=True)


def stated(right: sp.Expr) -> sp.Equality:
    return equality(LEFT, right)


def test_rationals_are_between_their_ends_and_reproducible() -> None:
    found = rationals(5, 500, Fraction(1), Fraction(2))
    assert all(1 < x < 2 and 97 % x.denominator == 0 for x in found)
    assert len(set(found)) > 90  # of 96 that can be: one is absent with a chance of 0.5%
    assert found[:3] == rationals(5, 3, Fraction(1), Fraction(2)) != rationals(6, 3, Fraction(1), Fraction(2))
    assert rational(Fraction(-3, 7)) == sp.Rational(-3, 7)


def test_numbers_off_the_real_line_are_none() -> None:
    assert number(sp.sqrt(X), {X: mpf(-1)}) is None
    assert number(1 / X, {X: mpf(0)}) is None
    assert number(sp.log(X), {X: mpf(0)}) is None
    assert number(1 / sp.sin(sp.pi), {X: mpf(1)}) is None  # SymPy's zoo
    assert number(sp.zeta(X), {X: 1}) is None  # a pole that mpmath raises at
    assert number(X, {X: mpf("inf")}) is None
    assert number(X / 3, {X: Fraction(3, 2)}) == mpf(1) / 2


def test_numbers_have_the_working_precision() -> None:
    with mp.workdps(50):
        found = number(Stieltjes(0, 1) * sp.sqrt(X) / 3, {X: Fraction(2, 7)})
        assert found is not None
        assert abs(found / (mp.euler * mp.sqrt(mpf(2) / 7) / 3) - 1) < mpf(10) ** -49


def test_agreement_is_relative_and_to_the_digits() -> None:
    check = numerically(lambda: [(mpf("1e-30") * 2, {X: mpf("1e-30")})], 12)
    assert check(stated(2 * X)).verdict == "pass"
    assert check(stated(2 * X * (1 + sp.Rational(1, 10**11)))).verdict == "fail"


def test_both_sides_are_evaluated() -> None:
    check = both_sides(lambda: [{X: mpf(3), LEFT: mpf(9)}])
    assert check(stated(X**2)).verdict == "pass"
    assert check(stated(X**3)).verdict == "fail"


def test_no_points_are_no_evidence() -> None:
    assert numerically(list)(stated(X)).verdict == "fail"
    assert simulated(list, 5)(stated(X)).verdict == "fail"
    assert enclosed(list)(stated(X)).verdict == "unknown"


def test_minimum_of_a_function_with_a_pole() -> None:
    with mp.workdps(36):
        assert abs(minimum(lambda x: x + 1 / x, mpf("0.01"), mpf(9)) - 1) < mpf(10) ** -12
        with pytest.raises(ArithmeticError, match="no minimum"):
            minimum(lambda x: x + 1, mpf(0), mpf(1))


def test_an_enclosure_too_wide_is_unknown() -> None:
    third = arb(1) / 3  # at 53 bits
    for three in (arb(3), 3, Fraction(3)):
        assert enclosed(lambda: [(third, {X: three})], 50)(stated(1 / X)).verdict == "unknown"  # noqa: B023
        assert enclosed(lambda: [(third, {X: three})], 14)(stated(1 / X)).verdict == "pass"  # noqa: B023
        assert enclosed(lambda: [(third, {X: three})], 50)(stated(2 / X)).verdict == "fail"  # noqa: B023


def test_an_enclosure_is_not_finite_where_the_formula_is_not() -> None:
    check = enclosed(lambda: [(arb(1), {X: Fraction(2)})])
    assert check(stated(X / 2)).verdict == "pass"
    assert check(stated(X / 2 + 1 / (X - 2))).verdict == "fail"
    assert check(stated(sp.zoo)).verdict == "fail"
    assert check(stated(sp.sin(sp.pi / X) ** X)).verdict == "pass"


def test_a_wide_point_does_not_hide_a_wrong_one() -> None:
    wide, wrong = (arb(1, 0.1), {X: Fraction(1)}), (arb(3), {X: Fraction(2)})
    assert enclosed(lambda: [wide])(stated(X)).verdict == "unknown"
    assert enclosed(lambda: [wide, wrong])(stated(X)).verdict == "fail"


def test_what_cannot_be_enclosed_is_unknown() -> None:
    check = enclosed(lambda: [(arb(1), {X: Fraction(1)})])
    for right in (sp.gamma(X), LEFT):
        with pytest.raises(InvalidInput, match="part of the formula"):
            check(stated(right))
        claim = Claim("c", "C", "", lambda right=right: stated(right), check, "", "")
        assert claim.evidence().verdict == "unknown"


def test_a_mean_beyond_the_threshold_fails() -> None:
    check = simulated(lambda: [(1.0, 0.1, {X: 1.4})], 4.5)
    assert check(stated(X)).verdict == "pass"
    assert check(stated(X**2)).verdict == "fail"


def test_the_share_omitted_adds_to_the_threshold() -> None:
    points = [(1.0, 0.1, {X: 1.5})]  # 5 standard errors away; a third of 1.5 is as much
    assert simulated(lambda: points, 4)(stated(X)).verdict == "fail"
    assert simulated(lambda: points, 4, omitted=0.07)(stated(X)).verdict == "pass"
    assert simulated(lambda: points, 0, omitted=0.3)(stated(X)).verdict == "fail"
    assert simulated(lambda: points, 5.1)(stated(sp.log(X - X))).verdict == "fail"


def test_a_mean_needs_a_standard_error() -> None:
    assert mean_and_error(Estimate(1.0, 0.5, 2)) == (1.0, 0.5)
    with pytest.raises(InvalidInput, match="draws = 1"):
        mean_and_error(Estimate(1.0, None, 1))
