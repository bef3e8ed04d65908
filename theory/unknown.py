r"""A number that dominant balance leaves as the root of an equation: where two resources grow alike.

On a boundary, or in a proportional limit, kappa is fixed only up to a factor that solves an equation
without large parameters. `closed_form` gives the root where that equation is a polynomial of degree
at most two in the unknown; otherwise the amplitude keeps the symbol, with the equation beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import mpmath
import sympy as sp

from theory.closed import number
from theory.errors import NotConverged

SHARE = sp.Symbol("x", positive=True)  # D / min(N, T)
EDGE = sp.Symbol("y", positive=True)  # kappa / lambda_M
FACTOR = sp.Symbol("c", positive=True)  # of kappa, where it is chosen to minimise the loss
DOUBLINGS = 40


@dataclass(frozen=True)
class Unknown:
    """`symbol`: the only root of `equation` on (low, high), where it changes sign once. low may be an Unknown."""

    symbol: sp.Symbol
    equation: sp.Expr
    low: "sp.Expr | Unknown" = sp.S.Zero
    high: sp.Expr = sp.oo

    def at(self, values: dict[sp.Symbol, sp.Expr]) -> "Unknown":
        """With values for other symbols."""
        low = self.low.at(values) if isinstance(self.low, Unknown) else self.low
        return Unknown(self.symbol, sp.factor_terms(self.equation.subs(values)), low, self.high)

    def closed_form(self) -> sp.Expr | None:
        """The root, if the equation is a polynomial of degree at most 2 without other symbols; else None."""
        numerator = sp.numer(sp.together(self.equation))
        if isinstance(self.low, Unknown) or numerator.free_symbols != {self.symbol}:
            return None
        if not numerator.is_polynomial(self.symbol) or sp.degree(numerator, self.symbol) > 2:
            return None
        low, high = number(self.low, 20), number(self.high, 20)
        roots = sp.roots(sp.Poly(numerator, self.symbol))
        inside = [root for root in roots if root.is_real is not False and low < number(root, 20) < high]
        return sp.simplify(inside[0]) if len(inside) == 1 else None

    def value(self, digits: int) -> mpmath.mpf:
        """The root to so many digits. Raises NotConverged where no sign change is found."""
        with mpmath.workdps(digits + 10):
            low = self.low.value(digits + 10) if isinstance(self.low, Unknown) else number(self.low, digits + 10)
            place = _between(low, number(self.high, digits + 10))

            def function(z: mpmath.mpf) -> mpmath.mpf:
                return number(self.equation.subs(self.symbol, sp.Float(place(z), digits + 10)), digits + 10)

            return place(_bracketed_root(function))


def _between(low: mpmath.mpf, high: mpmath.mpf) -> Callable[[mpmath.mpf], mpmath.mpf]:
    """A map of the real line onto (low, high), exponential at both ends."""
    if high == mpmath.inf:
        return lambda z: low + mpmath.exp(z)
    return lambda z: low + (high - low) / (1 + mpmath.exp(-z))


def _bracketed_root(function: Callable[[mpmath.mpf], mpmath.mpf]) -> mpmath.mpf:
    at_zero = function(mpmath.mpf(0))
    for power in range(DOUBLINGS):
        for end in (mpmath.mpf(2) ** (power - 2), -(mpmath.mpf(2) ** (power - 2))):
            if function(end) * at_zero <= 0:
                return mpmath.findroot(function, (min(0, end), max(0, end)), solver="anderson", maxsteps=400)
    raise NotConverged(f"no sign change on the whole range; at its middle the equation is {mpmath.nstr(at_zero, 5)}")
