"""The README's examples run as they stand."""

import re
import shlex
from pathlib import Path

import pytest

from numerics import evaluate
from solvable.cli import main
from theory import Model

TEXT = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
COMMANDS = [line.split("#")[0].strip() for line in TEXT.splitlines() if line.startswith("    solvable ")]
SLOW = "verify --full"  # the same code as the reduced verification, which has its own tests


def test_library_example(capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(compile(block, "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Eq(kappa*(N - D)*(T - D), M*gamma/sigma_u**2)"
    assert len(lines) == 9
    assert lines[3].startswith(lines[2][:14])  # fifty digits begin as double precision does
    assert "Estimate(mean=" in lines[-2]
    assert float(lines[-1]) > 0


@pytest.mark.parametrize("command", [c for c in COMMANDS if SLOW not in c])
def test_command_line_examples(
    command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # some write files, one reads losses
    sizes = [(n, t) for n in (25, 100, 400) for t in (40, 160, 640)]
    rows = [f"{n},{t},{float(evaluate(Model.power_law(1, 2000, n, t, gamma='1e-4')).loss)}" for n, t in sizes]
    (tmp_path / "losses.csv").write_text("\n".join(["N,T,loss", *rows]))
    assert main(shlex.split(command)[1:]) == 0
    assert capsys.readouterr().out.strip()


def test_files_of_the_data_walk_exist() -> None:
    root = Path(__file__).parent.parent
    folder = ""
    for path in re.findall(r"`([\w/]+\.py)`", TEXT):
        folder = path.rsplit("/", 1)[0] if "/" in path else folder
        assert (root / (path if "/" in path else f"{folder}/{path}")).is_file(), path
