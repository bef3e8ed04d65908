"""Evaluated numbers as LaTeX: a booktabs table of doubles, or displays of long decimals with their radii."""

from collections.abc import Sequence
from typing import Any

from derivations.render import booktabs
from numerics.evaluation_latex import SYMBOLS
from theory.display import aligned, width
from theory.number_latex import ball, decimal, rows

INPUTS = {
    "alpha": r"\alpha", "M": "M", "N": "N", "T": "T", "gamma": r"\gamma", "noise": r"\sigma_{\epsilon}^{2}",
    "source": "R",
}  # fmt: skip
SHOWN = 6  # digits in a table
PAGE = 40  # rows that one table holds
LINE = 64  # printed characters, and GAP between two columns, that the line of an article holds
GAP = 2


def evaluations_latex(records: Sequence[dict[str, Any]], *, long: bool) -> str:
    """The records of `solvable evaluate`; `long` where they are decimals of any length."""
    fixed = [name for name in INPUTS if len({str(record.get(name)) for record in records}) == 1]
    given = [f"${INPUTS[name]} = {_input(records[0][name])}$" for name in fixed if records[0].get(name) is not None]
    caption = rf"\noindent Planar solution, {', '.join(given)}." + "\n"
    axes = [name for name in INPUTS if name not in fixed]
    if long:
        return "\n".join([caption, *(_display(record, axes) for record in records)]) + "\n"
    columns = _columns(records, axes)
    head, cells = [column[0] for column in columns], list(zip(*(column[1:] for column in columns), strict=True))
    pages = [cells[start : start + PAGE] for start in range(0, len(cells), PAGE)]
    return "\n".join([caption, *(booktabs(head, page, "r" * len(head)) for page in pages)]) + "\n"


def _columns(records: Sequence[dict[str, Any]], axes: Sequence[str]) -> list[list[str]]:
    """Heads and cells of what varies and of as many results as fit; the parts of the loss only where it has two."""
    columns = [[f"${INPUTS[name]}$", *(f"${_input(record[name])}$" for record in records)] for name in axes]
    whole = all(record["label_noise"] == 0 for record in records)
    for name, symbol in SYMBOLS.items():
        column = [f"${symbol}$", *(_cell(record[name]) for record in records)]
        wide = sum(max(map(width, cells)) + GAP for cells in [*columns, column])
        if wide <= LINE and not (whole and name in ("signal", "label_noise")):
            columns.append(column)
    return columns


def _display(record: dict[str, Any], axes: Sequence[str]) -> str:
    """One record's numbers, those proved with their radii, in lines of an article's width."""
    lines = [(INPUTS[name], f"= {_input(record[name])}") for name in axes]
    for name, symbol in SYMBOLS.items():
        radius = (record["radius"] or {}).get(name)
        if record[name] is None:
            continue
        first, *others = ball(record[name], radius) if radius else rows(record[name])
        lines += [(symbol, f"= {first}"), *(("", rf"\phantom{{=}} {more}") for more in others)]
    return "\\begin{equation*}\n" + aligned(lines) + "\n\\end{equation*}"


def _input(value: Any) -> str:
    return decimal(str(value))


def _cell(value: Any) -> str:
    if value is None:
        return "--"
    return f"${decimal(value if isinstance(value, str) else f'{value:.{SHOWN}g}')}$"
