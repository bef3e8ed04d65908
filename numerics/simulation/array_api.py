r"""The estimators of numerics.simulation.sides on any array library: the Python array API standard only.

The formulas are those of `sides`; what differs is where numbers are drawn and matrices factorised. The standard
has no triangular solver and no rank-k update, so a draw takes about twice the operations of the NumPy path.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from numerics.simulation.grams import block_length
from numerics.simulation.problem import Problem
from numerics.simulation.resolvents import SAFE_RIDGE
from numerics.simulation.sides import FeatureSide, Losses, SampleSide, inverse_mean


class Stream(Protocol):
    """Where arrays live and normal numbers come from."""

    @property
    def xp(self) -> Any:
        """The namespace of an array library (array-api-compat)."""

    def normal(self, rows: int, columns: int) -> Any:
        """Independent standard normal numbers."""

    def array(self, values: np.ndarray) -> Any:
        """`values` in the stream's precision, on its device."""


class ArrayResolvent:
    """(gamma + F F^T)^{-1}, with the traces of numerics.simulation.resolvents."""

    def __init__(self, stream: Stream, factor: Any, gamma: float) -> None:
        xp = self.xp = stream.xp
        n = factor.shape[0]
        identity, gram = stream.array(np.eye(n)), factor @ factor.T
        scale = float(xp.linalg.trace(gram))
        if gamma > SAFE_RIDGE * scale:
            root = xp.linalg.cholesky(gram + gamma * identity).T
        else:
            stacked = xp.concat([factor.T, math.sqrt(gamma) * identity], axis=0)
            root = xp.linalg.qr(stacked, mode="reduced").R
        inverse = xp.linalg.solve(root, identity)
        self.c, self.gamma = inverse @ inverse.T, gamma
        self.h = gram @ self.c if gamma > scale else identity - gamma * self.c
        self.df1 = float(xp.linalg.trace(self.h))
        self.missed_square = self._square(self._dot(self.c, self.c))

    def _dot(self, a: Any, b: Any) -> float:
        return float(self.xp.sum(a * b))

    def _square(self, value: float) -> float:
        return self.gamma * (self.gamma * value)

    def two(self, a: Any, b: Any) -> float:
        return self._square(self._dot(self.c @ a, (self.c @ b).T))

    def one(self, b: Any) -> float:
        return self._dot(self.c @ b, self.h)

    def plain(self) -> float:
        return self._dot(self.c, self.h)

    def own(self, a: Any) -> float:
        return self._square(self.one(a))

    def learnt(self, a: Any) -> float:
        return self._dot(self.h @ a, self.h)

    def missed(self, a: Any) -> float:
        return self._square(self._dot(self.c @ a, self.c))

    def once(self, a: Any) -> float:
        return self.gamma * self._dot(a, self.c)


def losses(stream: Stream, problem: Problem, kind: str, ridges: Sequence[float], chi: np.ndarray) -> Iterator[Losses]:
    """One draw by the estimator `kind` (features or samples); `chi` are the diagonal of Bartlett's matrix."""
    side = _feature_side(stream, problem, chi) if kind == "features" else _sample_side(stream, problem, chi)
    found = (ArrayResolvent(stream, side.factor, gamma) for gamma in ridges if gamma > 0)
    return side.with_resolvents(ridges, found)


def chi_roots(rng: np.random.Generator, problem: Problem) -> np.ndarray:
    """The diagonal of Bartlett's matrix for the larger side, drawn on the host: n numbers."""
    n = problem.t if problem.n is None else min(problem.n, problem.t)
    freedom = n if problem.n is None else max(problem.n, problem.t)
    return np.sqrt(rng.chisquare(freedom - np.arange(n, dtype=float)))


def _grams(stream: Stream, n: int, weights: Sequence[np.ndarray]) -> list[Any]:
    sums = [stream.array(np.zeros((n, n))) for _ in weights]
    step = block_length(n)
    for start in range(0, weights[0].size, step):
        rows = slice(start, min(start + step, weights[0].size))
        z = stream.normal(rows.stop - rows.start, n)
        for k, weight in enumerate(weights):
            sums[k] = sums[k] + (stream.array(weight[rows])[:, None] * z).T @ z
    return [(total + total.T) / 2 for total in sums]


def _sandwiched(stream: Stream, b: Any, second: Any) -> tuple[Any, float, Any]:
    """Lower R^T with R^T R = B; tr B^{-1} B_2; B^{-1} B_2 B^{-1}."""
    xp = stream.xp
    lower = xp.linalg.cholesky(b)
    half = xp.linalg.solve(lower, second)
    whitened = xp.linalg.solve(lower, half.T)
    upper = lower.T
    a = xp.linalg.solve(upper, xp.linalg.solve(upper, whitened).T)
    return lower, float(xp.linalg.trace(whitened)), (a + a.T) / 2


def _bartlett(stream: Stream, n: int, chi: np.ndarray) -> Any:
    return stream.xp.tril(stream.normal(n, n), k=-1) + stream.array(np.diag(chi))


def _feature_side(stream: Stream, problem: Problem, chi: np.ndarray) -> FeatureSide:
    assert problem.n is not None
    n, scaled = problem.n, problem.scale_u**2 * problem.lam
    b, second = _grams(stream, n, (scaled, scaled * problem.weight * problem.lam))
    lower, whitened, a = _sandwiched(stream, b, second)
    rest = max(float(problem.weight @ problem.lam) - whitened, 0.0)
    factor = lower @ _bartlett(stream, n, chi)
    return FeatureSide(a, b, factor, rest, problem.t, inverse_mean(n, n, problem.t), problem.noise)


def _sample_side(stream: Stream, problem: Problem, chi: np.ndarray) -> SampleSide:
    xp, lam, weight, n = stream.xp, problem.lam, problem.weight, problem.t
    power = weight * lam
    b, second, g, x = _grams(stream, n, (lam, lam * lam, power, power * lam))
    lower, whitened, a = _sandwiched(stream, b, second)
    inverse = xp.linalg.solve(lower.T, xp.linalg.solve(lower, stream.array(np.eye(n))))
    solved = inverse @ x
    if problem.isotropic:
        ridgeless, middle = weight[0] * max(float(lam.sum()) - whitened, 0.0), None
    else:
        ridgeless = float(power.sum()) - 2 * float(xp.linalg.trace(solved)) + float(xp.sum(g * a))
        middle = solved - a @ g
        middle = (middle + middle.T) / 2
    trace = float(xp.linalg.trace(a))
    if problem.n is None:
        return SampleSide(a, g, middle, ridgeless, lower, 0.0, trace, 0.0, 0.0, problem.noise)
    rest = problem.scale_u**2 * max(float(lam.sum()) - whitened, 0.0)
    each = inverse_mean(1, n, problem.n) / problem.scale_u**2
    traces = each * float(xp.linalg.trace(inverse)), each * float(xp.sum(inverse * g))
    factor = problem.scale_u * (lower @ _bartlett(stream, n, chi))
    return SampleSide(a, g, middle, ridgeless, factor, rest, trace, *traces, problem.noise)
