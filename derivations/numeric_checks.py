"""Kinds of check by numbers: the right side at points where the left side is computed by another route.

`numerically`: to so many digits, left sides from the planar solution at huge sizes and numerical minimisation
(derivations/systems.py), from quadrature or enumeration. `by_ladder`: a limit, on a ladder of small parameters.
`enclosed`: Arb balls. `simulated`: draws, by a z-test.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any, Literal

import sympy as sp
from mpmath import mp, mpc, mpf

from derivations.checks import Check
from numerics.limit_ladder import confirm
from numerics.multiprecision import exact
from theory.claim import Evidence
from theory.limit import Limit
from theory.model import Model

DIGITS = 12
PRECISION = 36
Values = Mapping[sp.Basic, Any]
Point = tuple[Any, Values]  # the left side, and what the right side's symbols stand for


def rationals(seed: int, count: int, low: Fraction, high: Fraction, steps: int = 97) -> list[Fraction]:
    """Random fractions in [low, high), reproducible."""
    rng = random.Random(seed)
    return [low + (high - low) * Fraction(rng.randrange(steps), steps) for _ in range(count)]


def number(expression: sp.Expr, values: Values) -> mpf | None:
    """The expression at a point, at the working precision; None where it is no finite real number."""
    if expression.has(sp.zoo, sp.nan, sp.oo):
        return None
    names = {symbol: sp.Dummy() for symbol in values}
    form = sp.lambdify(list(names.values()), expression.xreplace(names), "mpmath")
    arguments = [exact(v) if isinstance(v, Fraction | int) else v for v in values.values()]
    try:
        found = form(*arguments) + mpf(0)
    except (ZeroDivisionError, ValueError):  # a pole, or a logarithm of zero
        return None
    if isinstance(found, mpc):
        return found.real if found.imag == 0 else None
    return found if mp.isfinite(found) else None


def numerically(points: Callable[[], Sequence[Point]], digits: int = DIGITS) -> Check:
    """The right side agrees with the left at every point, to `digits` decimals relative to it."""
    known = cache(points)

    def check(formula: sp.Equality) -> Evidence:
        with mp.workdps(PRECISION):
            good = all(_agree(number(formula.rhs, values), left, digits) for left, values in known())
        return Evidence("pass" if good else "fail", "checked numerically", len(known()), digits)

    return check


def both_sides(points: Callable[[], Sequence[Values]], digits: int = DIGITS) -> Check:
    """Both sides of an equation in the same symbols agree, their values being known at every point."""
    known = cache(points)

    def check(formula: sp.Equality) -> Evidence:
        with mp.workdps(PRECISION):
            pairs = ((number(formula.rhs, values), number(formula.lhs, values)) for values in known())
            good = all(_agree(right, left, digits) for right, left in pairs)
        return Evidence("pass" if good else "fail", "checked numerically", len(known()), digits)

    return check


def _agree(found: mpf | None, expected: mpf | None, digits: int) -> bool:
    if found is None or expected is None:
        return False
    return bool(abs(found - expected) <= mpf(10) ** -digits * abs(expected))


# Limits ------------------------------------------------------------------------------------------


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


# Enclosures and simulations ----------------------------------------------------------------------


def enclosed(points: Callable[[], Sequence[Point]], digits: int = 50) -> Check:
    """Left and right as Arb balls that overlap and are narrow: a proof that they differ by less than 10^-digits."""
    known = cache(points)

    def check(formula: sp.Equality) -> Evidence:
        from flint import arb, ctx

        for left, values in known():
            with ctx.workdps(2 * digits):
                names = {symbol: sp.Dummy() for symbol in values}
                form = sp.lambdify(list(names.values()), formula.rhs.xreplace(names), "math")
                difference = arb(0) + form(*values.values()) - left
                if not difference.contains(0):
                    return Evidence("fail", "enclosed", len(known()), digits)
                if not abs(difference) < abs(left) * arb(10) ** -digits:
                    return Evidence("unknown", "enclosed", len(known()), digits)
        return Evidence("pass", "enclosed", len(known()), digits)

    return check


def simulated(points: Callable[[], Sequence[tuple[float, float, Values]]], threshold: float) -> Check:
    """Mean and standard error of draws against the right side: |z| below the threshold at every point."""
    known = cache(points)

    def check(formula: sp.Equality) -> Evidence:
        for mean, error, values in known():
            found = number(formula.rhs, values)
            if found is None or not abs(float(found) - mean) <= threshold * error:
                return Evidence("fail", "simulated", len(known()))
        return Evidence("pass", "simulated", len(known()))

    return check
