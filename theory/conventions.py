r"""The dictionary between the papers' symbols: ridge, feature normalisation, source and capacity, risk.

A Convention is what its paper writes down: the training objective, the variance of the features, the
fixed-point equations, the risk, the power laws. The dictionary to theory.model is derived from that:

* ridge: the same function f(x) minimises both objectives, which are proportional once theta is
  rescaled to the paper's features (`ridge_law`). The paper's fixed points, solved with our planar
  equation, give the ridge again (`ridge_from_fixed_points`);
* renormalised ridges: from the fixed points that do not contain the ridge (`renormalised_laws`);
* risk from L = (1/2) E |f - w x|^2; source and capacity by equating the exponents of lambda_k and v_k.

Objectives are as read in the papers; tests/theory/test_conventions.py confirms each by formulas of its
paper that leave no choice. (The 1/n of Cui et al. is pinned by their rates: the ridge sets kappa for
l < alpha, so kappa ~ lambda there.)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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
from theory.student import GAMMA, NOISE, SIGMA_U, M, N, T

SQUARES, NORM = sp.symbols("S W", positive=True)  # squared errors summed over samples; |theta|^2
RIDGE, LOSS, RISK = sp.symbols("ridge L risk", nonnegative=True)
K1, K2 = sp.symbols("K_1 K_2", nonnegative=True)  # renormalised ridges
E1, E2, SOURCE, DECAY = sp.symbols("e_1 e_2 R l", real=True)  # capacity, source; our R; ridge ~ n^-l


@dataclass(frozen=True, eq=False)
class Convention:
    """One paper's symbols, as data. The methods translate numbers, exactly where those are Fractions."""

    name: str
    reference: str
    objective: sp.Expr  # what training minimises, in SQUARES, NORM, RIDGE, T
    entry_variance: sp.Expr | None  # of u in the features prefactor * u x; None for a kernel
    effective: sp.Expr  # our kappa, the argument of the degrees of freedom D, in terms of K1
    equations: tuple[sp.Expr, ...]  # the fixed points: expressions in K1, K2, RIDGE, D, N, T that vanish
    ridge: str  # the paper's names: of RIDGE,
    renormalised: tuple[str, ...]  # of K1 and K2,
    risk: str
    sizes: Mapping[str, str]  # and of M, N, T, noise, where it has one
    prefactor: sp.Expr = sp.S.One
    risk_weight: sp.Expr = sp.S.One  # the risk is risk_weight * E |f - y|^2,
    noisy_labels: bool = False  # y with or without label noise
    exponents: tuple[str, str] = ("alpha", "r")  # the names of E1, E2, in terms of which
    capacity: sp.Expr = E1  # lambda_k ~ k^-capacity and
    source: sp.Expr = 1 + 2 * E1 * E2  # v_k = E w_k^2 lambda_k ~ k^-source
    ridge_power: sp.Expr = -DECAY  # the ridge is n^ridge_power for n samples

    def to_ridge(self, model: Model) -> Fraction:
        """The paper's ridge for the student of `model`. Raises InvalidInput as `to_gamma` does."""
        return self._unit(model, model.gamma) * model.gamma

    def to_gamma(self, model: Model, ridge: Any) -> Fraction:
        """Our gamma for the paper's ridge, at the sizes and sigma_u of `model`, whose own gamma is ignored.

        Raises InvalidInput for a ridge that is no number >= 0, for finite N where the paper has no features, for
        T infinite where its ridge is not per sample (and not 0).
        """
        number = to_fraction(self.ridge, ridge, "a number >= 0")
        if number < 0:
            raise InvalidInput(self.ridge, ridge, "a number >= 0")
        return number / self._unit(model, number)

    def _unit(self, model: Model, ridge: Fraction) -> Fraction:
        """The paper's ridge at gamma = 1."""
        if self.entry_variance is None and inf != model.N:
            raise InvalidInput("N", model.N, f"inf: {self.reference} has a kernel, no random features")
        law = ridge_law(self, _infinite(model)) / GAMMA
        if ridge and inf == model.T and law.has(T):
            raise InvalidInput("T", "inf", f"a finite number: the ridge of {self.reference} is not per sample")
        sizes = (Fraction(1) if inf == size else Fraction(size) for size in (model.N, model.T, model.M))
        return _compiled(law, (N, T, M, SIGMA_U))(*sizes, model.sigma_u)

    def to_renormalised(self, model: Model, kappa: Any, feature_gap: Any) -> dict[str, Any]:
        """The paper's renormalised ridges, such as kappa (N - D)/N, from our kappa and N - D, by name."""
        laws = renormalised_laws(self)
        if inf == model.N:  # D stays finite: (N - D)/N -> 1
            laws = tuple(law.xreplace({FEATURE_GAP: N}) for law in laws)
        forms = (_compiled(law, (KAPPA, FEATURE_GAP, N, T)) for law in laws)
        values = (form(kappa, feature_gap, model.N, model.T) for form in forms)
        return dict(zip(self.renormalised, values, strict=True))

    def to_risk(self, model: Model, loss: Any) -> Any:
        """The paper's risk from our loss, both summed over the outputs."""
        noise: Any = model.noise
        if not isinstance(loss, int | float | Fraction):  # mpmath does not mix with Fractions
            noise = type(loss)(noise.numerator) / noise.denominator
        return _compiled(risk_law(self), (LOSS, OUTPUTS, NOISE))(loss, model.outputs, noise)

    def to_loss(self, model: Model, risk: Any) -> Fraction:
        """Our loss from the paper's risk, exactly."""
        law = linear_root(risk_law(self) - RISK, LOSS)
        return _compiled(law, (RISK, OUTPUTS, NOISE))(to_fraction(self.risk, risk), model.outputs, model.noise)

    def to_exponents(self, alpha: Any, R: Any = None) -> dict[str, Fraction]:
        """The paper's exponents by name, from our alpha and R; None is the isotropic teacher, R = 1 + alpha."""
        ours = to_fraction("alpha", alpha)
        values = ours, 1 + ours if R is None else to_fraction("R", R)
        return {name: _compiled(law, (ALPHA, SOURCE))(*values) for name, law in exponent_laws(self).items()}

    def from_exponents(self, **exponents: Any) -> tuple[Fraction, Fraction]:
        """Our alpha and R from the paper's exponents. Raises InvalidInput unless both are given by name."""
        if set(exponents) != set(self.exponents):
            raise InvalidInput("exponents", ", ".join(exponents), " and ".join(self.exponents))
        values = [to_fraction(name, exponents[name]) for name in self.exponents]
        alpha, R = (_compiled(law, (E1, E2))(*values) for law in (self.capacity - 1, self.source))
        return alpha, R

    def formulas(self, model: Model) -> dict[str, sp.Expr]:
        """Ridge, renormalised ridges and risk by the paper's names, in our symbols; sizes infinite as in `model`."""
        laws = (law.xreplace({FEATURE_GAP: N if inf == model.N else N - D}) for law in renormalised_laws(self))
        ridge = {self.ridge: ridge_law(self, _infinite(model))}
        return ridge | dict(zip(self.renormalised, laws, strict=True)) | {self.risk: risk_law(self)}

    def to_path(self, decay: Any = None, q: Any = None, noise: Any = None, **exponents: Any) -> Path:
        """Our path (units of theory.path) for n samples, n^q features (None: a kernel), label noise n^noise.

        decay is l (None: no ridge; or "optimal"). Without exponents alpha is a symbol, the teacher isotropic.
        """
        if q is not None and self.entry_variance is None:
            raise InvalidInput("q", q, f"None: {self.reference} has a kernel, no random features")
        alpha, R = self.from_exponents(**exponents) if exponents else (None, None)
        gamma: Power | str | None = OPTIMAL if decay == OPTIMAL else None
        if gamma is None and decay is not None:
            gamma = Power(self.ridge_power.subs(DECAY, to_fraction("l", decay)) - self._size_power(q))
        features, level = (None if power is None else Power(power) for power in (q, noise))
        return Path(features, Power(1), gamma, noise=level, alpha=alpha, source=R)

    def on_path(self, path: Path) -> Path:
        """The path whose gamma is the paper's ridge, in the units of theory.path: its powers and its coefficient.

        Raises InvalidInput for finite N where the paper has no features, for a size that the ridge is measured in
        and that is infinite.
        """
        if self.entry_variance is None and path.N is not None:
            raise InvalidInput("N", path.N, f"inf: {self.reference} has a kernel, no random features")
        if not isinstance(path.gamma, Power):
            return path
        infinite = N if path.N is None else T if path.T is None else None
        unit = sp.Integer(1) if infinite == N else SIGMA_U**2 / M  # what a path measures gamma in
        law = ridge_law(self, infinite).xreplace({GAMMA: unit}).subs(SIGMA_U, 1)
        exponent, coefficient = path.gamma.exponent, path.gamma.coefficient
        for base, power in law.as_powers_dict().items():
            size = Power(0, base) if base.is_number else {N: path.N, T: path.T, M: path.M}[base]
            if size is None:
                raise InvalidInput(str(base), "inf", f"a power of n: the ridge of {self.reference} is measured in it")
            exponent, coefficient = exponent - power * size.exponent, coefficient / size.coefficient**power
        return replace(path, gamma=Power(exponent, coefficient))

    def from_path(self, path: Path) -> dict[str, Any]:
        """The arguments of `to_path` for a path, n being its number of samples; coefficients are left out."""
        if path.T is None:
            raise InvalidInput("T", "inf", "a power of n")
        powers = {"decay": path.gamma, "q": path.N, "noise": path.noise}
        found = {key: p.exponent / path.T.exponent if isinstance(p, Power) else p for key, p in powers.items()}
        if isinstance(path.gamma, Power):
            found["decay"] = linear_root(self.ridge_power - found["decay"] - self._size_power(found["q"]), DECAY)
        return found | ({} if path.alpha is None else self.to_exponents(path.alpha, path.source))

    def _size_power(self, q: Any) -> sp.Expr:
        """The power of n that sizes put into the ridge, at T = n, N = n^q, gamma in units of sigma_u^2/M."""
        powers = ridge_law(self, N if q is None else None).subs({M: 1, SIGMA_U: 1}).as_powers_dict()
        return powers[T] + (0 if q is None else powers[N] * sp.Rational(to_fraction("q", q)))


