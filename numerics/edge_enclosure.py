r"""Edges of the support as balls: interval Newton in Arb on the critical points of y(p).

    G(p) = (N - D)(T - D) - p D' (N + T - 2 D) = dy/dp,
    G'(p) = -(2 D' + p D'')(N + T - 2 D) + 2 p D'^2.

If m - G(m)/G'(B) lies inside the ball B about m, then G has exactly one zero in B and it is simple. What
is proved is the edge's existence, simplicity and value; that no edge is missing rests on numerics.edges.

Sums over a power law of any length: the middle, I within a factor REACH of |p|^{-1/s}, term by term; both
sides as geometric series in z_I = p I^s or 1/z_I, whose power sums are differences of Hurwitz zetas, with
the remainder bounded. Lists are summed term by term.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from flint import arb, ctx, fmpq

from numerics.edges import Edge, find_edges
from numerics.pole_sums import distinct
from numerics.resolvent import Resolvent
from theory.errors import InvalidInput, NotConverged
from theory.model import Model
from theory.spectrum import PowerLaw

REACH = 4
FEW = 256  # zeta(-s k, I) exceeds I^{s k} unless s k < 2 pi I: shorter heads go term by term
MAX_TERMS = 1_000_000  # summed one by one in one evaluation
MAX_DIGITS = 200
Moments = tuple[arb, arb, arb]  # D, p D', p^2 D''


@dataclass(frozen=True)
class EnclosedEdge:
    """The edge lies within `radius` (absolute) of `middle`, both decimal strings; `p` and the rest as in Edge."""

    edge: Edge
    middle: str
    radius: str


def enclose_edges(model: Model, digits: int = 20) -> tuple[EnclosedEdge, ...]:
    """Every edge of phi phi^T's support, proved, the largest first, at relative radius below 10^-digits.

    Edges are the critical points of y(p) = p (N - D)(T - D), p = -kappa (module docstring), x = y sigma_u^2/M.
    A hard edge at 0 is exact. Raises InvalidInput, NotConverged as `find_edges` does, or if a ball cannot be proved.
    """
    return tuple(enclose(model, edge, digits) for edge in find_edges(Resolvent(model)))


def enclose(model: Model, edge: Edge, digits: int = 20) -> EnclosedEdge:
    """The ball of one edge. Raises NotConverged if `edge.p` is not close to a critical point."""
    if not 1 <= digits <= MAX_DIGITS:
        raise InvalidInput("digits", digits, f"an integer from 1 to {MAX_DIGITS}")
    if edge.order:
        return EnclosedEdge(edge, "0", "0")
    for extra in (40, 120, 300):
        with _precision(int(3.33 * digits) + extra):
            found = _newton(model, edge, digits)
        if found is not None:
            return found
    raise NotConverged(f"no critical point proved near p = {edge.p!r} (x = {edge.x!r}) with {digits} digits")


def _newton(model: Model, edge: Edge, digits: int) -> EnclosedEdge | None:
    """One attempt at the current precision: Newton on midpoints, then the proof; None if it fails."""
    sums = _sums(model)
    middle = arb(edge.p)
    value, rise = _derivatives(model, sums, middle)
    for _ in range(8):
        if 0 in rise or not rise.is_finite():
            return None
        step = (value / rise).mid()
        if abs(step) > abs(arb(edge.p)) * arb(1e-3):  # the given p is no approximation of this root
            return None
        middle = (middle - step).mid()
        value, rise = _derivatives(model, sums, middle)
        if abs(step) < abs(middle) * arb(2) ** (-ctx.prec // 2 + 8):
            break
    guess = abs(value / rise).upper() * 8 + abs(middle) * arb(2) ** (-ctx.prec + 30)
    ball = arb(middle, guess)
    inside = middle - value / _derivatives(model, sums, ball)[1]
    if not (inside.is_finite() and ball.contains_interior(inside)):
        return None
    # y is stationary: y(ball) = y(m) + y'(ball) (ball - m)
    n, t = arb(int(model.N)), arb(int(model.T))
    d = sums(middle)[0]
    slope, _ = _derivatives(model, sums, ball)
    unit = model.sigma_u**2 * model.spectrum.lambda_plus / model.M
    x = (middle * (n - d) * (t - d) + slope * (ball - middle)) * _arb(unit.numerator, unit.denominator)
    radius = x.rad()
    if not x > 0 or radius > x.mid() * arb(10) ** (-digits):
        return None
    if abs(x.mid() - arb(edge.x)) > abs(x.mid()) * arb(1e-6):
        return None
    text = x.mid().str(digits + 2, radius=False)
    return EnclosedEdge(edge, text, _above((x - arb(text)).abs_upper()))


def _derivatives(model: Model, sums: Callable[[arb], Moments], p: arb) -> tuple[arb, arb]:
    """G and G'."""
    n, t = arb(int(model.N)), arb(int(model.T))
    d, first, second = sums(p)
    both = n + t - 2 * d
    return (n - d) * (t - d) - first * both, (2 * first * first - (2 * first + second) * both) / p


