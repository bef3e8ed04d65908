"""Chapters are documents: they open as notebooks, and each runs from top to bottom and stops at a wrong claim."""

import runpy
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest
import sympy as sp

from derivations import CHAPTERS
from derivations.chapter import Chapter, equality
from theory.claim import Claim, Evidence
from theory.errors import CheckFailed

FOLDER = Path(__file__).parent.parent.parent / "derivations"
IDS = [chapter.name for chapter in CHAPTERS]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=IDS)
def test_it_opens_as_a_notebook(chapter: Chapter) -> None:
    path = FOLDER / f"{chapter.name}.py"
    notebook = jupytext.read(path)
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[:2] == ["markdown", "code"]
    assert notebook.cells[0].source.startswith("# ")
    assert "**Main results" in notebook.cells[0].source
    assert kinds.count("markdown") >= 3
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert code.count(".claim(") + code.count("_claim(") >= 2
    assert jupytext.writes(notebook, fmt="py:percent").count("# %%") == len(kinds)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=IDS)
def test_it_runs_and_checks_each_step(chapter: Chapter) -> None:
    command = [sys.executable, str(FOLDER / f"{chapter.name}.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [["pass:", c.name] for c in chapter.claims()]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=IDS)
def test_each_step_can_be_stated_where_it_stands(
    chapter: Chapter, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From top to bottom each formula is built from what stands above it; that it is right is checked elsewhere."""

    def stated(claim: Claim) -> Evidence:
        claim.formula()
        return Evidence("pass", "exact", 1)

    monkeypatch.setattr(Claim, "evidence", stated)
    runpy.run_path(str(FOLDER / f"{chapter.name}.py"), run_name="__main__")
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == [c.name for c in chapter.claims()]


def test_a_wrong_step_stops_the_run() -> None:
    chapter = Chapter("nowhere", "Nowhere", running=True)
    with pytest.raises(CheckFailed, match="one"):
        chapter.claim(
            "one",
            "One",
            "none",
            lambda: equality(sp.Symbol("x"), sp.S.One),
            lambda _: Evidence("fail", "exact", 1),
            "no",
        )
