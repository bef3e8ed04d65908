"""The command-line contract: commands, records, exit codes. Most in this process, a few as a program."""

import contextlib
import math
import os
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from cli_runner import assert_contract, run, strict_json
from mpmath import mp

from numerics.evaluate import evaluate
from numerics.optimum import optimal_ridge
from theory.model import Model

ROOT = Path(__file__).parents[2]
BASE = ("--alpha", "1", "-M", "60", "-N", "10", "-T", "20")
MODEL_FIELDS = {"alpha", "M", "N", "T", "gamma", "noise"}
EVALUATE_FIELDS = MODEL_FIELDS | {
    "kappa", "delta", "loss", "signal", "label_noise", "train_loss", "df1", "df2", "digits", "radius",
}  # fmt: skip
SIMULATE_FIELDS = MODEL_FIELDS | {
    "mean",
    "stderr",
    "draws",
    "theory",
    "z",
    "finite_size",
    "z_corrected",
    "finite_size_theory",
    "latent",
    "features",
    "device",
    "precision",
    "activation",
}


HANG = 600  # seconds: bounds a hang, and no slow machine


def program(*argv: str | bytes, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    command = [sys.executable, "-m", "solvable", *argv]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=HANG, check=False)


# Start ---------------------------------------------------------------------------------------------


