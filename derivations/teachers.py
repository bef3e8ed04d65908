# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Teachers and kernels
#
# **Assumptions.** The planar solution with a power law $\lambda_I=I^{-(1+\alpha)}$ and teachers $v_I=I^{-R}$; units as
# for the scaling laws. The spectrum is infinite.
#
# **Main results.** The branches of the source condition, with amplitudes, and why features saturate before samples do;
# kernel ridge regression, $N=\infty$, with label noise and at its best ridge.
#
# **Route.** The teacher's sums have two leading terms, that of the pole and the first zeta term; at the $\kappa$ of the
# scaling laws the larger one is the loss. Checked at exact planar points with $\kappa\sim10^{-100}$.

# %%
from fractions import Fraction

import sympy as sp
from sympy import Symbol

from derivations import law_checks as at
from derivations import law_formulas as laws
from derivations.chapter import Chapter, equality
from theory.asymptotics import asymptotics
from theory.path import OPTIMAL, Path, Power
from theory.student import N, T

chapter = Chapter("teachers", "Teachers and kernels", running=__name__ == "__main__")

SIGNAL, NOISE_LOSS = Symbol(r"L_{\mathrm{signal}}\,(1+o(1))"), Symbol(r"L_{\mathrm{noise}}\,(1+o(1))")
CUI = "Cui et al., arXiv:2105.15004"
SETTING = r"planar limit; $\lambda_I=I^{-(1+\alpha)}$, infinite; $v_I=I^{-R}$, $C=1$; "

# %% [markdown]
# ## The source condition
#
# Teachers $v_I=I^{-R}$. When samples limit ($N=\infty$) the signal is made by the bias sum, whose zeta term is
# $\kappa^2$; when features limit ($T=\infty$) the features' variance, the cross sum, has its own at $\kappa$. So
# features saturate at $R-1=1+\alpha$ already, samples at $R-1=2(1+\alpha)$. The isotropic teacher, $R-1=\alpha$,
# saturates neither.

# %%
SAMPLE_BRANCHES = at.branch(Fraction(3, 5), Fraction(2))
FEATURE_BRANCHES = at.branch(Fraction(2, 5), Fraction(1))


def source_claims(
    by: str, place: at.Place, size: sp.Symbol, border: str, branches: tuple[at.Sources, at.Sources]
) -> None:
    """Both branches, and the exponent that joins them."""
    infinite = SETTING + {"samples": r"$N=\infty$, $T\gg1$", "features": r"$T=\infty$, $N\gg1$"}[by]

    def branch_claim(kind: str, title: str, term: str, relation: str, *, saturated: bool) -> None:
        chapter.claim(
            f"source-{by}-{kind}",
            f"Teachers and {by}: {title}",
            rf"The {term} term of the teacher's sums at the $\kappa$ that {by} make.",
            lambda: equality(SIGNAL, laws.source_law(by, saturated=saturated)),
            at.source_law(place, branches[saturated]),
            rf"{infinite}; $\gamma=0$; ${relation}{border}$",
            uses=("signal", "kappa-by-size", "bias-sum-expansion", "cross-sum-expansion"),
        )

    branch_claim("pole", "the power law", "pole", "0<R-1<", saturated=False)
    branch_claim("saturated", "saturated", "zeta", "R-1>", saturated=True)
    chapter.claim(
        f"source-{by}-exponent",
        f"Teachers and {by}: the exponent",
        r"The smaller of the two branches' exponents.",
        lambda: equality(Symbol(rf"-\lim_{{{size}\to\infty}}\frac{{\ln L}}{{\ln {size}}}"), laws.source_exponent(by)),
        at.source_exponent(place, size, branches),
        rf"{infinite}; $\gamma=0$; $R>1$",
        uses=(f"source-{by}-pole", f"source-{by}-saturated"),
    )


source_claims("samples", at.WIDE_SAMPLES, T, r"2(1+\alpha)", SAMPLE_BRANCHES)
source_claims("features", at.WIDE_FEATURES, N, r"1+\alpha", FEATURE_BRANCHES)

# %% [markdown]
# ## Kernel ridge regression
#
# $N=\infty$, with $\gamma$ the kernel's ridge, $\kappa(T-D)=\gamma$. With $\gamma=T^{1-l}$ these are the rates of Cui
# et al. in their ridge $T^{-l}$: $l<1+\alpha$ is where the ridge limits.

# %%
KERNEL = SETTING + r"$N=\infty$, $T\gg1$; $\gamma$ the kernel's ridge, $T^{-\alpha}\ll\gamma\ll T$"

chapter.claim(
    "kernel-ridge-pole",
    "Kernel ridge regression: the power law",
    r"$L=\frac{1}{2}\sum_Iv_I(1-p_I)^2$ at $\kappa=\gamma/T$, the pole's term.",
    lambda: equality(SIGNAL, laws.kernel_ridge_signal(saturated=False)),
    at.source_law(at.WIDE_RIDGE, SAMPLE_BRANCHES[0]),
    KERNEL + r"; $0<R-1<2(1+\alpha)$",
    CUI,
    uses=("signal", "bias-sum-expansion"),
)

# %%
chapter.claim(
    "kernel-ridge-saturated",
    "Kernel ridge regression: saturated",
    r"The zeta term.",
    lambda: equality(SIGNAL, laws.kernel_ridge_signal(saturated=True)),
    at.source_law(at.WIDE_RIDGE, SAMPLE_BRANCHES[1]),
    KERNEL + r"; $R-1>2(1+\alpha)$",
    CUI,
    uses=("signal", "bias-sum-expansion"),
)

# %%
chapter.claim(
    "kernel-ridge-noise",
    "Kernel ridge regression: label noise",
    r"$\frac{1}{2}\sigma_\epsilon^2\,q/T$ at $\kappa=\gamma/T$.",
    lambda: equality(NOISE_LOSS, laws.kernel_ridge_noise()),
    at.law(at.quantity("label_noise"), at.WIDE_RIDGE),
    KERNEL,
    CUI,
    uses=("label-noise", "df2-expansion"),
)

# %% [markdown]
# Signal and noise move in opposite directions with $\kappa$. For the isotropic teacher, $R=1+\alpha$, their sum is
# least at $\kappa=\sigma_\epsilon^2/T$, and the exponent $\alpha$ of the noiseless law becomes $\alpha/(1+\alpha)$.


# %%
def best_law() -> sp.Expr:
    """The law at the optimal ridge."""
    (case,) = asymptotics(Path(N=None, T=Power(1), gamma=OPTIMAL, noise=Power(0)))
    return case.loss.amplitude * T**case.loss.exponent


chapter.claim(
    "kernel-best-ridge",
    "Kernel ridge regression at its best ridge, with label noise",
    r"The minimum over $\kappa$ of the two laws above.",
    lambda: equality(Symbol(r"\min_\gamma L\,(1+o(1))"), best_law()),
    at.best_kernel_ridge(),
    SETTING.replace("I^{-R}", "\\lambda_I") + r"$N=\infty$, $T\gg1$; $\sigma_\epsilon^2=1$",
    CUI,
    uses=("kernel-ridge-pole", "kernel-ridge-noise"),
)
