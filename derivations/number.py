"""Numbers for checks: random exact ones, and what a formula is at a point."""

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy as sp
from mpmath import mp, mpf

from numerics.multiprecision import exact

Values = Mapping[sp.Basic, Any]  # of symbols: integers, fractions and mpf; arb for enclosures, float for simulations


def rationals(seed: int, count: int, low: Fraction, high: Fraction, steps: int = 97) -> list[Fraction]:
    """Random fractions between `low` and `high`, reproducible; denominators leave no coincidence of powers."""
    rng = random.Random(seed)
    return [low + (high - low) * Fraction(rng.randrange(1, steps), steps) for _ in range(count)]


def rational(value: Fraction) -> sp.Rational:
    """The same number for SymPy; for mpmath it is numerics.multiprecision.exact."""
    return sp.Rational(value.numerator, value.denominator)


def number(expression: sp.Expr, values: Values) -> mpf | None:
    """The expression at a point, at the working precision; None where it is no finite real number.

    By SymPy, which knows functions that mpmath does not (theory.zeta).
    """
    decimals = {symbol: _decimal(value) for symbol, value in values.items()}
    try:
        found = expression.xreplace(decimals).evalf(mp.dps + 10)
    except (ZeroDivisionError, ValueError):  # a pole of a function that SymPy leaves to mpmath
        return None
    return found._to_mpmath(mp.prec) if found.is_Float or found.is_Rational else None


def _decimal(value: Any) -> sp.Float:
    """Rounded at once: SymPy would look for perfect powers in what exact numbers make."""
    return sp.Float._new((exact(value) if isinstance(value, Fraction | int) else mpf(value))._mpf_, mp.prec)


def agree(found: mpf | None, expected: mpf | None, digits: int) -> bool:
    """To `digits` decimals relative to what is expected; None agrees with nothing."""
    if found is None or expected is None:
        return False
    return bool(abs(found - expected) <= mpf(10) ** -digits * abs(expected))
