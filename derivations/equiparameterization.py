# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Equiparameterization
#
# **Assumptions.** The planar solution, isotropic teacher, $\sigma_w^2 = M$, one output: $C$ is a cost here. The first
# two results hold for every spectrum and every $M$ without label noise, the others for a power law with
# $1 \ll N, T \ll M$.
#
# **Main results.** At fixed $N + T$ and at fixed $N T$ the optimally regularised signal is least at $N = T$; the
# split of a cost $N^a T^b$; with label noise the optimum moves to $T \gg N$, and the loss falls with the cost $N T$ as
# $C^{-\alpha/(2+\alpha)}$.
#
# **Route.** By the exchange symmetry $N = T$ is stationary, which proves nothing: the ridgeless loss is as symmetric
# and has its pole there. At fixed $\kappa$, though, $1/L$ is linear in $1/(NT)$ and its excess over equal sizes is a
# sum of positive terms. Minimising over $\kappa$ afterwards keeps the order.

# %%
import sympy as sp

from derivations import optimum_points as points
from derivations.chapter import Chapter, equality
from derivations.checks import exact_in_moments
from derivations.numeric_checks import both_sides, numerically
from derivations.optimum_points import COST_N, COST_T
from theory import optimum, planar
from theory.asymptotics import asymptotics
from theory.continuum import ALPHA
from theory.moments import KAPPA, D, Q
from theory.optimum import DF1, DF2, PRODUCT, SHARE_N, SHARE_T, SUM, WEIGHT
from theory.path import OPTIMAL, Path, Power
from theory.student import M, N, T

chapter = Chapter("equiparameterization", "Equiparameterization", running=__name__ == "__main__")
ANY = r"planar limit; any spectrum; $v_I = \lambda_I$, one output; no label noise"
LARGE = r"planar limit; no label noise; $1 \ll N, T \ll M$; $\lambda_I = v_I = I^{-(1+\alpha)}$; optimal ridge"

# %% [markdown]
# ## Any spectrum
#
# With $S = N + T$ and $P = N T$ the signal at fixed $\kappa$ is $\kappa (D - q)/2$ over $1 - Y/P$,
# $Y = q (S - 2D) + D^2 > 0$. So at fixed $S$ the loss falls as $P$ grows; at fixed $P$ it falls as $S$ shrinks. Both
# single out $N = T$. The ridge of any other split is allowed there: $D < \min(N, T)$, which is at most the mean.


# %%
def _inverse(features: sp.Expr, samples: sp.Expr) -> sp.Expr:
    """kappa (D - q)/(2 L) at these sizes, from the engine's form in S and P."""
    whole, rest = optimum.equal_split()
    return whole - rest.subs({SUM: features + samples}) / (features * samples)


def _inverse_exact(features: sp.Expr, samples: sp.Expr) -> sp.Expr:
    """The same from the test loss as it stands, D and q the moments."""
    signal = planar.isotropic(planar.signal()).subs({planar.OUTPUTS: 1, planar.SIGMA_W: sp.sqrt(M)})
    return KAPPA * (D - Q) / (2 * signal.subs({N: features, T: samples}, simultaneous=True))


def _in_df2(rest: sp.Expr) -> sp.Expr:
    return sp.collect(sp.expand(rest), DF2, sp.factor)


def _gain_at_fixed_sum() -> sp.Expr:
    found = sp.factor(_inverse((N + T) / 2, (N + T) / 2) - _inverse(N, T))
    (excess,) = (factor for factor in sp.Mul.make_args(found) if factor.has(DF2))
    return -found / excess * _in_df2(-excess)


MOMENTS = {DF1: D, DF2: Q}
ROOT_N, ROOT_T = sp.symbols("n t", positive=True)
chapter.claim(
    "inverse-signal",
    "The signal in the sum and the product of the sizes",
    r"At fixed $\kappa$, $1/L$ is linear in $1/(NT)$ and in $N + T$.",
    lambda: equality(sp.Symbol(r"\frac{\kappa (D - q)}{2 L}"), 1 - _in_df2(optimum.equal_split()[1]) / PRODUCT),
    exact_in_moments(lambda: _inverse_exact(N, T), lambda: MOMENTS | {SUM: N + T, PRODUCT: N * T}),
    ANY,
    uses=("signal",),
)
chapter.claim(
    "equal-at-fixed-sum",
    "Equal sizes are best at fixed sum",
    r"$1/L$ at $N = T = S/2$ less that at $N, T$, at the same $\kappa$: not negative, since $D < \min(N, T)$.",
    lambda: equality(
        sp.Symbol(r"\frac{\kappa (D - q)}{2} \left(\frac{1}{L_{N=T}} - \frac{1}{L}\right)"),
        _gain_at_fixed_sum(),
    ),
    exact_in_moments(lambda: _inverse_exact((N + T) / 2, (N + T) / 2) - _inverse_exact(N, T), lambda: MOMENTS),
    ANY + r"; $N + T$ fixed",
    uses=("inverse-signal",),
)
chapter.claim(
    "equal-at-fixed-product",
    "Equal sizes are best at fixed product",
    r"The same at fixed product, $N = n^2$, $T = t^2$ and equal sizes $n t$: a square.",
    lambda: equality(
        sp.Symbol(r"\frac{\kappa (D - q)}{2} \left(\frac{1}{L_{N=T}} - \frac{1}{L}\right)"),
        sp.factor(_inverse(ROOT_N * ROOT_T, ROOT_N * ROOT_T) - _inverse(ROOT_N**2, ROOT_T**2)),
    ),
    exact_in_moments(
        lambda: _inverse_exact(ROOT_N * ROOT_T, ROOT_N * ROOT_T) - _inverse_exact(ROOT_N**2, ROOT_T**2),
        lambda: MOMENTS,
    ),
    ANY + r"; $N T$ fixed",
    uses=("inverse-signal",),
)


