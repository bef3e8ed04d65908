"""kappa in double precision, in logarithms, for many (N, T, ridge) over one table of moments.

With n = min(N, T) and the gap n - D =: delta as the positive function delta(kappa) of
`theory.positive.feature_gap`,

    n <= M/2 :  (n - D)     = delta          n > M/2 :  (n - M) + (M - D) = delta

The left sides increase with kappa, delta decreases: the root is unique, and nothing cancels beyond
what the spectrum itself makes ill-conditioned (a gap in it), which `condition` reports.
"""

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from numerics import formulas
from numerics.compress import Quadrature
from numerics.table import MOMENTS, MomentTable, clenshaw
from numerics.wide import Wide

TINY = float(np.finfo(float).tiny)
QUADRATIC = 1e-8  # a Newton step this small leaves an error of about its square
FLAT = 20.0  # ln(excess/sqrt(y)) from which the gap is y/excess to rounding
NEWTON_STEPS = 60  # bisection alone needs 52 in a unit panel

Array = np.ndarray


@dataclass(frozen=True)
class Points:
    """Flat arrays, one entry a model. n: the smaller finite size; excess: the other's lead.

    deep: whether modes missing from the spectrum are counted (n > M/2) instead of active ones;
    offset is then n - M, else n. log_g: ln of the right side of the planar equation. infinite: the
    name of an infinite size, or "".
    """

    n: Array
    excess: Array
    deep: Array
    offset: Array
    t_beyond: Array
    features_fewer: Array
    noise: Array
    log_g: Array
    infinite: str

    @classmethod
    def of(cls, N: Array, T: Array, count: float, noise: Array, log_g: Array, infinite: str) -> "Points":
        """N and T hold integers (int64 or Python's): differences are exact, then rounded."""
        n = {"N": T, "T": N}.get(infinite, np.minimum(N, T))
        fewer = np.full(n.shape, infinite == "T") if infinite else (N <= T).astype(bool)
        deep = (n > count - n).astype(bool)
        excess, offset, t_beyond = abs(N - T), np.where(deep, n - count, n), T - count
        n, excess, offset, t_beyond = (np.asarray(x).astype(float) for x in (n, excess, offset, t_beyond))
        return cls(n, excess, deep, offset, t_beyond, fewer, noise, log_g, infinite)

    def __getitem__(self, where: Array) -> "Points":
        columns: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "infinite"}
        return Points(**{name: column[where] for name, column in columns.items()}, infinite=self.infinite)

    def used_up(self) -> Array:
        """Ridgeless with min(N, T) >= M: kappa = 0."""
        return np.isneginf(self.log_g) & self.deep & (self.offset >= 0)


@dataclass(frozen=True)
class Root:
    """ln(kappa), the moments there, the gap n - D, and the condition number of the root."""

    log_kappa: Array
    moments: dict[str, Array]
    gap: Array
    condition: Array


def solve(quadrature: Quadrature, points: Points) -> Root:
    """The root of the planar equation at every point; none of them `used_up`."""
    lower, upper = _bounds(quadrature, points)
    table = MomentTable(quadrature, float(lower.min()), float(upper.max()))
    panel = _bracket(points, table, lower, upper)
    table.build(np.unique(panel))
    log_kappa = _newton(points, table, panel)
    moments = table.all(panel, log_kappa)
    gap, slope = gap_of(points, log_kappa)
    size = np.where(points.deep, np.abs(points.offset) + moments["complement"], moments["df1"]) + gap
    return Root(log_kappa, moments, gap, size / np.maximum(moments["spread"] + slope, TINY))


def _bounds(quadrature: Quadrature, points: Points) -> tuple[Array, Array]:
    """ln(kappa) from below by D >= 0 and M - D >= M - n, from above by D <= tr Lambda / kappa."""
    log_n = np.log(points.n)
    log_sizes = log_n + (0 if points.infinite else np.log(points.n + points.excess))
    missing = np.where(points.deep, -points.offset, quadrature.count - points.n)
    with np.errstate(divide="ignore"):
        from_modes = np.log(np.maximum(missing, 0)) - quadrature.log_inverse_trace
    lower = np.maximum(points.log_g - log_sizes, from_modes)
    upper = np.maximum(quadrature.log_trace + math.log(2) - log_n, points.log_g + math.log(4) - log_sizes)
    return lower, np.maximum(lower, upper)


