r"""Numbers as LaTeX: what is printed holds the value, within the error printed beside it."""

import re
from fractions import Fraction

import pytest
from mpmath import mp, mpf

from numerics import evaluate, simulate
from numerics.evaluation_latex import SYMBOLS, evaluation_latex
from theory import Model
from theory.number_latex import ball, decimal, rows, with_error

MODEL = Model.power_law(alpha="1/2", M=600, N=50, T=80, gamma="1e-4", noise="1e-7")


def numbers(latex: str) -> list[Fraction]:
    r"""Every decimal in it, powers of ten taken in."""
    joined = re.sub(r" \\\\\n &\\phantom\{=\} ", "", latex)
    found = re.findall(r"= (\d+\.?\d*)(?: \\times 10\^\{(-?\d+)\})?", joined)
    return [Fraction(digits) * Fraction(10) ** int(power or 0) for digits, power in found]


@pytest.mark.parametrize("digits", [None, 20, 60, 130])
def test_what_is_printed_is_the_value(digits: int | None) -> None:
    evaluation = evaluate(MODEL, digits=digits)
    shown = numbers(evaluation_latex(evaluation))
    assert len(shown) == len(SYMBOLS)
    with mp.workdps((digits or 12) + 10):
        for name, value in zip(SYMBOLS, shown, strict=True):
            exact = getattr(evaluation, name)
            assert abs(mpf(value.numerator) / value.denominator / exact - 1) < mpf(10) ** (1 - (digits or 12)), name


def test_a_proved_number_stands_within_its_printed_error() -> None:
    latex = evaluation_latex(evaluate(MODEL, digits=20, certify=True))
    finer = evaluate(MODEL, digits=60)
    errors = [
        Fraction(digits) * Fraction(10) ** int(power or 0)
        for digits, power in re.findall(r"\\pm (?:(\d+\.?\d*) \\times )?10\^\{(-?\d+)\}", latex)
    ]
    assert len(errors) == len(SYMBOLS)
    with mp.workdps(70):
        for name, shown, error in zip(SYMBOLS, numbers(latex), errors, strict=True):
            distance = abs(mpf(shown.numerator) / shown.denominator - getattr(finer, name))
            assert distance <= mpf(error.numerator) / error.denominator, name


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1.5e-7", r"1.5 \times 10^{-7}"), ("1e-7", "10^{-7}"), ("1000000", "10^{6}"),
        ("12000000", r"12 \times 10^{6}"),
        ("6000", "6000"), ("inf", r"\infty"), ("0", "0"), ("-2.5e3", r"-2.5 \times 10^{3}"),
    ],
)  # fmt: skip
def test_decimals(value: str, expected: str) -> None:
    assert decimal(value) == expected


def test_long_decimals_are_broken_and_keep_every_digit() -> None:
    digits = "1." + "234567890" * 20
    assert "".join(rows(digits)) == digits
    assert rows(f"{digits}e-5")[-1].endswith(r"\times 10^{-5}")
    assert max(map(len, rows(digits))) == 50


@pytest.mark.parametrize(("radius", "shown"), [("1.01e-60", "1.1"), ("1.0e-60", "1"), ("9.91e-60", "10")])
def test_radii_are_rounded_up(radius: str, shown: str) -> None:
    (line,) = ball("1.25", radius)
    printed = line.partition(r"\pm ")[2]
    power = int(re.findall(r"\{(-\d+)\}", printed)[0])
    mantissa = printed.split(r" \times")[0] if "times" in printed else "1"
    assert Fraction(mantissa) * Fraction(10) ** power == Fraction(shown) * Fraction(10) ** -60
    assert ball("0", "0") == ["0"]


@pytest.mark.parametrize(
    ("mean", "error", "expected"),
    [
        (1.2345678e-4, 6.7e-7, r"1.2346(67) \times 10^{-4}"),
        (3.14159, 0.012, "3.142(12)"),
        (250.0, None, "250"),
        (0.0, 0.5, r"0.0(50) \times 10^{-1}"),
    ],
)
def test_means_with_their_standard_errors(mean: float, error: float | None, expected: str) -> None:
    assert with_error(mean, error) == expected


def test_an_estimate_in_a_notebook() -> None:
    found = simulate(MODEL, draws=4, seed=1).loss
    assert found._repr_latex_() == f"${with_error(found.mean, found.stderr)}$"
