"""Sums over a spectrum of functions singular at lambda = p, for complex p anywhere off the spectrum.

    D = sum_I lambda_I/(lambda_I - p),   E = p dD/dp = sum_I p lambda_I/(lambda_I - p)^2,
    A = sum_I arg(1 - lambda_I/p),       p = -kappa in units of lambda_1.

The rules of numerics.compress serve kappa away from the negative axis. Here p may come close to any
eigenvalue, so the spectrum is a binary tree of blocks: for each p a block is summed by its quadrature
rule if p lies outside the Bernstein ellipse that the rule needs (the integrand's only pole is then
outside too), otherwise its halves are asked, and short blocks are summed term by term. The error is
that of the ellipse, below 2^-56 of the block's largest term. Power laws: Gauss rules in I, for which
the poles are I = p^{-1/s} exp(2 pi i k/s) and the branch point 0; a pass costs O(log M). Lists:
interpolation weights in lambda, repeated eigenvalues merged first.
"""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol

import numpy as np

from numerics.compress import EPS, gauss_sum_rule, log_fraction
from theory.errors import InvalidInput
from theory.spectrum import Eigenvalues, PowerLaw, Spectrum

HEAD = 32  # eigenvalues of a power law kept one by one
GAUSS, CHEBYSHEV = 16, 32  # nodes of a block's rule: exact to degree 31 either way
RADIUS = EPS ** (-1 / (2 * GAUSS))  # least Bernstein radius, 3.4
SMALLEST = 1e-280  # least eigenvalue in units of the largest
CHUNK = 2**18  # complex numbers in one temporary


