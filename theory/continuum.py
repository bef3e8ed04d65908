r"""The continuum form of a power-law spectrum: sums over I = 1, 2, ... become integrals from 0.

For 1 << n << M this gives the leading power law of the renormalised ridge, df1(kappa) = n, and the
constant c_alpha of MRS (arXiv:2210.16859). The form that its figures draw subtracts M^{-alpha}, an
interpolation that vanishes at n = M, not an expansion: `drawn_delta`.
"""

from functools import cache

import sympy as sp

from theory.student import M

ALPHA = sp.Symbol("alpha", positive=True)
LAMBDA_PLUS = sp.Symbol("lambda_+", positive=True)
SIZE = sp.Symbol("n", positive=True)  # min(N, T)


@cache
def df1_scale() -> sp.Expr:
    """f with df1 = f (kappa/lambda_+)^{-1/(1+alpha)}: the integral of 1/(1 + t^s) over t > 0."""
    s = 1 + ALPHA
    t, exponent = sp.symbols("t e", positive=True)
    # u = t^s turns it into Euler's beta integral of u^{1/s - 1} / (1 + u), over s
    beta = sp.integrate(t ** (exponent - 1) / (1 + t), (t, 0, sp.oo), conds="none")
    return sp.simplify(sp.gammasimp(beta).subs(exponent, 1 / s)) / s


@cache
def c_alpha() -> sp.Expr:
    """c_alpha with Delta_n = n kappa -> lambda_+ c_alpha n^{-alpha} for 1 << n << M."""
    return df1_scale() ** (1 + ALPHA)


@cache
def drawn_delta() -> sp.Expr:
    """lambda_+ c_alpha (n^{-alpha} - M^{-alpha}): what the figures of MRS draw for Delta_n."""
    return LAMBDA_PLUS * c_alpha() * (SIZE**-ALPHA - M**-ALPHA)


@cache
def df2_share() -> sp.Expr:
    """q/D in the continuum: D ~ kappa^{-1/s} and D - q = -dD/d ln kappa give alpha/(1+alpha)."""
    kappa = sp.Symbol("kappa", positive=True)
    df1 = df1_scale() * kappa ** (-1 / (1 + ALPHA))
    return sp.simplify((df1 + kappa * sp.diff(df1, kappa)) / df1)
