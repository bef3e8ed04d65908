r"""The optimal ridge along a path: kappa such that raising and lowering terms of dL/d ln(kappa) balance.

kappa joins the scales as a free one. `explore` cuts the half-plane of (n, kappa) into pieces in which
the loss rises or falls with kappa (`theory.stationary`); the optimum is a border from falling to
rising. There the ratio of the two sides is

    one power of kappa        kappa in closed form, logarithms included
    a function of the factor  where kappa meets min(N, T), lambda_M or 1: one unknown number

or the loss rises from the smallest kappa on: D = min(N, T), a ridge too small to matter; or no ridge
at all, if min(N, T) >= M.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cmp_to_key
from itertools import pairwise

import sympy as sp
from sympy.polys.fields import FracElement

from theory.balance import (
    RIDGE,
    Balance,
    Quantity,
    Setting,
    at_kappa,
    balance,
    compare_sizes,
    df1,
    kappa_at_share,
    smaller,
)
from theory.closed import number
from theory.continuum import ALPHA
from theory.growth import Growth, Scales
from theory.losses import DivergentError, Loss, evaluated, infinite_size, loss
from theory.moments import KAPPA as KAPPA_SYMBOL
from theory.order import FIELD, Region, UndecidedError, Vector, explore, exponent
from theory.planar import BIAS_SUM
from theory.stationary import CROSS_12, CROSS_21, CUBE, DEFICIT_02, SPREAD_12, SPREAD_21, sides
from theory.student import NOISE, N, T
from theory.unknown import FACTOR, Unknown

KAPPA = "kappa"


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


@dataclass(frozen=True)
class Optimum:
    """Balance and loss at the optimal ridge; `scales` read them."""

    scales: Scales
    solved: Balance
    loss: Loss


def optimum(problem: Problem) -> Optimum:
    """The optimal ridge and its loss. Raises UndecidedError where alpha must be split."""
    try:
        pieces = _pieces(problem)
    except DivergentError:
        return Optimum(problem.scales(problem.region), Balance(None, frozenset()), Loss(None, infinite=True))
    candidates = []
    if pieces[0].sign > 0:
        candidates.append(_from_the_start(problem, pieces[0]))
    for left, right in pairwise(pieces):
        if left.sign < 0 < right.sign:
            candidates.append(_at_border(problem, left, right))
    return min(candidates, key=cmp_to_key(lambda one, other: _compare(problem, one, other)))


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


def _pieces(problem: Problem) -> list[Piece]:
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

    pieces = []
    try:
        for region, found in explore(answer, replace(problem.region, lines=(axis,)), alpha=False):
            if found is not None and len(region.rays) == 2:
                pieces.append(_piece(problem, region, *found))
    except UndecidedError as open_question:
        windows = open_question.windows  # a question about alpha concerns the whole problem
        raise UndecidedError([replace(problem.region, window=w) for w in windows], windows) from None
    sign = problem.region.window.sign

    def lower(one: Piece, other: Piece) -> int:
        if one.low is None or other.low is None:
            return -1 if one.low is None else 1
        return sign(one.low - other.low)

    return sorted(pieces, key=cmp_to_key(lower))


def _against_one(scales: Scales, found: Growth) -> int:
    """Sign of ln(ratio), which may stay a constant all over a piece (N = T = M, kappa -> 0)."""
    order = scales.sign(found)
    if order:
        return order
    value = number(found.amplitude.subs(ALPHA, scales.region.window.sample), 20)
    return (value > 1) - (value < 1)


def _bounded(setting: Setting) -> bool:
    """Whether D < M <= min(N, T), whatever kappa."""
    full = setting.spectrum.full
    return full is not None and compare_sizes(setting.scales, full, smaller(setting)[0]) <= 0


def _piece(problem: Problem, region: Region, sign: int, found: Growth | None) -> Piece:
    axis, window = problem.names.index(KAPPA), region.window
    ends: list[FracElement | None] = [None, None]
    positions = [problem.position(ray) for ray in region.rays]
    finite = [position for position in positions if position is not None]
    if len(finite) == 2:
        ends = sorted(finite, key=cmp_to_key(lambda one, other: window.sign(one - other)))  # type: ignore[arg-type]
    elif finite:
        (unbounded,) = (ray for ray, position in zip(region.rays, positions, strict=True) if position is None)
        ends[0 if window.sign(unbounded[axis]) > 0 else 1] = finite[0]
    return Piece(ends[0], ends[1], sign, found)


def _from_the_start(problem: Problem, first: Piece) -> Optimum:
    """The loss rises with kappa from its smallest values: D close to min(N, T), or kappa = 0."""
    if first.low is None:
        return _without_ridge(problem, problem.scales(problem.region))
    scales = problem.scales(problem.corner(first.low), FACTOR)
    setting, noise = problem.build(scales)
    least, names = smaller(setting)
    kappa, unknown = kappa_at_share(setting, least)
    found = ratio(setting, kappa, noise)
    if found is None or scales.sign(found) > 0:
        return _without_ridge(problem, scales)
    unknown = unknown.solving(scales.region.window.at(scales.constant_value(found)))
    if unknown.limited(scales.region.window.sample):
        return _without_ridge(problem, scales)
    solved = at_kappa(setting, kappa, names | {RIDGE}, None, (unknown,))
    return Optimum(scales, solved, loss(setting, solved, noise))


def _without_ridge(problem: Problem, scales: Scales) -> Optimum:
    """A ridge too small to matter to leading order."""
    setting, noise = problem.build(scales)
    solved = balance(replace(setting, ridge=None))
    return Optimum(scales, solved, loss(setting, solved, noise))


def _at_border(problem: Problem, left: Piece, right: Piece) -> Optimum:
    """kappa where the ratio of the two sides passes 1."""
    if right.low is None:
        raise ValueError("pieces out of order")
    region = problem.corner(right.low)
    scales = problem.scales(region)
    setting, noise = problem.build(scales)
    there = ratio(setting, scales.scale(KAPPA), noise)
    if there is None:
        return _without_ridge(problem, scales)
    # logarithms may make one side win at the corner itself: the root is then a power of ln n away
    order = scales.sign(there)
    side = left if order > 0 else right
    if side.ratio is not None and (order or (left.ratio and left.ratio.powers == side.ratio.powers)):
        power = side.ratio.powers[problem.names.index(KAPPA)]
        kappa = (scales.scale(KAPPA) ** power / side.ratio) ** (FIELD.one / power)
        solved = at_kappa(setting, replace(kappa, origin=frozenset()), frozenset([RIDGE]))
        return Optimum(scales, solved, loss(setting, solved, noise))
    scales = problem.scales(region, FACTOR)
    setting, noise = problem.build(scales)
    there = ratio(setting, scales.scale(KAPPA), noise)
    if there is None:
        return _without_ridge(problem, scales)
    unknown = Unknown(FACTOR, sp.S.Zero).solving(scales.region.window.at(scales.constant_value(there)))
    solved = at_kappa(setting, scales.scale(KAPPA), frozenset([RIDGE]), None, (unknown,))
    return Optimum(scales, solved, loss(setting, solved, noise))


def _compare(problem: Problem, one: Optimum, other: Optimum) -> int:
    """Which of two local minima is lower: by exponent, then by the decimal value of the amplitude."""
    values = []
    for candidate in (one, other):
        total, scales = candidate.loss.total, candidate.scales
        if total is None:
            return 1 if candidate.loss.infinite == (candidate is one) else -1
        amplitude = scales.constant_value(replace(total, powers=(FIELD.zero,) * len(total.powers), logs=()))
        at = {ALPHA: scales.region.window.sample}
        for unknown in candidate.solved.unknowns:
            at[unknown.symbol] = sp.Float(unknown.at(at).value(15), 20)
        logs = sum((power for _, power in total.logs), FIELD.zero)
        values.append((scales.along_path(total.powers), logs, number(amplitude.subs(at), 15)))
    (power, logs, amplitude), (other_power, other_logs, other_amplitude) = values
    window = problem.region.window
    return (
        window.sign(power - other_power)
        or window.sign(logs - other_logs)
        or (amplitude > other_amplitude) - (amplitude < other_amplitude)
    )
