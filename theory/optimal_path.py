r"""The optimal ridge along a path: minimise the loss over kappa, whose exponent is free.

kappa joins the scales as a free one. `explore` cuts the half-plane of (n, kappa) into pieces in which
the loss is one monomial; its exponent is piecewise linear in that of kappa, so the least one sits at a
corner. At a corner kappa = c n^k, and c minimises an amplitude without large parameters:

    two monomials in c       closed form, logarithms included (they may tilt kappa by a power of ln n)
    D ~ min(N, T)            the share x = D/min(N, T), in (0, 1]; x = 1 is a ridge too small to matter
    kappa ~ lambda_M or 1    the factor c itself

If the loss stays flat around the optimum, kappa is not determined to leading order.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import sympy as sp
from sympy.polys.fields import FracElement

from theory.balance import UNDETERMINED, Balance, Quantity, Setting, at_kappa, balance, compare_sizes, df1, kappa_at_share, smaller
from theory.closed import number
from theory.continuum import ALPHA
from theory.growth import Growth, Scales
from theory.losses import Loss, loss
from theory.order import FIELD, Region, UndecidedError, Vector, Window, dot, explore, exponent
from theory.unknown import FACTOR, Unknown

KAPPA = "kappa"


@dataclass(frozen=True)
class Problem:
    """A setting as a function of the scales (kappa among them), and its noise; `region` fixes the path."""

    names: tuple[str, ...]
    region: Region
    coefficients: dict[str, sp.Expr]
    build: Callable[[Scales], tuple[Setting, Quantity]]

    def scales(self, region: Region, factor: sp.Expr | None = None) -> Scales:
        extra = {} if factor is None else {KAPPA: factor}
        return Scales(self.names, region, {**self.coefficients, **extra})

    @property
    def kappa_axis(self) -> Vector:
        return tuple(FIELD.one if name == KAPPA else FIELD.zero for name in self.names)


@dataclass(frozen=True)
class Piece:
    """A range of kappa's exponent in which the loss is one monomial."""

    rays: tuple[Vector, ...]
    loss: Growth


@dataclass(frozen=True)
class Optimum:
    """Balance and loss at the optimal ridge; `scales` read them."""

    scales: Scales
    solved: Balance
    loss: Loss


def optimum(problem: Problem) -> Optimum:
    """The optimal ridge and its loss. Raises UndecidedError where alpha must be split."""
    pieces, infinite = _pieces(problem)
    if not pieces:
        scales = problem.scales(problem.region)
        return Optimum(scales, Balance(UNDETERMINED, frozenset()), infinite)
    window = problem.region.window
    vanishing = _falls_forever(problem, pieces, window)
    if vanishing:
        scales = problem.scales(problem.region)
        setting, noise = problem.build(scales)
        solved = balance(setting)
        return Optimum(scales, solved, loss(setting, solved, noise))
    corners = _least_corners(problem, pieces, window)
    found = [_at_corner(problem, corner, pieces) for corner in corners]
    best = found[0]
    for other in found[1:]:
        if _amplitude(other, window) < _amplitude(best, window):
            best = other
    return best


def _amplitude(optimum: Optimum, window: Window) -> sp.Expr:
    total = optimum.loss.total
    if total is None:
        return sp.S.Zero
    value = optimum.scales.constant_value(replace(total, powers=(FIELD.zero,) * len(total.powers)))
    for unknown in optimum.solved.unknowns:
        value = value.subs(unknown.symbol, sp.Float(unknown.at({ALPHA: window.sample}).value(15), 20))
    return number(value.subs(ALPHA, window.sample), 15)


