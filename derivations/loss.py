# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # The test loss
#
# **Assumptions.** Planar limit; any teacher, of power $v_I=\mathrm{E}[w_I^2]\lambda_I$; one output ($C=1$; outputs add
# up).
#
# **Main results.** The test loss for any teacher; its split into bias, the variances due to features, to samples and to
# both, and label noise; the training loss, and its relation to the test loss,
# $L_{\mathrm{train}}=(1-D/T)^2(L+\sigma_\epsilon^2/2)$.
#
# **Route.** The loss is $dH/dJ$ at $J=0$ along the planar solution (claim `envelope`): implicit differentiation of
# Dyson's equations. The checks differentiate them numerically.

# %%
import sympy as sp
from mpmath import mpf
from sympy import Symbol

from derivations.chapter import Chapter, equality
from derivations.checks import by_dyson, exact_in_moments
from derivations.independent import NumericDyson
from theory import planar, positive
from theory.moments import D
from theory.student import NOISE, N, T

PLANAR = (
    r"planar limit: $N, M, T$ large in proportion; $\gamma > 0$; independent Gaussian $u, x, w, \varepsilon$; $C = 1$"
)
L_SIGNAL, L_NOISE, L_TRAIN = (Symbol(rf"L_{{\mathrm{{{name}}}}}") for name in ("signal", "noise", "train"))
LOSS = Symbol("L", positive=True)
chapter = Chapter("loss", "The test loss", running=__name__ == "__main__")


def bare(expression: sp.Expr) -> sp.Expr:
    """One output, arranged for reading."""
    return positive.compact(expression.subs(planar.OUTPUTS, 1))


# %% [markdown]
# ## The loss
#
# The source $J$ moves $\kappa$, $A$ and $B$. Differentiating the three laws that fix them gives a linear system for the
# three rates, with spectral moments as coefficients, and with it $dH/dJ$.

# %%
chapter.claim(
    "test-loss",
    "Test loss for any teacher",
    r"$dH/dJ$ along the planar solution, by implicit differentiation of $\kappa$, $A$ and $B$.",
    lambda: equality(LOSS, bare(planar.loss())),
    by_dyson(lambda p: p.slope()),
    PLANAR,
    "Simon et al., arXiv:2311.14646",
    "Atanasov et al., arXiv:2405.00592",
    uses=("envelope", "planar-equation", "moment-derivative"),
)

# %% [markdown]
# Energy and loss are sums of what the teacher sources and of what the label noise sources: signal and noise. Their
# common denominator is $2Z$, $Z=(N-D)(T-D)+(D-q)(N+T-2D)$, and every term is positive.

# %%
chapter.claim(
    "signal",
    "Test loss without label noise",
    r"The part of $dH/dJ$ that the teacher sources.",
    lambda: equality(L_SIGNAL, bare(planar.signal())),
    by_dyson(lambda p: p.slope(noise=False)),
    PLANAR,
    uses=("test-loss",),
)

# %%
chapter.claim(
    "label-noise",
    "Label noise",
    r"The part of $dH/dJ$ that $\varepsilon$ sources.",
    lambda: equality(L_NOISE, bare(planar.label_noise())),
    by_dyson(lambda p: p.slope() - p.slope(noise=False)),
    PLANAR,
    uses=("test-loss",),
)

# %% [markdown]
# ## Duality
#
# For the isotropic teacher the exchange of features and samples (claim `duality-draw`) maps the signal to itself, so in
# the planar limit it must be as symmetric as the planar equation.


# %%
def exchanged_signal() -> sp.Expr:
    signal = planar.isotropic(planar.signal())
    return bare(signal.subs({N: T, T: N}, simultaneous=True))


chapter.claim(
    "duality",
    "Features and samples play symmetric roles",
    r"The signal is invariant under $N\leftrightarrow T$: the planar shadow of the exchange in a draw.",
    lambda: equality(L_SIGNAL, exchanged_signal()),
    exact_in_moments(lambda: planar.isotropic(planar.signal().subs(planar.OUTPUTS, 1))),
    r"planar limit; isotropic teacher; $C = 1$",
    "MRS, arXiv:2210.16859",
    "Zhang, arXiv:2405.19398",
    uses=("duality-draw", "planar-equation"),
)

# %% [markdown]
# ## Bias and variances
#
# Holding a dressing fixed while $J$ varies removes the fluctuations that dress the loss through it: with $A$ held the
# predictor is averaged over features, with $B$ held over samples. So the signal is split as in an analysis of
# variance: the bias, what features add to it alone, what samples add alone, and what only both add.


# %%
def part(name: str, title: str, rule: str, held: tuple[int, ...]) -> None:
    """held: the dressings kept at their values, 1 for A and 2 for B."""

    def numeric(point: NumericDyson) -> mpf:
        value = point.slope(noise=False, frozen_ends=held)
        return value if name == "bias" else value - point.slope(noise=False, frozen_ends=(1, 2))

    symbol = Symbol(rf"L_{{\mathrm{{{name.replace('_variance', '')}}}}}")
    chapter.claim(
        name.replace("_", "-"),
        title,
        rule,
        lambda: equality(symbol, bare(planar.loss_parts()[name])),
        by_dyson(numeric),
        PLANAR,
        uses=("test-loss",) if name == "bias" else ("test-loss", "bias"),
    )


part("bias", "Bias", "Both dressings held: the error of the predictor averaged over features and samples.", (1, 2))
part("feature_variance", "Feature variance", "Samples averaged out ($B$ held), minus the bias.", (2,))
part("sample_variance", "Sample variance", "Features averaged out ($A$ held), minus the bias.", (1,))

# %%
SINGLE = planar.PARTS[:3]


def beyond_single() -> sp.Expr:
    return planar.signal().subs(planar.OUTPUTS, 1) - sum(bare(planar.loss_parts()[name]) for name in SINGLE)


chapter.claim(
    "interaction",
    "Variance from features and samples together",
    "What the signal has beyond bias and the two single variances; free of subtractions, so never negative.",
    lambda: equality(Symbol(r"L_{\mathrm{interaction}}"), bare(planar.loss_parts()["interaction"])),
    exact_in_moments(beyond_single),
    PLANAR,
    uses=("signal", "bias", "feature-variance", "sample-variance"),
)

# %% [markdown]
# ## The training loss
#
# The least objective is the data term plus $\frac\gamma2|\hat\theta|^2$. By the envelope theorem once more the second
# part is $\gamma\,dH/d\gamma$; what is left, over $T$, is the training loss.

# %%
chapter.claim(
    "training-loss",
    "Training loss per sample, noisy labels",
    r"$H$ minus the ridge's share $\gamma\,dH/d\gamma$, divided by $T$.",
    lambda: equality(L_TRAIN, bare(planar.train_loss())),
    by_dyson(lambda p: p.training()),
    PLANAR,
    uses=("energy", "planar-equation"),
)

# %%
chapter.claim(
    "train-test",
    "Training and test loss",
    r"Both are known functions of the same moments; eliminating them leaves one relation.",
    lambda: equality(L_TRAIN, (1 - D / T) ** 2 * (LOSS + NOISE / 2)),
    exact_in_moments(
        lambda: planar.train_loss().subs(planar.OUTPUTS, 1), lambda: {LOSS: planar.loss().subs(planar.OUTPUTS, 1)}
    ),
    PLANAR,
    "generalised cross-validation: Golub, Heath and Wahba 1979",
    uses=("test-loss", "training-loss"),
)

# %% [markdown]
# The relation needs only what a practitioner has: the training loss and $D$ give the test loss. It is the estimate
# known as generalised cross-validation.
