"""The ladder confirms every limit, and turns to fail for planted errors; real sizes against integer ones."""

import math
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp
from mpmath import mp, mpf

from numerics import limit_ladder, real_sizes
from numerics.limit_ladder import Confirmation, confirm
from numerics.multiprecision import evaluate_mp
from numerics.power_sums import PowerSum
from numerics.real_sizes import Point, PowerLawSums, RealEquation, kappa_at, losses_at
from theory.approach import approaches
from theory.continuum import ALPHA
from theory.errors import InvalidInput, NotConverged
from theory.limit import Limit
from theory.limits import limits
from theory.model import Model
from theory.power_law import power_law
from theory.spectrum import Eigenvalues

ODD = {"sigma_w": Fraction(5, 4), "sigma_u": Fraction(4, 3), "lambda_plus": Fraction(3, 2), "outputs": 2}
MODEL = Model.power_law(Fraction(1, 2), 31, 5, 12, gamma=Fraction(1, 70), noise=Fraction(1, 3), **ODD)
SOURCED = MODEL.with_(source=Fraction(5, 2))
NAMES = [f"{a.name}: {quantity}" for a in approaches() for quantity in a.quantities]
LAST_MODE = "M -> infinity, N = M - 1, gamma = 0: kappa"
LAWS = [limit.name for limit in power_law()]
PLANTED = [
    LAWS[0],
    LAWS[3],
    "gamma -> 0, N < T < M: signal",
    "gamma -> 0, N = T < M: label_noise",
    "gamma -> 0, N = T = M: signal",
    "gamma -> infinity: label_noise",
    "N -> infinity, kernel ridge delta: signal",
    "T -> infinity, N < M: ridge effect on signal",
    "N -> T from below, gamma > 0: signal",
    "N -> M < T, gamma = 0: kappa",
    "noise -> 0: loss",
]


def named(name: str) -> Limit:
    (limit,) = (limit for limit in limits() if limit.name == name)
    return limit


@pytest.mark.parametrize("name", [*NAMES, LAST_MODE, *LAWS])
def test_every_limit_is_confirmed(name: str) -> None:
    found = confirm(named(name), MODEL)
    rate = float(sp.sympify(named(name).rate).subs(ALPHA, sp.Rational(1, 2)))
    assert found.verdict == "pass"
    assert found.measured_rate == pytest.approx(rate, abs=1e-6)
    assert found.digits >= 6


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("M ->")])
def test_formulas_hold_for_other_teachers(name: str) -> None:
    assert confirm(named(name), SOURCED).verdict == "pass"


def test_other_spectra() -> None:
    steep = Model.power_law(4, 9, 2, 6, gamma=Fraction(1, 9), noise=1)
    for name in PLANTED:
        assert confirm(named(name), steep).verdict == "pass", name


# Planted errors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("factor", [-1, 2, sp.Rational(1, 2), 1 + sp.Rational(1, 10**4)])
def test_a_wrong_coefficient_fails(name: str, factor: sp.Expr) -> None:
    limit = named(name)
    found = confirm(replace(limit, coefficient=factor * limit.coefficient), MODEL)
    assert found.verdict == "fail"
    assert float(found.deviation or 0) == pytest.approx(1 / float(factor) - 1, abs=1e-5)


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("shift", [sp.Rational(-1, 2), sp.Rational(1, 2), sp.Rational(1, 50)])
def test_a_wrong_rate_fails(name: str, shift: sp.Expr) -> None:
    limit = named(name)
    assert confirm(replace(limit, rate=limit.rate + shift), MODEL).verdict == "fail"


@pytest.mark.parametrize("name", [PLANTED[0], PLANTED[2], PLANTED[4], PLANTED[6], PLANTED[8]])
def test_a_wrong_value_fails(name: str) -> None:
    limit = named(name)
    assert confirm(replace(limit, value=limit.value * (1 + sp.Rational(1, 10**6))), MODEL).verdict == "fail"


def test_every_limit_is_listed() -> None:
    assert [limit.name for limit in limits()] == [*NAMES, LAST_MODE, *LAWS]


