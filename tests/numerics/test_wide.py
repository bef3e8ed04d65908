"""Doubles with wide exponents: exact where doubles are, and far beyond them."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics.wide import Wide

positive = st.floats(1e-300, 1e300, allow_nan=False)


def exact(number: Wide) -> Fraction:
    return Fraction(float(number.mantissa)) * Fraction(2) ** int(number.exponent)


@given(positive, positive)
def test_operations_round_as_doubles_do(x: float, y: float) -> None:
    wide, other, bound = Wide(x), Wide(y), Fraction(1, 2**52)
    for found, true in (
        (wide + other, Fraction(x) + Fraction(y)),
        (wide * other, Fraction(x) * Fraction(y)),
        (wide / other, Fraction(x) / Fraction(y)),
        (wide**3, Fraction(x) ** 3),
        (y + wide, Fraction(x) + Fraction(y)),
        (y / wide, Fraction(y) / Fraction(x)),
    ):
        assert abs(exact(found) / true - 1) <= 2 * bound


@pytest.mark.parametrize("logarithm", [-5000.0, -700.0, 0.0, 3.0, 5000.0])
def test_exponentials_beyond_the_doubles(logarithm: float) -> None:
    tall = Wide.exp(np.array([logarithm]))
    product = tall * Wide.exp(np.array([-logarithm + 1.5]))
    assert product.value()[0] == pytest.approx(np.exp(1.5), rel=1e-12)
    assert Wide.exp(np.array([-np.inf])).value()[0] == 0


def test_zero_adds_nothing_and_absorbs() -> None:
    zero, tiny = Wide(0.0), Wide.exp(np.array([-4000.0]))
    assert exact_array(zero + tiny) == exact_array(tiny)
    assert float((zero * tiny).value()[0]) == 0
    assert float((tiny + 1.0).value()[0]) == 1
    assert tiny.value()[0] == 0
    assert (1.0 / tiny).value()[0] == np.inf
    assert tiny.where(np.array([False]), Wide(np.array([2.0]))).value()[0] == 2


def exact_array(number: Wide) -> tuple[float, int]:
    return float(number.mantissa[0]), int(number.exponent[0])
