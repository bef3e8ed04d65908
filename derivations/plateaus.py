# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Plateaus
#
# **Assumptions.** The planar solution. Exact values hold for every spectrum and teacher; sums are taken at $\kappa_0$,
# the limit of $\kappa$: $g = D - q$, $S_{j,k} = \sum_I p^j (1-p)^k$, $V_{j,k} = \sum_I v_I p^j (1-p)^k$ with $p =
# \lambda_I/(\lambda_I + \kappa_0)$. Power laws are for $\lambda_I = v_I = I^{-(1+\alpha)}$ and $1 \ll N, T \ll M$, in
# units in which $\sigma_w^2 = M$, $C = 1$ and the ridge is measured in $\sigma_u^2/M$.
#
# **Main results.** What is left of the loss as $T$ or $N$ grows, and how fast it is reached; the noise floor of many
# features, $\alpha \sigma_\epsilon^2/2$; which scale ends each power law, and where; what a ridge still does at many
# samples; the breakdown as $N$ reaches $M$.
#
# **Route.** Limits are series of the planar equation around $\kappa_0$. Laws are the phases of the model: in
# each, one scale fixes $\kappa$ and one term dominates the loss, and a phase ends where another scale takes over.

# %%
import math

import sympy as sp

from derivations import plateau_points as points
from derivations.chapter import Chapter, equality
from derivations.enclosed_checks import enclosed
from derivations.ladders import by_ladder
from derivations.numeric_checks import numerically
from theory import planar
from theory.continuum import ALPHA
from theory.local_series import KAPPA_0
from theory.moments import KAPPA, D
from theory.student import GAMMA, N, T

chapter = Chapter("plateaus", "Plateaus", running=__name__ == "__main__")
ANY = r"planar limit; any spectrum and teacher"
RIDGELESS = ANY + r"; $\gamma = 0$"
LARGE = r"planar limit; $1 \ll N, T \ll M$; $\lambda_I = v_I = I^{-(1+\alpha)}$, $C = 1$"


def _limit_claim(
    name: str, title: str, rule: str, left: str, way: str, quantity: str, order: str, assumptions: str, models: int = 2
) -> None:
    """The coefficient of a limit of theory.limits, in its shortest form, checked on a ladder."""
    chapter.claim(
        name,
        title,
        rule,
        lambda: equality(sp.Symbol(left), points.shortened(points.limit(way, quantity).coefficient)),
        by_ladder(lambda: points.limit(way, quantity), "coefficient", points.models(order)[:models]),
        assumptions,
        uses=("test-loss",),
    )


# %% [markdown]
# ## What is left
#
# With $N < M$ features and samples without end, $D(\kappa_0) = N$: the part of the teacher that $N$ features cannot
# express stays. With $T < M$ samples and features without end, $D(\kappa_0) = T$, and the student interpolates the
# noise: its floor does not fall with $N$.


# %%
def _isotropic_plateau() -> sp.Expr:
    value = points.limit("T -> infinity, N < M", "signal").value.subs(KAPPA_0, KAPPA)
    return planar.isotropic(value).subs(D, N).subs(KAPPA, KAPPA_0)


chapter.claim(
    "plateau-in-samples",
    "Plateau at many samples",
    r"$T \to \infty$ of the signal.",
    lambda: equality(sp.Symbol(r"\lim_{T\to\infty} L"), points.limit("T -> infinity, N < M", "signal").value),
    enclosed(lambda: points.enclosures(9, math.inf, "signal")),
    RIDGELESS + r" (or any fixed $\gamma$); $N < M$; $D(\kappa_0) = N$",
    uses=("test-loss",),
)
chapter.claim(
    "plateau-isotropic",
    "Plateau at many samples, isotropic teacher",
    r"$V_{0,1}$ is $\sigma_w^2 \kappa D/M$ there.",
    lambda: equality(sp.Symbol(r"\lim_{T\to\infty} L"), _isotropic_plateau()),
    enclosed(lambda: points.enclosures(9, math.inf, "isotropic")),
    RIDGELESS.replace(" and teacher", "; isotropic teacher") + r"; $N < M$; $D(\kappa_0) = N$",
    "MRS, arXiv:2210.16859",
    uses=("plateau-in-samples",),
)
chapter.claim(
    "plateau-in-features",
    "Plateau at many features",
    r"$N \to \infty$ of the signal: kernel regression with $T$ samples.",
    lambda: equality(
        sp.Symbol(r"\lim_{N\to\infty} L_\mathrm{signal}"), points.limit("N -> infinity, T < M", "signal").value
    ),
    enclosed(lambda: points.enclosures(math.inf, 9, "signal")),
    RIDGELESS + r" (or any fixed $\gamma$); $T < M$; $D(\kappa_0) = T$",
    uses=("signal",),
)
chapter.claim(
    "noise-floor",
    "Noise floor of many features",
    r"$N \to \infty$ of the label noise.",
    lambda: equality(
        sp.Symbol(r"\lim_{N\to\infty} L_\mathrm{noise}"), points.limit("N -> infinity, T < M", "label_noise").value
    ),
    enclosed(lambda: points.enclosures(math.inf, 9, "label_noise")),
    RIDGELESS + r" (or any fixed $\gamma$); $T < M$; $D(\kappa_0) = T$",
    uses=("label-noise",),
)


