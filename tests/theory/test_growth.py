"""The algebra of growths against the numbers they stand for, at scales e^1000 and beyond."""

import random

import pytest
import sympy as sp
from mpmath import mp, mpf

from theory.growth import Growth, Scales, positive_power
from theory.order import Region, UndecidedError, exponent

NAMES = ("N", "T")


def on_path(n: object, t: object, **coefficients: sp.Expr) -> Scales:
    return Scales(NAMES, Region((tuple(exponent(x) for x in (n, t)),)), coefficients)


def number(growth: Growth, log_n: mpf, scales: Scales) -> mpf:
    """The growth at n = exp(log_n), from the logarithms of the scales."""
    (ray,) = scales.region.rays
    logs = [mpf(x.as_expr().p) / x.as_expr().q * log_n for x in ray]
    logs = [log + mp.log(float(scales.coefficients.get(name, 1))) for log, name in zip(logs, NAMES, strict=True)]

    def height(vector: tuple) -> mpf:
        return mp.fsum(mpf(x.as_expr().p) / x.as_expr().q * log for x, log in zip(vector, logs, strict=True))

    value = mpf(sp.N(growth.amplitude, 30)) * mp.exp(height(growth.powers))
    for vector, power in growth.logs:
        value *= height(vector) ** (mpf(power.as_expr().p) / power.as_expr().q)
    return value


def random_growth(rng: random.Random, scales: Scales) -> Growth:
    growth = scales.constant(sp.Rational(rng.randint(1, 9), rng.randint(1, 9)))
    for name in NAMES:
        growth = growth * scales.scale(name) ** sp.Rational(rng.randint(-6, 6), rng.randint(1, 3))
    return growth * (scales.scale("N") * scales.scale("T")).log() ** rng.randint(-1, 2)


@pytest.mark.parametrize("seed", range(20))
def test_products_powers_sums_and_order(seed: int) -> None:
    rng = random.Random(seed)
    scales = on_path(sp.Rational(rng.randint(1, 5), 3), sp.Rational(rng.randint(1, 5), 2))
    first, second = (random_growth(rng, scales) for _ in range(2))
    with mp.workdps(40):
        log_n = mpf(10) ** 6
        one, two = (number(growth, log_n, scales) for growth in (first, second))
        assert abs(number(first * second, log_n, scales) / (one * two) - 1) < mpf(10) ** -25
        assert abs(number(first / second, log_n, scales) / (one / two) - 1) < mpf(10) ** -25
        assert abs(number(first ** sp.Rational(2, 3), log_n, scales) / one ** (mpf(2) / 3) - 1) < mpf(10) ** -25
        order = scales.compare(first, second)
        if order:
            assert (one > two) == (order > 0)
            assert abs(number(scales.sum([first, second]), log_n, scales) / (one + two) - 1) < 1e-4
        assert scales.compare(second, first) == -order


def test_equal_growths_add_with_the_paths_coefficients() -> None:
    """N + T on N = 2 n, T = 3 n is 5 n; the tie says that this is a boundary."""
    scales = on_path(1, 1, N=sp.Integer(2), T=sp.Integer(3))
    total = scales.sum([scales.scale("N"), scales.scale("T")])
    assert scales.constant_value(total / scales.scale("N")) * 2 == 5
    assert total.ties
    assert not scales.sum([scales.scale("N"), scales.scale("N").times(4)]).ties


def test_logarithms_break_ties_of_powers() -> None:
    scales = on_path(1, 2)
    plain, logged = scales.scale("N"), scales.scale("N") * scales.scale("T").log()
    assert scales.compare(logged, plain) == 1
    assert scales.compare(plain, logged) == -1
    assert scales.sign(scales.scale("T").log() ** -1) == -1


def test_an_open_comparison_is_a_question() -> None:
    rays = tuple(tuple(exponent(x) for x in ray) for ray in ((1, 0), (0, 1)))
    scales = Scales(NAMES, Region(rays))
    with pytest.raises(UndecidedError):
        scales.compare(scales.scale("N"), scales.scale("T"))
    assert scales.compare(scales.scale("N") * scales.scale("T"), scales.scale("T")) == 1


def test_powers_of_positive_numbers() -> None:
    x = sp.Symbol("x", positive=True)
    assert positive_power((2 * x) ** sp.Rational(1, 3), sp.Integer(3)) == 2 * x
    assert positive_power(4 * x**2, sp.Rational(1, 2)) == 2 * x
    pair = (1 - sp.sqrt(2)) * (2 - sp.sqrt(5))  # both negative
    assert sp.N(positive_power(pair, sp.Rational(1, 2)) - sp.sqrt(pair), 20) == 0
