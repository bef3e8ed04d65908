r"""Dirichlet series of products of eigenvalues: the spectrum of a degree-p polynomial kernel.

Counting multisets I_1 <= ... <= I_p once each, sum prod_n (w_{I_n} lambda_{I_n}^z) is a polynomial in
the series of the powers of the eigenvalues, so a simple pole becomes one of order p: the power law
acquires p - 1 logarithms (the divisor problem, in the case of a power law).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sympy as sp

from theory.dirichlet import Combination, DirichletSeries, equal, order_at, truncated
from theory.errors import InvalidInput


@dataclass(frozen=True)
class Products:
    r"""Products of `count` eigenvalues of `base`, one for each multiset; weights multiply too.

    The complete homogeneous symmetric function h_p of the w_I lambda_I^z, from their power sums
    Z_i(z) = base.powered(i): p h_p = sum_{i=1}^p Z_i h_{p-i}, h_0 = 1 (for p = 2, (Z_1^2 + Z_2)/2). For a
    power law the pole at (1 - R)/s has order p, and there are poles at (1/i - R)/s of order floor(p/i).
    """

    base: DirichletSeries
    count: int

    def __post_init__(self) -> None:
        if self.count < 1:
            raise InvalidInput("count", self.count, "one factor or more")

    def poles(self) -> Mapping[sp.Expr, int]:
        powers = {i: self.base.powered(i) for i in range(1, self.count + 1)}
        found: dict[sp.Expr, int] = {}
        for series in powers.values():
            for z in series.poles():
                if not any(equal(z, other) for other in found):
                    best = [0]
                    for n in range(1, self.count + 1):
                        best.append(max(best[n - i] + order_at(powers[i], z) for i in range(1, n + 1)))
                    found[z] = best[-1]
        return found

    def laurent(self, z: sp.Expr, upto: int) -> Sequence[sp.Expr]:
        limit = upto + order_at(self, z)  # poles of the other factors bring down as many powers
        homogeneous: list[dict[int, sp.Expr]] = [{0: sp.S.One}]
        powers = []
        for i in range(1, self.count + 1):
            series = self.base.powered(i)
            order = order_at(series, z)
            powers.append(dict(enumerate(series.laurent(z, limit), start=-order)))
            total: dict[int, sp.Expr] = {}
            for j in range(1, i + 1):
                for m, left in powers[j - 1].items():
                    for n, right in homogeneous[i - j].items():
                        if m + n <= limit:
                            total[m + n] = total.get(m + n, sp.S.Zero) + left * right / i
            homogeneous.append(total)
        return [homogeneous[-1].get(n, sp.S.Zero) for n in range(-order_at(self, z), upto + 1)]

    def powered(self, i: int) -> "Products":
        return Products(self.base.powered(i), self.count)

    def beyond(self, length: sp.Expr) -> Combination:
        """The products with an index > length or more."""
        return Combination(((1, self), (-1, Products(truncated(self.base, length), self.count))))
