r"""The spectrum of the random features phi phi^T, from the planar equation continued to gamma = -x.

Where D << min(N, T) the equation is kappa N T = -x M/sigma_u^2, and the poles of D at kappa = -lambda_r are
the eigenvalues: the spectrum's power law reappears, x_r = (sigma_u^2/M) N T lambda_r. The first correction is
the rest of D at the pole, a principal value. Between 0 and the ridgeless kappa_0, where D > min(N, T), the
equation gives x > 0 once more: its largest value there is the lower edge, at which the power law ends (the kink
at min(N, T)). With N = T, or min(N, T) = M, there is no gap to 0, and the density diverges there.
"""

from dataclasses import dataclass
from functools import cache

import sympy as sp

from theory import planar
from theory.continuum import ALPHA, LAMBDA_PLUS, df1_scale
from theory.local_series import KAPPA_0, SpectralSum
from theory.moments import KAPPA, D
from theory.rational import by_difference, reduced
from theory.student import GAMMA, M, N, T

RANK = sp.Symbol("r", positive=True)
EIGENVALUE = sp.Symbol("x", positive=True)
S = 1 + ALPHA
DF1 = sp.Symbol("D", positive=True)


@cache
def eigenvalue() -> sp.Expr:
    """x in kappa and D: minus the gamma that solves the planar equation."""
    equation = planar.planar_equation()
    return -equation.lhs * reduced(GAMMA / equation.rhs)


@cache
def bulk_law() -> sp.Expr:
    """x_r for r << min(N, T): where D is small but for its pole, at kappa = -lambda_r."""
    return eigenvalue().subs(D, 0).subs(KAPPA, -LAMBDA_PLUS * RANK**-S)


@cache
def bulk_correction() -> sp.Expr:
    """x_r/bulk_law - 1 to first order in r/N and r/T, for 1 << r << M.

    The modes beside r contribute sum lambda_I/(lambda_I - lambda_r), in the continuum the real part of D at
    kappa = lambda_r e^{i pi}.
    """
    rest = df1_scale() * sp.sin(sp.pi / S) * sp.cot(sp.pi / S) * RANK
    small = sp.Symbol("epsilon")
    relative = eigenvalue().subs(D, small * rest) / eigenvalue().subs(D, 0)
    return sp.factor(sp.diff(relative, small).subs(small, 0))


@cache
def edge_df1() -> sp.Expr:
    """D at the lower edge of a power law, N < T, 1 << N << M: where x is stationary at fixed N and T."""
    df1 = sp.Function("D")(KAPPA)
    value = sp.Symbol("d", positive=True)
    slope = sp.diff(sp.log(KAPPA * (N - df1) * (T - df1)), KAPPA) * KAPPA
    # with D ~ kappa^{-1/s}; in 1/D the quadratic stays one at alpha = 1
    at = slope.subs(sp.diff(df1, KAPPA), -df1 / (S * KAPPA)).subs(df1, 1 / value)
    sample = {ALPHA: 1, N: 1, T: 10}
    for root in sp.roots(sp.numer(reduced(at)), value):
        if sp.Rational(1, 10) < root.subs(sample) < 1:  # a maximum of x lies between its zeros at D = N and D = T
            return _by_sizes(1 / sp.factor(sp.together(root)))
    raise ArithmeticError("no lower edge between N and T")


def _by_sizes(quotient: sp.Expr) -> sp.Expr:
    """Its denominator in N + T, and the square root in it by N - T."""
    numerator, denominator = sp.fraction(quotient)
    (root,) = (power for power in denominator.atoms(sp.Pow) if power.exp == sp.S.Half)
    return numerator / (sp.factor(denominator - root) + sp.sqrt(by_difference(root.base, N, T)))


@cache
def edge_law() -> sp.Expr:
    """x of a power law of D = DF1, N < D < T: the lower edge where DF1 is `edge_df1`."""
    kappa = LAMBDA_PLUS * df1_scale() ** S * DF1**-S
    return (-eigenvalue() / (N - D) * (DF1 - N)).subs({KAPPA: kappa, D: DF1})


@cache
def lower_edge() -> sp.Expr:
    """The smallest non-zero eigenvalue of a power law, N < T, 1 << N << M, in the limit of large sizes."""
    return edge_law().subs(DF1, edge_df1())


@dataclass(frozen=True)
class HardEdge:
    """Density of the non-zero eigenvalues as x -> 0: amplitude x^exponent, for sizes in this order."""

    order: str
    exponent: sp.Expr
    amplitude: sp.Expr


@cache
def hard_edges() -> tuple[HardEdge, ...]:
    """Where the spectrum reaches 0: two of the smallest sizes are equal."""
    return tuple(_hard_edge(order) for order in ("N=T<M", "N=M<T", "T=M<N", "N=T=M"))


def _hard_edge(order: str) -> HardEdge:
    """From the gap a = n - D ~ gamma^{1/p}: the density is Im a/(pi gamma) at gamma = -x."""
    small = order.split("<")[0].split("=")
    gap = sp.Symbol("a", positive=True)
    exhausted = "M" in small  # kappa -> 0 with a = sum (1 - p) -> kappa sum 1/lambda
    kappa = gap / SpectralSum(-1) if exhausted else KAPPA_0
    size = {"N": N, "T": T}
    gaps = {name: gap if name in small else size[name] - (M if exhausted else size[small[0]]) for name in size}
    scale = sp.solve(planar.planar_equation(), GAMMA)[0] / (KAPPA * (N - D) * (T - D))
    ((power, coefficient),) = sp.Poly(sp.cancel(scale) * kappa * gaps["N"] * gaps["T"], gap).as_dict().items()
    root = sp.Rational(1, power[0])
    return HardEdge(order, root - 1, sp.sin(sp.pi * root) / sp.pi * sp.factor(coefficient) ** -root)
