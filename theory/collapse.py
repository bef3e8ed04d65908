r"""Scaling functions: the loss of every size on one curve, from the planar equations.

Two collapses. Ridgeless, D = n = min(N, T), exact at every size, spectrum and M:

    L / lim_{max -> inf} L = 1/(1 - r),     r = min(N, T)/max(N, T).

With a ridge, for 1 << N, T << M and no label noise: D = u n runs over 0 < u < 1, and

    n^alpha L / L_0 = F_r(u),     r n^(alpha-1) gamma M / sigma_u^2 = G_r(u),

with L_0 the amplitude of the ridgeless law L_0 n^-alpha: neither side knows n or M. Both are read off
theory.optimum, where L is without the teacher's 1/M and gamma in units of sigma_u^2/M.
"""

from functools import cache

import sympy as sp

from theory import optimum
from theory.continuum import ALPHA
from theory.student import N, T

SHARE = sp.Symbol("u", positive=True)  # D/n
RATIO = sp.Symbol("r", positive=True)  # min(N, T)/max(N, T)


@cache
def ridgeless_ratio() -> sp.Expr:
    """L/lim_{T -> inf} L at D = N < T, in r = N/T: exact for every spectrum."""
    loss = optimum.isotropic_signal().subs(optimum.DF1, N)
    return sp.factor((loss / sp.limit(loss, T, sp.oo)).subs(T, N / RATIO))


@cache
def amplitude() -> sp.Expr:
    """L_0, without the teacher's 1/M."""
    return sp.limit(optimum.paper_law().subs(N, 1), T, sp.oo)


@cache
def loss() -> sp.Expr:
    """F_r(u) = n^alpha L/L_0."""
    at = {optimum.DF1: SHARE * N, T: N / RATIO}
    return sp.factor(sp.simplify(optimum.continuum_loss().subs(at) * N**ALPHA / amplitude()))


@cache
def ridge() -> sp.Expr:
    """G_r(u) = r n^(alpha-1) gamma, gamma in units of sigma_u^2/M."""
    at = {optimum.DF1: SHARE * N, T: N / RATIO}
    return sp.simplify(optimum.ridge_law().subs(at) * RATIO * N ** (ALPHA - 1))
