"""Checks by simulation: means over seeded draws of the model itself, no planar limit taken."""

from collections.abc import Callable, Sequence
from functools import cache

import sympy as sp
from mpmath import mp

from derivations.checks import Check
from derivations.number import Values, number
from numerics.simulation import Estimate, simulate
from theory.claim import Evidence
from theory.errors import InvalidInput
from theory.model import Model

DOUBLE = 15  # digits: what is drawn is in doubles
Drawn = tuple[float, float, Values]  # mean, its standard error, and what the right side's symbols stand for


def simulated(points: Callable[[], Sequence[Drawn]], threshold: float, omitted: float = 0) -> Check:
    """Means within `threshold` standard errors of the right side, and the share `omitted` of it that it leaves out."""
    known = cache(points)

    def check(formula: sp.Equality) -> Evidence:
        with mp.workdps(DOUBLE):
            pairs = [(number(formula.rhs, values), mean, error) for mean, error, values in known()]
        good = bool(pairs) and all(
            right is not None and abs(float(right) - mean) <= threshold * error + omitted * abs(float(right))
            for right, mean, error in pairs
        )
        return Evidence("pass" if good else "fail", "simulated", len(pairs))

    return check


def drawn(model: Model, quantity: str, draws: int, values: Values) -> list[Drawn]:
    """One point: a quantity of the model itself."""
    return [(*mean_and_error(simulate(model, draws=draws, seed=1).estimate(quantity)), values)]


def mean_and_error(found: Estimate) -> tuple[float, float]:
    """Raises InvalidInput where there is no standard error."""
    if found.stderr is None:
        raise InvalidInput("draws", found.draws, "at least 2, of finite mean")
    return found.mean, found.stderr
