"""Numbers as text: correct rounding at any size and precision."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from solvable.decimals import is_double, rounded, settled, shortest, significant

EXPONENTS = st.integers(-60_000, 60_000)


@given(st.integers(1, 2**200), EXPONENTS, st.integers(1, 80))
def test_significant_is_the_nearest_decimal(mantissa: int, exponent: int, digits: int) -> None:
    with mp.workprec(300):
        value = mp.ldexp(mpf(mantissa), exponent)
    text = significant(value, digits)
    found, exact = Fraction(Decimal(text)), Fraction(mantissa) * Fraction(2) ** exponent
    unit = Fraction(10) ** (Decimal(text).adjusted() - digits + 1)
    assert abs(found - exact) <= unit / 2 * (1 + Fraction(1, 10**20))
    assert len(Decimal(text).as_tuple().digits) == digits
    assert "E" not in text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.5, 3, "0.500"), (0.125, 2, "0.12"), (0.375, 2, "0.38"), (9.995, 3, "9.99"), (Fraction(1, 3), 5, "0.33333"),
        (Fraction(2, 3), 1, "0.7"), (mpf(100), 2, "1.0e+2"), (mpf(100), 5, "100.00"), (mpf("1e-9"), 4, "1.000e-9"),
        (mpf("inf"), 9, "inf"), (math.inf, 9, "inf"), (mpf(0), 9, "0"), (Fraction(999, 1000), 2, "1.0"),
        (-0.25, 1, "-0.2"),
    ],
)  # fmt: skip
def test_significant_by_hand(value: object, digits: int, text: str) -> None:
    assert significant(value, digits) == text


def test_a_tie_is_not_settled_and_its_neighbours_are() -> None:
    assert not settled(Fraction(1, 8), 2, good=50)
    assert settled(Fraction(1, 8) + Fraction(1, 10**45), 2, good=50)
    assert settled(Fraction(1, 8), 3, good=50)
    assert settled(mpf(0), 3, good=50)


@given(st.fractions(-(10**9), 10**9), st.integers(1, 40))
def test_rounded_keeps_the_digits(number: Fraction, digits: int) -> None:
    found = rounded(number, digits)
    assert abs(found - number) <= abs(number) * Fraction(1, 2 * 10 ** (digits - 1))


def test_shortest() -> None:
    assert shortest(Fraction(1, 8), 3) == "0.125"  # exact where it ends
    assert shortest(Fraction(1, 3), 3) == "0.333"
    assert shortest(Fraction(1, 10**9999), 17) == "1e-9999"
    assert shortest(Fraction(10**400), 17) == "1e+400"


def test_is_double() -> None:
    assert all(is_double(Fraction(x)) for x in (0, 1, 10**300, Fraction(1, 10**300)))
    assert not any(is_double(Fraction(x)) for x in (10**400, Fraction(1, 10**320), Fraction(1, 10**9999)))
