"""The answer of `solvable spectrum` for people: fits and verdicts, then the slope of every octave."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from solvable.output import write
from solvable.tables import Column, show_table

if TYPE_CHECKING:
    from numerics.data import Dataset
    from numerics.spectra import Analysis, PowerFit

SHOWN = 7  # octaves of a spectrum, the last ones
MEANINGS = {
    "1+alpha": "minus the slope of ln eigenvalue over ln rank, ± one standard error over samples",
    "corrected": "the same of the population's spectrum, from the sample's through the resolvent",
    "verdict": "every octave of a power law has its slope, within 10 % or two errors; see --help for the rule",
}


def show(data: "Dataset", found: Sequence["Analysis"]) -> None:
    """Head, fits, octave slopes, legend."""
    values = f", {data.values}" if data.values else ""
    write(f"{data.name}: {data.n} samples of {data.d} dimensions{values}\n")
    constant = found[0].constant
    if constant:
        write(f"{constant} constant column{'s' * (constant > 1)}: eigenvalue 0\n")
    _table(("map", "N", "ranks"), tuple(MEANINGS), [row for one in found for row in _rows(one)])
    write("\nSlope of each octave of ranks:\n")
    _table(("map", "N", "ranks"), ("1+alpha",), [row for one in found for row in _octaves(one)], legend=False)


def _table(inputs: Sequence[str], results: Sequence[str], rows: list[tuple[str, ...]], legend: bool = True) -> None:
    cells = list(zip(*rows, strict=True))
    columns = [
        Column(name, list(column), MEANINGS.get(name, "") if legend else "")
        for name, column in zip((*inputs, *results), cells, strict=True)
    ]
    show_table(columns[: len(inputs)], columns[len(inputs) :])


def _rows(one: "Analysis") -> list[tuple[str, ...]]:
    name, found = _name(one), one.judgement.fit
    rows: list[tuple[str, ...]] = []
    if found is None:
        rows.append((*name, f"4-{max(one.judgement.limit, 4)}", "-", "-", "no power law"))
    else:
        rows.append((*name, *_cells(one, found), f"power law, {found.octaves:.1f} octaves"))
    for (low, high), asked in one.asked.items():
        if asked is None:
            rows.append((*name, f"{low}-{high}", "-", "-", f"only {one.rank} ranks"))
        else:
            rows.append((*name, *_cells(one, asked), "as asked"))
    return rows


def _octaves(one: "Analysis") -> list[tuple[str, ...]]:
    slopes = one.judgement.octaves[-SHOWN:]
    return [(*_name(one), f"{octave.low}-{octave.high}", _number(octave)) for octave in slopes]


def _name(one: "Analysis") -> tuple[str, str]:
    return one.name, str(one.width)


def _cells(one: "Analysis", found: "PowerFit") -> tuple[str, str, str]:
    corrected = one.corrected.get((found.low, found.high))
    return f"{found.low}-{found.high}", _number(found), "-" if corrected is None else _number(corrected)


def _number(found: "PowerFit") -> str:
    digits = 3 if found.error < 0.2 else 1
    return f"{found.exponent:.{digits}f} ± {found.error:.{digits}f}"
