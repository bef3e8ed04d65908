"""The engine against the exact planar equations at n = e^1000 ... e^(10^12), and what it must do by itself.

The oracle shares no step with the engine. Along random paths (coincidences of powers included) it
accepts a claimed exponent, log power and amplitude only if quantity/claim -> 1; a claim wrong by 1e-3
in the exponent, 1% in the amplitude or one power of ln n is refused (tests of the oracle). So there is
no statistical tolerance here: one mismatch is a failure.
"""

import random
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from tests.theory import asymptotic_oracle as oracle
from theory.asymptotics import Case, Leading, asymptotics
from theory.errors import NotConverged
from theory.path import OPTIMAL, Path, Power

SLOW = {10, 11, 20, 33, 36, 37, 38}
QUICK, WHOLE = sorted(set(range(40)) - SLOW), [*SLOW, *range(1000, 1600)]
FLAT = {1202}  # raising and lowering terms have equal coefficients: the optimum is decided beyond leading order


def engine_path(path: Any, alpha: Fraction, source: Fraction | None) -> Path:
    def power(value: Any) -> Power | None:
        return None if value is None or value == 0 else Power(value[1], value[0])

    gamma = OPTIMAL if path.gamma == OPTIMAL else power(path.gamma)
    return Path(power(path.N), power(path.T), gamma, power(path.M), power(path.noise), alpha=alpha, source=source)


def claim(leading: Leading) -> tuple[Fraction, Fraction, Any]:
    exponent = 0 if leading.exponent is None else leading.exponent
    return Fraction(str(exponent)), Fraction(str(leading.log_power)), leading.value(20)


def check(seed: int) -> None:
    alpha, path, source = oracle.random_path(random.Random(seed))
    if seed in FLAT:
        with pytest.raises(NotConverged, match="flat"):
            asymptotics(engine_path(path, alpha, source))
        return
    (case,) = asymptotics(engine_path(path, alpha, source))
    assert case.window.point
    for quantity in ("kappa", "loss"):
        leading = getattr(case, quantity)
        if leading.amplitude == sp.nan:
            assert case.loss.amplitude == sp.oo  # an infinite loss has no optimal ridge
            continue
        verdict = oracle.agrees(alpha, path, *claim(leading), quantity, source=source)
        assert verdict, f"seed {seed}: {path} {quantity} ~ {leading}: {verdict}"


@pytest.mark.parametrize("seed", QUICK)
def test_random_path(seed: int) -> None:
    check(seed)


@pytest.mark.audit
@pytest.mark.parametrize("seed", WHOLE)
def test_random_path_whole_audit(seed: int) -> None:
    check(seed)


@pytest.mark.parametrize(
    "seed", [103, pytest.param(143, marks=pytest.mark.audit), 453]
)  # N = T = M, where the two sides of the optimum agree; zeta(1)
def test_path_that_once_failed(seed: int) -> None:
    check(seed)


def test_planted_error_is_caught() -> None:
    alpha, path, source = oracle.random_path(random.Random(2))
    (case,) = asymptotics(engine_path(path, alpha, source))
    exponent, log_power, amplitude = claim(case.loss)
    assert oracle.agrees(alpha, path, exponent, log_power, amplitude, source=source)
    assert not oracle.agrees(alpha, path, exponent + Fraction(1, 1000), log_power, amplitude, source=source)
    assert not oracle.agrees(alpha, path, exponent, log_power, amplitude * 101 / 100, source=source)
    assert not oracle.agrees(alpha, path, exponent, log_power + 1, amplitude, source=source)


def symbolic(**scales: Any) -> tuple[Case, ...]:
    return asymptotics(Path(**scales))


def test_symbolic_alpha_agrees_with_every_number_in_its_window() -> None:
    scales = {"N": Power(1), "T": Power(2), "gamma": Power("-1/2"), "noise": Power(0)}
    cases = symbolic(**scales)
    assert [str(case.window) for case in cases] == [
        "0 < alpha < 1", "alpha = 1", "1 < alpha < 5/2", "alpha = 5/2", "alpha > 5/2",
    ]  # fmt: skip
    assert [case.boundary for case in cases] == [False, True, False, True, False]
    for case in cases:
        (number,) = asymptotics(Path(**scales, alpha=case.window.sample))
        alpha = sp.Symbol("alpha", positive=True)
        for general, special in ((case.kappa, number.kappa), (case.loss, number.loss)):
            assert sp.simplify(general.exponent.subs(alpha, case.window.sample) - special.exponent) == 0
            if not special.unknowns:
                assert abs(sp.N(general.amplitude.subs(alpha, case.window.sample) - special.amplitude)) < 1e-12


def test_noiseless_isotropic_loss_is_symmetric() -> None:
    for gamma in (None, Power("1/2"), Power(3), OPTIMAL):
        for n, t in ((Power(1), Power(2)), (Power(1), Power(1, 3))):
            (one,) = asymptotics(Path(n, t, gamma, alpha=Fraction(1, 2)))
            (other,) = asymptotics(Path(t, n, gamma, alpha=Fraction(1, 2)))
            assert one.loss.exponent == other.loss.exponent
            assert abs(one.loss.value(20) - other.loss.value(20)) < 1e-18


def test_flipping_the_model_changes_the_answer() -> None:
    base = {"N": Power(1), "T": Power(2), "alpha": 1}
    laws = {
        "isotropic": asymptotics(Path(**base)),
        "steeper teacher": asymptotics(Path(**base, source=Fraction(5, 2))),
        "ridge that grows with N": asymptotics(Path(**base, gamma=Power(2))),
        "finite M": asymptotics(Path(**base, M=Power(1))),
        "noise": asymptotics(Path(**base, noise=Power(1))),
    }
    exponents = {name: str(case.loss.exponent) for name, (case,) in laws.items()}
    assert exponents == {
        "isotropic": "-1",
        "steeper teacher": "-3/2",
        "ridge that grows with N": "-1/2",
        "finite M": "None",
        "noise": "0",
    }
