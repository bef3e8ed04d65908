r"""Weighted Gram matrices of random entries, sum_I rho_I z_I z_I^T, streamed over blocks of directions I.

Memory is a few blocks and one n x n matrix a weight, whatever the number of directions. Each weight
costs n^2 operations a direction (one symmetric rank-k update in BLAS).
"""

from collections.abc import Iterator, Sequence

import numpy as np

from numerics.simulation.laws import Law

BLOCK_ENTRIES = 2**20  # entries of a block, 8 MB: in cache where it counts, long enough for BLAS
ORTHOGONAL_ENTRIES = 2**28  # an orthogonal matrix is made whole


def block_length(n: int) -> int:
    """Rows of n entries in a block."""
    return max(16, BLOCK_ENTRIES // n)


def blocks(law: Law, rng: np.random.Generator, count: int, n: int, step: int) -> Iterator[tuple[slice, np.ndarray]]:
    """The rows of a count x n array of random entries, with their place, `step` rows at a time."""
    whole = _orthonormal(rng, count, n) if law.name == "orthogonal" else None
    for start in range(0, count, step):
        rows = slice(start, min(start + step, count))
        yield rows, whole[rows] if whole is not None else law.sample(rng, (rows.stop - rows.start, n))


def weighted_grams(law: Law, rng: np.random.Generator, n: int, weights: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
    """For each weight rho >= 0 (all of one length) the n x n matrix sum_I rho_I z_I z_I^T of one draw of z."""
    from scipy.linalg.blas import dsyrk

    roots = [np.sqrt(weight) for weight in weights]
    sums = [np.zeros((n, n), order="F") for _ in weights]
    for rows, z in blocks(law, rng, weights[0].size, n, block_length(n)):
        for k, root in enumerate(roots):
            scaled = z * root[rows, None]
            sums[k] = dsyrk(1.0, scaled.T, beta=1.0, c=sums[k], lower=1, overwrite_c=1)
    return tuple(symmetric(total) for total in sums)


def symmetric(lower: np.ndarray) -> np.ndarray:
    """The symmetric matrix with the given lower triangle (in place)."""
    for k in range(0, lower.shape[0], 256):  # by panels: index arrays of n^2 entries would cost more than BLAS
        panel = lower[k : k + 256, k : k + 256]
        panel[...] = np.tril(panel) + np.tril(panel, -1).T
        lower[k : k + 256, k + 256 :] = lower[k + 256 :, k : k + 256].T
    return lower


def bartlett(rng: np.random.Generator, n: int, freedom: int) -> np.ndarray:
    """Lower triangular L with L L^T Wishart, n x n of `freedom` >= n degrees of freedom (Bartlett)."""
    factor = np.zeros((n, n), order="F")
    for k in range(n):
        factor[k + 1 :, k] = rng.standard_normal(n - k - 1)
    factor[np.diag_indices(n)] = np.sqrt(rng.chisquare(freedom - np.arange(n, dtype=float)))
    return factor


def _orthonormal(rng: np.random.Generator, count: int, n: int) -> np.ndarray:
    """count x n, n <= count, orthonormal columns times sqrt(count): Haar, entries of variance 1."""
    from theory.errors import InvalidInput

    if n > count or n * count > ORTHOGONAL_ENTRIES:
        allowed = f"N <= M and N M <= {ORTHOGONAL_ENTRIES} for orthogonal features"
        raise InvalidInput("N, M", f"{n}, {count}", allowed)
    q, r = np.linalg.qr(rng.standard_normal((count, n)))
    return q * np.sign(np.diagonal(r)) * np.sqrt(count)
