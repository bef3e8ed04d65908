"""Exact numbers from what users type; everything else is refused in one way."""

from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from theory.errors import InvalidInput
from theory.exact import describe, to_fraction, to_size

GOOD = [
    ("0.7", Fraction(7, 10)),
    (0.7, Fraction(7, 10)),
    (Decimal("0.7"), Fraction(7, 10)),
    ("-3/4", Fraction(-3, 4)),
    (np.float64(0.1), Fraction(1, 10)),
    (np.int32(5), Fraction(5)),
    (sp.Rational(2, 3), Fraction(2, 3)),
    (mpmath.mpf("0.5"), Fraction(1, 2)),
    ("1e-300", Fraction(1, 10**300)),
    (" 1E3 ", Fraction(1000)),
    (2**70, Fraction(2**70)),
    (np.array(3.0), Fraction(3)),
    ("1e-9999", Fraction(1, 10**9999)),
]
BAD = [
    "",
    "nan",
    "inf",
    "1e999999999",
    "1/0",
    "0x10",
    "1_0",
    "١٢",
    "two",
    "1,2",
    "--1",
    "1e",
    ".",
    "1" * 30_000,
    "9" * 5000,
    float("nan"),
    float("inf"),
    Decimal("NaN"),
    Decimal("1e99999"),
    None,
    True,
    [1],
    {},
    b"1",
    1j,
    sp.oo,
    sp.nan,
    sp.sqrt(2) * sp.I,
    mpmath.mpf("nan"),
    mpmath.mpf("inf"),
    np.array([1.0]),
    np.nan,
    object(),
]


@pytest.mark.parametrize(("value", "expected"), GOOD)
def test_reads_exactly(value: object, expected: Fraction) -> None:
    assert to_fraction("x", value) == expected


@pytest.mark.parametrize("value", BAD, ids=lambda v: repr(v)[:20])
def test_refuses_with_name_value_and_remedy(value: object) -> None:
    with pytest.raises(InvalidInput, match=r"(?s)^x = .* is not allowed: give a finite number$"):
        to_fraction("x", value)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.decimals(), st.fractions(), st.none(), st.binary()))
def test_any_value_is_read_or_refused(value: object) -> None:
    try:
        number = to_fraction("x", value)
    except InvalidInput as error:
        assert "\n" not in str(error).replace("\\n", "") or isinstance(value, str)
    else:
        assert isinstance(number, Fraction)
        if isinstance(value, float):
            assert float(number) == value


@pytest.mark.parametrize("value", ["1e15", 10**15, 1e15, Fraction(10**15), "1000000000000000"])
def test_sizes(value: object) -> None:
    assert to_size("N", value) == 10**15


@pytest.mark.parametrize("value", ["0", -1, 1.5, "1/2", "inf", float("inf"), "1e-3"])
def test_sizes_refused(value: object) -> None:
    with pytest.raises(InvalidInput, match="a positive integer"):
        to_size("N", value)


def test_infinite_sizes_only_where_allowed() -> None:
    for value in ("inf", float("inf"), sp.oo):
        assert to_size("N", value, infinite=True) == float("inf")


def test_describe_is_short() -> None:
    assert describe(Fraction(7, 10)) == "7/10"
    assert describe(Fraction(1, 10**9999)) == "1e-9999"
    assert describe(float("inf")) == "inf"
