"""Checks by interval arithmetic: both sides as Arb balls that contain their true values."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache, reduce
from operator import add, mul

import sympy as sp
from flint import arb, ctx

from derivations.checks import Check
from derivations.number import Values
from numerics.enclosed_sums import ball
from theory.claim import Evidence, Verdict
from theory.errors import InvalidInput

DIGITS = 50
PRECISION = 2 * DIGITS  # decimals: rounding in the right side widens its ball by far less than DIGITS allow
Samples = Sequence[tuple[arb, Values]]  # the left side, and exact numbers or balls for the right side's symbols


def enclosed(samples: Callable[[], Samples], digits: int = DIGITS) -> Check:
    """Balls that overlap, and narrow: a proof that the sides differ by less than 10^-digits, relative to the left.

    Balls that are apart, or not finite, refute the formula; balls too wide to tell leave it unknown.
    """
    known = cache(samples)

    def check(formula: sp.Equality) -> Evidence:
        with ctx.workdps(PRECISION):
            pairs = [(left, enclosure(formula.rhs, values)) for left, values in known()]
            verdicts = {_verdict(left, right, digits) for left, right in pairs}
        worst: Verdict = "fail" if "fail" in verdicts else "pass" if verdicts == {"pass"} else "unknown"
        return Evidence(worst, "enclosed", len(pairs), digits)

    return check


def _verdict(left: arb, right: arb, digits: int) -> Verdict:
    if not (left.is_finite() and right.is_finite() and left.overlaps(right)):
        return "fail"
    return "pass" if abs(left - right) < abs(left) * arb(10) ** -digits else "unknown"


def enclosure(expression: sp.Basic, values: Values) -> arb:
    """An elementary expression at exact numbers or balls, as a ball; not finite where it is undefined.

    Raises InvalidInput for other functions.
    """
    if expression in values:
        value = values[expression]
        return value if isinstance(value, arb) else ball(value)
    if expression.is_Rational:
        return ball(Fraction(int(expression.p), int(expression.q)))
    if expression in (sp.zoo, sp.nan):
        return arb.nan()
    if expression is sp.pi:
        return arb.pi()
    if not (expression.is_Add or expression.is_Mul or expression.is_Pow or isinstance(expression, sp.sin)):
        raise InvalidInput(
            "part of the formula", expression, "sums, products, powers, sines, numbers and known symbols"
        )
    parts = [enclosure(part, values) for part in expression.args]
    if expression.is_Add or expression.is_Mul:
        return reduce(add if expression.is_Add else mul, parts)
    if isinstance(expression, sp.sin):
        return parts[0].sin()
    if expression.exp.is_Integer:
        return parts[0] ** int(expression.exp)
    return parts[0] ** parts[1]
