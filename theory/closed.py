r"""Closed forms that SymPy has no name for, and the decimal value of any closed form.

`SpectralSum` is the whole sum over the spectrum at a kappa of order one, where no expansion applies.
"""

from functools import cache
from typing import Any

import mpmath
import sympy as sp

INDEX = sp.Symbol("I", positive=True, integer=True)


class SpectralSum(sp.Function):
    """SpectralSum(kappa, s, R, j, k, size) = sum_{I=1}^{size} I^-R u^k/(1 + u)^(j+k), u = kappa I^s; size may be oo."""

    nargs = 6

    def _eval_rewrite_as_Sum(self, kappa: sp.Expr, *args: sp.Expr, **_: Any) -> sp.Expr:
        s, source, j, k, size = args
        u = kappa * INDEX**s
        return sp.Sum(INDEX**-source * u**k / (1 + u) ** (j + k), (INDEX, 1, size))

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = printer._print(self.rewrite(sp.Sum))
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _eval_evalf(self, prec: int) -> sp.Expr | None:
        if any(arg.free_symbols for arg in self.args):
            return None
        with mpmath.workprec(prec + 20):
            return sp.Float(_spectral_sum(*self.args), precision=prec)


def _spectral_sum(kappa: sp.Expr, s: sp.Expr, source: sp.Expr, j: sp.Expr, k: sp.Expr, size: sp.Expr) -> mpmath.mpf:
    """A head of terms up to u = 16, then the Hurwitz zeta series of the tail, whose ratio is at most 1/16."""
    x, power, weight = (
        sp.re(value).evalf(mpmath.mp.dps + 5)._to_mpmath(mpmath.mp.prec) for value in (kappa, s, source)
    )
    j, k = int(j), int(k)
    head = int(mpmath.ceil((16 / x) ** (1 / power)))
    head = head if size == sp.oo else min(head, int(size))
    total = mpmath.mpf(0)
    for i in range(1, head + 1):
        u = x * mpmath.mpf(i) ** power
        total += mpmath.mpf(i) ** -weight * u**k / (1 + u) ** (j + k)
    if head == size:
        return total
    for n in range(10 + mpmath.mp.prec):
        sigma = weight + power * (j + n)
        rest = mpmath.zeta(sigma, head + 1) - (0 if size == sp.oo else mpmath.zeta(sigma, int(size) + 1))
        term = (-1) ** n * mpmath.binomial(j + k + n - 1, n) * x ** (-j - n) * rest
        total += term
        if abs(term) < mpmath.ldexp(abs(total), -mpmath.mp.prec):
            break
    return total


def harmonic(sigma: sp.Expr, size: int) -> sp.Expr:
    """sum_{I=1}^{size} I^-sigma, written out if short."""
    if size <= 8:
        return sp.Add(*(sp.Integer(i) ** -sigma for i in range(1, size + 1)))
    if sigma == 1:
        return sp.EulerGamma + sp.digamma(size + 1)
    return sp.zeta(sigma) - sp.zeta(sigma, size + 1)


def number(expression: Any, digits: int) -> mpmath.mpf:
    """The value of a closed form without free symbols, to so many digits; inf for oo."""
    value = sp.sympify(expression)
    if value == sp.oo:
        return mpmath.inf
    with mpmath.workdps(digits + 5):
        decimal = _evaluated(value, digits)
        return mpmath.mpf(decimal._to_mpmath(mpmath.mp.prec))


@cache
def _evaluated(value: sp.Expr, digits: int) -> sp.Expr:
    # Sums are evaluated first: SymPy's evalf would hand the whole tree to another routine
    sums = {term: term.evalf(digits + 10) for term in value.atoms(SpectralSum)}
    return sp.re(value.xreplace(sums).evalf(digits + 5))
