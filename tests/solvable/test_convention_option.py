"""`solvable evaluate --convention NAME`: ridges read and results reported in a paper's symbols."""

import math
from decimal import Decimal
from typing import Any

import pytest
from cli_runner import assert_contract, run, strict_json

from numerics.evaluate import evaluate
from theory.model import Model
from theory.papers import CONVENTIONS

BASE = ("evaluate", "--alpha", "1", "-M", "60", "-T", "20", "--noise", "0.01", "--sigma-u", "2")
NAMES = list(CONVENTIONS)


def base(name: str) -> tuple[str, ...]:
    return (*BASE, "-N", "inf" if name == "cui" else "10")


def assert_same(record: dict[str, Any], other: dict[str, Any]) -> None:
    """Equal but for rounding, which differs with how many points are evaluated together."""
    assert record.keys() == other.keys()
    for name, value in record.items():
        rounded = isinstance(value, float) and name != "gamma"
        assert value == (pytest.approx(other[name], rel=1e-12) if rounded else other[name]), name


@pytest.mark.parametrize("name", NAMES)
def test_records_keep_our_values_and_carry_the_papers(name: str) -> None:
    argv = (*base(name), "--gamma", "0.1,0.3")
    result = run(*argv, "--convention", name, "--json")
    assert_contract(result)
    paper = CONVENTIONS[name]
    for record, ridge in zip(result.records, (0.1, 0.3), strict=True):
        theirs = record.pop("convention")
        assert tuple(theirs) == ("name", *paper.exponents, paper.ridge, *paper.renormalised, paper.risk)
        assert (theirs["name"], theirs[paper.ridge]) == (name, ridge)
        model = Model.power_law(1, 60, 10 if name != "cui" else math.inf, 20, noise="0.01", sigma_u=2)
        model = model.with_(gamma=paper.to_gamma(model, str(ridge)))
        one = evaluate(model)
        assert record["gamma"] == float(model.gamma)
        for field in ("kappa", "loss", "train_loss"):
            assert record[field] == pytest.approx(getattr(one, field), rel=1e-12)
        assert theirs[paper.risk] == pytest.approx(paper.to_risk(model, one.loss), rel=1e-12)
        for symbol, value in paper.to_renormalised(model, one.kappa, one.feature_gap).items():
            assert theirs[symbol] == pytest.approx(value, rel=1e-12)
        (plain,) = run(*base(name), "--gamma", str(model.gamma), "--json").records
        assert_same(plain, record)  # without the option, at the gamma that stands for the paper's ridge


def test_no_option_changes_nothing_and_mrs_is_ours() -> None:
    (plain,) = run(*base("mrs"), "--gamma", "0.1", "--json").records
    assert "convention" not in plain
    (mrs,) = run(*base("mrs"), "--gamma", "0.1", "--convention", "mrs", "--json").records
    theirs = mrs.pop("convention")
    assert mrs == plain
    assert (theirs["gamma"], theirs["L"]) == (plain["gamma"], plain["loss"])
    assert theirs["Delta"] == pytest.approx(plain["delta"], rel=1e-15)


