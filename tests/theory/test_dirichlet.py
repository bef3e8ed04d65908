"""Dirichlet series: Laurent coefficients against direct sums, and against circles in the complex plane."""

from fractions import Fraction
from itertools import combinations_with_replacement

import pytest
import sympy as sp
from mpmath import mp, mpc, mpf

from theory.dirichlet import (
    Combination,
    DirichletSeries,
    ListSeries,
    PowerLawSeries,
    broken_power_law,
    list_and_tail,
    order_at,
    truncated,
)
from theory.errors import InvalidInput
from theory.products import Products

R = sp.Rational
M = sp.Symbol("M", positive=True)
LIST = ((3, R(1, 2), R(1, 7)), (2, 1, R(5, 3)))


def zeta(sigma: object, shift: int = 1) -> mpc:
    return mp.zeta(sigma, shift)


def listed(z: mpc) -> mpc:
    return 2 * mpf(3) ** z + mpf(2) ** -z + mpf(5) / 3 * mpf(7) ** -z


def cubes(z: mpc) -> mpc:
    return (zeta(2 * z) ** 3 + 3 * zeta(2 * z) * zeta(4 * z) + 2 * zeta(6 * z)) / 6


CASES = {
    # series, the same function written out, a few places: at poles, away from them
    "power law": (PowerLawSeries(R(3, 2), R(1, 4)), lambda z: zeta(0.25 + 1.5 * z), [R(1, 2), 0, -1, R(5, 3)]),
    "scaled tail": (
        PowerLawSeries(R(3, 2), R(1, 4), 4, R(1, 3), 5),
        lambda z: 5 * mpf(3) ** -z * zeta(0.25 + 1.5 * z, 4),
        [R(1, 2), -1],
    ),
    "list": (ListSeries(*LIST), listed, [0, R(-1, 2), 2]),
    "list and tail": (
        list_and_tail(LIST[0], PowerLawSeries(2, 0, 4, R(1, 3)), LIST[1]),
        lambda z: listed(z) + mpf(3) ** -z * zeta(2 * z, 4),
        [R(1, 2), 0, -1],
    ),
    "broken": (
        broken_power_law(R(3, 2), 2, 5, R(1, 2)),
        lambda z: zeta(0.5 + 1.5 * z) - zeta(0.5 + 1.5 * z, 6) + mpf(5) ** (z / 2) * zeta(0.5 + 2 * z, 6),
        [R(1, 3), R(1, 4), -1],
    ),
    "truncated": (
        truncated(PowerLawSeries(R(3, 2)), 20),
        lambda z: mp.fsum(mpf(i) ** (-1.5 * z) for i in range(1, 21)),
        [R(2, 3), -1],
    ),
    "pairs": (
        Products(PowerLawSeries(R(3, 2), R(1, 2)), 2),
        lambda z: (zeta(0.5 + 1.5 * z) ** 2 + zeta(1 + 3 * z)) / 2,
        [R(1, 3), 0, -1],
    ),
    "triples": (Products(PowerLawSeries(2), 3), cubes, [R(1, 2), R(1, 4), R(1, 6), 0, -1]),
}


