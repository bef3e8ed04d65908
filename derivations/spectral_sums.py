# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Spectral sums and their Mellin expansions
#
# **Assumptions.** A power law, $\lambda_I=\lambda_+I^{-(1+\alpha)}$, with $\lambda_+=1$: $\kappa$ is in units of
# $\lambda_+$. The teacher's powers are $v_I=I^{-R}$. The spectrum is infinite unless $M$ is mentioned; $s=1+\alpha$.
#
# **Main results.** $D$, $q$, $D-q$ and the teacher's sums as $\kappa\to0$, to any order: one term from the pole of the
# spectrum's Dirichlet series, the power law, and a smooth series of zeta values; the share $q/D\to\alpha/(1+\alpha)$;
# logarithms where two poles meet; the end of the spectrum at $M$.
#
# **Route.** The sum is an integral of its Mellin transform along a line. Moving the line to the left collects residues,
# each of them one term (chapter `mellin_transforms`). The checks know nothing of this: they sum the series to 100
# digits by the Euler-Maclaurin formula and see at which power of $\kappa$ the expansion ceases to agree.

# %%
from fractions import Fraction

from sympy import Symbol

from derivations.chapter import Chapter, equality
from derivations.expansion_points import (
    SOURCE,
    S,
    expands,
    expands_beside,
    expands_within,
    expression,
    shares,
)
from derivations.numeric_checks import numerically
from theory.continuum import df2_share
from theory.dirichlet import PowerLawSeries
from theory.expansion import Regime, expansion
from theory.mellin import Kernel
from theory.student import M

chapter = Chapter("spectral_sums", "Spectral sums", running=__name__ == "__main__")

POWER_LAW, WEIGHTED = PowerLawSeries(S), PowerLawSeries(S, SOURCE)
DF1, DF2, SPREAD, BIAS, CROSS = Kernel(1, 0), Kernel(2, 0), Kernel(1, 1), Kernel(0, 2), Kernel(1, 1)
SMALL = r"$\kappa\to0$; $\alpha>0$; infinite power law, $\lambda_+=1$"

# %% [markdown]
# ## Expansions in small $\kappa$
#
# The pole of $Z$ gives $\kappa^{-1/s}$, the poles of $\Gamma(k+z)$ at $z=-k,-k-1,\dots$ give integer powers with values
# of $\zeta$ at negative arguments. The first of these in $D$ is $\zeta(0)=-\tfrac{1}{2}$: the sum starts at $I=1$, half
# an index after the integral does.

# %%
chapter.claim(
    "df1-expansion",
    "First degree of freedom at small ridge",
    r"Residues at $z=1/s$ and at $z=0,-1,-2$.",
    lambda: equality(Symbol(r"D+O(\kappa^{3})"), expression(expansion(POWER_LAW, DF1, 3))),
    expands(DF1, 3, lambda alpha: -1 / (1 + alpha)),
    SMALL,
    uses=("dirichlet-pole", "mellin-df1"),
)

# %%
chapter.claim(
    "df2-expansion",
    "Second degree of freedom at small ridge",
    r"The same with the kernel $(1+u)^{-2}$.",
    lambda: equality(Symbol(r"q+O(\kappa^{3})"), expression(expansion(POWER_LAW, DF2, 3))),
    expands(DF2, 3, lambda alpha: -1 / (1 + alpha)),
    SMALL,
    uses=("dirichlet-pole",),
)

# %%
chapter.claim(
    "spread-expansion",
    "The spread of the modes at small ridge",
    r"$D-q=-\kappa\,dD/d\kappa$ has no constant term: the kernel $u/(1+u)^2$ has its first pole at $z=-1$.",
    lambda: equality(Symbol(r"D-q+O(\kappa^{3})"), expression(expansion(POWER_LAW, SPREAD, 2))),
    expands(SPREAD, 3, lambda alpha: -1 / (1 + alpha)),
    SMALL,
    uses=("mellin-spread", "moment-derivative"),
)

# %%
chapter.claim(
    "df2-share",
    "Share of the second degree of freedom",
    r"The leading terms of $q$ and $D$ have one power; their ratio is $1-1/s$.",
    lambda: equality(Symbol(r"\lim_{\kappa\to0}\frac{q}{D}"), df2_share()),
    numerically(shares),
    SMALL,
    uses=("df1-expansion", "df2-expansion"),
)

# %% [markdown]
# ## The teacher's sums
#
# With weights $I^{-R}$ the pole sits at $z=(1-R)/s$, and two terms compete: the pole's, $\kappa^{(R-1)/s}$, and the
# first zeta term, $\kappa^2$ in the bias and $\kappa$ in the cross sum. A teacher that falls steeply is *saturated*:
# its first few directions make the zeta term, and a larger $R$ no longer helps. This is all there is to the branches of
# the source condition.

