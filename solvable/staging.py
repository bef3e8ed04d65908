"""A folder's new files, written whole or not at all: made beside their places, then renamed into them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A folder in `folder`, whose files take their places there when all went well, and vanish otherwise."""
    stage = Path(tempfile.mkdtemp(prefix=".solvable-", dir=folder))
    try:
        yield stage
        for path in sorted(stage.rglob("*")):
            target = folder / path.relative_to(stage)
            if path.is_dir():
                target.mkdir(exist_ok=True)
            else:
                os.replace(path, target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
