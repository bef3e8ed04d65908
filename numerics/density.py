"""Eigenvalue density of phi phi^T (or phi^T phi): on a grid or at given points, by rank, and its sum rule.

Everything is read off the physical root p(x) of numerics.resolvent: density Im D/(pi x N), eigenvalues above
x and local exponent d ln x/d ln n = -pi n/Im D in closed form. Eigenvalues are not divided by T. For
many eigenvalues and separate bulks (numerics.edges) these are the limits of the averages over draws.
"""

import math
from dataclasses import dataclass

import numpy as np

from numerics.edges import Edge, find_edges
from numerics.resolvent import Resolvent
from numerics.resolvent_mp import solve_mp
from theory.errors import InvalidInput, NotConverged, PrecisionError
from theory.model import Model

TOLERANCE, WORST = 1e-10, 1e-6  # relative error of the density: aimed at, and still returned (as `error`)
MAX_POINTS = 100_000
REFUGE = 20_000  # points times eigenvalues that mpmath may be asked for in one call
PANEL = 20  # nodes of a quadrature panel
LEAST = 12  # grid points in a bulk, if half of all suffice for that
TAIL = 0.02  # eigenvalues left below the grid's end, where the support reaches 0


@dataclass(frozen=True)
class Density:
    """The density at x: of phi phi^T with unit total, or of phi^T phi if `gram`.

    above : mean number of eigenvalues > x; exponent : d ln x/d ln(above), nan outside the support;
    error : estimated relative error of the density (rounding and residual), 0 outside;
    edges : upper and lower edge of each bulk, the largest first; atom : weight of the eigenvalue 0.
    """

    model: Model
    gram: bool
    x: np.ndarray
    density: np.ndarray
    above: np.ndarray
    exponent: np.ndarray
    error: np.ndarray
    edges: tuple[Edge, ...]
    atom: float


