"""A folder's new files, written whole or not at all: made beside their places, then renamed into them."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STAGE = re.compile(r"\.solvable-(\d+)-\w+")  # made by the process of that number


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A folder in `folder`, whose files take their places there when all went well, and vanish otherwise.

    What a killed process left of its own is removed first.
    """
    _sweep(folder)
    stage = Path(tempfile.mkdtemp(prefix=f".solvable-{os.getpid()}-", dir=folder))
    try:
        yield stage
        for path in sorted(path for path in stage.rglob("*") if not path.is_dir()):
            target = folder / path.relative_to(stage)
            target.parent.mkdir(exist_ok=True, parents=True)
            os.replace(path, target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _sweep(folder: Path) -> None:
    for path in folder.iterdir():
        match = _STAGE.fullmatch(path.name)
        if match and not _alive(int(match[1])):
            shutil.rmtree(path, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
