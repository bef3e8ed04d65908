# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Duality
#
# **Assumptions.** Data $x=\Lambda^{1/2}g$ with the entries of $g$ independent, $N(0,1)$, and the isotropic teacher
# $w_I\sim N(0,\sigma_w^2/M)$.
#
# **Main results.** Features and samples play the same role: exchanging $u$ with $g^\top$ exchanges $N$ with $T$ and
# leaves the law of the signal unchanged, draw by draw and in the planar limit. Label noise has no such symmetry.

# %%
import sympy as sp

from derivations.chapter import Chapter, equality
from derivations.checks import exact_by_draws, exact_in_moments
from derivations.identities import ERROR_NT, ERROR_TN, duality_sides, trace_sides
from theory import planar
from theory.student import GAMMA, N, T

chapter = Chapter("duality", "Duality", running=__name__ == "__main__")

# %% [markdown]
# Averaged over the teacher, the signal (the test loss without label noise) of one draw is
# $\frac{\sigma_w^2}{2M}|R|^2$ with the error map $R=(1-x\phi^\top qu)\Lambda^{1/2}
# =\Lambda^{1/2}-\Lambda^{1/2}g\phi^\top qu\Lambda^{1/2}$. Exchanging $g$ with $u^\top$ transposes
# $\phi=u\Lambda^{1/2}g$ and turns $q$ into $Q$; because $\phi^\top q=Q\phi^\top$, the error map $R'$ of the exchanged
# draw is the transpose of $R$, which has the same norm. The variances of $u$ and $g$ enter by their product alone.

# %%
chapter.claim(
    "duality-draw",
    "Exchange of features and samples, draw by draw",
    r"Exchange transposes $\phi$ and turns $q$ into $Q$; then $\phi^\top q=Q\phi^\top$.",
    lambda: equality(ERROR_NT, ERROR_TN.T),
    exact_by_draws(duality_sides),
    r"any $N, M, T \ge 1$; $\gamma > 0$; any matrices $u, g$",
    uses=("dual-student",),
)

# %% [markdown]
# ## The two traces
#
# The planar equation $\kappa(N-D)(T-D)=\gamma M/\sigma_u^2$ is symmetric too. For the traces of the two resolvents
# there is more: their difference is known exactly in every draw, since $\phi\phi^\top$ and $\phi^\top\phi$ share their
# non-zero eigenvalues.

# %%
chapter.claim(
    "trace-difference",
    "Exact difference of the two traces",
    r"The larger matrix has $|N-T|$ more eigenvalues $0$, each worth $1/\gamma$ in its trace; the others are shared.",
    lambda: equality(sp.Symbol(r"\operatorname{tr} q - \operatorname{tr} Q"), (N - T) / GAMMA),
    exact_by_draws(trace_sides),
    r"any $N, M, T \ge 1$; $\gamma > 0$; any matrices $u, x$",
)

# %% [markdown]
# This tests the planar traces `feature-trace` and `sample-trace`: $D$ must cancel, and it does.

# %%
chapter.claim(
    "planar-trace-difference",
    "The planar traces obey it",
    r"$D$ cancels.",
    lambda: equality(sp.Symbol(r"\mathrm{E}\operatorname{tr} q - \mathrm{E}\operatorname{tr} Q"), (N - T) / GAMMA),
    exact_in_moments(lambda: planar.traces()["q"] - planar.traces()["Q"]),
    r"planar limit; $\gamma > 0$; independent Gaussian $u, x$",
    uses=("feature-trace", "sample-trace", "trace-difference"),
)