def _infinite(model: Model) -> sp.Symbol | None:
    return N if inf == model.N else T if inf == model.T else None


@cache
def _compiled(expression: sp.Expr, arguments: tuple[sp.Symbol, ...]) -> Callable[..., Any]:
    """The expression as a function, exact on Fractions; it works in whatever numbers it is given."""
    top, bottom = sp.fraction(sp.together(expression))
    numerator, denominator = (sp.lambdify(arguments, side, "math") for side in (top, bottom))
    return numerator if bottom == 1 else lambda *values: numerator(*values) / denominator(*values)


# Derivations -------------------------------------------------------------------------------------


@cache
def ridge_law(convention: Convention, infinite: sp.Symbol | None = None) -> sp.Expr:
    """The paper's ridge in gamma, N, T, M, sigma_u: the objectives are proportional for one f.

    `infinite` is N for ridge regression on x itself, T for gamma per sample (as in theory.planar).
    """
    ours = SQUARES / (2 * (T if infinite == T else 1)) + GAMMA * NORM / 2
    stretch = sp.S.One  # |theta|^2 over the paper's, for the same f
    if infinite != N and convention.entry_variance is not None:
        stretch = convention.prefactor**2 * convention.entry_variance / (SIGMA_U**2 / M)
    theirs = sp.expand(convention.objective.xreplace({NORM: NORM / stretch}))
    factor = theirs.coeff(SQUARES) / ours.coeff(SQUARES)
    return linear_root(theirs.coeff(NORM) - factor * ours.coeff(NORM), RIDGE)


