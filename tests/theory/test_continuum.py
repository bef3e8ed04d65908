"""The continuum form against model sheet section 3 (MRS, arXiv:2210.16859)."""

import pytest
import sympy as sp

from theory.continuum import ALPHA, LAMBDA_PLUS, SIZE, c_alpha, df2_share, drawn_delta
from theory.student import M


def test_c_alpha_of_the_paper() -> None:
    angle = sp.pi / (1 + ALPHA)
    assert sp.simplify(c_alpha() - (angle / sp.sin(angle)) ** (1 + ALPHA)) == 0
    assert c_alpha().subs(ALPHA, 1) == sp.pi**2 / 4


@pytest.mark.parametrize("alpha", [sp.Rational(1, 2), 1, 3])
def test_share_of_df2(alpha: sp.Rational) -> None:
    assert sp.simplify(df2_share().subs(ALPHA, alpha) - alpha / (1 + alpha)) == 0


def test_drawn_form_vanishes_at_the_end_of_the_spectrum() -> None:
    assert drawn_delta().subs(SIZE, M) == 0
    assert sp.limit(drawn_delta().subs({ALPHA: 1, LAMBDA_PLUS: 1}) * SIZE, M, sp.oo) == sp.pi**2 / 4
