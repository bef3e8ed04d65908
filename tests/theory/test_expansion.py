"""Expansions in each regime: structure, omitted orders, symbols, convergence to finite sums."""

from fractions import Fraction

import pytest
import sympy as sp

from theory.dirichlet import PowerLawSeries, broken_power_law, truncated
from theory.errors import InvalidInput
from theory.expansion import Regime, expansion, shifted
from theory.mellin import Kernel, Term
from theory.products import Products

R = sp.Rational
ALPHA, M, x = sp.symbols("alpha M x", positive=True)


def finite_sum(s: sp.Rational, source: sp.Rational, kernel: Kernel, size: int, at: sp.Rational) -> sp.Expr:
    total = sp.Integer(0)
    for i in map(sp.Integer, range(1, size + 1)):
        u = at * i**s
        total += i**-source * u**kernel.k / (1 + u) ** (kernel.j + kernel.k)
    return total


@pytest.mark.parametrize("source", [R(0), R(1), R(-1, 2), R(-2)])
@pytest.mark.parametrize("kernel", [Kernel(1, 0), Kernel(0, 2), Kernel(2, 1)], ids=str)
def test_below_and_above_a_finite_spectrum_the_series_converge(source: sp.Rational, kernel: Kernel) -> None:
    s, size, count = R(3, 2), 4, 12
    for regime, at in [(Regime.BELOW, R(1, 8000)), (Regime.ABOVE, R(1000))]:
        found = expansion(PowerLawSeries(s, source), kernel, count, regime=regime, length=size).expression(x)
        exact = finite_sum(s, source, kernel, size, at)
        assert abs(sp.N(found.subs(x, at), 50) / sp.N(exact, 50) - 1) < 1e-30


def test_within_a_finite_spectrum_nothing_depends_on_which_side_of_j_the_pole_lies() -> None:
    """s = 2: the left side has two terms, the right side converges like (x M^2)^-i: R = -2 puts the pole at 3/2 > j."""
    size, at = 40, R(1, 40)
    for source in (R(0), R(-2), R(-4)):
        e = expansion(PowerLawSeries(2, source), Kernel(1, 0), 8, length=size)
        exact = finite_sum(R(2), source, Kernel(1, 0), size, at)
        # left over: exp(-2 pi/sqrt(x)) = 6e-18 and (x 41^2)^-8 = 1e-13, relative to the largest term
        assert abs(sp.N(e.expression(x).subs(x, at), 40) / sp.N(exact, 40) - 1) < 1e-12


def test_the_logarithm_of_a_finite_sum_at_a_coincidence() -> None:
    """R + s j = 1: the sum is x^-j (ln(x M^s)/s + ...): ln(1/x) - with the pole's coefficient - and -digamma(M + 1)."""
    e = expansion(PowerLawSeries(1 + ALPHA, -ALPHA), Kernel(1, 0), 1, length=M)
    (pole,) = [term for term in e.terms if term.power == -1]
    constant, log = pole.coefficients
    assert log == -1 / (1 + ALPHA)
    assert abs(sp.N(constant.subs({M: 1000, ALPHA: R(1, 2)}) - sp.digamma(1001), 30)) < 1e-25


def test_zeros_are_skipped_in_the_omitted_order() -> None:
    """zeta(-3 i/2) vanishes at i = 4: the first omitted term after four is x^5."""
    e = expansion(PowerLawSeries(R(3, 2)), Kernel(1, 0), 4)
    assert e.omitted[0].order == (5, 0)
    assert expansion(PowerLawSeries(R(3, 2)), Kernel(1, 0), 3).omitted[0].order == (3, 0)


def test_all_zeros() -> None:
    (omitted,) = expansion(PowerLawSeries(2), Kernel(1, 0), 1).omitted
    assert (omitted.terms, omitted.order, omitted.limit) == ((), None, 9)


def test_a_coincidence_beyond_the_count_is_a_term_already() -> None:
    e = expansion(PowerLawSeries(R(3, 2), 4), Kernel(1, 0), 1)
    assert [(t.power, t.log_power) for t in e.terms] == [(0, 0), (2, 1)]
    assert e.omitted[0].order == (1, 0)


