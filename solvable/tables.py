"""Tables for people: as many columns as the terminal holds, what does not vary in the caption, a legend.

Where not even the inputs and the first result fit side by side, or numbers are long, every record
becomes a block of lines.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from solvable.decimals import Number, is_double, significant
from solvable.output import write

if TYPE_CHECKING:
    from rich.console import Console

    from theory.model import Model

MAX_ROWS = 1000  # for people; --json has no such bound
DIGITS = 6
GAP = 2


@dataclass(frozen=True)
class Column:
    """A named quantity, its text in every record, and what it means."""

    name: str
    cells: Sequence[str]
    meaning: str = ""

    @property
    def constant(self) -> bool:
        return len(set(self.cells)) == 1

    @property
    def width(self) -> int:
        return max(len(self.name), *map(len, self.cells))


def show_table(inputs: Sequence[Column], results: Sequence[Column], notes: Sequence[str] = ()) -> None:
    """Records side by side. `results` come in order of importance: the last are left out first."""
    if len(inputs[0].cells) == 1:
        show_blocks(inputs, results, notes)
        return
    console = _console()
    fixed = [column for column in inputs if column.constant]
    axes = [column for column in inputs if not column.constant]
    same = [column for column in results[1:] if column.constant]
    equal = [column for column in results[1:] if column not in same and column.cells == results[0].cells]
    shown = [column for column in results if column not in [*same, *equal]]
    left_out: list[Column] = []
    while len(shown) > 1 and _width([*axes, *shown]) > console.width:
        left_out.insert(0, shown.pop())
    with console.capture() as capture:
        _caption(console, [*fixed, *same, *(Column(column.name, [results[0].name]) for column in equal)])
        if _width([*axes, *shown]) > console.width:
            _blocks(console, axes, [*shown, *left_out])
            shown, left_out = [*shown, *left_out], []
        else:
            _grid(console, [*axes, *shown])
        _legend(console, shown)
        if left_out:
            console.print(f"Left out for want of width: {', '.join(c.name for c in left_out)} (--json gives all).")
        for note in notes:
            console.print(note)
    write(capture.get())


def show_blocks(inputs: Sequence[Column], results: Sequence[Column], notes: Sequence[str] = ()) -> None:
    """Records one below the other, a line a quantity, long numbers unbroken."""
    console = _console()
    rows = len(inputs[0].cells)
    fixed = [column for column in inputs if column.constant]
    axes = [column for column in inputs if not column.constant]
    with console.capture() as capture:
        _caption(console, fixed)
        if not _blocks(console, axes, results, meanings=rows == 1):
            _legend(console, results)
        for note in notes:
            console.print(note)
    write(capture.get())


def _console() -> "Console":
    from rich.console import Console

    return Console(markup=False, highlight=False, emoji=False)


def _width(columns: Sequence[Column]) -> int:
    return sum(column.width + GAP for column in columns)


def _caption(console: "Console", columns: Sequence[Column]) -> None:
    if columns:
        console.print(", ".join(f"{column.name} = {column.cells[0]}" for column in columns))


def _grid(console: "Console", columns: Sequence[Column]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column.name, justify="right", no_wrap=True)
    for row in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*row)
    console.print()
    console.print(table)


def _legend(console: "Console", columns: Sequence[Column]) -> None:
    console.print()
    for column in columns:
        if column.meaning:
            console.print(f"{column.name}: {column.meaning}")


def _blocks(console: "Console", axes: Sequence[Column], results: Sequence[Column], meanings: bool = False) -> bool:
    """Print the blocks; whether the meanings found room beside the numbers."""
    name_width = max(len(column.name) for column in [*axes, *results])
    value_width = max(column.width for column in results)
    margin = name_width + value_width + 2 * GAP
    meanings = meanings and margin + max(len(column.meaning) for column in results) <= console.width
    for row in range(len(results[0].cells)):
        console.print()
        for column in [*axes, *results]:
            line = f"{column.name:<{name_width + GAP}}{column.cells[row]}"
            if meanings and column.meaning:
                line = f"{line:<{margin}}{column.meaning}"
            console.print(line, soft_wrap=True)
    return meanings


# Cells -------------------------------------------------------------------------------------------


def cell(value: Number | None, digits: int = DIGITS) -> str:
    """A number to `digits` significant digits; `-` where undefined."""
    if value is None or value != value:
        return "-"
    if isinstance(value, float | int) and math.isfinite(value):
        return f"{value + 0:.{digits}g}"
    return significant(value, digits)


def input_columns(models: Sequence["Model"]) -> list[Column]:
    """alpha, M, N, T, gamma, noise of the models."""
    return [
        Column(name, [input_cell(getattr(model.spectrum if name == "alpha" else model, name)) for model in models])
        for name in ("alpha", "M", "N", "T", "gamma", "noise")
    ]


def input_cell(value: Fraction | int | float) -> str:
    """A parameter: exact where that is short, else six digits."""
    if value == math.inf:
        return "inf"
    if isinstance(value, int):
        return _integer(value)
    number = Fraction(value)
    if number.denominator == 1 and abs(number) < 10**18:
        return _integer(int(number))
    if not is_double(number):
        return significant(number, DIGITS)
    nearest = float(number)
    short = f"{nearest:.{DIGITS}g}"
    ratio = f"{number.numerator}/{number.denominator}" if number.denominator < 1000 else ""
    return ratio if ratio and Fraction(short) != number and len(ratio) < len(short) else short


def _integer(value: int) -> str:
    """1e15 for a long round number, else all its digits."""
    text = str(value)
    stripped = text.rstrip("0")
    short = f"{stripped}e{len(text) - len(stripped)}"
    return short if len(text) > 6 and len(stripped) <= 3 else text
