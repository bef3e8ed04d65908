"""The planar loss as a smooth function of what a fit moves: alpha, a real M, the ridge.

The teacher's normalisation is taken out, so that M -> infinity is a plain limit: v_I = lambda_I = I^-(1+alpha), and

    kappa (N - D)(T - D) = ridge gamma,      loss = scale S(N, T) + noise Z(N, T),

in the model's terms ridge = M/(sigma_u^2 lambda_+), scale = C sigma_w^2 lambda_+/M, noise = C sigma_eps^2. M = 6.3
means six modes and three tenths of the seventh: continuous in M, and the model's own at integers.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.special import zeta

from numerics.compress import Quadrature, integer_rule
from numerics.float64 import planar_rows
from numerics.root import TINY, Points, Root, gap_of, solve
from numerics.table import MOMENTS, moments

LONG = 10**12  # modes from which an infinite spectrum's tail is one node with p = lambda/kappa
SETTLED = 1e-10  # a Newton step in ln(kappa)
STEPS = 8  # of Newton from a neighbouring root, else the root is bracketed anew
SECTORS = 0.5  # 1+alpha is rounded up to a multiple of this for the quadrature's rules, which are then reused


def power_law_modes(alpha: float, log_m: float) -> Quadrature:
    """The spectrum and teacher I^-(1+alpha), I <= M, as a short weighted list; M = exp(log_m), real or infinite."""
    s = 1 + alpha
    endless = log_m > math.log(LONG)
    whole = LONG if endless else int(math.exp(log_m) + 1e-9)
    index, weight = integer_rule(whole, math.pi / (SECTORS * math.ceil(s / SECTORS)))
    rest = float(zeta(s, whole + 1)) * (whole + 1.0) ** s if endless else math.exp(log_m) - whole
    if endless or rest > 1e-9 * whole:
        index, weight = np.append(index, whole + 1.0), np.append(weight, rest)
    log_lambda = -s * np.log(index)
    with np.errstate(under="ignore"):
        return Quadrature(log_lambda, weight, weight * np.exp(log_lambda), 0.0, float(weight.sum()))


@dataclass
class PlanarLoss:
    """S and Z at given points. N, T: real sizes >= 0, one may be inf; gamma: ridges >= 0, all of shape (n,).

    With an infinite size a finite ridge no longer matters: the ridgeless limit. At a size 0 nothing is learnt.
    noisy: the loss is measured on noisy labels, which adds 1/2 to Z. The last roots are kept to start from.
    """

    N: np.ndarray
    T: np.ndarray
    gamma: np.ndarray
    noisy: bool = False
    _roots: dict[str, np.ndarray] = field(default_factory=dict, init=False, repr=False)

    def parts(self, alpha: float, log_m: float, log_ridge: float) -> tuple[np.ndarray, np.ndarray]:
        """S and Z, each (n,), >= 0; inf at a pole. log_ridge = -inf is the ridgeless student."""
        quadrature = power_law_modes(alpha, log_m)
        signal, noise = np.empty(self.N.size), np.empty(self.N.size)
        nothing = (self.N == 0) | (self.T == 0)
        signal[nothing], noise[nothing] = 0.5 * math.exp(quadrature.log_trace), 0.0
        for infinite, here in self._groups(~nothing):
            if not here.any():
                continue
            with np.errstate(divide="ignore"):
                log_g = np.where(infinite != "", -np.inf, np.log(self.gamma[here]) + log_ridge)
            N, T = (np.where(np.isinf(size), 1.0, size)[here] for size in (self.N, self.T))
            points = Points.of(N, T, quadrature.count, np.ones(N.size), log_g, infinite)
            rows, _ = planar_rows(quadrature, points, 1, self._solver(infinite))
            signal[here], noise[here] = rows["signal"], rows["label_noise"]
        return signal, noise + 0.5 * self.noisy

    def _groups(self, some: np.ndarray) -> list[tuple[str, np.ndarray]]:
        endless_n, endless_t = np.isinf(self.N), np.isinf(self.T)
        return [
            ("", some & ~endless_n & ~endless_t), ("N", some & endless_n & ~endless_t),
            ("T", some & endless_t & ~endless_n),
        ]  # fmt: skip

    def _solver(self, group: str) -> Callable[[Quadrature, Points], Root]:
        def solver(quadrature: Quadrature, points: Points) -> Root:
            start = self._roots.get(group)
            root = None if start is None or start.size != points.n.size else follow(quadrature, points, start)
            root = solve(quadrature, points) if root is None else root
            self._roots[group] = root.log_kappa
            return root

        return solver


def follow(quadrature: Quadrature, points: Points, start: np.ndarray) -> Root | None:
    """The roots by Newton's iteration from nearby ln(kappa); None where that does not settle."""
    at, sign = start, np.where(points.deep, 1.0, -1.0)
    for _ in range(STEPS):
        sums = dict(zip(MOMENTS, moments(quadrature, at), strict=True))
        gap, slope = gap_of(points, at)
        with np.errstate(all="ignore"):
            value = points.offset + sign * np.where(points.deep, sums["complement"], sums["df1"]) - gap
            step = value / np.maximum(sums["spread"] + slope, TINY)
        if not np.all(np.abs(step) < 50):
            return None
        if np.all(np.abs(step) < SETTLED):
            return Root(at, sums, gap, np.ones(at.size))
        at = at - np.clip(step, -2, 2)
    return None
