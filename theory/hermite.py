r"""Activations, and their Hermite coefficients under Gaussian input, z = sqrt(s) g with g ~ N(0, 1).

    c_p(s) = E[f(z) He_p(g)]/sqrt(p!),      E f(z)^2 = sum_p c_p(s)^2      (Parseval)

Since exp(t g - t^2/2) generates He_p(g) t^p/p!, and as a weight shifts the Gaussian by t, the smoothed
activation F(t) = E f(z + sqrt(s) t) has F^(p)(0) = sqrt(p!) c_p. From the n-th derivative of f on, n the least
for which it is elementary, this is a Gaussian integral that SymPy does, and its Taylor series. Below n: the mean
grows along the heat equation, dc_0/ds = (1/2) E f''(z), and the slope E f'(z) sees the odd part of f alone.

tanh has no closed form: its coefficients are integrals, to any precision by quadrature (`coefficient_value`).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import sympy as sp
from mpmath import mp, mpf

from theory.errors import InvalidInput
from theory.gaussian import gaussian_mean
from theory.spectrum import positive

Z = sp.Symbol("z", real=True)
S = sp.Symbol("s", positive=True)  # variance of z
SHIFT = sp.Symbol("t", real=True)
GUARD_DIGITS = 8


@dataclass(frozen=True)
class Activation:
    """f as an expression in Z; its derivative of this `order` is elementary, None where Gaussian integrals are not."""

    name: str
    function: sp.Expr
    order: int | None


ACTIVATIONS = {
    found.name: found
    for found in (
        Activation("linear", Z, 0),
        Activation("relu", sp.Max(Z, 0), 2),
        Activation("erf", sp.erf(Z), 1),
        Activation("tanh", sp.tanh(Z), None),
        Activation("gelu", Z * (1 + sp.erf(Z / sp.sqrt(2))) / 2, 2),
        Activation("sine", sp.sin(Z), 0),
    )
}


def activation(name: str, option: str = "activation") -> Activation:
    """By name. Raises InvalidInput, naming `option`."""
    if name not in ACTIVATIONS:
        raise InvalidInput(option, name, "one of " + ", ".join(ACTIVATIONS))
    return ACTIVATIONS[name]


def elementary(name: str) -> tuple[int, sp.Expr]:
    """(n, f^(n) in Z). Raises InvalidInput where there is none."""
    found = activation(name)
    if found.order is None:
        raise InvalidInput("activation", name, "an activation whose Gaussian integrals have a closed form")
    return found.order, sp.simplify(sp.diff(found.function, Z, found.order))


@cache
def smoothed(name: str) -> sp.Expr:
    """E f^(n)(sqrt(s) (g + t)) in S and SHIFT, n = elementary(name)[0]."""
    _, derivative = elementary(name)
    return gaussian_mean(derivative * shift_weight(), Z, S)


def shift_weight() -> sp.Expr:
    """exp(t g - t^2/2), g = z/sqrt(s): it generates He_p(g) t^p/p!, and shifts the Gaussian by t."""
    return sp.exp(SHIFT * Z / sp.sqrt(S) - SHIFT**2 / 2)


@cache
def mean(name: str) -> sp.Expr:
    """c_0 = E f(z) in S: 0 for an odd f, else f(0) plus the integral of the heat equation.

    Raises InvalidInput where f is not odd and it is not the second derivative that is smoothed.
    """
    f, (order, _) = activation(name).function, elementary(name)
    if _odd(f):
        return sp.S.Zero
    if order != 2:
        raise InvalidInput("activation", name, "for its mean, one that is odd or of order 2 in ACTIVATIONS")
    grown = sp.Symbol("sigma", positive=True)
    rate = smoothed(name).subs(SHIFT, 0).subs(S, grown) / 2
    return sp.simplify(f.subs(Z, 0) + sp.integrate(sp.simplify(rate), (grown, 0, S)))


@cache
def slope(name: str) -> sp.Expr:
    """E f'(z) in S, which is c_1/sqrt(s)."""
    order, _ = elementary(name)
    if order == 1:
        return smoothed(name).subs(SHIFT, 0)
    if order == 0:
        return sp.diff(smoothed(name), SHIFT).subs(SHIFT, 0) / sp.sqrt(S)
    f = activation(name).function.rewrite(sp.Abs)
    odd = sp.simplify(sp.diff(sp.simplify((f - f.subs(Z, -Z)) / 2), Z))
    return gaussian_mean(odd, Z, S)