# %% [markdown]
# ## How fast it is reached
#
# More samples lower the variance alone, as $1/T$. The effect of a fixed ridge falls faster, as $1/T^2$: it stops
# mattering. A small ridge lowers the loss.

# %%
_limit_claim(
    "approach-in-samples",
    "Approach to the plateau in samples",
    r"The next order of the signal in $1/T$.",
    r"\lim_{T\to\infty} T \left(L_\mathrm{signal} - L_\mathrm{signal}(\infty)\right)",
    "T -> infinity, N < M", "signal", "N<M<T",
    ANY + r"; $N < M$; $\gamma$ fixed; $D(\kappa_0) = N$",
)  # fmt: skip
_limit_claim(
    "noise-in-samples",
    "Label noise at many samples",
    r"Each of the $N$ features fits the noise of $T$ labels.",
    r"\lim_{T\to\infty} T L_\mathrm{noise}",
    "T -> infinity, N < M", "label_noise", "N<M<T",
    ANY + r"; $N < M$; $\gamma$ fixed",
)  # fmt: skip
_limit_claim(
    "ridge-fades",
    "What a fixed ridge does to the signal at many samples",
    r"The difference to the same at $\gamma = 0$, to leading order.",
    r"\lim_{T\to\infty} T^2 \left(L_\mathrm{signal} - \left.L_\mathrm{signal}\right|_{\gamma=0}\right)",
    "T -> infinity, N < M", "ridge effect on signal", "N<M<T",
    ANY + r"; $N < M$; $\gamma$ fixed; $D(\kappa_0) = N$",
)  # fmt: skip
_limit_claim(
    "ridge-fades-noise",
    "What a fixed ridge does to the label noise at many samples",
    r"The same difference for the label noise: a ridge always damps it.",
    r"\lim_{T\to\infty} T^2 \left(L_\mathrm{noise} - \left.L_\mathrm{noise}\right|_{\gamma=0}\right)",
    "T -> infinity, N < M", "ridge effect on label_noise", "N<M<T",
    ANY + r"; $N < M$; $\gamma$ fixed; $D(\kappa_0) = N$",
)  # fmt: skip
_limit_claim(
    "finite-spectrum",
    "What the end of the spectrum takes off the plateau",
    r"The modes beyond $M$, to first order in $M^{-\alpha}$; $g = D - q$ of the infinite spectrum.",
    r"\lim_{M\to\infty} M^{\alpha} \left(M L_\mathrm{signal} - M L_\mathrm{signal}(\infty)\right)",
    "M -> infinity, gamma = 0", "M signal", "N<T<M",
    r"planar limit; power law; isotropic teacher; $\gamma = 0$; $N < T$",
    models=1,
)  # fmt: skip

# %% [markdown]
# ## Power laws, and what ends them
#
# Between 1 and $M$ the plateaus are powers of the size that limits. Noise ends the law in $T$ where the two
# parts of the loss are equal, a ridge where it fixes $\kappa$ in place of the size.


# %%
def _approach_to_floor() -> sp.Expr:
    coefficient = points.limit("N -> infinity, T < M", "label_noise").coefficient.subs({GAMMA: 0, planar.OUTPUTS: 1})
    return sp.cancel(coefficient / points.loss_in(points.WITH_NOISE, "samples", "label noise") / T)


