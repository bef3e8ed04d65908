r"""How the loss responds to each resource: dL/d ln(N), dL/d ln(T), dL/d ln(gamma), at everything else fixed.

From ln kappa + ln(N - D) + ln(T - D) = ln gamma and dD/d ln(kappa) = -g,

    d ln(kappa) = (a b d ln(gamma) - N b d ln(N) - T a d ln(T))/(a b + a g + b g),

so each response is a ratio of polynomials in the basis of `theory.stationary`. It is written as
worsening - improving terms over a positive denominator; their leading growths say how fast the loss
approaches a plateau. The isotropic teacher, v = lambda, has identities of its own (lambda (1-p) = kappa p),
without which the two sides would agree to leading order in some phases.
"""

from functools import cache

import sympy as sp

from theory import positive
from theory.planar import FEATURE_GAP, OUTPUTS, SAMPLE_GAP
from theory.positive import CROSS_SUM, DF2, SPREAD
from theory.rational import derivative_along, reduced
from theory.stationary import CROSS_12, CROSS_21, GAPS, in_basis, isotropic_sums, slope
from theory.student import GAMMA, N, T


@cache
def responses(*, isotropic: bool = False) -> dict[sp.Symbol, tuple[sp.Expr, sp.Expr]]:
    """(worsening, improving) for N, T and gamma: dL/d ln(scale) = worsening - improving, C = 1.

    With `isotropic` for v = lambda, in kappa, g21, g12 and sum p^3 in place of the teacher's sums.
    """
    loss = positive.positive_loss().xreplace({CROSS_SUM: CROSS_12 + CROSS_21}) / OUTPUTS
    a, b, g = FEATURE_GAP, SAMPLE_GAP, SPREAD
    shift = a * b + a * g + b * g
    kappa_response = {GAMMA: a * b / shift, N: -in_basis(N) * b / shift, T: -in_basis(T) * a / shift}
    along_kappa = slope()
    found = {}
    for scale, factor in kappa_response.items():
        size_rate = {} if scale is GAMMA else {GAPS[scale]: GAPS[scale] + DF2 + SPREAD}
        explicit = derivative_along(loss, size_rate)
        total = reduced(explicit + along_kappa * factor)
        found[scale] = _signs(reduced(total.xreplace(isotropic_sums())) if isotropic else total)
    return found


def _signs(expression: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Positive and negative part of a rational function, by the sign of the terms of its numerator."""
    numerator, denominator = sp.fraction(expression)
    sign = sp.sign(sp.Poly(denominator).LC())
    whole = sp.Poly(sign * numerator)
    positive, negative = (
        sp.Poly({degrees: abs(c) for degrees, c in whole.terms() if c * side > 0} or 0, *whole.gens).as_expr()
        for side in (1, -1)
    )
    return positive / (sign * denominator), negative / (sign * denominator)
