"""Checks by numbers: both sides of a formula at points, one of them known there by another route.

Left sides come from exact planar points far out (derivations/far_points.py), from numerical minimisation at huge sizes
(derivations/systems.py), from quadrature or from enumeration: what they leave out is below the digits claimed.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import sympy as sp
from mpmath import mp, mpf

from derivations.checks import Check
from derivations.number import Values, agree, number
from theory.claim import Evidence

DIGITS = 12
PRECISION = 36
Point = tuple[Any, Values]  # the left side, and what the right side's symbols stand for


def numerically(points: Callable[[], Iterable[Point]], digits: int = DIGITS) -> Check:
    """The right side agrees with the left at every point, to `digits` decimals relative to it."""
    known = cache(lambda: list(points()))

    def check(formula: sp.Equality) -> Evidence:
        with mp.workdps(PRECISION):
            return _evidence([(number(formula.rhs, values), left) for left, values in known()], digits)

    return check


def both_sides(points: Callable[[], Sequence[Values]], digits: int = DIGITS) -> Check:
    """Both sides of an equation in the same symbols agree, their values being known at every point."""
    known = cache(points)

    def check(formula: sp.Equality) -> Evidence:
        with mp.workdps(PRECISION):
            pairs = [(number(formula.rhs, values), number(formula.lhs, values)) for values in known()]
            return _evidence(pairs, digits)

    return check


def _evidence(pairs: Sequence[tuple[mpf | None, mpf | None]], digits: int) -> Evidence:
    good = bool(pairs) and all(agree(found, expected, digits) for found, expected in pairs)
    return Evidence("pass" if good else "fail", "checked numerically", len(pairs), digits)
