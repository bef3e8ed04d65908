"""Nilpotent numbers are exact derivatives of rational functions and logarithms."""

import numpy as np
import pytest
import sympy as sp

from numerics.nilpotent import Nilpotent

X, Y, Z = sp.symbols("x y z")
FORMS = [X * Y + Z, (X + 2) / (Y - 3 * Z), X**-2 * (1 + Y) ** 3 - Z / X, 1 - (X - Y) / (Z * X + 1) ** 2]


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("logarithm", [False, True])
def test_against_sympy(form: sp.Expr, logarithm: bool) -> None:
    """Every mixed derivative of three variables at a point; arrays as well as numbers."""
    point = {X: 1.3, Y: 0.7, Z: 0.2}
    numbers = [Nilpotent.generator(k, 3) + value for k, value in enumerate(point.values())]
    found = sp.lambdify((X, Y, Z), form, "math")(*numbers)
    if logarithm:
        found = found.log()
    exact = sp.log(form) if logarithm else form
    for chosen in [(), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]:
        expected = exact
        for k in chosen:
            expected = sp.diff(expected, (X, Y, Z)[k])
        assert found.derivative(*chosen) == pytest.approx(float(expected.subs(point)), rel=1e-12, abs=1e-12)


def test_arrays_broadcast_and_sum() -> None:
    values = np.array([1.0, 2.0, 4.0])
    x = Nilpotent.generator(0, 2) + 3.0
    total = (values / (x + Nilpotent.constant(values, 2))).sum()
    assert total.derivative() == pytest.approx((values / (3 + values)).sum())
    assert total.derivative(0) == pytest.approx((-values / (3 + values) ** 2).sum())
    assert (x**0).derivative() == 1
    assert (5 - x).derivative(0) == -1
    assert (x / values).c.shape == (3, 4)
