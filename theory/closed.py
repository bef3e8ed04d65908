r"""Closed forms that SymPy has no name for, and the decimal value of any closed form.

`SpectralSum` is the whole sum over the spectrum at a kappa of order one, where no expansion applies.
"""

import math
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import combinations, product
from typing import Any

import mpmath
import sympy as sp

from theory.continuum import ALPHA
from theory.errors import NotConverged
from theory.rational import reduced
from theory.zeta import hurwitz_taylor

INDEX = sp.Symbol("I", positive=True, integer=True)
HEAD, LONGEST = 128, 1 << 20


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


def _spectral_sum(kappa: Any, s: Any, source: Any, j: Any, k: Any, size: Any) -> mpmath.mpf:
    """A head of terms up to u >= 16, then the Hurwitz zeta series of the tail, whose ratio is at most 1/16."""
    x, power, weight = (_mpf(value) for value in (kappa, s, source))
    j, k, infinite = int(j), int(k), size in (sp.oo, mpmath.inf)
    needed = max(mpmath.mpf(HEAD), (16 / x) ** (1 / power))
    if needed > LONGEST:
        raise NotConverged(f"a spectral sum at kappa = {mpmath.nstr(x, 5)} needs {mpmath.nstr(needed, 3)} terms")
    head = 1 << math.ceil(mpmath.log(needed, 2))  # powers of two: the zeta values serve many kappa
    head = head if infinite else min(head, int(size))
    total = mpmath.mpf(0)
    for i in range(1, head + 1):
        u = x * mpmath.mpf(i) ** power
        total += mpmath.mpf(i) ** -weight * u**k / (1 + u) ** (j + k)
    if head == size:
        return total
    for n in range(10 + mpmath.mp.prec):
        sigma = weight + power * (j + n)
        rest = _hurwitz(sigma, head + 1, mpmath.mp.prec)
        if not infinite:
            rest -= _hurwitz(sigma, int(size) + 1, mpmath.mp.prec)
        term = (-1) ** n * mpmath.binomial(j + k + n - 1, n) * x ** (-j - n) * rest
        total += term
        if abs(term) < mpmath.ldexp(abs(total), -mpmath.mp.prec):
            return total
    raise NotConverged(f"tail of a spectral sum at kappa = {mpmath.nstr(x, 5)}, {mpmath.mp.prec} bits")


@lru_cache(maxsize=4096)
def _hurwitz(sigma: mpmath.mpf, first: int, _precision: int) -> mpmath.mpf:
    return hurwitz_taylor(sigma, mpmath.mpf(first), 0)


def _mpf(value: Any) -> mpmath.mpf:
    if isinstance(value, sp.Expr):
        return sp.re(value.evalf(mpmath.mp.dps + 5))._to_mpmath(mpmath.mp.prec)
    return mpmath.mpf(value)


class HarmonicSum(sp.Function):
    """HarmonicSum(sigma, size) = sum_{I=1}^{size} I^-sigma, the generalised harmonic number, at a cost free of size."""

    nargs = 2

    def _eval_rewrite_as_Sum(self, sigma: sp.Expr, size: sp.Expr, **_: Any) -> sp.Expr:
        return sp.Sum(INDEX**-sigma, (INDEX, 1, size))

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        sigma, size = (printer._print(arg) for arg in self.args)
        text = f"H_{{{size}}}^{{({sigma})}}"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _eval_evalf(self, prec: int) -> sp.Expr | None:
        sigma, size = self.args
        if sigma.free_symbols:
            return None
        with mpmath.workprec(prec + 20):
            order, count = _mpf(sigma), int(size)
            if count <= HEAD:
                return sp.Float(mpmath.fsum(mpmath.mpf(i) ** -order for i in range(1, count + 1)), precision=prec)
            first = mpmath.euler if order == 1 else mpmath.zeta(order)
            return sp.Float(first - hurwitz_taylor(order, mpmath.mpf(count + 1), 0), precision=prec)


def _harmonic_sum(sigma: Any, size: Any) -> mpmath.mpf:
    return HarmonicSum(sp.Float(sigma, mpmath.mp.dps + 5), int(size)).evalf(mpmath.mp.dps)._to_mpmath(mpmath.mp.prec)


def harmonic(sigma: sp.Expr, size: int) -> sp.Expr:
    """sum_{I=1}^{size} I^-sigma, written out if short."""
    if size <= 8:
        return sp.Add(*(sp.Integer(i) ** -sigma for i in range(1, size + 1)))
    return HarmonicSum(sigma, size)


def number(expression: Any, digits: int) -> mpmath.mpf:
    """The value of a closed form without free symbols, to so many digits; inf for oo."""
    value = sp.sympify(expression)
    if value == sp.oo:
        return mpmath.inf
    with mpmath.workdps(digits + 5):
        decimal = _evaluated(value, digits)
        return mpmath.mpf(decimal._to_mpmath(mpmath.mp.prec))


