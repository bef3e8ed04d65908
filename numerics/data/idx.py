"""IDX files, plain or .gz: the format of MNIST and its kin. Sizes are checked before memory is taken."""

import gzip
import zlib
from math import prod
from pathlib import Path

import numpy as np

from numerics.data.dataset import Dataset
from theory.errors import InvalidInput

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
TRAIN, TEST = "train", ("t10k", "test")
PIECE = 2**24  # bytes read at a time: a header cannot ask for memory that the file does not fill


def read_idx(path: Path, option: str = "DATA") -> np.ndarray:
    """The array of one file. Raises InvalidInput for a wrong magic number, a truncated or an overlong file."""

    def refusal(why: str) -> InvalidInput:
        return InvalidInput(option, str(path), f"a whole IDX file ({why})")

    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
            magic = file.read(4)
            if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in DTYPES or not 1 <= magic[3] <= 8:
                raise refusal(f"its magic number is {magic.hex() or 'missing'}")
            header = file.read(4 * magic[3])
            if len(header) < 4 * magic[3]:
                raise refusal("its header is cut short")
            shape = tuple(int(size) for size in np.frombuffer(header, ">u4"))
            dtype = np.dtype(DTYPES[magic[2]])
            size = prod(shape) * dtype.itemsize
            content = bytearray()
            while piece := file.read(min(PIECE, size + 1 - len(content))):
                content += piece
            if len(content) != size:
                raise refusal(f"{size} bytes announced, {'more' if len(content) > size else len(content)} there")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise refusal(str(error)) from None
    return np.frombuffer(content, dtype).reshape(shape)


def read_folder(folder: Path, option: str = "DATA") -> Dataset:
    """Images and labels of a folder: `train-images...` with `t10k-images...` or `test-images...` held out, or one set.

    Files are called PART-images* and PART-labels*, with idx in the name or as its ending. Bytes are divided by 255.
    """
    images: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and "idx" in path.name.lower() and "images" in path.name:
            images.setdefault(path.name.split("images")[0].strip("-_.") or TRAIN, path)
    if not images:
        raise InvalidInput(option, str(folder), "a folder with IDX files called like train-images-idx3-ubyte (or .gz)")
    if len(images) > 1 and TRAIN not in images:
        raise InvalidInput(
            option, str(folder), f"a folder with one set of images, or with train (it has {list(images)})"
        )
    part = TRAIN if TRAIN in images else next(iter(images))
    held_out = next((name for name in TEST if name in images and name != part), None)
    test = None if held_out is None else _part(images[held_out], None, option)
    return _part(images[part], test, option)


def _part(path: Path, test: Dataset | None, option: str) -> Dataset:
    array = read_idx(path, option)
    if array.ndim < 2 or array.size == 0:
        raise InvalidInput(option, str(path), f"images (its shape is {array.shape})")
    is_bytes = array.dtype.kind == "u"
    flat = array.reshape(len(array), -1)
    samples = flat.astype(np.float32) / np.float32(255) if is_bytes else flat.astype(np.float64)
    stem, tail = path.name.split("images", 1)[0], "labels"
    beside = sorted(p for p in path.parent.iterdir() if p.name.startswith(stem + tail) and p.is_file())
    labels = read_idx(beside[0], option).astype(np.int64) if beside else None
    values = "grey 0..1" if is_bytes else ""
    return Dataset(str(path), samples, labels, values=values, test=test, option=option)
