"""Files written whole or not at all, and what a killed process leaves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from solvable.staging import staged

ROOT = Path(__file__).parent.parent.parent
KILLED = """
import os, signal, sys
from pathlib import Path
from solvable.staging import staged
with staged(Path(sys.argv[1])) as stage:
    (stage / "page.html").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_files_take_their_places_together(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("old")
    with staged(tmp_path) as stage:
        (stage / "page.html").write_text("new")
        (stage / "figures").mkdir()
        (stage / "figures" / "one.png").write_text("drawn")
        (stage / "empty").mkdir()
        assert (tmp_path / "page.html").read_text() == "old"
    assert names(tmp_path) == ["figures", "figures/one.png", "page.html"]
    assert (tmp_path / "page.html").read_text() == "new"


def test_a_failure_leaves_all_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("old")

    def half_written() -> None:
        with staged(tmp_path) as stage:
            (stage / "page.html").write_text("half")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        half_written()
    assert names(tmp_path) == ["page.html"]
    assert (tmp_path / "page.html").read_text() == "old"


def test_what_a_killed_process_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, check=False)
    assert done.returncode < 0
    (left,) = names(tmp_path)[:1]
    assert left.startswith(".solvable-")
    mine, foreign = tmp_path / f".solvable-{os.getpid()}-other", tmp_path / ".solvable-notes"
    mine.mkdir()  # of a process that lives
    foreign.mkdir()
    with staged(tmp_path) as stage:
        (stage / "page.html").write_text("whole")
    assert names(tmp_path) == sorted([mine.name, foreign.name, "page.html"])
