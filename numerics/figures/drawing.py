"""A drawing with all its numbers, and the files made of it: NAME.png, NAME.pdf, NAME.csv."""

import csv
import math
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from numerics.plots import save

Tick = Callable[[str], None]


@dataclass(frozen=True)
class Row:
    """One number drawn. `kind` is what draws it: theory, drawn (the paper's form), simulated, data, ...

    error : its standard error; theory : what it is compared with, at its own sizes; z : its normal score against
    theory, finite size taken into account. None where there is none.
    """

    curve: str
    kind: str
    x: float
    y: float
    error: float | None = None
    theory: float | None = None
    z: float | None = None


@dataclass(frozen=True, eq=False)
class Drawing:
    """A matplotlib figure, what it shows in words, and its numbers."""

    name: str
    caption: str
    figure: Any
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Picture:
    """The files of a figure, its caption, and the command line that makes it."""

    name: str
    caption: str
    png: Path
    pdf: Path
    csv: Path
    command: str


@dataclass(frozen=True)
class Settings:
    """What the figures' random numbers depend on, and how they are drawn."""

    draws: int
    seed: int = 0
    jobs: int = 1

    def seed_of(self, name: str) -> int:
        """A figure's own seed: other figures, made before it or not, do not change it."""
        return int(np.random.SeedSequence([self.seed, *name.encode()]).generate_state(1)[0])

    def command(self, name: str, folder: Path) -> str:
        """The command line that makes the figure."""
        words = ("solvable", "figures", name, "--out", str(folder), "--draws", str(self.draws))
        return shlex.join([*words, "--seed", str(self.seed)])


def curve_rows(curve: str, kind: str, x: Iterable[float], y: Iterable[float]) -> list[Row]:
    """The points of a line that can be drawn: finite ones."""
    pairs = zip(map(float, x), map(float, y), strict=True)
    return [Row(curve, kind, a, b) for a, b in pairs if math.isfinite(a) and math.isfinite(b)]


def write(drawing: Drawing, folder: Path, command: str) -> Picture:
    """The three files, fonts embedded; the same drawing gives the same bytes of CSV."""
    png, pdf = save(drawing.figure, folder, drawing.name)
    table = folder / f"{drawing.name}.csv"
    write_rows(drawing.rows, table)
    return Picture(drawing.name, drawing.caption, png, pdf, table, command)


def write_rows(rows: Sequence[Row], path: Path) -> None:
    """One line a number, the fields of Row; numbers as Python writes them, all digits."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields(Row)])
        writer.writerows(["" if value is None else value for value in astuple(row)] for row in rows)