def gap_of(points: Points, log_kappa: Array) -> tuple[Array, Array]:
    """delta = n - D as a function of kappa, and -d delta / d ln kappa; both positive."""
    log_y = points.log_g - log_kappa
    with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
        if points.infinite:
            gap = np.exp(log_y)
            return gap, gap
        root = np.exp(log_y / 2)
        ratio = np.where(points.excess == 0, 0.0, points.excess / root)
        gap = root * formulas.gap("numpy")(ratio)
        slope = gap * ((gap + points.excess) / np.maximum(2 * gap + points.excess, TINY))
    return gap, slope


def wide_gap(points: Points, log_kappa: Array) -> Wide:
    """delta where it may be no double."""
    log_y = points.log_g - log_kappa
    if points.infinite:
        return Wide.exp(log_y)
    root = Wide.exp(log_y / 2)
    with np.errstate(over="ignore", divide="ignore"):
        scale = np.where(points.excess == 0, 0.0, log_y / 2)
        log_ratio = np.log(points.excess) - scale  # -inf for equal sizes, ridge or not
        near = root * formulas.gap("numpy")(np.exp(np.minimum(log_ratio, FLAT)))
    return (Wide.exp(log_y) / np.maximum(points.excess, 1.0)).where(log_ratio > FLAT, near)


DF1, SPREAD, COMPLEMENT = (MOMENTS.index(name) for name in ("df1", "spread", "complement"))


def _bracket(points: Points, table: MomentTable, lower: Array, upper: Array) -> Array:
    """The panel that holds each root, by bisection over panel edges."""
    low = np.clip(np.floor(lower).astype(int) - table.first, 0, table.panels - 1)
    high = np.clip(np.ceil(upper).astype(int) - table.first, low + 1, table.panels)
    counted, sign = np.where(points.deep, COMPLEMENT, DF1), np.where(points.deep, 1.0, -1.0)
    while np.any(high - low > 1):
        middle = (low + high) // 2
        gap, _ = gap_of(points, table.edges[middle])
        below = points.offset + sign * table.at_edges[counted, middle] < gap
        inside = high - low > 1
        low = np.where(inside & below, middle, low)
        high = np.where(inside & ~below, middle, high)
    return low


def _newton(points: Points, table: MomentTable, panel: Array) -> Array:
    """Newton's iteration in ln(kappa), kept inside a shrinking bracket."""
    sign = np.where(points.deep, 1.0, -1.0)
    series = table.series((np.where(points.deep, COMPLEMENT, DF1), SPREAD), panel)
    low, high = table.edges[panel], table.edges[panel + 1]
    at = _secant(points, table, panel, sign)
    for _ in range(NEWTON_STEPS):
        counted, spread = clenshaw(series, table.place(panel, at))
        gap, slope = gap_of(points, at)
        value = points.offset + sign * counted - gap
        low, high = np.where(value < 0, at, low), np.where(value > 0, at, high)
        new = at - value / np.maximum(spread + slope, TINY)
        new = np.where((new >= low) & (new <= high), new, (low + high) / 2)
        settled = np.abs(new - at) <= QUADRATIC
        at = new
        if settled.all():
            break
    return at


def _secant(points: Points, table: MomentTable, panel: Array, sign: Array) -> Array:
    """Where the chord between the panel's edges crosses zero."""
    row = np.where(points.deep, COMPLEMENT, DF1)
    heights = []
    for edge in (panel, panel + 1):
        gap, _ = gap_of(points, table.edges[edge])
        heights.append(np.abs(points.offset + sign * table.at_edges[row, edge] - gap))
    return table.edges[panel] + heights[0] / np.maximum(heights[0] + heights[1], TINY)
