"""Checks of asymptotic statements against exact values far out, where what is left out is known to be small.

`far_out`: a leading law, at a point so far out that its corrections are below the digits claimed.
`to_order`: an expansion, at two points: from one to the next its error must fall at the order of the first omitted
term, known beforehand. A term that is wrong or missing leaves an error that falls more slowly.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import sympy as sp
from mpmath import mp, mpf

from derivations.checks import Check
from theory.claim import Evidence

DIGITS = 12  # to which leading laws are checked
WORKING = 30  # digits of the exact values there
LEEWAY = mpf(1) / 100  # of a measured order; the next terms change it by far less on the rungs in use


@dataclass(frozen=True)
class Sample:
    """An exact value of the left side, and the values of the right side's symbols."""

    left: mpf
    values: Mapping[sp.Basic, sp.Expr | mpf]

    def right(self, formula: sp.Equality) -> mpf | None:
        """The right side at mpmath's precision; None if it is no real number."""
        filled = formula.rhs.xreplace({symbol: _decimal(value) for symbol, value in self.values.items()})
        number = filled.evalf(mp.dps + 10)
        return number._to_mpmath(mp.prec) if number.is_Float or number.is_Rational else None


def _decimal(value: sp.Expr | mpf) -> sp.Expr:
    """At the working precision: SymPy would look for perfect powers in what exact numbers make."""
    return sp.Float._new(value._mpf_, mp.prec) if isinstance(value, mpf) else sp.Float(value, mp.dps)


@dataclass(frozen=True)
class Rungs:
    """Two samples with their small parameters, and the order in these of the error relative to the left side."""

    samples: tuple[Sample, Sample]
    small: tuple[mpf, mpf]
    order: mpf


def far_out(samples: Callable[[], Sequence[Sample]], digits: int = DIGITS) -> Check:
    """Both sides agree to `digits` at each sample."""
    remembered = cache(samples)

    def check(formula: sp.Equality) -> Evidence:
        with mp.workdps(WORKING):
            found = remembered()
            good = all(_agree(sample.left, sample.right(formula), digits) for sample in found)
        return Evidence("pass" if good else "fail", "checked numerically", len(found), digits)

    return check


def _agree(left: mpf, right: mpf | None, digits: int) -> bool:
    return right is not None and bool(abs(left - right) <= mpf(10) ** -digits * abs(left))


def to_order(ladders: Callable[[], Sequence[Rungs]], working: int = WORKING + 70) -> Check:
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
    rights = [sample.right(formula) for sample in rungs.samples]
    errors = [
        abs(right / sample.left - 1) for sample, right in zip(rungs.samples, rights, strict=True) if right is not None
    ]
    return (errors[0], errors[1]) if len(errors) == 2 else None


def _falls(errors: tuple[mpf, mpf] | None, rungs: Rungs) -> bool:
    """Rounding hides nothing: an error as small as it would decide nothing, and fails."""
    if errors is None or min(errors) < mpf(10) ** (10 - mp.dps):
        return False
    slope = mp.log(errors[0] / errors[1]) / mp.log(rungs.small[0] / rungs.small[1])
    return bool(slope >= rungs.order - LEEWAY)
