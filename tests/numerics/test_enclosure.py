"""Proved enclosures: digits as asked, roots that are none refused, and both evaluators inside."""

import math
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx
from mpmath import mp, mpf

from numerics import enclosure as module
from numerics import evaluate
from numerics.enclosed_equation import EnclosedEquation, approximate_root, certified_root
from numerics.enclosure import QUANTITIES, enclose, exact_numbers
from numerics.float64 import NAMES
from numerics.multiprecision import evaluate_mp
from theory import Eigenvalues, InvalidInput, Model, NotConverged, Powers

law = Model.power_law
CORNERS = [
    law(1, 6000, 100, 400, gamma="1e-6"),
    law("0.5", 10**18, 10**12, 2 * 10**12, gamma="1e-6", noise="0.1"),
    law(10, 10**18, 10**12, 10**12 + 1, gamma="1e-300"),
    law("0.01", 1000, 1000, 1000, gamma="1e300"),
    law(1, 20, 19, 40),
    law(1, 20, 20, 20, gamma="1e-300", noise=1),
    law("0.7", 10**6, 10**5, 10**5, gamma="1e-30"),
    law(2, 10**9, 1, 1),
    law(1, 1, 1, 10**18, gamma=1, source="1/3"),
    law(1, 50, math.inf, 7, gamma="1e-3", noise=1),
    law(1, 50, 7, math.inf, gamma="1e-3", noise=1),
    law(3, 40, 60, 70, noise="1e-5"),
    law(1, 40, 40, 40, noise=1),
    law(1, 60, 20, 20, noise=1),
    Model(Eigenvalues([1.0, 1.0, 1e-30]), 2, 5, gamma="1e-9", noise="0.1"),
    Model(Eigenvalues([5.0, 4.0, 1e-3]), 2, 2, gamma=1, source=Powers([1.0, 2.0, 0.5])),
]


@pytest.mark.parametrize("model", CORNERS, ids=str)
def test_digits_are_met_and_levels_agree(model: Model) -> None:
    """Balls at 10, 40 and 90 digits hold one another's values, and those of mpmath."""
    few, some, many = (enclose(model, digits) for digits in (10, 40, 90))
    independent = evaluate_mp(model, 60)
    for name in QUANTITIES:
        outer, middle, inner = (getattr(found, name) for found in (few, some, many))
        if inner.is_exact():
            assert exact_numbers(inner)[0] == getattr(independent, name), name
            continue
        for ball, digits in ((outer, 10), (middle, 40), (inner, 90)):
            assert ball.rad() < abs(ball.mid()) * arb(10) ** (1 - digits) / 4, name
        assert outer.overlaps(inner), name
        assert middle.overlaps(inner), name
        with mp.workdps(100):
            value, radius = exact_numbers(middle)
            assert abs(value - getattr(independent, name)) <= radius + abs(value) * mpf(10) ** -59, name


def test_names_are_those_of_the_evaluators() -> None:
    assert QUANTITIES == NAMES


@pytest.mark.parametrize("model", CORNERS[:11], ids=str)
@pytest.mark.parametrize("shift", ["1e-6", "1e-20", "-1e-20", "0.5", "3"])
def test_a_planted_wrong_root_is_refused(model: Model, shift: str) -> None:
    """Off by more than the precision: never certified as it stands, though its residual may be tiny."""
    with ctx.workprec(200):
        equation = EnclosedEquation(model)
        right = approximate_root(equation)
        wrong = right * (1 + arb(shift))
        try:
            found = certified_root(equation, wrong)
        except NotConverged as error:
            assert "is not proved to be kappa" in str(error)
        else:  # a ball may reach from a near miss to the root: it must hold the root then
            assert found.overlaps(certified_root(equation, right))
            assert not abs(arb(shift)) > arb("0.1")


def test_a_small_residual_is_no_error_bound() -> None:
    """A gap of 30 decades in the spectrum: F changes by less than 1e-25 over a factor of 100 in kappa."""
    model = Model(Eigenvalues([1.0, 1e-60]), 1, 5)
    with ctx.workprec(120):
        equation = EnclosedEquation(model)
        root = certified_root(equation, approximate_root(equation))
        wrong = root.mid() * 100
        assert abs(equation(wrong)) < arb(10) ** -25
        with pytest.raises(NotConverged, match="is not proved"):
            certified_root(equation, wrong)
    assert enclose(model, 30).kappa.overlaps(root)


def test_too_low_a_precision_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> arb:
        raise NotConverged("no root")

    monkeypatch.setattr(module, "certified_root", fails)
    with pytest.raises(NotConverged, match="could not be enclosed to 20 digits"):
        enclose(CORNERS[0], 20)


@pytest.mark.parametrize("digits", [0, -3, 10_001, 2.5, True])
def test_bad_digits(digits: object) -> None:
    with pytest.raises(InvalidInput, match="digits"):
        enclose(CORNERS[0], digits)  # type: ignore[arg-type]


def test_precision_is_left_as_it_was() -> None:
    before, length = ctx.prec, ctx.cap
    enclose(CORNERS[0], 30)
    with pytest.raises(InvalidInput):
        enclose(CORNERS[0], 0)
    assert (ctx.prec, ctx.cap) == (before, length)


def test_the_front_door() -> None:
    found = evaluate(CORNERS[0], 30, certify=True)
    assert found.digits == 30
    assert found.radius is not None
    with mp.workdps(60):
        assert 0 < found.radius["loss"] < found.loss * mpf(10) ** -29
        assert abs(found.loss - evaluate(CORNERS[0], 45).loss) <= found.radius["loss"]
    assert evaluate(CORNERS[0]).radius is None


def test_a_thousand_digits() -> None:
    ladder = [enclose(CORNERS[0], digits).loss for digits in (1000, 1100)]
    assert ladder[0].contains(ladder[1].mid())


def test_random_lists() -> None:
    rng = np.random.default_rng(8)
    for values in (rng.lognormal(0, 3, 60), np.ones(40), [1, 1e-5, 1e-10, 1e-15]):
        for n, t, gamma in ((1, 1, "1e-9"), (2, 5, 0), (5, 2, "1e-300"), (40, 41, 0), (7, 7, "0.1")):
            model = Model(Eigenvalues(values), n, t, gamma=gamma, noise=Fraction(1, 10))
            value, radius = exact_numbers(enclose(model, 25).loss)
            expected = evaluate_mp(model, 35).loss
            with mp.workdps(50):
                assert value == expected or abs(value - expected) <= radius + expected * mpf(10) ** -34
