"""Checks by interval arithmetic: both sides as Arb balls that contain their true values."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, reduce
from operator import add, mul

import sympy as sp
from flint import arb, ctx, fmpq

from derivations.checks import Check
from theory.claim import Evidence

DIGITS = 30
PRECISION = 200  # bits
Samples = Sequence[tuple[arb, Mapping[sp.Basic, sp.Rational]]]


def enclosed(samples: Callable[[], Samples], digits: int = DIGITS) -> Check:
    """At exact points: the balls of both sides overlap, and each is good to `digits`."""
    remembered = cache(samples)

    def check(formula: sp.Equality) -> Evidence:
        with ctx.workprec(PRECISION):
            found = remembered()
            good = all(_same(left, ball(formula.rhs, values), digits) for left, values in found)
        return Evidence("pass" if good else "fail", "enclosed", len(found), digits)

    return check


def _same(left: arb, right: arb, digits: int) -> bool:
    accuracy = min(left.rel_accuracy_bits(), right.rel_accuracy_bits())
    return bool(left.is_finite() and right.is_finite() and accuracy > 3.33 * digits and left.overlaps(right))


def ball(expression: sp.Basic, values: Mapping[sp.Basic, sp.Rational]) -> arb:
    """An elementary expression at exact values, as a ball; not finite where it is undefined.

    Raises NotImplementedError for other functions.
    """
    if expression in values:
        return ball(values[expression], {})
    if expression.is_Rational:
        return arb(fmpq(int(expression.p), int(expression.q)))
    if expression in (sp.zoo, sp.nan):
        return arb.nan()
    if expression is sp.pi:
        return arb.pi()
    parts = [ball(part, values) for part in expression.args]
    if expression.is_Add or expression.is_Mul:
        return reduce(add if expression.is_Add else mul, parts)
    if expression.is_Pow and expression.exp.is_Integer:
        return parts[0] ** int(expression.exp)
    if expression.is_Pow:
        return parts[0] ** parts[1]
    if isinstance(expression, sp.sin):
        return parts[0].sin()
    raise NotImplementedError(f"no enclosure of {expression.func}")