def test_help_loads_no_number_library() -> None:
    code = (
        "import sys; from solvable.cli import main; main(['evaluate', '--help']); "
        "heavy = {'numpy', 'scipy', 'sympy', 'mpmath', 'matplotlib', 'joblib', 'sklearn', 'flint'} & set(sys.modules); "
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def test_help_lists_every_option_of_the_contract() -> None:
    text = run("evaluate", "--help").out
    model = "--alpha -M -N -T --gamma --noise --source --sigma-w --sigma-u --lambda-plus --outputs --json"
    assert all(option in text for option in [*model.split(), "--digits"])
    assert run().out == run("--help").out
    assert "evaluate" in run("-h").out


# evaluate ------------------------------------------------------------------------------------------


def test_records_have_the_named_fields_in_option_order() -> None:
    argv = ["--alpha", "1,2", "-M", "60,70", "-N", "10,11", "-T", "20,21", "--gamma", "0,1", "--noise", "0,1e-3"]
    result = run("evaluate", *argv, "--json")
    assert_contract(result)
    assert all(set(record) == EVALUATE_FIELDS for record in result.records)
    order = [tuple(record[name] for name in ("alpha", "M", "N", "T", "gamma", "noise")) for record in result.records]
    assert order == sorted(order)
    assert len(set(order)) == 64


def test_values_are_those_of_the_library_however_points_are_grouped() -> None:
    argv = ["--alpha", "0.7,3", "-M", "60,1e15", "-N", "10,inf", "-T", "1:5000:5", "--gamma", "0,1e-3"]
    argv += ["--noise", "0,1e-6", "--source", "1.3", "--sigma-w", "2", "--sigma-u", "0.5", "--lambda-plus", "3"]
    records = run("evaluate", *argv, "--outputs", "3", "--json").records
    assert len(records) == 2 * 2 * 2 * 5 * 2 * 2
    for record in records[::7]:
        model = Model.power_law(
            str(record["alpha"]), record["M"], record["N"], record["T"], lambda_plus=3, gamma=str(record["gamma"]),
            noise=str(record["noise"]), source="1.3", sigma_w=2, sigma_u="0.5", outputs=3,
        )  # fmt: skip
        one = evaluate(model)
        for name in ("kappa", "delta", "loss", "signal", "label_noise", "train_loss", "df1", "df2"):
            found, expected = record[name], getattr(one, name)
            if isinstance(found, str):
                assert math.isclose(Decimal(found).ln(), Decimal(str(expected)).ln(), rel_tol=1e-12)
            else:
                assert found == pytest.approx(expected, rel=2e-12, abs=0)


def test_integers_and_decimals_are_exact() -> None:
    (record,) = run("evaluate", "--alpha", "0.7", "-M", "1e15", "-N", "1e18", "-T", "3", "--json").records
    assert (record["alpha"], record["M"], record["N"], record["gamma"]) == (0.7, 10**15, 10**18, 0)
    assert isinstance(record["M"], int)
    assert record["radius"] is None


def test_infinite_and_out_of_range_numbers_are_strings() -> None:
    (pole,) = run("evaluate", "--alpha", "1", "-M", "60", "-N", "10", "-T", "10", "--json").records
    assert pole["loss"] == pole["signal"] == "inf"
    (limit,) = run("evaluate", "--alpha", "1", "-M", "60", "-N", "inf", "-T", "10", "--json").records
    assert limit["N"] == "inf"
    (tiny,) = run("evaluate", *BASE, "--noise", "1e-9999", "--gamma", "1e-400", "--json").records
    assert (tiny["noise"], tiny["gamma"]) == ("1e-9999", "1e-400")
    assert Decimal(tiny["label_noise"]) < Decimal("1e-9998")


def test_digits_are_correctly_rounded() -> None:
    argv = ("evaluate", *BASE, "--gamma", "1/3", "--noise", "0.01", "--json")
    exact = evaluate(Model.power_law(1, 60, 10, 20, gamma="1/3", noise="0.01"), digits=60)
    for digits in (1, 2, 9, 30):
        (record,) = run(*argv, "--digits", str(digits)).records
        assert record["digits"] == digits
        for name in ("kappa", "loss", "train_loss", "df1", "df2"):
            text, value = record[name], Fraction(mp.nstr(getattr(exact, name), 60))
            assert len(Decimal(text).as_tuple().digits) == digits
            unit = Fraction(10) ** (Decimal(text).adjusted() - digits + 1)
            assert abs(Fraction(text) - value) <= unit / 2


@pytest.mark.parametrize(("noise", "text"), [("1", "0.12"), ("3", "0.38")])
def test_a_tie_goes_to_the_even_digit(noise: str, text: str) -> None:
    """label noise = noise/2 * M/(T - M) = noise/8 at M = N = 1, T = 5, exactly."""
    argv = ("--alpha", "1", "-M", "1", "-N", "1", "-T", "5", "--noise", noise, "--digits", "2", "--json")
    (record,) = run("evaluate", *argv).records
    assert record["label_noise"] == record["loss"] == text


def test_optimal_ridge_is_the_number_used() -> None:
    argv = ("evaluate", "--alpha", "1", "-M", "15", "-N", "4", "-T", "6", "--noise", "1e-3", "--json")
    (record,) = run(*argv, "--gamma", "optimal").records
    best = optimal_ridge(Model.power_law(1, 15, 4, 6, noise="1e-3"))
    assert record["gamma"] == pytest.approx(float(best), rel=1e-12)
    (again,) = run(*argv, "--gamma", repr(record["gamma"])).records
    assert again == record
    (digits,) = run(*argv, "--gamma", "optimal", "--digits", "25").records
    (again,) = run(*argv, "--gamma", digits["gamma"], "--digits", "25").records
    assert again == digits
    assert Decimal(digits["loss"]) <= Decimal(record["loss"]) * (1 + Decimal("1e-14"))


def test_a_thousand_points_are_solved_together(monkeypatch: pytest.MonkeyPatch) -> None:
    alone: list[Model] = []

    def counted(model: Model, *args: object, **options: object) -> object:
        alone.append(model)
        return evaluate(model, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(sys.modules["numerics.evaluate"], "evaluate", counted)
    result = run("evaluate", "--alpha", "1", "-M", "6000", "-N", "100:1e5:20", "-T", "1000:1e6:50", "--json")
    assert len(result.records) == 1000
    assert len(alone) <= 1  # the first, so that a slow sweep shows something early


def test_too_many_records_are_refused() -> None:
    result = run("evaluate", "--alpha", "1", "-M", "1:1e6:1e5", "-N", "1:1e6:1e3", "-T", "9", "--json")
    assert_contract(result)
    assert "at most 1000000 combinations" in result.err


# Mistakes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["foo"], "'foo': the commands are"), (["--foo"], "--foo"), (["evaluate", "--foo"], "--foo"),
        (["evaluate"], "option --alpha is missing"), (["evaluate", "--alpha", "1"], "option -M is missing"),
        (["evaluate", "--alpha"], "--alpha"), (["evaluate", *BASE, "x"], "(x)"),
        (["evaluate", *BASE, "--json=1"], "--json"), (["evaluate", "\n--\x1b[31m"], "error: "),
        (["evaluate", *BASE, "--digits", "0"], "--digits = '0' is not allowed: give an integer from 1 to 10000"),
        (["evaluate", *BASE, "--digits", ""], "--digits = '' is not allowed"),
        (["report", "--out", ""], "--out = '' is not allowed"),
        (["figures", "--out", " "], "--out = ' ' is not allowed"),
        (["simulate", *BASE, "--plot", ""], "--plot = '' is not allowed"),
        (["evaluate", *BASE, "--digits", "1e5"], "--digits"), (["evaluate", *BASE, "-N", "-5"], "-N = '-5'"),
        (["evaluate", *BASE, "--gamma", "-1"], "--gamma = '-1' is not allowed: give a number >= 0, optimal"),
        (["evaluate", *BASE, "-N", "inf", "-T", "inf"], "at most one"),
        (["evaluate", *BASE, "-N", "inf", "--gamma", "optimal"], "--gamma"),
        (["evaluate", *BASE, "--noise", "1e300", "--gamma", "optimal"], "--gamma = 'optimal'"),
        (["simulate", *BASE, "-T", "inf"], "-T = 'inf'"), (["simulate", *BASE, "-M", "1e15"], "latent directions"),
        (["simulate", *BASE, "--draws", "0"], "--draws"), (["simulate", *BASE, "--seed", "-1"], "--seed"),
        (["simulate", *BASE, "--jobs", "x"], "--jobs"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(argv: list[str], words: str) -> None:
    result = run(*argv)
    assert result.code == 2
    assert_contract(result)
    assert words in result.err


# simulate ------------------------------------------------------------------------------------------


def test_simulation_stands_beside_the_theory() -> None:
    argv = ("simulate", *BASE, "--gamma", "1e-3", "--noise", "1e-4", "--draws", "5", "--json")
    result = run(*argv)
    assert_contract(result)
    (record,) = result.records
    assert set(record) == SIMULATE_FIELDS
    assert record["z"] == (record["mean"] - record["theory"]) / record["stderr"]
    assert record["finite_size"] is record["z_corrected"] is None
    assert record["draws"] == 5
    assert run(*argv).records == [record]
    assert run(*argv, "--seed", "1").records != [record]
    (theory,) = run("evaluate", *BASE, "--gamma", "1e-3", "--noise", "1e-4", "--json").records
    assert theory["loss"] == record["theory"]


def test_undefined_scores_are_null() -> None:
    (one,) = run("simulate", *BASE, "--draws", "1", "--json").records
    assert one["stderr"] is one["z"] is None
    (pole,) = run("simulate", *BASE, "-T", "10", "--draws", "3", "--json").records
    assert pole["theory"] == "inf"
    assert pole["z"] is None


def test_extrapolation_estimates_the_finite_size_term() -> None:
    argv = ("--alpha", "1", "-M", "120", "-N", "30", "-T", "60", "--gamma", "1e-2", "--draws", "8")
    (record,) = run("simulate", *argv, "--extrapolate", "--json").records
    assert isinstance(record["finite_size"], float)
    assert abs(record["z_corrected"]) < 6
    assert abs(record["finite_size"]) < record["theory"]


# As a program --------------------------------------------------------------------------------------


def test_the_program_refuses_in_one_line_whatever_the_terminal_can_show() -> None:
    result = program("evaluate", *BASE, "--gamma", "γ".encode() + b"\xff", PYTHONIOENCODING="ascii")
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: --gamma = ")
    assert len(result.stderr.splitlines()) == 1


def test_a_reader_that_leaves_is_no_error() -> None:
    command = f"'{sys.executable}' -m solvable evaluate --alpha 1 -M 99 -N 9 -T 1:1e4:2000 --json | head -c 20"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        command, shell=True, capture_output=True, text=True, env=environment, timeout=HANG, check=True
    )
    assert result.stdout.startswith('{"records": [')
    assert result.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_progress_goes_to_a_terminal_on_stderr_and_the_document_to_stdout() -> None:
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "solvable", "simulate", *BASE, "--draws", "30", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment, text=True) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # the terminal's end, on Linux
            while block := os.read(ours, 4096):
                shown += block
        os.close(ours)
        assert process.stdout is not None
        assert len(strict_json(process.stdout.read())["records"]) == 1
    assert process.returncode == 0
    assert b"simulate" in shown  # the bar's label
    assert b"records" not in shown


def test_an_interrupt_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("solvable.sweep.Sweep.read", interrupted)
    result = run("evaluate", *BASE)
    assert (result.code, result.err) == (130, "error: interrupted\n")


@pytest.mark.parametrize("error", [MemoryError("5 GiB"), OverflowError("math range error"), OSError("disk full")])
def test_what_cannot_be_done_is_one_line(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("solvable.sweep.Sweep.read", fails)
    result = run("evaluate", *BASE)
    assert_contract(result)
    assert str(error) in result.err


def test_a_fault_of_the_program_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("solvable.sweep.Sweep.read", fails)
    with pytest.raises(RuntimeError, match="a bug"):
        run("evaluate", *BASE)
