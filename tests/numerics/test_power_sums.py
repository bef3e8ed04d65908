"""Euler-Maclaurin sums against direct summation, and against themselves at more digits."""

from fractions import Fraction

import pytest
from mpmath import mp, mpf

from numerics.power_sums import PowerSum, beta_integral

CASES = [(1, 0), (2, 0), (0, 1), (1, 1), (0, 2), (0, 0)]


def direct(x: mpf, s: Fraction, count: int, j: int, k: int, e: Fraction) -> mpf:
    """Term by term; never mpmath.nsum, which is silently wrong here."""
    power, weight = mpf(s.numerator) / s.denominator, mpf(e.numerator) / e.denominator
    u = [x * mp.power(i, power) for i in range(1, count + 1)]
    return mp.fsum(mp.power(i, -weight) * v**k / (1 + v) ** (j + k) for i, v in enumerate(u, 1))


@pytest.mark.parametrize(("j", "k"), CASES)
@pytest.mark.parametrize("s", [Fraction(101, 100), Fraction(3, 2), Fraction(2), Fraction(43, 10), Fraction(11)])
@pytest.mark.parametrize("log_x", [-12, -5, -1, 2], ids=lambda v: f"x=1e{v}")
def test_against_direct_summation(s: Fraction, j: int, k: int, log_x: int) -> None:
    x = mpf(10) ** log_x
    with mp.workdps(30):
        found = PowerSum(s, 400)(x, j, k, Fraction(13, 10))
    with mp.workdps(45):
        expected = direct(x, s, 400, j, k, Fraction(13, 10))
        assert abs(found / expected - 1) < mpf(10) ** -29


@pytest.mark.parametrize("exponent", [Fraction(1), Fraction(3), Fraction(5), Fraction(7), Fraction(-2)])
def test_coincident_exponents_are_no_special_case(exponent: Fraction) -> None:
    """s = 2: (1 - e)/s + k is an integer, where the antiderivative has a logarithm."""
    for j, k in ((1, 1), (0, 2)):
        with mp.workdps(30):
            found = PowerSum(Fraction(2), 500)(mpf("0.0013"), j, k, exponent)
        with mp.workdps(45):
            expected = direct(mpf("0.0013"), Fraction(2), 500, j, k, exponent)
            assert abs(found / expected - 1) < mpf(10) ** -28


@pytest.mark.parametrize("count", [1, 2, 3, 10])
def test_short_spectra(count: int) -> None:
    with mp.workdps(30):
        found = PowerSum(Fraction(2), count)(mpf(3), 1, 0)
        assert abs(found / direct(mpf(3), Fraction(2), count, 1, 0, Fraction(0)) - 1) < mpf(10) ** -29


@pytest.mark.parametrize("s", [Fraction(3, 2), Fraction(2), Fraction(11)])
@pytest.mark.parametrize("log_x", [-60, -20, -3])
def test_precision_ladder_at_huge_length(s: Fraction, log_x: int) -> None:
    """Each level of digits agrees with the next: 20 -> 40 -> 80, at M = 10^18."""
    found = []
    for digits in (20, 40, 80):
        with mp.workdps(digits):
            found.append(PowerSum(s, 10**18)(mpf(10) ** log_x, 1, 1))
    with mp.workdps(80):
        assert abs(found[0] / found[1] - 1) < mpf(10) ** -19
        assert abs(found[1] / found[2] - 1) < mpf(10) ** -39


def test_head_grows_neither_with_the_length_nor_with_df1() -> None:
    with mp.workdps(50):
        for s in (Fraction(3, 2), Fraction(11)):
            starts = {PowerSum(s, 10**m)._start(mpf(10) ** -n) for m in (6, 18) for n in range(1, 90, 4)}
            assert max(starts) < 300
    with mp.workdps(50):
        far = PowerSum(Fraction(2), 10**18)
        assert far._start(mpf(10) ** -30) == far._start(mpf(10) ** -34)


@pytest.mark.parametrize("a", [Fraction(1, 2), Fraction(-3), Fraction(0), Fraction(5, 3)])
def test_beta_integral_against_quadrature(a: Fraction) -> None:
    with mp.workdps(30):
        power = mpf(a.numerator) / a.denominator
        for low, high in ((mpf("0.01"), mpf(100)), (mpf("0.7"), mpf("1.9")), (mpf(3), mpf(4000))):
            pieces = mp.linspace(mp.log(low), mp.log(high), 12)
            expected = mp.quad(lambda y: mp.exp(power * y) / (1 + mp.exp(y)) ** 2, pieces)
            assert abs(beta_integral(a, 2, low, high) / expected - 1) < mpf(10) ** -26