@pytest.mark.parametrize(("name", "place"), [(name, place) for name, case in CASES.items() for place in case[2]])
def test_laurent_coefficients_are_those_on_a_circle(name: str, place: sp.Rational) -> None:
    """Cauchy's integrals by the trapezoidal rule, exact up to (radius/distance to the next pole)^points."""
    series, function, _ = CASES[name]
    place, upto, points, radius = sp.sympify(place), 2, 32, mpf(1) / 64
    order = order_at(series, place)
    found = series.laurent(place, upto)
    assert len(found) == order + upto + 1
    with mp.workdps(40):
        nodes = [radius * mp.expjpi(mpf(2 * i + 1) / points) for i in range(points // 2)]  # and their conjugates
        values = [function(mpf(place.p) / place.q + d) for d in nodes]
        size = max(map(abs, values))
        for n, c in enumerate(found, start=-order):
            expected = mp.fsum((v * d**-n).real for v, d in zip(values, nodes, strict=True)) * 2 / points
            assert abs(sp.N(c, 35)._to_mpmath(130) - expected) < mpf(10) ** -20 * size * radius**-n, (n, c)


@pytest.mark.parametrize("name", list(CASES))
def test_poles_are_where_they_are_claimed_and_of_that_order(name: str) -> None:
    series, function, _ = CASES[name]
    for z, order in series.poles().items():
        small = [abs(function(mpf(z.p) / z.q + mpf(2) ** -n)) for n in (20, 21)]
        assert abs(mp.log(small[1] / small[0], 2) - order) < 1e-4 * order


def test_products_are_sums_over_multisets() -> None:
    values, weights = [R(1, i * i) for i in range(1, 6)], [R(1, i) for i in range(1, 6)]
    for count in (1, 2, 3, 4):
        series = Products(ListSeries(tuple(values), tuple(weights)), count)
        direct = [sp.Integer(0)] * 2
        for chosen in combinations_with_replacement(range(5), count):
            value = sp.prod(values[i] for i in chosen)
            weight = sp.prod(weights[i] for i in chosen)
            direct[0] += weight * value**2
            direct[1] += weight * value**2 * sp.log(value)
        found = series.laurent(sp.Integer(2), 1)
        assert found[0] == direct[0]
        assert abs(sp.N(found[1] - direct[1], 30)) < 1e-25


def test_pole_orders_of_products() -> None:
    assert dict(Products(PowerLawSeries(2), 5).poles()) == {R(1, 2): 5, R(1, 4): 2, R(1, 6): 1, R(1, 8): 1, R(1, 10): 1}
    alpha = sp.Symbol("alpha", positive=True)
    assert Products(PowerLawSeries(1 + alpha, alpha), 2).poles() == {
        (1 - alpha) / (1 + alpha): 2,
        (1 - 2 * alpha) / (2 + 2 * alpha): 1,
    }


def test_nested_products() -> None:
    """Products of pairs: a double pole squared."""
    assert order_at(Products(Products(PowerLawSeries(2), 2), 2), R(1, 2)) == 4


def test_a_truncated_spectrum_has_no_poles() -> None:
    for series in (PowerLawSeries(R(3, 2), R(1, 4)), broken_power_law(2, 3, 4), Products(PowerLawSeries(2), 2)):
        assert truncated(series, 100).poles() == {}
        assert truncated(series, M).poles() == {}


def test_truncations_compose() -> None:
    law = PowerLawSeries(2)
    assert law.beyond(5).beyond(3) == law.beyond(5)
    assert truncated(broken_power_law(2, 3, 10), 4) == truncated(law, 4)
    assert set(truncated(truncated(law, 9), 4).parts) == set(truncated(law, 4).parts)
    assert Combination(((1, law), (-1, law))).parts == ()


def test_generalised_harmonic_numbers() -> None:
    series = truncated(PowerLawSeries(R(3, 2), R(1, 2)), 50)
    for z in (R(-3), R(1, 3), R(4)):  # the middle one is the pole of the power law
        direct = sp.Add(*(sp.Integer(i) ** (-R(1, 2) - R(3, 2) * z) for i in range(1, 51)))
        assert abs(sp.N(series.laurent(z, 0)[0] - direct, 40)) < sp.Float("1e-35") * abs(sp.N(direct))


def test_symbolic_and_numeric_exponents_agree() -> None:
    alpha = sp.Symbol("alpha", positive=True)
    general, special = PowerLawSeries(1 + alpha, alpha / 2), PowerLawSeries(R(3, 2), R(1, 4))
    for z in (general.pole, sp.Integer(-2)):
        for one, other in zip(general.laurent(z, 2), special.laurent(z.subs(alpha, R(1, 2)), 2), strict=True):
            assert one.subs(alpha, R(1, 2)) == other


def test_fractions_are_exact_and_floats_refused() -> None:
    assert PowerLawSeries(Fraction(3, 2), 1).pole == 0
    for wrong in (lambda: PowerLawSeries(1.5), lambda: ListSeries((0.1,)), lambda: broken_power_law(1.5, 2, 3)):
        with pytest.raises(InvalidInput, match="exact number"):
            wrong()
    for wrong in (
        lambda: PowerLawSeries("3/2"),
        lambda: PowerLawSeries(sp.oo),
        lambda: PowerLawSeries(0),
        lambda: PowerLawSeries(2, first=0),
        lambda: ListSeries(()),
        lambda: ListSeries((1, -2)),
        lambda: ListSeries((1, 2), (1,)),
        lambda: Products(PowerLawSeries(2), 0),
    ):
        with pytest.raises(InvalidInput):
            wrong()


def test_every_series_keeps_the_protocol() -> None:
    series: DirichletSeries
    for series, _, _ in CASES.values():
        assert series.powered(1).laurent(sp.Integer(3), 0) == series.laurent(sp.Integer(3), 0)
        third = sp.N(series.powered(3).laurent(sp.Integer(1), 0)[0], 30)
        if isinstance(series, PowerLawSeries | ListSeries):
            assert third.is_real
