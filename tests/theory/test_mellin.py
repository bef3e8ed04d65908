"""Residues against circles in the complex plane; closed sums; poles and coincidences."""

from collections.abc import Callable

import pytest
import sympy as sp
from mpmath import mp, mpc, mpf

from theory.dirichlet import DirichletSeries, PowerLawSeries, broken_power_law
from theory.errors import InvalidInput
from theory.mellin import Kernel, Term, as_integer, left_terms, residue, right_terms
from theory.products import Products

R = sp.Rational
ALPHA = sp.Symbol("alpha", positive=True)
x = sp.Symbol("x", positive=True)


def circle(function: Callable[[mpc], mpc], kernel: Kernel, z: sp.Rational, at: mpf) -> mpf:
    """(1/2 pi i) the integral of phi Z x^-z' on a small circle around z, by the trapezoidal rule."""
    points, radius, centre = 32, mpf(1) / 64, mpf(z.p) / z.q
    total = mpf(0)
    for i in range(points // 2):  # the other half are their conjugates
        d = radius * mp.expjpi(mpf(2 * i + 1) / points)
        phi = mp.gamma(kernel.k + centre + d) * mp.gamma(kernel.j - centre - d) / mp.gamma(kernel.j + kernel.k)
        total += (d * phi * function(centre + d) * mp.power(at, -centre - d)).real
    return 2 * total / points


PLACES = [
    # s, R, j, k, z: simple poles of Z; of the gamma functions; both; with a zero of Z; on the right
    (R(3, 2), R(0), 1, 0, R(2, 3)),
    (R(5, 4), R(1, 3), 1, 1, R(8, 15)),
    (R(3, 2), R(0), 2, 0, R(-3)),
    (R(3, 2), R(1), 1, 0, R(0)),
    (R(3, 2), R(5, 2), 1, 0, R(-1)),
    (R(3, 2), R(4), 0, 2, R(-2)),
    (R(5, 4), R(19, 4), 1, 2, R(-3)),
    (R(3, 2), R(-1, 2), 1, 0, R(1)),
    (R(3, 2), R(-2), 1, 1, R(2)),
    (R(2), R(-5), 2, 1, R(3)),
]


@pytest.mark.parametrize(("s", "source", "j", "k", "z"), PLACES)
def test_residues_of_a_power_law(s: sp.Rational, source: sp.Rational, j: int, k: int, z: sp.Rational) -> None:
    series, kernel, at = PowerLawSeries(s, source), Kernel(j, k), R(1, 7)
    term = residue(series, kernel, z, int(series.pole == z))
    with mp.workdps(30):
        expected = circle(lambda w: mp.zeta(mpf(source.p) / source.q + w * s.p / s.q), kernel, z, mpf(1) / 7)
        found = sp.N(term.expression(at), 30)._to_mpmath(100)
        assert abs(found - expected) < mpf(10) ** -20 * max(1, abs(expected))


CYCLES = [(1, (1, 1, 1)), (3, (1, 2)), (2, (3,))]  # permutations of three, by their cycles


@pytest.mark.parametrize(
    ("series", "function", "places"),
    [
        (
            Products(PowerLawSeries(R(3, 2), 1), 2),
            lambda z: (mp.zeta(1 + 1.5 * z) ** 2 + mp.zeta(2 + 3 * z)) / 2,
            [(R(0), 2), (R(-1, 3), 1), (R(-1), 0)],
        ),
        (
            Products(PowerLawSeries(2, 1), 3),
            lambda z: (
                (mp.zeta(1 + 2 * z) ** 3 + 3 * mp.zeta(1 + 2 * z) * mp.zeta(2 + 4 * z) + 2 * mp.zeta(3 + 6 * z)) / 6
            ),
            [(R(0), 3), (R(-1, 4), 1), (R(-1, 3), 1), (R(-1), 0)],
        ),
        (
            broken_power_law(R(3, 2), 2, 5, 3),
            lambda z: mp.zeta(3 + 1.5 * z) - mp.zeta(3 + 1.5 * z, 6) + mpf(5) ** (z / 2) * mp.zeta(3 + 2 * z, 6),
            [(R(-1), 1), (R(-2), 0)],
        ),
    ],
    ids=["pairs", "triples", "broken"],
)
@pytest.mark.parametrize("kernel", [Kernel(1, 0), Kernel(1, 1)], ids=str)
def test_residues_of_other_series(
    series: DirichletSeries, function: Callable[[mpc], mpc], places: list[tuple[sp.Rational, int]], kernel: Kernel
) -> None:
    for z, order in places:
        term = residue(series, kernel, z, order)
        with mp.workdps(30):
            expected = circle(function, kernel, z, mpf(1) / 7)
            found = 0 if term is None else sp.N(term.expression(R(1, 7)), 30)._to_mpmath(100)
            assert abs(found - expected) < mpf(10) ** -18, (z, order)


def test_the_pole_term_and_zeta_terms_of_the_issue() -> None:
    """sum I^-p (1 + x I^s)^-m: Gamma((1-p)/s) Gamma(m-(1-p)/s)/(s Gamma(m)) x^((p-1)/s) and binomials times zeta."""
    s, p, m = 1 + ALPHA, sp.Symbol("p", positive=True), 3
    pole, *zetas = left_terms(PowerLawSeries(s, p), Kernel(m, 0), 4)
    z = (1 - p) / s
    assert sp.simplify(pole.power + z) == 0
    assert sp.gammasimp(pole.coefficients[0] - sp.gamma(z) * sp.gamma(m - z) / (s * sp.gamma(m))) == 0
    for i, term in enumerate(zetas):
        assert term == Term(i, ((-1) ** i * sp.binomial(m + i - 1, i) * sp.zeta(p - sp.expand(s * i)),))


def test_degrees_of_freedom() -> None:
    """D = (pi/s)/sin(pi/s) x^(-1/s) - 1/2 - zeta(-s) x + ... and q = D (1 - 1/s) to leading order."""
    D = left_terms(PowerLawSeries(1 + ALPHA), Kernel(1, 0), 2)
    q = left_terms(PowerLawSeries(1 + ALPHA), Kernel(2, 0), 2)
    angle = sp.pi / (1 + ALPHA)
    assert sp.simplify(sp.gammasimp(D[0].coefficients[0]) - angle / sp.sin(angle)) == 0
    assert sp.gammasimp(q[0].coefficients[0] / D[0].coefficients[0]) == ALPHA / (1 + ALPHA)
    assert (D[1].coefficients, q[1].coefficients) == ((-R(1, 2),), (-R(1, 2),))
    assert D[2].coefficients == (-sp.zeta(-1 - ALPHA),)


def test_moments_obey_their_recursion_term_by_term() -> None:
    """x d/dx [j, k] = k [j + 1, k] - j [j, k + 1], for every power and logarithm."""
    for source in (R(0), R(1), R(5, 2), R(4)):
        series = PowerLawSeries(R(3, 2), source)
        for j, k in [(1, 1), (2, 1), (1, 2)]:
            total = sp.Integer(0)
            for factor, kernel in [(1, Kernel(j, k)), (-k, Kernel(j + 1, k)), (j, Kernel(j, k + 1))]:
                part = sp.Add(*(t.expression(x) for t in left_terms(series, kernel, 4 - kernel.k)))
                total += factor * (x * sp.diff(part, x) if kernel == Kernel(j, k) else part)
            assert abs(sp.N(total.subs(x, R(1, 3)), 30)) < 1e-25, (source, j, k)


def test_a_higher_zeta_term_meets_the_pole() -> None:
    terms = left_terms(PowerLawSeries(R(3, 2), 4), Kernel(1, 0), 4)
    assert [(t.power, t.log_power) for t in terms] == [(2, 1), (0, 0), (1, 0), (3, 0)]


def test_trivial_zeros_of_zeta_leave_no_term() -> None:
    """s even: sum 1/(1 + x I^2) = (pi/sqrt x) coth(pi/sqrt x)/2 - 1/2 has two terms."""
    terms = left_terms(PowerLawSeries(2), Kernel(1, 0), 20)
    assert [(t.power, t.coefficients) for t in terms] == [(-R(1, 2), (sp.pi / 2,)), (0, (-R(1, 2),))]


def test_alpha_from_a_predicate() -> None:
    """The caller may decide coincidences at one alpha and keep alpha as a symbol."""
    at_half = lambda value: as_integer(sp.sympify(value).subs(ALPHA, R(1, 2)))  # noqa: E731
    (term, *_) = left_terms(PowerLawSeries(1 + ALPHA, R(5, 2)), Kernel(1, 0), 2, integer=at_half)
    (special, *_) = left_terms(PowerLawSeries(R(3, 2), R(5, 2)), Kernel(1, 0), 2)
    assert term.log_power == special.log_power == 1
    assert [c.subs(ALPHA, R(1, 2)) for c in term.coefficients] == list(special.coefficients)


@pytest.mark.parametrize(
    ("s", "source", "j"),
    [(R(3, 2), R(-1, 2), 1), (R(3, 2), R(-1), 1), (1 + ALPHA, -ALPHA, 1), (1 + ALPHA, -1 - ALPHA, 1)],
)
def test_a_divergent_sum_names_its_pole(s: sp.Expr, source: sp.Expr, j: int) -> None:
    with pytest.raises(ValueError, match=r"diverges: pole .* at z = "):
        left_terms(PowerLawSeries(s, source), Kernel(j, 0), 1)


def test_a_coincidence_on_the_right() -> None:
    """R + s (j + i) = 1 with i = 1: the tail's second term has a logarithm, and -digamma(M + 1)."""
    M = sp.Symbol("M", positive=True)
    first, second = right_terms(PowerLawSeries(R(3, 2), -2, M + 1), Kernel(1, 0), 2)
    assert (first.power, first.log_power) == (-1, 0)
    assert (second.power, second.log_power) == (-2, 1)
    value = second.coefficients[0].subs(M, 99)
    expected = sp.digamma(100)  # u^-2 has coefficient -1; the sum's finite part is -digamma
    assert abs(sp.N(value - expected, 25)) < 1e-20


def test_integers() -> None:
    assert as_integer((2 + 2 * ALPHA) / (1 + ALPHA)) == 2
    assert as_integer(sp.sqrt(2) ** 2) == 2
    assert as_integer((sp.sqrt(2) - 1) * (sp.sqrt(2) + 1)) == 1
    assert as_integer(R(1, 2)) is as_integer(ALPHA) is None


def test_kernels_are_checked() -> None:
    for wrong in ((0, 0), (-1, 2), (1.5, 0)):
        with pytest.raises(InvalidInput):
            Kernel(*wrong)
