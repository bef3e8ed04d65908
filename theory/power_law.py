r"""The power law Delta_n = n kappa -> lambda_+ c_alpha n^{-alpha} of 1 << n << M, and its first corrections.

Without ridge D(kappa) = n = min(N, T). The Mellin expansion of D between lambda_M and lambda_1,

    D = A x^{-1/s} + r(x),      x = kappa/lambda_+,  s = 1 + alpha,

inverts to x = (A/(n - r))^s = (A/n)^s (1 + s r/n + ...), r at the leading x. The zeta term of r is the
correction in 1/n, the tail beyond M the one in (n/M)^alpha. The figures of MRS (arXiv:2210.16859) draw
lambda_+ c_alpha (n^{-alpha} - M^{-alpha}) instead: no 1/n, and another coefficient of (n/M)^alpha.
"""

from functools import cache

import sympy as sp

from theory.approach import SMALL, Approach
from theory.continuum import ALPHA, LAMBDA_PLUS, SIZE, c_alpha, df1_scale, drawn_delta
from theory.dirichlet import PowerLawSeries
from theory.expansion import expansion
from theory.limit import DELTA_DRAWN, DELTA_LAW, Limit
from theory.mellin import Kernel, Term
from theory.student import GAMMA, M, N, T
from theory.zeta import ZetaDerivative

S = 1 + ALPHA


def law(*, drawn: bool = False) -> sp.Expr:
    """The leading law of Delta_n, or the form that the figures of MRS draw for it."""
    return drawn_delta() if drawn else LAMBDA_PLUS * c_alpha() * SIZE**-ALPHA


@cache
def corrections() -> dict[str, sp.Expr]:
    """Delta_n/law - 1 to first order: its terms in 1/n ("size") and in (n/M)^alpha ("end")."""
    pole, lattice, tail = expansion(PowerLawSeries(S), Kernel(1, 0), 1, length=M).terms
    x = sp.Symbol("x", positive=True)
    if sp.gammasimp(pole.expression(x) * x ** (1 / S) - df1_scale()) != 0:
        raise ArithmeticError("the pole's term is not that of the continuum")

    scale = sp.Dummy("A", positive=True)

    def relative(term: Term) -> sp.Expr:
        value = S * _long(term.expression(x)).subs(x, (scale / SIZE) ** S) / SIZE
        return sp.factor(sp.powsimp(sp.expand_power_base(value))).subs(scale, df1_scale())

    return {"size": relative(lattice), "end": relative(tail)}


def _long(expression: sp.Expr) -> sp.Expr:
    """Tails sum_{I > M} I^-p as their integrals, to leading order in 1/M."""
    t = sp.Symbol("t", positive=True)

    def integral(_: sp.Expr, power: sp.Expr, __: sp.Expr) -> sp.Expr:
        return sp.integrate(t**-power, (t, M, sp.oo))

    return expression.replace(ZetaDerivative, integral)


@cache
def drawn_corrections() -> dict[str, sp.Expr]:
    """The same for Delta_n over the form that MRS draw."""
    (end,) = (term for term in sp.Add.make_args(sp.expand(drawn_delta() / law())) if term != 1)
    return {"size": corrections()["size"], "end": corrections()["end"] - end}


@cache
def power_law() -> tuple[Limit, ...]:
    """Both corrections, of the law and of the drawn form, as limits.

    On the first path M is so large that (N/M)^alpha < N^-2, on the second 1/N <= (N/M)^(2 alpha).
    """
    far, steep = sp.ceiling(2 + 2 / ALPHA), 2 * sp.ceiling(ALPHA)
    zero, order, quantities = sp.Integer(0), "N<M<T", (DELTA_LAW, DELTA_DRAWN)
    size = Approach(
        "N -> infinity, M/N faster still, gamma = 0", N, order,
        {GAMMA: zero, N: 1 / SMALL, M: SMALL**-far, T: SMALL ** -(far + 1)}, quantities, 1 / N,
    )  # fmt: skip
    end = Approach(
        "N -> infinity, N/M -> 0 slowly, gamma = 0", N, order,
        {GAMMA: zero, N: SMALL**-steep, M: SMALL ** -(steep + 1), T: SMALL ** -(steep + 2)}, quantities, N / M,
    )  # fmt: skip
    found = []
    for approach, name, rate in ((size, "size", sp.Integer(1)), (end, "end", ALPHA)):
        for quantity, terms in zip(approach.quantities, (corrections(), drawn_corrections()), strict=True):
            coefficient = terms[name].subs({SIZE: 1, M: 1})  # of 1/n and of (n/M)^alpha
            found.append(Limit(approach, quantity, sp.Integer(1), rate, coefficient, rate))
    return tuple(found)
