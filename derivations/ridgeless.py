# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # The ridgeless limit
#
# **Assumptions.** $\gamma\to0$, planar limit; $C=1$.
#
# **Main results.** The smallest of $N$, $T$ and $M$ is exhausted, $D\to\min(N,T,M)$. The signal has a pole at $N=T$;
# the label noise does not depend on the spectrum where $N<T$, and does where $N>T$. With $N,T>M$ no signal is lost.
#
# **Route.** In the formulas of the test loss the gap that closes is set to zero; then only algebra is left.

# %%
import sympy as sp
from sympy import Symbol

from derivations.chapter import Chapter, equality
from derivations.checks import exact_in_moments
from theory import planar, positive
from theory.moments import KAPPA, D, Q
from theory.student import NOISE, M, N, T

L_SIGNAL, L_NOISE = Symbol(r"L_{\mathrm{signal}}"), Symbol(r"L_{\mathrm{noise}}")
DELTA_N, DELTA_T = sp.symbols("Delta_N Delta_T", positive=True)  # N kappa, T kappa at gamma = 0
chapter = Chapter("ridgeless", "The ridgeless limit", running=__name__ == "__main__")


def signal_where(used: sp.Symbol, delta: sp.Symbol) -> sp.Expr:
    """The isotropic signal at D = `used`."""
    closed = planar.isotropic(planar.signal().subs(planar.OUTPUTS, 1)).xreplace({D: used})
    return sp.cancel(closed.xreplace({KAPPA: delta / used}))


def noise_where(used: sp.Symbol) -> sp.Expr:
    return sp.cancel(planar.label_noise().subs(planar.OUTPUTS, 1).xreplace({D: used}))


# %% [markdown]
# ## Fewer features than samples
#
# The planar equation at $\gamma=0$ leaves $D=N$, which fixes $\kappa$. In $\Delta_N=N\kappa$, the quantity $\Delta$ of
# MRS, it reads $\sum_I\lambda_I/(\Delta_N+N\lambda_I)=1$.

# %%
chapter.claim(
    "ridgeless-signal",
    "Ridgeless signal, fewer features than samples",
    r"The gap $N-D$ closes; $\Delta_N=N\kappa$.",
    lambda: equality(L_SIGNAL, planar.SIGMA_W**2 / (2 * M) * DELTA_N / (1 - N / T)),
    exact_in_moments(lambda: signal_where(N, DELTA_N)),
    r"planar limit; $\gamma = 0$; $N < T$, $N < M$; isotropic teacher; $C = 1$",
    "MRS, arXiv:2210.16859",
    uses=("signal",),
)

# %%
chapter.claim(
    "ridgeless-noise",
    "Ridgeless label noise, fewer features than samples",
    r"Every feature fits noise alike, whatever the spectrum.",
    lambda: equality(L_NOISE, NOISE / 2 * N / (T - N)),
    exact_in_moments(lambda: noise_where(N)),
    r"planar limit; $\gamma = 0$; $N < T$, $N < M$; $C = 1$",
    uses=("label-noise",),
)

# %% [markdown]
# ## Fewer samples than features
#
# The signal follows by duality. The noise does not: it now depends on the spectrum through $q$, and as $N\to\infty$ it
# tends to $\frac{1}{2}\sigma_\epsilon^2q/(T-q)$, the noise of kernel regression.

# %%
chapter.claim(
    "ridgeless-signal-dual",
    "Ridgeless signal, fewer samples than features",
    r"The gap $T-D$ closes; $\Delta_T=T\kappa$.",
    lambda: equality(L_SIGNAL, planar.SIGMA_W**2 / (2 * M) * DELTA_T / (1 - T / N)),
    exact_in_moments(lambda: signal_where(T, DELTA_T)),
    r"planar limit; $\gamma = 0$; $T < N$, $T < M$; isotropic teacher; $C = 1$",
    "MRS, arXiv:2210.16859",
    uses=("signal", "duality"),
)

# %%
chapter.claim(
    "ridgeless-noise-dual",
    "Ridgeless label noise, fewer samples than features",
    r"All samples are fitted, noise included; the spread over directions is measured by $q$.",
    lambda: equality(L_NOISE, NOISE / 2 * (Q * (N - 2 * T) + T**2) / ((N - T) * (T - Q))),
    exact_in_moments(lambda: noise_where(T)),
    r"planar limit; $\gamma = 0$; $T < N$, $T < M$; $C = 1$",
    uses=("label-noise",),
)

# %% [markdown]
# ## The spectrum used up
#
# With both $N$ and $T$ above $M$ the solution at $\gamma=0$ is $\kappa=0$: every direction is resolved, and the power
# law of the signal has ended at zero.


# %%
def exhausted_loss() -> sp.Expr:
    values = positive.exhausted()
    total = values["signal"] + values["label_noise"]
    return total.subs({planar.OUTPUTS: 1, planar.SAMPLE_GAP: T - M})


chapter.claim(
    "breakdown",
    "The spectrum used up",
    r"$\kappa=0$: no signal is lost, and only label noise remains.",
    lambda: equality(Symbol("L"), NOISE / 2 * M / (T - M)),
    exact_in_moments(exhausted_loss),
    r"planar limit; $\gamma = 0$; $N, T > M$; $C = 1$",
    uses=("test-loss",),
)
