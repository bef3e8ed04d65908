r"""Edges of the support: critical points of y = p (N - D)(T - D) on the real axis (see numerics.resolvent).

With psi = 1 - E/(N - D) - E/(T - D) = d ln y/d ln p, a real p is the physical root of a real y outside the
support iff y increases there and Theta -> 0 (y > 0) or pi: p > 0 with D < n = min(N, T) and psi > 0; p < 0
with D between N and T and psi < 0; p < 0 with D < n (y < 0). An edge is an end of such an interval, a
simple zero of psi, except at y = 0. The degree of y = c in p leaves one pair of roots that is not forced to
lie in its own interval between poles, and a bulk between two gaps holds the eigenvalues between them, so

* p > lambda_1: one edge, the largest. * Between neighbouring eigenvalues b > a: none or two, then exactly
as many eigenvalues lie above the gap as latent ones are >= b. * Below: one edge if the least of N, T, M is
attained once (in p < 0 if that is n, in 0 < p < lambda_M if it is M), otherwise the support reaches 0.

*Excluding intervals.* Keeping the two nearest poles in E and the rest as bounds (R = a/(b - a), K latent
eigenvalues >= b, S >= sum of lambda/(a - lambda) over lambda < a, H0 the harmonic sum N'T'/(N' + T') of
N' = N - K + S and T' = T - K + S, clipped at 0), psi < 0 throughout if R > 1 and

    R (R - 1) (m_a^{1/3} + m_b^{1/3})^3 >= H0.

For a power law R/I grows with I and H0/I^2 falls, so one crossing settles all further intervals, whatever
M: about s sqrt(H0/8) intervals are left to search. The edges found are enclosed by numerics.edge_enclosure.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from numerics.pole_sums import distinct
from numerics.resolvent import Resolvent
from theory.errors import InvalidInput, NotConverged
from theory.spectrum import Eigenvalues, PowerLaw

MAX_INTERVALS = 5_000  # between poles, to be searched
MAX_DISTINCT = 30_000  # of a list: the bound S costs their number squared
SAMPLES, GOLDEN, HALVINGS = 24, 40, 60
TOUCH = 1e-9  # a maximum of psi this near zero cannot be told from one on the other side


@dataclass(frozen=True)
class Edge:
    """A critical point: p and y in units of lambda_1, x = y sigma_u^2 lambda_1/M, eigenvalues above the gap beyond it.

    `lower` tells the lower edge of a bulk. A hard edge, x = 0, has p = nan and `order` 2 or 3: the density
    there goes like x^{1/order - 1}; otherwise order is 0 and the density like a square root.
    """

    p: float
    x: float
    above: int
    lower: bool
    order: int = 0


def find_edges(resolvent: Resolvent) -> tuple[Edge, ...]:
    """All edges, the largest first: upper and lower in turn, one pair a bulk.

    Raises InvalidInput if more intervals must be searched than memory and patience hold, NotConverged if
    two bulks touch to within rounding.
    """
    edges = [_largest(resolvent), *_inner(resolvent), _smallest(resolvent)]
    if [edge.lower for edge in edges] != [False, True] * (len(edges) // 2):
        raise NotConverged("edges of the support do not alternate in double precision: bulks touch to rounding")
    values = [edge.x for edge in edges]
    if values != sorted(values, reverse=True) or len(set(values)) < len(values):
        raise NotConverged("edges of the support are out of order in double precision: bulks touch to rounding")
    return tuple(edges)


def slope(resolvent: Resolvent, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """psi and D on the real axis."""
    d, e = resolvent.sums.moments(p)
    d, e = d.real, e.real
    with np.errstate(divide="ignore", invalid="ignore"):
        return 1 - e / (resolvent.n - d) - e / (resolvent.t - d), d


def _edge(resolvent: Resolvent, p: float, above: int, lower: bool) -> Edge:
    d = float(resolvent.sums.moments(np.array([p]))[0][0].real)
    y = p * (resolvent.n - d) * (resolvent.t - d)
    if not y > 0:
        raise NotConverged(f"an edge at p = {p!r} has y = {y!r} in double precision: N - D has lost its digits")
    return Edge(p, y * math.exp(resolvent.log_scale), above, lower)


# The ends of the spectrum ------------------------------------------------------------------------


def _largest(resolvent: Resolvent) -> Edge:
    """p = 1 + q: psi rises from -inf to 1."""
    low, high = math.log(1e-15), 1.0

    def sign(log_q: float) -> bool:
        return bool(slope(resolvent, np.array([1 + math.exp(log_q)]))[0][0] > 0)

    while not sign(high):
        high += 2
        if high > 600:
            raise NotConverged("no largest edge below e^600 lambda_1 in double precision")
    return _edge(resolvent, 1 + math.exp(_bisect(sign, low, high)), 0, False)


def _smallest(resolvent: Resolvent) -> Edge:
    sizes = sorted((int(resolvent.model.N), int(resolvent.model.T), resolvent.sums.count))
    count = sizes[0]
    if sizes[1] == count:
        return Edge(math.nan, 0.0, count, True, 3 if sizes[2] == count else 2)
    if resolvent.sums.count == count:
        return _edge(resolvent, _above_zero(resolvent), count, True)
    least, most = sizes[0], max(int(resolvent.model.N), int(resolvent.model.T))

    def sign(log_kappa: float) -> bool:
        """Whether kappa is too large: y still increases with p, or D < n."""
        psi, d = slope(resolvent, np.array([-math.exp(log_kappa)]))
        return bool(d[0] <= least or (d[0] < most and psi[0] < 0))

    low, high = math.log(resolvent.sums.smallest) - 1, math.log(2 * resolvent.sums.trace / least)
    while sign(low):
        low -= 5
        if low < -700:
            raise NotConverged("no smallest edge above kappa = e^-700 lambda_1 in double precision")
    return _edge(resolvent, -math.exp(_bisect(sign, low, high)), count, True)


def _above_zero(resolvent: Resolvent) -> float:
    """M least: psi falls from 1 to -inf between p = 0 and lambda_M, where D reaches n."""
    least, last = min(resolvent.n, resolvent.t), resolvent.sums.smallest

    def sign(log_p: float) -> bool:
        psi, d = slope(resolvent, np.array([last * math.exp(log_p)]))
        return bool(d[0] >= least or psi[0] < 0)

    high, low = math.log1p(-1e-15), -1.0
    while sign(low):
        low -= 2
        if low < -600:
            raise NotConverged("no smallest edge above e^-600 lambda_M in double precision")
    return last * math.exp(_bisect(sign, low, high))


def _bisect(sign: Callable[[float], bool], low: float, high: float) -> float:
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if sign(middle):
            high = middle
        else:
            low = middle
    return (low + high) / 2


# Gaps between bulks ------------------------------------------------------------------------------


def _inner(resolvent: Resolvent) -> list[Edge]:
    """The two edges of every gap, from the top."""
    upper, lower, above = candidates(resolvent)
    if upper.size == 0:
        return []
    least = min(resolvent.n, resolvent.t)
    width = upper - lower

    def psi(tau: np.ndarray) -> np.ndarray:
        value, d = slope(resolvent, lower + width * tau)
        return np.where(d < least, value, -np.inf)

    # psi has one maximum left of D = n: sample, then golden section
    grid = (1 - np.cos(math.pi * (np.arange(SAMPLES) + 0.5) / SAMPLES)) / 2
    values = np.array([psi(np.full(width.shape, tau)) for tau in grid])
    best = values.argmax(axis=0)
    left, right = grid[np.maximum(best - 1, 0)], grid[np.minimum(best + 1, SAMPLES - 1)]
    left, right = np.where(best == 0, 0.0, left), np.where(best == SAMPLES - 1, 1.0, right)
    ratio = (math.sqrt(5) - 1) / 2
    a, b = right - ratio * (right - left), left + ratio * (right - left)
    at_a, at_b = psi(a), psi(b)
    for _ in range(GOLDEN):
        up = at_a < at_b
        left, right = np.where(up, a, left), np.where(up, right, b)
        new = np.where(up, left + ratio * (right - left), right - ratio * (right - left))
        at_new = psi(new)
        a, b = np.where(up, b, new), np.where(up, new, a)
        at_a, at_b = np.where(up, at_b, at_new), np.where(up, at_new, at_a)
    top = (left + right) / 2
    peak = psi(top)
    if (abs(peak) < TOUCH).any():
        k = int(np.flatnonzero(abs(peak) < TOUCH)[0])
        raise NotConverged(f"two bulks touch below eigenvalue {int(above[k])}, max psi = {peak[k]:.1g}, in doubles")
    open_ = peak > 0
    ends = []
    for outer in (1.0, 0.0):  # the gap's upper end in x is its upper end in p: y increases
        inside, outside = top.copy(), np.full(top.shape, outer)
        for _ in range(HALVINGS):
            middle = (inside + outside) / 2
            good = psi(np.clip(middle, 1e-300, 1 - 1e-16)) > 0
            inside, outside = np.where(good, middle, inside), np.where(good, outside, middle)
        ends.append(lower + width * (inside + outside) / 2)
    edges = []
    for gap in np.flatnonzero(open_):
        edges.append(_edge(resolvent, float(ends[0][gap]), int(above[gap]), True))
        edges.append(_edge(resolvent, float(ends[1][gap]), int(above[gap]), False))
    return edges


def candidates(resolvent: Resolvent) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Neighbouring eigenvalues b > a, in units of lambda_1, whose interval may hold a gap; eigenvalues >= b."""
    spectrum = resolvent.model.spectrum
    if isinstance(spectrum, PowerLaw):
        return _power_law_candidates(resolvent, spectrum)
    return _list_candidates(resolvent, spectrum)


