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
PARTS = {
    "bias": r"L_{\mathrm{bias}}", "feature_variance": r"L_{\mathrm{features}}",
    "sample_variance": r"L_{\mathrm{samples}}", "interaction": r"L_{\mathrm{interaction}}",
}  # fmt: skip
SHOWN = 6  # digits in a table
PAGE = 40  # rows that one table holds
TALL = 30  # lines that one display holds
UNBROKEN = 10  # digits between which a line of text may end
LINE = 64  # printed characters, and GAP between two columns, that the line of an article holds
GAP = 2


def evaluations_latex(records: Sequence[dict[str, Any]], *, long: bool) -> str:
    """The records of `solvable evaluate`; `long` where they are decimals of any length."""
    fixed = [name for name in INPUTS if len({str(record.get(name)) for record in records}) == 1]
    given = [f"${INPUTS[name]} = {_breakable(records[0][name])}$" for name in fixed if records[0].get(name) is not None]
    caption = rf"{{\raggedright\noindent Planar solution, {', '.join(given)}.\par}}" + "\n"
    axes = [name for name in INPUTS if name not in fixed]
    columns = [] if long else _columns(records, axes)
    if not columns:
        return "\n".join([caption, *(_displays(record, axes) for record in records)]) + "\n"
    head, cells = [column[0] for column in columns], list(zip(*(column[1:] for column in columns), strict=True))
    pages = [cells[start : start + PAGE] for start in range(0, len(cells), PAGE)]
    return "\n".join([caption, *(booktabs(head, page, "r" * len(head)) for page in pages)]) + "\n"


def _columns(records: Sequence[dict[str, Any]], axes: Sequence[str]) -> list[list[str]]:
    """Heads and cells of what varies and of as many results as fit; the parts of the loss only where it has two.

    No columns where what varies leaves no room for the loss and the parts asked for.
    """
    columns = [[f"${INPUTS[name]}$", *(f"${_input(record[name])}$" for record in records)] for name in axes]
    whole = all(record["label_noise"] == 0 for record in records)
    for name, symbol in _symbols(records[0]).items():
        column = [f"${symbol}$", *(_cell(record[name]) for record in records)]
        wide = sum(max(map(width, cells)) + GAP for cells in [*columns, column])
        if wide <= LINE and not (whole and name in ("signal", "label_noise")):
            columns.append(column)
        elif name == "loss" or name in PARTS:
            return []
    return columns


def _displays(record: dict[str, Any], axes: Sequence[str]) -> str:
    """One record's numbers, those proved with their radii, in lines and displays that fit an article's page."""
    found = [(INPUTS[name], rows(str(record[name]))) for name in axes]
    for name, symbol in _symbols(record).items():
        radius = (record["radius"] or {}).get(name)
        if record[name] is not None:
            found.append((symbol, ball(record[name], radius) if radius else rows(_text(record[name]))))
    lines: list[tuple[str, str]] = []
    for symbol, (first, *others) in found:
        lines += [(symbol, f"= {first}"), *(("", rf"\phantom{{=}} {more}") for more in others)]
    pages = (lines[start : start + TALL] for start in range(0, len(lines), TALL))
    return "\n".join("\\begin{equation*}\n" + aligned(page) + "\n\\end{equation*}" for page in pages)


def _symbols(record: dict[str, Any]) -> dict[str, str]:
    """What is shown, in order of importance: the parts of the signal first, where they were asked for."""
    return {"loss": SYMBOLS["loss"], **{name: PARTS[name] for name in PARTS if name in record}, **SYMBOLS}


def _input(value: Any) -> str:
    return decimal(str(value))


def _breakable(value: Any) -> str:
    """A number in a line of text: a long one may be broken."""
    digits, times, power = _input(value).partition(" ")
    parts = (digits[start : start + UNBROKEN] for start in range(0, len(digits), UNBROKEN))
    return (digits if len(digits) <= 2 * UNBROKEN else r"\allowbreak ".join(parts)) + times + power


def _cell(value: Any) -> str:
    return "--" if value is None else f"${decimal(_text(value))}$"


def _text(value: Any) -> str:
    """A number as the table shows it; strings are decimals of as many digits as were asked for."""
    return value if isinstance(value, str) else f"{value:.{SHOWN}g}"
