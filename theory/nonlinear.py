r"""Gaussian-equivalent model of nonlinear features: a linear part, a mean, and noise in the features.

phi_j = f(u_j x) with u_j x ~ N(0, s), s = sigma_u^2 tr Lambda/M. Where no direction of the data dominates, features
correlate through rho_ij = u_i Lambda u_j^T/s << 1 alone, and E phi_i phi_j = sum_p c_p^2 rho_ij^p is that of

    phi_j = c_0 + c_1 u_j x/sqrt(s) + c_* xi_j,     c_*^2 = E f^2 - c_0^2 - c_1^2,  xi independent, N(0, 1):

degrees p >= 2 matter on the diagonal only. Noise that is independent for each feature and sample is a linear feature
map of many new latent directions of little variance each, K of variance c_*^2/K, which the teacher ignores. So the
model is the linear one with a longer spectrum, and its planar solution holds with every moment extended
(`extended`): in the limit K -> infinity

    D -> D + c_*^2/kappa,     q -> q,     so     (kappa (N - D) - c_*^2)(kappa (T - D) - c_*^2) = gamma kappa,

in units in which u's entries have variance 1 and the eigenvalues are c_1^2 lambda_I/tr Lambda. The noise acts as a
ridge c_*^2 that features and samples share. The mean c_0 of the features, which a student without intercept does
not remove, is one more direction of variance c_0^2. An activation with c_1 = 0 leaves nothing of a linear teacher.
"""

from functools import cache

import sympy as sp

from theory.moments import KAPPA, LAMBDA, Moment, TeacherMoment, canonical
from theory.planar import planar_equation
from theory.student import SIGMA_U, M

NOISE_FLOOR = sp.Symbol("c_*^2", positive=True)
_DIRECTIONS = sp.Symbol("K", positive=True)


@cache
def tail(j: int, k: int) -> sp.Expr:
    """What K -> infinity directions of variance c_*^2/K add to Moment(j, k), j > 0."""
    summand = Moment(j, k, KAPPA).summand().subs(LAMBDA, NOISE_FLOOR / _DIRECTIONS)
    return sp.limit(_DIRECTIONS * summand, _DIRECTIONS, sp.oo)


def extended(expression: sp.Expr) -> sp.Expr:
    """An expression of the planar solution with the features' noise put in, in canonical form."""
    return canonical(with_noise(canonical(expression)))


def with_noise(expression: sp.Expr) -> sp.Expr:
    """The same as it stands: the noise's share added to each moment but the teacher's, which stay."""
    moments = [m for m in expression.atoms(Moment) if not isinstance(m, TeacherMoment)]
    return expression.xreplace({m: m + tail(int(m.args[0]), int(m.args[1])) for m in moments})


@cache
def equation() -> sp.Eq:
    """The planar equation with noise in the features, u's entries of variance 1."""
    planar = planar_equation()
    return sp.Eq(with_noise(planar.lhs), planar.rhs.subs(SIGMA_U, sp.sqrt(M)), evaluate=False)