def _sums(model: Model) -> Callable[[arb], Moments]:
    spectrum = model.spectrum
    if isinstance(spectrum, PowerLaw):
        return lambda p: _power_law(spectrum, p)
    value, times = distinct(spectrum)
    inverse = [arb(float(value[0])) / arb(float(v)) for v in value]
    weights = [int(w) for w in times]
    return lambda p: _direct(p, inverse, weights)


def _direct(p: arb, inverse: list[arb], weights: list[int] | None = None) -> Moments:
    d, e, f = arb(0), arb(0), arb(0)
    for k, reciprocal in enumerate(inverse):
        z = p * reciprocal
        g = 1 / (1 - z)
        h = z * g
        if weights is not None and weights[k] != 1:
            g *= weights[k]
        d += g
        g *= h
        e += g
        f += g * h
    return d, e, 2 * f


def _power_law(spectrum: PowerLaw, p: arb) -> Moments:
    numerator, denominator, count = spectrum.exponent.numerator, spectrum.exponent.denominator, spectrum.M
    here = math.exp(min(-float(abs(p).mid().log()) * denominator / numerator, 700.0))
    first = 2 ** math.floor(math.log2(here / REACH)) if here > REACH * FEW else 0
    first = min(first, count)  # I <= first: |z| < 1
    last = 2 ** math.ceil(math.log2(here * REACH)) if here * REACH < count else count
    last = min(max(last, 16), count)  # I > last: |z| > 1
    if last - first > MAX_TERMS:
        raise NotConverged(
            f"an edge near eigenvalue {here:.3g} needs {last - first} terms a step, more than {MAX_TERMS}"
        )
    total = _direct(p, _powers(numerator, denominator, first, last, ctx.prec))
    for low, high, sign in ((0, first, 1), (last, count, -1)):
        if high > low:
            part = _series(p, (numerator, denominator), low, high, sign)
            total = (total[0] + part[0], total[1] + part[1], total[2] + part[2])
    return total


def _series(p: arb, s: tuple[int, int], low: int, high: int, sign: int) -> Moments:
    """Terms low < I <= high: series in z = p I^s (sign 1) or in w = 1/z (sign -1).

    1/(1-z) = sum z^k = -sum_{k>=1} w^k; z/(1-z)^2 = sum k z^k = sum k w^k;
    z^2/(1-z)^3 = sum C(k, 2) z^k = -sum C(k+1, 2) w^k.
    """
    base = p if sign > 0 else 1 / p
    edge = high if sign > 0 else low + 1
    ratio = (abs(base) * _power(edge, s, sign)).upper()
    if not ratio < arb(0.75):
        raise NotConverged(f"geometric series of ratio {ratio} at I = {edge}")
    total = [arb(high - low) if sign > 0 else arb(0), arb(0), arb(0)]
    power, k = arb(1), 0
    while True:
        k += 1
        power *= base
        moment = power * _power_sum(s, sign * k, low, high, ctx.prec)
        total[0] += moment if sign > 0 else -moment
        total[1] += k * moment
        total[2] += k * (k - 1) // 2 * moment if sign > 0 else -(k * (k + 1) // 2) * moment
        growth = ratio * arb(k + 2) / arb(k)  # of C(k+1, 2) z^k, the largest coefficients
        if growth < arb(0.9) and abs(moment).upper() * (k * (k + 1)) < arb(2) ** -ctx.prec * abs(total[0]).lower():
            break
        if k > 20 * ctx.prec:
            raise NotConverged(f"geometric series of ratio {ratio} needs over {k} terms")
    # sum_I |z_I|^{j} <= |last moment bound| ratio^{j-k}
    rest = abs(moment).upper() * (k * (k + 1)) * growth / (1 - growth)
    error = arb(0, rest.upper())
    return total[0] + error, total[1] + error, 2 * (total[2] + error)


@lru_cache(maxsize=20_000)
def _power_sum(s: tuple[int, int], k: int, low: int, high: int, precision: int) -> arb:
    """sum_{low < I <= high} I^{s k} = zeta(-s k, low + 1) - zeta(-s k, high + 1)."""
    del precision
    exponent = _arb(-k * s[0], s[1])
    return exponent.zeta(arb(low + 1)) - exponent.zeta(arb(high + 1))


@lru_cache(maxsize=8)
def _powers(numerator: int, denominator: int, low: int, high: int, precision: int) -> list[arb]:
    """I^s for low < I <= high."""
    del precision
    return [_power(i, (numerator, denominator), 1) for i in range(low + 1, high + 1)]


def _power(i: int, s: tuple[int, int], sign: int) -> arb:
    return arb(i) ** (sign * s[0]) if s[1] == 1 else arb(i) ** _arb(sign * s[0], s[1])


def _arb(numerator: int, denominator: int) -> arb:
    return arb(fmpq(numerator, denominator))


def _above(bound: arb) -> str:
    """A short decimal above `bound` >= 0."""
    return f"{float((bound * arb(1.01)).upper()) * 1.001 + 1e-307:.2e}" if bound < arb(1e-290) else _rounded(bound)


def _rounded(bound: arb) -> str:
    value = float(bound.upper())
    text = f"{value * 1.02:.2e}"
    if not arb(text) >= bound:
        raise NotConverged(f"the radius {text} does not cover {bound}")
    return text


@contextmanager
def _precision(bits: int) -> Iterator[None]:
    kept = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = kept
