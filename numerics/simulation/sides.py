r"""Draws for Gaussian entries, averaged exactly over all that the smaller side does not see.

phi = u x has a smaller side of n = min(N, T) directions. Given the small side's matrix, the Gaussian
entries of the other enter only through their n projections (a Wishart matrix of m = max(N, T) degrees
of freedom, drawn by Bartlett's decomposition) and through an orthogonal remainder over which the losses
are averaged in closed form. What remains are n x n matrices; m costs nothing. With R^T R = B and
S = R^T (Wishart) R, in the traces of numerics.simulation.resolvents:

features (N <= T < ...), B = u Lambda u^T, A = B^{-1} (u W Lambda^2 u^T) B^{-1}, rest = tr W Lambda - tr A B,

    signal = rest (1 + one(B)) + two(A, B),       noise = one(B),
    T train = rest (T - N + tr J^2) + own(A) + sigma^2 (T - N + tr J^2)

samples (T < N), B = x^T x, A = B^{-1} (x^T Lambda x) B^{-1}, G = x^T W x, r = (sigma_u^2/M)(tr Lambda - tr A B),

    signal = tr W Lambda - 2 tr B^{-1} X + tr G A + 2 tr J (B^{-1} X - A G) + two(A, G) + r one(G),
    X = x^T Lambda W x,  noise = learnt(A) + r one(1),      T train = missed(G) + sigma^2 tr J^2

latent (M <= min(N, T)): u^T u = F F^T is Wishart itself; as features with A = F^{-1} W F^{-T}, B = F^T Lambda F,
S = F^T x x^T F, rest = 0 and M in place of N.

At gamma = 0, J = 0 and the mean of the inverse Wishart matrix, 1/(m - n - 1), is used instead of a draw of it:
infinite for |N - T| <= 1, as the expected loss is.

Why: rows of u (columns of g, x = Lambda^{1/2} g) split into their projections on the small side's n-dimensional
row space, which are phi R^{-1} up to a rotation, and an independent remainder that phi does not contain. The losses
are quadratic in that remainder, so its average is a trace. Compared with explicit averages over teachers, and with
draws of both sides, in tests/numerics/test_simulate.py.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from numerics.simulation.design import Design
from numerics.simulation.direct import drawn_matrices
from numerics.simulation.grams import bartlett, weighted_grams
from numerics.simulation.problem import Problem
from numerics.simulation.resolvents import Resolvent, resolvents

Grams = tuple[np.ndarray, ...]
Losses = tuple[float, float, float, float]  # signal, noise over sigma^2, training (T times), df1; C/2 left out


@dataclass(frozen=True)
class FeatureSide:
    """The n-dimensional matrices after u is drawn (or u and x, where M is the smallest size)."""

    a: np.ndarray
    b: np.ndarray
    factor: np.ndarray  # of S
    rest: float
    freedom: int  # T
    ridgeless_noise: float  # one(B) at gamma = 0, or its mean
    noise: float

    def losses(self, ridges: Sequence[float]) -> Iterator[Losses]:
        """At each ridge >= 0, from one draw."""
        return self.with_resolvents(ridges, resolvents(self.factor, [gamma for gamma in ridges if gamma > 0]))

    def with_resolvents(self, ridges: Sequence[float], found: Iterator[Resolvent]) -> Iterator[Losses]:
        """The same from given resolvents, one for each ridge > 0."""
        for gamma in ridges:
            yield self._at(next(found)) if gamma > 0 else self._ridgeless()

    def _at(self, c: Resolvent) -> Losses:
        noise, left = c.one(self.b), self.freedom - self.b.shape[0] + c.missed_square
        train = self.rest * left + c.own(self.a) + self.noise * left
        return self.rest * (1 + noise) + c.two(self.a, self.b), noise, train, c.df1

    def _ridgeless(self) -> Losses:
        n, one = self.b.shape[0], self.ridgeless_noise
        signal = self.rest * (1 + one) if self.rest else 0.0
        return signal, one, (self.rest + self.noise) * (self.freedom - n), float(n)


@dataclass(frozen=True)
class SampleSide:
    """The T-dimensional matrices after x is drawn."""

    a: np.ndarray
    g: np.ndarray
    middle: np.ndarray | None  # B^{-1} X - A G, symmetrised; None where it vanishes (isotropic teacher)
    ridgeless: float  # tr W Lambda - 2 tr B^{-1} X + tr G A
    factor: np.ndarray
    rest: float  # r
    trace_a: float
    trace_inverse: float  # E one(1) at gamma = 0
    trace_g: float  # E one(G)
    noise: float

    def losses(self, ridges: Sequence[float]) -> Iterator[Losses]:
        """At each ridge >= 0, from one draw."""
        return self.with_resolvents(ridges, resolvents(self.factor, [gamma for gamma in ridges if gamma > 0]))

    def with_resolvents(self, ridges: Sequence[float], found: Iterator[Resolvent]) -> Iterator[Losses]:
        """The same from given resolvents, one for each ridge > 0."""
        for gamma in ridges:
            yield self._at(next(found)) if gamma > 0 else self._interpolating()

    def _at(self, c: Resolvent) -> Losses:
        signal = self.ridgeless + c.two(self.a, self.g) + _times(self.rest, c.one(self.g))
        if self.middle is not None:
            signal += 2 * c.once(self.middle)
        noise = c.learnt(self.a) + _times(self.rest, c.plain())
        return signal, noise, c.missed(self.g) + self.noise * c.missed_square, c.df1

    def _interpolating(self) -> Losses:
        signal = self.ridgeless + _times(self.rest, self.trace_g)
        noise = self.trace_a + _times(self.rest, self.trace_inverse)
        return signal, noise, 0.0, float(self.a.shape[0])


def feature_grams(problem: Problem, design: Design, rng: np.random.Generator, n: int) -> Grams:
    """u Lambda u^T and u W Lambda^2 u^T for n features; leading blocks are those of fewer features."""
    lam, scaled = problem.lam, problem.scale_u**2 * problem.lam
    if problem.isotropic:
        b, second = weighted_grams(design.features, rng, n, (scaled, scaled * lam))
        return b, problem.weight[0] * second
    return weighted_grams(design.features, rng, n, (scaled, scaled * problem.weight * lam))


def feature_side(problem: Problem, grams: Grams, rng: np.random.Generator) -> FeatureSide:
    """Needs Gaussian latent entries and N <= T, N < M. `grams` may be those of more features."""
    assert problem.n is not None
    n = problem.n
    b, second = (gram[:n, :n] for gram in grams)
    root, whitened, a = _sandwiched(b, second)
    factor = _product(root, bartlett(rng, n, problem.t))
    rest = max(float(problem.weight @ problem.lam) - whitened, 0.0)
    return FeatureSide(a, b, factor, rest, problem.t, inverse_mean(n, n, problem.t), problem.noise)


def latent_side(problem: Problem, design: Design, seed: np.random.SeedSequence) -> FeatureSide:
    """Needs M <= min(N, T); N may be infinite; entries of any law (others than Gaussian are drawn whole)."""
    from scipy.linalg import qr, solve_triangular

    lam, size = problem.lam, problem.lam.size
    if design.latent.gaussian and (design.features.gaussian or problem.n is None):
        rng = np.random.default_rng(seed)
        white = bartlett(rng, size, problem.t)
        f = np.eye(size) if problem.n is None else problem.scale_u * bartlett(rng, size, problem.n)
        one = inverse_mean(size, size, problem.t)
    else:
        x, u = drawn_matrices(problem, design, seed)
        white = qr((x / np.sqrt(lam)[:, None]).T, mode="r", check_finite=False)[0][:size].T
        f = np.eye(size) if u is None else qr(u.T, mode="r", check_finite=False)[0][:size].T
        one = float(np.square(solve_triangular(white, np.eye(size), lower=True, check_finite=False)).sum())
    inverse = solve_triangular(f, np.eye(size), lower=True, check_finite=False)
    a = inverse @ (problem.weight[:, None] * inverse.T)
    b = f.T @ (lam[:, None] * f)
    return FeatureSide(a, b, f.T @ (np.sqrt(lam)[:, None] * white), 0.0, problem.t, one, problem.noise)


def sample_grams(problem: Problem, design: Design, rng: np.random.Generator, n: int) -> Grams:
    """x^T x, x^T Lambda x, x^T W x, x^T Lambda W x for n samples; leading blocks are those of fewer samples."""
    lam, power = problem.lam, problem.weight * problem.lam
    if problem.isotropic:
        b, second = weighted_grams(design.latent, rng, n, (lam, lam * lam))
        return b, second, problem.weight[0] * b, problem.weight[0] * second
    return weighted_grams(design.latent, rng, n, (lam, lam * lam, power, power * lam))


def sample_side(problem: Problem, grams: Grams, rng: np.random.Generator) -> SampleSide:
    """Needs Gaussian feature entries, or N infinite, and T <= N, T < M. `grams` may be those of more samples."""
    from scipy.linalg import cho_solve

    lam, weight, n = problem.lam, problem.weight, problem.t
    b, second, g, x = (gram[:n, :n] for gram in grams)
    root, whitened, a = _sandwiched(b, second)
    if problem.isotropic:
        ridgeless, middle = weight[0] * max(float(lam.sum()) - whitened, 0.0), None
    else:
        solved = cho_solve((root, False), x, check_finite=False)
        ridgeless = float(weight @ lam - 2 * solved.trace() + np.vdot(g, a))
        middle = solved - a @ g
        middle = (middle + middle.T) / 2
    if problem.n is None:  # x itself is seen: nothing is left over
        return SampleSide(a, g, middle, ridgeless, root.T, 0.0, float(a.trace()), 0.0, 0.0, problem.noise)
    factor = problem.scale_u * _product(root, bartlett(rng, n, problem.n))
    rest = problem.scale_u**2 * max(float(lam.sum()) - whitened, 0.0)
    inverse = cho_solve((root, False), np.eye(n), check_finite=False)
    each = inverse_mean(1, n, problem.n) / problem.scale_u**2  # E S^{-1} = each B^{-1}
    traces = each * float(inverse.trace()), each * float(np.vdot(inverse, g))
    return SampleSide(a, g, middle, ridgeless, factor, rest, float(a.trace()), *traces, problem.noise)


def _sandwiched(b: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
    """R upper with R^T R = B; tr B^{-1} B_2; B^{-1} B_2 B^{-1}, symmetric."""
    from scipy.linalg import cholesky, solve_triangular

    root = cholesky(b, check_finite=False)

    def divided(matrix: np.ndarray, transposed: bool) -> np.ndarray:  # R^{-T} M R^{-1} or R^{-1} M R^{-T}
        half = solve_triangular(root, matrix, trans="T" if transposed else "N", check_finite=False)
        return solve_triangular(root, half.T, trans="T" if transposed else "N", check_finite=False)

    whitened = divided(second, True)
    a = divided(whitened, False)
    return root, float(whitened.trace()), (a + a.T) / 2


def _product(root: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """R^T L, triangular as both are."""
    from scipy.linalg.blas import dtrmm

    return dtrmm(1.0, root, lower, trans_a=1)


def inverse_mean(trace: int, n: int, freedom: int) -> float:
    """trace/(freedom - n - 1): the mean of the inverse Wishart matrix, infinite for freedom <= n + 1."""
    return trace / (freedom - n - 1) if freedom > n + 1 else math.inf


def _times(factor: float, value: float) -> float:
    return factor * value if factor else 0.0  # also where value is infinite
