"""Derived results as LaTeX fragments for article + amsmath + booktabs: laws, phases, plateaus, optimum."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivations.render import booktabs
from theory.latex import C_ALPHA, aligned, c_alpha_equation, equation, latex
from theory.law_latex import approach_latex, border_latex, case_rows, law, loss_latex

if TYPE_CHECKING:
    import sympy as sp

    from theory.asymptotics import Case
    from theory.phases import Border, Phase
    from theory.plateaus import Plateau, PowerLawEnd

PAGE = 26  # lines of conditions that one table holds
OPTIMUM = {
    "df1": "D", "gamma": r"\gamma_*", "loss": r"L_*", "law": r"L_{\mathrm{law}}", "ratio": r"L_*/L_{\mathrm{law}}"
}  # fmt: skip


def exponents_latex(cases: "Sequence[Case]") -> str:
    """kappa and the loss on a path, in each window of alpha."""
    rows = [row for case in cases for row in case_rows(case)]
    return _finished([_display(aligned(rows))])


def phases_latex(found: "Sequence[Phase]") -> str:
    """A table of the phases: what limits kappa, what dominates the loss, where, and both laws."""
    head = ("limited by", "dominated by", "where", r"$\kappa \sim$", r"$L \sim$")
    rows: list[tuple[str, ...]] = []
    tables, height = [], 0
    for phase in found:
        if rows and height + len(phase.borders) > PAGE:
            tables.append(booktabs(head, rows, "lllll"))
            rows, height = [], 0
        height += max(2, len(phase.borders))
        rows.append((*_names(phase), _stacked(phase, phase.borders), *_inline(phase)))
    return _finished([*tables, booktabs(head, rows, "lllll")])


def plateaus_latex(flat: "Sequence[Plateau]", ends: "Sequence[PowerLawEnd]") -> str:
    """Two tables: where a resource stops helping, at what loss and how fast; and what ends each power law."""
    plateaus = [
        (
            f"${_resource(found.resource)}$", _names(found.phase)[0], _names(found.phase)[1],
            _stacked(found.phase, found.onset), f"${loss_latex(found.phase)}$",
            _array([approach_latex(found.phase, a) for a in found.approach]),
        )
        for found in flat
    ]  # fmt: skip
    laws = [
        (
            f"${_resource(end.resource)}$", _names(end.phase)[0], _names(end.phase)[1],
            f"${loss_latex(end.phase)}$", _array([border_latex(end.phase, w, r"\sim") for w in end.ends]),
        )
        for end in ends
    ]  # fmt: skip
    flat_head = ("plateau in", "limited by", "dominated by", "from", r"$L \sim$", r"$L/L_\infty - 1 \sim$")
    law_head = ("power law in", "limited by", "dominated by", r"$L \sim$", "ends at")
    return _finished([booktabs(flat_head, plateaus, "llllll"), booktabs(law_head, laws, "lllll")])


def optimum_latex(closed: "dict[str, sp.Expr]") -> str:
    """The optimal ridge, its df1 and its loss, and the paper's law."""
    import sympy as sp

    forms = (sp.Eq(sp.Symbol(OPTIMUM[name]), form, evaluate=False) for name, form in closed.items())
    return _finished([_display(equation(form)) for form in forms])


def _inline(phase: "Phase") -> tuple[str, str]:
    return f"${latex(law(phase, phase.kappa))}$", f"${loss_latex(phase)}$"


def _names(phase: "Phase") -> tuple[str, str]:
    return tuple(", ".join(sorted(names)) for names in (phase.limits, phase.dominant))  # type: ignore[return-value]


def _resource(name: str) -> str:
    from theory.law_latex import SYMBOLS

    return latex(SYMBOLS[name])


def _stacked(phase: "Phase", walls: "Sequence[Border]") -> str:
    return _array([border_latex(phase, wall) for wall in walls])


def _array(lines: Sequence[str]) -> str:
    if not lines:
        return "--"
    return r"$\begin{array}{@{}l@{}}" + r" \\ ".join(lines) + r"\end{array}$"


def _display(body: str) -> str:
    return "\\begin{equation*}\n" + body + "\n\\end{equation*}"


def _finished(parts: Sequence[str]) -> str:
    """The parts, and what their notation means."""
    text = "\n\n".join(parts)
    legend = [f"Here ${c_alpha_equation()}$."] if latex(C_ALPHA) in text else []
    return "\n\n".join([text, *legend]) + "\n"
