"""The derived limits against formulas known otherwise, which appear only here, and their symmetries."""

from fractions import Fraction

import pytest
import sympy as sp

from theory import positive
from theory.approach import SMALL, Approach, approaches
from theory.continuum import ALPHA, LAMBDA_PLUS, c_alpha
from theory.limit import Limit, PositiveFirstText
from theory.limits import derive, last_mode
from theory.local_series import (
    D_0,
    KAPPA_0,
    Expansion,
    Series,
    SpectralSum,
    Start,
    TeacherSum,
    near,
    near_infinity,
    near_zero,
)
from theory.moments import KAPPA, Moment, TeacherMoment
from theory.planar import OUTPUTS as C
from theory.planar import SIGMA_W
from theory.power_law import power_law
from theory.student import GAMMA, NOISE, SIGMA_U, M, N, T

G = Moment(1, 1, KAPPA_0)
V = {j: TeacherMoment(j, 1, KAPPA_0) for j in range(3)}
V02 = TeacherMoment(0, 2, KAPPA_0)
BY_NAME = {approach.name: approach for approach in approaches()}


def limit_of(name: str, quantity: str) -> Limit:
    """The limit of one quantity, derived alone."""
    approach = BY_NAME[name]
    single = Approach(name, approach.variable, approach.order, approach.path, (quantity,))
    return derive(single)[0]


def same(left: sp.Expr, right: sp.Expr) -> bool:
    """Equal, with V[0,2] = V[0,1] - V[1,1]."""
    return sp.simplify((left - right).subs(V02, V[0] - V[1])) == 0


def isotropic(expression: sp.Expr, df1: sp.Expr) -> sp.Expr:
    """For v = sigma_w^2 lambda/M: lambda (1-p) = kappa p gives V[j,1] = sigma_w^2 kappa S[j+1,0]/M."""
    drops = [Moment(j, 1, KAPPA_0) for j in range(1, 3)]
    values = {V[j]: SIGMA_W**2 * KAPPA_0 / M * (df1 - sum(drops[:j])) for j in range(3)}
    return sp.factor(expression.subs(V02, V[0] - V[1]).xreplace(values))


# Values of the model sheet, section 2, equation (3) and below ------------------------------------------


def test_ridgeless_signal_is_that_of_mrs() -> None:
    limit = limit_of("gamma -> 0, N < T < M", "signal")
    assert same(isotropic(limit.value, N), C * SIGMA_W**2 / (2 * M) * N * KAPPA_0 / (1 - N / T))


def test_ridgeless_noise() -> None:
    fewer = limit_of("gamma -> 0, N < T < M", "label_noise")
    more = limit_of("gamma -> 0, T < N < M", "label_noise")
    q = T - G
    assert same(fewer.value, C * NOISE / 2 * N / (T - N))
    assert same(more.value, C * NOISE / 2 * (q * (N - 2 * T) + T**2) / ((N - T) * (T - q)))


@pytest.mark.parametrize("name", ["gamma -> 0, M < N < T", "gamma -> 0, N = M < T"])
def test_noise_of_the_exhausted_spectrum(name: str) -> None:
    assert same(limit_of(name, "label_noise").value, C * NOISE / 2 * M / (T - M))
    assert limit_of(name, "signal").value == 0


def test_infinite_ridge() -> None:
    """(C sigma_w^2/2M) tr Lambda = (C/2) sum v: section 7."""
    limit = limit_of("gamma -> infinity", "signal")
    assert same(limit.value, C * TeacherSum(0) / 2)
    assert same(limit.coefficient, -C * N * T * SIGMA_U**2 / M * TeacherSum(1))


def test_kernel_ridge_regression() -> None:
    """(C/2) sum v (kappa/(lambda+kappa))^2/(1 - q/T): section 7 and Simon et al., arXiv:2110.03922."""
    limit = limit_of("N -> infinity, kernel ridge delta", "signal")
    assert same(limit.value, C / 2 * V02 / (1 - (D_0 - G) / T))


def test_plateau_for_many_samples() -> None:
    """(C sigma_w^2/2M) Delta_N: section 5."""
    limit = limit_of("T -> infinity, N < M", "signal")
    assert same(isotropic(limit.value, N), C * SIGMA_W**2 / (2 * M) * N * KAPPA_0)


def test_last_modes() -> None:
    """Delta_n ~ lambda_+ (2+alpha)(M-n) M^{-(1+alpha)} as n -> M: section 3."""
    limit = last_mode()
    assert limit.rate == 2 + ALPHA
    assert same(limit.coefficient, (2 + ALPHA) * LAMBDA_PLUS)
    assert same(limit_of("N -> M < T, gamma = 0", "kappa").coefficient, 1 / SpectralSum(-1))


