"""Every expansion against exact sums on a ladder of kappa; every checker seen failing."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import pytest
import sympy as sp
from mpmath import mp, mpf

from numerics.expansion_ladder import Ladder, check
from numerics.spectral_sums import SpectralSums
from theory.dirichlet import Combination, DirichletSeries, PowerLawSeries, broken_power_law, list_and_tail
from theory.errors import InvalidInput, NotConverged
from theory.expansion import Expansion, Omitted, Regime, expansion, shifted
from theory.mellin import Kernel, Term
from theory.products import Products

R = sp.Rational
ALPHAS = [R(1, 4), R(1, 2), R(1), R(3, 2), R(2), R(1, 3)]
KERNELS = [Kernel(1, 0), Kernel(2, 0), Kernel(1, 1), Kernel(0, 2), Kernel(3, 0), Kernel(1, 2)]


def sources(s: sp.Rational, kernel: Kernel) -> list[sp.Rational]:
    """Without coincidence and with: the pole of Z at z = (1 - R)/s meets -k, -(k + 1), -(k + 2)."""
    every = [R(0), R(1, 2), R(1, 7), *(1 + s * (kernel.k + i) for i in range(3)), s]
    return [source for source in every if (1 - source) / s < kernel.j]


INFINITE = [
    (1 + alpha, source, kernel) for alpha in ALPHAS for kernel in KERNELS for source in sources(1 + alpha, kernel)
]


def passes(
    series: DirichletSeries, kernel: Kernel, found: Expansion, ladder: list[str], length: int | None = None
) -> Ladder:
    judged = check(found, SpectralSums(series, kernel, length), ladder)
    assert judged, judged.reason
    assert judged.digits >= 50
    return judged


def infinite(s: sp.Rational, source: sp.Rational, kernel: Kernel, count: int, ladder: list[str]) -> None:
    series = PowerLawSeries(s, source)
    found = expansion(series, kernel, count)
    judged = passes(series, kernel, found, ladder)
    if found.omitted[0].terms:
        assert judged.deviation < 1e-3


@pytest.mark.parametrize(("s", "source", "kernel"), INFINITE[::19])
def test_power_laws(s: sp.Rational, source: sp.Rational, kernel: Kernel) -> None:
    infinite(s, source, kernel, 1, ["1e-7", "1e-9"])


@pytest.mark.audit
@pytest.mark.parametrize("count", [0, 3])
@pytest.mark.parametrize(("s", "source", "kernel"), INFINITE)
def test_power_laws_all(s: sp.Rational, source: sp.Rational, kernel: Kernel, count: int) -> None:
    infinite(s, source, kernel, count, ["1e-8", "1e-11"])


FINITE_SOURCES = [R(0), R(-1, 2), R(-2), R(-1), R(1), R(5, 2)]  # s = 3/2: the pole below j, on it, on j + 1, between
FINITE = [(kernel, source) for kernel in KERNELS for source in FINITE_SOURCES]
FEW = [(KERNELS[0], R(-1, 2)), (KERNELS[0], R(-1)), (KERNELS[1], R(-2)), (KERNELS[3], R(1)), (KERNELS[5], R(5, 2))]
M = 10**20  # lambda_M = 1e-30
RUNGS = {
    Regime.WITHIN: ["1e-4", "1e-8", "1e-26", "1e-28"],
    Regime.BELOW: ["1e-33", "1e-35"],
    Regime.ABOVE: ["1e3", "1e5"],
}


def finite(kernel: Kernel, source: sp.Rational, regime: Regime) -> None:
    series = PowerLawSeries(R(3, 2), source)
    found = expansion(series, kernel, 2, regime=regime, length=M)
    judged = passes(series, kernel, found, RUNGS[regime], M)
    if regime is Regime.WITHIN:  # the end of the ladder shows the order in the tail; its logarithm has slope 1/30
        (power, log_power) = found.omitted[1].order
        assert abs(judged.slopes[-1] - power) < 0.1 * (1 + log_power)


@pytest.mark.parametrize("regime", list(Regime))
@pytest.mark.parametrize(("kernel", "source"), FEW)
def test_finite_spectra(kernel: Kernel, source: sp.Rational, regime: Regime) -> None:
    finite(kernel, source, regime)


@pytest.mark.audit
@pytest.mark.parametrize("regime", list(Regime))
@pytest.mark.parametrize(("kernel", "source"), FINITE)
def test_finite_spectra_all(kernel: Kernel, source: sp.Rational, regime: Regime) -> None:
    finite(kernel, source, regime)


def test_above_an_infinite_spectrum() -> None:
    series, kernel = PowerLawSeries(R(5, 4), R(1, 2)), Kernel(1, 1)
    passes(series, kernel, expansion(series, kernel, 2, regime=Regime.ABOVE), ["1e4", "1e6"])


BROKEN = broken_power_law(R(3, 2), R(5, 2), 10**12)  # lambda_K = 1e-18


def test_a_broken_power_law_below_its_break() -> None:
    series = broken_power_law(R(3, 2), R(5, 2), 10, R(3, 2))
    for kernel in (Kernel(1, 0), Kernel(0, 2)):
        passes(series, kernel, expansion(series, kernel, 1), ["1e-12", "1e-14"])


def test_a_broken_power_law_between_break_and_top() -> None:
    """The first law to the left; what lies beyond the break, less what the first law has there, to the right."""
    first, second = PowerLawSeries(R(3, 2)), BROKEN.beyond(10**12)
    found = shifted(first, Combination(((1, first.beyond(10**12)), (-1, second))), Kernel(1, 0), 2)
    passes(BROKEN, Kernel(1, 0), found, ["1e-5", "1e-8", "1e-14"])


@pytest.mark.audit
def test_a_broken_power_law_with_an_end() -> None:
    found = expansion(BROKEN, Kernel(1, 0), 2, length=10**30)
    passes(BROKEN, Kernel(1, 0), found, ["1e-28", "1e-33", "1e-55"], 10**30)


def test_a_list_and_a_tail() -> None:
    series = list_and_tail([3, R(1, 2), R(1, 7)], PowerLawSeries(R(3, 2), R(1, 2), 5, R(1, 3)), [1, 2, R(1, 3)])
    for kernel in (Kernel(2, 0), Kernel(1, 1)):
        passes(series, kernel, expansion(series, kernel, 2), ["1e-8", "1e-10"])


@pytest.mark.parametrize("source", [R(0), R(1)])
def test_products_of_two(source: sp.Rational) -> None:
    """A double pole: one logarithm; R = 1 puts it on that of the gamma function: two."""
    series = Products(PowerLawSeries(R(3, 2), source), 2)
    found = expansion(series, Kernel(1, 0), 0)
    assert max(term.log_power for term in found.terms) == (2 if source == 1 else 1)
    passes(series, Kernel(1, 0), found, ["1e-2", "3e-3"])


@pytest.mark.audit
def test_products_of_three() -> None:
    series = Products(PowerLawSeries(R(3, 2)), 3)
    found = expansion(series, Kernel(1, 0), 0)
    assert max(term.log_power for term in found.terms) == 2
    passes(series, Kernel(1, 0), found, ["5e-3", "2e-3"])


@pytest.mark.audit
def test_products_of_three_on_a_pole() -> None:
    """R = 1: a triple pole on that of the gamma function, three logarithms."""
    series = Products(PowerLawSeries(1, 1), 3)  # the smaller s, the sooner the series is asymptotic
    found = expansion(series, Kernel(1, 0), 0)
    assert max(term.log_power for term in found.terms) == 3
    passes(series, Kernel(1, 0), found, ["2e-2", "1e-2"])


def test_products_with_an_end() -> None:
    series, kernel = Products(PowerLawSeries(R(5, 2)), 2), Kernel(1, 0)
    for regime, ladder in [(Regime.BELOW, ["1e-12", "1e-13"]), (Regime.ABOVE, ["1e3", "1e5"])]:
        passes(series, kernel, expansion(series, kernel, 2, regime=regime, length=30), ladder, 30)


@pytest.mark.audit
def test_products_within_an_end() -> None:
    series, kernel = Products(PowerLawSeries(R(3, 2)), 2), Kernel(1, 0)
    passes(series, kernel, expansion(series, kernel, 2, length=10**5), ["1e-3", "3e-4"], 10**5)


def test_where_all_omitted_terms_vanish() -> None:
    """s = 2: the remainder is (pi/sqrt x)/(exp(2 pi/sqrt x) - 1)."""
    found = expansion(PowerLawSeries(2), Kernel(1, 0), 1)
    exact = SpectralSums(PowerLawSeries(2), Kernel(1, 0))
    ladder = ["0.1", "0.03", "0.01"]
    assert check(found, exact, ladder)
    wrong = replace(found, terms=(replace(found.terms[0], coefficients=(sp.pi / 2 + R(1, 10**9),)), *found.terms[1:]))
    assert "more slowly" in check(wrong, exact, ladder).reason


# Every checker is seen failing --------------------------------------------------------------------

KERNEL = Kernel(1, 0)
SERIES = PowerLawSeries(R(3, 2), R(5, 2))  # R = 1 + s: a logarithm in the term of x^1


@lru_cache
def remembered(x: mpf, _prec: int) -> mpf:
    return SpectralSums(SERIES, KERNEL)(x)


def exact(x: mpf) -> mpf:
    return remembered(x, mp.prec)


def scaled(factor: sp.Expr, index: int = 0) -> Callable[[Term], Term]:
    def change(term: Term) -> Term:
        return Term(term.power, tuple(c * factor if n == index else c for n, c in enumerate(term.coefficients)))

    return change


MUTATIONS = {
    "wrong digit": scaled(1 + R(1, 10**15)),
    "wrong sign": scaled(-1),
    "wrong logarithm": scaled(1 + R(1, 10**9), 1),
    "wrong sign of the logarithm": scaled(-1, 1),
    "no logarithm": scaled(0, 1),
    "another logarithm": lambda term: Term(term.power, (*term.coefficients, R(1, 10**9))),
    "wrong power": lambda term: Term(term.power + R(1, 10**9), term.coefficients),
    "missing": lambda term: Term(term.power, (sp.S.Zero,)),
}


def test_the_right_expansion_passes() -> None:
    assert check(expansion(SERIES, KERNEL, 3), exact, ["1e-8", "1e-11"])


LOGARITHMIC = {"wrong logarithm", "wrong sign of the logarithm", "no logarithm"}  # which the second term has


@pytest.mark.parametrize(
    ("name", "index"), [(n, i) for n in MUTATIONS for i in range(3) if i == 1 or n not in LOGARITHMIC]
)
def test_a_wrong_term_is_found(name: str, index: int) -> None:
    found = expansion(SERIES, KERNEL, 3)
    changed = MUTATIONS[name](found.terms[index])
    assert changed != found.terms[index]
    terms = (*found.terms[:index], changed, *found.terms[index + 1 :])
    judged = check(replace(found, terms=terms), exact, ["1e-8", "1e-11"])
    assert not judged
    assert judged.deviation > 0.9


@pytest.mark.parametrize("name", ["wrong sign", "another logarithm", "wrong power", "missing"])
def test_a_wrong_claim_of_the_omitted_order_is_found(name: str) -> None:
    found = expansion(SERIES, KERNEL, 3)
    (omitted,) = found.omitted
    changed = MUTATIONS[name](omitted.terms[0])
    claim = Omitted(omitted.side, (changed, *omitted.terms[1:]), omitted.limit)
    assert not check(replace(found, omitted=(claim,)), exact, ["1e-8", "1e-11"])


def test_a_ladder_that_decides_nothing_is_no_pass() -> None:
    judged = check(expansion(SERIES, KERNEL, 3), exact, ["2", "3"])
    assert "nothing is decided" in judged.reason


def test_what_is_refused() -> None:
    alpha = sp.Symbol("alpha", positive=True)
    with pytest.raises(InvalidInput, match="alpha"):
        check(expansion(PowerLawSeries(1 + alpha), KERNEL, 1), exact, ["1e-2", "1e-3"])
    with pytest.raises(InvalidInput, match="ladder"):
        check(expansion(SERIES, KERNEL, 1), exact, ["1e-2"])
    with pytest.raises(NotConverged, match="digits"):
        check(expansion(SERIES, KERNEL, 3), exact, ["1e-2", "1e-2000"])