chapter.claim(
    "plateau-power-law",
    "The plateau as a power law",
    r"The phase in which features fix $\kappa$ and the signal dominates.",
    lambda: equality(
        sp.Symbol(r"\lim_{N\to\infty} N^{\alpha} \lim_{T\to\infty} L"),
        points.loss_in(points.WITH_NOISE, "features") * N**ALPHA,
    ),
    numerically(points.plateau_points),
    LARGE + r"; $\gamma = 0$",
    "MRS, arXiv:2210.16859",
    uses=("plateau-isotropic",),
)
chapter.claim(
    "noise-floor-power-law",
    "Noise floor of many features, power law",
    r"The phase in which samples fix $\kappa$ and the label noise dominates.",
    lambda: equality(
        sp.Symbol(r"\lim_{T\to\infty} \lim_{N\to\infty} L"),
        points.loss_in(points.WITH_NOISE, "samples", "label noise"),
    ),
    numerically(lambda: [(noisy, values) for _, noisy, _, values in points.ridgeless(points.FAR)]),
    LARGE + r"; $\gamma = 0$; $\sigma_\epsilon^2 > 0$ fixed",
    uses=("noise-floor",),
)
chapter.claim(
    "floor-approach",
    "Approach to the noise floor in features",
    r"The next order of the label noise in $1/N$, over the floor.",
    lambda: equality(
        sp.Symbol(r"\lim_{T\to\infty} \lim_{N\to\infty} \frac{N}{T} \left(L/L(N=\infty) - 1\right)"),
        _approach_to_floor(),
    ),
    numerically(points.approach_points),
    LARGE + r"; $\gamma = 0$; $\sigma_\epsilon^2 > 0$ fixed",
    uses=("noise-floor-power-law",),
)
chapter.claim(
    "noise-ends-samples",
    "Noise that ends the power law in samples",
    r"$L_\mathrm{signal} = L_\mathrm{noise}$ at $N \gg T$, solved for the noise.",
    lambda: equality(sp.Symbol(r"\sigma_c^2"), points.border(points.WITH_NOISE, "samples", "signal", "noise")),
    numerically(lambda: points.equal_parts(points.FAR)),
    LARGE + r"; $\gamma = 0$; $N \gg T$; where the asymptotes cross",
    uses=("plateau-power-law", "noise-floor-power-law"),
)
chapter.claim(
    "samples-against-noise",
    "Noise that many samples average out",
    r"$L_\mathrm{signal} = L_\mathrm{noise}$ at $N \ll T$, solved for the noise: below it the signal dominates.",
    lambda: equality(sp.Symbol(r"\sigma_c^2"), points.border(points.WITH_NOISE, "features", "signal", "noise")),
    numerically(lambda: points.equal_parts(1 / points.FAR)),
    LARGE + r"; $\gamma = 0$; $N \ll T$; where the asymptotes cross",
    uses=("plateau-power-law", "noise-in-samples"),
)
chapter.claim(
    "ridge-limited-loss",
    "The loss where the ridge limits",
    r"The phase in which $\gamma = \kappa N T$.",
    lambda: equality(
        sp.Symbol(r"\lim \left(N T/\gamma\right)^{\alpha/(1+\alpha)} L"),
        points.loss_in(points.WITH_RIDGE, "ridge").subs({N: 1, T: 1, GAMMA: 1}),
    ),
    numerically(points.ridge_limited),
    LARGE + r"; $N^{-\alpha} T, T^{-\alpha} N \ll \gamma \ll N T$ in the limit, in units of $\sigma_u^2/M$",
    uses=("planar-equation", "signal"),
)
chapter.claim(
    "ridge-ends-features",
    "Ridge that ends the power law in features",
    r"$\kappa = \gamma/(NT)$ reaches the $\kappa$ that the features fix.",
    lambda: equality(sp.Symbol(r"\gamma_c"), points.border(points.WITH_RIDGE, "features", "signal", "gamma")),
    numerically(lambda: [(kappa * v[N] * v[T], v) for _, _, kappa, v in points.ridgeless(1 / points.FAR)]),
    LARGE + r"; $N \ll T$; in units of $\sigma_u^2/M$; where the asymptotes cross",
    uses=("plateau-power-law", "ridge-limited-loss"),
)

# %% [markdown]
# ## Poles and the breakdown
#
# Without ridge the loss has a pole at $N = T < M$. As $N$ reaches $M$ (with $T > M$) the last mode is learnt:
# $\kappa$ and the signal vanish linearly, faster than any power law, and noise alone is left.

# %%
_limit_claim(
    "pole",
    "The pole at equal sizes",
    r"The ridgeless signal at $T - N \to 0$; the same from the other side.",
    r"\lim_{N\to T} (T - N) L_\mathrm{signal}",
    "N -> T from below, gamma = 0", "signal", "N<T<M",
    RIDGELESS + r"; $N < T < M$; $D(\kappa_0) = T$",
)  # fmt: skip
_limit_claim(
    "breakdown-kappa",
    "The renormalised ridge at the breakdown",
    r"$D = M - \kappa \sum_I \lambda_I^{-1} + \dots$ reaches $N$.",
    r"\lim_{N\to M} \kappa/(M - N)",
    "N -> M < T, gamma = 0", "kappa", "N<M<T",
    RIDGELESS + r"; $N < M < T$",
)  # fmt: skip
_limit_claim(
    "breakdown-signal",
    "The signal at the breakdown",
    r"The ridgeless signal with that $\kappa$.",
    r"\lim_{N\to M} L_\mathrm{signal}/(M - N)",
    "N -> M < T, gamma = 0", "signal", "N<M<T",
    RIDGELESS + r"; $N < M < T$",
)  # fmt: skip
