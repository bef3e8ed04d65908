# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Nonlinear features of Gaussian data
#
# **Assumptions.** $\phi = f(u x)$, $x$ and $u$ Gaussian and independent. For the Gaussian-equivalent model also: no
# direction of the data dominates, so that $u x$ has the same variance $s$ for every $u$ and features correlate weakly.
#
# **Main results.** Hermite coefficients; the dual kernels $\mathrm{E} f(z_1) f(z_2)$ in closed form for ReLU, erf, sine
# and GELU; how many products of eigenvalues exceed a bound, and the logarithms in their spectrum; the features' noise
# $c_*^2$; the planar equation and test loss with noise in the features.
#
# **Route.** Coefficients come from the smoothed activation, kernels from Price's theorem and integrations by parts;
# both are checked against quadrature of the definition. Products are counted by the poles of their Dirichlet series,
# and one by one. The noise is a limit of ever more, ever weaker latent directions, and is checked with a finite
# but huge number of them.

# %%
import sympy as sp

from derivations import map_checks
from derivations.chapter import Chapter, equality
from derivations.map_checks import EXPONENT
from derivations.numeric_checks import numerically
from theory import map_spectrum, nonlinear, planar, positive
from theory.dual_kernel import dual_kernel
from theory.gaussian import gaussian_mean
from theory.hermite import S, Z, coefficient, slope
from theory.map_spectrum import MU
from theory.student import GAMMA

chapter = Chapter("nonlinear_maps", "Nonlinear features of Gaussian data", running=__name__ == "__main__")
ONE = r"$z \sim N(0, s)$"
GAUSSIAN = r"$(z_1, z_2)$ Gaussian, mean 0, variances $s_1, s_2$, correlation $\rho$"
EQUIVALENT = r"planar limit; features $c_0 + c_1 u x/\sqrt{s} + c_* \xi$; $u$'s entries of variance 1"

# %% [markdown]
# ## Hermite coefficients
#
# $c_p(s) = \mathrm{E}[f(z)\, \mathrm{He}_p(z/\sqrt{s})]/\sqrt{p!}$ for $z \sim N(0, s)$. With $g = z/\sqrt{s}$,
# $e^{tg - t^2/2}$ generates the polynomials and, as a weight, shifts the Gaussian: so $c_p \sqrt{p!}$ is the $p$-th
# derivative at $t = 0$ of the smoothed activation, $\mathrm{E} f(z + \sqrt{s} t)$. Three identities follow: Stein's,
# $\mathrm{E} z f = s\, \mathrm{E} f'$; the heat equation, $dc_0/ds = c_2/(\sqrt{2} s)$; and Parseval's,
# $\sum_p c_p^2 = \mathrm{E} f^2$.


# %%
def _coefficient_claim(activation: str, shown: str, p: int) -> None:
    chapter.claim(
        f"{activation}-coefficient",
        f"Hermite coefficient of {shown}, degree {p}",
        r"Taylor coefficient of the smoothed activation.",
        lambda: equality(sp.Symbol(f"c_{p}"), sp.factor(coefficient(activation, p))),
        numerically(lambda: map_checks.coefficients(activation, p)),
        ONE,
    )


_coefficient_claim("relu", "ReLU", 4)
_coefficient_claim("erf", "erf", 3)
_coefficient_claim("gelu", "GELU", 4)
chapter.claim(
    "stein",
    "Stein's identity, erf",
    r"An integration by parts: $\mathrm{E} z f(z)/s = \mathrm{E} f'(z)$, and the right side is a Gaussian integral.",
    lambda: equality(sp.Symbol(r"\mathrm{E}[z f(z)]/s"), slope("erf")),
    numerically(lambda: map_checks.covariances("erf")),
    ONE,
)
chapter.claim(
    "heat-equation",
    "The mean grows along the heat equation, GELU",
    r"$\partial_s$ of a Gaussian mean is half the mean of $f''$, which is $\sqrt{2} c_2/s$.",
    lambda: equality(sp.Symbol(r"\partial_s c_{0}"), sp.factor(coefficient("gelu", 2) / (sp.sqrt(2) * S))),
    numerically(lambda: map_checks.heat("gelu")),
    ONE,
)
chapter.claim(
    "parseval",
    "Parseval's identity, sine",
    r"$\mathrm{E} \sin^2 z$, a Gaussian integral.",
    lambda: equality(sp.Symbol(r"\sum_p c_{p}^{2}"), sp.expand(gaussian_mean(sp.sin(Z) ** 2, Z, S))),
    numerically(lambda: map_checks.energy_of_odd("sine")),
    ONE,
)

# %% [markdown]
# ## Dual kernels
#
# $k_f = \mathrm{E} f(z_1) f(z_2)$ for a Gaussian pair of covariance $c = \rho \sqrt{s_1 s_2}$. By Price's theorem
# $\partial_c k_f = \mathrm{E} f'(z_1) f'(z_2)$: derivatives simplify the average until it is elementary, and are
# integrated back. The check sums Mehler's series, $\sum_p c_p(s_1)\, c_p(s_2)\, \rho^p$.


# %%
def _kernel(name: str, title: str, rule: str, *literature: str) -> None:
    left = sp.Symbol(rf"k_{{\mathrm{{{name}}}}}")
    chapter.claim(
        f"{name}-kernel",
        title,
        rule,
        lambda: equality(left, dual_kernel(name)),
        map_checks.by_mehler(name),
        GAUSSIAN,
        *literature,
    )