class FeatureEigenvalues:
    """The planar eigenvalue distribution of one model's random features: rho(x) = Im D/(pi x N) at ridge -x.

    Read off E tr q = (N - D)/gamma, derived in derivations/resolvent.py; its laws in derivations/feature_spectra.py.

    Raises InvalidInput for infinite N or T, and as `find_edges` does.
    """

    def __init__(self, model: Model, *, gram: bool = False) -> None:
        self.resolvent = Resolvent(model)
        self.model, self.gram = model, gram
        self.size = int(model.T if gram else model.N)
        self.nonzero = min(int(model.N), int(model.T), model.M)
        self.atom = (self.size - self.nonzero) / self.size
        self.edges = find_edges(self.resolvent)
        self._uppers = np.array([edge.x for edge in self.edges[::2]])
        self._lowers = np.array([edge.x for edge in self.edges[1::2]])
        self._floor: float | None = None
        self._table: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray] | None = None

    def at(self, x: np.ndarray) -> Density:
        """The density at given points > 0, zero outside the support.

        Raises InvalidInput for other numbers; PrecisionError where doubles do not reach 1e-6
        and mpmath, asked where they do not reach 1e-10 if that is cheap, is not affordable either.
        """
        x = np.atleast_1d(np.asarray(x, dtype=float))
        if x.ndim != 1 or not (np.isfinite(x).all() and (x > 0).all()):
            raise InvalidInput("x", x, "finite numbers > 0")
        if x.size > MAX_POINTS:
            raise InvalidInput("x", f"{x.size} points", f"at most {MAX_POINTS}")
        # bulks come with x decreasing: the first whose lower edge is below x
        bulk = np.searchsorted(-self._lowers, -x, side="right")
        last = np.minimum(bulk, self._lowers.size - 1)
        inside = (bulk < self._lowers.size) & (x < self._uppers[last])
        mass = np.array([0] + [edge.above for edge in self.edges[1::2]], dtype=float)
        above = mass[bulk]
        density, error = np.zeros(x.shape), np.zeros(x.shape)
        exponent = np.full(x.shape, math.nan)
        if inside.any():
            values = self._inside(x[inside])
            density[inside], above[inside], exponent[inside], error[inside] = values
        return Density(self.model, self.gram, x, density, above, exponent, error, self.edges, self.atom)

    def on_grid(self, points: int = 200) -> Density:
        """The density on about `points` points, increasing; ends of bulks included, dense towards them."""
        if not 2 <= points <= MAX_POINTS:
            raise InvalidInput("points", points, f"an integer from 2 to {MAX_POINTS}")
        return self.at(np.unique(np.concatenate([*self._grid(points), *self._ends()])))

    def at_ranks(self, ranks: np.ndarray) -> np.ndarray:
        """The eigenvalue at each rank 1, 2, ...: n(x) = rank - 1/2, half the eigenvalue of that rank above x.

        Raises InvalidInput for ranks outside [1/2, min(N, T, M) + 1/2], NotConverged if a search fails.
        """
        ranks = np.atleast_1d(np.asarray(ranks, dtype=float))
        if not ((ranks > 0.5).all() and (ranks < self.nonzero + 0.5).all()):
            raise InvalidInput("ranks", ranks, f"ranks from 1 to {self.nonzero}")
        log_x, count, log_p, bulk = self._lookup()
        target = ranks - 0.5
        wanted = np.searchsorted([edge.above for edge in self.edges[1::2]], target, side="left")
        guess, low, high = (np.empty(target.shape, dtype=complex) for _ in range(3))
        for k in np.unique(wanted):
            mine, here = wanted == k, bulk == k
            nodes, c = log_p[here], count[here]
            guess[mine] = np.interp(target[mine], c, nodes.real) + 1j * np.interp(target[mine], c, nodes.imag)
            place = np.searchsorted(c, target[mine])
            ends = np.concatenate([[math.log(self._uppers[k])], log_x[here], [self._bottom(int(k))]])
            high[mine], low[mine] = ends[place], ends[place + 1]
        found, _, good = self.resolvent.at_count(target, np.exp(guess))
        log = found + self.resolvent.log_scale
        good &= (log >= low.real - 1e-9) & (log <= high.real + 1e-9)
        for k in np.flatnonzero(~good):
            log[k] = self._bisect(float(target[k]), float(low[k].real), float(high[k].real))
        return np.exp(log)

    def moment(self, order: float, tolerance: float = 1e-13) -> float:
        """Integral of x^order rho(x) dx by quadrature, smooth at every edge; order 0 checks the sum rule."""
        total = sum(self._bulk_moment(k, order, tolerance) for k in range(self._uppers.size))
        return total / self.size

    # Inside the support -------------------------------------------------------------------------

    def _inside(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """density, above, exponent, relative error."""
        roots = self.resolvent.solve(np.log(x) - self.resolvent.log_scale, strict=False)
        imaginary, above, error = roots.d.imag.copy(), self.resolvent.count(roots), roots.error / roots.d.imag
        bad = np.flatnonzero(~(error < TOLERANCE))
        if bad.size * self.model.M > REFUGE:
            bad = np.flatnonzero(~(error < WORST))
        if bad.size * self.model.M > 10 * REFUGE:
            raise PrecisionError(
                f"the density at {bad.size} points, x = {x[bad[0]]!r} first, is not known to {WORST:g} in doubles"
            )
        for k in bad:
            imaginary[k], above[k] = self._refuge(float(x[k]), complex(roots.p[k]))
            error[k] = TOLERANCE / 1e5
        return imaginary / (math.pi * x * self.size), above, -math.pi * above / imaginary, error

    def _refuge(self, x: float, p: complex) -> tuple[float, float]:
        """Im D and n(x) in mpmath."""
        try:
            root = solve_mp(self.model, x, p, 20)
        except (NotConverged, InvalidInput) as error:
            raise PrecisionError(f"the density at x = {x!r} is not known to {TOLERANCE:g}: {error}") from None
        return float(root.d.imag), float(root.above)

    def _bisect(self, target: float, low: float, high: float) -> float:
        """ln x with n(x) = target, n decreasing."""
        for _ in range(60):
            middle = (low + high) / 2
            if self.at(np.array([math.exp(middle)])).above[0] > target:
                low = middle
            else:
                high = middle
        if not high - low < 1e-12 * max(1, abs(low)):
            raise NotConverged(f"no eigenvalue with {target} above it between ln x = {low} and {high}")
        return (low + high) / 2

    # Grids --------------------------------------------------------------------------------------

    def _bottom(self, k: int) -> float:
        """ln of a bulk's lower edge, or of a point with next to nothing below it if that is 0."""
        if self._lowers[k] > 0:
            return math.log(self._lowers[k])
        if self._floor is None:
            log_x = math.log(self._uppers[k])
            for _ in range(400):
                log_x -= 1.5
                if self.at(np.array([math.exp(log_x)])).above[0] > self.nonzero - TAIL:
                    break
            else:
                raise NotConverged(f"eigenvalues below ln x = {log_x}: the support reaches 0 too slowly")
            self._floor = log_x
        return self._floor

    def _grid(self, points: int) -> list[np.ndarray]:
        """x in each bulk, decreasing: Chebyshev points in ln x, so that square roots are resolved."""
        tops = np.log(self._uppers)
        width = np.array([top - self._bottom(k) for k, top in enumerate(tops)])
        each = min(max(points // (2 * width.size), 5), LEAST)
        spare = max(points // 2, points - each * width.size)
        counts = each + np.floor(spare * width / width.sum()).astype(int)
        angles = [(np.arange(c) + 0.5) * math.pi / c for c in counts]
        return [np.exp(tops[k] - width[k] * np.sin(a / 2) ** 2) for k, a in enumerate(angles)]

    def _ends(self) -> list[np.ndarray]:
        return [self._uppers, self._lowers[self._lowers > 0]]

    def _lookup(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """A table for guesses: ln x, n(x), ln p and bulk, x decreasing."""
        if self._table is None:
            grids = self._grid(200 + 12 * self._uppers.size)
            bulk = np.repeat(np.arange(len(grids)), [grid.size for grid in grids])
            log_x = np.log(np.concatenate(grids))
            roots = self.resolvent.solve(log_x - self.resolvent.log_scale, strict=False)
            fine = np.isfinite(roots.error)
            count = self.resolvent.count(roots)
            self._table = log_x[fine], count[fine], np.log(roots.p[fine]), bulk[fine]
        return self._table

    def _bulk_moment(self, k: int, order: float, tolerance: float) -> float:
        """Number of eigenvalues, times x^order, in one bulk: adaptive Gauss rules in an angle."""
        top, hard = math.log(self._uppers[k]), self._lowers[k] == 0
        power = max(edge.order for edge in self.edges)
        width = 0.0 if hard else top - math.log(self._lowers[k])
        node, weight = np.polynomial.legendre.leggauss(PANEL)

        def rule(low: np.ndarray, high: np.ndarray) -> np.ndarray:
            angle = (low + (high - low) * (node[:, None] + 1) / 2).ravel()
            if hard:  # x^(1/power) ~ cos(angle), in which Im D is analytic, and even about the top
                log_x, measure = top + power * np.log(np.cos(angle)), power * np.tan(angle) / math.pi
            else:
                log_x, measure = top - width * np.sin(angle / 2) ** 2, width / 2 * np.sin(angle) / math.pi
            roots = self.resolvent.solve(log_x - self.resolvent.log_scale, strict=False)
            values = np.exp(order * (log_x - top)) * measure * roots.d.imag
            return weight @ values.reshape(PANEL, -1) * (high - low) / 2

        ends = np.linspace(0, math.pi / 2 if hard else math.pi, 3)
        low, high = ends[:-1], ends[1:]
        value, total = rule(low, high), 0.0
        for _ in range(40):
            middle = (low + high) / 2
            halves = rule(np.concatenate([low, middle]), np.concatenate([middle, high])).reshape(2, -1)
            scale = abs(total) + abs(halves).sum()
            done = abs(halves.sum(axis=0) - value) <= tolerance * scale
            total += float(halves[:, done].sum())
            if done.all():
                return total * math.exp(order * top)
            low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
            again = np.concatenate([~done, ~done])
            low, high, value = low[again], high[again], halves.ravel()[again]
            if low.size * PANEL > MAX_POINTS:
                break
        raise NotConverged(f"quadrature of bulk {k}: {low.size} panels left at tolerance {tolerance:g}, in doubles")
