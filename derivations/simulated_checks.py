"""Checks by simulation: the mean over seeded draws of the model itself, no planar limit taken."""

from collections.abc import Callable, Mapping
from functools import cache

import sympy as sp

from derivations.checks import Check
from numerics.simulation import Estimate, simulate
from theory.claim import Evidence
from theory.model import Model

Z_SCORE = 5  # standard errors allowed: a false alarm once in 1.7 million seeds


def simulated(
    model: Callable[[], Model], quantity: str, draws: int, values: Mapping[sp.Basic, sp.Expr], omitted: float
) -> Check:
    """The right side is within Z_SCORE standard errors, and the share `omitted` that it leaves out, of the mean."""

    @cache
    def estimate() -> Estimate:
        return simulate(model(), draws=draws, seed=1).estimate(quantity)

    def check(formula: sp.Equality) -> Evidence:
        right, found = formula.rhs.xreplace(values).evalf(), estimate()
        if not right.is_real or found.stderr is None:
            return Evidence("fail", "simulated", draws)
        allowed = Z_SCORE * found.stderr + omitted * abs(float(right))
        return Evidence("pass" if abs(float(right) - found.mean) <= allowed else "fail", "simulated", draws)

    return check
