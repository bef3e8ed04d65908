"""`phases` and `plateaus`: every refusal names its option."""

import pytest
from cli_runner import assert_contract, run


@pytest.mark.parametrize("command", ["phases", "plateaus"])
@pytest.mark.parametrize("scales", ["N", "", "N,T,N", "N,T,x", "N,E,M", "γ"])
def test_scales_are_refused_by_the_option(command: str, scales: str) -> None:
    result = run(command, "--scales", scales)
    assert_contract(result)
    assert result.err.startswith(f"error: --scales = '{scales}' is not allowed")


@pytest.mark.parametrize("at", ["M=T^inf", "M=2*T^2", "M=n^2", "N=T", "q", "M="])
def test_powers_of_a_figure_are_those_of_samples(at: str) -> None:
    result = run("phases", "--alpha", "1", "--plot", ".", "--at", at)
    assert_contract(result)
    assert result.err.startswith(f"error: --at = '{at}' is not allowed: give M and noise as powers of T")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--at", "M=T^2"), "--at = 'M=T^2' is not allowed: give it together with --plot"),
        (("--plot", "/no/such/folder/x"), "--plot = '/no/such/folder/x' is not allowed: give a file in a folder"),
        (("--plot", ".", "--scales", "N,T,M"), "--plot = '.' is not allowed: give it for N, T and gamma"),
        (("--plot", ".", "--scales", "N,E"), "--plot = '.' is not allowed: give it for N, T and gamma"),
    ],
)
def test_a_figure_is_refused_before_the_work(words: tuple[str, ...], says: str) -> None:
    result = run("phases", "--alpha", "1", *words)
    assert_contract(result)
    assert result.err.startswith(f"error: {says}")


@pytest.mark.parametrize("words", [("exponents", "--path", "N=n,T=n^2"), ("phases",), ("plateaus",), ("optimum",)])
@pytest.mark.parametrize("alpha", ["1e-9999", "1,2", "0." + "123456789" * 30])
def test_an_alpha_of_exact_laws_is_one_number_of_bounded_length(words: tuple[str, ...], alpha: str) -> None:
    result = run(*words, "--alpha", alpha)
    assert_contract(result)
    assert "is not allowed: give a single number > 0, in at most 100 characters" in result.err