def _pieces(problem: Problem) -> tuple[list[Piece], Loss]:
    """The pieces of kappa's half-plane where D(kappa) << min(N, T), and an infinite loss if that is all there is."""
    free = replace(problem.region, lines=(problem.kappa_axis,))
    infinite = Loss(None, infinite=True)

    def answer(region: Region) -> Loss | None:
        scales = problem.scales(region)
        setting, noise = problem.build(scales)
        kappa = scales.scale(KAPPA)
        least, full = smaller(setting)[0], setting.spectrum.full
        bounded = full is not None and compare_sizes(scales, full, least) <= 0  # D < M <= min(N, T)
        if not bounded and scales.compare(df1(setting, kappa), least) >= 0:
            return None
        return loss(setting, at_kappa(setting, kappa, frozenset()), noise)

    pieces = []
    try:
        for region, found in explore(answer, free, alpha=False):
            if found is not None and len(region.rays) == 2:
                if found.infinite:
                    return [], found
                if found.total is not None:
                    pieces.append(Piece(region.rays, found.total))
    except UndecidedError as open_question:
        windows = open_question.windows  # a question about alpha concerns the whole problem
        raise UndecidedError([replace(problem.region, window=w) for w in windows], windows) from None
    return pieces, infinite


def _position(problem: Problem, ray: Vector) -> FracElement | None:
    """kappa's exponent on a ray, n having exponent 1; None for the ends of the half-plane."""
    (path,) = problem.region.rays
    i = next(i for i, x in enumerate(path) if x)
    return ray[problem.names.index(KAPPA)] * path[i] / ray[i] if ray[i] else None


def _falls_forever(problem: Problem, pieces: list[Piece], window: Window) -> bool:
    """Whether the loss falls without end as kappa -> 0: the spectrum can be used up."""
    ends = [(piece, ray) for piece in pieces for ray in piece.rays if _position(problem, ray) is None]
    return any(window.sign(dot(piece.loss.powers, ray)) < 0 for piece, ray in ends)


def _least_corners(problem: Problem, pieces: list[Piece], window: Window) -> list[FracElement]:
    """The positions at which the loss has its least exponent."""
    (path,) = problem.region.rays
    values: dict[FracElement, FracElement] = {}
    for piece in pieces:
        for ray in piece.rays:
            at = _position(problem, ray)
            if at is not None:
                values[at] = dot(piece.loss.powers, _corner_ray(problem, at))
    least: list[FracElement] = []
    for at, value in values.items():
        order = -1 if not least else window.sign(value - values[least[0]])
        if order < 0:
            least = [at]
        elif order == 0:
            least.append(at)
    return least


def _corner_ray(problem: Problem, at: FracElement) -> Vector:
    (path,) = problem.region.rays
    return tuple(at if name == KAPPA else x for name, x in zip(problem.names, path, strict=True))


def _at_corner(problem: Problem, at: FracElement, pieces: list[Piece]) -> Optimum:
    region = replace(problem.region, rays=(_corner_ray(problem, at),))
    window = region.window
    scales = problem.scales(region, FACTOR)
    setting, noise = problem.build(scales)
    kappa = scales.scale(KAPPA)
    least, names = smaller(setting)
    if scales.compare(df1(setting, kappa), least) == 0:
        return _at_share(scales, setting, noise, least, names)
    solved = at_kappa(setting, kappa, frozenset(["ridge"]))
    found = loss(setting, solved, noise)
    if found.total is None:
        return Optimum(scales, solved, found)
    amplitude = _as_function(scales, found.total, window)
    monomials = _monomials(amplitude, FACTOR)
    if monomials is not None and len(monomials) == 1:
        tilted = _tilted(problem, scales, setting, found, pieces, at)
        return tilted if tilted is not None else Optimum(scales, replace(solved, kappa=UNDETERMINED), found)
    if monomials is not None and len(monomials) == 2:
        (p, a), (q, b) = sorted(monomials.items(), key=lambda item: number(item[0].subs(ALPHA, window.sample), 15))
        if number((p * q).subs(ALPHA, window.sample), 15) < 0:
            factor = (-(p * a) / (q * b)) ** (1 / (q - p))
            return _with_factor(problem, region, factor, noise)
        bare = Scales(problem.names, region)  # the path's coefficients are in the amplitude
        return Optimum(bare, replace(solved, kappa=UNDETERMINED), _flat(found, a if p == 0 else b))
    unknown = Unknown(FACTOR, sp.S.Zero).minimising(amplitude)
    return Optimum(scales, replace(solved, unknowns=(unknown,)), found)