CASES = [
    (PowerLawSeries(1 + ALPHA, ALPHA / 3), Kernel(1, 1), Regime.WITHIN, None),
    (PowerLawSeries(1 + ALPHA, 1 + ALPHA), Kernel(0, 2), Regime.WITHIN, M),
    (PowerLawSeries(1 + ALPHA), Kernel(2, 0), Regime.BELOW, M),
    (PowerLawSeries(1 + ALPHA, 1), Kernel(2, 0), Regime.ABOVE, None),
    (Products(PowerLawSeries(1 + ALPHA), 2), Kernel(1, 0), Regime.WITHIN, None),
    (broken_power_law(1 + ALPHA, 2 + ALPHA, 7), Kernel(1, 0), Regime.WITHIN, None),
]


@pytest.mark.parametrize("alpha", [R(1, 4), R(13, 7)])
@pytest.mark.parametrize(("series", "kernel", "regime", "length"), CASES)
def test_a_symbolic_alpha_gives_what_a_number_does(alpha, series, kernel, regime, length) -> None:
    general = expansion(series, kernel, 2, regime=regime, length=length).subs({ALPHA: alpha, M: 50})
    special = expansion(at_alpha(series, alpha), kernel, 2, regime=regime, length=None if length is None else 50)
    left = {t.power: t.coefficients for t in general.terms}
    right = {t.power: t.coefficients for t in special.terms}
    assert left.keys() == right.keys()
    for power, coefficients in left.items():
        for one, other in zip(coefficients, right[power], strict=True):
            assert abs(sp.N(one - other, 30)) <= 1e-25 * (1 + abs(sp.N(other)))


def at_alpha(series, alpha):
    if isinstance(series, PowerLawSeries):
        return PowerLawSeries(series.s.subs(ALPHA, alpha), sp.sympify(series.source).subs(ALPHA, alpha))
    if isinstance(series, Products):
        return Products(at_alpha(series.base, alpha), series.count)
    return broken_power_law(1 + alpha, 2 + alpha, 7)


def test_a_symbolic_expansion_refuses_a_coincidence() -> None:
    e = expansion(PowerLawSeries(1 + ALPHA, R(5, 2)), Kernel(1, 0), 2)
    with pytest.raises(ValueError, match="coincide"):
        e.subs({ALPHA: R(1, 2)})


def test_a_break_in_the_spectrum_changes_the_pole_not_the_strip() -> None:
    e = expansion(broken_power_law(R(1, 2), 2, 7), Kernel(1, 0), 1)  # the first law alone would diverge
    assert [t.power for t in e.terms] == [-R(1, 2), 0]
    with pytest.raises(ValueError, match="diverges"):
        expansion(broken_power_law(2, R(1, 2), 7), Kernel(1, 0), 1)


def test_fractions_are_welcome() -> None:
    assert expansion(PowerLawSeries(Fraction(3, 2)), Kernel(1, 0), 1).terms[0].power == -R(2, 3)


def test_what_is_refused() -> None:
    law = PowerLawSeries(2)
    with pytest.raises(ValueError, match="diverges"):
        expansion(PowerLawSeries(R(1, 2)), Kernel(1, 0), 1, regime=Regime.ABOVE)
    with pytest.raises(InvalidInput, match="no end"):
        expansion(law, Kernel(1, 0), 1, regime=Regime.BELOW)
    with pytest.raises(InvalidInput, match="count"):
        expansion(law, Kernel(1, 0), -1)
    with pytest.raises(InvalidInput, match="one Dirichlet series"):
        shifted(None, None, Kernel(1, 0), 1)


def test_products_with_an_end_have_no_poles_but_logarithms_within() -> None:
    pairs = Products(PowerLawSeries(R(3, 2)), 2)
    below = expansion(pairs, Kernel(1, 0), 2, regime=Regime.BELOW, length=M)
    assert all(term.log_power == 0 for term in below.terms)
    assert sp.simplify(below.terms[0].coefficients[0] - M * (M + 1) / 2) == 0  # as many products
    within = expansion(pairs, Kernel(1, 0), 2, length=M)
    assert max(term.log_power for term in within.terms) == 1
    assert expansion(truncated(pairs, M), Kernel(1, 0), 2, regime=Regime.BELOW).terms == below.terms


def test_terms_print_as_expressions() -> None:
    assert Term(sp.Integer(2), (sp.Integer(3), sp.Integer(5))).expression(x) == x**2 * (3 + 5 * sp.log(1 / x))
