r"""The planar losses at a balance: which term dominates, with what growth.

The subtraction-free losses of `theory.planar` are evaluated with growths in place of numbers. Every
sum in them is one of positive terms, so the leading growth of the loss is exact.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import sympy as sp

from theory import positive
from theory.balance import Balance, Quantity, Setting, compare_sizes, gap
from theory.growth import Growth, Scales
from theory.order import exponent
from theory.planar import FEATURE_GAP, OUTPUTS, SAMPLE_GAP
from theory.positive import BIAS_SUM, CROSS_SUM
from theory.student import NOISE, M, N, T

SIGNAL, FEATURE_VARIANCE, LABEL_NOISE = "signal", "feature variance", "label noise"


class DivergentError(Exception):
    """A sum in the expression is infinite, or the expression divides by zero."""


@cache
def terms(infinite: sp.Symbol | None) -> dict[str, sp.Expr]:
    """Terms of the test loss, subtraction-free: signal (v (1-p)^2), feature variance (v p (1-p)), label noise."""
    total = positive.positive_loss().subs(OUTPUTS, 1)
    if infinite is not None:
        total = positive.leading_in(total, {N: FEATURE_GAP, T: SAMPLE_GAP}[infinite])
    sources = {SIGNAL: BIAS_SUM, FEATURE_VARIANCE: CROSS_SUM, LABEL_NOISE: NOISE}  # the loss is linear in these
    return {
        name: sp.factor(total.subs({other: 0 for other in sources.values() if other is not source}))
        for name, source in sources.items()
    }


@dataclass(frozen=True)
class Loss:
    """Leading growth of the test loss (None: exactly zero), or infinite, and the terms that make it up.

    The largest term is named with the origin of its teacher sum: "signal", "signal (saturated)", ...
    """

    total: Quantity
    infinite: bool = False
    dominant: frozenset[str] = frozenset()


def loss(setting: Setting, solved: Balance, noise: Quantity) -> Loss:
    """Test loss on clean labels, with v_I = I^-R and C = 1."""
    if solved.kappa is None:
        return _exhausted(setting, noise)
    found: dict[str, Growth] = {}
    for name, expression in terms(infinite_size(setting)).items():
        values = {**solved.values, NOISE: noise}
        try:
            growth = evaluated(setting.scales, expression, values)
        except DivergentError:
            return Loss(None, infinite=True, dominant=frozenset([name]))
        if growth is not None:
            teacher = solved.values.get({SIGNAL: BIAS_SUM, FEATURE_VARIANCE: CROSS_SUM}.get(name, NOISE))
            where = "" if teacher is None else _where(teacher)
            found[f"{name}{where}"] = growth
    return _combined(setting.scales, found)


def infinite_size(setting: Setting) -> sp.Symbol | None:
    """N or T, if it is infinite."""
    return N if setting.features is None else T if setting.samples is None else None


def _where(teacher: Growth) -> str:
    """How the teacher's sum arises, if not from the power law's pole."""
    origin = teacher.origin - {"pole"}
    return f" ({', '.join(sorted(origin))})" if origin else ""


def _combined(scales: Scales, found: dict[str, Growth]) -> Loss:
    if not found:
        return Loss(None)
    total = scales.sum(found.values())
    names = {name for name, term in found.items() if scales.compare(term, total) == 0}
    if {SIGNAL, FEATURE_VARIANCE} <= names and found[SIGNAL].powers == found[FEATURE_VARIANCE].powers:
        names.remove(FEATURE_VARIANCE)  # both always grow alike where the power law's pole makes them
    return Loss(total, dominant=frozenset(names))


def _exhausted(setting: Setting, noise: Quantity) -> Loss:
    """gamma = 0 and min(N, T) >= M: no signal is left, and the noise of positive.exhausted."""
    full = setting.spectrum.full
    if noise is None or setting.samples is None:
        return Loss(None)
    if full is None or compare_sizes(setting.scales, setting.samples, full) == 0:
        return Loss(None, infinite=True, dominant=frozenset([LABEL_NOISE]))
    values = {SAMPLE_GAP: gap(setting.scales, setting.samples, full), M: full, NOISE: noise}
    growth = evaluated(setting.scales, positive.exhausted()["label_noise"].subs(OUTPUTS, 1), values)
    return Loss(growth, dominant=frozenset([LABEL_NOISE]))


def evaluated(scales: Scales, expression: sp.Expr, values: Mapping[sp.Symbol, Quantity]) -> Quantity:
    """A subtraction-free expression at growths; None is exactly zero. Raises DivergentError."""
    if expression.is_Symbol:
        if expression not in values:
            raise DivergentError(str(expression))
        return values[expression]
    if expression.is_Number:
        return scales.constant(expression) if expression else None
    if expression.is_Pow:
        base, power = expression.args
        growth = evaluated(scales, base, values)
        if growth is None:
            if power < 0:
                raise DivergentError(str(base))
            return None
        return growth ** exponent(power)
    if expression.is_Add:
        return _polynomial(scales, expression, values)
    parts = [evaluated(scales, part, values) for part in expression.args]
    if any(part is None for part in parts):
        return None
    product = scales.constant(1)
    for part in parts:
        if part is not None:
            product = product * part
    return product


@cache
def _terms(expression: sp.Expr) -> tuple[tuple[sp.Symbol, ...], tuple[tuple[tuple[int, ...], sp.Expr], ...]]:
    polynomial = sp.Poly(expression)
    return polynomial.gens, tuple(polynomial.terms())


def _polynomial(scales: Scales, expression: sp.Expr, values: Mapping[sp.Symbol, Quantity]) -> Quantity:
    """A sum of monomials: their powers are compared first, amplitudes formed for the largest only."""
    symbols, terms = _terms(expression)
    powers: dict[tuple[sp.Symbol, int], Growth] = {}
    alike: dict[tuple[object, ...], Growth] = {}
    for degrees, coefficient in terms:
        product = scales.constant(coefficient)
        for symbol, degree in zip(symbols, degrees, strict=True):
            if degree:
                if symbol not in values:
                    raise DivergentError(str(symbol))
                growth = values[symbol]
                if growth is None:
                    break
                if (symbol, degree) not in powers:
                    powers[symbol, degree] = growth**degree
                product = product * powers[symbol, degree]
        else:
            key = (product.powers, product.logs)
            same = alike.get(key)
            alike[key] = product if same is None else scales.sum([same, product])
    return scales.sum(alike.values()) if alike else None
