# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # The model
#
# **Definition.** Latent data $x\in\mathbb{R}^M$ are Gaussian with covariance $\Lambda$, whose eigenvalues $\lambda_I$
# follow a power law, $\lambda_I=\lambda_+I^{-(1+\alpha)}$. Labels are $y=wx+\varepsilon$ with $w_I\sim
# N(0,\sigma_w^2/M)$ (the isotropic teacher) and $\varepsilon\sim N(0,\sigma_\epsilon^2)$; one output, since outputs
# add up. The student sees $N$ random features $\phi=ux$ with $u_{jI}\sim N(0,\sigma_u^2/M)$. At $T$ samples, the
# columns of $x$ and of $\phi$, it minimises, with a ridge $\gamma$,
#
# $$\frac{1}{2}|\theta\phi-y|^2+\frac\gamma2|\theta|^2.$$
#
# Its test loss is half the squared error at a fresh data point, on a label without noise.
#
# **Main results.** The moments of labels and features at any finite size; the student in its two forms; and the
# identity on which all else rests: *the test loss is the response of the student's least objective to a source.*

# %%
from sympy import Symbol

from derivations.chapter import Chapter, equality
from derivations.checks import exact_by_draws
from derivations.identities import (
    DUAL,
    LABELS,
    LAMBDA_MATRIX,
    PHI,
    RESOLVENT,
    SADDLE,
    STUDENT,
    TEACHER,
    TEST_ERROR,
    U,
    by_signs,
    by_three_points,
    energy_sides,
    envelope_sides,
    fresh_error_sides,
    student_sides,
)  # fmt: skip
from theory.planar import SIGMA_W
from theory.student import NOISE, M
from theory.wick import gram_moment, trace_power

FINITE = r"any $N, M, T \ge 1$; $\gamma > 0$; any matrices $u, x, w, \varepsilon$"
GAUSSIAN = r"any $N, M, T \ge 1$; independent Gaussian $u, x$"
chapter = Chapter("model", "The model", running=__name__ == "__main__")

# %% [markdown]
# ## Moments
#
# Two numbers set the scales. Half a label's variance, less the noise's share, is the test loss of a student that has
# learnt nothing; the features' Gram matrix sets the scale on which a ridge is large. With
# $\ell_p=\operatorname{tr}\Lambda^p$:

# %%
chapter.claim(
    "label-variance",
    "Variance of a label",
    r"Teacher, data and noise are independent, so variances multiply and add.",
    lambda: equality(Symbol(r"\mathrm{E}\,y^2"), SIGMA_W**2 * trace_power(1) / M + NOISE),
    by_signs,
    r"isotropic teacher; independent $w, x, \varepsilon$ of zero mean",
)

# %%
chapter.claim(
    "gram-mean",
    "Mean of the features' Gram matrix",
    r"One pairing of the two $u$ and of the two $x$.",
    lambda: equality(Symbol(r"\mathrm{E}\operatorname{tr}\phi\phi^{\top}"), gram_moment(1)),
    by_three_points(1),
    GAUSSIAN,
)

# %% [markdown]
# The second moment shows what the planar limit keeps. Wick's theorem pairs the four factors $u$ and the four factors
# $x$ in three ways each. With all sizes, $\ell_1$ and $\ell_2$ in proportion the terms $NT\ell_2$, $N\ell_1^2$ and
# $T\ell_1^2$ are of one order (the planar pairings), and the others are smaller by one or two powers of the size.

# %%
chapter.claim(
    "gram-square",
    "Second moment of the features' Gram matrix",
    r"Wick's theorem: the sum over all pairings of the $u$ and of the $x$, planar or not.",
    lambda: equality(Symbol(r"\mathrm{E}\operatorname{tr}(\phi\phi^{\top})^2"), gram_moment(2)),
    by_three_points(2),
    GAUSSIAN,
    uses=("gram-mean",),
)

# %% [markdown]
# ## The student
#
# The objective is quadratic. Its minimum has two forms, one with the resolvent of the features, $q=(\gamma+\phi
# \phi^\top)^{-1}$, and one with that of the samples, $Q=(\gamma+\phi^\top\phi)^{-1}$. The smaller one is cheaper.
# $\hat\theta$ is the $\theta$ at the minimum.

# %%
chapter.claim(
    "student",
    "The student",
    r"The gradient $(\theta\phi-y)\phi^\top+\gamma\theta$ vanishes.",
    lambda: equality(STUDENT, LABELS * PHI.T * RESOLVENT),
    exact_by_draws(student_sides),
    FINITE,
    "MRS, arXiv:2210.16859",
)

# %%
chapter.claim(
    "dual-student",
    "The student in its dual form",
    r"$\phi^\top(\gamma+\phi\phi^\top)=(\gamma+\phi^\top\phi)\phi^\top$, so $\phi^\top q=Q\phi^\top$.",
    lambda: equality(STUDENT, LABELS * DUAL * PHI.T),
    exact_by_draws(student_sides),
    FINITE,
    "MRS, arXiv:2210.16859",
    uses=("student",),
)

# %%
chapter.claim(
    "test-error",
    "The error at a fresh data point",
    r"The student acts on latent data as $\hat\theta u$; a fresh $x$ weighs its error with $\Lambda$.",
    lambda: equality(
        Symbol(r"\mathrm{E}_x(\hat\theta\phi(x)-wx)^2"),
        (STUDENT * U - TEACHER) * LAMBDA_MATRIX * (STUDENT * U - TEACHER).T,
    ),
    exact_by_draws(fresh_error_sides),
    FINITE + r"; $x$ of covariance $\Lambda$",
    "MRS, arXiv:2210.16859",
    uses=("student",),
)

# %% [markdown]
# ## The loss as a response
#
# Add to the objective a source $J$ on the test error, and introduce the error of the effective map, $\delta=\theta
# u-w$, and the residual, $\delta x-\varepsilon$, as fields of their own, with multipliers $b$ and $c$. The objective is
# then the saddle point of a quadratic form in $(\theta,b,\delta,c)$ whose matrix is *linear* in $u$ and in $x$, a
# linear pencil:
#
# $$P=\begin{pmatrix}\gamma&u&0&0\\u^\top&0&-1&0\\0&-1&J\Lambda&x\\0&0&x^\top&-1\end{pmatrix}.$$
#
# $H$ is the least objective.

# %%
chapter.claim(
    "energy",
    "The student's least objective is the pencil's energy",
    r"A quadratic saddle point takes the value $-\frac{1}{2}h^\top P^{-1}h$, with sources $h=(0,w,0,\varepsilon)$.",
    lambda: equality(Symbol("H"), -SADDLE / 2),
    exact_by_draws(energy_sides),
    FINITE,
    uses=("student",),
)

# %%
chapter.claim(
    "envelope",
    "The test error is the energy's response to its source",
    r"At a minimum only the explicit dependence on $J$ survives differentiation (envelope theorem).",
    lambda: equality(Symbol(r"\left.\partial_J H\right|_{J=0}"), TEST_ERROR / 2),
    exact_by_draws(envelope_sides),
    FINITE,
    uses=("energy", "test-error"),
)

# %% [markdown]
# One-point functions of the pencil are therefore enough: the loss, which is quadratic in the resolvent, is the
# derivative of an average that is linear in $P^{-1}$. No two-point function has to be summed.
