r"""A number that dominant balance leaves as the root of an equation: where two resources grow alike.

On a boundary, or in a proportional limit, kappa is fixed only up to a factor that solves an equation
without large parameters. `closed_form` gives the root where that equation is a polynomial of degree
at most two in the unknown; otherwise the amplitude keeps the symbol, with the equation beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import mpmath
import sympy as sp

from theory.closed import compiled, log_slope, number
from theory.continuum import ALPHA
from theory.errors import NotConverged

SHARE = sp.Symbol("x", positive=True)  # D / min(N, T)
EDGE = sp.Symbol("y", positive=True)  # kappa / lambda_M
FACTOR = sp.Symbol("c", positive=True)  # of kappa, where it is chosen to minimise the loss
DOUBLINGS = 14


@dataclass(frozen=True)
class Unknown:
    """`symbol`: the only root of `equation` on (low, high), where it changes sign once. low may be an Unknown.

    With `minimises` the symbol is where that expression is least, and `equation` its slope d ln/d ln(symbol),
    a Derivative if it has no closed form.
    """

    symbol: sp.Symbol
    equation: sp.Expr
    low: "sp.Expr | Unknown" = sp.S.Zero
    high: sp.Expr = sp.oo
    minimises: sp.Expr | None = None

    def at(self, values: dict[sp.Symbol, sp.Expr]) -> "Unknown":
        """With values for other symbols."""
        low = self.low.at(values) if isinstance(self.low, Unknown) else self.low
        least = None if self.minimises is None else self.minimises.subs(values)
        return Unknown(self.symbol, sp.factor_terms(self.equation.subs(values)), low, self.high, least)

    def minimising(self, expression: sp.Expr) -> "Unknown":
        """The same unknown where it minimises an expression."""
        special = any(self.symbol in function.free_symbols for function in expression.atoms(sp.Function))
        if special:
            return replace(self, equation=sp.Derivative(expression, self.symbol), minimises=expression)
        return replace(self, equation=log_slope(expression, self.symbol), minimises=expression)

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

    def limited(self, digits: int = 30) -> bool:
        """Whether what should be least inside still falls towards D = min(N, T): towards x = 1, or y = low."""
        with mpmath.workdps(digits):
            if self.symbol is SHARE:
                return bool(self._slope()(1 - mpmath.mpf(10) ** -9) <= 0)
            if isinstance(self.low, Unknown):
                return bool(self._slope()(self.low.value(digits) * (1 + mpmath.mpf(10) ** -9)) >= 0)
            return False

    def value(self, digits: int) -> mpmath.mpf:
        """The root to so many digits. Raises NotConverged where no sign change is found."""
        with mpmath.workdps(digits + 10):
            low = self.low.value(digits + 10) if isinstance(self.low, Unknown) else number(self.low, digits + 10)
            place, function = _between(low, number(self.high, digits + 10)), self._slope()
            return place(bracketed_root(lambda z: mpmath.re(function(place(z)))))

    def _slope(self) -> Callable[[mpmath.mpf], mpmath.mpf]:
        if not isinstance(self.equation, sp.Derivative):
            return compiled(self.equation, self.symbol)
        least = compiled(self.equation.expr, self.symbol)

        def slope(at: mpmath.mpf) -> mpmath.mpf:
            """Central difference of the logarithm: with a step of 10^(-d/3), 2 d/3 of d digits survive."""
            with mpmath.workdps(3 * mpmath.mp.dps // 2):
                step = mpmath.mpf(10) ** (-mpmath.mp.dps // 3)
                return mpmath.log(mpmath.re(least(at * (1 + step))) / mpmath.re(least(at * (1 - step)))) / (2 * step)

        return slope


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
