# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Beyond one student with one ridge
#
# **Assumptions.** The planar solution, any spectrum, teacher and noise, $C = 1$; the law of ensembles needs no
# limit.
#
# **Main results.** The loss of the average of $K$ students with features of their own, and of infinitely many; a
# ridge that differs from feature to feature acts as fewer equal features, so equal weights are best; the first
# terms beyond planar theory, at a point where they are known exactly.
#
# **Route.** Members of an ensemble share data, so only the variance due to features averages out: that is the
# planar response with the features' dressing frozen. Weights on the features enter through two sums over them.
# Ladders of two copies, closed on themselves, are the terms of the next order.

# %%
import sympy as sp

from derivations import beyond_points as points
from derivations.beyond_points import AVERAGED, ONE
from derivations.chapter import Chapter, equality
from derivations.checks import by_dyson, exact_in_moments
from derivations.numeric_checks import numerically
from derivations.simulated_checks import simulated
from theory import anisotropic, ensemble, planar, positive
from theory.moments import D
from theory.student import N, T

chapter = Chapter("beyond_ridge", "Beyond one student with one ridge", running=__name__ == "__main__")
PLANAR = r"planar limit; any spectrum and teacher; $\gamma > 0$; $C = 1$"


def _in_moments(expression: sp.Expr) -> sp.Expr:
    """Gaps and sums written as N, T and moments."""
    back = {planar.FEATURE_GAP: N - D, planar.SAMPLE_GAP: T - D, **positive.MOMENTS, planar.OUTPUTS: sp.S.One}
    return positive.compact(expression.xreplace(back))


# %% [markdown]
# ## Ensembles
#
# $K$ predictors that are independent but for the data have the error of their common mean, $L_\infty$, plus $1/K$ of
# the rest.

# %%
chapter.claim(
    "bagged-loss",
    "The loss of an ensemble",
    r"The squared error of a mean of $K$: $K$ equal diagonal terms, $K^2 - K$ equal others.",
    lambda: equality(sp.Symbol("L_K"), ensemble.bagged(ONE, AVERAGED)),
    points.by_all_ensembles((2, 3)),
    r"any sizes; members differ in $u$ alone, which are independent and equal in law; mean over $u$",
)
chapter.claim(
    "averaged-signal",
    "Signal of infinitely many members",
    r"The response of the energy with the features' dressing frozen.",
    lambda: equality(
        sp.Symbol(r"L_{\infty,\mathrm{signal}}"), _in_moments(ensemble.averaged_over_features()["signal"])
    ),
    by_dyson(lambda p: p.slope(noise=False, frozen_ends=(1,))),
    PLANAR,
    uses=("signal", "bagged-loss"),
)
chapter.claim(
    "averaged-noise",
    "Label noise of infinitely many members",
    r"The part of the same response that the labels' noise sources: it does not average out.",
    lambda: equality(
        sp.Symbol(r"L_{\infty,\mathrm{noise}}"), _in_moments(ensemble.averaged_over_features()["label_noise"])
    ),
    by_dyson(lambda p: p.slope(frozen_ends=(1,)) - p.slope(noise=False, frozen_ends=(1,))),
    PLANAR,
    uses=("label-noise", "bagged-loss"),
)

# %% [markdown]
# ## A ridge for each feature
#
# With the penalty $(\gamma/2) \sum_j \rho_j |\theta_j|^2$ the data see of the features two sums over
# $f_j = t/(\gamma \rho_j + t)$: the first, $F_1 = D$, fixes $\kappa$ through $t$; the second sets how many equal
# features would have the same loss. By Cauchy and Schwarz that is at most $N$, and at fixed $\kappa$ the loss falls
# with the number of features. An equal ridge reaches every $\kappa$, so equal weights are best.

# %%
chapter.claim(
    "feature-pull",
    "What weighs against the ridge of a feature",
    r"$t = -\Sigma_\theta$ along the planar solution.",
    lambda: equality(sp.Symbol("t"), anisotropic.pull().subs(planar.SAMPLE_GAP, T - D)),
    by_dyson(lambda p: -p.dressing()[0]),
    PLANAR,
    uses=("planar-equation",),
)
chapter.claim(
    "effective-features",
    "Features of unequal ridge count as fewer",
    r"$N_\mathrm{eff}$ equal features with the same $F_1 = \sum_j f_j$ and $F_2 = \sum_j f_j^2$.",
    lambda: equality(sp.Symbol(r"N_\mathrm{eff}"), anisotropic.effective_features()),
    simulated(points.effective_features, points.Z_THRESHOLD),
    PLANAR + r"; weights fixed before the features are drawn; $|z| < 4.5$, false alarm $7 \cdot 10^{-6}$",
    uses=("feature-pull", "test-loss"),
)
chapter.claim(
    "feature-gain",
    "At fixed renormalised ridge more features help",
    r"$-\partial L/\partial N$, a sum of positive terms over a square.",
    lambda: equality(sp.Symbol(r"-\left.\partial_N L\right|_{\kappa, T}"), anisotropic.slope()),
    exact_in_moments(
        lambda: -sp.diff(planar.loss().subs(planar.OUTPUTS, 1), N),
        lambda: {planar.FEATURE_GAP: N - D, planar.SAMPLE_GAP: T - D, planar.OUTPUTS: sp.S.One, **positive.MOMENTS},
    ),
    PLANAR + r"; $a = N - D$, $b = T - D$, $g = D - q$",
    uses=("test-loss",),
)

# %% [markdown]
# ## The next order
#
# Fluctuations couple two copies of the pencil by ladders; $R$ is the ladder's rung. $\mathrm{E} \ln|\det P|$ is planar
# up to $\frac{1}{2} \ln\det(1 - R)$, and the variance of $\ln|\det P|$ is $-2 \ln\det(1 - R)$; the $1/N$ term of the
# loss is a derivative of the former. For a Wishart matrix $W = x x^\top$ both are known exactly at every size.


# %%
chapter.claim(
    "mean-determinant",
    "First term beyond planar theory of a log-determinant",
    r"$\frac{1}{2} \ln\det(1 - R)$, which is $\frac{1}{2} \ln(1 - N/T)$ here.",
    lambda: equality(
        sp.Symbol(r"\lim_{N,T\to\infty} \left(\mathrm{E} \ln\det W - \mathrm{planar}\right)"),
        sp.log(points.ladder_determinant()) / 2,
    ),
    numerically(points.mean_determinant),
    r"$W = x x^\top$, $x$ of $N \times T$ independent $N(0, 1)$; $N/T < 1$ fixed",
    "Jonsson, J. Multivar. Anal. 12 (1982) 1",
)
chapter.claim(
    "determinant-variance",
    "Variance of a log-determinant",
    r"$-2 \ln\det(1 - R)$, with the same rung.",
    lambda: equality(
        sp.Symbol(r"\lim_{N,T\to\infty} \mathrm{Var} \ln\det W"), -2 * sp.log(points.ladder_determinant())
    ),
    numerically(points.variance_of_determinant),
    r"$W = x x^\top$, $x$ of $N \times T$ independent $N(0, 1)$; $N/T < 1$ fixed",
    "Jonsson, J. Multivar. Anal. 12 (1982) 1",
)