def test_ridges_go_with_their_records_in_every_order() -> None:
    """Lists of everything, the ridge's unit differing between sizes."""
    argv = ["evaluate", "--alpha", "0.5,1", "-M", "60,70", "-N", "10,11", "-T", "20,21", "--noise", "0.01,0.02"]
    records = run(*argv, "--gamma", "0.1,0.2,0", "--convention", "atanasov", "--json").records
    assert len(records) == 2**5 * 3
    for position, record in enumerate(records):
        unit = record["M"] / record["N"] / record["T"]
        assert record["convention"]["lambda"] == (0.1, 0.2, 0)[position // 2 % 3]
        assert record["gamma"] * unit == pytest.approx(record["convention"]["lambda"], rel=1e-14)


def test_the_optimal_ridge_is_the_same_one() -> None:
    argv = ("evaluate", "--alpha", "1", "-M", "15", "-N", "4", "-T", "6", "--noise", "0.01,0.02", "--json")
    ours = run(*argv, "--gamma", "optimal").records
    theirs = run(*argv, "--gamma", "optimal,0.5", "--convention", "simon").records
    for record, best in zip(theirs[:2], ours, strict=True):
        found = record.pop("convention")
        assert_same(record, best)
        assert found["delta"] == pytest.approx(best["gamma"] * 15 / 4, rel=1e-14)
    assert [record["convention"]["delta"] for record in theirs[2:]] == [0.5, 0.5]


@pytest.mark.parametrize("name", NAMES)
def test_digits_are_correctly_rounded(name: str) -> None:
    argv = (*base(name), "--gamma", "1/3", "--convention", name, "--json", "--digits")
    (short,), (long,) = run(*argv, "9").records, run(*argv, "40").records
    paper = CONVENTIONS[name]
    for symbol in (*paper.renormalised, paper.risk):
        text, value = short["convention"][symbol], Decimal(long["convention"][symbol])
        assert len(Decimal(text).as_tuple().digits) == 9
        assert abs(Decimal(text) - value) <= Decimal((0, (5,), Decimal(text).adjusted() - 9))
    (simon,) = run(*base("simon"), "--convention", "simon", "--json", "--digits", "40").records
    assert Decimal(simon["convention"]["E_test"]) == pytest.approx(2 * Decimal(simon["loss"]) + Decimal("0.01"))


def test_infinite_and_tiny_numbers_are_strings() -> None:
    argv = ("evaluate", "--alpha", "1", "-M", "60", "-T", "10", "--convention", "atanasov", "--json")
    (pole,) = run(*argv, "-N", "10").records
    assert (pole["convention"]["E_g"], pole["convention"]["lambda"]) == ("inf", 0)
    (tiny,) = run(*argv, "-N", "5", "--gamma", "1e-400").records
    assert tiny["convention"]["lambda"] == "1e-400"
    assert Decimal(tiny["convention"]["kappa_1"]).adjusted() < -390
    (population,) = run(*argv[:5], "-N", "5", "-T", "inf", "--gamma", "0.1", *argv[7:]).records
    assert population["convention"]["kappa_1"] == pytest.approx(0.1, rel=1e-12)  # kappa_1 = lambda as P grows


@pytest.mark.parametrize("name", NAMES)
def test_the_table_has_a_block_in_the_papers_symbols(name: str) -> None:
    paper = CONVENTIONS[name]
    for ridges in ("0.1", "0.1,0.2"):  # one record, several
        result = run(*base(name), "--gamma", ridges, "--convention", name)
        assert (result.code, result.err) == (0, "")
        ours, theirs = result.out.split(f"\nIn the symbols of {paper.reference}")
        assert "test loss on clean labels" in ours
        for symbol in (*paper.exponents, *paper.sizes.values(), paper.ridge, *paper.renormalised, paper.risk):
            assert symbol in theirs.replace("=", " ").split()
        assert all(ridge in theirs.replace(",", " ").split() for ridge in ridges.split(","))
    assert "symbols" not in run(*base(name), "--gamma", "0.1").out


def test_formulas_beside_the_numbers() -> None:
    finite, mixed = (run(*BASE, "-N", N, "--gamma", "1", "--convention", "atanasov").out for N in ("10", "10,inf"))
    assert "M*gamma/(N*T*sigma_u^2)\n" in finite
    assert "lambda: M*gamma/(N*T*sigma_u^2) or gamma/T\n" in mixed


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            (*base("mrs"), "--convention", "bahri"),
            "--convention = 'bahri' is not allowed: give mrs, simon, atanasov, cui",
        ),
        ((*base("mrs"), "--convention", ""), "--convention = '' is not allowed: give mrs"),
        ((*base("mrs"), "--convention", "cui"), "-N = 10 is not allowed: give inf: Cui"),
        (
            (*BASE, "-N", "9", "-T", "inf", "--gamma", "1", "--convention", "simon"),
            "-T = 'inf' is not allowed: give a fin",
        ),
        ((*base("mrs"), "--gamma", "-1", "--convention", "simon"), "--gamma = '-1' is not allowed"),
        ((*base("cui"), "--gamma", "optimal", "--convention", "cui"), "--gamma = 'optimal' is not allowed"),
    ],
)
def test_mistakes_are_one_line(argv: tuple[str, ...], message: str) -> None:
    for extra in ((), ("--json",)):
        result = run(*argv, *extra)
        assert result.code == 2
        assert_contract(result)
        assert message in result.err


def test_help_names_every_convention() -> None:
    text = " ".join(run("evaluate", "--help").out.replace("│", " ").split())
    assert ", ".join(NAMES) in text


def test_exponents_read_the_path_in_the_papers_ridge() -> None:
    """lambda = n^-l of Cui et al. is gamma = n^(1-l): one law."""
    common = ("exponents", "--alpha", "1", "--source", "2", "--json", "--path")
    paper = strict_json(run(*common, "N=inf, T=n, gamma=n^-3/2, noise=n^0", "--convention", "cui").out)
    ours = strict_json(run(*common, "N=inf, T=n, gamma=n^-1/2, noise=n^0").out)
    assert paper["cases"] == ours["cases"]
    translated = paper["convention"]
    assert (translated["name"], translated["alpha"], translated["r"], translated["lambda"]) == (
        "cui", "2", "1/4", "n^(-3/2)",
    )  # fmt: skip
    assert translated["path"] == "N=inf, T=n^1, gamma=n^(-1/2), M=inf, noise=n^0"


def test_exponents_refuse_features_for_a_kernel() -> None:
    found = run("exponents", "--alpha", "1", "--path", "N=n, T=n", "--convention", "cui")
    assert found.code == 2
    assert found.err.startswith("error: --path = 'N=n^1' is not allowed: give inf")
