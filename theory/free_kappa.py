r"""The loss along the ridge: where it rises and where it falls with kappa, kappa being a free scale.

kappa joins the scales of a path; `explore` cuts the half-plane of (n, kappa) into pieces in which one side
of dL/d ln(kappa) (`theory.stationary`) wins. The optimal ridge sits between them (`theory.optimal_path`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cmp_to_key

import sympy as sp
from sympy.polys.fields import FracElement

from theory.balance import Balance, Quantity, Setting, at_kappa, compare_sizes, df1, smaller
from theory.closed import number
from theory.continuum import ALPHA
from theory.growth import Growth, Scales
from theory.losses import DivergentError, evaluated, infinite_size
from theory.moments import KAPPA as KAPPA_SYMBOL
from theory.order import FIELD, Region, UndecidedError, Vector, explore, exponent
from theory.positive import BIAS_SUM
from theory.stationary import CROSS_12, CROSS_21, CUBE, DEFICIT_02, SPREAD_12, SPREAD_21, sides
from theory.student import NOISE, N, T

KAPPA = "kappa"
EQUAL = 1e-25  # of two closed forms at 30 digits


@dataclass(frozen=True)
class Problem:
    """A setting and its noise as functions of the scales, one of which is kappa; `region` fixes the path."""

    names: tuple[str, ...]
    region: Region
    coefficients: dict[str, sp.Expr]
    build: Callable[[Scales], tuple[Setting, Quantity]]

    def scales(self, region: Region, factor: sp.Expr | None = None) -> Scales:
        extra = {} if factor is None else {KAPPA: factor}
        return Scales(self.names, region, {**self.coefficients, **extra})

    def corner(self, position: FracElement) -> Region:
        """kappa = n^position."""
        (path,) = self.region.rays
        ray = tuple(position if name == KAPPA else x for name, x in zip(self.names, path, strict=True))
        return replace(self.region, rays=(ray,))

    def position(self, ray: Vector) -> FracElement | None:
        """kappa's exponent on a ray where n has exponent 1; None at the two ends of the half-plane."""
        (path,) = self.region.rays
        i = next(i for i, x in enumerate(path) if x)
        return ray[self.names.index(KAPPA)] * path[i] / ray[i] if ray[i] else None


@dataclass(frozen=True)
class Piece:
    """A range of kappa's exponents (None: unbounded) and the leading ratio of raising to lowering terms.

    ratio None: nothing lowers the loss.
    """

    low: FracElement | None
    high: FracElement | None
    sign: int
    ratio: Growth | None


def sums_at(setting: Setting, solved: Balance, noise: Quantity) -> dict[sp.Symbol, Quantity]:
    """Every symbol of the basis of `theory.stationary` at a balance."""
    values: dict[sp.Symbol, Quantity] = {**solved.values, NOISE: noise, KAPPA_SYMBOL: solved.kappa}
    if solved.kappa is None:
        return values
    for symbol, (j, k, weight) in {
        SPREAD_21: (2, 1, exponent(0)),
        SPREAD_12: (1, 2, exponent(0)),
        CUBE: (3, 0, exponent(0)),
        DEFICIT_02: (0, 2, exponent(0)),
        CROSS_12: (1, 2, setting.source),
        CROSS_21: (2, 1, setting.source),
    }.items():
        if setting.spectrum.full is not None or j:
            values[symbol] = setting.spectrum.sum(solved.kappa, j, k, weight)
    return values


def ratio(setting: Setting, kappa: Growth, noise: Quantity) -> Growth | None:
    """raising/lowering terms of dL/d ln(kappa) at kappa; None if nothing lowers the loss. Raises DivergentError."""
    values = sums_at(setting, at_kappa(setting, kappa, frozenset()), noise)
    if BIAS_SUM not in values:
        raise DivergentError("the teacher's power")
    raising, lowering = (
        evaluated(setting.scales, side, values) for side in sides(infinite_size(setting), _as_large_as(setting))
    )
    if lowering is None or raising is None:
        return None
    return raising / lowering


def _as_large_as(setting: Setting) -> frozenset[sp.Symbol]:
    """Which of N and T equal M."""
    full, sizes = setting.spectrum.full, {N: setting.features, T: setting.samples}
    if full is None:
        return frozenset()
    return frozenset(
        name for name, size in sizes.items() if size is not None and compare_sizes(setting.scales, size, full) == 0
    )


def pieces(problem: Problem) -> list[Piece]:
    """The pieces of kappa's half-plane with D << min(N, T) (or M <= min(N, T)), by rising kappa."""
    axis = tuple(FIELD.one if name == KAPPA else FIELD.zero for name in problem.names)

    def answer(region: Region) -> tuple[int, Growth | None] | None:
        scales = problem.scales(region)
        setting, noise = problem.build(scales)
        kappa = scales.scale(KAPPA)
        if not _bounded(setting) and scales.compare(df1(setting, kappa), smaller(setting)[0]) >= 0:
            return None
        found = ratio(setting, kappa, noise)
        return (1, None) if found is None else (_against_one(scales, found), found)

    found_pieces = []
    try:
        for region, found in explore(answer, replace(problem.region, lines=(axis,)), alpha=False):
            if found is not None and len(region.rays) == 2:
                found_pieces.append(_piece(problem, region, *found))
    except UndecidedError as open_question:
        windows = open_question.windows  # a question about alpha concerns the whole problem
        raise UndecidedError([replace(problem.region, window=w) for w in windows], windows) from None
    sign = problem.region.window.sign

    def lower(one: Piece, other: Piece) -> int:
        if one.low is None or other.low is None:
            return -1 if one.low is None else 1
        return sign(one.low - other.low)

    return sorted(found_pieces, key=cmp_to_key(lower))


def _against_one(scales: Scales, found: Growth) -> int:
    """Sign of ln(ratio), which may stay a constant all over a piece (N = T = M, kappa -> 0)."""
    order = scales.sign(found)
    if order:
        return order
    value = number(scales.constant_value(found).subs(ALPHA, scales.region.window.sample), 30)
    return 0 if abs(value - 1) < EQUAL else (value > 1) - (value < 1)


def _bounded(setting: Setting) -> bool:
    """Whether D < M <= min(N, T), whatever kappa."""
    full = setting.spectrum.full
    return full is not None and compare_sizes(setting.scales, full, smaller(setting)[0]) <= 0


def _piece(problem: Problem, region: Region, sign: int, found: Growth | None) -> Piece:
    axis, window = problem.names.index(KAPPA), region.window
    low = high = None
    for ray in region.rays:
        position = problem.position(ray)
        other = next(r for r in region.rays if r is not ray)
        if position is None:
            continue
        # the other ray lies above this one in the half-plane if its kappa-part does
        (path,) = problem.region.rays
        scale = next(i for i, x in enumerate(path) if x)
        turn = other[axis] * ray[scale] - ray[axis] * other[scale]
        if window.sign(turn * path[scale]) > 0:
            low = position
        else:
            high = position
    return Piece(low, high, sign, found)
