r"""Anisotropic ridge: the penalty (gamma/2) sum_j rho_j |theta_j|^2, one weight rho_j > 0 a feature.

In the student's pencil the features become labelled: G_j = 1/(gamma rho_j - Sigma_theta). What the latent fields see of
them is the dressing sum_j G_j and the rung sum_j G_j^2 (theory.ladder), nothing else. With t = -Sigma_theta and
f_j = t/(gamma rho_j + t), the features' own degrees of freedom,

    sum_j f_j = D(kappa),    t = (sigma_u^2/M) kappa D (T - D),    N_eff = (sum_j f_j)^2 / sum_j f_j^2 <= N:

the losses at a given kappa are those of N_eff equal features. A loss at fixed kappa falls as N grows (`slope`), and an
equal ridge reaches every kappa that weights reach, so with the best ridge no weights that are chosen before the
features are drawn beat equal ones, for any spectrum, teacher, noise and sizes. Derived here, from the pencil.
"""

from functools import cache

import sympy as sp

from theory import ladder
from theory.moments import D
from theory.planar import FEATURE_GAP, response_in_gaps
from theory.positive import subtraction_free
from theory.rational import linear_root
from theory.student import GAMMA, N, student_pencil

RHO = sp.Symbol("rho", positive=True)
PULL = sp.Symbol("t", positive=True)  # -Sigma_theta
SHARES, SQUARES, UNSATURATED = sp.symbols("F_1 F_2 F_11", positive=True)  # sums of f_j, f_j^2, f_j (1 - f_j)


@cache
def share() -> sp.Expr:
    """f_j in gamma, rho_j and t: t G_j, normalised to 1 for a feature without ridge."""
    theta = student_pencil().dressings[0, "theta"]
    green = student_pencil().green["theta", "theta"].subs({GAMMA: GAMMA * RHO, theta: -PULL})
    return sp.factor(PULL * green)


@cache
def pull() -> sp.Expr:
    """t along the planar solution: what sum_j f_j = D needs, sum_j G_j being the same as for equal features."""
    theta = student_pencil().dressings[0, "theta"]
    dressing = ladder.solution()[student_pencil().dressings[0, "b"]]  # sum_j G_j = sum_j f_j/t
    equal = ladder.solution()[theta]  # checks itself: for equal features N G = sum_j G_j
    if sp.simplify(N / (GAMMA - equal) - dressing) != 0:
        raise ValueError("the dressing of the latent fields is not the features' Green function")
    return sp.factor(D / dressing)


@cache
def effective_features() -> sp.Expr:
    """N_eff in F_1 = sum f_j and F_2 = sum f_j^2: equal features of the same dressing with the same rung."""
    each = sp.Symbol("G", positive=True)
    rung, _ = ladder.kernel(student_pencil())[(0, "b"), (0, "theta")]
    theta = student_pencil().dressings[0, "theta"]
    by_green = {ladder.of_copy(theta, copy): ladder.of_copy(GAMMA, copy) - 1 / each for copy in ladder.COPIES}
    green_squared = sp.simplify(rung.subs(by_green))
    equal = N * green_squared.subs(each, SHARES / PULL / N)  # N G = F_1/t
    return linear_root(equal - SQUARES / PULL**2, N)


@cache
def effective_gap() -> sp.Expr:
    """N_eff - D in F_2 and F_11, with D = F_1: nothing cancels."""
    return sp.factor((effective_features() - SHARES).subs(SHARES, SQUARES + UNSATURATED))


@cache
def slope() -> sp.Expr:
    """-d/dN of the test loss at fixed kappa, T and spectrum: subtraction-free, so the loss falls. C = 1."""
    loss = subtraction_free(response_in_gaps())  # in the gaps; at fixed kappa only N - D moves with N
    return sp.factor(-sp.diff(loss, FEATURE_GAP))
