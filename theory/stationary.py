r"""Where the loss is stationary in the ridge: a balance of two positive sides.

dL/d ln(kappa) at fixed N and T, times a positive denominator, is a polynomial in the gaps a, b and in
sums over the spectrum. In the basis

    g = sum p (1-p),  g21 = sum p^2 (1-p),  V02, V12, V21 (V11 = V12 + V21),  sigma_eps^2

it splits into terms that raise the loss with kappa and terms that lower it, nothing left to cancel. The
optimal ridge balances the two, so dominant balance finds it as it finds kappa.

A size equal to M leaves one identity more, N - D = sum (1-p) = g + sum (1-p)^2; without it the two sides
would agree to leading order as kappa -> 0.
"""

from functools import cache

import sympy as sp

from theory import positive
from theory.moments import KAPPA, D, Moment, TeacherMoment, canonical
from theory.planar import FEATURE_GAP, OUTPUTS, SAMPLE_GAP
from theory.positive import BIAS_SUM, CROSS_SUM, DF2, MOMENTS, SPREAD
from theory.rational import derivative_along, reduced
from theory.student import N, T

SPREAD_21, SPREAD_12, CUBE, DEFICIT_02 = sp.symbols("g_21 g_12 s_30 d_02", positive=True)
GAPS = {N: FEATURE_GAP, T: SAMPLE_GAP}
CROSS_12, CROSS_21 = sp.symbols("V_12 V_21", positive=True)


@cache
def sides(infinite: sp.Symbol | None = None, full: frozenset[sp.Symbol] = frozenset()) -> tuple[sp.Expr, sp.Expr]:
    """(raising, lowering): dL/d ln(kappa) has the sign of raising - lowering.

    `infinite`: N or T goes to infinity. `full`: which of N and T equal M.
    """
    if infinite is None and not full:
        return _split(_numerator())
    raising, lowering = sides()
    polynomial = raising - lowering
    if infinite is not None:
        polynomial = sp.Poly(polynomial, GAPS[infinite]).LC()
    if full:
        spread = SPREAD_21 + SPREAD_12
        polynomial = polynomial.subs({GAPS[size]: spread + DEFICIT_02 for size in full}).subs(SPREAD, spread)
    return _split(polynomial)


def _split(polynomial: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Its positive and its negative terms, without their common factor."""
    whole = sp.Poly(polynomial)
    raising, lowering = (
        sp.Poly({degrees: abs(c) for degrees, c in whole.terms() if c * sign > 0} or 0, *whole.gens) for sign in (1, -1)
    )
    common = sp.gcd(raising, lowering)
    return raising.exquo(common).as_expr(), lowering.exquo(common).as_expr()


def isotropic_sums() -> dict[sp.Symbol, sp.Expr]:
    """The sums for v = lambda: V_jk = sum lambda p^j (1-p)^k = kappa sum p^(j+1) (1-p)^(k-1)."""
    spread, df2 = SPREAD_21 + SPREAD_12, SPREAD_21 + CUBE
    teacher = {BIAS_SUM: spread, CROSS_12: SPREAD_21, CROSS_21: CUBE, CROSS_SUM: df2}
    return {symbol: KAPPA * total for symbol, total in teacher.items()} | {SPREAD: spread, DF2: df2}


@cache
def slope() -> sp.Expr:
    """dL/d ln(kappa) at fixed N and T, C = 1, as a fraction in the basis: the zero is the optimal ridge."""
    along = derivative_along(positive.positive_loss() / OUTPUTS, rates())
    return reduced(along.xreplace({CROSS_SUM: CROSS_12 + CROSS_21}))


@cache
def rates() -> dict[sp.Symbol, sp.Expr]:
    """d/d ln(kappa) of the symbols of a subtraction-free loss at fixed N and T, in the basis."""
    meaning = {FEATURE_GAP: N - D, SAMPLE_GAP: T - D, **MOMENTS}
    return {symbol: in_basis(canonical(KAPPA * sp.diff(moment, KAPPA))) for symbol, moment in meaning.items()}


def _numerator() -> sp.Expr:
    """The numerator of the slope over a positive denominator."""
    numerator, denominator = sp.fraction(slope())
    return sp.sign(sp.Poly(denominator).LC()) * numerator


def in_basis(expression: sp.Expr) -> sp.Expr:
    """A canonical expression in N, T and moments of order <= 3, in the gaps and the sums of the basis."""
    reference = sp.Dummy("V00")
    df1 = DF2 + SPREAD
    cross = CROSS_12 + CROSS_21
    bias_and_cross = reference - BIAS_SUM - cross
    values = {
        Moment(1, 0, KAPPA): df1,
        Moment(2, 0, KAPPA): DF2,
        Moment(3, 0, KAPPA): DF2 - SPREAD_21,
        TeacherMoment(0, 0, KAPPA): reference,
        TeacherMoment(1, 0, KAPPA): bias_and_cross,
        TeacherMoment(2, 0, KAPPA): bias_and_cross - cross,
        TeacherMoment(3, 0, KAPPA): bias_and_cross - cross - CROSS_21,
    }
    return reduced(expression.xreplace(values).xreplace({N: FEATURE_GAP + df1, T: SAMPLE_GAP + df1}))
