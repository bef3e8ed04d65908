"""A result that the toolkit states, and the evidence for it.

Grades, defined once: *exact* (symbolic zero test, or rational arithmetic without rounding) ·
*enclosed* (interval proof) · *checked numerically* (to so many digits at so many random points, by
a route that shares no step with the derivation) · *simulated* (within its standard error) ·
*heuristic*. Verdicts: pass, fail, unknown; unknown is no pass.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import sympy as sp

from theory.errors import InvalidInput

Grade = Literal["exact", "enclosed", "checked numerically", "simulated", "heuristic"]
Verdict = Literal["pass", "fail", "unknown"]


@dataclass(frozen=True)
class Evidence:
    """What a check found: at `points` points, to `digits` digits (None where exact)."""

    verdict: Verdict
    grade: Grade
    points: int
    digits: int | None = None

    def described(self) -> str:
        """Such as `checked numerically, 2 points, 50 digits`."""
        points = f"{self.points} point{'' if self.points == 1 else 's'}"
        return f"{self.grade}, {points}" + (f", {self.digits} digits" if self.digits else "")


@dataclass(frozen=True)
class Claim:
    """A formula with its meaning, its sufficient assumptions and an independent check.

    `formula` builds the statement (an equality); `check` takes a formula, so that a wrong one can
    be given to it and must be caught. `uses` names the claims it builds on.
    """

    name: str
    title: str
    prose: str
    formula: Callable[[], sp.Equality]
    check: Callable[[sp.Equality], Evidence]
    assumptions: str
    source: str
    uses: tuple[str, ...] = ()

    def _repr_latex_(self) -> str:
        from theory.display import equation

        return f"$\\displaystyle {equation(self.formula())}$"

    def evidence(self) -> Evidence:
        """Run the check on the claim's own formula; where it breaks down or cannot take it, `unknown`."""
        formula = self.formula()
        try:
            return self.check(formula)
        except (ArithmeticError, InvalidInput):
            return Evidence("unknown", "heuristic", 0)


def mutations(formula: sp.Equality) -> list[sp.Equality]:
    """Wrong variants of an equality's right side, wherever they make a difference.

    Each sum with one sign flipped; each power off by one, and inverted unless it is a positive integer (so
    symbolic and fractional exponents too, in amplitudes as elsewhere); the whole with its sign flipped, and doubled.
    A variant that divides by zero is no formula, and left out.
    """
    right = formula.rhs
    wrong = [-right, 2 * right]
    for node in sp.preorder_traversal(right):
        if isinstance(node, sp.Add | sp.MatAdd):
            wrong.append(right.xreplace({node: node.func(*node.args[:-1], -node.args[-1])}))
        elif isinstance(node, sp.Pow):
            off = [node.exp + 1] if node.exp.is_Integer and node.exp > 0 else [node.exp + 1, -node.exp]
            wrong += [right.xreplace({node: sp.Pow(node.base, exponent)}) for exponent in off]
    different = (value for value in dict.fromkeys(wrong) if value != right and not value.has(sp.zoo, sp.nan))
    return [sp.Eq(formula.lhs, value, evaluate=False) for value in different]
