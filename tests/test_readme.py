"""The README's examples run as they stand."""

import re
import shlex
from pathlib import Path

import pytest

from solvable.cli import main

TEXT = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
COMMANDS = [line.split("#")[0].strip() for line in TEXT.splitlines() if line.startswith("    solvable ")]
SLOW = "verify --full"  # the same code as the reduced verification, which has its own tests


def test_library_example(capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(compile(block, "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Eq(kappa*(N - D)*(T - D), M*gamma/sigma_u**2)"
    assert len(lines) == 8
    assert lines[3].startswith(lines[2][:14])  # fifty digits begin as double precision does
    assert "Estimate(mean=" in lines[-1]


@pytest.mark.parametrize("command", [c for c in COMMANDS if SLOW not in c])
def test_command_line_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split(command)[1:]) == 0
    assert capsys.readouterr().out.strip()


def test_files_of_the_data_walk_exist() -> None:
    root = Path(__file__).parent.parent
    folder = ""
    for path in re.findall(r"`([\w/]+\.py)`", TEXT):
        folder = path.rsplit("/", 1)[0] if "/" in path else folder
        assert (root / (path if "/" in path else f"{folder}/{path}")).is_file(), path
