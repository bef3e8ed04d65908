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

Grade = Literal["exact", "enclosed", "checked numerically", "simulated", "heuristic"]
Verdict = Literal["pass", "fail", "unknown"]


@dataclass(frozen=True)
class Evidence:
    """What a check found: at `points` points, to `digits` digits (None where exact)."""

    verdict: Verdict
    grade: Grade
    points: int
    digits: int | None = None


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

    def evidence(self) -> Evidence:
        """Run the check on the claim's own formula; an arithmetic breakdown is `unknown`."""
        formula = self.formula()
        try:
            return self.check(formula)
        except (ArithmeticError, NotImplementedError):
            return Evidence("unknown", "heuristic", 0)


def mutations(formula: sp.Equality) -> list[sp.Equality]:
    """Wrong variants of an equality: each sum of the right side with one sign flipped, each power off by one."""
    wrong = []
    right = formula.rhs
    for node in sp.preorder_traversal(right):
        if isinstance(node, sp.Add | sp.MatAdd):
            flipped = node.func(*node.args[:-1], -node.args[-1])
            wrong.append(right.xreplace({node: flipped}))
        elif isinstance(node, sp.Pow) and node.exp.is_Integer and node.exp > 0:
            wrong.append(right.xreplace({node: sp.Pow(node.base, node.exp + 1)}))
    wrong.append(-right)
    return [sp.Eq(formula.lhs, value, evaluate=False) for value in wrong if value != right]
