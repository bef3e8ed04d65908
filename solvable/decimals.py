"""Numbers as text: significant digits correctly rounded, at any size and precision.

Works on doubles, decimals, exact fractions and mpmath numbers alike, without changing any global precision.
"""

import math
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal, Inexact
from fractions import Fraction
from typing import Any

EXACT_DIGITS = 25_000  # fractions that end within as many decimals are shown exactly
TINY = 2.2250738585072014e-308
Number = Any  # int, float, Fraction, Decimal or mpmath's mpf


def context(digits: int) -> Context:
    """Decimal arithmetic to `digits` digits, half to even, exponents unbounded in practice."""
    return Context(prec=digits, rounding=ROUND_HALF_EVEN, Emax=MAX_EMAX, Emin=MIN_EMIN)


def to_decimal(value: Number, digits: int) -> Decimal:
    """`value` (finite) to about `digits` digits: exact, but for one rounding, or two for an mpf."""
    arithmetic = context(digits)
    if isinstance(value, float | Decimal):
        return Decimal(value)
    if isinstance(value, int | Fraction):
        return arithmetic.divide(Decimal(value.numerator), Decimal(value.denominator))
    mantissa, exponent = (int(part) for part in value.man_exp)
    power = arithmetic.power(Decimal(2), Decimal(exponent))
    return arithmetic.multiply(Decimal(-mantissa if value < 0 else mantissa), power)


def significant(value: Number, digits: int) -> str:
    """`value` with `digits` significant digits, trailing zeros kept: `0.10`, `1.5e-400`; `0`, `inf`."""
    if value == math.inf:
        return "inf"
    if value == 0:
        return "0"
    number = context(digits).plus(to_decimal(value, digits + 30))
    padded = number.quantize(Decimal((0, (1,), number.adjusted() - digits + 1)), context=context(digits))
    return str(padded).replace("E", "e")


def settled(value: Number, digits: int, good: int) -> bool:
    """Whether every number within 10^-good (relative) of `value` has the same `digits` digits."""
    if value == 0 or value == math.inf:
        return True
    arithmetic, middle = context(good + 30), to_decimal(value, good + 30)
    margin = arithmetic.scaleb(middle, -good)
    below, above = arithmetic.subtract(middle, margin), arithmetic.add(middle, margin)
    return context(digits).plus(below) == context(digits).plus(above)


def error_of(printed: str, middle: Number, radius: Number) -> str:
    """Radius of a ball about the printed decimal that holds the one about `middle` (mpf), rounded up to 3 digits."""
    if not math.isfinite(middle):
        return "0"
    distance = abs(Fraction(printed) - _fraction(middle)) + _fraction(radius)
    if distance == 0:
        return "0"
    upward = Context(prec=3, rounding=ROUND_CEILING, Emax=MAX_EMAX, Emin=MIN_EMIN)
    return str(upward.divide(Decimal(distance.numerator), Decimal(distance.denominator))).replace("E", "e")


def _fraction(value: Number) -> Fraction:
    """An mpf, exactly."""
    mantissa, exponent = (int(part) for part in value.man_exp)
    return Fraction(mantissa) * Fraction(2) ** exponent * (-1 if value < 0 < mantissa else 1)


def rounded(number: Fraction, digits: int) -> Fraction:
    """The nearest number of `digits` significant digits."""
    return Fraction(context(digits).divide(Decimal(number.numerator), Decimal(number.denominator)))


def shortest(number: Fraction, digits: int) -> str:
    """The exact decimal where there is one of reasonable length, else `digits` significant digits."""
    arithmetic = context(EXACT_DIGITS)
    arithmetic.traps[Inexact] = False
    value = arithmetic.divide(Decimal(number.numerator), Decimal(number.denominator))
    if arithmetic.flags[Inexact]:
        value = context(digits).plus(value)
    return str(value.normalize(context(EXACT_DIGITS))).replace("E", "e")


def is_double(number: Fraction) -> bool:
    """Whether zero or within the normal doubles."""
    if number == 0:
        return True
    try:
        return TINY <= abs(float(number)) < math.inf
    except OverflowError:
        return False
