"""Enclosures of spectral sums: they contain what direct summation gives, however few terms are taken."""

import random
from fractions import Fraction

import pytest
from flint import arb, ctx, fmpq
from mpmath import mp, mpf

from numerics import enclosed_sums
from numerics.enclosed_integral import Integral
from numerics.enclosed_sums import EnclosedPowerSum, ball
from numerics.enclosure import exact_numbers
from numerics.power_sums import PowerSum
from theory.errors import InvalidInput

KERNELS = [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (1, 2), (2, 1), (0, 0)]


def direct(x: Fraction, s: Fraction, count: int, j: int, k: int, e: Fraction) -> arb:
    """Term by term, in balls."""
    total, x_ball = arb(0), ball(x)
    for i in range(1, count + 1):
        u = x_ball * arb(i) ** ball(s)
        total += arb(i) ** ball(-e) * u**k / (1 + u) ** (j + k)
    return total


def random_sum(seed: int) -> tuple[Fraction, Fraction, int, int, int, Fraction]:
    rng = random.Random(seed)
    s = 1 + Fraction(10 ** rng.uniform(-2, 1)).limit_denominator(1000)
    x = Fraction(rng.randint(10**6, 10**7)) * Fraction(10) ** rng.randint(-30, 0)
    e = rng.choice([Fraction(0), s, Fraction(1), 1 + s, Fraction(rng.randint(-20, 60), 10), Fraction(50)])
    j, k = rng.choice(KERNELS)
    return x, s, rng.choice([1, 2, 7, 90, 800]), j, k, e


@pytest.mark.parametrize("seed", range(60))
def test_contains_the_direct_sum(seed: int) -> None:
    x, s, count, j, k, e = random_sum(seed)
    with ctx.workprec(120):
        found = EnclosedPowerSum(s, count)(ball(x), j, k, e)
        assert found.rel_accuracy_bits() > 105
    with ctx.workprec(200):
        assert found.contains(direct(x, s, count, j, k, e))


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("plan", [(2, 1), (5, 2), (9, 8), (30, 3)])
def test_the_remainder_is_proved_not_hoped_for(
    seed: int, plan: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Far too short a head and too few Bernoulli terms make the ball wide; the sum stays inside."""
    monkeypatch.setattr(enclosed_sums, "_plan", lambda *_: plan)
    x, s, _, j, k, e = random_sum(seed)
    with ctx.workprec(100):
        found = EnclosedPowerSum(s, 300)(ball(x), j, k, e)
    with ctx.workprec(200):
        assert found.contains(direct(x, s, 300, j, k, e))


def test_without_its_remainder_a_short_sum_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the ball's width is for: the midpoint alone misses the sum."""
    monkeypatch.setattr(enclosed_sums, "_plan", lambda *_: (2, 1))
    with ctx.workprec(200):
        found = EnclosedPowerSum(Fraction(2), 300)(ball(Fraction(1, 50)), 1, 1)
        exact = direct(Fraction(1, 50), Fraction(2), 300, 1, 1, Fraction(0))
        assert not found.mid().overlaps(exact)
        assert found.contains(exact)


@pytest.mark.parametrize("s", [Fraction(101, 100), Fraction(2), Fraction(17, 5), Fraction(11)])
@pytest.mark.parametrize("log_x", [-170, -60, -17, -3, 1])
def test_any_length_agrees_with_multiprecision(s: Fraction, log_x: int) -> None:
    x = Fraction(7) * Fraction(10) ** log_x
    for j, k in KERNELS[:5]:
        with ctx.workprec(170):
            middle, radius = exact_numbers(EnclosedPowerSum(s, 10**18)(ball(x), j, k, Fraction(3, 2)))
        with mp.workdps(60):
            expected = PowerSum(s, 10**18)(mpf(x.numerator) / x.denominator, j, k, Fraction(3, 2))
            assert abs(middle - expected) <= radius + expected * mpf(10) ** -55
            assert radius < middle * mpf(10) ** -45


def test_length_costs_nothing() -> None:
    """The head and the order depend on digits and s alone: not on M, nor on x."""
    plans = {enclosed_sums._plan(200, *enclosed_sums._disc(Fraction(2), 1, 0, Fraction(0)))}
    assert plans == {(start, order) for start, order in plans if start < 200 and order < 100}


def test_an_infinite_spectrum() -> None:
    """x -> infinity turns sum I^-e u^k (1+u)^-(j+k) into zeta(e + s j) x^-j; a divergent sum is refused."""
    with ctx.workprec(150):
        x = arb(10) ** 40
        found = EnclosedPowerSum(Fraction(2), None)(x, 2, 0) * x**2
        first, second = arb(4).zeta(), 2 * arb(6).zeta() / x
        assert abs(found - first + second) < arb(10) ** -38
        finite = EnclosedPowerSum(Fraction(2), 10**18)(arb(1) / 7, 1, 1)
        infinite = EnclosedPowerSum(Fraction(2), None)(arb(1) / 7, 1, 1)
        assert arb(0) < infinite - finite < arb(10) ** -16  # the tail sum_{I > M} 7/I^2
    with pytest.raises(InvalidInput, match="diverges"):
        EnclosedPowerSum(Fraction(2), None)(arb(1), 0, 1)


@pytest.mark.parametrize("a", [Fraction(1, 3), Fraction(0), Fraction(-3), Fraction(5, 2), Fraction(1, 10**9)])
@pytest.mark.parametrize("ends", [("1e-9", "0.3"), ("0.1", "0.9"), ("0.7", "1.5"), ("0.2", "1e8"), ("3", "1e30")])
def test_integral_against_quadrature(a: Fraction, ends: tuple[str, str]) -> None:
    low, high = (fmpq(Fraction(end).numerator, Fraction(end).denominator) for end in ends)
    for m in (1, 2, 3):
        with ctx.workprec(120):
            found = Integral(a, m)(arb(low), arb(high))
        middle, radius = exact_numbers(found)
        with mp.workdps(35):
            power = mpf(a.numerator) / a.denominator
            edges = mp.linspace(mp.log(mpf(ends[0])), mp.log(mpf(ends[1])), 12)
            expected = mp.quad(lambda y, p=power, m=m: mp.exp(p * y) / (1 + mp.exp(y)) ** m, edges)
            assert abs(middle - expected) <= radius + abs(expected) * mpf(10) ** -28


def test_a_ball_across_a_border_is_cut_there() -> None:
    with ctx.workprec(100):
        wide = Integral(Fraction(1, 3), 2)(arb(0.5, 1e-3), arb(2, 1e-3))
        for low, high in ((0.4995, 1.9995), (0.5005, 2.0005), (0.5, 2)):
            assert wide.overlaps(Integral(Fraction(1, 3), 2)(arb(low), arb(high)))
            assert wide.contains(Integral(Fraction(1, 3), 2)(arb(low), arb(high)))
