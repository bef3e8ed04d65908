"""Exact numbers from what a user types: decimals and fractions become `Fraction`s, never floats.

A float is read by its shortest decimal (`0.7` is 7/10), so that the float64 and the arbitrary
precision evaluators see one and the same model.
"""

import math
import re
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from numbers import Rational
from typing import SupportsFloat

from theory.errors import InvalidInput

MAX_EXPONENT = 9999  # a bound on the work one short string can ask for
MAX_LENGTH = 20_000  # characters
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,6})?", re.IGNORECASE | re.ASCII)
_FRACTION = re.compile(r"([+-]?\d+)\s*/\s*(\d+)", re.ASCII)


def to_fraction(name: str, value: object, allowed: str = "a finite number") -> Fraction:
    """The exact value of an int, Fraction, Decimal, float, mpf, SymPy number or numeric string.

    Raises InvalidInput (naming `name`) for anything else, for NaN and infinities, and for decimal
    exponents beyond +-9999.
    """
    refuse = InvalidInput(name, value, allowed)
    if isinstance(value, bool):
        raise refuse
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, str):
        return _parse(value.strip(), refuse)
    if isinstance(value, Decimal):
        if not value.is_finite() or abs(value.adjusted()) > MAX_EXPONENT:
            raise refuse
        return Fraction(value)
    if hasattr(value, "p") and hasattr(value, "q") and hasattr(value, "is_Rational"):
        return Fraction(int(value.p), int(value.q))  # SymPy rationals
    if hasattr(value, "_mpf_") and hasattr(value, "man_exp"):  # mpmath reals
        sign, mantissa, exponent, bits = value._mpf_
        if (mantissa == 0 and exponent != 0) or abs(exponent + bits) > 4 * MAX_EXPONENT:
            raise refuse
        return (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    if (isinstance(value, SupportsFloat) and not hasattr(value, "shape")) or _is_scalar(value):
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            raise refuse from None
        if not math.isfinite(number):
            raise refuse
        return Fraction(repr(number))
    raise refuse


def _is_scalar(value: object) -> bool:
    return getattr(value, "shape", None) == ()


def _parse(text: str, refuse: InvalidInput) -> Fraction:
    if len(text) > MAX_LENGTH:
        raise refuse
    fraction, decimal = _FRACTION.fullmatch(text), _DECIMAL.fullmatch(text)
    bounded = decimal and (decimal[2] is None or abs(int(decimal[2][1:])) <= MAX_EXPONENT)
    if not fraction and not bounded:
        raise refuse
    try:
        return Fraction(int(fraction[1]), int(fraction[2])) if fraction else Fraction(text)
    except (ZeroDivisionError, ValueError):  # Python refuses to read integers of over 4300 digits
        raise refuse from None


def describe(value: Fraction | int | float) -> str:
    """Short text for messages: the exact number if that is short, else eight digits of it."""
    if value == math.inf:
        return "inf"
    number = Fraction(value)
    if max(number.numerator.bit_length(), number.denominator.bit_length()) < 64:
        return str(number)
    context = Context(prec=8, Emax=MAX_EMAX, Emin=MIN_EMIN)
    return str(context.divide(Decimal(number.numerator), Decimal(number.denominator)).normalize(context)).lower()


def to_size(name: str, value: object, *, infinite: bool = False) -> int | float:
    """A positive integer of any magnitude (`1e15` is one); with `infinite`, also math.inf.

    Raises InvalidInput otherwise.
    """
    allowed = "a positive integer" + (" or inf" if infinite else "")
    if infinite and _is_infinite(value):
        return math.inf
    if isinstance(value, float) and not value.is_integer():
        raise InvalidInput(name, value, allowed)
    number = to_fraction(name, value, allowed)
    if number.denominator != 1 or number < 1:
        raise InvalidInput(name, value, allowed)
    return int(number)


def _is_infinite(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in ("inf", "oo", "infinity")
    if value.__class__.__module__.startswith("sympy"):
        return bool(getattr(value, "is_infinite", False) and getattr(value, "is_extended_positive", False))
    return isinstance(value, float) and value == math.inf
