"""`--latex`: one form of output, nothing asked for and dropped; long inputs and many digits stay inside the page."""

import pytest
from cli_runner import assert_contract, run

from numerics import evaluate
from theory import Model
from theory.number_latex import decimal, rows

MODEL = ("--alpha", "1", "-M", "600", "-N", "10", "-T", "30")
COMMANDS = (
    ("evaluate", *MODEL), ("exponents", "--alpha", "1", "--path", "N=n, T=n^2"), ("phases",), ("plateaus",),
    ("optimum",), ("limits",),
)  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS, ids=[words[0] for words in COMMANDS])
def test_one_form_of_output(words: tuple[str, ...]) -> None:
    result = run(*words, "--latex", "--json")
    assert_contract(result)
    assert result.err == "error: --latex = 'given with --json' is not allowed: give one of the two\n"


@pytest.mark.parametrize("more", [MODEL[2:], ("--cost", "1,2")])
def test_what_latex_would_not_show_is_refused(more: tuple[str, ...]) -> None:
    result = run("optimum", "--alpha", "1", *more, "--latex")
    assert_contract(result)
    assert result.err.startswith(f"error: --latex = 'given with {more[0]}' is not allowed")


def test_inputs_are_exact_where_the_table_would_be_too_wide() -> None:
    """Five wide columns leave no room for the loss: each record is a display of its own, its loss in it."""
    sizes = ("-M", "1e18,999999999999999999", "-N", "1e10,123456789012345678", "-T", "1e9,123456789012345679")
    text = run("evaluate", "--alpha", "1", *sizes, "--gamma", "0,1.2345678901234567e-200", "--latex").out
    assert text.count("\nL &= ") == text.count(r"\begin{equation*}") == 16
    assert text.count("\nN &= 123456789012345678 \\\\") == text.count("\nN &= 10^{10} \\\\") == 8


def test_the_parts_of_the_signal_are_shown_where_asked_for() -> None:
    assert r"L_{\mathrm{bias}}" in run("evaluate", *MODEL, "--split", "--latex").out
    assert r"L_{\mathrm{bias}}" not in run("evaluate", *MODEL, "--latex").out


@pytest.mark.parametrize(
    ("text", "shown"),
    [("400.0000000000", "400.0000000000"), ("4000000", r"4 \times 10^{6}"), ("1e-7", "10^{-7}"), ("inf", r"\infty")],
)
def test_zeros_after_the_point_are_no_power_of_ten(text: str, shown: str) -> None:
    assert decimal(text) == shown
    assert rows(text) == [shown]


@pytest.mark.parametrize("digits", [None, 30])
def test_a_notebook_shows_an_infinite_loss(digits: int | None) -> None:
    shown = evaluate(Model.power_law(alpha=1, M=100, N=20, T=20), digits=digits)._repr_latex_()
    assert shown.count(r"\infty") == 2
    assert "inf " not in shown.replace(r"\infty", "")