def test_a_promise_that_is_not_kept_fails() -> None:
    """A step larger than twice the true one is seen."""
    limit = named("gamma -> 0, N < T < M: signal")
    assert confirm(replace(limit, step=sp.Integer(3)), MODEL).verdict == "fail"


def test_no_root_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> mpf:
        raise NotConverged("no root")

    monkeypatch.setattr(limit_ladder, "kappa_at", fails)
    limit = named("gamma -> 0, N < T < M: signal")
    assert confirm(limit, MODEL) == Confirmation(limit, None, None, (), None, None, 0, "unknown")


def test_root_that_is_not_verified_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RealEquation, "_changes_sign", lambda *_: False)
    point = Point(Fraction(5), Fraction(12), Fraction(31), Fraction(1))
    with pytest.raises(NotConverged, match="not verified to 30 digits"):
        RealEquation(MODEL, point).root(30)


@pytest.mark.parametrize(
    "model",
    [MODEL.with_(T=5), MODEL.with_(N=math.inf), Model(Eigenvalues([1.0, 0.5, 0.25]), 1, 2)],
    ids=["equal", "infinite", "listed"],
)
def test_unsuitable_models_are_refused(model: Model) -> None:
    with pytest.raises(InvalidInput):
        confirm(named("noise -> 0: loss"), model)


# Real sizes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [(5, 12), (12, 5), (9, 9), (30, 45), (45, 30), (31, 31)])
@pytest.mark.parametrize("gamma", [Fraction(1, 10**12), Fraction(1, 7), Fraction(10**9)])
def test_real_sizes_agree_with_integer_ones(sizes: tuple[int, int], gamma: Fraction) -> None:
    model = SOURCED.with_(N=sizes[0], T=sizes[1], gamma=gamma)
    point = Point(Fraction(sizes[0]), Fraction(sizes[1]), Fraction(31), model.ridge_scale)
    found, expected = losses_at(model, point, model.noise, 60), evaluate_mp(model, 40)
    with mp.workdps(60):
        for name, value in found.items():
            assert abs(value / getattr(expected, name) - 1) < mpf(10) ** -40, name


def test_infinite_size_is_kernel_ridge_regression() -> None:
    model = MODEL.with_(N=math.inf)
    point = Point(math.inf, Fraction(12), Fraction(31), model.ridge_scale)
    with mp.workdps(50):
        assert abs(kappa_at(model, point, 50) / evaluate_mp(model, 30).kappa - 1) < mpf(10) ** -30


@pytest.mark.parametrize("alpha", [Fraction(1, 10), Fraction(1, 2), Fraction(2), Fraction(10)])
@pytest.mark.parametrize(("j", "k", "decay"), [(1, 0, 0), (2, 0, 0), (1, 1, 0), (0, 2, 3)])
def test_infinite_spectrum_against_a_long_one(alpha: Fraction, j: int, k: int, decay: int) -> None:
    """The modes beyond M = 10^250 hold less than M^-alpha/(alpha x) (or M^-2): 10^-21 at alpha = 1/10, x = 10^-3."""
    model = Model.power_law(alpha, 10, 2, 3)
    digits = min(60, int(250 * alpha) - 5)
    with mp.workdps(digits):
        x = mpf(10) ** -3
        found = PowerLawSums(model, math.inf)._sum(x, j, k, Fraction(decay))
        long = PowerSum(1 + alpha, 10**250)(x, j, k, Fraction(decay))
        assert abs(found / long - 1) < mpf(10) ** -(digits - 2)


def test_long_and_short_spectra_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    sums = PowerLawSums(SOURCED, Fraction(400))
    with mp.workdps(40):
        kappa = mpf(1) / 300
        cases = [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]
        short = [take(kappa, j, k) for j, k in cases for take in (sums, sums.teacher)] + [sums.powers(-2, teacher=True)]
        monkeypatch.setattr(real_sizes, "SHORT", 10)
        long = [take(kappa, j, k) for j, k in cases for take in (sums, sums.teacher)] + [sums.powers(-2, teacher=True)]
        assert all(abs(x / y - 1) < mpf(10) ** -38 for x, y in zip(short, long, strict=True))
