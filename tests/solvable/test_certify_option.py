"""`solvable evaluate --certify`: balls about the printed decimals that hold the true values."""

from fractions import Fraction

import pytest
from cli_runner import assert_contract, run
from mpmath import mp

from numerics.enclosure import enclose, exact_numbers
from theory.model import Model

MODELS = [
    ("1", "6000", "100", "400", "1e-6", "0"),
    ("1/2", "1e18", "1e12", "2e12", "1e-6", "1/10"),
    ("10", "1e6", "1e6", "1e6", "1e-300", "0.3"),
    ("0.01", "7", "7", "9", "0", "1"),
    ("3", "50", "20", "20", "1e300", "1e-7"),
    ("1", "60", "inf", "20", "1e-3", "1"),
]


def fraction(value: object) -> Fraction:
    mantissa, exponent = (int(part) for part in value.man_exp)  # type: ignore[attr-defined]
    return Fraction(mantissa) * Fraction(2) ** exponent * (-1 if value < 0 < mantissa else 1)  # type: ignore[operator]


@pytest.mark.parametrize("given", MODELS, ids=" ".join)
@pytest.mark.parametrize("digits", [3, 30, 100])
def test_the_ball_holds_the_truth_and_is_small(given: tuple[str, ...], digits: int) -> None:
    alpha, m, n, t, gamma, noise = given
    argv = ("--alpha", alpha, "-M", m, "-N", n, "-T", t, "--gamma", gamma, "--noise", noise, "--json")
    result = run("evaluate", *argv, "--certify", "--digits", str(digits))
    assert_contract(result)
    (record,) = result.records
    sizes = [float("inf") if size == "inf" else int(float(size)) for size in (m, n, t)]
    truth = enclose(Model.power_law(alpha, *sizes, gamma=gamma, noise=noise), digits + 30)
    for name in ("kappa", "loss"):
        printed, radius = Fraction(record[name]), Fraction(record["radius"][name])
        with mp.workdps(digits + 60):
            middle, error = exact_numbers(getattr(truth, name))
            assert abs(printed - fraction(middle)) <= radius + fraction(error)
        assert radius <= abs(printed) * Fraction(10) ** (1 - digits)
    plain = run("evaluate", *argv, "--digits", str(digits)).records[0]
    assert {k: v for k, v in record.items() if k != "radius"} == {k: v for k, v in plain.items() if k != "radius"}


def test_fifty_digits_unless_told() -> None:
    (record,) = run("evaluate", "--alpha", "1", "-M", "60", "-N", "10", "-T", "20", "--certify", "--json").records
    assert record["digits"] == 50
    assert len(record["loss"].split("e")[0].replace("0.", "").lstrip("0")) >= 50


def test_exact_and_infinite_values_have_radius_zero() -> None:
    argv = ("evaluate", "--alpha", "1", "-M", "20", "-N", "20", "--noise", "1", "--certify", "--json")
    (exact,) = run(*argv, "-T", "40").records
    assert (exact["kappa"], exact["radius"]["kappa"]) == ("0", "0")
    assert Fraction(exact["loss"]) == Fraction(1, 2)
    assert exact["radius"]["loss"] == "0"
    (pole,) = run(*argv, "-T", "20").records
    assert pole["loss"] == "inf"


def test_people_see_the_radius() -> None:
    result = run("evaluate", "--alpha", "1", "-M", "60", "-N", "10", "-T", "20", "--certify")
    assert result.code == 0
    assert "radius of loss" in result.out
    assert "proved" in result.out


def test_many_points_and_bad_digits() -> None:
    argv = ("evaluate", "--alpha", "1", "-M", "60", "-N", "10,20", "-T", "20,30", "--certify", "--json")
    assert len(run(*argv).records) == 4
    assert_contract(run(*argv, "--digits", "0"))
    assert run(*argv, "--digits", "10001").code == 2
