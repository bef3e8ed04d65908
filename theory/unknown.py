r"""A number that dominant balance leaves as the root of an equation: where two resources grow alike.

On a boundary, or in a proportional limit, kappa is fixed only up to a factor that solves an equation
without large parameters. `closed_form` gives the root where that equation is a polynomial of degree
at most two in the unknown; otherwise the amplitude keeps the symbol, with the equation beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import mpmath
import sympy as sp

from theory.closed import compact, compiled, number
from theory.continuum import ALPHA
from theory.errors import NotConverged

SHARE = sp.Symbol("x", positive=True)  # D / min(N, T)
EDGE = sp.Symbol("y", positive=True)  # kappa / lambda_M
FACTOR = sp.Symbol("c", positive=True)  # of kappa, where it is chosen to minimise the loss
DOUBLINGS = 14


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
        return Unknown(self.symbol, self.equation.subs(values), low, self.high)

    def solving(self, ratio: sp.Expr) -> "Unknown":
        """The same unknown, where a ratio passes 1."""
        special = any(self.symbol in function.free_symbols for function in ratio.atoms(sp.Function))
        return replace(self, equation=(ratio if special else compact(ratio)) - 1)

    def closed_form(self, alpha: sp.Expr) -> sp.Expr | None:
        """The root, if the equation is a polynomial of degree at most 2 with coefficients in alpha at most; else None.

        `alpha` is a value in the window, to tell the two roots apart.
        """
        numerator = sp.numer(sp.together(self.equation))
        if isinstance(self.low, Unknown) or numerator.free_symbols - {self.symbol, ALPHA}:
            return None
        if not numerator.is_polynomial(self.symbol) or not 1 <= sp.degree(numerator, self.symbol) <= 2:
            return None
        *square, slope, constant = (sp.factor(c) for c in sp.Poly(numerator, self.symbol).all_coeffs())
        if not square:
            return sp.factor(-constant / slope)
        # 2c/(-b +- r): regular where the square's coefficient vanishes, as it may for one alpha
        root = sp.sqrt(sp.factor(slope**2 - 4 * square[0] * constant))
        low, high = number(self.low, 20), number(self.high, 20)
        roots = (2 * constant / (-slope + sign * root) for sign in (1, -1))
        inside = [r for r in roots if low < number(r.subs(ALPHA, alpha), 20) < high]
        return inside[0] if len(inside) == 1 else None

    def limited(self, alpha: sp.Expr, digits: int = 30) -> bool:
        """Whether the equation has its final sign, positive, already where D = min(N, T): at x = 1, or y = low."""
        here = self.at({ALPHA: alpha})
        with mpmath.workdps(digits):
            if self.symbol is SHARE:
                near = 1 - mpmath.mpf(10) ** -9
            elif isinstance(here.low, Unknown):
                near = here.low.value(digits) * (1 + mpmath.mpf(10) ** -9)
            else:
                return False
            return bool(compiled(here.equation, self.symbol)(near) >= 0)

    def value(self, digits: int) -> mpmath.mpf:
        """The root to so many digits. Raises NotConverged where no sign change is found."""
        with mpmath.workdps(digits + 10):
            low = self.low.value(digits + 10) if isinstance(self.low, Unknown) else number(self.low, digits + 10)
            place, function = _between(low, number(self.high, digits + 10)), compiled(self.equation, self.symbol)
            return place(bracketed_root(lambda z: mpmath.re(function(place(z)))))


def _between(low: mpmath.mpf, high: mpmath.mpf) -> Callable[[mpmath.mpf], mpmath.mpf]:
    """A map of the real line onto (low, high), exponential at both ends."""
    if high == mpmath.inf:
        return lambda z: low + mpmath.exp(z)
    return lambda z: low + (high - low) / (1 + mpmath.exp(-z))


def bracketed_root(function: Callable[[mpmath.mpf], mpmath.mpf]) -> mpmath.mpf:
    """A root on the real line, to the working precision. Raises NotConverged."""
    at_zero = function(mpmath.mpf(0))
    for power in range(DOUBLINGS):
        for end in (mpmath.mpf(2) ** (power - 2), -(mpmath.mpf(2) ** (power - 2))):
            if function(end) * at_zero <= 0:
                return _bisected(function, min(mpmath.mpf(0), end), max(mpmath.mpf(0), end))
    raise NotConverged(f"no sign change on the whole range; at its middle the equation is {mpmath.nstr(at_zero, 5)}")


def _bisected(function: Callable[[mpmath.mpf], mpmath.mpf], low: mpmath.mpf, high: mpmath.mpf) -> mpmath.mpf:
    """Secant steps that keep the bracket, every third a halving (Illinois)."""
    f_low, f_high = function(low), function(high)
    for step in range(20 + 4 * mpmath.mp.prec):
        if f_low == f_high or step % 3 == 2:
            middle = (low + high) / 2
        else:
            middle = (low * f_high - high * f_low) / (f_high - f_low)
        f_middle = function(middle)
        if f_middle == 0 or high - low <= mpmath.ldexp(1 + abs(middle), 5 - mpmath.mp.prec):
            return middle
        if f_middle * f_high > 0:
            high, f_high = middle, f_middle
            f_low = f_low / 2
        else:
            low, f_low = middle, f_middle
            f_high = f_high / 2
    raise NotConverged(f"root between {mpmath.nstr(low, 10)} and {mpmath.nstr(high, 10)} at {mpmath.mp.prec} bits")