def test_finite_extent_of_the_power_law() -> None:
    """-((1+alpha)/alpha) M^{-alpha} in Delta_n for n << M, where D - q = n/(1+alpha): section 3."""
    limit = limit_of("M -> infinity, gamma = 0", "kappa")
    assert limit.rate == ALPHA
    assert same((N * limit.coefficient).subs(G, N / (1 + ALPHA)), -(1 + ALPHA) / ALPHA * LAMBDA_PLUS)


def test_first_corrections_of_the_power_law() -> None:
    """Delta_n = lambda_+ [c_alpha n (n+1/2)^{-(1+alpha)} - ((1+alpha)/alpha) M^{-alpha} + ...] for n << M: section 3.

    What is drawn, lambda_+ c_alpha (n^{-alpha} - M^{-alpha}), has no 1/n and another coefficient.
    """
    size, drawn_size, end, drawn_end = power_law()
    assert [limit.rate for limit in power_law()] == [1, 1, ALPHA, ALPHA]
    half = sp.diff((1 + SMALL / 2) ** -(1 + ALPHA), SMALL).subs(SMALL, 0)
    assert same(size.coefficient, half)
    assert same(drawn_size.coefficient, half)
    assert same(end.coefficient, -(1 + ALPHA) / ALPHA / c_alpha())
    assert same(drawn_end.coefficient - end.coefficient, 1)


# Rates and symmetries ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "quantity", "rate"),
    [
        ("gamma -> 0, N = T < M", "signal", Fraction(-1, 2)),
        ("gamma -> 0, M < N < T", "signal", 2),
        ("gamma -> 0, N = M < T", "signal", Fraction(1, 2)),
        ("gamma -> 0, N = T = M", "kappa", Fraction(1, 3)),
        ("gamma -> 0, N = T = M", "label_noise", Fraction(-1, 3)),
        ("N -> infinity, kernel ridge delta", "signal", 1),  # variance-limited: Bahri et al., arXiv:2102.06701
        ("T -> infinity, ridge delta per sample", "signal", 1),
        ("T -> infinity, N < M", "ridge effect on signal", 2),
        ("N -> T from below, gamma = 0", "signal", -1),
        ("T -> M < N, gamma = 0", "label_noise", -1),
    ],
)
def test_rates(name: str, quantity: str, rate: Fraction) -> None:
    limit = limit_of(name, quantity)
    assert limit.rate == sp.Rational(rate)
    assert (limit.value == sp.oo) == (rate < 0)


def test_isotropic_signal_is_symmetric_in_features_and_samples() -> None:
    """Duality, in the value and in the coefficient of gamma: both sides derive from different formulas."""
    swap = {N: T, T: N}
    fewer, more = (limit_of(f"gamma -> 0, {order} < M", "signal") for order in ("N < T", "T < N"))
    for left, right in ((fewer.value, more.value), (fewer.coefficient, more.coefficient)):
        assert same(isotropic(left, N).xreplace(swap), isotropic(right, T))


def test_first_effect_of_the_ridge_needs_no_spectrum() -> None:
    """The relative change of the signal is -2 gamma M/(sigma_u^2 kappa_0 (T-N)^2) for any spectrum and teacher."""
    limit = limit_of("gamma -> 0, N < T < M", "signal")
    assert same(limit.coefficient / limit.value, -2 * M / (SIGMA_U**2 * KAPPA_0 * (T - N) ** 2))


def test_many_samples_see_no_ridge_to_first_order() -> None:
    """As T grows at fixed gamma the signal is (1 + N/T) times the plateau: gamma enters at 1/T^2 only."""
    limit = limit_of("T -> infinity, N < M", "signal")
    assert same(limit.coefficient, N * limit.value)
    effect = limit_of("T -> infinity, N < M", "ridge effect on signal").coefficient
    first = sp.diff(effect, GAMMA).subs(GAMMA, 0)
    assert same(first, -C * M * V[0] / (KAPPA_0 * SIGMA_U**2))


def test_pole_has_one_residue_and_the_ridge_makes_it_smooth() -> None:
    for quantity in ("signal", "label_noise"):
        below, above = (limit_of(f"N -> T from {side}, gamma = 0", quantity) for side in ("below", "above"))
        assert same(below.coefficient, above.coefficient)
        below, above = (limit_of(f"N -> T from {side}, gamma > 0", quantity) for side in ("below", "above"))
        assert same(below.value, above.value)
        assert same(below.coefficient, -above.coefficient)


