"""Subtraction-free forms of the planar losses: what evaluators compile, and expansions and enclosures read.

In the positive sums a = N - D, b = T - D, q = df2, g = D - q, V[0,2], V[1,1] every loss is a ratio of
polynomials with positive coefficients only: nothing cancels, a relative error is that of the sums. The limits of
infinite sizes and of the used-up spectrum are taken in the same form. Derived from theory.planar.
"""

from functools import cache

import sympy as sp

from theory.moments import KAPPA, D, Moment, TeacherMoment, canonical
from theory.planar import (
    FEATURE_GAP,
    OUTPUTS,
    SAMPLE_GAP,
    label_noise,
    loss_parts,
    response_in_gaps,
    signal,
    train_loss,
)
from theory.rational import reduced
from theory.student import NOISE, M, N, T

DF2, SPREAD = sp.symbols("q g", nonnegative=True)  # q, D - q
BIAS_SUM, CROSS_SUM = sp.symbols("V_02 V_11", nonnegative=True)  # TeacherMoments [0,2] and [1,1]
MOMENTS = {
    DF2: Moment(2, 0, KAPPA),
    SPREAD: Moment(1, 1, KAPPA),
    BIAS_SUM: TeacherMoment(0, 2, KAPPA),
    CROSS_SUM: TeacherMoment(1, 1, KAPPA),
}  # what the symbols stand for


def subtraction_free(expression: sp.Expr) -> sp.Expr:
    """Rewrite a loss in the positive sums a = N - D, b = T - D, q, g = D - q, V[0,2], V[1,1].

    The result is a ratio of polynomials with positive coefficients only: no cancellation is left,
    so the relative error is that of the sums themselves. Raises ValueError if that fails.
    """
    df1 = DF2 + SPREAD
    reference = sp.Dummy("V00")
    values = {
        Moment(1, 0, KAPPA): df1,
        Moment(2, 0, KAPPA): DF2,
        TeacherMoment(0, 0, KAPPA): reference,
        TeacherMoment(1, 0, KAPPA): reference - BIAS_SUM - CROSS_SUM,
        TeacherMoment(2, 0, KAPPA): reference - BIAS_SUM - 2 * CROSS_SUM,
    }
    rewritten = canonical(expression).xreplace(values)
    rewritten = reduced(rewritten.xreplace({N: FEATURE_GAP + df1, T: SAMPLE_GAP + df1}))
    numerator, denominator = sp.fraction(rewritten)
    if rewritten.has(reference):
        raise ValueError(f"depends on the teacher's total power: {rewritten}")
    variables = sorted(rewritten.free_symbols, key=str)
    if any(c < 0 for side in (numerator, denominator) for c in sp.Poly(side, *variables).coeffs()):
        raise ValueError(f"not subtraction-free: {rewritten}")
    return sp.factor(numerator) / sp.factor(denominator)


@cache
def positive_loss() -> sp.Expr:
    """The whole test loss, subtraction-free."""
    return subtraction_free(OUTPUTS * response_in_gaps())


def compact(expression: sp.Expr) -> sp.Expr:
    """A loss for reading: the subtraction-free form in N, T, D, q and teacher moments, every bracket positive."""
    back = {FEATURE_GAP: N - D, SAMPLE_GAP: T - D} | MOMENTS | {SPREAD: D - MOMENTS[DF2]}
    number, factors = sp.factor(subtraction_free(expression)).as_coeff_mul()
    powers = (factor.as_base_exp() for factor in factors)
    return sp.Mul(number, *(_by_source(base).xreplace(back) ** power for base, power in powers))


def _by_source(total: sp.Expr) -> sp.Expr:
    """A sum collected by what the teacher and the noise source, in factors that are nested in g = D - q."""

    def nested(coefficient: sp.Expr) -> sp.Expr:
        number, factors = sp.factor(coefficient).as_coeff_mul()
        return sp.Mul(number, *(sp.horner(f, wrt=SPREAD) if f.has(SPREAD) else f for f in factors))

    sources = (BIAS_SUM, CROSS_SUM, NOISE)
    return sp.collect(sp.expand(total), sources, nested) if total.has(*sources) else nested(total)


@cache
def feature_gap() -> sp.Expr:
    """a = N - D >= 0 for given kappa, without cancellation: the root of kappa a (a + T - N) = g.

    In units of the geometric mean, a = sqrt(y) h(r) with y = g/kappa, r = (T - N)/sqrt(y); returns
    h(r). Choose N as the smaller size, so that r >= 0 and the denominator is a sum.
    """
    h, r = sp.symbols("h r", nonnegative=True)
    (positive,) = (root for root in sp.roots(h * (h + r) - 1, h) if root.subs(r, 0) > 0)
    conjugate = positive.subs(sp.sqrt(r**2 + 4), -sp.sqrt(r**2 + 4))
    return sp.expand(positive * conjugate) / conjugate


@cache
def split() -> dict[str, sp.Expr]:
    """The parts of the test loss (keys PARTS), subtraction-free."""
    return {name: subtraction_free(part) for name, part in loss_parts().items()}


@cache
def infinite_size(size: sp.Symbol, *, parts: bool = False) -> dict[str, sp.Expr]:
    """signal, label_noise, train_loss (or the parts), subtraction-free, as N or T grows at fixed kappa.

    N infinite is ridge regression on x itself, kappa (T - D) = gamma; T infinite the population
    problem, kappa (N - D) = gamma M / sigma_u^2 with gamma the ridge per sample.
    """
    gap = {N: FEATURE_GAP, T: SAMPLE_GAP}[size]
    return {name: leading_in(expression, gap) for name, expression in (split() if parts else evaluated()).items()}


def leading_in(expression: sp.Expr, symbol: sp.Symbol) -> sp.Expr:
    """Limit of a rational expression as the symbol grows; it must not diverge."""
    numerator, denominator = (sp.Poly(side, symbol) for side in sp.fraction(sp.together(expression)))
    if numerator.degree() < denominator.degree():
        return sp.Integer(0)
    return sp.factor(numerator.LC() / denominator.LC())


@cache
def evaluated() -> dict[str, sp.Expr]:
    """What every evaluator computes, subtraction-free: signal, label_noise, train_loss."""
    return {
        "signal": subtraction_free(signal()),
        "label_noise": subtraction_free(label_noise()),
        "train_loss": subtraction_free(train_loss()),
    }


@cache
def exhausted() -> dict[str, sp.Expr]:
    """signal, label_noise, train_loss at gamma = 0 once min(N, T) >= M: the spectrum is used up.

    As kappa -> 0, D - q and M - D vanish like kappa, V[1,1] like kappa and V[0,2] like kappa^2.
    Taken for N > M < T, in M and the gap b = T - M; the noise is the same at N = M (checked in
    tests/theory/test_planar.py) and infinite at T = M.
    """
    small, cross, bias = sp.symbols("epsilon c_1 c_2", positive=True)
    values = {
        FEATURE_GAP: FEATURE_GAP + small,
        SAMPLE_GAP: SAMPLE_GAP + small,
        SPREAD: small,
        DF2: M - 2 * small,
        CROSS_SUM: cross * small,
        BIAS_SUM: bias * small**2,
    }
    return {
        name: sp.factor(sp.cancel(expression.subs(values, simultaneous=True)).subs(small, 0))
        for name, expression in evaluated().items()
    }
