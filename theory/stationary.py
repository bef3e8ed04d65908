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

from theory import planar
from theory.moments import KAPPA, Moment, TeacherMoment, canonical
from theory.planar import BIAS_SUM, DF2, FEATURE_GAP, SAMPLE_GAP, SPREAD
from theory.rational import reduced
from theory.student import N, T

SPREAD_21, SPREAD_12, CUBE, DEFICIT_02 = sp.symbols("g_21 g_12 s_30 d_02", positive=True)
GAPS = {N: FEATURE_GAP, T: SAMPLE_GAP}
CROSS_12, CROSS_21 = sp.symbols("V_12 V_21", positive=True)


@cache
def sides(infinite: sp.Symbol | None = None, full: frozenset[sp.Symbol] = frozenset()) -> tuple[sp.Expr, sp.Expr]:
    """(raising, lowering): dL/d ln(kappa) has the sign of raising - lowering.

    `infinite`: N or T goes to infinity. `full`: which of N and T equal M.
    """
    polynomial = _slope()
    if infinite is not None:
        polynomial = sp.Poly(polynomial, GAPS[infinite]).LC()
    spread = SPREAD_21 + SPREAD_12
    if full:
        polynomial = polynomial.subs({GAPS[size]: spread + DEFICIT_02 for size in full}).subs(SPREAD, spread)
    terms = sp.Add.make_args(sp.expand(polynomial))
    raising = sp.Add(*(term for term in terms if term.as_coeff_Mul()[0] > 0))
    lowering = sp.Add(*(-term for term in terms if term.as_coeff_Mul()[0] < 0))
    return sp.factor(raising), sp.factor(lowering)


@cache
def _slope() -> sp.Expr:
    """A polynomial with the sign of dL/d ln(kappa), in the basis."""
    numerator, denominator = sp.fraction(in_basis(canonical(planar.loss_slope())))
    sign = sp.sign(sp.Poly(denominator).LC())
    polynomial = sp.S.One
    for factor in sp.Mul.make_args(sp.factor(numerator)):
        if factor.has(BIAS_SUM):
            polynomial = polynomial * factor
        else:  # a sum of positive terms, or a number
            sign = sign * sp.sign(sp.Poly(factor, *factor.free_symbols).LC() if factor.free_symbols else factor)
    return sign * polynomial


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