@cache
def coefficient(name: str, p: int) -> sp.Expr:
    """c_p in S, closed. Raises InvalidInput for tanh, which has no closed form, and for p < 0."""
    order, _ = elementary(name)
    if p < 0:
        raise InvalidInput("p", p, "a degree >= 0")
    if p == 0 and order > 0:
        return mean(name)
    if p == 1:
        return sp.simplify(sp.sqrt(S) * slope(name))
    taylor = _taylor(smoothed(name), p - order)
    return sp.factor_terms(S ** sp.Rational(order, 2) * taylor / sp.sqrt(sp.factorial(p)))


def coefficient_value(name: str, p: int, s: Any, digits: int = 30) -> mpf:
    """c_p(s) to `digits` digits by quadrature of the definition: any activation, and a check of the closed forms.

    `s` is an exact number > 0. Raises InvalidInput.
    """
    weighted = _weighted(name, positive("s", s), digits)
    with mp.workdps(digits + GUARD_DIGITS):

        def integrand(g: mpf) -> mpf:
            before, hermite = mpf(0), mpf(1)  # He_n/sqrt(n!) by its recurrence
            for n in range(p):
                before, hermite = hermite, (g * hermite - mp.sqrt(n) * before) / mp.sqrt(n + 1)
            return weighted(g) * hermite

        # the panels meet at 0, where relu has its kink; the integrand is below 10^-digits at the ends
        reach = math.ceil(math.sqrt(2 * (digits + GUARD_DIGITS) * math.log(10) + 4 * p))
        return +mp.quad(integrand, list(range(-reach, reach + 1)), method="gauss-legendre")


@cache
def _weighted(name: str, s: Fraction, digits: int) -> Callable[[mpf], mpf]:
    """f(sqrt(s) g) times the normal density, which all degrees share; values are kept."""
    form = sp.lambdify(Z, activation(name).function, "mpmath")
    with mp.workdps(digits + 2 * GUARD_DIGITS):
        root = mp.sqrt(mpf(s.numerator) / s.denominator)
    return cache(lambda g: form(root * g) * mp.npdf(g))


def _odd(f: sp.Expr) -> bool:
    return bool(sp.simplify(f + f.subs(Z, -Z)) == 0)


def _taylor(expression: sp.Expr, n: int) -> sp.Expr:
    """The n-th derivative in SHIFT at 0; for polynomial x exp(rate t^2), from the two series."""
    found = _polynomial_and_rate(expression)
    if found is None:
        return sp.diff(expression, (SHIFT, n)).subs(SHIFT, 0)
    terms, rate = found
    halves = ((c, (n - power) // 2) for power, c in terms if power <= n and (n - power) % 2 == 0)
    return sp.factorial(n) * sp.Add(*(c * rate**half / sp.factorial(half) for c, half in halves))


@cache
def _polynomial_and_rate(expression: sp.Expr) -> tuple[list[tuple[int, sp.Expr]], sp.Expr] | None:
    exponentials = [factor for factor in sp.Mul.make_args(expression) if factor.func is sp.exp and factor.has(SHIFT)]
    if len(exponentials) != 1:
        return None
    rate = sp.cancel(exponentials[0].exp / SHIFT**2)
    polynomial = sp.Poly(expression / exponentials[0], SHIFT)
    return None if rate.has(SHIFT) else ([(power, sp.factor(c)) for (power,), c in polynomial.terms()], rate)
