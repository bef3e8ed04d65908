"""simulate --activation: its record, its table, its stores and figures, what it refuses."""

from pathlib import Path

import pytest
from cli_runner import assert_contract, run

from numerics import Design, simulate
from numerics.kernel_equivalent import kernel_equivalent
from numerics.nonlinear import evaluate_nonlinear
from theory.model import Model

SIZES = ("--alpha", "1/4", "-M", "300", "-N", "40", "-T", "60", "--gamma", "1e-3", "--sigma-u", "9", "--draws", "3")
MODEL = Model.power_law("1/4", 300, 40, 60, gamma="1e-3", sigma_u=9)


def test_record() -> None:
    result = run("simulate", *SIZES, "--activation", "relu", "--json")
    assert_contract(result)
    (record,) = result.records
    expected = simulate(MODEL, 3, design=Design(activation="relu")).loss
    theory, error = kernel_equivalent(MODEL, "relu")
    assert record["activation"] == "relu"
    assert (record["mean"], record["stderr"]) == (expected.mean, expected.stderr)
    assert (record["theory"], record["theory_error"]) == (theory.loss, error)
    assert record["linear_plus_noise"] == evaluate_nonlinear(MODEL, "relu").loss
    assert record["z"] == (record["mean"] - record["theory"]) / record["stderr"]
    assert record["finite_size"] is None


def test_linear_is_what_it_was() -> None:
    plain, named = (run("simulate", *SIZES, *more, "--json") for more in ((), ("--activation", "linear")))
    assert plain.out == named.out
    assert plain.records[0]["activation"] == "linear"


def test_table() -> None:
    result = run("simulate", *SIZES, "--activation", "tanh")
    assert result.code == 0
    assert "linear_plus_noise" in result.out
    assert "activation tanh" in result.out
    assert "linear_plus_noise" not in run("simulate", *SIZES).out


def test_store_and_export(tmp_path: Path) -> None:
    store, table = str(tmp_path / "store.db"), tmp_path / "table.csv"
    for name in ("linear", "erf", "erf"):
        argv = ("simulate", *SIZES, "--activation", name, "--store", store, "--export", str(table), "--json")
        assert_contract(run(*argv))
    rows = table.read_text().splitlines()
    assert "activation" in rows[0].split(",")
    assert len(rows) == 4
    assert all("erf" in row for row in rows[1:])


def test_plot(tmp_path: Path) -> None:
    target = tmp_path / "curve.png"
    argv = ("simulate", *SIZES[:6], "-T", "20,60", *SIZES[8:], "--activation", "erf", "--plot", str(target), "--json")
    assert_contract(run(*argv))
    assert target.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("option", "more"),
    [
        ("--activation", ("--activation", "swish")),
        ("--activation", ("--activation", "")),
        ("--latent", ("--activation", "relu", "--latent", "laplace")),
        ("--extrapolate", ("--activation", "relu", "--extrapolate")),
        ("-N", ("--activation", "relu", "-N", "inf")),
    ],
)
def test_refusals(option: str, more: tuple[str, ...]) -> None:
    result = run("simulate", *SIZES, *more, "--json")
    assert_contract(result)
    assert result.code == 2
    assert option in result.err
