# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # The spectrum of the features
#
# **Assumptions.** The planar limit; $\lambda_I=\lambda_+I^{-(1+\alpha)}$; eigenvalues $x$ of $\phi\phi^\top$, not
# divided by $T$, the largest first.
#
# **Main results.** The data's power law reappears in the features up to rank $\min(N,T)$, with a first correction; it
# ends at a lower edge. Where the two smallest of $N$, $T$ and $M$ are equal there is no edge, and the density diverges
# as $x^{-1/2}$, or as $x^{-2/3}$ if all three are equal.
#
# **Route.** At $\gamma=-x$ the planar equation is that of the Stieltjes transform: $\kappa(N-D)(T-D)=-xM/\sigma_u^2$.
# Where $D\ll\min(N,T)$ the poles of $D$ at $\kappa=-\lambda_r$ are the eigenvalues. Between 0 and the ridgeless
# $\kappa_0$ the equation gives positive $x$ once more, and its largest value there is the lower edge. The checks follow
# the exact equation instead: densities and ranks of finite models, and stationary points at $\kappa=10^{-100}$.

# %%
from sympy import Equality, Symbol

from derivations import feature_points as at
from derivations.chapter import Chapter, equality
from theory.feature_spectrum import EIGENVALUE, bulk_correction, bulk_law, edge_df1, edge_law, hard_edges

chapter = Chapter("feature_spectra", "The spectrum of the features", running=__name__ == "__main__")

# %% [markdown]
# ## The power law

# %%
chapter.claim(
    "bulk-spectrum",
    "The data's power law in the features",
    r"$D$ negligible but for its pole at $\kappa=-\lambda_r$.",
    lambda: equality(Symbol(r"x_r\,(1+o(1))"), bulk_law()),
    at.bulk(),
    r"planar limit; $\lambda_I=\lambda_+I^{-(1+\alpha)}$; $r\ll\min(N,T)$",
    "MRS, arXiv:2210.16859",
    uses=("planar-equation", "feature-trace"),
)

# %% [markdown]
# With $x_r^{(0)}$ for this law: the modes beside $r$ shift it by the rest of $D$ at the pole, a principal value, which
# for $1\ll r$ is the real part of the continuum's $D$ at $\kappa=\lambda_re^{i\pi}$. At $\alpha=1$ those above and
# those below balance.

# %%
chapter.claim(
    "bulk-correction",
    "First correction of the features' power law",
    r"To first order in $r/N$ and $r/T$. The check takes the increase, from rank $r$ to $2r$, of the sum over all the "
    r"other modes: terms that do not grow with $r$ drop out.",
    lambda: equality(Symbol(r"x_r/x_r^{(0)}-1+O(1/N)"), bulk_correction()),
    at.bulk_correction(),
    r"planar limit; $1\ll r\ll\min(N,T)$; infinite power law",
    uses=("bulk-spectrum", "df1-scale"),
)

# %% [markdown]
# ## Its end

# %%
chapter.claim(
    "lower-edge-df1",
    "Where the lower edge is",
    r"$x$ stationary in $\kappa$ at fixed $N$ and $T$, with $D\propto\kappa^{-1/(1+\alpha)}$: quadratic in $D$.",
    lambda: equality(Symbol(r"D\,(1+o(1))"), edge_df1()),
    at.lower_edge("df1"),
    r"planar limit; $1\ll N<T$, of one order; infinite power law",
    uses=("planar-equation", "df1-expansion"),
)

# %%
chapter.claim(
    "lower-edge",
    "The smallest eigenvalue",
    r"$x$ at that $D$, with $\kappa=\lambda_+c_\alpha D^{-(1+\alpha)}$.",
    lambda: equality(Symbol(r"x_{\min}\,(1+o(1))"), edge_law()),
    at.lower_edge("x"),
    r"planar limit; $1\ll N<T$, of one order; infinite power law; $D$ of the claim `lower-edge-df1`",
    uses=("lower-edge-df1",),
)

# %% [markdown]
# ## No gap
#
# Where the two smallest sizes are equal, $x\to0$ with the gap $a$ that closes: $a\propto\gamma^{1/2}$, or
# $\gamma^{1/3}$ if all three are equal. The density is $\operatorname{Im}a/(\pi\gamma)$ at $\gamma=-x$. $\kappa_0$ is
# the ridgeless $\kappa$.

# %%
TITLES = ("as many features as samples", "as many features as modes", "as many samples as modes", "all sizes equal")


def hard_edge_claim(index: int, order: str, title: str) -> None:
    def formula() -> Equality:
        edge = hard_edges()[index]
        return equality(Symbol(r"N\rho(x)\,(1+o(1))"), edge.amplitude * EIGENVALUE**edge.exponent)

    chapter.claim(
        f"hard-edge-{order.split('<')[0].replace('=', '')}",
        f"Density at zero: {title}",
        r"The root of the planar equation in the gap, continued to negative $\gamma$.",
        formula,
        at.hard_edge(order),
        rf"planar limit; any spectrum; $x\to0$; ${order}$",
        uses=("planar-equation", "feature-trace"),
    )


for index, (order, title) in enumerate(zip(("N=T<M", "N=M<T", "T=M<N", "N=T=M"), TITLES, strict=True)):
    hard_edge_claim(index, order, title)
