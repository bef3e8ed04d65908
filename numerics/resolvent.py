r"""The resolvent of the random-feature matrix at complex ridge: the physical root of equation (1).

With p = -kappa, zeta = -gamma and y = zeta M/sigma_u^2 the planar equation reads

    y = p (N - D)(T - D),   D(p) = sum_I lambda_I/(lambda_I - p),   g(zeta) = (N - D)/(-zeta N).

*Which root.* Let y and p lie in the upper half plane, L = ln p + ln(N - D) + ln(T - D) with principal
logarithms (Im D > 0 there, so none meets its cut) and Theta = Im L, harmonic and in (-2 pi, pi). On the
real axis Theta is piecewise constant, in pi Z, and positive only on the ray p < -kappa_n (D < min(N, T);
p < 0 if min(N, T) >= M), so {Theta > 0} is connected by the maximum principle, and exp L maps it to the
upper half plane properly, with degree one (y -> infinity only as p -> infinity). Hence for y in the upper
half plane exactly one p has L(p) = ln y, the physical one; for real y > 0 inside the support exactly one
p with Im p > 0 has L(p) = ln y, and outside there is none. So a root is verified by L alone, without a
history: Im p > 0 and |L - ln y| at rounding. Continuation (the phase of y turned from pi, where p is a
real monotone root, to its value, at fixed |y|) only has to find it.

Density per unit of ln x: x rho(x) = Im D / (pi N) for real y. Number of eigenvalues above x: d ln det =
(N - D) d ln gamma integrates in closed form (the planar free energy, stationary in kappa), giving

    n(x) = (1/pi) [ N arg p + sum_I arg(1 - lambda_I/p) - 2 Im D + (N - T) arg(T - D) ],

symmetric under N <-> T because Theta = 0; d n / d ln x = -Im D/pi.
"""

import math
from dataclasses import dataclass

import numpy as np

from numerics.compress import log_fraction
from numerics.pole_sums import PoleSums
from theory.errors import InvalidInput, NotConverged, PrecisionError
from theory.model import Model

ROUNDING = 2.0**-52
MAX_STEPS, MAX_POLISH = 2000, 60
FIRST_STEP, LEAST_STEP = 0.4, 1e-12  # in the phase of y
TRACKING = 1e-3  # residual at which an intermediate root is good enough to step from
TABLE = 200  # points of the first guesses


@dataclass(frozen=True)
class Roots:
    """Physical roots: p and D in units of lambda_1, E = p dD/dp, slope = d ln y/d ln p, and an error bound.

    `error` bounds |delta Im D|: the residual and the rounding of L, carried through the slope.
    """

    p: np.ndarray
    d: np.ndarray
    e: np.ndarray
    slope: np.ndarray
    error: np.ndarray


