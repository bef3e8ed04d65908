r"""Hurwitz zeta function with its derivatives, and the generalised Stieltjes constants.

    ZetaDerivative(n, sigma, a) = (d/dsigma)^n zeta(sigma, a),      sigma != 1, a > 0 real
    Stieltjes(n, a):  zeta(1 + d, a) = 1/d + sum_n (-1)^n Stieltjes(n, a) d^n / n!

Both are evaluated to any precision by the Euler-Maclaurin formula, all powers of d at once, at a
cost independent of a. SymPy's own `zeta(s, a)` and `digamma(a)` turn into sums of a rational
numbers when s and a are integers, and mpmath.zeta(s, a) adds a powers when s < 0 is no integer: with
a = M + 1 neither is of use, and mpmath.stieltjes is a slow quadrature. SymPy's zeta(sigma) and EulerGamma are
kept.
"""

import math
from functools import lru_cache
from typing import Any

import sympy as sp
from mpmath import mp, mpf

from theory.errors import NotConverged

SAFETY = 1.5  # head length over the least that Euler-Maclaurin needs: halves the number of Bernoulli terms
MAX_RAISES = 5  # each at least doubles the guard bits


class ZetaDerivative(sp.Function):
    """n-th derivative of zeta(sigma, a) in sigma; Bernoulli polynomials at sigma = 0, -1, ... for n = 0."""

    nargs = 3

    @classmethod
    def eval(cls, n: sp.Expr, sigma: sp.Expr, shift: sp.Expr) -> sp.Expr | None:
        if sigma is sp.S.One:
            return sp.zoo
        if n == 0 and shift == 1:
            return sp.zeta(sigma)
        if n == 0 and sigma.is_Integer and sigma <= 0:
            return sp.bernoulli(1 - sigma, shift) / (sigma - 1)
        return None

    def fdiff(self, argindex: int = 2) -> sp.Expr:
        n, sigma, shift = self.args
        if argindex == 2:
            return ZetaDerivative(n + 1, sigma, shift)
        if argindex == 3 and n == 0:
            return -sigma * ZetaDerivative(0, sigma + 1, shift)
        raise sp.core.function.ArgumentIndexError(self, argindex)

    def _eval_evalf(self, prec: int) -> sp.Expr | None:
        n, sigma, shift = self.args
        if not (sigma.is_real and shift.is_positive and sigma.is_number and shift.is_number):
            return None
        return _as_float(int(n), sigma, shift, prec)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        n, sigma, shift = self.args
        mark = "" if n == 0 else "'" * int(n) if n < 3 else f"^{{({n})}}"
        arguments = printer._print(sigma) + ("" if shift == 1 else f", {printer._print(shift)}")
        text = rf"\zeta{mark}\left({arguments}\right)"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"


class Stieltjes(sp.Function):
    """Generalised Stieltjes constant gamma_n(a); gamma_0(a) = -digamma(a)."""

    nargs = 2

    @classmethod
    def eval(cls, n: sp.Expr, shift: sp.Expr) -> sp.Expr | None:
        return sp.EulerGamma if n == 0 and shift == 1 else None

    def _eval_evalf(self, prec: int) -> sp.Expr | None:
        n, shift = self.args
        if not (shift.is_positive and shift.is_number):
            return None
        value = _as_float(int(n), sp.S.One, shift, prec)
        return value if n % 2 == 0 else -value

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        n, shift = self.args
        text = rf"\gamma_{{{n}}}" + ("" if shift == 1 else rf"\left({printer._print(shift)}\right)")
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"


@lru_cache(maxsize=10_000)
def _as_float(n: int, sigma: sp.Expr, shift: sp.Expr, prec: int) -> sp.Float:
    with mp.workprec(prec + 10):
        exact = 4 * prec + 200  # more bits than any working precision below
        number = hurwitz_taylor(sigma._to_mpmath(exact), shift._to_mpmath(exact), n)
        return sp.Float._new((number * mp.factorial(n))._mpf_, prec)


def hurwitz_taylor(sigma: mpf, shift: mpf, n: int) -> mpf:
    """Coefficient of d^n in zeta(sigma + d, shift), less 1/d if sigma = 1; to mp.prec bits.

    The precision is raised until what cancels is made up for. Raises NotConverged if that never ends:
    a coefficient that is exactly zero, as zeta(-2) is, has no leading digits.
    """
    bits, guard, lost = mp.prec, 20, 0
    for _ in range(MAX_RAISES):
        with mp.workprec(bits + guard):
            value, lost = _euler_maclaurin(mpf(sigma), mpf(shift), n)
        if lost + 10 <= guard:
            return +value
        guard = max(2 * guard, lost + 20)
    raise NotConverged(
        f"coefficient {n} of zeta at {mp.nstr(sigma, 10)}, a = {mp.nstr(shift, 10)}: {lost} of {bits + guard} bits "
        "cancel; is it zero?"
    )


def _euler_maclaurin(sigma: mpf, shift: mpf, n: int) -> tuple[mpf, int]:
    """The coefficient of d^n, and how many bits cancelled."""
    radius = SAFETY * (mp.prec * math.log(2) + 2 * abs(float(sigma))) / (2 * math.pi)
    head = max(0, math.ceil(radius - float(min(shift, 2 * radius))))
    end = shift + head
    power = _power_taylor(end, sigma, n + 1)
    pieces = [_power_taylor(shift + i, sigma, n + 1)[n] for i in range(head)]
    pieces += [power[n] / 2, _integral_taylor(end, sigma, n)]
    largest = max(abs(piece) for piece in pieces)
    rising = [sigma, mpf(1)] + [mpf(0)] * n  # (sigma + d)(sigma + d + 1)...(sigma + d + 2 r - 2)
    scale, small = 1 / end, mp.ldexp(largest, -mp.prec)
    for r in range(1, 4 * mp.prec + math.ceil(abs(sigma))):
        piece = mp.bernoulli(2 * r) / mp.factorial(2 * r) * scale * mp.fdot(rising[: n + 1], power[::-1])
        pieces.append(piece)
        if 2 * r > 2 - sigma and abs(piece) < small:
            value = mp.fsum(pieces)
            return value, mp.mag(largest) - mp.mag(value) if value else mp.prec
        for factor in (sigma + 2 * r - 1, sigma + 2 * r):
            rising = [factor * rising[0]] + [factor * rising[i] + rising[i - 1] for i in range(1, n + 2)]
        scale /= end**2
    raise NotConverged(f"Euler-Maclaurin for zeta at {mp.nstr(sigma, 10)}, a = {mp.nstr(shift, 10)}")


def _power_taylor(base: mpf, sigma: mpf, size: int) -> list[mpf]:
    """base^-(sigma + d), coefficients below d^size."""
    out, log = [mp.power(base, -sigma)], -mp.log(base)
    for n in range(1, size):
        out.append(out[-1] * log / n)
    return out


def _integral_taylor(end: mpf, sigma: mpf, n: int) -> mpf:
    """Coefficient of d^n in end^(1 - sigma - d)/(sigma - 1 + d), without its pole if sigma = 1."""
    power = _power_taylor(end, sigma - 1, n + 2)
    if sigma == 1:
        return power[n + 1]
    out = mpf(0)
    for c in power[: n + 1]:
        out = (c - out) / (sigma - 1)
    return out