# %%
chapter.claim(
    "bias-sum-expansion",
    "The teacher's power through the bias",
    r"Residues at $z=(1-R)/s$ and $z=-2$.",
    lambda: equality(Symbol(r"\sum_I v_I(1-p_I)^2+O(\kappa^{3})"), expression(expansion(WEIGHTED, BIAS, 1))),
    expands(BIAS, 3, lambda alpha: (2 + alpha) / 2 / (1 + alpha), lambda alpha: 1 + (2 + alpha) / 2),
    SMALL + r"; $0<R-1\ne 2(1+\alpha)$",
    uses=("dirichlet-pole", "mellin-bias"),
)

# %%
chapter.claim(
    "cross-sum-expansion",
    "The teacher's power through the spread",
    r"Residues at $z=(1-R)/s$ and $z=-1$.",
    lambda: equality(Symbol(r"\sum_I v_Ip_I(1-p_I)+O(\kappa^{2})"), expression(expansion(WEIGHTED, CROSS, 1))),
    expands(CROSS, 2, lambda alpha: (2 + alpha) / 5 / (1 + alpha), lambda alpha: 1 + (2 + alpha) / 5),
    SMALL + r"; $-\alpha<R$, $R-1\ne 1+\alpha$",
    uses=("dirichlet-pole", "mellin-spread"),
)

# %% [markdown]
# Where both powers are equal the poles meet: a double pole, and a logarithm. The constant beside it carries Euler's
# constant from `dirichlet-constant`.

# %%
chapter.claim(
    "bias-sum-logarithm",
    "The bias at the border of saturation",
    r"Double pole at $z=-2$, for $R=1+2(1+\alpha)$; $\gamma_{\mathrm{E}}$ is Euler's constant.",
    lambda: equality(
        Symbol(r"\sum_I v_I(1-p_I)^2+O(\kappa^{3})"), expression(expansion(PowerLawSeries(S, 1 + 2 * S), BIAS, 1))
    ),
    expands(BIAS, 3, lambda alpha: Fraction(2), lambda alpha: 3 + 2 * alpha),
    SMALL + r"; $R=3+2\alpha$",
    uses=("dirichlet-constant", "mellin-bias"),
)

# %%
chapter.claim(
    "cross-sum-logarithm",
    "The spread at the border of saturation",
    r"Double pole at $z=-1$, for $R=2+\alpha$; $\gamma_{\mathrm{E}}$ is Euler's constant.",
    lambda: equality(
        Symbol(r"\sum_I v_Ip_I(1-p_I)+O(\kappa^{2})"), expression(expansion(PowerLawSeries(S, 1 + S), CROSS, 1))
    ),
    expands(CROSS, 2, lambda alpha: Fraction(1), lambda alpha: 2 + alpha),
    SMALL + r"; $R=2+\alpha$",
    uses=("dirichlet-constant", "mellin-spread"),
)

# %% [markdown]
# ## The end of the spectrum, and beyond both ends
#
# A spectrum of $M$ modes lacks the tail $I>M$, which for $\kappa\gg\lambda_M$ is a convergent series in $1/u$ with
# Hurwitz zeta values $\zeta(\sigma,M+1)=\sum_{I>M}I^{-\sigma}$. Below $\lambda_M$ and above $\lambda_1$ there are no
# poles of $Z$ and no power law: the series are the geometric ones.

# %%
chapter.claim(
    "df1-tail",
    "First degree of freedom of a long spectrum",
    r"The infinite spectrum, shifted to the left, less its tail, shifted to the right.",
    lambda: equality(
        Symbol(r"D+O(\kappa^{2})+O(\kappa^{-3}M^{-2-3\alpha})"), expression(expansion(POWER_LAW, DF1, 2, length=M))
    ),
    expands_within(2, 3),
    r"$\lambda_M\ll\kappa\ll1$; $\alpha>0$; power law of $M$ modes, $\lambda_+=1$",
    uses=("df1-expansion",),
)

# %%
chapter.claim(
    "df1-below",
    "First degree of freedom below the spectrum",
    r"$Z$ is entire, and its values at $0,-1,-2$ are power sums over the $M$ modes.",
    lambda: equality(
        Symbol(r"D+O(\kappa^{3})"), expression(expansion(POWER_LAW, DF1, 3, regime=Regime.BELOW, length=M))
    ),
    expands_beside(-1, 3, 50),
    r"$\kappa\ll\lambda_M$; $\alpha>0$; power law of $M$ modes, $\lambda_+=1$",
)

# %%
chapter.claim(
    "df1-above",
    "First degree of freedom above the spectrum",
    r"The line moves to the right: $(-1)^{i+1}\operatorname{tr}\Lambda^i/\kappa^i$, $i=1,2,3$.",
    lambda: equality(Symbol(r"D+O(\kappa^{-4})"), expression(expansion(POWER_LAW, DF1, 3, regime=Regime.ABOVE))),
    expands_beside(1, 3, None),
    r"$\kappa\gg1$; $\alpha>0$; infinite power law, $\lambda_+=1$",
)
