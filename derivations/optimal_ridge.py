# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # The optimal ridge
#
# **Assumptions.** The planar solution. A power law $\lambda_I = I^{-(1+\alpha)}$, $v_I = \lambda_I$, with
# $1 \ll N, T \ll M$ where a result says so; units in which $\sigma_w^2 = M$, $C = 1$ and the ridge is measured in
# $\sigma_u^2/M$, so that $\gamma = \kappa (N - D)(T - D)$.
#
# **Main results.** The loss along the ridge as a function of $D$; the quadratic whose root is the optimum, with its
# ridge and its loss; $\alpha = 1$, where the ridge does not depend on the sizes and the law of MRS is exact; by how
# much that law errs otherwise; the condition for an optimum at any spectrum, teacher and noise; with label noise the
# ridge of Bayes and the rate $T^{-\alpha/(1+\alpha)}$.
#
# **Route.** At fixed $N$ and $T$ the degrees of freedom $D$ label the ridges. In the continuum the loss is a rational
# function of $D$ times $D^{-\alpha}$; its stationarity is a quadratic.

# %%
import sympy as sp
from mpmath import mpf

from derivations import optimum_points as points
from derivations.chapter import Chapter, equality
from derivations.numeric_checks import both_sides, numerically
from numerics.multiprecision import exact
from theory import optimum, positive, stationary
from theory.asymptotics import asymptotics
from theory.continuum import ALPHA, df1_scale
from theory.moments import KAPPA
from theory.optimum import DF1, DF2
from theory.path import OPTIMAL, Path, Power
from theory.planar import OUTPUTS, SAMPLE_GAP
from theory.positive import BIAS_SUM
from theory.stationary import CROSS_12, CROSS_21, CUBE, SPREAD_12, SPREAD_21
from theory.student import NOISE, N, T

chapter = Chapter("optimal_ridge", "The optimal ridge", running=__name__ == "__main__")
PLANAR = r"planar limit; any spectrum, teacher and noise; $C = 1$"
UNITS = r"; $\lambda_I = v_I = I^{-(1+\alpha)}$, $C = 1$, ridge in units of $\sigma_u^2/M$"
LARGE = r"planar limit; no label noise; $1 \ll N, T \ll M$" + UNITS
BEST = sp.Symbol("D_*", positive=True)

# %% [markdown]
# ## The loss along the ridge
#
# The isotropic signal depends on the spectrum through $\kappa$, $D$ and $q$. In the continuum
# $\kappa = c_\alpha D^{-(1+\alpha)}$ and $q = \alpha D/(1+\alpha)$, which leaves $D$. Sizes and $D$ grow together, by
# a factor $x$.

# %%
continuum_signal = chapter.claim(
    "continuum-signal",
    "Signal as a function of the degrees of freedom",
    r"$\kappa$ and $q$ of the continuum, put into the isotropic signal.",
    lambda: equality(sp.Symbol(r"\lim_{x\to\infty} x^{\alpha} L(xD; xN, xT)"), optimum.continuum_loss()),
    numerically(lambda: [(best.loss, {**best.values, DF1: df1}) for best, df1 in points.along_df1()]),
    LARGE,
    uses=("signal",),
)

# %% [markdown]
# ## The optimum
#
# $d \ln L/d \ln D$ has a quadratic numerator. Its square's coefficient vanishes at $\alpha = 1$; the root below is
# written so that it stays regular there. The other root lies above $\min(N, T)$.


# %%
def _quadratic() -> sp.Equality:
    square, slope, constant = (sp.factor(c) for c in optimum.stationarity().all_coeffs())
    common = sp.factor(sp.gcd(slope, constant))
    rest = sp.factor(slope / common) * BEST + sp.cancel(constant / common)
    return equality(-square * BEST**2, common * rest)


WITH_DF1 = r"; $D_*$ of the claim `optimal-df1`"


def _optimum_points(symbol: sp.Symbol) -> list[points.Values]:
    return [{**best.values, symbol: best.df1} for best in points.general()]


