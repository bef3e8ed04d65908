"""`--latex`: one form of output, nothing asked for and dropped; long inputs and many digits stay inside the page."""

import pytest
from cli_runner import assert_contract, run

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
