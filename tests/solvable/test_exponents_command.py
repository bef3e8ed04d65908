"""`solvable exponents` and its grammar: the contract's JSON, and refusals on one line."""

import json
import random

import pytest
import sympy as sp

from solvable.cli import main
from solvable.path_grammar import describe, read_path
from theory.continuum import ALPHA
from theory.errors import InvalidInput
from theory.optimum import optimal_df1, optimal_loss, optimal_ridge, paper_law, ratio_to_law
from theory.path import OPTIMAL, Power
from theory.student import N, T

PATH = "N=n^1, T=n^2, gamma=n^-1/2, M=n^5, noise=n^0"


def run(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    assert main(["exponents", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("text", "power"),
    [
        ("n^-8/5", Power("-8/5")), ("2*n^3/2", Power("3/2", 2)), ("2n", Power(1, 2)), ("2*n/3", Power(1, "2/3")),
        ("n**2", Power(2)), ("1/n", Power(-1)), (" n ^ ( -1/2 ) ", Power("-1/2")), ("n*n^2", Power(3)),
        ("3e-5", Power(0, "3e-5")),
        ("n^1/2*3", Power("1/2", 3)), ("n^0.7", Power("7/10")), ("n^2/n", Power(1)), ("5", Power(0, 5)),
    ],
)  # fmt: skip
def test_products_of_powers(text: str, power: Power) -> None:
    assert read_path(f"N=n, T=n, gamma={text}").gamma == power


def test_round_trip() -> None:
    for text in (PATH, "N=inf, T=2*n^1/3, gamma=optimal", "N=n, T=inf, M=30, noise=1/7*n^-2"):
        path = read_path(text)
        assert read_path(describe(path)) == path
    assert read_path("N=n, T=n, gamma=optimal").gamma == OPTIMAL


@pytest.mark.parametrize(
    "path",
    [
        "", "N=n", "N=n, T=n+1", "N=n, T=x", "N=n, T=n, gamma=-n", "N=n, T=n^", "N=n, T=n, K=n", "N=inf, T=inf",
        "N=n^-1, T=n",
        "N=n, T=n, M=5/2", "N=n, T=n^1/0", "N=__import__('os'), T=n", "N=0*n, T=n", "N=n^1e9, T=n", "N=n, N=n, T=n",
        "N=n, T=n, M=n^-1", "N=n, T=n, gamma=best", "N=n, T=log(n)", "N=n, T=n^\u22121", "N=n;T=n", "N=nan, T=n",
        "N=" + "n" * 2000,
    ],
)  # fmt: skip
def test_anything_else_is_refused_on_one_line(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exponents", "--alpha", "1", "--path", path]) == 2
    captured = capsys.readouterr()
    assert not captured.out
    assert captured.err.startswith("error: --path")
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("alpha", ["0", "-1", "beta", "1,2", "nan", "1e400", ""])
def test_bad_alpha(alpha: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exponents", "--alpha", alpha, "--path", PATH]) == 2
    assert capsys.readouterr().err.startswith("error: --alpha")


def test_random_text_is_only_ever_refused() -> None:
    rng = random.Random(5)
    for _ in range(3000):
        text = "".join(rng.choice("NTMn=^*/()-+0123456789., einfgamopt_") for _ in range(rng.randint(1, 30)))
        try:
            read_path(text)
        except InvalidInput:
            continue


def test_contract_with_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    (case,) = run(capsys, "--alpha", "1/2", "--path", PATH)["cases"]
    assert case["when"] == "alpha = 1/2"
    assert case["boundary"] is False
    for quantity, exponent in (("kappa", "-3/2"), ("loss", "-1/2")):
        law = case[quantity]
        assert (law["exponent"], law["log_power"]) == (exponent, 0)
        assert float(sp.sympify(law["amplitude"])) == pytest.approx(law["value"], rel=1e-14)
    assert case["loss"]["dominant"] == "signal"


def test_contract_with_a_symbol(capsys: pytest.CaptureFixture[str]) -> None:
    cases = run(capsys, "--alpha", "alpha", "--path", "N=n, T=n^2, noise=1")["cases"]
    assert [case["boundary"] for case in cases] == [False, True, False]
    assert cases[0]["loss"]["exponent"] == "-alpha"
    assert cases[0]["loss"]["value"] is None
    assert cases[1]["loss"]["dominant"] == "label noise + signal"


def test_zero_infinite_and_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    (zero,) = run(capsys, "--alpha", "1", "--path", "N=n^2, T=n^2, M=n")["cases"]
    assert (zero["loss"]["exponent"], zero["loss"]["amplitude"]) == (None, "0")
    (infinite,) = run(capsys, "--alpha", "1", "--path", "N=n, T=n")["cases"]
    assert (infinite["loss"]["exponent"], infinite["loss"]["amplitude"], infinite["loss"]["value"]) == (
        None,
        "inf",
        "inf",
    )
    (implicit,) = run(capsys, "--alpha", "1/2", "--path", "N=n, T=2n, gamma=n^1/2")["cases"]
    (where,) = implicit["loss"]["where"]
    at = {sp.Symbol(where["symbol"]): where["value"]}
    assert float(sp.sympify(implicit["loss"]["amplitude"]).subs(at)) == pytest.approx(
        implicit["loss"]["value"], rel=1e-12
    )
    assert abs(float(sp.sympify(where["root_of"]).subs(at))) < 1e-12
    (log,) = run(capsys, "--alpha", "1", "--source", "5", "--path", "N=inf, T=n, gamma=n^-1")["cases"]
    assert log["boundary"]
    assert log["loss"]["log_power"] == 1


@pytest.mark.parametrize("words", [["--path", PATH], ["--path", "N=n, T=n, gamma=optimal"]])
def test_people_and_latex(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exponents", "--alpha", "alpha", *words]) == 0
    assert "kappa ~" in capsys.readouterr().out
    assert main(["exponents", "--alpha", "alpha", *words, "--latex"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("\\begin{equation*}")
    assert text.count(r"\kappa &\sim") == len(run(capsys, "--alpha", "alpha", *words)["cases"])
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize("words", [["phases"], ["plateaus", "--scales", "N,T"], ["optimum"]])
def test_other_commands_print_json_and_refuse(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--alpha", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    assert main([*words, "--alpha", "0"]) == 2
    assert capsys.readouterr().err.startswith("error: --alpha")


@pytest.mark.parametrize("alpha", ["1/2", "1", "22/7", "0.123456789"])
def test_the_optimum_in_its_tidy_form_is_the_optimum(alpha: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Closed forms at a number, read back at N = 7, T = 5, against the theory's for every alpha."""
    assert main(["optimum", "--alpha", alpha, "--json"]) == 0
    closed = json.loads(capsys.readouterr().out)["closed_form"]
    theories = (optimal_df1, optimal_ridge, optimal_loss, paper_law, ratio_to_law)
    for name, theory in zip(("df1", "gamma", "loss", "law", "ratio"), theories, strict=True):
        tidy = sp.N(sp.sympify(closed[name], locals={"N": sp.S(7), "T": sp.S(5)}), 30)
        exact = sp.N(theory().subs({ALPHA: sp.Rational(alpha), N: 7, T: 5}), 30)
        assert abs(tidy / exact - 1) < 1e-25, name
