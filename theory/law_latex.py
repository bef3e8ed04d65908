r"""Laws of the phase diagram as SymPy expressions in the scales, and as LaTeX: growths, borders, phases, plateaus.

A growth is amplitude * prod scales^powers * logarithms; written as one expression, it is printed by theory.latex as
everything else is.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import sympy as sp

from theory.display import ASYMPTOTIC, WIDE, aligned, lines_of, split, width
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
ZERO = sp.Symbol(r"\text{where } 0")  # left of the equation that defines a number
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


def window_latex(window: "Window") -> str:
    r"""The range of alpha, such as 0 < \alpha < 2."""
    return str(window).replace("alpha", r"\alpha")


def case_rows(case: "Case", names: Iterator[sp.Symbol] | None = None) -> list[tuple[str, str]]:
    r"""The laws of a case, and what defines the numbers in them that have no closed form, as left and right halves.

    `names` are for long factors; a display of several cases hands the same to each.
    """
    names = names or iter(sp.numbered_symbols("P_", start=1))
    unknowns = {unknown.symbol: unknown for unknown in (*case.kappa.unknowns, *case.loss.unknowns)}
    (left, law), *more = _law_rows(r"\kappa", case.kappa, names)
    window = rf"\qquad ({window_latex(case.window)})"
    fits = width(left) + width(law) + width(window) <= WIDE
    rows = [(left, f"{law} {window}")] if fits else [(left, law), ("", window)]
    rows += [*more, *_law_rows("L", case.loss, names)]
    for unknown in unknowns.values():
        (zero, first), *others = _rows(sp.Eq(ZERO, unknown.equation, evaluate=False), names)
        rows += [("", f"{zero} {first}"), *others]
    return rows


def _law_rows(left: str, leading: "Leading", names: Iterator[sp.Symbol]) -> list[tuple[str, str]]:
    """amplitude n^exponent (ln n)^log_power."""
    if leading.exponent is None:
        known = {sp.oo: r"\sim \infty", sp.S.Zero: r"\sim 0"}
        return [(left, known.get(leading.amplitude, r"\text{ is undetermined}"))]
    value = leading.amplitude * RATE**leading.exponent * sp.log(RATE) ** leading.log_power
    return _rows(sp.Eq(sp.Symbol(left + ASYMPTOTIC), value, evaluate=False), names)


def _rows(statement: sp.Equality, names: Iterator[sp.Symbol]) -> list[tuple[str, str]]:
    return [line for part in split(statement, names) for line in lines_of(part)]
