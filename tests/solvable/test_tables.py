"""Tables for people: within the terminal's width, with a legend, nothing cut."""

import pytest
from cli_runner import run

from solvable.tables import cell, input_cell

SWEEP = ("evaluate", "--alpha", "1/3", "-M", "6000", "-N", "100,400", "-T", "1:5000:5")


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("more", [(), ("--noise", "0,1e-6"), ("--noise", "0,1e-6", "--gamma", "0,1.23456e-9")])
def test_tables_fit_the_terminal(monkeypatch: pytest.MonkeyPatch, width: int, more: tuple[str, ...]) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    result = run(*SWEEP, *more)
    lines = result.out.splitlines()
    assert result.code == 0
    assert max(map(len, lines)) <= width
    assert "…" not in result.out
    assert "alpha = 1/3, M = 6000" in result.out
    assert any(line.startswith("loss: test loss on clean labels") for line in lines)
    if width == 80 and not more:
        for name in ("kappa", "df1", "loss"):
            assert any(line.startswith(f"{name}: ") for line in lines)


def test_constant_columns_go_to_the_caption() -> None:
    lines = run(*SWEEP).out.splitlines()
    assert lines[0].startswith("alpha = 1/3, M = 6000, gamma = 0, noise = 0, label_noise = 0")
    header = next(line for line in lines if "loss" in line and "kappa" in line).split()
    assert header[:3] == ["N", "T", "loss"]


def test_one_record_is_a_block_with_meanings() -> None:
    out = run("evaluate", "--alpha", "1", "-M", "60", "-N", "10", "-T", "20").out
    assert "test loss on clean labels" in out
    assert "renormalised ridge" in out


def test_long_numbers_stay_whole() -> None:
    out = run("evaluate", "--alpha", "1", "-M", "60", "-N", "10", "-T", "20", "--digits", "200").out
    (line,) = (line for line in out.splitlines() if line.startswith("loss  "))
    assert len(line.split()[1].lstrip("0.")) == 200


def test_long_tables_say_what_they_leave_out() -> None:
    out = run("evaluate", "--alpha", "1", "-M", "60", "-N", "10", "-T", "1:1e9:1200").out
    assert "The first 1000 of" in out


def test_simulation_table() -> None:
    out = run("simulate", "--alpha", "1", "-M", "60", "-N", "10", "-T", "5,20", "--draws", "2").out
    assert "z: (mean - theory)/stderr" in out
    assert "2 draws a point, seed 0." in out


@pytest.mark.parametrize(
    ("value", "text"),
    [(1 / 3, "0.333333"), (1e-7, "1e-07"), (float("inf"), "inf"), (float("nan"), "-"), (None, "-"), (-0.0, "0")],
)
def test_cells(value: float | None, text: str) -> None:
    assert cell(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(10**15, "1e15"), (6000, "6000"), (123456789, "123456789"), (float("inf"), "inf"), (0.7, "0.7")]
)
def test_input_cells(value: float, text: str) -> None:
    assert input_cell(value) == text