def _open(
    resolvent: Resolvent, ratio: np.ndarray, cubes: np.ndarray, above: np.ndarray, rest: np.ndarray
) -> np.ndarray:
    """Whether the bound leaves an interval open; a gap also needs fewer eigenvalues above it than N and T."""
    n, t = (np.maximum(size - above + rest, 0) for size in (resolvent.n, resolvent.t))
    harmonic = n * t / np.maximum(n + t, 1e-300)
    shut = (ratio > 1) & (ratio * (ratio - 1) * cubes >= harmonic * (1 + 1e-9))
    return ~shut & (above < min(resolvent.n, resolvent.t))


def _power_law_candidates(resolvent: Resolvent, spectrum: PowerLaw) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    s = float(spectrum.exponent)

    def is_open(above: np.ndarray) -> np.ndarray:
        ratio = 1 / np.expm1(s * np.log1p(1 / above))
        j = above + 1  # (I/j)^s - 1 is at least s (I - j)/j, and (1 - 2^-s)(I/j)^s beyond 2 j
        rest = j / s * (1 + np.log(j)) + j * 2 ** (1 - s) / ((s - 1) * (1 - 2**-s))
        return _open(resolvent, ratio, np.full(above.shape, 8.0), above, rest)

    most = min(spectrum.M, int(min(resolvent.n, resolvent.t))) - 1
    last = 1
    while last <= most and is_open(np.array([float(last)]))[0]:
        last *= 2
        if last > 2 * MAX_INTERVALS:
            raise InvalidInput("N, T", f"{resolvent.model.N}, {resolvent.model.T}", "sizes with fewer separate bulks")
    above = np.arange(1.0, min(last, most) + 1)
    above = above[is_open(above)]
    if above.size > MAX_INTERVALS:
        raise InvalidInput("N, T", f"{resolvent.model.N}, {resolvent.model.T}", "sizes with fewer separate bulks")
    return above**-s, (above + 1) ** -s, above


def _list_candidates(resolvent: Resolvent, spectrum: Eigenvalues) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    value, times = distinct(spectrum)
    value = value / value[0]
    if value.size > MAX_DISTINCT:
        raise InvalidInput("eigenvalues", spectrum, f"at most {MAX_DISTINCT} distinct ones for the edges")
    upper, lower = value[:-1], value[1:]
    above = np.cumsum(times)[:-1]
    rest = np.zeros(lower.size)
    for k in range(lower.size):
        rest[k] = (times[k + 2 :] * value[k + 2 :] / (lower[k] - value[k + 2 :])).sum()
    cubes = (np.cbrt(times[1:]) + np.cbrt(times[:-1])) ** 3
    chosen = _open(resolvent, lower / (upper - lower), cubes, above, rest)
    if chosen.sum() > MAX_INTERVALS:
        raise InvalidInput("N, T", f"{resolvent.model.N}, {resolvent.model.T}", "sizes with fewer separate bulks")
    return upper[chosen], lower[chosen], above[chosen]
