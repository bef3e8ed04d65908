"""Spectral moments: derivative rule and linear relation, against the summand itself."""

import pytest
import sympy as sp

from theory.moments import KAPPA, LAMBDA, D, Moment, P, Q, TeacherMoment, canonical, is_zero, sum_over_spectrum

PAIRS = [(1, 0), (2, 0), (0, 1), (1, 1), (0, 2), (3, 2)]


def summand(expression: sp.Expr) -> sp.Expr:
    return expression.xreplace({m: m.summand() for m in expression.atoms(Moment)})


@pytest.mark.parametrize(("j", "k"), PAIRS)
def test_derivative_rule_is_that_of_the_summand(j: int, k: int) -> None:
    moment = Moment(j, k, KAPPA)
    assert sp.simplify(summand(sp.diff(moment, KAPPA)) - sp.diff(moment.summand(), KAPPA)) == 0


@pytest.mark.parametrize(("j", "k"), PAIRS)
def test_relation_p_plus_rest_is_one(j: int, k: int) -> None:
    relation = Moment(j, k, KAPPA) - Moment(j + 1, k, KAPPA) - Moment(j, k + 1, KAPPA)
    assert is_zero(relation)
    assert sp.simplify(summand(relation)) == 0


def test_zero_test_tells_wrong_from_right() -> None:
    assert is_zero(Moment(1, 1, KAPPA) - D + Q)
    assert not is_zero(Moment(1, 1, KAPPA) - D - Q)
    assert not is_zero(TeacherMoment(1, 0, KAPPA) - D)


def test_sum_over_spectrum_refuses_what_is_no_moment() -> None:
    with pytest.raises(ValueError, match="not a combination"):
        sum_over_spectrum(LAMBDA / (LAMBDA + 2 * KAPPA))
    assert canonical(sum_over_spectrum(LAMBDA * KAPPA / (LAMBDA + KAPPA) ** 2) - D + Q) == 0


def test_the_variable_p_is_lambda_over_lambda_plus_kappa() -> None:
    assert sp.simplify((KAPPA * P / (1 - P)).subs(P, LAMBDA / (LAMBDA + KAPPA)) - LAMBDA) == 0
