r"""Planar theory from measured moments: what n samples and P random features tell about N features and T samples.

Measured on n samples of P features (centred columns phi_j):

    lambda^_k = eigenvalues of phi phi^T / (n P),    v^_k = the labels' power along mode k,    s^ = the rest

These are biased: sample eigenvalues spread, v^_k holds noise/n too much, s^ is short of the modes fitted. No
correction is made mode by mode. Samples and features are exchangeable, so the error of T of the n samples on
the others is that of T new samples on new ones, on average exactly; and both T of n and N of P are free
compressions. At the measured ridge kappa^, with D = sum lambda^/(lambda^ + kappa^) and
F^ = sum_k v^_k kappa^/(lambda^_k + kappa^) + s^,

    kappa = kappa^ / [(1 - D/n)(1 - D/P)],    D(kappa) = D,    F(kappa) = sum_k v_k kappa/(lambda_k + kappa) + sigma^2
                                                                         = F^ / (1 - D/n)

hold for the unknown lambda, v, sigma^2 of infinitely many samples and features: the first because
kappa^ = gamma/(n P) where kappa (P - D)(n - D) = gamma, the second because the least training objective is
(T - D) F/2 at any sizes. Derivatives with respect to ln kappa give D - df2 = -D' and V[1,1] = F', and so every
planar loss at any N and T: kappa (N - D)(T - D) = gamma. T may exceed n and N may exceed P, as far as D < n
and D < P at the kappa asked for. T = n, N = P is generalised cross-validation. N = P alone is learning from a
finite population (numerics.regression); n = inf, P = inf is planar theory itself. Tested on Gaussian data.

Intercepts: centring takes one sample, and the mean of T samples adds its own error. `centred` sizes are
n - 1 and T - 1, and errors are multiplied by 1 + 1/T: exact for Gaussian data.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from numerics import formulas
from theory.errors import InvalidInput, NotConverged

REACH = 60.0  # ln of how far below the smallest eigenvalue, and above the largest, a ridge is looked for
TOLERANCE = 1e-12
GRID = 400  # ridges among which the optimum is looked for before it is refined


@dataclass(frozen=True, eq=False)
class Planar:
    """The solution at some points, arrays of one shape; `loss` is (1/2) E (y - student)^2 on new data, noise included.

    measured_kappa : kappa^; kappa : renormalised ridge; df1, df2 : of the population; gamma : the ridge.
    """

    loss: np.ndarray
    gamma: np.ndarray
    kappa: np.ndarray
    measured_kappa: np.ndarray
    df1: np.ndarray
    df2: np.ndarray


@dataclass(frozen=True, eq=False)
class Measured:
    """Moments measured on n samples of P features.

    eigenvalues : lambda^_k > 0, shape (p,); powers : v^_k >= 0, summed over outputs; noise : s^ >= 0
    samples : n (degrees of freedom: one less where means were subtracted); features : P, or inf where the
    features measured are the latent coordinates themselves; unit : kappa (N - D)(T - D) = unit * gamma
    """

    eigenvalues: np.ndarray
    powers: np.ndarray
    noise: float
    samples: float
    features: float = math.inf
    unit: float = 1.0

    def solve(self, N: Any, T: Any, gamma: Any, *, partial: bool = False) -> Planar:
        """Planar theory at N, T, gamma > 0, which broadcast; N = inf only where features = inf.

        The measurement does not reach T > n (or N > P) at a ridge so small that D would have to be n (or P):
        NaN there if `partial`, else InvalidInput.
        """
        from scipy.optimize import elementwise

        N, T, gamma = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (N, T, gamma)))
        log_g = np.log(gamma)
        low = np.full(T.shape, math.log(self.eigenvalues.min()) - REACH)
        high = np.full(T.shape, math.log(self.eigenvalues.max()) + REACH) + np.maximum(log_g, 0)

        def excess(x: np.ndarray, n_size: np.ndarray, t_size: np.ndarray, log_g: np.ndarray) -> np.ndarray:
            return self._log_ridge(x, self._sums(x), n_size, t_size) - log_g

        beyond = excess(low, N, T, log_g) >= 0
        if beyond.any() and not partial:
            raise InvalidInput(
                "gamma", float(gamma[beyond].min()),
                f"a larger ridge, or sizes up to those measured ({self.samples:g} samples, {self.features:g} features)",
            )  # fmt: skip
        x = np.full(T.shape, np.nan)
        points = (N[~beyond], T[~beyond], log_g[~beyond])
        if points[0].size:
            ends = (low[~beyond], high[~beyond])
            found = elementwise.find_root(excess, ends, args=points, tolerances={"xrtol": 1e-15, "xatol": 0})
            if not np.all(found.success):
                raise NotConverged(f"measured ridge: residual {np.max(np.abs(found.f_x)):.3g} in doubles")
            x[~beyond] = found.x
        return self.at(x, N, T)

    def best(self, N: Any, T: Any) -> Planar:
        """The same at the ridge of least loss for each N and T, looked for between 1e-3 lambda^_p and 1e6 lambda^_1."""
        from scipy.optimize import elementwise

        N, T = np.broadcast_arrays(np.asarray(N, dtype=float), np.asarray(T, dtype=float))
        ends = math.log(self.eigenvalues.min()) - 7, math.log(self.eigenvalues.max()) + 14
        grid = np.linspace(*ends, GRID)
        table = self.at(grid, N[..., None], T[..., None]).loss
        place = np.clip(np.argmin(np.where(np.isnan(table), math.inf, table), axis=-1), 1, GRID - 2)
        step = grid[1] - grid[0]
        bracket = tuple(grid[place] + shift for shift in (-step, 0 * step, step))
        inside = np.take_along_axis(table, place[..., None] + np.array([-1, 0, 1]), axis=-1)
        valley = (inside[..., 1] <= inside[..., 0]) & (inside[..., 1] <= inside[..., 2])
        x = np.where(valley, grid[place], grid[np.argmin(np.where(np.isnan(table), math.inf, table), axis=-1)])
        if valley.any():
            found = elementwise.find_minimum(
                lambda x, n_size, t_size: self.at(x, n_size, t_size).loss,
                tuple(end[valley] for end in bracket), args=(N[valley], T[valley]),
            )  # fmt: skip
            x = x.copy()
            x[valley] = found.x
        return self.at(x, N, T)

    def plateau(self, N: Any) -> np.ndarray:
        """The loss as T grows without bound at fixed gamma: kappa with D = N, or kappa = 0 if N exceeds the modes.

        (1/2) F(kappa): what N features cannot express, and the noise. Raises InvalidInput where n or P are too few.
        """
        from scipy.optimize import elementwise

        N = np.asarray(N, dtype=float)
        modes = self.modes
        if np.any(np.minimum(N, modes) >= self.samples) or (modes >= self.features and np.any(modes < N)):
            raise InvalidInput("N", float(N.max()), f"at most {self.features:g}, and fewer than {self.samples:g}")
        floor = np.full(N.shape, self.noise / (1 - min(modes, self.samples - 1) / self.samples) / 2)
        few = modes > N
        if not few.any():
            return floor
        low = np.full(N[few].shape, math.log(self.eigenvalues.min()) - REACH)
        high = low + 2 * REACH + math.log(self.eigenvalues.max() / self.eigenvalues.min())
        found = elementwise.find_root(lambda x, n_size: n_size - self._sums(x).df1, (low, high), args=(N[few],))
        sums = self._sums(found.x)
        floor[few] = (sums.bias + sums.cross) / (1 - sums.df1 / self.samples) / 2
        return floor

    def at(self, log_kappa: Any, N: Any, T: Any) -> Planar:
        """The solution that has the measured ridge kappa^ = exp(log_kappa); NaN where D >= min(N, T)."""
        x, N, T = (np.asarray(value, dtype=float) for value in (log_kappa, N, T))  # broadcast after the sums
        n, P = self.samples, self.features
        sums = self._sums(x)
        df1, spread = sums.df1, sums.spread
        samples_share, features_share = self._left(sums, n), self._left(sums, P)
        samples_left, features_left = n * samples_share, P * features_share
        stretch = 1 - spread / samples_left - spread / features_left  # d ln kappa / d ln kappa^
        free = 1 / samples_share
        field = (sums.bias + sums.cross) * free  # F
        slope = (sums.cross - (sums.bias + sums.cross) * spread / samples_left) * free / stretch  # F' = V[1,1]
        spread = spread / stretch
        log_gamma = self._log_ridge(x, sums, N, T)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            # noise is a mode of eigenvalue 0: it enters where V[0,2] does
            wide = np.isinf(N)
            arguments = (df1 - spread, spread, field - slope, slope, 0.0)
            gap = np.where(wide, 1.0, N - df1)
            loss = np.where(
                wide,
                formulas.losses("N", "numpy")["signal"](1, math.inf, T - df1, *arguments),
                formulas.losses("", "numpy")["signal"](1, gap, T - df1, *arguments),
            )
        ok = (df1 < np.minimum(N, T)) & (stretch > 0)
        kappa = np.exp(x) * free / features_share
        with np.errstate(over="ignore", under="ignore"):
            gamma = np.exp(log_gamma)
        values = (np.where(ok, loss, np.nan), gamma, kappa, np.exp(x), df1, df1 - spread)
        return Planar(*np.broadcast_arrays(*values))

    @property
    def modes(self) -> int:
        """p, the modes measured: at most n and P."""
        return self.eigenvalues.size

    def _sums(self, x: np.ndarray) -> "_Sums":
        """At kappa^ = exp(x)."""
        ratio = np.exp(x)[..., None] / self.eigenvalues
        kept = 1 / (1 + ratio)
        lost = ratio * kept
        mixed = kept * lost
        bias = np.square(lost) @ self.powers + self.noise
        return _Sums(kept.sum(-1), lost.sum(-1), mixed.sum(-1), bias, mixed @ self.powers)

    def _left(self, sums: "_Sums", size: float) -> np.ndarray:
        """1 - D/size."""
        return 1 - self.modes / size + sums.missing / size

    def _log_ridge(self, x: np.ndarray, sums: "_Sums", N: np.ndarray, T: np.ndarray) -> np.ndarray:
        """ln gamma of the student that sees kappa^ = exp(x); -inf where D >= min(N, T). Increases with x."""
        log_kappa = x - np.log(self._left(sums, self.samples)) - np.log(self._left(sums, self.features))
        with np.errstate(divide="ignore", invalid="ignore"):
            gaps = np.log(np.maximum(T - sums.df1, 0))
            narrow = np.log(np.maximum(N - sums.df1, 0)) - math.log(self.unit)
            return log_kappa + gaps + np.where(np.isinf(N), 0.0, narrow)


class _Sums(NamedTuple):
    """Sums over the measured modes: D, p - D, D - df2, V[0,2] + noise, V[1,1], none by subtraction."""

    df1: np.ndarray
    missing: np.ndarray
    spread: np.ndarray
    bias: np.ndarray
    cross: np.ndarray
