# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Scaling laws
#
# **Assumptions.** The planar solution with a power law $\lambda_I=I^{-(1+\alpha)}$, for every $\alpha>0$, and the
# isotropic teacher. Units: $C=\sigma_w=\sigma_u=\lambda_+=1$, $L$ without the teacher's $1/M$, $\gamma$ in units of
# $\sigma_u^2/M$. So $\kappa(N-D)(T-D)=\gamma$. $\gg$ means larger by some power,
# however small.
#
# **Main results.** Whichever of features, samples and ridge limits $\kappa$ decides the law of the signal and that of
# the label noise; each with its exponent and its amplitude.
#
# **Route.** Dominant balance: one of the factors of the planar equation is small, the others are monomials, and the
# losses, free of subtractions, become monomials too. The checks take none of these steps. They choose
# $\kappa\sim 10^{-100}$ and the gaps $N-D$, $T-D$, so that the planar equation holds by itself, sum the spectrum
# exactly, and compare the exact loss with the law to 12 digits: corrections are smaller than that so far out. A symbol
# $(1+o(1))$ on the left says that the equality is one of leading orders.

# %%
from sympy import Symbol

from derivations import law_checks as at
from derivations import law_formulas as laws
from derivations.chapter import Chapter, equality

chapter = Chapter("scaling_laws", "Scaling laws", running=__name__ == "__main__")

KAPPA = Symbol(r"\kappa\,(1+o(1))")
SIGNAL, NOISE_LOSS = Symbol(r"L_{\mathrm{signal}}\,(1+o(1))"), Symbol(r"L_{\mathrm{noise}}\,(1+o(1))")
MRS, BAHRI = "MRS, arXiv:2210.16859", "Bahri et al., arXiv:2102.06701"
FEW_FEATURES = laws.SETTING + r"; $1\ll N\ll T$; $\gamma\ll N^{-\alpha}T$; infinite spectrum"
FEW_SAMPLES = laws.SETTING + r"; $1\ll T\ll N$; $\gamma\ll T^{-\alpha}N$; infinite spectrum"
RIDGE = laws.SETTING + r"; $\gamma\gg\max(N,T)\min(N,T)^{-\alpha}$"

# %% [markdown]
# ## What limits $\kappa$
#
# Without ridge $D(\kappa)=n=\min(N,T)$, and $D\simeq(\pi/s)/\sin(\pi/s)\,\kappa^{-1/s}$ is inverted. With a ridge so
# large that $D\ll n$ both gaps are the sizes themselves.

# %%
chapter.claim(
    "kappa-by-size",
    "The ridge that too few features make",
    r"$D(\kappa)=N$, with the pole's term of $D$; $\kappa N=\Delta_N\to c_\alpha N^{-\alpha}$.",
    lambda: equality(KAPPA, laws.kappa_law("features", "signal")),
    at.law(at.kappa, at.FEATURES),
    FEW_FEATURES,
    MRS,
    uses=("planar-equation", "df1-expansion"),
)

# %%
chapter.claim(
    "kappa-by-ridge",
    "The renormalised ridge of a large ridge",
    r"$N-D\simeq N$ and $T-D\simeq T$.",
    lambda: equality(KAPPA, laws.kappa_law("ridge", "signal")),
    at.law(at.kappa, at.RIDGE),
    RIDGE,
    uses=("planar-equation", "df1-expansion"),
)

# %%
chapter.claim(
    "ridge-border",
    "Where the ridge begins to matter",
    r"The two laws of $\kappa$ are equal.",
    lambda: equality(Symbol(r"\gamma_\times\,(1+o(1))"), laws.ridge_border("features")),
    at.law(at.ridge_of_equal_kappa, at.FEATURES),
    laws.SETTING + r"; $1\ll N\ll T$",
    uses=("kappa-by-size", "kappa-by-ridge"),
)

# %% [markdown]
# ## The signal

# %%
chapter.claim(
    "signal-by-features",
    "Resolution-limited: features",
    r"$L=\Delta_N/2$: the exponent of the data's spectrum.",
    lambda: equality(SIGNAL, laws.loss_law("features", "signal")),
    at.law(at.quantity("signal"), at.FEATURES),
    FEW_FEATURES,
    MRS,
    BAHRI,
    uses=("signal", "kappa-by-size"),
)

# %%
chapter.claim(
    "signal-by-samples",
    "Resolution-limited: samples",
    r"The same, by duality.",
    lambda: equality(SIGNAL, laws.loss_law("samples", "signal")),
    at.law(at.quantity("signal"), at.SAMPLES),
    FEW_SAMPLES,
    MRS,
    BAHRI,
    uses=("signal", "duality", "kappa-by-size"),
)

