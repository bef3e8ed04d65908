# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # The planar resolvent
#
# **Assumptions.** $u$, $x$, $w$, $\varepsilon$ independent Gaussians; $\gamma>0$; sizes $N,T,M$ large in proportion
# (the planar limit).
#
# **Main results.** One number, the renormalised ridge $\kappa$, describes the student's resolvent. It solves
# $\kappa(N-D)(T-D)=\gamma M/\sigma_u^2$ with the degrees of freedom $D=\sum_I\lambda_I/(\lambda_I+\kappa)$; and
# $\mathrm{E}\operatorname{tr}q=(N-D)/\gamma$.
#
# **Route.** The average inverse of the pencil $P$ (chapter `model`) solves Dyson's equations; eliminating its dressings
# leaves $\kappa$. Each formula is compared to 50 digits with these equations, solved numerically as they stand.

# %%
import sympy as sp
from mpmath import mpf
from sympy import Symbol

from derivations.chapter import Chapter, equality
from derivations.checks import by_dyson, exact_by_draws, exact_in_moments
from derivations.identities import PHI, matrices, n, pencil_block, t
from theory import planar
from theory.moments import KAPPA, D, Q
from theory.student import GAMMA, SIGMA_U, A, B, M, N, T

FINITE = r"any $N, M, T \ge 1$; $\gamma > 0$; any matrices $u, x$"
PLANAR = r"planar limit: $N, M, T$ large in proportion; $\gamma > 0$; independent Gaussian $u, x, w, \varepsilon$"
chapter = Chapter("resolvent", "The planar resolvent", running=__name__ == "__main__")

# %% [markdown]
# ## The pencil holds both resolvents
#
# With $G=P^{-1}$ at $J=0$, these identities hold in every draw, at any size.

# %%
chapter.claim(
    "feature-resolvent",
    "The pencil's feature block is the resolvent",
    r"Eliminating $b$, $\delta$ and $c$ (Schur complements) leaves the features' own quadratic form.",
    lambda: equality(Symbol(r"G_{\theta\theta}"), (GAMMA * sp.Identity(n) + PHI * PHI.T).inverse()),
    exact_by_draws(lambda d: (pencil_block(d, "theta"), matrices(d))),
    FINITE,
    uses=("energy",),
)

# %%
chapter.claim(
    "sample-resolvent",
    "The pencil's sample block is the dual resolvent",
    r"Eliminating $\theta$, $b$ and $\delta$ instead leaves the samples: the dual problem.",
    lambda: equality(Symbol("G_{cc}"), -GAMMA * (GAMMA * sp.Identity(t) + PHI.T * PHI).inverse()),
    exact_by_draws(lambda d: (pencil_block(d, "c"), matrices(d))),
    FINITE,
    uses=("energy",),
)

# %% [markdown]
# ## Dyson's equations
#
# In the planar limit $\mathrm{E}\,P^{-1}=(P_0-\Sigma)^{-1}$, where $P_0$ is $P$ without $u$ and $x$, and $\Sigma$ is
# diagonal: the self-energy of one side of a Gaussian block is the trace of the other side's Green function, the average
# of $G$, times the variance of the block's entries. Crossed diagrams are smaller by a power of the size. Two dressings
# of the latent fields remain, by the features and by the samples: $\Sigma_b=A$ and $\Sigma_\delta=-B\Lambda$.
# Eliminating the dressings of $\theta$ and of $c$ expresses both by the sum $D$ over the spectrum.

# %%
chapter.claim(
    "sample-law",
    "Dressing by the samples",
    r"$B$ is $-T$ times the samples' Green function, the average of $G_{cc}$.",
    lambda: equality(B, planar.dressings()[B]),
    by_dyson(lambda p: -p.dressing()[2]),
    PLANAR,
    uses=("sample-resolvent",),
)

# %%
chapter.claim(
    "feature-law",
    "Dressing by the features",
    r"$A$ is $\sigma_u^2/M$ times $N$ times the features' Green function, the average of $G_{\theta\theta}$.",
    lambda: equality(A, sp.cancel(planar.dressings()[A] / (N - D)) * (N - D)),
    by_dyson(lambda p: p.dressing()[1] * p.values[SIGMA_U] ** 2 / p.values[M]),
    PLANAR,
    uses=("feature-resolvent",),
)

# %% [markdown]
# The Green function of the latent fields has a single pole in $\lambda$. Its place defines the *renormalised ridge*:
# the direction of eigenvalue $\lambda$ is learnt to the share $\lambda/(\lambda+\kappa)$, as by a plain ridge
# regression with infinitely many data and ridge $\kappa$.

# %%
chapter.claim(
    "renormalised-ridge",
    "The renormalised ridge",
    r"$\kappa$ is minus the pole in $\lambda$ of the latent Green function, $1/(AB)$.",
    lambda: equality(KAPPA, sp.cancel((N - D) * (T - D) / (A * B).subs(planar.dressings())) / ((N - D) * (T - D))),
    by_dyson(lambda p: p.kappa),
    PLANAR,
    uses=("sample-law", "feature-law"),
)

# %%
chapter.claim(
    "planar-equation",
    "The planar equation",
    r"The same with denominators cleared: features, samples and ridge fix $\kappa$.",
    lambda: equality(KAPPA * (N - D) * (T - D), planar.ridge_scale()),
    by_dyson(lambda p: p.evaluate(KAPPA * (N - D) * (T - D))),
    PLANAR,
    "Zhang, arXiv:2405.19398",
    uses=("renormalised-ridge",),
)

# %% [markdown]
# The left side grows from $0$ at $D=\min(N,T,M)$ without bound as $\kappa$ grows, so there is one root with a smaller
# $D$. A ridge makes $D$ smaller than every one of the three sizes; without ridge $D$ reaches the smallest of them.
#
# ## Traces

# %%
chapter.claim(
    "feature-trace",
    "Trace of the resolvent",
    r"$N$ times the features' Green function.",
    lambda: equality(Symbol(r"\mathrm{E}\operatorname{tr} q"), planar.traces()["q"]),
    by_dyson(lambda p: p.values[N] * p.green("theta theta", mpf(1))),
    PLANAR,
    uses=("feature-resolvent", "feature-law"),
)

# %%
chapter.claim(
    "sample-trace",
    "Trace of the dual resolvent",
    r"From the samples' Green function, $-\gamma\,\mathrm{E}\,Q$.",
    lambda: equality(Symbol(r"\mathrm{E}\operatorname{tr} Q"), planar.traces()["Q"]),
    by_dyson(lambda p: -p.values[T] * p.green("c c", mpf(1)) / p.values[GAMMA]),
    PLANAR,
    uses=("sample-resolvent", "sample-law"),
)

# %% [markdown]
# ## Moments
#
# All that follows is algebra in sums over the spectrum. With $p=\lambda/(\lambda+\kappa)$ they are $D=\sum p$, $q=\sum
# p^2$ (the two degrees of freedom, df1 and df2) and sums weighed with the teacher's power $v$, $V_{j,k}=\sum
# v\,p^j(1-p)^k$. They are closed under differentiation.

# %%
chapter.claim(
    "moment-derivative",
    "Moments are closed under differentiation",
    r"$\kappa\,dp/d\kappa=-p(1-p)$.",
    lambda: equality(sp.Derivative(D, KAPPA), (Q - D) / KAPPA),
    exact_in_moments(lambda: sp.diff(D, KAPPA)),
    r"$\kappa > 0$",
)
