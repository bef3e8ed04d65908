"""The kinds of check a claim can have. Each takes the formula, so that a wrong one is caught."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import sympy as sp
from mpmath import mp, mpf

from derivations.independent import DIGITS, Draw, NumericDyson
from theory.claim import Evidence
from theory.moments import is_zero

DRAWS = 3  # exact rational draws: an identity wrong as a rational function fails at any of them
POINTS = 2  # random models for the numerical Dyson route
Check = Callable[[sp.Equality], Evidence]


@cache
def draw(seed: int) -> Draw:
    return Draw(seed)


@cache
def dyson(seed: int) -> NumericDyson:
    return NumericDyson(seed)


def exact_in_moments(left: Callable[[], sp.Expr], known: Callable[[], Mapping[sp.Basic, sp.Expr]] = dict) -> Check:
    """The right side, with the symbols in `known` filled in, equals `left()` as a rational function."""

    def check(formula: sp.Equality) -> Evidence:
        difference = left() - formula.rhs.subs(known())
        return Evidence("pass" if is_zero(difference) else "fail", "exact", 1)

    return check


def exact_by_draws(sides: Callable[[Draw], tuple[Any, Mapping[sp.Basic, Any]]]) -> Check:
    """At random rational matrices `sides` gives the left side and the values of the right's symbols."""

    def check(formula: sp.Equality) -> Evidence:
        for seed in range(DRAWS):
            left, values = sides(draw(seed))
            right = _at(formula.rhs, values)
            difference = sp.Matrix([left]) - sp.Matrix([right])
            if any(sp.nsimplify(entry) != 0 for entry in difference):
                return Evidence("fail", "exact", DRAWS)
        return Evidence("pass", "exact", DRAWS)

    return check


def _at(expression: sp.Basic, values: Mapping[sp.Basic, Any]) -> Any:
    """Sizes first, so that matrix symbols take their shape, then everything else."""
    sizes = {key: value for key, value in values.items() if key.is_integer}
    others = {key.subs(sizes): sp.sympify(value) for key, value in values.items() if key not in sizes}
    immutable = {k: v.as_immutable() if isinstance(v, sp.MatrixBase) else v for k, v in others.items()}
    result = expression.subs(sizes).xreplace(immutable).doit()
    return result.as_explicit() if isinstance(result, sp.MatrixExpr) else result


def by_dyson(left: Callable[[NumericDyson], mpf]) -> Check:
    """The right side agrees to DIGITS with a quantity read off the Dyson equations solved as they stand."""

    @cache
    def expectation(seed: int) -> mpf:
        return left(dyson(seed))

    def check(formula: sp.Equality) -> Evidence:
        for seed in range(POINTS):
            point = dyson(seed)
            with mp.workdps(point.digits):
                expected, found = expectation(seed), point.evaluate(formula.rhs)
                if not abs(found - expected) <= mpf(10) ** -DIGITS * abs(expected):
                    return Evidence("fail", "checked numerically", POINTS, DIGITS)
        return Evidence("pass", "checked numerically", POINTS, DIGITS)

    return check
