"""The README's examples run as they stand, by the machinery of tests/documents.py."""

import re
from pathlib import Path

import pytest

from numerics import evaluate
from tests.documents import COLUMNS, ROOT, Call, blocks, calls, failures
from theory import Model

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
(EXAMPLE,) = (block for block in blocks(TEXT) if block.label == "python")
COMMANDS = [call for block in blocks(TEXT) if block.label == "console" for call in calls(block.text)]


def test_library_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert failures(f"```python\n{EXAMPLE.text}```\n", "README.md") == []
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Eq(kappa*(N - D)*(T - D), M*gamma/sigma_u**2)"
    assert len(lines) == 9
    assert lines[3].startswith(lines[2][:14])  # fifty digits begin as double precision does
    assert "Estimate(mean=" in lines[-2]
    assert float(lines[-1]) > 0


@pytest.mark.parametrize("call", COMMANDS, ids=lambda call: call.command)
def test_command_line_examples(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # some write files, one reads losses
    monkeypatch.setenv("COLUMNS", COLUMNS)
    sizes = [(n, t) for n in (25, 100, 400) for t in (40, 160, 640)]
    rows = [f"{n},{t},{float(evaluate(Model.power_law(1, 2000, n, t, gamma='1e-4')).loss)}" for n, t in sizes]
    (tmp_path / "losses.csv").write_text("\n".join(["N,T,loss", *rows]))
    assert failures(f"```console\n$ {call.command}\n{call.shown}```\n", "README.md") == []


def test_files_of_the_data_walk_exist() -> None:
    folder = ""
    for path in re.findall(r"`([\w/]+\.py)`", TEXT):
        folder = path.rsplit("/", 1)[0] if "/" in path else folder
        assert (ROOT / (path if "/" in path else f"{folder}/{path}")).is_file(), path
