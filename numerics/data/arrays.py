"""Arrays of NumPy's own files: .npy, memory-mapped, and .npz. Never unpickled: object arrays are refused."""

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from numerics.data.dataset import Dataset
from theory.errors import InvalidInput

SAMPLES = ("X", "samples", "data")
LABELS = ("y", "labels", "label", "target")


def read_npy(path: Path, labels: str | None, option: str) -> Dataset:
    """An array samples x dimensions (further axes are flattened), left on disk; `labels` is another .npy file."""
    found = None if labels is None else np.array(_load(Path(labels), "--labels"))
    return Dataset(str(path), flat(_load(path, option)), found, option=option)


def read_npz(path: Path, labels: str | None, option: str) -> Dataset:
    """The array named X, samples or data (or the only one), and y, labels, label or target (or `labels`)."""
    with path.open("rb") as file:  # ours to close, whatever numpy makes of it
        archive = _open(file, path, option)
        if isinstance(archive, np.ndarray):
            raise InvalidInput(option, str(path), "a .npz archive (it holds a single array: call it .npy)")
        names = list(archive.files)
        if labels is not None and labels not in names:
            raise InvalidInput("--labels", labels, f"an array of {path}: {_listed(names)}")
        target = labels if labels is not None else next((name for name in LABELS if name in names), None)
        others = [name for name in names if name != target]
        chosen = next((name for name in SAMPLES if name in others), others[0] if len(others) == 1 else None)
        if chosen is None:
            raise InvalidInput(option, str(path), f"an array named X, samples or data (it has {_listed(names)})")
        try:
            samples, found = archive[chosen], None if target is None else archive[target]
        except Exception as error:  # zlib, zipfile and numpy each have their own
            raise _unreadable(path, option, error) from None
    return Dataset(str(path), flat(samples), found, option=option)


def flat(array: np.ndarray) -> np.ndarray:
    """(n, ...) as (n, d), without a copy."""
    return array.reshape(array.shape[0], -1) if array.ndim > 2 and array.size else array


def _load(path: Path, option: str) -> np.ndarray:
    array = _open(path, path, option)
    if not isinstance(array, np.ndarray):
        array.close()
        raise InvalidInput(option, str(path), "a .npy file of one array (it is an archive: call it .npz)")
    return array


def _open(source: Path | BinaryIO, path: Path, option: str) -> Any:
    try:
        return np.load(source, mmap_mode="r" if source is path else None, allow_pickle=False)
    except FileNotFoundError:
        raise InvalidInput(option, str(path), "a file that exists") from None
    except MemoryError:
        raise
    except Exception as error:  # zipfile, tokenize, struct and numpy each have their own
        raise _unreadable(path, option, error) from None


def _unreadable(path: Path, option: str, error: Exception) -> InvalidInput:
    text = str(error)
    if "pickle" in text.lower() or "object" in text.lower():
        return InvalidInput(option, str(path), "arrays of plain numbers (pickled and object arrays are not read)")
    return InvalidInput(
        option, str(path), f"a NumPy file that can be read ({text.splitlines()[0] if text else error!r})"
    )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "") if names else "none"