def _flat(found: Loss, amplitude: sp.Expr) -> Loss:
    return replace(found, total=None if found.total is None else replace(found.total, amplitude=amplitude))


def _with_factor(problem: Problem, region: Region, factor: sp.Expr, noise: Quantity) -> Optimum:
    scales = problem.scales(region, sp.powdenest(factor, force=True))
    setting, noise = problem.build(scales)
    solved = at_kappa(setting, scales.scale(KAPPA), frozenset(["ridge"]))
    return Optimum(scales, solved, loss(setting, solved, noise))


def _as_function(scales: Scales, growth: Growth, window: Window) -> sp.Expr:
    """The amplitude along the corner, of kappa's factor."""
    at = {ALPHA: window.low} if window.point else {}
    return scales.constant_value(growth).subs(at)


def _monomials(amplitude: sp.Expr, symbol: sp.Symbol) -> dict[sp.Expr, sp.Expr] | None:
    """power -> coefficient, if the amplitude is a sum of powers of the symbol; else None."""
    found: dict[sp.Expr, sp.Expr] = {}
    for term in sp.Add.make_args(sp.expand_mul(amplitude, deep=False)):
        coefficient, rest = term.as_independent(symbol)
        base, power = rest.as_base_exp()
        if rest == 1:
            power = sp.S.Zero
        elif base != symbol or power.has(symbol):
            return None
        power = sp.cancel(power)
        found[power] = found.get(power, sp.S.Zero) + coefficient
    return found


def _tilted(
    problem: Problem, scales: Scales, setting: Setting, found: Loss, pieces: list[Piece], at: FracElement
) -> Optimum | None:
    """Corner of two monomials whose logarithms differ: kappa carries a power of ln n. None if the loss is flat."""
    meeting = [piece.loss for piece in pieces if any(_position(problem, ray) == at for ray in piece.rays)]
    window, axis = scales.region.window, problem.names.index(KAPPA)
    rising = [growth for growth in meeting if window.sign(growth.powers[axis]) > 0]
    falling = [growth for growth in meeting if window.sign(growth.powers[axis]) < 0]
    if not rising or not falling:
        return None
    up, down = rising[0], falling[0]
    p, q = up.powers[axis], down.powers[axis]
    kappa = scales.scale(KAPPA)
    balanced = ((down / kappa**q) / (up / kappa**p)).times((-q / p).as_expr())
    best = balanced ** (FIELD.one / (p - q))
    total = ((up / kappa**p) * best**p).times((1 - p / q).as_expr())
    solved = Balance(replace(best, origin=frozenset()), frozenset(["ridge"]))
    return Optimum(scales, solved, replace(found, total=total))


def _at_share(
    scales: Scales, setting: Setting, noise: Quantity, least: Growth, names: frozenset[str]
) -> Optimum:
    """D = x min(N, T): the share x in (0, 1] that minimises the loss."""
    window = scales.region.window
    kappa, unknown = kappa_at_share(setting, least)
    solved = at_kappa(setting, kappa, names | {"ridge"})
    found = loss(setting, solved, noise)
    if found.total is None:
        return Optimum(scales, solved, found)
    unknown = unknown.minimising(_as_function(scales, found.total, window))
    if unknown.at({ALPHA: window.sample}).limited():
        limited = replace(setting, ridge=None)  # a ridge too small to matter
        solved = balance(limited)
        return Optimum(scales, solved, loss(limited, solved, noise))
    return Optimum(scales, replace(solved, unknowns=(unknown,)), found)