chapter.claim(
    "optimal-quadratic",
    "Stationarity in the degrees of freedom",
    r"The numerator of $d\ln L/d\ln D$ vanishes.",
    _quadratic,
    both_sides(lambda: _optimum_points(BEST)),
    LARGE,
    uses=("continuum-signal",),
)
chapter.claim(
    "optimal-df1",
    "Degrees of freedom at the optimal ridge",
    r"The root of the quadratic below $\min(N, T)$.",
    lambda: equality(sp.Symbol(r"\lim_{x\to\infty} D_*(xN, xT)/x"), optimum.optimal_df1()),
    numerically(lambda: [(best.df1, best.values) for best in points.general()]),
    LARGE,
    uses=("optimal-quadratic",),
)
chapter.claim(
    "optimal-ridge",
    "The optimal ridge",
    r"The planar equation with $\kappa$ of the continuum, at $D_*$.",
    lambda: equality(
        sp.Symbol(r"\lim_{x\to\infty} x^{\alpha-1} \gamma_*(xN, xT)"), optimum.ridge_law().subs(DF1, BEST)
    ),
    numerically(lambda: [(best.ridge, {**best.values, BEST: best.df1}) for best in points.general()]),
    LARGE + WITH_DF1,
    uses=("planar-equation", "optimal-df1"),
)
chapter.claim(
    "optimal-loss",
    "Loss at the optimal ridge",
    r"The signal at $D_*$, the square of $D_*$ eliminated with the quadratic.",
    lambda: equality(sp.Symbol(r"\lim_{x\to\infty} x^{\alpha} L_*(xN, xT)"), optimum.loss_at_optimum().subs(DF1, BEST)),
    numerically(lambda: [(best.loss, {**best.values, BEST: best.df1}) for best in points.general()]),
    LARGE + WITH_DF1,
    uses=("continuum-signal", "optimal-quadratic"),
)

# %% [markdown]
# ## Equal sizes
#
# At $N = T$, the best split of a budget (chapter `equiparameterization`), everything is a function of $\alpha$ times
# a power of $N$. MRS state $L_0 (1/N + 1/T)^\alpha$, with $L_0$ the amplitude of the ridgeless power law. The ratio of
# the two losses is one function of $\alpha$.


# %%
def _law_measured(best: points.Best) -> mpf:
    """L_0 (2/N)^alpha with L_0 N^-alpha the ridgeless loss at N << T, measured."""
    large = points.system(best.alpha)
    ridgeless = large.loss(large.log_kappa_at(best.features), best.features, best.features * points.INFINITE)
    return ridgeless * 2 ** exact(best.alpha)


chapter.claim(
    "optimal-share",
    "Degrees of freedom at equal sizes",
    r"$D_*$ at $N = T$.",
    lambda: equality(sp.Symbol(r"\lim_{N=T\to\infty} D_*/N"), optimum.optimal_share()),
    numerically(lambda: [(best.df1 / best.features, best.values) for best in points.equal_sizes()]),
    LARGE + "; $N = T$",
    uses=("optimal-df1",),
)
chapter.claim(
    "ratio-to-law",
    "Loss at equal sizes over the law of MRS",
    r"$L_{\mathrm{law}} = L_0 (1/N + 1/T)^{\alpha}$ at $N = T$; 1 at $\alpha = 1$, less for larger $\alpha$.",
    lambda: equality(sp.Symbol(r"\lim_{N=T\to\infty} L_*/L_{\mathrm{law}}"), optimum.ratio_to_law()),
    numerically(lambda: [(best.loss / _law_measured(best), best.values) for best in points.equal_sizes()]),
    LARGE + "; $N = T$",
    "MRS, arXiv:2210.16859 (the law)",
    uses=("optimal-loss", "optimal-share"),
)

# %% [markdown]
# ## The case $\alpha = 1$
#
# There the quadratic is linear, $D_* = N T/(N + T)$: the optimal ridge is one number for all sizes, and the law of MRS
# is exact.


# %%
def _df1_at_one() -> sp.Expr:
    return sp.factor(optimum.optimal_df1().subs(ALPHA, 1), deep=True)


AT_ONE = LARGE + r"; $\alpha = 1$"
chapter.claim(
    "alpha-one-ridge",
    "One ridge for all sizes",
    r"$c_1 D_*^{-2} (N - D_*)(T - D_*)$ at $D_* = NT/(N+T)$.",
    lambda: equality(
        sp.Symbol(r"\lim_{x\to\infty} \gamma_*(xN, xT)"), sp.simplify(optimum.optimal_ridge().subs(ALPHA, 1))
    ),
    numerically(lambda: [(best.ridge, best.values) for best in points.at_alpha_one()]),
    AT_ONE,
    uses=("optimal-ridge",),
)
chapter.claim(
    "alpha-one-loss",
    "The law of MRS is exact",
    r"$L_*$ at $D_* = NT/(N+T)$.",
    lambda: equality(
        sp.Symbol(r"\lim_{x\to\infty} x L_*(xN, xT)"),
        sp.factor(optimum.loss_at_optimum().subs(ALPHA, 1).subs(DF1, _df1_at_one())),
    ),
    numerically(lambda: [(best.loss, best.values) for best in points.at_alpha_one()]),
    AT_ONE,
    "MRS, arXiv:2210.16859 (stated for all alpha)",
    uses=("optimal-loss",),
)

# %% [markdown]
# ## Any spectrum, teacher and noise
#
# $dL/d\ln\kappa$ at fixed $N$ and $T$ is a difference of two sums of positive terms, in $a = N - D$, $b = T - D$,
# $g = D - q$, $g_{21} = \sum p^2 (1-p)$, the teacher's $V_{j,k} = \sum v p^j (1-p)^k$ and the noise. The optimum is
# where they are equal; that the second is not zero with noise says that then some ridge always helps.