class Resolvent:
    """Equation (1) of one model at complex ridge, in doubles.

    `log_scale` is ln(sigma_u^2 lambda_1/M): an eigenvalue x of phi phi^T is y exp(log_scale), where
    here y = p (N - D)(T - D) with p in units of lambda_1. The ridge and the noise of the model play no part.
    Raises InvalidInput for infinite N or T.
    """

    def __init__(self, model: Model) -> None:
        for name in ("N", "T"):
            if math.isinf(getattr(model, name)):
                raise InvalidInput(name, "inf", "a finite size: the matrix phi is N x T")
        self.model = model
        self.sums = PoleSums(model.spectrum)
        self.n, self.t = float(model.N), float(model.T)
        self.log_scale = log_fraction(model.sigma_u**2 / model.M) + self.sums.unit
        if abs(self.log_scale) > 600:
            raise PrecisionError("the eigenvalues' scale is outside the doubles: rescale sigma_u or lambda_plus")
        self._table: tuple[np.ndarray, np.ndarray] | None = None

    def image(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """L = ln y, d L/d ln p, D and E at every p of the upper half plane."""
        d, e = self.sums.moments(p)
        n, t = self.n - d, self.t - d
        return np.log(p) + np.log(n) + np.log(t), 1 - e / n - e / t, d, e

    def transform(self, zeta: np.ndarray) -> np.ndarray:
        """g(zeta) = E (1/N) tr (phi phi^T - zeta)^{-1} for zeta in the upper half plane.

        Raises InvalidInput elsewhere, NotConverged as `solve` does.
        """
        zeta = np.atleast_1d(np.asarray(zeta, dtype=complex))
        if not (np.isfinite(zeta).all() and (zeta.imag > 0).all()):
            raise InvalidInput("zeta", zeta[~(zeta.imag > 0)][:1], "finite complex numbers with Im zeta > 0")
        roots = self.solve(np.log(zeta) - self.log_scale)
        return (self.n - roots.d) / (-zeta * self.n)

    def solve(self, log_y: np.ndarray, start: np.ndarray | None = None, *, strict: bool = True) -> Roots:
        """The physical root at every ln y, 0 <= Im ln y < pi; real ln y must lie inside the support.

        `start` holds guesses of p (any in the upper half plane); where they fail, and without
        them, the root is found by continuation. Raises NotConverged if a root cannot be verified: for
        real y that also means a point outside the support, or on its edge. Without `strict` such roots
        have an infinite error instead.
        """
        log_y = np.atleast_1d(np.asarray(log_y, dtype=complex))
        v = np.zeros(log_y.shape, dtype=complex)
        left = np.ones(log_y.shape, dtype=bool)
        if start is not None:
            v, good = self._polish(log_y, np.log(np.asarray(start, dtype=complex)), 12)
            left = ~good
        if left.any():
            v[left] = self._continue(log_y[left])
            v[left], good = self._polish(log_y[left], v[left], MAX_POLISH)
            left[left] = ~good
        roots = self._roots(log_y, v)
        # a real p in a gap solves L = ln y to rounding too, with Im p of the size of rounding
        bad = left | ((log_y.imag == 0) & ~(roots.error < roots.d.imag / 2))
        roots.error[bad] = np.inf
        if strict and bad.any():
            raise NotConverged(
                f"no physical root verified at ln y = {log_y[bad][0]:.15g} ({int(bad.sum())} points) in double "
                f"precision: the point lies outside the support, or within rounding of an edge"
            )
        return roots

    def count(self, roots: Roots) -> np.ndarray:
        """Number of eigenvalues above each point, in closed form (module docstring)."""
        tail = self.sums.angles(roots.p) + self.n * np.angle(roots.p)
        tail += (self.n - self.t) * np.angle(self.t - roots.d) - 2 * roots.d.imag
        return tail / math.pi

    def count_error(self, roots: Roots) -> np.ndarray:
        """Rounding and residual in `count`."""
        size = self.n + self.t + self.sums.count + 2 * abs(roots.d) + roots.error
        moved = roots.error * abs(self.n - roots.d) * abs(roots.slope) / np.maximum(abs(roots.e), 1e-300)
        return 4 * ROUNDING * size + moved / math.pi

    def at_count(self, count: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Points of the support with the given numbers of eigenvalues above, by Newton from guesses of p.

        Two real equations, Im L = 0 and n = count, for the complex p: with a = L' d ln p they are
        Im a = -Im L and Re a = (pi (count - n) - Re(N - D) Im a)/(-Im D). Returns ln y, p and whether
        each converged; only those are to be used.
        """
        v = np.log(np.asarray(start, dtype=complex))
        best, good = np.full(v.shape, np.inf), np.zeros(v.shape, dtype=bool)
        log_y = np.zeros(v.shape)
        for _ in range(40):
            p = np.exp(v)
            level, slope, d, e = self.image(p)
            roots = Roots(p, d, e, slope, np.zeros(v.shape))
            miss = math.pi * (count - self.count(roots))
            down = -level.imag
            along = (miss - (self.n - d.real) * down) / -d.imag
            size = abs(down) * self.n + abs(miss)
            log_y = np.where(size < best, level.real, log_y)
            good |= (size < 1e-9) & (abs(level.imag) < 1e-9)
            if (good & (size >= best / 2)).all():
                break
            best = np.minimum(best, size)
            v = _inside(v, (along + 1j * down) / slope)
        return log_y, np.exp(v), good

    # Continuation and Newton --------------------------------------------------------------------

    def _polish(self, log_y: np.ndarray, v: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """Newton in ln p until rounding stops it; whether the root is verified."""
        v, best, kept = v.copy(), np.full(v.shape, np.inf), v.copy()
        active = np.arange(v.size)
        for _ in range(steps):
            level, slope, _, _ = self.image(np.exp(v[active]))
            miss = log_y[active] - level
            size = abs(miss)
            better = size < best[active]
            kept[active[better]] = v[active[better]]
            settled = ~better & (best[active] < 1e-10)
            best[active] = np.minimum(best[active], size)
            v[active] = _inside(v[active], miss / slope)
            active = active[~settled & (size > ROUNDING)]
            if active.size == 0:
                break
        return kept, best < 1e-8  # what is left goes into Roots.error

    def _continue(self, log_y: np.ndarray) -> np.ndarray:
        """Roots by turning the phase of y from pi down to Im ln y, each point with its own step."""
        modulus, target = log_y.real, log_y.imag
        v = self._real_root(modulus) + 1j * math.pi
        slope = self.image(np.exp(v.real) * (-1 + 0j))[1].real + 0j
        phase, step = np.full(v.shape, math.pi), np.full(v.shape, FIRST_STEP)
        for _ in range(MAX_STEPS):
            active = np.flatnonzero(phase > target)
            if active.size == 0:
                return v
            goal = np.maximum(phase[active] - step[active], target[active])
            goal = np.where(goal - target[active] < LEAST_STEP, target[active], goal)
            trial = _inside(v[active], 1j * (goal - phase[active]) / slope[active])
            for _ in range(2):
                level, rise, _, _ = self.image(np.exp(trial))
                miss = modulus[active] + 1j * goal - level
                trial = _inside(trial, miss / rise)
            level, rise, _, _ = self.image(np.exp(trial))
            good = abs(modulus[active] + 1j * goal - level) < TRACKING * np.minimum(1, goal + step[active])
            done = active[good]
            v[done], slope[done], phase[done] = trial[good], rise[good], goal[good]
            step[active] = np.where(good, 2 * step[active], step[active] / 4)
            if (step[active] < LEAST_STEP).any():
                break
        return v  # what did not arrive fails verification

    def _real_root(self, log_modulus: np.ndarray) -> np.ndarray:
        """ln kappa with ln kappa + ln(N - D) + ln(T - D) = ln |y|, roughly: a first guess from a table."""
        least, size = min(self.n, self.t), math.log(self.n) + math.log(self.t)
        low = float(log_modulus.min()) - size
        high = max(math.log(2 * self.sums.trace / least), float(log_modulus.max()) + math.log(4) - size) + 1
        grid = np.linspace(min(low, high - 1), high, TABLE)
        d = self.sums.moments(-np.exp(grid))[0].real
        if d[0] >= least:  # D = min(N, T) in between: crowd the table there
            a, b = float(grid[d >= least][-1]), float(grid[d < least][0])
            for _ in range(60):
                middle = (a + b) / 2
                inside = float(self.sums.moments(np.array([-math.exp(middle)]))[0][0].real) < least
                a, b = (a, middle) if inside else (middle, b)
            grid = np.concatenate([b + 2.0 ** -np.arange(50.0, 0, -1), grid[grid > b + 0.5]])
            d = self.sums.moments(-np.exp(grid))[0].real
        fine = d < least
        grid, d = grid[fine], d[fine]
        level = grid + np.log(self.n - d) + np.log(self.t - d)
        return np.interp(log_modulus, level, grid)

    def _roots(self, log_y: np.ndarray, v: np.ndarray) -> Roots:
        p = np.exp(v)
        level, slope, d, e = self.image(p)
        noise, _ = self.sums.sizes(p)
        noise = 4 * ROUNDING * noise
        wobble = noise * (1 / abs(self.n - d) + 1 / abs(self.t - d)) + 4 * ROUNDING * (1 + abs(log_y))
        moved = (abs(log_y - level) + wobble) / abs(slope)
        return Roots(p, d, e, slope, noise + abs(e) * moved)


def _inside(v: np.ndarray, step: np.ndarray) -> np.ndarray:
    """v + step, the step shortened so that 0 < Im v < pi stays true and |step| <= 2."""
    step = step * np.minimum(1, 2 / np.maximum(abs(step), 1e-300))
    room = np.where(step.imag < 0, v.imag, math.pi - v.imag)
    step = step * np.minimum(1, 0.9 * room / np.maximum(abs(step.imag), 1e-300))
    return v + step
