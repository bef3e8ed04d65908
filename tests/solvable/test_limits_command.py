"""`limits`: text, JSON, LaTeX, exit codes, refusals. The limits: tests/numerics/test_limit_ladder.py."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sympy as sp
from cli_runner import run, strict_json

import theory.limits
from solvable.limits_latex import words
from theory.approach import approaches
from theory.limits import Limit, derive, last_mode

FIELDS = {"name", "variable", "quantity", "statement", "value", "rate", "coefficient"}
FIELDS |= {"measured_rate", "deviation", "digits", "verdict"}
SMALL_MODEL = ("-N", "3", "-T", "7", "-M", "12")


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have the command list these limits instead of all."""

    def choose(*limits: Limit) -> None:
        monkeypatch.setattr(theory.limits, "limits", lambda: limits)

    return choose


def some(*names: str) -> list[Limit]:
    return [limit for approach in approaches() if approach.name in names for limit in derive(approach)]


def test_json(listed: Callable[..., None]) -> None:
    listed(*some("gamma -> 0, N = T < M", "T -> infinity, N < M"))
    result = run("limits", *SMALL_MODEL, "--json")
    assert result.code == 0
    assert result.err == ""
    records = strict_json(result.out)["limits"]
    assert len(records) == 8
    assert all(set(record) >= FIELDS and record["verdict"] == "pass" for record in records)
    pole = next(record for record in records if record["value"] == "inf")
    assert (pole["variable"], pole["rate"], pole["value_at_model"]) == ("gamma", "-1/2", "inf")
    assert pole["measured_rate"] == pytest.approx(-0.5)
    assert abs(float(pole["deviation"])) < 1e-6 < pole["digits"]


def test_text(listed: Callable[..., None]) -> None:
    listed(*some("N -> M < T, gamma = 0"))
    result = run("limits", *SMALL_MODEL)
    assert result.code == 0
    assert "N -> M < T, gamma = 0 (N < M < T)" in result.out
    assert "= (1/sum(lambda^-1)) (M - N)" in result.out
    assert result.out.endswith("3 of 3 limits pass\n")


def test_latex_is_a_fragment(listed: Callable[..., None]) -> None:
    listed(*some("T -> infinity, ridge delta per sample"), last_mode())
    result = run("limits", *SMALL_MODEL, "--latex")
    assert result.code == 0
    assert r"\paragraph{$T \to \infty$, ridge $\delta$ per sample ($N < M < T$, " in result.out
    assert r"P_{1} &=" in result.out  # long sums have names
    for word in ("aligned", "equation*"):
        assert result.out.count(rf"\begin{{{word}}}") == result.out.count(rf"\end{{{word}}}") > 0
    assert result.out.count("{") == result.out.count("}")
    assert r"\documentclass" not in result.out


def test_a_wrong_limit_fails(listed: Callable[..., None]) -> None:
    (limit,) = some("noise -> 0")
    listed(replace(limit, coefficient=-limit.coefficient), limit)
    result = run("limits", *SMALL_MODEL, "--json")
    assert result.code == 1
    assert [record["verdict"] for record in strict_json(result.out)["limits"]] == ["fail", "pass"]
    listed(replace(limit, rate=limit.rate + sp.Rational(1, 2)))
    assert run("limits", *SMALL_MODEL).code == run("limits", *SMALL_MODEL, "--latex").code == 1


@pytest.mark.parametrize(
    ("words", "start"),
    [
        (("--alpha", "0"), "error: --alpha = '0' is not allowed: give a number from 1/10 to 10"),
        (("--alpha", "1/11"), "error: --alpha = '1/11' is not allowed"),
        (("--alpha", "11"), "error: --alpha = '11' is not allowed"),
        (("--alpha", "nan"), "error: --alpha = 'nan' is not allowed"),
        (("-N", "50"), "error: -T = '50' is not allowed: give an integer other than -M, -N: limits need three sizes"),
        (("-N", "2.5"), "error: -N = '2.5' is not allowed: give an integer from 1 to 1000000"),
        (("-M", "1e7"), "error: -M = '1e7' is not allowed"),
        (("-T", "inf"), "error: -T = 'inf' is not allowed"),
        (("--latex", "--json"), "error: --latex = 'given with --json' is not allowed: give one of the two"),
    ],
)
def test_mistakes_are_refused_in_one_line(words: tuple[str, ...], start: str) -> None:
    result = run("limits", *words)
    assert result.code == 2
    assert result.out == ""
    assert result.err.startswith(start)
    assert result.err.count("\n") == 1


def test_words_are_set_as_words() -> None:
    assert words("M -> infinity, gamma = delta*sigma_u**2/M") == r"$M \to \infty$, $\gamma = \delta\,\sigma_u^2/M$"
