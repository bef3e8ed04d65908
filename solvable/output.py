"""What a command prints: one JSON document without NaN, or text for people; progress on a terminal."""

import json
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
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
    done = 0
    with counting_bar(label) as show:
        if total >= 2:
            show(0, total)

        def step() -> None:
            nonlocal done
            done += 1
            show(done, total)

        yield step


@contextmanager
def counting_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A function of (done, total) that shows a bar with rate and remaining time on stderr, if that is a terminal.

    What is done at the first call counts for the bar, not for the rate. Nothing is shown for totals below 2.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    shown = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[pace]}"))
    # rich would otherwise send what is printed meanwhile, the JSON document, to stderr
    with Progress(
        *shown, TimeElapsedColumn(), console=Console(stderr=True), transient=True, redirect_stdout=False,
        redirect_stderr=False,
    ) as bars:  # fmt: skip
        begun: list[Any] = []  # the task, its start, what was done then

        def show(done: int, total: int) -> None:
            if total < 2:
                return
            if not begun:
                begun[:] = [bars.add_task(label, total=total, pace=""), time.monotonic(), done]
            task, start, before = begun
            bars.update(
                task, completed=done, total=total, pace=pace(done - before, total - done, time.monotonic() - start)
            )

        yield show


@contextmanager
def stages() -> Iterator[Callable[[str], None]]:
    """A function of what is being done: shown with the time it takes on stderr, if that is a terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda text: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False
    ) as bars:
        task = bars.add_task("start", total=None)
        yield lambda text: bars.update(task, description=text)


def pace(done: int, left: int, seconds: float) -> str:
    """`12.5/s, 0:01:20 left` of work that did `done` items in so many seconds; "" before the first."""
    if done <= 0 or seconds <= 0:
        return ""
    rate = done / seconds
    remaining = min(math.ceil(left / rate), 86400 * 10**6)  # what timedelta can show
    return f"{rate:.3g}/s, {timedelta(seconds=remaining)} left"


def progress(items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
    """The items, with a bar that moves as they are consumed."""
    with progress_bar(total, label) as step:
        for item in items:
            yield item
            step()
