r"""The dictionary between the papers' symbols: ridge, feature normalisation, source and capacity, risk.

A convention is what its paper writes down: the training objective, the variance of the random
features, the fixed-point equations, the risk, the power laws. The dictionary to the model of
theory.model follows from equations between the two:

* ridge: the same predictor f(x) minimises both objectives. With theta u = c theta' u', c^2 the
  ratio of the variances of theta u and theta' u' at |theta| = |theta'|, the two agree up to one
  positive factor (`ridge_law`); the paper's fixed points, with the planar equation, say the same
  (`ridge_from_fixed_points`);
* renormalised ridges: from the fixed-point equations that do not contain the ridge;
* risk: from L = (1/2) E |f - w x|^2; source and capacity: by equating exponents.

N infinite is kernel ridge regression with the papers' features of unit covariance, T infinite the
population problem with gamma per sample. Objectives "as read" in the papers; each is confirmed by a
formula of its paper that leaves no choice (tests/theory/test_conventions.py). What Cui et al. divide
by n is pinned by their rates: kappa is the ridge until it meets k^-alpha at l = alpha.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import inf
from typing import Any

import sympy as sp

from theory.continuum import ALPHA
from theory.errors import InvalidInput
from theory.exact import to_fraction
from theory.model import Model
from theory.moments import KAPPA, D
from theory.path import OPTIMAL, Path, Power
from theory.planar import FEATURE_GAP, OUTPUTS, ridge_scale
from theory.rational import linear_root
from theory.spectrum import PowerLaw
from theory.student import GAMMA, NOISE, SIGMA_U, M, N, T

SQUARES, NORM = sp.symbols("S W", positive=True)  # squared errors summed over samples; |theta|^2
RIDGE, LOSS, RISK = sp.symbols("ridge L risk", nonnegative=True)
K1, K2 = sp.symbols("K_1 K_2", nonnegative=True)  # renormalised ridges
E1, E2, SOURCE, DECAY = sp.symbols("e_1 e_2 R l", real=True)  # their exponents; ours; ridge ~ n^-l


@dataclass(frozen=True, eq=False)
class Convention:
    """One paper's symbols, as data; the methods translate numbers, exactly where those are Fractions.

    objective : what training minimises, in SQUARES, NORM, RIDGE and T
    prefactor, entry_variance : features are prefactor u x, u with entries of that variance; None for kernels
    effective : the quantity, in K1 and K2, at which the degrees of freedom D are taken; our kappa
    equations : the fixed points, expressions in K1, K2, RIDGE, D, N, T that vanish
    risk_weight, noisy_risk : the risk is risk_weight E |f - y|^2, with label noise on the test labels or without
    capacity, source : lambda_k ~ k^-capacity, E w_k^2 lambda_k ~ k^-source, in the paper's exponents E1, E2
    ridge_power : the ridge is n^ridge_power with n samples, in DECAY
    ridge, renormalised, risk, exponents, symbols : names; symbols for M, N, T, noise (where the paper has one)
    """

    name: str
    reference: str
    objective: sp.Expr
    prefactor: sp.Expr
    entry_variance: sp.Expr | None
    effective: sp.Expr
    equations: tuple[sp.Expr, ...]
    risk_weight: sp.Expr
    noisy_risk: bool
    capacity: sp.Expr
    source: sp.Expr
    ridge: str
    renormalised: tuple[str, ...]
    risk: str
    exponents: tuple[str, str]
    symbols: Mapping[str, str]
    ridge_power: sp.Expr = -DECAY

    def to_ridge(self, model: Model) -> Fraction:
        """Their ridge, for the student of `model`. Raises InvalidInput where the paper has none (see `to_gamma`)."""
        return self._unit(model, model.gamma) * model.gamma

    def to_gamma(self, model: Model, ridge: Any) -> Fraction:
        """Our gamma (as Model takes it) for their ridge, at the sizes and sigma_u of `model`.

        Raises InvalidInput for a negative ridge, for a finite N where the paper has no features, and
        for T infinite where its ridge is positive and not per sample.
        """
        number = to_fraction(self.ridge, ridge, "a number >= 0")
        if number < 0:
            raise InvalidInput(self.ridge, ridge, "a number >= 0")
        return number / self._unit(model, number)

    def _unit(self, model: Model, ridge: Fraction) -> Fraction:
        """Their ridge at gamma = 1."""
        if self.entry_variance is None and model.N != inf:
            raise InvalidInput("N", model.N, f"inf: {self.reference} has a kernel, no random features")
        infinite = _infinite(model)
        if infinite == T and ridge_law(self, T).has(T):
            if ridge:
                raise InvalidInput("T", "inf", f"a finite number: the ridge of {self.reference} is not per sample")
            return Fraction(1)
        sizes = (Fraction(0) if size == inf else Fraction(size) for size in (model.N, model.T, model.M))
        return Fraction(_compiled(ridge_law(self, infinite) / GAMMA, (N, T, M, SIGMA_U))(*sizes, model.sigma_u))

    def to_renormalised(self, model: Model, kappa: Any, feature_gap: Any) -> dict[str, Any]:
        """Their renormalised ridges from our kappa and N - D (numerics.Evaluation has both), by name."""
        self._unit(model, Fraction(0))
        laws = renormalised_laws(self)
        if model.N == inf:  # D stays finite: (N - D)/N -> 1
            laws = tuple(law.xreplace({FEATURE_GAP: N}) for law in laws)
        forms = (_compiled(law, (KAPPA, FEATURE_GAP, N, T)) for law in laws)
        values = (form(kappa, feature_gap, model.N, model.T) for form in forms)
        return dict(zip(self.renormalised, values, strict=True))

    def to_risk(self, model: Model, loss: Any) -> Any:
        """Their risk, summed over outputs, from our loss (signal + label_noise)."""
        noise: Any = model.noise
        if not isinstance(loss, int | float | Fraction):  # mpmath and Fractions do not mix
            noise = type(loss)(noise.numerator) / noise.denominator
        return _compiled(risk_law(self), (LOSS, OUTPUTS, NOISE))(loss, model.outputs, noise)

    def to_loss(self, model: Model, risk: Any) -> Fraction:
        """Our loss from their risk, exactly. The inverse of `to_risk`."""
        law = linear_root(risk_law(self) - RISK, LOSS)
        number = to_fraction(self.risk, risk)
        return Fraction(_compiled(law, (RISK, OUTPUTS, NOISE))(number, model.outputs, model.noise))

    def to_exponents(self, alpha: Any, R: Any = None) -> dict[str, Fraction]:
        """Their capacity and source from our alpha and R; None is the isotropic teacher, R = 1 + alpha."""
        ours = to_fraction("alpha", alpha)
        values = ours, 1 + ours if R is None else to_fraction("R", R)
        laws = exponent_laws(self)
        return {name: Fraction(_compiled(law, (ALPHA, SOURCE))(*values)) for name, law in laws.items()}

    def from_exponents(self, **exponents: Any) -> tuple[Fraction, Fraction]:
        """Our alpha and R from their capacity and source, given by name. Raises InvalidInput for other names."""
        if set(exponents) != set(self.exponents):
            raise InvalidInput("exponents", ", ".join(exponents) or "none", f"{' and '.join(self.exponents)}")
        values = [to_fraction(name, exponents[name]) for name in self.exponents]
        alpha, R = (_compiled(side, (E1, E2))(*values) for side in (self.capacity - 1, self.source))
        return Fraction(alpha), Fraction(R)

    def exponents_of(self, model: Model) -> dict[str, Fraction]:
        """Capacity and source of a power-law model; empty for lists."""
        spectrum = model.spectrum
        return self.to_exponents(spectrum.alpha, model.teacher_exponent) if isinstance(spectrum, PowerLaw) else {}

    def to_path(self, decay: Any = None, q: Any = None, noise: Any = None, **exponents: Any) -> Path:
        """Our path for n samples, n^q features (None: a kernel), ridge n^ridge_power(l), label noise n^noise.

        decay is l; None is no ridge, "optimal" the optimal one. In units of theory.path. Raises InvalidInput.
        """
        if q is not None and self.entry_variance is None:
            raise InvalidInput("q", q, f"None: {self.reference} has a kernel, no random features")
        alpha, R = self.from_exponents(**exponents) if exponents else (None, None)
        gamma: Power | str | None = OPTIMAL if decay == OPTIMAL else None
        if gamma is None and decay is not None:
            their = self.ridge_power.subs(DECAY, sp.Rational(to_fraction("l", decay)))
            gamma = Power(their - _size_power(self, q))
        size = None if q is None else Power(q)
        return Path(size, Power(1), gamma, noise=None if noise is None else Power(noise), alpha=alpha, source=R)

    def from_path(self, path: Path) -> dict[str, Any]:
        """The inverse of `to_path`: l, q, noise and the exponents; coefficients are left out."""
        if path.T is None:
            raise InvalidInput("T", "inf", "a power of n")
        n = path.T.exponent
        q = None if path.N is None else path.N.exponent / n
        found: dict[str, Any] = {"decay": path.gamma if path.gamma == OPTIMAL else None, "q": q, "noise": None}
        if isinstance(path.gamma, Power):
            power = path.gamma.exponent / n + _size_power(self, q)
            found["decay"] = linear_root(self.ridge_power - power, DECAY)
        if path.noise is not None:
            found["noise"] = path.noise.exponent / n
        return found | ({} if path.alpha is None else self.to_exponents(path.alpha, path.source))


def _infinite(model: Model) -> sp.Symbol | None:
    return N if model.N == inf else T if model.T == inf else None


def _size_power(convention: Convention, q: Any) -> sp.Expr:
    """The power of n that N and T put into their ridge, at T = n, N = n^q, in units sigma_u^2/M of gamma."""
    law = ridge_law(convention, N if q is None else None).subs({M: 1, SIGMA_U: 1})
    powers = law.as_powers_dict()
    return powers[T] + (0 if q is None else powers[N] * sp.Rational(to_fraction("q", q)))


@cache
def _compiled(expression: sp.Expr, arguments: tuple[sp.Symbol, ...]) -> Callable[..., Any]:
    """The expression as a function, exact on Fractions; it works in whatever numbers it is given."""
    numerator, denominator = (sp.lambdify(arguments, side, "math") for side in sp.fraction(sp.together(expression)))
    return lambda *values: numerator(*values) / denominator(*values)


# Derivations -------------------------------------------------------------------------------------


@cache
def ridge_law(convention: Convention, infinite: sp.Symbol | None = None) -> sp.Expr:
    """Their ridge in terms of gamma, N, T, M, sigma_u: both objectives proportional for one predictor.

    `infinite` is N for ridge regression on x itself, T for gamma per sample.
    """
    per_sample = 1 / T if infinite == T else sp.Integer(1)
    ours = SQUARES * per_sample / 2 + GAMMA * NORM / 2
    stretch = sp.Integer(1)  # |theta|^2 / |theta'|^2
    if infinite != N and convention.entry_variance is not None:
        stretch = convention.prefactor**2 * convention.entry_variance / (SIGMA_U**2 / M)
    theirs = sp.expand(convention.objective.xreplace({NORM: NORM / stretch}))
    factor = theirs.coeff(SQUARES) / ours.coeff(SQUARES)
    return linear_root(theirs.coeff(NORM) - factor * ours.coeff(NORM), RIDGE)


@cache
def renormalised_laws(convention: Convention) -> tuple[sp.Expr, ...]:
    """K1 and K2 in terms of kappa, N - D, N, T (no difference is left), in the order of `renormalised`."""
    laws = [convention.effective - KAPPA, *(law for law in convention.equations if not law.has(RIDGE))]
    known: dict[sp.Symbol, sp.Expr] = {}
    for symbol, law in zip((K1, K2), laws, strict=False):
        known[symbol] = linear_root(law.xreplace({D: N - FEATURE_GAP}).xreplace(known), symbol)
    return tuple(known.values())


@cache
def ridge_from_fixed_points(convention: Convention) -> sp.Expr:
    """Their ridge again, from the fixed-point equation that holds it and our planar equation."""
    known = dict(zip((K1, K2), renormalised_laws(convention), strict=False))
    (law,) = (law for law in convention.equations if law.has(RIDGE))
    their = linear_root(law.xreplace(known).xreplace({FEATURE_GAP: N - D}), RIDGE)
    if convention.entry_variance is None:
        return sp.cancel(their / (KAPPA * (T - D))) * GAMMA  # kappa (T - D) = gamma
    return sp.cancel(their / (KAPPA * (N - D) * (T - D))) * ridge_scale()


@cache
def risk_law(convention: Convention) -> sp.Expr:
    """Their risk in terms of the loss L, C and sigma_epsilon^2."""
    squared_error = linear_root(RISK / 2 - LOSS, RISK)
    return sp.expand(convention.risk_weight * (squared_error + OUTPUTS * NOISE * int(convention.noisy_risk)))


@cache
def _exponent_values(convention: Convention) -> tuple[sp.Expr, sp.Expr]:
    capacity = linear_root(convention.capacity - (1 + ALPHA), E1)
    return capacity, linear_root(convention.source.xreplace({E1: capacity}) - SOURCE, E2)


def exponent_laws(convention: Convention) -> dict[str, sp.Expr]:
    """Their capacity and source in terms of our alpha and R."""
    return dict(zip(convention.exponents, _exponent_values(convention), strict=True))


# The papers --------------------------------------------------------------------------------------

_MRS = Convention(
    name="mrs",
    reference="Maloney, Roberts, Sully, arXiv:2210.16859",
    objective=SQUARES / 2 + RIDGE * NORM / 2,
    prefactor=sp.Integer(1),
    entry_variance=SIGMA_U**2 / M,
    effective=K1 / sp.Min(N, T),  # Delta, defined without ridge
    equations=(),
    risk_weight=sp.Rational(1, 2),
    noisy_risk=False,
    capacity=1 + E1,
    source=E2,
    ridge="gamma",
    renormalised=("Delta",),
    risk="L",
    exponents=("alpha", "R"),
    symbols={"M": "M", "N": "N", "T": "T", "noise": "sigma_eps^2"},
)
_SIMON = Convention(
    name="simon",
    reference="Simon et al., arXiv:2311.14646",
    objective=SQUARES + RIDGE * NORM,  # of the kernel matrix plus delta, with the kernel a mean over features
    prefactor=1 / sp.sqrt(N),
    entry_variance=sp.Integer(1),
    effective=K1,
    equations=(N - D - N * K2 / K1, T - D - RIDGE / K2),
    risk_weight=sp.Integer(1),
    noisy_risk=True,
    capacity=E1,
    source=E2,
    ridge="delta",
    renormalised=("gamma", "kappa"),
    risk="E_test",
    exponents=("alpha", "beta"),
    symbols={"N": "k", "T": "n", "noise": "sigma^2"},
)
_ATANASOV = Convention(
    name="atanasov",
    reference="Atanasov et al., arXiv:2405.00592",
    objective=SQUARES / T + RIDGE * NORM,
    prefactor=sp.Integer(1),
    entry_variance=1 / N,
    effective=K1,
    equations=(K1 * (1 - D / N) - K2, K2 * (1 - D / T) - RIDGE),
    risk_weight=sp.Integer(1),
    noisy_risk=False,
    capacity=E1,
    source=1 + 2 * E1 * E2,
    ridge="lambda",
    renormalised=("kappa_2", "kappa_1"),
    risk="E_g",
    exponents=("alpha", "r"),
    symbols={"M": "D", "N": "N", "T": "P", "noise": "sigma_eps^2"},
)
_CUI = Convention(
    name="cui",
    reference="Cui et al., arXiv:2105.15004",
    objective=SQUARES / T + RIDGE * NORM,
    prefactor=sp.Integer(1),
    entry_variance=None,
    effective=K1 / T,
    equations=(T * RIDGE + K1 * D / T - K1,),
    risk_weight=sp.Integer(1),
    noisy_risk=False,  # the excess error, epsilon_g - sigma^2
    capacity=E1,
    source=1 + 2 * E1 * E2,
    ridge="lambda",
    renormalised=("z",),
    risk="excess_error",
    exponents=("alpha", "r"),
    symbols={"T": "n", "noise": "sigma^2"},
)
_DEFILIPPIS = Convention(
    name="defilippis",
    reference="Defilippis et al., arXiv:2405.15699",
    objective=SQUARES + RIDGE * NORM,
    prefactor=1 / sp.sqrt(N),
    entry_variance=sp.Integer(1),
    effective=K1,
    equations=(N - N * K2 / K1 - D, T - RIDGE / K2 - D),
    risk_weight=sp.Integer(1),
    noisy_risk=False,
    capacity=E1,
    source=1 + 2 * E1 * E2,
    ridge="lambda",
    renormalised=("nu_2", "nu_1"),
    risk="R",
    exponents=("alpha", "r"),
    symbols={"N": "p", "T": "n", "noise": "sigma_eps^2"},
    ridge_power=1 - DECAY,
)
CONVENTIONS = {paper.name: paper for paper in (_MRS, _SIMON, _ATANASOV, _CUI, _DEFILIPPIS)}


def convention(name: str, parameter: str = "convention") -> Convention:
    """The convention of that name. Raises InvalidInput, naming `parameter`."""
    if name not in CONVENTIONS:
        raise InvalidInput(parameter, name, ", ".join(CONVENTIONS))
    return CONVENTIONS[name]