@cache
def renormalised_laws(convention: Convention) -> tuple[sp.Expr, ...]:
    """K1 and K2, as far as the paper has them, in terms of kappa, N - D, N, T; no difference is left."""
    laws = [convention.effective - KAPPA, *(law for law in convention.equations if not law.has(RIDGE))]
    known: dict[sp.Symbol, sp.Expr] = {}
    for symbol, law in zip((K1, K2), laws, strict=False):
        known[symbol] = linear_root(law.xreplace({D: N - FEATURE_GAP}).xreplace(known), symbol)
    return tuple(known.values())


@cache
def ridge_from_fixed_points(convention: Convention) -> sp.Expr:
    """The paper's ridge again: from its fixed points and our planar equation, not from the objective."""
    (law,) = (law for law in convention.equations if law.has(RIDGE))
    known = dict(zip((K1, K2), renormalised_laws(convention), strict=False))
    ridge = linear_root(law.xreplace(known).xreplace({FEATURE_GAP: N - D}), RIDGE)
    if convention.entry_variance is None:  # N infinite: kappa (T - D) = gamma
        return sp.cancel(ridge / (KAPPA * (T - D))) * GAMMA
    return sp.cancel(ridge / (KAPPA * (N - D) * (T - D))) * ridge_scale()


@cache
def risk_law(convention: Convention) -> sp.Expr:
    """The paper's risk in terms of L, C and sigma_epsilon^2; 2 L is E |f - w x|^2."""
    return sp.expand(convention.risk_weight * (2 * LOSS + int(convention.noisy_labels) * OUTPUTS * NOISE))


@cache
def exponent_laws(convention: Convention) -> dict[str, sp.Expr]:
    """The paper's exponents in terms of our alpha and R."""
    capacity = linear_root(convention.capacity - (1 + ALPHA), E1)
    source = linear_root(convention.source.xreplace({E1: capacity}) - SOURCE, E2)
    return dict(zip(convention.exponents, (capacity, source), strict=True))
