r"""Gaussian averages of polynomials times exponentials of quadratics, and of sines and cosines: one integral.

    E exp(h z - q z^2),   z ~ N(0, s),

done once by SymPy, is the generating function of them all: z^k is the k-th derivative in h, a sine two imaginary h.
SymPy's own integrals of the same expressions take seconds each, or minutes.
"""

from functools import cache

import sympy as sp

H, WIDTH, VARIANCE = sp.symbols("h q s", positive=True)
_Z = sp.Symbol("z", real=True)


def density(z: sp.Expr, s: sp.Expr) -> sp.Expr:
    """Of N(0, s) at z."""
    return sp.exp(-(z**2) / (2 * s)) / sp.sqrt(2 * sp.pi * s)


@cache
def generating() -> sp.Expr:
    """E exp(H z - WIDTH z^2), z ~ N(0, VARIANCE)."""
    curvature = sp.Symbol("c", positive=True)
    centred = sp.integrate(sp.exp(-curvature * _Z**2), (_Z, -sp.oo, sp.oo))
    whole = WIDTH + 1 / (2 * VARIANCE)  # of z^2 in the exponent; completing the square leaves H^2/(4 whole)
    return centred.subs(curvature, whole) * sp.exp(H**2 / (4 * whole)) * density(sp.S.Zero, VARIANCE)


@cache
def _moment(power: int) -> sp.Expr:
    return sp.simplify(sp.diff(generating(), (H, power)))


def gaussian_mean(expression: sp.Expr, z: sp.Symbol, s: sp.Expr) -> sp.Expr:
    """E of the expression in z ~ N(0, s): sums of polynomial x exp(quadratic), sin, cos; or one with a DiracDelta(z).

    Raises ValueError for anything else.
    """
    if expression.has(sp.DiracDelta):
        delta = sp.DiracDelta(z)
        rest = sp.cancel(expression / delta)
        if rest.has(sp.DiracDelta):
            raise ValueError(f"no single delta function: {expression}")
        return rest.subs(z, 0) * density(sp.S.Zero, s)
    factor, rest = expression.rewrite([sp.sin, sp.cos], sp.exp).as_independent(z, as_Add=False)
    if rest == 1:
        return factor
    terms = sp.Add.make_args(sp.expand(rest, power_exp=False))
    total = sp.simplify(factor * sp.Add(*(_term(sp.powsimp(term, combine="exp"), z, s) for term in terms)))
    return sp.simplify(sp.expand(total, complex=True)) if total.has(sp.I) else total


def _term(term: sp.Expr, z: sp.Symbol, s: sp.Expr) -> sp.Expr:
    coefficient, exponent, power = sp.S.One, sp.S.Zero, 0
    for factor in sp.Mul.make_args(term):
        if not factor.has(z):
            coefficient *= factor
        elif factor.func is sp.exp:
            exponent += factor.exp
        elif factor.is_polynomial(z) and sp.Poly(factor, z).is_monomial:
            polynomial = sp.Poly(factor, z)
            power += polynomial.degree()
            coefficient *= polynomial.LC()
        else:
            raise ValueError(f"no Gaussian average of {factor}")
    if not exponent.is_polynomial(z) or sp.degree(exponent, z) > 2:
        raise ValueError(f"no Gaussian average of exp({exponent})")
    quadratic = sp.Poly(exponent, z)
    values = {H: quadratic.coeff_monomial(z), WIDTH: -quadratic.coeff_monomial(z**2), VARIANCE: s}
    whole = _moment(power).subs(values, simultaneous=True)
    return coefficient * sp.exp(quadratic.coeff_monomial(1)) * whole