# %%
def _balance() -> sp.Equality:
    raising, lowering = map(sp.expand, stationary.sides())
    common = sp.gcd_terms(raising).as_independent(CROSS_12, CROSS_21, as_Add=False)[0]
    return equality(common * _by_coefficient(raising / common), _by_coefficient(lowering))


def _by_coefficient(total: sp.Expr) -> sp.Expr:
    """What the teacher and the noise source, those with one coefficient together."""
    sources: dict[sp.Expr, list[sp.Symbol]] = {}
    for source in (BIAS_SUM, NOISE, CROSS_12, CROSS_21):
        sources.setdefault(sp.expand(total).coeff(source), []).append(source)
    return sp.Add(*(sp.Add(*found) * coefficient for coefficient, found in sources.items()))


chapter.claim(
    "ridge-balance",
    "What the optimal ridge balances",
    r"Terms of $dL/d\ln\kappa$ that raise the loss, and those that lower it.",
    _balance,
    both_sides(points.balances),
    PLANAR + "; at the ridge of least loss",
    uses=("test-loss",),
)

# %% [markdown]
# ## Label noise
#
# Without projection ($N = \infty$, kernel ridge $\delta = \kappa (T - D)$) and for the isotropic teacher the balance
# factors: whatever the spectrum and $T$, the optimal ridge is the noise over the teacher's variance, as Bayes'
# theorem says for a Gaussian prior. The loss is then $\kappa D/2$. For a power law and $T \gg D$ this
# gives the rate, which is slower than the $T^{-\alpha}$ without noise.


# %%
def _bayes_ridge() -> sp.Expr:
    """The kernel ridge kappa b that balances the two sides."""
    raising, lowering = stationary.sides(N)
    balance = sp.factor((raising - lowering).xreplace(stationary.isotropic_sums()))
    (gap,) = (root for root in sp.solve(balance, SAMPLE_GAP) if root.is_positive)
    return sp.simplify(KAPPA * gap)


def _bayes_loss() -> sp.Expr:
    forms = positive.infinite_size(N)
    at_best = ((forms["signal"] + forms["label_noise"]) / OUTPUTS).xreplace({NOISE: KAPPA * SAMPLE_GAP})
    in_sums = sp.cancel(at_best.xreplace(stationary.isotropic_sums()))
    return sp.factor(in_sums.subs(CUBE, DF2 - SPREAD_21).subs(SPREAD_12, DF1 - DF2 - SPREAD_21))


def _rate() -> sp.Expr:
    """kappa D/2 at kappa T = sigma^2; the engine's law along the path of the optimal ridge, at noise 1, must agree."""
    law = _bayes_loss().subs(DF1, df1_scale() * KAPPA ** (-1 / (1 + ALPHA))).subs(KAPPA, NOISE / T)
    (case,) = asymptotics(Path(None, Power(1), OPTIMAL, noise=Power(0)))
    exponent = sp.simplify(T * sp.diff(sp.log(law), T))
    if sp.simplify(law.subs({NOISE: 1, T: 1}) - case.loss.amplitude) != 0 or exponent != case.loss.exponent:
        raise ArithmeticError("two routes to the rate with label noise differ")
    return sp.powsimp(law.subs(T, 1)).replace(sp.Pow, lambda base, power: sp.Pow(base, sp.factor(power)))


BAYES = r"planar limit; $N = \infty$; any spectrum; $v_I = \lambda_I$, $C = 1$"
chapter.claim(
    "bayes-ridge",
    "The optimal kernel ridge is the noise",
    r"The balance of the optimal ridge factors for the isotropic teacher.",
    lambda: equality(sp.Symbol(r"\delta_*"), _bayes_ridge()),
    numerically(lambda: [(ridge, values) for ridge, _, values in points.without_projection()]),
    BAYES,
    uses=("ridge-balance",),
)
chapter.claim(
    "bayes-loss",
    "Loss at the optimal kernel ridge",
    r"$\sigma_\epsilon^2 = \kappa (T - D)$ put into signal and noise.",
    lambda: equality(sp.Symbol("L_*"), _bayes_loss()),
    numerically(lambda: [(loss, {**v, KAPPA: v["kappa"]}) for _, loss, v in points.without_projection()]),
    BAYES,
    uses=("test-loss", "bayes-ridge"),
)
chapter.claim(
    "noisy-rate",
    "The rate with label noise",
    r"$\kappa D/2$ with $\kappa = \sigma_\epsilon^2/T$ and $D$ of the continuum.",
    lambda: equality(sp.Symbol(r"\lim_{T\to\infty} T^{\alpha/(1+\alpha)} L_*"), _rate()),
    numerically(points.noisy_rate),
    r"planar limit; $N = \infty$, $\sigma_\epsilon^2 > 0$ fixed, $1 \ll T \ll M$" + UNITS,
    "Cui et al., arXiv:2105.15004 (the exponent)",
    uses=("bayes-loss",),
)
