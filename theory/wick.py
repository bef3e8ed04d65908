r"""Moments of the features' Gram matrix from the definition, at any finite size: Wick's theorem.

    E tr (phi phi^T)^k,   phi = u x,   u ~ N(0, sigma_u^2/M),   columns of x ~ N(0, Lambda).

Every pairing of the 2k factors u, with every pairing of the 2k factors x, identifies indices; a free feature index
counts N, a free sample index T, a free latent index that p pairs of x share counts l_p = tr Lambda^p.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

import sympy as sp

from theory.student import SIGMA_U, M, N, T

Pair = tuple[int, int]


def trace_power(p: int) -> sp.Symbol:
    """l_p = tr Lambda^p."""
    return sp.Symbol(f"ell_{p}", positive=True)


def pairings(items: Sequence[int]) -> Iterator[list[Pair]]:
    """All ways to pair an even number of items."""
    if not items:
        yield []
        return
    first, *rest = items
    for k, partner in enumerate(rest):
        for others in pairings(rest[:k] + rest[k + 1 :]):
            yield [(first, partner), *others]


class _Classes:
    """Indices 0 .. count - 1, identified in pairs."""

    def __init__(self, count: int) -> None:
        self.root = list(range(count))

    def join(self, a: int, b: int) -> None:
        old, new = self.root[a], self.root[b]
        self.root = [new if r == old else r for r in self.root]

    def count(self) -> int:
        return len(set(self.root))


@cache
def gram_moment(k: int) -> sp.Expr:
    """E tr (phi phi^T)^k in N, T, M, sigma_u and l_1 .. l_k; (2k - 1)!!^2 terms."""
    # period i of the trace is u[n_i, m_2i] x[m_2i, t_i] x[m_2i+1, t_i] u[n_i+1, m_2i+1]
    feature = [i // 2 if i % 2 == 0 else (i // 2 + 1) % k for i in range(2 * k)]
    total = Counter[tuple[int, int, tuple[int, ...]]]()
    for pairs_u in pairings(range(2 * k)):
        features, latent_u = _Classes(k), _Classes(2 * k)
        for a, b in pairs_u:
            features.join(feature[a], feature[b])
            latent_u.join(a, b)
        for pairs_x in pairings(range(2 * k)):
            samples, latent = _Classes(k), _Classes(2 * k)
            latent.root = list(latent_u.root)
            for a, b in pairs_x:
                samples.join(a // 2, b // 2)
                latent.join(a, b)
            shared = Counter(latent.root[a] for a, _ in pairs_x)
            total[features.count(), samples.count(), tuple(sorted(shared.values()))] += 1
    terms = (count * N**n * T**t * sp.prod(trace_power(p) for p in powers) for (n, t, powers), count in total.items())
    return sp.factor(sp.Add(*terms)) * (SIGMA_U**2 / M) ** k
