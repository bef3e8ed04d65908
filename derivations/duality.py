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
# **Assumptions.** White data, $x=\Lambda^{1/2}g$ with $g$ Gaussian, and the isotropic teacher $w_I\sim N(0,
# \sigma_w^2/M)$.
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
# Averaged over the teacher, the signal of one draw is $\frac{\sigma_w^2}{2M}|R|^2$ with the error map
# $R=\Lambda^{1/2}(1-x\phi^\top qu)\Lambda^{1/2}$, written for white $x$. Exchanging $x$ with $u^\top$ transposes $\phi$
# and turns $q$ into $Q$; because $\phi^\top q=Q\phi^\top$, it turns $R$ into its transpose, which has the same norm.

# %%
chapter.claim(
    "duality-draw",
    "Exchange of features and samples, draw by draw",
    r"Exchange transposes $\phi$ and turns $q$ into $Q$; then $\phi^\top q=Q\phi^\top$.",
    lambda: equality(ERROR_NT, ERROR_TN.T),
    exact_by_draws(duality_sides),
    r"any $N, M, T \ge 1$; $\gamma > 0$; any matrices $u, x, w, \varepsilon$; isotropic teacher",
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
    r"$|N-T|$ eigenvalues $0$ are all that one matrix has more than the other.",
    lambda: equality(sp.Symbol(r"\operatorname{tr} q - \operatorname{tr} Q"), (N - T) / GAMMA),
    exact_by_draws(trace_sides),
    r"any $N, M, T \ge 1$; $\gamma > 0$; any matrices $u, x$",
)

# %% [markdown]
# It tests the planar traces, in which $D$ must cancel; and it does.

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
