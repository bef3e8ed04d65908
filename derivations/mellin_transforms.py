# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Mellin transforms of spectral sums
#
# **Assumptions.** A power law, $\lambda_I=I^{-(1+\alpha)}$, and teachers $v_I=I^{-R}$; $s=1+\alpha$.
#
# **Main results.** The poles and the transforms that every expansion of a spectral sum is made of.
#
# **Route.** With $u=\kappa/\lambda_I=\kappa I^s$, so that $p_I=1/(1+u)$, every sum of the planar theory is
# $$F(\kappa)=\sum_I I^{-R}\,\frac{u^k}{(1+u)^{j+k}}=\frac1{2\pi i}\int\varphi(z)\,Z(z)\,\kappa^{-z}\,dz,$$
# $\varphi$ the Mellin transform of the kernel $u^k(1+u)^{-(j+k)}$, or $[j,k]$ for short, and
# $Z(z)=\sum_I I^{-R}\lambda_I^z=\zeta(R+sz)$; the line of integration lies where both converge. Both are needed: their
# poles are the terms of the expansion. Transforms are checked by proved enclosures of the integrals that define them,
# Laurent coefficients by means over a circle around the pole.

# %%
import sympy as sp
from mpmath import mp
from sympy import Symbol

from derivations.chapter import Chapter, equality
from derivations.enclosed_checks import enclosed
from derivations.expansion_points import SOURCE, S, continuum_integrals, mean_on_circle, mellin_integrals
from theory.closed import reflected
from theory.continuum import df1_scale
from theory.dirichlet import PowerLawSeries
from theory.mellin import Kernel, as_integer

chapter = Chapter("mellin_transforms", "Mellin transforms of spectral sums", running=__name__ == "__main__")

WEIGHTED = PowerLawSeries(S, SOURCE)
DF1, BIAS, SPREAD = Kernel(1, 0), Kernel(0, 2), Kernel(1, 1)
Z = Symbol("z")


def mellin(kernel: Kernel) -> sp.Expr:
    """The kernel's Mellin transform at z, between its poles."""
    left, right = (
        kernel.gamma_factor(argument, slope, 0, as_integer)[1][0]
        for argument, slope in ((kernel.k + Z, 1), (kernel.j - Z, -1))
    )
    return reflected(left * right / sp.factorial(kernel.j + kernel.k - 1))


# %% [markdown]
# ## The Dirichlet series of a power law
#
# $Z(z)=\zeta(R+sz)$ has one pole, where its argument is 1. Its residue $1/s$ says how dense the modes
# are, $d\ln I=-\frac{1}{s}\,d\ln\lambda$.

# %%
chapter.claim(
    "dirichlet-pole",
    "The pole of the Dirichlet series",
    r"$\zeta(\sigma)$ has residue 1 at $\sigma=1$, and $\sigma=R+(1+\alpha)z$.",
    lambda: equality(
        Symbol(r"\operatorname{Res}_{z=\frac{1-R}{1+\alpha}} Z(z)"), WEIGHTED.laurent(WEIGHTED.pole, 0)[0]
    ),
    mean_on_circle(lambda s, R: lambda d: d * mp.zeta(1 + s * d)),
    r"$\alpha>0$, any $R$; $Z(z)=\sum_I I^{-R}\lambda_I^z$",
)

# %%
chapter.claim(
    "dirichlet-constant",
    "The constant beside the pole",
    r"$\zeta(\sigma)=1/(\sigma-1)+\gamma_{\mathrm{E}}+\dots$ with Euler's constant $\gamma_{\mathrm{E}}=0.577\ldots$, "
    r"whatever the exponents. It enters where another pole meets this one.",
    lambda: equality(
        Symbol(r"\lim_{z\to z_0}\left[Z(z)-\frac{1}{(1+\alpha)(z-z_0)}\right]"), WEIGHTED.laurent(WEIGHTED.pole, 0)[1]
    ),
    mean_on_circle(lambda s, R: lambda d: mp.zeta(1 + s * d)),
    r"$\alpha>0$, any $R$; $z_0=(1-R)/(1+\alpha)$",
    uses=("dirichlet-pole",),
)

# %% [markdown]
# ## The kernels
#
# $\int_0^\infty u^{z-1}\,u^k(1+u)^{-(j+k)}\,du$ is a beta integral. Three kernels are needed: $D=[1,0]$, the bias
# $[0,2]$ and the spread $[1,1]$.


# %%
def kernel_claim(name: str, title: str, kernel: Kernel, weight: str, strip: str) -> None:
    chapter.claim(
        name,
        title,
        r"$\Gamma(k+z)\,\Gamma(j-z)/\Gamma(j+k)$, and the reflection formula.",
        lambda: equality(Symbol(rf"\int_0^\infty u^{{z-1}}{weight}\,du"), mellin(kernel)),
        enclosed(mellin_integrals(kernel, Z)),
        rf"${strip}$",
    )


kernel_claim("mellin-df1", "Mellin transform of the first degree of freedom", DF1, r"\frac{1}{1+u}", "0<z<1")
kernel_claim("mellin-bias", "Mellin transform of the bias", BIAS, r"\frac{u^2}{(1+u)^2}", "-2<z<0")
kernel_claim("mellin-spread", "Mellin transform of the spread", SPREAD, r"\frac{u}{(1+u)^2}", "-1<z<1")

# %% [markdown]
# At $z=1/s$ the first of them is the integral that replaces the sum in the continuum, $\int_0^\infty dt/(1+t^s)$.

# %%
chapter.claim(
    "df1-scale",
    "The continuum's constant",
    r"The integral of $1/(1+t^{1+\alpha})$, by $u=t^{1+\alpha}$.",
    lambda: equality(Symbol(r"\int_0^\infty\frac{dt}{1+t^{1+\alpha}}"), df1_scale()),
    enclosed(continuum_integrals),
    r"$\alpha>0$",
    uses=("mellin-df1",),
)
