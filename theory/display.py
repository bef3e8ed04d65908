r"""Statements as displays for amsmath and KaTeX: on one line where it fits, else broken before the terms of a sum.

Where no break helps, long factors are named $P_1$, $P_2$, ... and given below. Nothing is lost on the way:
tests/theory/test_latex.py reads every claim back and compares. That the lines fit an article is measured by pdflatex
in tests/derivations/test_typesetting.py; here widths are estimated.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

import sympy as sp

from theory.latex import PaperLatex, latex
from theory.notation import in_symbols

WIDE = 50  # printed characters that a line of an article holds beside its equation's number
LONG = 26  # from which a sum inside a product gets a name, where the line would be too wide
ASYMPTOTIC = r"\,(1+o(1))"  # ends a left side to which the right side is asymptotic


def equation(statement: sp.Equality) -> str:
    """The body of a display, without delimiters: one line, or arrays of them (amsmath, KaTeX)."""
    return equations([statement])


def equations(statements: Iterable[sp.Equality]) -> str:
    """The body of one display of several statements."""
    names = iter(sp.numbered_symbols("P_", start=1))
    return stacked([lines_of(part) for statement in statements for part in split(statement, names)])


def stacked(parts: Sequence[Sequence[tuple[str, str]]]) -> str:
    """Statements below each other: aligned together, or each by itself where a long left side would push the others."""
    lines = [line for part in parts for line in part]
    left, right = (max(map(width, halves)) for halves in zip(*lines, strict=True))
    if len(parts) == 1 or left + right <= WIDE:
        return aligned(lines)
    return "\\begin{gathered}\n" + " \\\\[1ex]\n".join(map(aligned, parts)) + "\n\\end{gathered}"


def aligned(lines: Sequence[tuple[str, str]]) -> str:
    """Left and right halves, one line or several."""
    if len(lines) == 1:
        return " ".join(half for half in lines[0] if half)
    rows = (f"{left} &{right}" for left, right in lines)
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def split(statement: sp.Equality, names: Iterator[sp.Symbol] | None = None) -> tuple[sp.Equality, ...]:
    r"""The statement and definitions that together say the same, with `names` ($P_1$, $P_2$, ...) for its long factors.

    Factors are named only where no break between terms makes the lines short enough.
    """
    names = names or iter(sp.numbered_symbols("P_", start=1))
    left, right = statement.args
    parts, pending = [], [sp.Eq(left, in_symbols(right), evaluate=False)]
    while pending:
        part = pending.pop(0)
        if max(map(line_width, lines_of(part))) <= WIDE:
            parts.append(part)
            continue
        long = [term for term in sp.Add.make_args(part.rhs) if width(latex(term)) > WIDE - 6]
        named = {factor: next(names) for factor in dict.fromkeys(x for term in long for x in long_factors(term))}
        parts.append(sp.Eq(part.lhs, part.rhs.xreplace(named), evaluate=False))
        pending += [sp.Eq(name, factor, evaluate=False) for factor, name in named.items()]
    return tuple(parts)


def long_factors(term: sp.Expr) -> list[sp.Expr]:
    """The outermost long sums inside the products and powers of a term."""
    return [node for node in dict.fromkeys(_outermost_sums(term)) if width(latex(node)) > LONG]


def _outermost_sums(expression: sp.Basic) -> Iterable[sp.Expr]:
    if expression.is_Add:
        yield expression
    else:
        for argument in expression.args:
            yield from _outermost_sums(argument)


def lines_of(statement: sp.Equality) -> list[tuple[str, str]]:
    """The left side, and `=` with the right side, broken before its terms."""
    left, relation = latex(statement.lhs), "="
    if left.endswith(ASYMPTOTIC):
        left, relation = left.removesuffix(ASYMPTOTIC), r"\sim"
    right = statement.rhs
    terms = PaperLatex()._as_ordered_terms(right) if right.is_Add else [right]
    return broken(left, [f"{relation} {latex(terms[0])}", *map(latex, terms[1:])])


def broken(left: str, terms: Sequence[str]) -> list[tuple[str, str]]:
    """Lines of a sum: its printed terms, the first with its relation, as many to a line as fit."""
    lines = [(left, terms[0])]
    for term in terms[1:]:
        signed = term if term.startswith("+") else f"- {term[1:].lstrip()}" if term.startswith("-") else f"+ {term}"
        more = (lines[-1][0], f"{lines[-1][1]} {signed}")
        if width(left) + width(more[1]) > WIDE:
            lines.append(("", rf"\qquad {signed}"))
        else:
            lines[-1] = more
    return lines


def line_width(line: tuple[str, str]) -> float:
    return sum(map(width, line))


# Widths ------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_]|\s+|.")
_SILENT = {"$", r"\left", r"\right", r"\mathrm", r"\operatorname", r"\,", r"\!", r"\big", r"\limits"}
SMALL = 0.7  # of a sub- or superscript


def width(text: str) -> float:
    """About how many characters wide the LaTeX prints: fractions count once, indices less."""
    tokens = [token for token in _TOKEN.findall(text) if not token.isspace()]
    return _sequence(tokens, 0)[0]


def _sequence(tokens: list[str], start: int) -> tuple[float, int]:
    """Width from `start` to the closing brace, and where that is."""
    total, at = 0.0, start
    while at < len(tokens) and tokens[at] != "}":
        amount, at = _item(tokens, at)
        total += amount
    return total, at


def _item(tokens: list[str], at: int) -> tuple[float, int]:
    token, at = tokens[at], at + 1
    if token == "{":
        amount, at = _sequence(tokens, at)
        return amount, at + 1
    if token in "^_":
        amount, at = _item(tokens, at)
        return SMALL * amount, at
    if token in (r"\begin", r"\end"):
        return 0.0, _sequence(tokens, at + 1)[1] + 1  # the name of an environment is not printed
    if token == r"\frac":
        over, at = _item(tokens, at)
        under, at = _item(tokens, at)
        return max(over, under), at
    if token in _SILENT:
        return 0.0, at
    if token in ("+", "-", "=", r"\sim", r"\quad", r"\qquad"):
        return 2.0, at
    if token.startswith("\\") and token[1:] in ("ln", "sin", "cos", "cot", "tan", "lim", "arcsin", "min", "max"):
        return len(token) - 0.5, at
    return 1.0, at
