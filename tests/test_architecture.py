"""Imports run one way only: solvable -> derivations -> numerics -> theory."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = ("theory", "numerics", "derivations", "solvable")


def upward_imports(package: str, source: str) -> list[str]:
    """Imports in `source` of packages that stand above `package`."""
    above = ORDER[ORDER.index(package) + 1 :]
    found = []
    for node in ast.walk(ast.parse(source)):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        found += [name for name in names if name.split(".")[0] in above]
    return found


@pytest.mark.parametrize("package", ORDER)
def test_imports_run_one_way(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        assert upward_imports(package, path.read_text(encoding="utf-8")) == [], path


def test_an_upward_import_is_seen() -> None:
    assert upward_imports("theory", "from numerics.evaluate import evaluate") == ["numerics.evaluate"]
    assert upward_imports("numerics", "import solvable.cli as cli") == ["solvable.cli"]


@pytest.mark.parametrize("package", ORDER)
def test_importing_solves_nothing(package: str) -> None:
    """No derivation runs at import: every memo is empty."""
    code = (
        f"import {package}, sys, functools, gc\n"
        "memos = [o for o in gc.get_objects() if isinstance(o, functools._lru_cache_wrapper)"
        " and (o.__module__ or '').split('.')[0] in ('theory', 'numerics', 'derivations', 'solvable')]\n"
        "assert all(memo.cache_info().currsize == 0 for memo in memos), memos"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
