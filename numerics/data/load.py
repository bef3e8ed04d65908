"""One verb: load(source) reads a file, a folder or a named source as a Dataset."""

from dataclasses import replace
from pathlib import Path

from numerics.data.arrays import read_npy, read_npz
from numerics.data.dataset import Dataset
from numerics.data.idx import read_folder
from numerics.data.named import NAMED, image_patches
from numerics.data.tables import read_csv, read_parquet
from theory.errors import InvalidInput

READERS = {
    ".npy": read_npy,
    ".npz": read_npz,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".parquet": read_parquet,
    ".pq": read_parquet,
}
ALLOWED = (
    "a .npy, .npz, .csv, .tsv or .parquet file, a folder of IDX files, or one of image-patches, digits, fashion-mnist"
)


def load(source: str, *, labels: str | None = None, option: str = "DATA") -> Dataset:
    """Samples x dimensions, and labels where there are any.

    source : a file (.npy is memory-mapped; .npz with arrays X and y; .csv or .tsv, header optional; .parquet), a
        folder of IDX files, or `image-patches` (`image-patches:5` for 5 x 5 pixels), `digits`, `fashion-mnist`
    labels : the column (CSV, Parquet) or array (.npz) that holds the labels, or a second .npy file for a .npy;
        by default those called label, y or target

    Raises InvalidInput, naming `option`, for what cannot be read: missing, empty, ragged, truncated, pickled or
    object arrays, text, NaN or infinity (in a .npy these are found when its blocks are read), fewer than two
    samples, labels of another length.
    """
    name, _, size = source.partition(":")
    if source in NAMED or (name == "image-patches" and size):
        _no_labels(source, labels)
        return replace(image_patches(_size(source, size, option)) if size else NAMED[source](), option=option)
    try:
        path = Path(source)
        if not source or not path.exists():
            raise InvalidInput(option, source, f"{ALLOWED} (no such file or folder)")
        if path.is_dir():
            _no_labels(source, labels)
            return read_folder(path, option).checked()
        reader = READERS.get(path.suffix.lower())
        if reader is None or not path.is_file():
            raise InvalidInput(option, source, ALLOWED)
        if path.stat().st_size == 0:
            raise InvalidInput(option, source, "a file that is not empty")
        data = reader(path, labels, option)
    except (OSError, ValueError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(
            option, source, f"a file that can be read ({getattr(error, 'strerror', None) or error})"
        ) from None
    return data if reader is read_npy else data.checked()


def _no_labels(source: str, labels: str | None) -> None:
    if labels is not None:
        raise InvalidInput("--labels", labels, f"none: {source[:60]} brings its own")


def _size(source: str, text: str, option: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 3 and int(text) % 2 and int(text) >= 3):
        raise InvalidInput(option, source, "image-patches:SIZE with an odd size from 3 to 99")
    return int(text)
