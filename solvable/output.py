"""What a command prints: one JSON document without NaN, or text for people; progress on a terminal."""

import json
import math
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, TypeVar

from solvable.decimals import Number, is_double, shortest, significant

FLOAT_DIGITS = 15  # of a number that is no normal double
SPOOL = 64 * 2**20  # bytes of records held in memory before they go to disk
Item = TypeVar("Item")


def write(text: str) -> None:
    """Put text on stdout; raises BrokenPipeError or OSError when that fails."""
    if sys.stdout is None:
        raise OSError("standard output is closed")
    sys.stdout.write(text)


def print_json(document: Any) -> None:
    """One JSON document. Raises ValueError for NaN or infinity: use `json_value`."""
    write(json.dumps(document, allow_nan=False, indent=1) + "\n")


def print_records(records: Iterable[dict[str, Any]]) -> None:
    """`{"records": [...]}`, one record a line; printed only when all are there."""
    with tempfile.SpooledTemporaryFile(SPOOL, "w+", encoding="ascii") as spool:
        separator = "\n"
        for record in records:
            spool.write(separator + json.dumps(record, allow_nan=False))
            separator = ",\n"
        spool.seek(0)
        write('{"records": [')
        while block := spool.read(2**20):
            write(block)
        write("\n]}\n")


def json_value(value: Number | None, digits: int | None = None) -> float | int | str | None:
    """A computed number: a double, or a string (of `digits` digits; "inf"; where no normal double holds it)."""
    if value is None or value != value:
        return None
    if digits is None and isinstance(value, float | int) and math.isfinite(value):
        return value + 0  # no negative zero
    return significant(value, digits or FLOAT_DIGITS)


def json_input(value: Fraction | int | float, digits: int | None = None) -> float | int | str:
    """A parameter: a JSON number; a decimal string where a double cannot show it.

    With `digits`, also where the double's shortest decimal is another number.
    """
    if value == math.inf:
        return "inf"
    if isinstance(value, int):
        return value
    number = Fraction(value)
    if is_double(number):
        nearest = float(number)
        if digits is None or Fraction(repr(nearest)) == number:
            return int(nearest) if nearest.is_integer() and nearest < 2**53 else nearest
    return shortest(number, max(17, digits or 0))


def model_fields(model: Any, digits: int | None = None) -> dict[str, Any]:
    """alpha, M, N, T, gamma, noise of a model as a record shows them."""
    given = {"alpha": model.spectrum.alpha, "M": model.M} | {k: getattr(model, k) for k in ("N", "T", "gamma", "noise")}
    return {name: json_input(value, digits) for name, value in given.items()}


@contextmanager
def progress_bar(total: int, label: str) -> Iterator[Callable[[], None]]:
    """A step function; each call moves a bar on stderr, if stderr is a terminal, by one of `total`."""
    if sys.stderr is None or not sys.stderr.isatty() or total < 2:
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    # rich would otherwise send what is printed meanwhile, the JSON document, to stderr
    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False) as bars:
        task = bars.add_task(label, total=total)
        yield lambda: bars.advance(task)


def progress(items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
    """The items, with a bar that moves as they are consumed."""
    with progress_bar(total, label) as step:
        for item in items:
            yield item
            step()
