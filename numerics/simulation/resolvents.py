r"""The resolvent c = (gamma + S)^{-1} of a positive matrix S = F F^T, and the traces that losses are made of.

With H = S c (what the student learns) and J = 1 - H = gamma c (what it misses),

    two(A, B) = tr[A J B J],    one(B) = tr[B H c],    plain() = one(1),    own(A) = tr[A J S J] = gamma^2 one(A),
    learnt(A) = tr[A H H],      missed(A) = tr[A J J],    once(A) = tr[A J].

Two ways with one interface: `Dense` for one ridge, by a Cholesky factorisation of gamma + S or, where that
would square a large condition number, a QR factorisation of F^T stacked on sqrt(gamma) 1; `Spectral` for many
ridges, from one eigendecomposition (of S, or a singular value decomposition of F).
"""

import math
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from numerics.simulation.grams import symmetric

SAFE_RIDGE = 1e-7  # of tr S: from here on the condition number of gamma + S is below 10^7
FEW = 2  # ridges up to which separate factorisations are cheaper than one eigendecomposition


class Resolvent(Protocol):
    """What the estimators need of (gamma + S)^{-1}; A and B are symmetric."""

    df1: float  # tr H, the student's degrees of freedom
    missed_square: float  # tr J^2

    def two(self, a: np.ndarray, b: np.ndarray) -> float: ...
    def one(self, b: np.ndarray) -> float: ...
    def plain(self) -> float: ...
    def own(self, a: np.ndarray) -> float: ...
    def learnt(self, a: np.ndarray) -> float: ...
    def missed(self, a: np.ndarray) -> float: ...
    def once(self, a: np.ndarray) -> float: ...


def resolvents(factor: np.ndarray, ridges: Sequence[float]) -> Iterator[Resolvent]:
    """One for each ridge > 0; `factor` is F."""
    from scipy.linalg.blas import dsyrk

    gram = symmetric(dsyrk(1.0, factor, lower=1))
    if len(ridges) <= FEW:
        for gamma in ridges:
            yield Dense(factor, gram, gamma)
        return
    if min(ridges) > SAFE_RIDGE * gram.trace():
        values, vectors = np.linalg.eigh(gram)
        values = np.maximum(values, 0.0)
    else:
        vectors, roots, _ = np.linalg.svd(factor)
        values = roots * roots
    rotated: dict[int, np.ndarray] = {}
    for gamma in ridges:
        yield Spectral(values, vectors, gamma, rotated)


class Dense:
    """c as a matrix."""

    def __init__(self, factor: np.ndarray, gram: np.ndarray, gamma: float) -> None:
        from scipy.linalg import cholesky, qr
        from scipy.linalg.lapack import dpotri

        n = gram.shape[0]
        scale = float(gram.trace())
        if gamma > SAFE_RIDGE * scale:
            shifted = gram.copy(order="F")
            shifted[np.diag_indices(n)] += gamma
            root = cholesky(shifted, lower=True, overwrite_a=True, check_finite=False)
        else:
            stacked = np.vstack([factor.T, math.sqrt(gamma) * np.eye(n)])
            root = qr(stacked, mode="r", overwrite_a=True, check_finite=False)[0][:n].T
        inverse, failed = dpotri(root, lower=1)
        if failed:  # a zero on the diagonal: gamma + S is singular in doubles
            raise np.linalg.LinAlgError("gamma + S is singular in double precision")
        self.c = symmetric(inverse)
        self.gamma = gamma
        self.h = -gamma * self.c
        self.h[np.diag_indices(n)] += 1
        if gamma > scale:  # 1 - J would cancel
            self.h = gram @ self.c
        self.df1 = float(self.h.trace())
        self.missed_square = self._square(float(np.vdot(self.c, self.c)))
        self._products: dict[int, np.ndarray] = {}  # c A by A's identity: the traces share them

    def _square(self, value: float) -> float:
        return self.gamma * (self.gamma * value)  # gamma^2 by itself may underflow

    def _times(self, matrix: np.ndarray) -> np.ndarray:
        if id(matrix) not in self._products:
            self._products[id(matrix)] = self.c @ matrix
        return self._products[id(matrix)]

    def two(self, a: np.ndarray, b: np.ndarray) -> float:
        return self._square(float(np.vdot(self._times(a), self._times(b).T)))

    def one(self, b: np.ndarray) -> float:
        return float(np.vdot(self._times(b), self.h))

    def plain(self) -> float:
        return float(np.vdot(self.c, self.h))

    def own(self, a: np.ndarray) -> float:
        return self._square(self.one(a))

    def learnt(self, a: np.ndarray) -> float:
        return float(np.vdot(self.h @ a, self.h))

    def missed(self, a: np.ndarray) -> float:
        return self._square(float(np.vdot(self._times(a), self.c)))

    def once(self, a: np.ndarray) -> float:
        return self.gamma * float(np.vdot(a, self.c))


class Spectral:
    """c in the eigenbasis of S; `rotated` keeps the matrices already taken there, by identity, for all ridges."""

    def __init__(self, values: np.ndarray, vectors: np.ndarray, gamma: float, rotated: dict[int, np.ndarray]) -> None:
        self.vectors, self.rotated, self.gamma = vectors, rotated, gamma
        self.c = 1 / (gamma + values)
        self.j, self.h = gamma * self.c, values * self.c
        self.df1 = float(self.h.sum())
        self.missed_square = float(self.j @ self.j)

    def _in_basis(self, matrix: np.ndarray) -> np.ndarray:
        if id(matrix) not in self.rotated:
            self.rotated[id(matrix)] = self.vectors.T @ matrix @ self.vectors
        return self.rotated[id(matrix)]

    def two(self, a: np.ndarray, b: np.ndarray) -> float:
        return float(self.j @ (self._in_basis(a) * self._in_basis(b)) @ self.j)

    def one(self, b: np.ndarray) -> float:
        return float(self._in_basis(b).diagonal() @ (self.h * self.c))

    def plain(self) -> float:
        return float(self.h @ self.c)

    def own(self, a: np.ndarray) -> float:
        return float(self._in_basis(a).diagonal() @ (self.j * self.h * self.gamma))

    def learnt(self, a: np.ndarray) -> float:
        return float(self._in_basis(a).diagonal() @ (self.h * self.h))

    def missed(self, a: np.ndarray) -> float:
        return float(self._in_basis(a).diagonal() @ (self.j * self.j))

    def once(self, a: np.ndarray) -> float:
        return float(self._in_basis(a).diagonal() @ self.j)
