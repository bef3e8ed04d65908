r"""Dual kernels k = E f(z1) f(z2), (z1, z2) Gaussian with variances s1, s2 and correlation rho, in closed form.

By Price's theorem (integration by parts) each derivative in the covariance r = rho sqrt(s1 s2) puts a derivative on
both factors, (d/dr)^n k = E f^(n)(z1) f^(n)(z2). With n such that f^(n) is elementary the right side is a Gaussian
integral: given z1, z2 is Gaussian too, so the inner one is the smoothed activation of `theory.hermite`. k is then
its n-fold integral from r = 0, where k = c_0 c_0 and dk/dr = E f'(z1) E f'(z2).

In powers of rho, k = sum_p c_p(s1) c_p(s2) rho^p (Mehler's expansion), which stays an independent check.
"""

from functools import cache

import sympy as sp

from theory.gaussian import density, gaussian_mean
from theory.hermite import SHIFT, S, Z, elementary, mean, shift_weight, slope, smoothed

S1, S2 = sp.symbols("s1 s2", positive=True)
RHO = sp.Symbol("rho", real=True)


@cache
def differentiated(name: str) -> sp.Expr:
    """(d/dr)^n k = E f^(n)(z1) f^(n)(z2) in RHO, S1, S2, n = elementary(name)[0]."""
    _, derivative = elementary(name)
    return _pair_mean(derivative, smoothed(name))


def _pair_mean(left: sp.Expr, smooth: sp.Expr) -> sp.Expr:
    """E f(z1) h(z2), with f = `left` and h smoothed, E h(sqrt(s)(g + t)) = `smooth`."""
    given = S2 * (1 - RHO**2)  # the variance that is left to z2, once z1 is known
    rest = sp.Symbol("v", positive=True)
    shifted = smooth.subs(SHIFT, RHO * sp.sqrt(S2 / S1) * Z / sp.sqrt(S)).subs(S, rest)
    return sp.simplify(gaussian_mean(left * shifted, Z, S1).subs(rest, given))


def _positive(expression: sp.Expr) -> sp.Expr:
    """A positive product of roots as one over one root."""
    return 1 / sp.sqrt(sp.factor_terms(sp.expand(sp.simplify(1 / expression**2))))


@cache
def dual_kernel(name: str) -> sp.Expr:
    """E f(z1) f(z2) in RHO, S1, S2. Raises InvalidInput for tanh, which has no closed form."""
    order, _ = elementary(name)
    if name == "gelu":
        return _gelu()
    kernel = differentiated(name)
    if order == 0:
        return sp.powsimp(sp.expand(kernel), combine="exp")
    height, ratio = _arc(kernel)
    x = sp.Symbol("x", real=True)
    whole: sp.Expr = 1 / sp.sqrt(1 - x**2)  # of x = ratio RHO
    terms = sp.S.Zero
    for n in range(order - 1, -1, -1):
        integral = sp.integrate(whole, x)
        whole = integral - integral.subs(x, 0)
        start = mean(name) if n == 0 else slope(name)
        terms += start.subs(S, S1) * start.subs(S, S2) * (RHO * sp.sqrt(S1 * S2)) ** n / sp.factorial(n)
    arcs = sp.expand(sp.simplify(height * (sp.sqrt(S1 * S2) / ratio) ** order) * whole.subs(x, ratio * RHO))
    return sp.collect(terms + arcs, sp.sqrt(S1 * S2))


def _arc(expression: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """(h, c) with the expression h/sqrt(1 - c^2 rho^2): what SymPy integrates at once in c rho. Raises ValueError."""
    height = expression.subs(RHO, 0)
    square = sp.cancel(1 - sp.simplify(height**2 / expression**2))
    ratio = sp.sqrt(sp.factor(square / RHO**2))
    if ratio.has(RHO):
        raise ValueError(f"no multiple of 1/sqrt(1 - c^2 rho^2): {expression}")
    return sp.sqrt(sp.factor(sp.simplify(height**2))), ratio


@cache
def _gelu() -> sp.Expr:
    """z Phi(z): integrations by parts, E z1 h = s1 E dh/dz1 + r E dh/dz2, close on three averages."""
    r = RHO * sp.sqrt(S1 * S2)
    halved = {S1: S1 / 2, S2: S2 / 2}
    both = sp.Rational(1, 4) * (1 + dual_kernel("erf").subs(halved, simultaneous=True))  # E Phi1 Phi2
    normal = density(Z, sp.S.One)
    densities = _positive(_pair_mean(normal, gaussian_mean(normal * shift_weight(), Z, S)))  # E phi1 phi2
    a, b, c, e = sp.symbols("a b c e")  # E z2 phi1 Phi2, E z1 phi1 Phi2, E z2 Phi1 phi2, E phi1 phi2; phi' = -z phi
    equations = (sp.Eq(a, -r * b + S2 * e), sp.Eq(b, -S1 * b + r * e), sp.Eq(c, r * e - S2 * c))
    found = sp.solve(equations, (a, b, c), dict=True)[0]
    return r * both + sp.factor(S1 * found[a] + r * found[c]).subs(e, densities)
