r"""Where the loss is stationary in the ridge: a balance of two positive sides.

dL/d ln(kappa) at fixed N and T, times a positive denominator, is a polynomial in the gaps a, b and in
sums over the spectrum. In the basis

    g = sum p (1-p),  g21 = sum p^2 (1-p),  V02, V12, V21 (V11 = V12 + V21),  sigma_eps^2

it splits into terms that raise the loss with kappa and terms that lower it, nothing left to cancel. The
optimal ridge balances the two, so dominant balance finds it as it finds kappa.
"""

from functools import cache

import sympy as sp

from theory import planar
from theory.moments import KAPPA, Moment, TeacherMoment, canonical
from theory.planar import BIAS_SUM, DF2, FEATURE_GAP, SAMPLE_GAP, SPREAD
from theory.rational import reduced
from theory.student import N, T

SPREAD_21, CROSS_12, CROSS_21 = sp.symbols("g_21 V_12 V_21", positive=True)


@cache
def sides(infinite: sp.Symbol | None = None) -> tuple[sp.Expr, sp.Expr]:
    """(raising, lowering): dL/d ln(kappa) has the sign of raising - lowering; `infinite` N or T goes to infinity."""
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
    slope = canonical(planar.loss_slope()).xreplace(values)
    numerator, denominator = sp.fraction(reduced(slope.xreplace({N: FEATURE_GAP + df1, T: SAMPLE_GAP + df1})))
    if sp.Poly(denominator).LC() < 0:
        numerator = -numerator
    polynomial = sp.Mul(*(factor for factor in sp.Mul.make_args(sp.factor(numerator)) if factor.has(BIAS_SUM)))
    if infinite is not None:
        polynomial = sp.Poly(polynomial, {N: FEATURE_GAP, T: SAMPLE_GAP}[infinite]).LC()
    terms = sp.Add.make_args(sp.expand(polynomial))
    raising = sp.Add(*(term for term in terms if term.as_coeff_Mul()[0] > 0))
    lowering = sp.Add(*(-term for term in terms if term.as_coeff_Mul()[0] < 0))
    return sp.factor(raising), sp.factor(lowering)
