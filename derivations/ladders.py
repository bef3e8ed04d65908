"""Checks of asymptotic statements on ladders: how fast the error falls as a parameter becomes small.

`to_order`: an expansion, at two points: from one to the next its error must fall at the order of the first omitted
term, known beforehand. A term that is wrong or missing leaves an error that falls more slowly. `by_ladder`: a limit
and the way it is approached, on numerics.limit_ladder.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import sympy as sp
from mpmath import mp, mpf

from derivations.checks import Check
from derivations.number import number
from derivations.numeric_checks import DIGITS, Point
from numerics.limit_ladder import confirm
from theory.claim import Evidence
from theory.limit import Limit
from theory.model import Model

WORKING = 100  # digits, so that rounding stays far below the errors on the rungs in use
LEEWAY = mpf(1) / 100  # of a measured order; the next terms change it by far less on the rungs in use


@dataclass(frozen=True)
class Rungs:
    """Two points with their small parameters, and the order in these of the error relative to the left side."""

    points: tuple[Point, Point]
    small: tuple[mpf, mpf]
    order: mpf


def to_order(ladders: Callable[[], Sequence[Rungs]], working: int = WORKING) -> Check:
    """From rung to rung the relative error falls at least at the order given; `working` digits must show it."""
    remembered = cache(ladders)

    def check(formula: sp.Equality) -> Evidence:
        with mp.workdps(working):
            found = remembered()
            errors = [_errors(rungs, formula) for rungs in found]
            good = all(_falls(error, rungs) for error, rungs in zip(errors, found, strict=True))
            last = max((error[1] for error in errors if error is not None), default=mpf(1))
            digits = int(-mp.log10(last)) if 0 < last < 1 else None
        return Evidence("pass" if good else "fail", "checked numerically", 2 * len(found), digits)

    return check


def _errors(rungs: Rungs, formula: sp.Equality) -> tuple[mpf, mpf] | None:
    pairs = [(left, number(formula.rhs, values)) for left, values in rungs.points]
    errors = [abs(right / left - 1) for left, right in pairs if right is not None]
    return (errors[0], errors[1]) if len(errors) == 2 else None


def _falls(errors: tuple[mpf, mpf] | None, rungs: Rungs) -> bool:
    """Rounding hides nothing: an error as small as it would decide nothing, and fails."""
    if errors is None or min(errors) < mpf(10) ** (10 - mp.dps):
        return False
    slope = mp.log(errors[0] / errors[1]) / mp.log(rungs.small[0] / rungs.small[1])
    return bool(slope >= rungs.order - LEEWAY)


def by_ladder(limit: Callable[[], Limit], part: Literal["value", "coefficient"], models: Sequence[Model]) -> Check:
    """The right side as the limit's value or as its coefficient: the deviation falls at the rate that it should."""

    def check(formula: sp.Equality) -> Evidence:
        stated: Limit = replace(limit(), **{part: formula.rhs})
        digits = []
        for model in models:
            try:
                found = confirm(stated, model)
            except ZeroDivisionError:  # a coefficient 0 predicts no approach at all
                return Evidence("fail", "checked numerically", len(models), DIGITS)
            if found.verdict != "pass":
                return Evidence(found.verdict, "checked numerically", len(models), DIGITS)
            digits.append(found.digits)
        return Evidence("pass", "checked numerically", len(models), min(digits))

    return check