# %%
chapter.claim(
    "signal-by-ridge",
    "Limited by the ridge",
    r"$L=\frac{1}{2}\kappa(D-q)$ at $\kappa=\gamma/(NT)$.",
    lambda: equality(SIGNAL, laws.loss_law("ridge", "signal")),
    at.law(at.quantity("signal"), at.RIDGE),
    RIDGE + r"; $\gamma\ll NT$",
    uses=("signal", "kappa-by-ridge", "spread-expansion"),
)

# %%
chapter.claim(
    "signal-untouched",
    "A ridge above the whole spectrum",
    r"$\kappa\gg\lambda_1$: nothing is learned, and $L=\frac{1}{2}\operatorname{tr}\Lambda$.",
    lambda: equality(SIGNAL, laws.loss_law("ridge", "signal (top of spectrum)")),
    at.law(at.quantity("signal"), at.FAR_ABOVE, at.TOP),
    laws.SETTING + r"; $\gamma\gg NT$",
    uses=("signal", "kappa-by-ridge"),
)

# %%
chapter.claim(
    "signal-below-spectrum",
    "A ridge below the end of the spectrum",
    r"$\kappa\ll\lambda_M$ with $M\ll N,T$: $L=\frac{1}{2}\kappa^2\sum_I\lambda_I^{-1}$.",
    lambda: equality(SIGNAL, laws.loss_law("ridge", "signal (end of spectrum)")),
    at.law_at_end(at.quantity("signal")),
    laws.SETTING + r"; $1\ll M\ll N,T$; $\gamma\ll NTM^{-(1+\alpha)}$",
    uses=("signal", "df1-below"),
)

# %% [markdown]
# ## Label noise
#
# With few features each of them fits noise alike, and more samples average it out. With few samples all of them are
# fitted, noise and all: a plateau that no number of samples lowers without a ridge, its height given by $q/D$.

# %%
chapter.claim(
    "noise-by-features",
    "Label noise: few features",
    r"$\frac{1}{2}\sigma_\epsilon^2N/(T-N)$ at $N\ll T$, whatever the spectrum.",
    lambda: equality(NOISE_LOSS, laws.loss_law("features", "label noise")),
    at.law(at.quantity("label_noise"), at.FEATURES),
    FEW_FEATURES,
    uses=("ridgeless-noise",),
)

# %%
chapter.claim(
    "noise-by-samples",
    "Label noise: few samples",
    r"$\frac{1}{2}\sigma_\epsilon^2\,q/(D-q)$.",
    lambda: equality(NOISE_LOSS, laws.loss_law("samples", "label noise")),
    at.law(at.quantity("label_noise"), at.SAMPLES),
    FEW_SAMPLES,
    uses=("label-noise", "df2-share"),
)

# %%
chapter.claim(
    "noise-by-ridge",
    "Label noise under a ridge",
    r"$\frac{1}{2}\sigma_\epsilon^2\,q/T$ at $\kappa=\gamma/(NT)$.",
    lambda: equality(NOISE_LOSS, laws.loss_law("ridge", "label noise", scale="gamma", top=False)),
    at.law(at.quantity("label_noise"), at.RIDGE),
    RIDGE + r"; $\gamma\ll NT$",
    uses=("label-noise", "kappa-by-ridge", "df2-expansion"),
)

# %%
chapter.claim(
    "noise-untouched",
    "Label noise under a ridge above the whole spectrum",
    r"$\frac{1}{2}\sigma_\epsilon^2\,\operatorname{tr}\Lambda^2/(\kappa^2T)$.",
    lambda: equality(NOISE_LOSS, laws.loss_law("ridge", "label noise", top=True)),
    at.law(at.quantity("label_noise"), at.FAR_ABOVE, at.TOP),
    laws.SETTING + r"; $\gamma\gg NT$",
    uses=("label-noise", "kappa-by-ridge"),
)

# %%
chapter.claim(
    "noise-below-spectrum",
    "Label noise with the spectrum used up",
    r"All $M$ directions fit noise: $q=M$.",
    lambda: equality(NOISE_LOSS, laws.loss_law("ridge", "label noise", scale="M")),
    at.law_at_end(at.quantity("label_noise")),
    laws.SETTING + r"; $1\ll M\ll N,T$; $\gamma\ll NTM^{-(1+\alpha)}$",
    uses=("label-noise", "breakdown"),
)
