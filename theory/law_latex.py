r"""Laws of the phase diagram as SymPy expressions in the scales, and as LaTeX: growths, borders, phases, plateaus.

A growth is amplitude * prod scales^powers * logarithms; written as one expression, it is printed by theory.latex as
everything else is.
"""

from typing import TYPE_CHECKING

import sympy as sp

from theory.display import aligned
from theory.latex import latex
from theory.student import GAMMA, NOISE, M, N, T

if TYPE_CHECKING:
    from theory.asymptotics import Case, Leading
    from theory.balance import Quantity
    from theory.order import Vector, Window
    from theory.phases import Border, Phase
    from theory.plateaus import Approach

GAP = sp.Symbol("|T - N|", positive=True)
SYMBOLS = {"N": N, "T": T, "M": M, "gamma": GAMMA, "noise": NOISE, "E": GAP}
RATE = sp.Symbol("n", positive=True)  # of a path


def monomial(phase: "Phase", powers: "Vector") -> sp.Expr:
    """prod scales^powers, the powers at the phase's alpha if that is a number."""
    at = phase.region.window.at
    return sp.Mul(*(SYMBOLS[name] ** at(power.as_expr()) for name, power in zip(phase.names, powers, strict=True)))


def law(phase: "Phase", growth: "Quantity") -> sp.Expr:
    """The growth as an expression in the scales; zero if there is none."""
    if growth is None:
        return sp.S.Zero
    logs = sp.Mul(*(sp.log(monomial(phase, vector)) ** power.as_expr() for vector, power in growth.logs))
    return growth.amplitude * monomial(phase, growth.powers) * logs


def kappa_latex(phase: "Phase") -> str:
    """The phase's kappa."""
    return latex(law(phase, phase.kappa))


def loss_latex(phase: "Phase") -> str:
    """The phase's loss, or infinity."""
    return r"\infty" if phase.infinite else latex(law(phase, phase.loss))


def border_latex(phase: "Phase", wall: "Border", relation: str | None = None) -> str:
    r"""`scale \gg bound`, or with another relation than the border's own."""
    sign = relation or (r"\gg" if wall.above else r"\ll")
    return f"{latex(SYMBOLS[wall.variable])} {sign} {latex(wall.amplitude * monomial(phase, wall.powers))}"


def phase_latex(phase: "Phase") -> str:
    """Both laws and the borders, on lines of their own."""
    rows = [(r"\kappa", rf"\sim {kappa_latex(phase)}"), ("L", rf"\sim {loss_latex(phase)}")]
    return aligned([*rows, *(("", rf"\qquad {border_latex(phase, wall)}") for wall in phase.borders)])


def approach_latex(phase: "Phase", approach: "Approach") -> str:
    """The relative distance from a plateau, with its sign."""
    return latex(law(phase, approach.relative) * (1 if approach.falls else -1))


def leading_latex(leading: "Leading") -> str:
    """amplitude n^exponent (ln n)^log_power."""
    if leading.exponent is None:
        return r"\infty" if leading.amplitude == sp.oo else "0"
    return latex(leading.amplitude * RATE**leading.exponent * sp.log(RATE) ** leading.log_power)


def window_latex(window: "Window") -> str:
    r"""The range of alpha, such as 0 < \alpha < 2."""
    return str(window).replace("alpha", r"\alpha")


def case_rows(case: "Case") -> list[tuple[str, str]]:
    """The laws of a case, and what defines the numbers in them that have no closed form, as left and right halves."""
    rows = [
        (r"\kappa", rf"\sim {leading_latex(case.kappa)} \qquad ({window_latex(case.window)})"),
        ("L", rf"\sim {leading_latex(case.loss)}"),
    ]
    unknowns = {unknown.symbol: unknown for unknown in (*case.kappa.unknowns, *case.loss.unknowns)}
    return rows + [("", rf"\text{{where }} {latex(u.equation)} = 0") for u in unknowns.values()]