# %% [markdown]
# ## Other costs
#
# A cost $N^a T^b$ (compute that counts a feature more dearly than a sample, say) has its optimum elsewhere. In
# the shares $u = D/N$, $w = D/T$ and with $p = a/(a+b)$ it solves two equations: stationarity in $D$, and equal
# returns on the cost.


# %%
def _by_df1() -> sp.Equality:
    """Terms without u w on the left."""
    balance = sp.expand(optimum.split_equations()[0])
    product = balance.coeff(SHARE_N, 1).coeff(SHARE_T, 1)
    rest = balance - product * SHARE_N * SHARE_T
    return equality(sp.factor(-product) * SHARE_N * SHARE_T, sp.factor(sp.expand(rest)))


def _by_cost() -> sp.Equality:
    """Terms with p on the left, over p."""
    balance = sp.expand(optimum.split_equations()[1])
    left = balance.coeff(WEIGHT, 1)
    right = sp.cancel((left * WEIGHT - balance) / SHARE_N)
    return equality(sp.collect(sp.expand(left), ALPHA) * WEIGHT, SHARE_N * sp.collect(sp.expand(right), ALPHA))


def _ratio_at_one() -> sp.Expr:
    """N/T at alpha = 1, from both equations; p = a/(a + b)."""
    equations = [e.subs(ALPHA, 1) for e in optimum.split_equations()]
    solutions = sp.solve(equations, [SHARE_N, SHARE_T], dict=True)
    (shares,) = (s for s in solutions if all(0 < value.subs(WEIGHT, sp.Rational(1, 3)) < 1 for value in s.values()))
    return sp.simplify((shares[SHARE_T] / shares[SHARE_N]).subs(WEIGHT, COST_N / (COST_N + COST_T)))


chapter.claim(
    "split-ridge",
    "The split of a cost: the ridge",
    r"Stationarity in $D$, in the shares $u = D/N$ and $w = D/T$.",
    _by_df1,
    both_sides(lambda: [split.values for split in points.splits()]),
    LARGE,
    uses=("optimal-quadratic",),
)
chapter.claim(
    "split-sizes",
    "The split of a cost: the sizes",
    r"$\partial \ln L/\partial \ln N$ and $\partial \ln L/\partial \ln T$ are as $a$ to $b$, $p = a/(a+b)$.",
    _by_cost,
    both_sides(lambda: [split.values for split in points.splits()]),
    LARGE + r"; $N^a T^b$ fixed",
    uses=("continuum-signal",),
)
chapter.claim(
    "split-at-alpha-one",
    "The split of a cost at alpha = 1",
    r"Both equations solved: the size that costs more is the smaller one.",
    lambda: equality(sp.Symbol(r"N_{*}/T_{*}"), _ratio_at_one()),
    numerically(lambda: [(split.features / split.samples, split.values) for split in points.splits_at_alpha_one()]),
    LARGE + r"; $N^a T^b$ fixed; $\alpha = 1$",
    uses=("split-ridge", "split-sizes"),
)

# %% [markdown]
# ## Label noise
#
# Samples have to average the noise as well, and the optimally regularised loss falls with them as
# $T^{-\alpha/(1+\alpha)}$ only, but with features as $N^{-\alpha}$. At a given cost the two are of one order where
# $T \sim N^{1+\alpha}$, far from $N = T$.


# %%
def _noisy_exponents() -> tuple[sp.Expr, sp.Expr]:
    """(power of N*, power of L*) in the cost: where the engine's two laws cross."""
    (by_features,) = asymptotics(Path(Power(1), None, OPTIMAL))
    (by_samples,) = asymptotics(Path(None, Power(1), OPTIMAL, noise=Power(0)))
    n, t = sp.symbols("x y")
    cost, balance = COST_N * n + COST_T * t - 1, by_features.loss.exponent * n - by_samples.loss.exponent * t
    powers = sp.solve([cost, balance], [n, t], dict=True)[0]
    return tuple(sp.collect(sp.factor(e), COST_T) for e in (powers[n], by_features.loss.exponent * powers[n]))


NOISY = LARGE.replace("no label noise", r"$\sigma_\epsilon^2 > 0$ fixed") + r"; $C = N^a T^b$ fixed"
chapter.claim(
    "noisy-features",
    "Features at the optimum with label noise",
    r"The laws $N^{-\alpha}$ and $T^{-\alpha/(1+\alpha)}$ are of one order.",
    lambda: equality(sp.Symbol(r"\lim_{C\to\infty} \ln N_* / \ln C"), _noisy_exponents()[0]),
    numerically(lambda: [points.noisy_growth()]),
    NOISY,
    uses=("noisy-rate",),
)
chapter.claim(
    "compute-optimal",
    "The compute-optimal exponent with label noise",
    r"The loss where the two laws are of one order; $-\alpha/(2+\alpha)$ for $C = N T$.",
    lambda: equality(sp.Symbol(r"\lim_{C\to\infty} \ln L_* / \ln C"), _noisy_exponents()[1]),
    numerically(lambda: [(split.slope, split.values) for split in points.noisy_splits()]),
    NOISY,
    uses=("noisy-rate", "noisy-features"),
)
