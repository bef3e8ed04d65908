# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Between and beyond the scaling laws
#
# **Assumptions.** As for the scaling laws: power law, isotropic teacher, $C=\sigma_w=\sigma_u=\lambda_+=1$, $L$ without
# the teacher's $1/M$, $\gamma$ in units of $\sigma_u^2/M$.
#
# **Main results.** The pole at $N=T$ and the peak that a ridge makes of it; the first corrections to $\Delta_n$, by the
# start and by the end of the spectrum; the last mode; how the plateau of many samples is reached.
#
# **Route.** At the edge, the same balances with $T-N$ as a scale of its own. Corrections come from the terms of $D$
# after the pole's. The checks take exact planar points, and measure at which power of $1/n$ the corrected law ceases to
# agree.

# %%
from fractions import Fraction

from sympy import Symbol

from derivations import law_checks as at
from derivations import law_formulas as laws
from derivations.chapter import Chapter, equality
from derivations.simulated_checks import drawn, simulated
from theory.continuum import ALPHA
from theory.limits import last_mode
from theory.model import Model
from theory.student import M, N, T

chapter = Chapter("scaling_corrections", "Between and beyond the scaling laws", running=__name__ == "__main__")

KAPPA = Symbol(r"\kappa\,(1+o(1))")
SIGNAL, NOISE_LOSS = Symbol(r"L_{\mathrm{signal}}\,(1+o(1))"), Symbol(r"L_{\mathrm{noise}}\,(1+o(1))")
BAHRI = "Bahri et al., arXiv:2102.06701"

# %% [markdown]
# ## The interpolation edge
#
# At $T=N+E$ with $E\ll N$ the loss has a small gap, $T-D$, in its denominator. Without ridge the gap is $E$; at $E=0$
# both gaps are equal, $\sqrt{\gamma/\kappa}$, and the ridge makes the pole a peak of finite height.

# %%
chapter.claim(
    "edge-signal",
    "The pole of double descent",
    r"$\frac{1}{2}\Delta_N\,N/E$.",
    lambda: equality(SIGNAL, laws.edge_law("signal", "E")),
    at.edge_law(at.quantity("signal"), at.EDGE_EXCESS),
    laws.SETTING + r"; $1\ll E\ll N$, $T=N+E$; $\gamma\ll N^{-(1+\alpha)}E^2$",
    uses=("ridgeless-signal", "kappa-by-size"),
)

# %%
chapter.claim(
    "edge-noise",
    "The pole of the label noise",
    r"$\frac{1}{2}\sigma_\epsilon^2\,N/E$.",
    lambda: equality(NOISE_LOSS, laws.edge_law("label noise", "E")),
    at.edge_law(at.quantity("label_noise"), at.EDGE_EXCESS),
    laws.SETTING + r"; $1\ll E\ll N$, $T=N+E$; $\gamma\ll N^{-(1+\alpha)}E^2$",
    uses=("ridgeless-noise",),
)

# %%
chapter.claim(
    "peak-signal",
    "The height of the peak",
    r"$N-D=T-D=\sqrt{\gamma/\kappa}$ with $\kappa\simeq c_\alpha N^{-(1+\alpha)}$.",
    lambda: equality(SIGNAL, laws.edge_law("signal", "gamma")),
    at.edge_law(at.quantity("signal"), at.EDGE_RIDGE),
    laws.SETTING + r"; $N=T\gg1$; $\gamma\ll N^{1-\alpha}$",
    uses=("signal", "kappa-by-size"),
)

# %%
chapter.claim(
    "peak-noise",
    "The height of the label noise's peak",
    r"The same.",
    lambda: equality(NOISE_LOSS, laws.edge_law("label noise", "gamma")),
    at.edge_law(at.quantity("label_noise"), at.EDGE_RIDGE),
    laws.SETTING + r"; $N=T\gg1$; $\gamma\ll N^{1-\alpha}$",
    uses=("label-noise", "kappa-by-size"),
)

# %% [markdown]
# ## Beyond the leading order
#
# Half an index (the zeta term of $D$) and the end of the spectrum (its tail) correct $\Delta_n$. The figures of MRS
# draw $c_\alpha(n^{-\alpha}-M^{-\alpha})$ instead, which has neither coefficient.

# %%
chapter.claim(
    "delta-corrections",
    "First corrections of the power law",
    r"$D(\kappa)=n$ inverted to first order in the zeta term and in the tail of $D$.",
    lambda: equality(Symbol(r"\Delta_n\left(1+O(n^{-2})+O((n/M)^{2\alpha})\right)"), laws.corrected_delta()),
    at.corrected_delta(),
    laws.SETTING + r"; $1\ll n\ll M$, $n=\min(N,T)$; $\gamma=0$",
    uses=("kappa-by-size", "df1-tail"),
)

# %% [markdown]
# With $\Delta_N$ so corrected the ridgeless signal holds at sizes that fit into a computer. It is checked by drawing
# data, features and teachers, without any limit: $\alpha=\frac{1}{2}$, $N=40$, $T=400$, $M=3600$, where what is left
# out is 1% at most, and the teacher is drawn with $\sigma_w^2=M$. The check allows that and five standard errors
# of 200 draws: it would fail by chance less than once in 700 000 seeds.

# %%
chapter.claim(
    "signal-corrections",
    "The ridgeless signal at finite size",
    r"$\frac{1}{2}\Delta_N/(1-N/T)$ with the corrected $\Delta_N$; $\eta=O(N^{-2})+O((N/M)^{2\alpha})$.",
    lambda: equality(Symbol(r"L_{\mathrm{signal}}\,(1+\eta)"), laws.finite_signal()),
    simulated(
        lambda: drawn(
            Model.power_law("1/2", M=3600, N=40, T=400, sigma_w=60),
            "signal",
            200,
            {ALPHA: Fraction(1, 2), N: 40, T: 400, M: 3600},
        ),
        threshold=5,
        omitted=0.01,
    ),
    laws.SETTING + r"; $1\ll N\ll M$, $N<T$; $\gamma=0$",
    uses=("ridgeless-signal", "delta-corrections"),
)

# %%
chapter.claim(
    "last-mode",
    "One mode short of the whole spectrum",
    r"$M-D=\kappa\sum_I\lambda_I^{-1}$ as $\kappa\to0$, and this is 1.",
    lambda: equality(KAPPA, last_mode().coefficient * M ** -last_mode().rate),
    at.last_mode(),
    laws.SETTING + r"; $\min(N,T)=M-1$, $M\gg1$; $\gamma=0$",
    uses=("planar-equation", "df1-below"),
)

# %%
chapter.claim(
    "variance-limited",
    "Variance-limited: the plateau of many samples",
    r"The first term in $1/T$ is $N/T$ of the plateau, for every teacher and every spectrum: exponent 1.",
    lambda: equality(Symbol(r"L_{\mathrm{signal}}/L_{T=\infty}-1+O(T^{-2})"), laws.variance_limited()),
    at.approach_to_plateau(),
    r"planar limit; any spectrum and teacher; $N<M$ fixed, $T\to\infty$ at fixed $\gamma\ge0$",
    BAHRI,
    uses=("signal",),
)