class PoleSums:
    """The sums of one spectrum; immutable apart from its lazily built blocks.

    `unit` is ln of the largest eigenvalue. Raises InvalidInput if the eigenvalues span over 280 decades.
    """

    def __init__(self, spectrum: Spectrum) -> None:
        self.count = spectrum.M
        self.unit = log_fraction(spectrum.lambda_plus)
        self.roots: list[_Block]
        if isinstance(spectrum, PowerLaw):
            s = float(spectrum.exponent)
            if -s * math.log(spectrum.M) < math.log(SMALLEST):
                raise InvalidInput("alpha", spectrum.alpha, "eigenvalues that span at most 280 decades")
            self.smallest = float(spectrum.M) ** -s
            head = np.arange(1.0, min(spectrum.M, HEAD) + 1)
            self._inverse, self._weight = head**s, np.ones(head.size)
            self.roots, first = [], HEAD + 1
            while first <= spectrum.M:
                last = min(2 * first - 1, spectrum.M)
                self.roots.append(_Integers(first, last, s))
                first = last + 1
        else:
            value, weight = distinct(spectrum)
            self.smallest = float(value[-1] / value[0])
            if self.smallest < SMALLEST:
                raise InvalidInput("eigenvalues", spectrum, "eigenvalues that span at most 280 decades")
            self._inverse, self._weight = np.zeros(0), np.zeros(0)
            self.roots = [_Values(value / value[0], weight)]
        z = 1 / self.nodes_for_trace()[0]
        self.trace = float(self.nodes_for_trace()[1] @ z)  # in units of lambda_1

    def nodes_for_trace(self) -> tuple[np.ndarray, np.ndarray]:
        """1/lambda and weight of a rule exact for smooth functions of the whole spectrum."""
        parts = [(self._inverse, self._weight), *(part for root in self.roots for part in root.smooth())]
        return np.concatenate([a for a, _ in parts]), np.concatenate([b for _, b in parts])

    def moments(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """D and E at every p."""
        p = np.asarray(p, dtype=complex)
        d, e = np.zeros(p.shape, complex), np.zeros(p.shape, complex)
        for index, inverse, weight in self._pieces(p):
            z = p[index, None] * inverse
            f = 1 / (1 - z)
            d[index] += f @ weight
            z *= f
            z *= f
            e[index] += z @ weight
        return d, e

    def angles(self, p: np.ndarray) -> np.ndarray:
        """A at every p of the upper half plane: each term lies in (0, pi)."""
        p = np.asarray(p, dtype=complex)
        total = np.zeros(p.shape)
        for index, inverse, weight in self._pieces(p):
            total[index] += np.angle(1 - 1 / (p[index, None] * inverse)) @ weight
        return total

    def sizes(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sums of moduli, sum |1/(1-z)| (1 + |z/(1-z)|) and sum |z/(1-z)^2| (1 + 2|z/(1-z)|): rounding in D and E."""
        p = np.asarray(p, dtype=complex)
        d, e = np.zeros(p.shape), np.zeros(p.shape)
        for index, inverse, weight in self._pieces(p):
            z = p[index, None] * inverse
            f = abs(1 / (1 - z))
            ratio = abs(z) * f
            d[index] += (f * (1 + ratio)) @ abs(weight)
            e[index] += (f * ratio * (1 + 2 * ratio)) @ abs(weight)
        return d, e

    def _pieces(self, p: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """(positions in p, 1/lambda, weight): together every p meets the whole spectrum once."""
        everyone = np.arange(p.size)
        stack: list[tuple[_Block | None, np.ndarray]] = [(root, everyone) for root in self.roots]
        if self._inverse.size:
            stack.append((None, everyone))
        while stack:
            block, index = stack.pop()
            if block is None:
                nodes, weight = self._inverse, self._weight
            elif block.direct:
                nodes, weight = block.all()
            else:
                far = block.far(p[index])
                if not far.all():
                    near = index[~far]
                    stack.extend((half, near) for half in block.halves())
                index = index[far]
                nodes, weight = block.rule()
            step = max(1, CHUNK // max(1, nodes.size))
            for start in range(0, index.size, step):
                yield index[start : start + step], nodes, weight


def distinct(spectrum: Eigenvalues) -> tuple[np.ndarray, np.ndarray]:
    """Distinct eigenvalues in decreasing order, and how often each occurs."""
    value, times = np.unique(spectrum.values, return_counts=True)
    return value[::-1].copy(), times[::-1].astype(float)


class _Block(Protocol):
    """A run of the spectrum: its rule, whether p is far enough for it, its halves, its members."""

    direct: bool

    def far(self, p: np.ndarray) -> np.ndarray: ...

    def rule(self) -> tuple[np.ndarray, np.ndarray]: ...

    def halves(self) -> "tuple[_Block, _Block]": ...

    def all(self) -> tuple[np.ndarray, np.ndarray]: ...

    def smooth(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Pieces for functions without a pole."""
        return [self.all() if self.direct else self.rule()]


class _Integers(_Block):
    """lambda_I = I^{-s} for first <= I <= last."""

    def __init__(self, first: int, last: int, s: float) -> None:
        self.first, self.last, self.s = first, last, s
        self.direct = last - first < 2 * GAUSS
        self._halves: tuple[_Block, _Block] | None = None
        self._rule: tuple[np.ndarray, np.ndarray] | None = None
        turns = np.arange(-math.floor(s / 2 + 1), math.floor(s / 2 + 1) + 1)
        self._turns = np.exp(2j * math.pi * turns / s)

    def far(self, p: np.ndarray) -> np.ndarray:
        half = (self.last - self.first) / 2
        with np.errstate(divide="ignore"):
            poles = np.exp(-np.log(p) / self.s)[:, None] * self._turns
        return bernstein((poles - self.first) / half - 1).min(axis=1) > RADIUS

    def rule(self) -> tuple[np.ndarray, np.ndarray]:
        if self._rule is None:
            offset, weight = _gauss(self.last - self.first + 1)
            self._rule = (float(self.first) + offset) ** self.s, weight
        return self._rule

    def halves(self) -> tuple[_Block, _Block]:
        if self._halves is None:
            middle = (self.first + self.last) // 2
            self._halves = _Integers(self.first, middle, self.s), _Integers(middle + 1, self.last, self.s)
        return self._halves

    def all(self) -> tuple[np.ndarray, np.ndarray]:
        if self._rule is None:
            index = np.arange(self.first, self.last + 1, dtype=float)
            self._rule = index**self.s, np.ones(index.size)
        return self._rule


class _Values(_Block):
    """Listed eigenvalues, decreasing, with multiplicities."""

    def __init__(self, value: np.ndarray, weight: np.ndarray) -> None:
        self.value, self.weight = value, weight
        self.direct = value.size <= 2 * CHEBYSHEV
        self._halves: tuple[_Block, _Block] | None = None
        self._rule: tuple[np.ndarray, np.ndarray] | None = None

    def far(self, p: np.ndarray) -> np.ndarray:
        high, low = float(self.value[0]), float(self.value[-1])
        return bernstein((2 * p - high - low) / (high - low)) > RADIUS

    def rule(self) -> tuple[np.ndarray, np.ndarray]:
        if self._rule is None:
            high, low = float(self.value[0]), float(self.value[-1])
            angle = (np.arange(CHEBYSHEV) + 0.5) * math.pi / CHEBYSHEV
            where = np.arccos(np.clip((2 * self.value - high - low) / (high - low), -1, 1))
            order = np.arange(CHEBYSHEV)
            moment = np.array([self.weight @ np.cos(k * where) for k in order])
            cosines = np.cos(np.outer(angle, order)) * (2 / CHEBYSHEV)
            cosines[:, 0] /= 2
            # low may be far below the rounding of (high + low)/2: keep nodes inside [low, high]
            nodes = low * np.sin(angle / 2) ** 2 + high * np.cos(angle / 2) ** 2
            self._rule = 1 / nodes, cosines @ moment
        return self._rule

    def halves(self) -> tuple[_Block, _Block]:
        if self._halves is None:
            high, low = float(self.value[0]), float(self.value[-1])
            cut = math.sqrt(high) * math.sqrt(low) if high > 4 * low else (high + low) / 2
            k = int(np.searchsorted(-self.value, -cut))
            k = min(max(k, 1), self.value.size - 1)
            self._halves = _Values(self.value[:k], self.weight[:k]), _Values(self.value[k:], self.weight[k:])
        return self._halves

    def all(self) -> tuple[np.ndarray, np.ndarray]:
        return 1 / self.value, self.weight

    def smooth(self) -> list[tuple[np.ndarray, np.ndarray]]:
        return [self.all()]


def bernstein(w: np.ndarray) -> np.ndarray:
    """Sum of the half axes of the ellipse with foci -1, 1 through w."""
    distances = (abs(w - 1) + abs(w + 1)) / 2  # the larger half axis
    return distances + np.sqrt(np.maximum(distances**2 - 1, 0))


@lru_cache(maxsize=512)
def _gauss(length: int) -> tuple[np.ndarray, np.ndarray]:
    return gauss_sum_rule(length, GAUSS)