def compiled(expression: sp.Expr, symbol: sp.Symbol) -> Callable[[mpmath.mpf], mpmath.mpf]:
    """A closed form as a function of one symbol at mpmath's working precision."""
    sums = {"SpectralSum": _spectral_sum, "HarmonicSum": _harmonic_sum}
    return sp.lambdify([symbol], expression, modules=[sums, "mpmath"], cse=True)


def reflected(expression: sp.Expr) -> sp.Expr:
    """Gamma(a) Gamma(n - a) = pi/sin(pi a) prod_{i=1}^{n-1} (i - a), n an integer >= 1, where it occurs."""
    gammas = sorted(expression.atoms(sp.gamma), key=sp.default_sort_key)
    for first, second in combinations(gammas, 2):
        a = first.args[0]
        n = sp.cancel(a + second.args[0])
        if n.is_Integer and n >= 1:
            steps = sp.Mul(*(sp.factor(i - a) for i in range(1, int(n))))
            return expression / (first * second) * sp.pi / sp.sin(sp.pi * a) * steps
    return expression


def compact(expression: sp.Expr) -> sp.Expr:
    """Terms alike up to a rational factor in one, that factor factored, sines in one form."""
    alike: dict[sp.Expr, sp.Expr] = {}
    for term in _distributed(expression.replace(sp.sin, _sine)):
        rational, rest = _separated(term)
        alike[rest] = alike.get(rest, sp.S.Zero) + rational
    terms = (sp.factor(reduced(rational)) * rest for rest, rational in alike.items())
    return sp.Add(*(_gathered(sp.powsimp(term, combine="exp")) for term in terms))


def _gathered(term: sp.Expr) -> sp.Expr:
    """Powers with one symbolic exponent, or its negative, under one: (pi/((alpha + 1) sin(...)))^(alpha + 1)."""
    bases: dict[sp.Expr, sp.Expr] = {}
    rest = []
    for factor in sp.Mul.make_args(term):
        if factor.is_Pow and factor.exp.free_symbols:
            inverse = factor.exp.could_extract_minus_sign()
            exponent = -factor.exp if inverse else factor.exp
            bases[exponent] = bases.get(exponent, sp.S.One) * (1 / factor.base if inverse else factor.base)
        else:
            rest.append(factor)
    return sp.Mul(*rest, *(base**exponent for exponent, base in bases.items()))


def _distributed(expression: sp.Expr) -> list[sp.Expr]:
    """The terms of a product of sums; denominators stay one factor, each compact."""
    factors = [sp.Add.make_args(factor) for factor in sp.Mul.make_args(_with_compact_sums(expression))]
    return [term for choice in product(*factors) for term in sp.Add.make_args(sp.Mul(*choice))]


def _with_compact_sums(expression: sp.Expr) -> sp.Expr:
    parts = []
    for factor in sp.Mul.make_args(expression):
        inverse = factor.is_Pow and factor.exp.is_Integer and factor.base.is_Add
        parts.append(compact(factor.base) ** factor.exp if inverse and not factor.is_rational_function() else factor)
    return sp.Mul(*parts)


def shorter(value: sp.Expr) -> sp.Expr:
    """A number with roots, rationalised where that makes it shorter."""
    if value.free_symbols:
        return value
    return min((value, sp.radsimp(value), sp.factor(sp.radsimp(value))), key=sp.count_ops)


def _separated(term: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """A product as a rational function of the symbols times powers that are not rational."""
    rational, rest = [], []
    for factor in sp.Mul.make_args(term):
        if factor.is_Pow and factor.base.is_Pow and factor.base.exp == -1:
            factor = factor.base.base ** (-factor.exp)
        if factor.is_Pow and not factor.exp.is_Integer:
            whole, _ = factor.exp.as_coeff_Add()
            whole = sp.floor(whole)
            if factor.base.is_Symbol or factor.base.is_Add:
                rational.append(factor.base**whole)
                rest.append(factor.base ** (factor.exp - whole))
            else:
                rest.append(factor)
        elif factor.is_rational_function():
            rational.append(factor)
        else:
            rest.append(factor)
    return sp.Mul(*rational), sp.Mul(*rest)


@cache
def _sine(argument: sp.Expr) -> sp.Expr:
    """sin(pi (n + w)) = (-1)^n sin(pi w): with the integer part of the argument taken out."""
    turns = sp.apart(sp.cancel(argument / sp.pi)) if argument.has(ALPHA) else argument / sp.pi
    whole, rest = turns.as_coeff_Add()
    if not argument.has(ALPHA) or not whole.is_Integer:
        return sp.sin(argument)
    sign = (-1) ** whole
    if rest.could_extract_minus_sign():
        sign, rest = -sign, -rest
    return sign * sp.sin(sp.pi * sp.factor(rest))


@cache
def _evaluated(value: sp.Expr, digits: int) -> sp.Expr:
    # Sums are evaluated first: SymPy's evalf would hand the whole tree to another routine
    sums = {term: term.evalf(digits + 10) for term in value.atoms(SpectralSum, HarmonicSum)}
    return sp.re(value.xreplace(sums).evalf(digits + 5))
