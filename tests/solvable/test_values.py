"""What an option's text means: exact values, lists, ranges, bounds."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvable import values
from theory.errors import InvalidInput


def test_decimals_and_fractions_are_exact() -> None:
    assert values.exponents("--alpha", "0.7,1/3, 1e-3") == (Fraction(7, 10), Fraction(1, 3), Fraction(1, 1000))
    assert values.levels("--noise", "0,1e-9999") == (0, Fraction(1, 10**9999))


def test_sizes() -> None:
    assert values.sizes("-M", "1e15") == (10**15,)
    assert values.sizes("-N", "3,inf", infinite=True) == (3, float("inf"))
    assert values.sizes("-T", "1000000000000000000") == (10**18,)


def test_ranges_are_log_spaced_with_exact_ends() -> None:
    assert values.sizes("-T", "1:1000:4") == (1, 10, 100, 1000)
    assert values.sizes("-T", "1000:1:4") == (1000, 100, 10, 1)
    assert values.sizes("-T", "1:4:40") == (1, 2, 3, 4)  # duplicates dropped
    assert values.sizes("-T", "7:7:1") == values.sizes("-T", "7:7:5") == (7,)
    assert values.sizes("-T", "10,100:1000:3") == (10, 100, 316, 1000)
    assert values.sizes("-T", "1:1e18:3") == (1, 10**9, 10**18)
    assert values.levels("--noise", "1e-6:1:4") == tuple(Fraction(10) ** -k for k in (6, 4, 2, 0))
    assert values.ridges("--gamma", "1/3:3:3,optimal") == (Fraction(1, 3), 1, 3, "optimal")


def test_rounding_inside_a_range_is_to_the_nearest_integer() -> None:
    """sqrt(2 * 10^17 * 3 * 10^17) = 244948974278317809.8197...; doubles do not hold it."""
    assert values.sizes("-T", "2e17:3e17:3")[1] == 244948974278317810


@given(st.integers(1, 10**18), st.integers(1, 10**18), st.integers(2, 200))
def test_ranges_of_sizes_are_monotone_between_their_ends(first: int, last: int, count: int) -> None:
    found = values.sizes("-T", f"{first}:{last}:{count}")
    assert found[0] == first
    assert found[-1] == last
    assert len(found) <= count
    steps = [b > a for a, b in pairwise(found)]
    assert all(step == (last > first) for step in steps)


@given(st.fractions(Fraction(1, 10**6), 10**6), st.fractions(Fraction(1, 10**6), 10**6), st.integers(3, 30))
def test_ranges_of_numbers_have_one_ratio(first: Fraction, last: Fraction, count: int) -> None:
    found = values.levels("--noise", f"{first}:{last}:{count}")
    if first == last:
        assert found == (first,)
        return
    assert (found[0], found[-1]) == (first, last)
    for value in found[1:-1]:
        assert len(str(value.numerator)) + len(str(value.denominator)) < 60
    for before, here, after in zip(found, found[1:], found[2:], strict=False):
        assert here**2 / (before * after) == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0", "from 1 to 10^18"), ("1e19", "from 1 to 10^18"), ("1.5", "from 1 to 10^18"), ("", "without empty places"),
        ("1,,2", "without empty places"), ("1:2", "three fields"), ("1:2:3:4", "three fields"),
        ("::", "without empty places"), ("1:5:0", "1 to 1000000"), ("1:5:1", "K >= 2"), ("1:5:1e7", "1 to 1000000"),
        ("inf:5:3", "from 1 to 10^18"), ("1,x", "'x'"), ("٣", "from 1 to 10^18"), ("1\x00", "from 1 to 10^18"),
        ("1/0", "from 1 to 10^18"), ("1e999999999", "from 1 to 10^18"), ("9" * 30_000, "from 1 to 10^18"),
        ("1," * 1_000_000 + "1", "at most 1000000 values"),
    ],
)  # fmt: skip
def test_refused_sizes_name_option_and_remedy(text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=r"^-M") as refusal:
        values.sizes("-M", text)
    assert words in str(refusal.value)


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "-inf", "1e99999", "1_0", "0x1", "1+1", "one"])
def test_refused_numbers(text: str) -> None:
    for read in (values.exponents, values.levels, values.ridges, values.scale):
        with pytest.raises(InvalidInput, match="--option"):
            read("--option", text)


def test_bounds() -> None:
    for bad in ("0", "101"):
        with pytest.raises(InvalidInput):
            values.exponents("--alpha", bad)
    for bad in ("-101", "1e3"):
        with pytest.raises(InvalidInput):
            values.source("--source", bad)
    with pytest.raises(InvalidInput):
        values.scale("--sigma-w", "0")
    with pytest.raises(InvalidInput, match="finite ends > 0"):
        values.ridges("--gamma", "0:1:5")
    with pytest.raises(InvalidInput, match="finite ends > 0"):
        values.ridges("--gamma", "optimal:1:5")
    with pytest.raises(InvalidInput, match="finite ends > 0"):
        values.sizes("-N", "1:inf:5", infinite=True)
    assert values.one_size("--seed", "0", smallest=0) == 0