def test_noise_enters_linearly() -> None:
    limit = limit_of("noise -> 0", "loss")
    assert limit.rate == 1
    assert not limit.coefficient.has(NOISE)


def test_names_are_unique_and_every_asked_limit_is_there() -> None:
    assert len(BY_NAME) == len(approaches())
    targets = {(str(a.variable), str(a.target)) for a in approaches()}
    asked = {("gamma", "0"), ("gamma", "oo"), ("N", "oo"), ("T", "oo"), ("N", "T"), ("M", "oo"), ("N", "M"), ("T", "M")}
    assert asked | {("sigma_epsilon^2", "0")} == targets


def test_a_quantity_that_stays_constant_is_refused() -> None:
    with pytest.raises(ValueError, match="no approach to the limit"):
        limit_of("N -> T from above, gamma = 0", "kappa")


def test_statement_and_text() -> None:
    limit = limit_of("N -> M < T, gamma = 0", "signal")
    assert limit.statement.startswith(r"L_{\mathrm{signal}} = \frac{C T")
    assert r"\left(M - N\right) \left(1 + O\left(M - N\right)\right)" in limit.statement
    assert PositiveFirstText().doprint(limit.approach.small) == "M - N"
    assert limit.approach.title == "N -> M < T, gamma = 0 (N < M < T)"


# Series ------------------------------------------------------------------------------------------------


SPECTRUM, POWERS = (sp.Integer(2), sp.Rational(1, 3), sp.Rational(1, 7)), (sp.Integer(1), sp.Integer(4), sp.Integer(5))


def listed(expression: sp.Expr, kappa: sp.Expr) -> sp.Expr:
    """Moments and sums of a spectrum of three modes."""
    values: dict[sp.Expr, sp.Expr] = {M: sp.Integer(3)}
    for moment in expression.atoms(Moment):
        j, k = (int(x) for x in moment.args[:2])
        weights = POWERS if isinstance(moment, TeacherMoment) else (1, 1, 1)
        values[moment] = sum(
            w * x**j * kappa**k / (x + kappa) ** (j + k) for w, x in zip(weights, SPECTRUM, strict=True)
        )
    for total in expression.atoms(SpectralSum):
        weights = POWERS if isinstance(total, TeacherSum) else (1, 1, 1)
        values[total] = sum(w * x ** total.args[0] for w, x in zip(weights, SPECTRUM, strict=True))
    return expression.xreplace(values)


@pytest.mark.parametrize(
    "moment", [m(j, k, KAPPA) for m in (Moment, TeacherMoment) for j, k in ((1, 0), (2, 0), (1, 1), (0, 2))]
)
def test_moment_series_of_a_listed_spectrum(moment: Moment) -> None:
    s, start = sp.Symbol("s", positive=True), sp.Rational(1, 5)
    for rule, kappa in ((near, start + s), (near_zero, s), (near_infinity, 1 / s)):
        power, terms = rule(moment, 4)
        series = sum(listed(c, start).xreplace({KAPPA_0: start}) * s ** (power + i) for i, c in enumerate(terms))
        rest = sp.cancel(sp.together(listed(moment, kappa) - series))
        assert sp.limit(rest / s ** (power + 3), s, 0) == 0


def test_series_arithmetic_keeps_count_of_what_is_known() -> None:
    long, short = Series.of(0, (Fraction(1), Fraction(2), Fraction(3))), Series.of(0, (Fraction(1), Fraction(2)))
    assert long * long**-1 == Series(0, (1, 0, 0))
    assert (long * short).terms == (1, 4)
    assert long + Series.of(0, (-1, -2)) == Series(2, ())  # nothing is known of the difference
    assert Series.of(-1, (0, 0, 5)) == Series(1, (5,))
    assert Series.of(1, (Fraction(2), Fraction(4))) ** -2 == Series(-2, (Fraction(1, 4), Fraction(-1)))


def test_expansion_of_an_expression() -> None:
    series = Expansion(Start((0, (KAPPA_0, sp.Integer(1))), near), 2, (N,))
    found = series(KAPPA**2 * (N - Moment(1, 0, KAPPA)))
    expected = KAPPA_0**2 * (N - D_0), 2 * KAPPA_0 * (N - D_0) + KAPPA_0 * G
    assert [sp.simplify(c.as_expr() - e) for c, e in zip(found.terms, expected, strict=True)] == [0, 0]
    assert series(positive.SPREAD) == series(Moment(1, 1, KAPPA))
    assert SMALL not in series.values
