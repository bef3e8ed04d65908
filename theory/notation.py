r"""The short symbols of MRS (arXiv:2210.16859) for what the derivations spell out.

$c_\alpha$ stands for the amplitude (theory.continuum), hidden in products and powers of its factors; Euler's constant
gets an index, as gamma alone is the ridge.
"""

from functools import cache

import sympy as sp

from theory.continuum import ALPHA, c_alpha

C_ALPHA = sp.Symbol("C_alpha", positive=True)  # a name that sorts before those of the sizes
EULER = sp.Symbol(r"\gamma_{\mathrm{E}}", positive=True)


def in_symbols(expression: sp.Basic) -> sp.Basic:
    """The expression with powers of the continuum amplitude as powers of C_ALPHA, and Euler's constant as EULER."""
    shorter = expression.replace(_holds_sine, _short)
    if shorter != expression:
        shorter = sp.powsimp(shorter, combine="exp")  # what is left of different factors
    return shorter.xreplace({sp.EulerGamma: EULER})


@cache
def _amplitude() -> tuple[dict[sp.Expr, sp.Expr], sp.Expr, sp.Expr]:
    """The factors of c_alpha and their powers; that among them which nothing else brings, its sine; its power."""
    factors: dict[sp.Expr, sp.Expr] = {}
    _collect_powers(c_alpha(), sp.S.One, factors)
    (sine,) = (factor for factor in factors if isinstance(factor, sp.sin))
    return factors, sine, factors[sine]


def _holds_sine(found: sp.Basic) -> bool:
    """A product or power with the sine of c_alpha to a power that depends on alpha."""
    _, sine, _ = _amplitude()
    factors = found.args if found.is_Mul else (found,)
    return any(factor.is_Pow and factor.has(sine) and factor.exp.has(ALPHA) for factor in factors)


def _short(found: sp.Expr) -> sp.Expr:
    """c_alpha^k for the sine's share, times what is left of the factors that hold alpha alone; all are positive."""
    factors, sine, power = _amplitude()
    closed, other = sp.sift(sp.Mul.make_args(found), lambda x: x.free_symbols <= {ALPHA}, binary=True)
    powers: dict[sp.Expr, sp.Expr] = {}
    for factor in closed:
        _collect_powers(factor, sp.S.One, powers)
    times = sp.cancel(powers.get(sine, 0) / power)
    left = {base: sp.cancel(powers.get(base, 0) - times * own) for base, own in factors.items()}
    if times == 0 or (any(left.values()) and not times.is_Rational):
        return found
    powers |= left
    return sp.Mul(C_ALPHA**times, *(base**exponent for base, exponent in powers.items()), *other)


def _collect_powers(factor: sp.Expr, power: sp.Expr, into: dict[sp.Expr, sp.Expr]) -> None:
    """factor^power as powers of bases that are neither products nor powers."""
    if factor.is_Mul:
        for part in factor.args:
            _collect_powers(part, power, into)
    elif factor.is_Pow:
        _collect_powers(factor.base, power * factor.exp, into)
    else:
        into[factor] = into.get(factor, 0) + power
