r"""Spectrum of the degree-p part of nonlinear features of Gaussian data with lambda_j = j^-a.

In f(u x) = sum_p c_p He_p(g)/sqrt(p!), g = u x/sqrt(s), the p-th term lives on the p-fold products of the data's
coordinates, and E over u of its square on the symmetric tensors of u. By Wick's theorem, with s held at its mean,

    E u^p (x) u^p = sum_k w_k (k pairs within each factor, p - 2 k across),

p! times the products of p eigenvalues, one for each multiset (k = 0), and beside them positive terms of ever
lower rank, because u Lambda u^T fluctuates: their eigenvalues are products of p - 2 k, so Weyl's inequalities leave
the number of eigenvalues above mu alone, but for two logarithms less for each k.

How many products exceed mu follows from the Dirichlet series (`theory.products`): where its pole at 1/a has order p,

    number(mu) = sum over poles of Res Z(z) mu^-z/z ~ X (ln X)^(p-1)/(p! (p-1)!),    X = mu^(-1/a),

so the j-th eigenvalue falls as (ln(j)^(p-1)/j)^a: the data's exponent, with p - 1 logarithms.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import sympy as sp
from mpmath import mp, mpf

from theory.dirichlet import PowerLawSeries, order_at
from theory.errors import InvalidInput
from theory.expansion import Expansion, expansion
from theory.hermite import coefficient
from theory.mellin import Kernel, Term
from theory.products import Products

MU = sp.Symbol("mu", positive=True)
RANK = sp.Symbol("j", positive=True)


@dataclass(frozen=True)
class DegreeSpectrum:
    """Products of `degree` eigenvalues j^-exponent, one a multiset. Raises InvalidInput for a degree < 1."""

    exponent: sp.Expr
    degree: int

    @cached_property
    def series(self) -> Products:
        """Its Dirichlet series."""
        return Products(PowerLawSeries(self.exponent), self.degree)

    @cached_property
    def counting(self) -> tuple[Term, ...]:
        """How many products exceed mu, on average over its steps: Z's poles, the largest first, and Z(0)."""
        poles = [z for z in self.series.poles() if order_at(self.series, z) > 0]
        poles.sort(key=lambda z: -sp.N(z) if z.is_number else -sp.N(z * self.exponent))
        constant = Term(sp.S.Zero, (self.series.laurent(sp.S.Zero, 0)[0],))
        return (*(self._residue(z) for z in poles), constant)

    def _residue(self, z: sp.Expr) -> Term:
        """Of Z(z') mu^-z'/z' at a pole z: 1/z' and mu^-z' in powers of d = z' - z."""
        order = order_at(self.series, z)
        polar = self.series.laurent(z, -1)  # of d^-order, ..., d^-1
        coefficients = []
        for log in range(order):
            terms = (polar[i] * (-1) ** k / z ** (k + 1) for i in range(order) if (k := order - 1 - log - i) >= 0)
            coefficients.append(sp.Add(*terms) / sp.factorial(log))
        return Term(-z, tuple(coefficients))

    def count(self) -> sp.Expr:
        """`counting` as an expression in MU."""
        return sp.Add(*(term.expression(MU) for term in self.counting))

    def eigenvalue(self) -> sp.Expr:
        """Leading law of the RANK-th largest product: the first pole's highest logarithm, inverted."""
        leading = self.counting[0]
        power = leading.log_power
        # ln(1/mu) = a ln(j) to leading order
        return (leading.coefficients[-1] * (self.exponent * sp.log(RANK)) ** power / RANK) ** self.exponent

    def ranked(self, rank: int, digits: int = 15) -> mpf:
        """The product at which `counting` reaches `rank`, all poles kept. Needs a numerical exponent."""
        if rank < 1:
            raise InvalidInput("rank", rank, "an integer >= 1")
        with mp.workdps(digits + 10):
            guarded = mp.dps
            terms = [
                [mpf(sp.N(number, guarded)) for number in (term.power, *reversed(term.coefficients))]
                for term in self.counting
            ]

            def surplus(log_mu: mpf) -> mpf:
                parts = (mp.exp(power * log_mu) * mp.polyval(logs, -log_mu) for power, *logs in terms)
                return mp.fsum(parts) - rank + mpf(1) / 2  # half way up the step at the wanted product

            a = mpf(sp.N(self.exponent, guarded))
            bracket = (-a * mp.log(rank + 1) - 1, a / 2)
            return +mp.exp(mp.findroot(surplus, bracket, solver="illinois", maxsteps=500))

    def degrees_of_freedom(self, count: int) -> Expansion:
        """sum mu/(mu + kappa) over the products as kappa -> 0, with `count` zeta terms, in powers of kappa."""
        return expansion(self.series, Kernel(1, 0), count)


def cycle_index(degree: int) -> sp.Expr:
    """The series of `degree`-fold products in terms of power_sum(i) = Z_i = sum_I lambda_I^(i z)."""
    homogeneous = [sp.S.One]  # p h_p = sum_i Z_i h_(p - i), as in theory.products
    for p in range(1, degree + 1):
        homogeneous.append(sp.Add(*(power_sum(i) * homogeneous[p - i] for i in range(1, p + 1))) / p)
    return sp.expand(homogeneous[degree])


def power_sum(i: int) -> sp.Symbol:
    """The symbol Z_i."""
    return sp.Symbol(f"Z_{i}", positive=True)


def weight(activation: str, degree: int, trace: sp.Expr) -> sp.Expr:
    """Kernel eigenvalue of a product of distinct eigenvalues, over that product: p! c_p(s)^2/(tr Lambda)^p."""
    return sp.factorial(degree) * coefficient(activation, degree) ** 2 / trace**degree


def wick_weights(degree: int) -> dict[int, int]:
    """{k: number of complete pairings of p + p points with k pairs within each half}; k = 0 is p!.

    Choose the 2k points of each half and pair them, then pair the p - 2k left of either half across.
    """
    if degree < 0:
        raise InvalidInput("degree", degree, "an integer >= 0")
    within = {k: math.comb(degree, 2 * k) * math.prod(range(1, 2 * k, 2)) for k in range(degree // 2 + 1)}
    return {k: number**2 * math.factorial(degree - 2 * k) for k, number in within.items()}
