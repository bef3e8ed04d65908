"""Where --plot draws and --out writes: checked before the work begins."""

import os
from pathlib import Path
from typing import Any

from theory.errors import InvalidInput

LONGEST = 200  # bytes of a file's name


def plot_file(text: str, name: str) -> tuple[Path, str]:
    """Folder and stem of a figure's files; a folder gets `name`. Raises InvalidInput if it cannot be written to."""
    target = Path(text)  # a folder, or a file with or without its ending
    try:
        folder, stem = (target, name) if target.is_dir() else (target.parent, target.stem)
        writable = folder.is_dir() and os.access(folder, os.W_OK) and len(os.fsencode(stem)) <= LONGEST
    except (OSError, ValueError):
        writable = False
    if not writable or not text.strip() or not stem.strip() or "\0" in text:
        raise InvalidInput("--plot", text, "a file in a folder that can be written to")
    return folder, stem


def output_folder(option: str, text: str) -> Path:
    """The folder, made if missing. Raises InvalidInput if it cannot be made and written to."""
    folder = Path(text)
    try:
        if not text.strip():
            raise ValueError("an empty name is no folder, though it reads as the current one")
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".solvable-probe"
        probe.write_bytes(b"")
        probe.unlink()
    except (OSError, ValueError):
        raise InvalidInput(option, text, "a folder that can be made and written to") from None
    return folder


def draw(figure: Any, target: tuple[Path, str]) -> None:
    """The figure as .png and .pdf."""
    from numerics.plots import save

    save(figure, *target)
