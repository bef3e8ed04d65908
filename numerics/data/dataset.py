"""A data set: n samples of d numbers, perhaps labels; read in blocks of rows, so it may exceed the memory."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Optional

import numpy as np

from theory.errors import InvalidInput

ROWS = 4096  # of a block


@dataclass(frozen=True, eq=False)
class Dataset:
    """What was read, and what its numbers are.

    samples : (n, d) of any real dtype, possibly memory-mapped; n >= 2
    labels  : (n,) numbers, or integers or strings as classes; None without labels
    groups  : (n,) integers; samples of one group are not split between training and test. None: each its own
    values  : what the samples measure, such as "grey 0..1"; "" where unknown
    test    : the part that its publishers hold out, None without one

    Raises InvalidInput for other shapes or dtypes, for fewer than two samples, and for labels of another length.
    """

    name: str
    samples: np.ndarray
    labels: np.ndarray | None = None
    groups: np.ndarray | None = None
    values: str = ""
    test: Optional["Dataset"] = None
    option: str = "DATA"

    def __post_init__(self) -> None:
        dtype, shape = self.samples.dtype, self.samples.shape
        if dtype.kind not in "fiub":
            raise self.error(f"real numbers (its dtype is {dtype})")
        if len(shape) != 2 or shape[1] < 1:
            raise self.error(f"an array samples x dimensions (its shape is {shape})")
        if shape[0] < 2:
            raise self.error(f"at least 2 samples (it has {shape[0]})")
        for name in ("labels", "groups"):
            given = getattr(self, name)
            if given is not None and given.shape != shape[:1]:
                raise self.error(f"one of its {name} for each of the {shape[0]} samples (their shape is {given.shape})")
        if self.labels is not None and not (
            self.labels.dtype.kind in "iubU" or (self.labels.dtype.kind == "f" and np.isfinite(self.labels).all())
        ):
            raise self.error("labels that are finite numbers, or integers or strings as classes")

    @property
    def n(self) -> int:
        """Number of samples."""
        return self.samples.shape[0]

    @property
    def d(self) -> int:
        """Number of dimensions."""
        return self.samples.shape[1]

    def blocks(self, rows: int = ROWS) -> Iterator[np.ndarray]:
        """The samples in order, at most `rows` at a time, as float64; do not write to them.

        Raises InvalidInput at a NaN or infinity.
        """
        for start in range(0, self.n, rows):
            with np.errstate(invalid="ignore", over="ignore"):
                block = np.asarray(self.samples[start : start + rows], dtype=float)
            if not np.isfinite(block).all():
                row, column = np.argwhere(~np.isfinite(block))[0]
                where = f"row {start + row}, column {column}, counted from 0, holds {block[row, column]}"
                raise self.error(f"finite numbers only ({where})")
            yield block

    def checked(self) -> "Dataset":
        """Itself, after a look at every number. Raises InvalidInput at a NaN or infinity."""
        for _ in self.blocks():
            pass
        return self

    def subset(self, rows: np.ndarray) -> "Dataset":
        """The samples of those indices, copied into memory, without the held-out part."""

        def taken(array: np.ndarray | None) -> np.ndarray | None:
            return None if array is None else np.asarray(array[rows])

        samples = np.asarray(self.samples[rows])
        return replace(self, samples=samples, labels=taken(self.labels), groups=taken(self.groups), test=None)

    def error(self, allowed: str) -> InvalidInput:
        """The refusal of this data set: names it and says what is allowed."""
        return InvalidInput(self.option, self.name, allowed)
