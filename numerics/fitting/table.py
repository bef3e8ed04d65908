"""Measured losses L(N, T): checked arrays, and how they are read from CSV."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from theory.errors import InvalidInput

REQUIRED, OPTIONAL = ("N", "T", "loss"), ("stderr", "gamma")
COLUMNS = (*REQUIRED, *OPTIONAL)
MAX_ROWS = 10_000
MAX_SIZE = 1e18
ALLOWED = {
    "N": "sizes from 1 to 1e18, or inf", "T": "sizes from 1 to 1e18, or inf", "loss": "finite losses > 0",
    "stderr": "finite standard errors > 0", "gamma": "finite ridges >= 0",
}  # fmt: skip


@dataclass(frozen=True)
class LossTable:
    """Measured test losses, one entry a measurement: sizes N, T (one of them may be inf) and loss, all of shape (n,).

    stderr: of each loss, or None; gamma: the ridge of each row where it was varied, or None. Raises InvalidInput,
    naming the column and the first row at fault (rows count from 1). real: sizes between 0 and 1 are allowed too.
    """

    N: np.ndarray
    T: np.ndarray
    loss: np.ndarray
    stderr: np.ndarray | None = None
    gamma: np.ndarray | None = None
    unread: tuple[str, ...] = field(default=(), compare=False)
    real: bool = False

    def __post_init__(self) -> None:
        for name in COLUMNS:
            values = getattr(self, name)
            if values is None:
                continue
            values = np.asarray(values, dtype=float)
            object.__setattr__(self, name, values)
            if values.ndim != 1 or values.size != np.size(self.N):
                raise InvalidInput(name, values.shape, f"one value for each of the {np.size(self.N)} rows")
            _refuse(name, values, ~_allowed(name, values, 0.0 if self.real else 1.0))
        both = np.isinf(self.N) & np.isinf(self.T)
        _refuse("T", self.T, both, "a finite N or T in every row")
        if self.n == 0:
            raise InvalidInput("loss", "no rows", "at least one measured loss")

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.loss.size)

    @property
    def relative(self) -> np.ndarray | None:
        """stderr/loss: the standard error of ln(loss)."""
        return None if self.stderr is None else self.stderr / self.loss

    def subset(self, rows: np.ndarray) -> "LossTable":
        """Some of the rows, by mask or index."""
        parts: dict[str, Any] = {name: None if (v := getattr(self, name)) is None else v[rows] for name in COLUMNS}
        return LossTable(**parts, unread=self.unread, real=self.real)


def _allowed(name: str, values: np.ndarray, smallest: float = 1.0) -> np.ndarray:
    if name in ("N", "T"):
        return (values >= smallest) & ((values <= MAX_SIZE) | np.isposinf(values))
    if name == "gamma":
        return np.isfinite(values) & (values >= 0)
    return np.isfinite(values) & (values > 0)


def _refuse(name: str, values: np.ndarray, bad: np.ndarray, allowed: str = "") -> None:
    if bad.any():
        row = int(np.argmax(bad))
        raise InvalidInput(f"{name} in row {row + 1}", f"{values[row]:g}", allowed or ALLOWED[name])


def read_losses(path: str | Path, option: str = "LOSSES") -> LossTable:
    """A comma-separated (.tsv: tab-separated) UTF-8 file with a header that names N, T, loss, maybe stderr, gamma.

    Other columns are not read; `unread` names them. Raises InvalidInput for anything but a full table of
    allowed numbers in a file that can be read.
    """
    if "\0" in str(path):
        raise InvalidInput(option, str(path), "the path of a file")
    path = Path(path)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, delimiter=delimiter, strict=True)
            header = next((row for row in rows if any(map(str.strip, row))), None)
            if header is None:
                raise InvalidInput(option, str(path), "a file that is not empty")
            names = [name.strip() for name in header]
            places = _places(names, path, option)
            columns: dict[str, list[float]] = {name: [] for name in places}
            for row in rows:
                if any(map(str.strip, row)):
                    _append(columns, places, row, names, f"{path}, line {rows.line_num}", option)
    except UnicodeDecodeError:
        raise InvalidInput(option, str(path), "text in UTF-8") from None
    except OSError as error:
        raise InvalidInput(option, str(path), f"a file that can be read ({error.strerror})") from None
    except csv.Error as error:
        raise InvalidInput(option, str(path), f"comma-separated values ({error})") from None
    if not columns["loss"]:
        raise InvalidInput(option, str(path), "at least one row of numbers below the header")
    arrays: dict[str, Any] = {name: np.array(values) for name, values in columns.items()}
    return LossTable(**arrays, unread=tuple(name for name in names if name not in COLUMNS))


def _places(names: Sequence[str], path: Path, option: str) -> dict[str, int]:
    """Where each of COLUMNS stands."""
    for name in REQUIRED:
        if name not in names:
            raise InvalidInput(option, str(path), f"a header with the columns N, T, loss ({name} is missing)")
    for name in COLUMNS:
        if names.count(name) > 1:
            raise InvalidInput(option, str(path), f"each column once ({name} stands {names.count(name)} times)")
    return {name: names.index(name) for name in COLUMNS if name in names}


def _append(
    columns: dict[str, list[float]], places: dict[str, int], row: Sequence[str], names: Sequence[str], where: str,
    option: str,
) -> None:  # fmt: skip
    if len(row) != len(names):
        raise InvalidInput(option, where, f"{len(names)} fields in every line, as in the header (here {len(row)})")
    if len(columns["loss"]) >= MAX_ROWS:
        raise InvalidInput(option, where, f"at most {MAX_ROWS} rows")
    for name, place in places.items():
        text = row[place].strip()
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not _allowed(name, np.array(value)):
            raise InvalidInput(f"{name} in line {where.rpartition(' ')[2]}", text, ALLOWED[name])
        columns[name].append(value)