_kernel(
    "relu", "Dual kernel of ReLU", "Two derivatives in the covariance leave two delta functions.",
    "Cho and Saul, NIPS 2009 (arc-cosine kernel)",
)  # fmt: skip
_kernel(
    "erf", "Dual kernel of erf", "One derivative in the covariance leaves two Gaussians.",
    "Williams, NIPS 1996 (arcsine kernel)",
)  # fmt: skip
_kernel("sine", "Dual kernel of the sine", "A Gaussian integral as it stands.")
_kernel("gelu", "Dual kernel of GELU", "Integrations by parts close on three averages of $\\Phi$ and its density.")


def _relu_noise() -> sp.Equality:
    """E f^2 - c_0^2 - c_1^2."""
    whole = gaussian_mean(Z**2, Z, S) / 2  # f^2 is z^2 on one half of the line
    low = coefficient("relu", 0) ** 2 + coefficient("relu", 1) ** 2
    return equality(nonlinear.NOISE_FLOOR, S * sp.expand((whole - low) / S))


chapter.claim(
    "relu-noise",
    "Noise in ReLU features",
    r"$c_*^2 = \mathrm{E} f^2 - c_0^2 - c_1^2$: what all degrees from two on hold.",
    _relu_noise,
    map_checks.check_relu_noise,
    ONE,
)

# %% [markdown]
# ## Products of eigenvalues
#
# The degree-$p$ part of $f(u x)$ has the products of $p$ eigenvalues as its spectrum, one for each multiset of indices.
# Their Dirichlet series $Z^{(p)}(z)$ is a polynomial in those of the powers, $Z_i = \sum_I \lambda_I^{iz}$. For
# $\lambda_I = I^{-a}$ its pole at $1/a$ has order $p$, so the number of products above $\mu$ has $p - 1$ logarithms,
# and so has the spectrum: the data's exponent is inherited, with logarithms.


# %%
def _counting(degree: int) -> sp.Expr:
    """The counting law, each power of mu with its polynomial in the logarithm."""
    terms = map_spectrum.DegreeSpectrum(EXPONENT, degree).counting
    powers = ((MU**term.power, sp.expand(term.expression(MU) / MU**term.power)) for term in terms)
    return sp.Add(*(power * sp.collect(rest, sp.log(MU)) for power, rest in powers))


POWER_LAW = r"eigenvalues $I^{-a}$, $I = 1, 2, \dots$; the number averaged over its steps"
chapter.claim(
    "product-series",
    "Dirichlet series of threefold products",
    "Multisets counted once each: the cycle index of the symmetric group in the series of the powers.",
    lambda: equality(sp.Symbol("Z^{(3)}"), map_spectrum.cycle_index(3)),
    map_checks.check_products(3),
    "any eigenvalues for which the sums converge",
)
chapter.claim(
    "pair-count",
    "Number of products of two eigenvalues above a bound",
    r"Residues of $Z(z) \mu^{-z}/z$ at the poles of the series and at 0.",
    lambda: equality(sp.Symbol(r"n_2(\mu)"), _counting(2)),
    map_checks.by_counting(2),
    POWER_LAW,
    "Dirichlet's divisor problem",
)
chapter.claim(
    "triple-count",
    "Number of products of three eigenvalues above a bound",
    r"The same for three factors: a pole of order three, two logarithms. $\gamma_1$ is Stieltjes' first constant.",
    lambda: equality(sp.Symbol(r"n_3(\mu)"), _counting(3)),
    map_checks.by_counting(3),
    POWER_LAW,
    uses=("product-series",),
)
chapter.claim(
    "triple-spectrum",
    "Spectrum of products of three eigenvalues",
    r"The leading term of their number, inverted: $\ln(1/\mu) \sim a \ln j$.",
    lambda: equality(sp.Symbol(r"\mu_j\,(1+o(1))"), map_spectrum.DegreeSpectrum(EXPONENT, 3).eigenvalue()),
    map_checks.check_eigenvalue(lambda: _counting(3)),
    r"eigenvalues $I^{-a}$; leading order for $\ln j \gg 1$",
    "Paquette, Xiao, Zhu, arXiv:2603.14578 (the logarithms)",
    uses=("triple-count",),
)

# %% [markdown]
# ## The Gaussian-equivalent model
#
# Features that correlate weakly are a linear map plus noise $\xi$ of their own, independent $N(0, 1)$. Noise is a
# linear map of many weak latent directions that the teacher ignores, so the planar solution holds with these directions
# in every sum. In units in which $u$ has entries of variance 1 the linear part's eigenvalues are $c_1^2
# \lambda_I/\operatorname{tr} \Lambda$.


# %%
def _equation() -> sp.Equality:
    found = nonlinear.equation()
    return equality(found.rhs, found.lhs)


chapter.claim(
    "feature-noise-equation",
    "Planar equation with noise in the features",
    r"Weak latent directions that the teacher ignores: $D$ gains $c_*^2/\kappa$.",
    _equation,
    map_checks.by_many_directions(lambda p: p.evaluate(GAMMA)),
    EQUIVALENT,
    uses=("planar-equation", "relu-noise"),
)
chapter.claim(
    "feature-noise-loss",
    "Test loss with noise in the features",
    "The same limit of the claim `test-loss`; $q$ and the teacher's sums gain nothing.",
    lambda: equality(sp.Symbol("L"), nonlinear.with_noise(positive.compact(planar.loss().subs(planar.OUTPUTS, 1)))),
    map_checks.by_many_directions(lambda p: p.with_directions(planar.loss().subs(planar.OUTPUTS, 1))),
    EQUIVALENT + "; $C = 1$",
    uses=("test-loss", "feature-noise-equation"),
)
