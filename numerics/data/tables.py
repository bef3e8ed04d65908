"""Tables: CSV (header optional) and Parquet. One row a sample; one column may be the label."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from numerics.data.dataset import Dataset
from theory.errors import InvalidInput

LABELS = ("label", "y", "target")


def read_csv(path: Path, labels: str | None, option: str) -> Dataset:
    """Comma-separated (.tsv: tab-separated) UTF-8 text. The first line is a header if a field of it is no number."""
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = next((row for row in csv.reader(file, delimiter=delimiter) if row), None)
        if first is None:
            raise InvalidInput(option, str(path), "a file that is not empty")
        header = [name.strip() for name in first] if not all(map(_is_number, first)) else None
        target = label_column(header, labels)
        return _parse(path, delimiter, header, target, option)
    except UnicodeDecodeError:
        raise InvalidInput(option, str(path), "text in UTF-8") from None
    except csv.Error as error:
        raise InvalidInput(option, str(path), f"comma-separated numbers ({error})") from None


def _parse(path: Path, delimiter: str, header: list[str] | None, target: int | None, option: str) -> Dataset:
    texts: list[str] = []

    def keep(text: str) -> float:
        texts.append(text.strip())
        return 0.0

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = (line for line in file if line.strip())
            if header is not None:
                next(lines)
            table = np.loadtxt(
                lines, delimiter=delimiter, comments=None, quotechar='"', ndmin=2,
                converters=None if target is None else {target: keep},
            ) if _more(path, header) else np.empty((0, 1))  # fmt: skip
    except ValueError as error:
        raise InvalidInput(option, str(path), f"a full table of numbers ({_reason(error)})") from None
    if table.shape[0] and header is not None and table.shape[1] != len(header):
        counts = f"{len(header)} names above {table.shape[1]} columns"
        raise InvalidInput(option, str(path), f"a header of the table's width (it has {counts})")
    if target is None:
        return Dataset(str(path), table, option=option)
    return Dataset(str(path), np.delete(table, target, axis=1), as_labels(texts), option=option)


def _more(path: Path, header: list[str] | None) -> bool:
    """Whether a line of data stands in the file: loadtxt would warn of none."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = (line for line in file if line.strip())
        if header is not None:
            next(lines)
        return next(lines, None) is not None


def _reason(error: Exception) -> str:
    """loadtxt's complaint without its advice to programmers."""
    return str(error).split(";")[0].rstrip(".")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def read_parquet(path: Path, labels: str | None, option: str) -> Dataset:
    """A Parquet table with columns of numbers; needs pyarrow."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InvalidInput(option, str(path), "another format, or install pyarrow: pip install pyarrow") from None
    try:
        table = pyarrow.parquet.read_table(path)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        text = str(error).splitlines()[0] if str(error) else repr(error)
        raise InvalidInput(option, str(path), f"a Parquet file that can be read ({text})") from None
    target = label_column(list(table.column_names), labels)
    kept = [column for column in range(table.num_columns) if column != target]
    samples = np.empty((table.num_rows, len(kept)))
    for place, column in enumerate(kept):
        samples[:, place] = _numbers(table.column(column), table.column_names[column], str(path), option)
    found = None if target is None else as_labels(table.column(target).to_pylist())
    return Dataset(str(path), samples, found, option=option)


def _numbers(column: Any, name: str, path: str, option: str) -> np.ndarray:
    from pyarrow import types

    kind = column.type
    if not (types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)):
        raise InvalidInput(option, path, f"columns of numbers (column {name!r} holds {kind})")
    if column.null_count:
        raise InvalidInput(option, path, f"a table without missing values (column {name!r} has {column.null_count})")
    return column.to_numpy().astype(float)


def label_column(header: list[str] | None, labels: str | None) -> int | None:
    """Index of the label's column: the one called `labels`, else one called label, y or target.

    Raises InvalidInput if `labels` names no column, or several.
    """
    if labels is None:
        found = [place for place, name in enumerate(header or []) if name in LABELS]
        return found[0] if len(found) == 1 else None
    found = [place for place, name in enumerate(header or []) if name == labels]
    if len(found) != 1:
        columns = "a file with a header" if header is None else f"one of the columns {', '.join(header[:8])}"
        raise InvalidInput("--labels", labels, columns + (", ..." if header and len(header) > 8 else ""))
    return found[0]


def as_labels(texts: Sequence[Any]) -> np.ndarray:
    """Integers if all are, else numbers if all are, else strings."""
    if any(text is None or text == "" for text in texts):
        raise InvalidInput(
            "labels", f"{sum(text is None or text == '' for text in texts)} missing", "one for each sample"
        )
    words = [str(text) for text in texts]
    for kind in (int, float):
        try:
            numbers = [kind(word) for word in words]
            if all(map(math.isfinite, numbers)):
                return np.array(numbers, dtype=None if kind is float else np.int64)
        except (ValueError, OverflowError):
            continue
    return np.array(words)
