"""Spectral sums of Dirichlet series: direct addition, closed forms, a ladder of precision."""

from itertools import combinations_with_replacement, product

import pytest
import sympy as sp
from mpmath import mp, mpf

from numerics.spectral_sums import SpectralSums
from theory.dirichlet import DirichletSeries, ListSeries, PowerLawSeries, broken_power_law, list_and_tail
from theory.errors import InvalidInput
from theory.mellin import Kernel
from theory.products import Products

R = sp.Rational
SIZE = 60
KERNELS = [Kernel(1, 0), Kernel(0, 2), Kernel(2, 1)]


def direct(pairs: list[tuple[mpf, mpf]], kernel: Kernel, x: mpf) -> mpf:
    """The definition."""
    return mp.fsum(w * (x / v) ** kernel.k / (1 + x / v) ** (kernel.j + kernel.k) for v, w in pairs)


def law(first: int, size: int, s: str, source: str, scale: mpf = 1, weight: mpf = 1) -> list[tuple[mpf, mpf]]:
    return [(scale * mpf(i) ** -mpf(s), weight * mpf(i) ** -mpf(source)) for i in range(first, size + 1)]


FINITE = {
    "power law": (PowerLawSeries(R(3, 2), R(1, 2)), lambda: law(1, SIZE, "1.5", "0.5")),
    "tail": (PowerLawSeries(R(5, 4), R(-1, 2), 7, R(1, 4), 3), lambda: law(7, SIZE, "1.25", "-0.5", mpf(1) / 4, 3)),
    "broken": (
        broken_power_law(1, 2, 20, R(1, 2)),
        lambda: law(1, 20, "1", "0.5") + law(21, SIZE, "2", "0.5", mpf(20)),
    ),
    "list and tail": (
        list_and_tail([3, R(1, 2)], PowerLawSeries(R(3, 2), 0, 3, R(1, 8)), [1, 2]),
        lambda: [(mpf(3), 1), (mpf(1) / 2, 2), *law(3, SIZE, "1.5", "0", mpf(1) / 8)],
    ),
    "list": (ListSeries((3, R(1, 2))), lambda: [(mpf(3), 1), (mpf(1) / 2, 1)]),
}


@pytest.mark.parametrize("x", ["1e-6", "0.03"])
@pytest.mark.parametrize("kernel", KERNELS, ids=str)
@pytest.mark.parametrize("name", list(FINITE))
def test_finite_sums_are_added_up(name: str, kernel: Kernel, x: str) -> None:
    series, pairs = FINITE[name]
    with mp.workdps(40):
        found, expected = SpectralSums(series, kernel, SIZE)(mpf(x)), direct(pairs(), kernel, mpf(x))
        assert abs(found / expected - 1) < mpf(10) ** -37


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("x", ["1e-4", "0.3", "1e4"])
def test_products_are_added_up(count: int, x: str) -> None:
    size = 9
    with mp.workdps(40):
        base = law(1, size, "1.5", "0.5")
        chosen = list(combinations_with_replacement(base, count))
        pairs = [(mp.fprod(v for v, _ in c), mp.fprod(w for _, w in c)) for c in chosen]
        for kernel in KERNELS:
            found = SpectralSums(Products(PowerLawSeries(R(3, 2), R(1, 2)), count), kernel, size)(mpf(x))
            assert abs(found / direct(pairs, kernel, mpf(x)) - 1) < mpf(10) ** -37


def test_an_infinite_sum_with_a_closed_form() -> None:
    """sum 1/(1 + x I^2) = (pi/sqrt x) coth(pi/sqrt x)/2 - 1/2."""
    for x, digits in product(["1e-9", "0.1", "1e7"], [30, 90]):
        with mp.workdps(digits):
            t = mp.pi / mp.sqrt(mpf(x))
            with mp.extradps(30):
                expected = (t * mp.coth(t) - 1) / 2
            assert abs(SpectralSums(PowerLawSeries(2), Kernel(1, 0))(mpf(x)) / expected - 1) < mpf(10) ** (3 - digits)


INFINITE: list[tuple[DirichletSeries, str]] = [
    (PowerLawSeries(R(5, 4)), "1e-5"),
    (broken_power_law(R(1, 2), 2, 30), "1e-5"),  # the first law alone would diverge
    (broken_power_law(R(3, 2), 2, 10**20), "1e-12"),
    (list_and_tail([5, 3], PowerLawSeries(R(3, 2), R(1, 2), 3, 2)), "1e-3"),
    (Products(PowerLawSeries(R(5, 2)), 2), "1e-1"),
    (Products(PowerLawSeries(3), 3), "1e-1"),
]


@pytest.mark.parametrize(("series", "x"), INFINITE)
def test_each_precision_agrees_with_the_next(series: DirichletSeries, x: str) -> None:
    sums = SpectralSums(series, Kernel(1, 0))
    with mp.workdps(25):
        low = sums(mpf(x))
    with mp.workdps(55):
        high = sums(mpf(x))
        assert abs(low / high - 1) < mpf(10) ** -23


@pytest.mark.parametrize("series", [PowerLawSeries(3), broken_power_law(R(5, 2), 3, 8), Products(PowerLawSeries(4), 2)])
def test_an_infinite_sum_is_the_limit_of_finite_ones(series: DirichletSeries) -> None:
    """At size M the rest is of order M^(1 - s)."""
    with mp.workdps(30):
        x = mpf("0.01")
        whole = SpectralSums(series, Kernel(1, 0))(x)
        gaps = [whole - SpectralSums(series, Kernel(1, 0), size)(x) for size in (200, 400)]
        slope = -mp.log(gaps[1] / gaps[0], 2)
        assert abs(slope - (3 if isinstance(series, Products) else 2)) < 0.02


def test_what_is_refused() -> None:
    alpha = sp.Symbol("alpha", positive=True)
    with mp.workdps(20):
        for series in (PowerLawSeries(R(1, 2)), Products(PowerLawSeries(R(1, 2)), 2)):
            with pytest.raises(ValueError, match="diverges"):
                SpectralSums(series, Kernel(1, 0))(mpf(1) / 10)
        for wrong in (PowerLawSeries(1 + alpha), Products(ListSeries((1, 2)), 2), PowerLawSeries(sp.sqrt(2))):
            with pytest.raises(InvalidInput):
                SpectralSums(wrong, Kernel(1, 0), 5)(mpf(1) / 10)
