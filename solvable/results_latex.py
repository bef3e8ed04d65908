"""Derived results as LaTeX fragments for article + amsmath + booktabs: laws, phases, plateaus, optimum."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import sympy as sp

from derivations.render import booktabs
from theory.display import aligned, equations
from theory.latex import c_alpha_equation, latex
from theory.law_latex import SYMBOLS, approach_latex, border_latex, case_rows, kappa_latex, loss_latex
from theory.notation import C_ALPHA

if TYPE_CHECKING:
    from theory.asymptotics import Case
    from theory.phases import Border, Phase
    from theory.plateaus import Plateau, PowerLawEnd

PAGE = 24  # lines that one table holds
NARROW = 16  # characters to a line of its first column
OPTIMUM = {
    "df1": "D", "gamma": r"\gamma_*", "loss": r"L_*", "law": r"L_{\mathrm{law}}", "ratio": r"L_*/L_{\mathrm{law}}"
}  # fmt: skip


def exponents_latex(cases: "Sequence[Case]") -> str:
    """kappa and the loss on a path: a display for each window of alpha."""
    names = iter(sp.numbered_symbols("P_", start=1))
    return _finished([_display(aligned(case_rows(case, names))) for case in cases])


def phases_latex(found: "Sequence[Phase]") -> str:
    """Tables of the phases: what limits kappa and dominates the loss, where, and both laws."""
    rows = [
        (
            _regime(phase), _borders(phase, phase.borders),
            _array([rf"\kappa \sim {kappa_latex(phase)}", rf"L \sim {loss_latex(phase)}"]),
        )
        for phase in found
    ]  # fmt: skip
    return _finished(_pages(("regime", "where", "laws"), rows, [max(2, len(phase.borders)) for phase in found]))


def plateaus_latex(flat: "Sequence[Plateau]", ends: "Sequence[PowerLawEnd]") -> str:
    """Tables: where a resource stops helping, at what loss and how fast; and what ends each power law."""
    plateaus = [
        (
            f"in ${_resource(found.resource)}$; {_regime(found.phase)}", _borders(found.phase, found.onset),
            _array([
                rf"L_\infty \sim {loss_latex(found.phase)}",
                *(rf"L/L_\infty - 1 \sim {approach_latex(found.phase, way)}" for way in found.approach),
            ]),
        )
        for found in flat
    ]  # fmt: skip
    laws = [
        (
            f"in ${_resource(end.resource)}$; {_regime(end.phase)}",
            _array([border_latex(end.phase, wall, r"\sim") for wall in end.ends]),
            _array([rf"L \sim {loss_latex(end.phase)}"]),
        )
        for end in ends
    ]  # fmt: skip
    tall = [max(1 + len(found.approach), len(found.onset), 2) for found in flat]
    return _finished(
        [
            *_pages(("plateau", "from", "loss"), plateaus, tall),
            *_pages(("power law", "ends at", "loss"), laws, [max(2, len(end.ends)) for end in ends]),
        ]
    )


def optimum_latex(closed: "dict[str, sp.Expr]") -> str:
    """The optimal ridge, its df1 and its loss, and the paper's law."""
    forms = (sp.Eq(sp.Symbol(OPTIMUM[name]), form, evaluate=False) for name, form in closed.items())
    return _finished([_display(equations(forms))])


def _regime(phase: "Phase") -> str:
    """What limits kappa and where the loss comes from; a narrow column breaks it."""
    limits, dominant = (" and ".join(sorted(names)) for names in (phase.limits, phase.dominant))
    return f"limited by {limits}; loss from {dominant}"


def _narrow(text: str) -> str:
    return rf"\parbox{{0.16\textwidth}}{{\raggedright {text}}}"


def _resource(name: str) -> str:
    return latex(SYMBOLS[name])


def _borders(phase: "Phase", walls: "Sequence[Border]") -> str:
    return _array([border_latex(phase, wall) for wall in walls])


def _array(lines: Sequence[str]) -> str:
    if not lines:
        return "--"
    return r"$\begin{aligned}" + r" \\ ".join(f"&{line}" for line in lines) + r"\end{aligned}$"


def _pages(head: Sequence[str], rows: Sequence[Sequence[str]], heights: Sequence[int]) -> list[str]:
    """Tables of as many rows as a page holds."""
    tables: list[list[Sequence[str]]] = [[]]
    height = 0
    for row, tall in zip(rows, heights, strict=True):
        tall = max(tall, math.ceil(len(row[0]) / NARROW))
        if tables[-1] and height + tall > PAGE:
            tables.append([])
            height = 0
        height += tall
        tables[-1].append((_narrow(row[0]), *row[1:]))
    return [booktabs(head, table, "lll", spaced=True) for table in tables if table]


def _display(body: str) -> str:
    return "\\begin{equation*}\n" + body + "\n\\end{equation*}"


def _finished(parts: Sequence[str]) -> str:
    """The parts, and what their notation means."""
    text = "\n\n".join(parts)
    legend = [f"Here ${c_alpha_equation()}$."] if latex(C_ALPHA) in text else []
    return "\n\n".join([text, *legend]) + "\n"
