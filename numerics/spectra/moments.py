"""Mean and covariance of a stream of blocks, in one pass without cancellation.

The first sample is subtracted from all, which makes constant columns exactly zero and spares the digits of data far
from the origin. Then each block is centred by itself and its scatter added with the shift of the means (Chan, Golub
and LeVeque 1983):

    S <- S + S_b + n n_b/(n + n_b) (m_b - m)(m_b - m)^T,    covariance = S/(n - 1).

Blocks of float32 are multiplied in float32 and added up in float64. The rounding errors of a block's product
behave as noise of standard deviation about eps sqrt(C_jj C_kk) in an entry C_jk: eigenvalues are safe far above
eps sqrt(d) trace/d (`floor`), which the caller compares them with.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Moments:
    """n samples of d numbers: mean (d,), unbiased covariance (d, d) whole, and its eigenvalues' rounding `floor`."""

    n: int
    mean: np.ndarray
    covariance: np.ndarray
    floor: float


@np.errstate(over="ignore", under="ignore", invalid="ignore")  # the caller looks at what comes out
def moments(blocks: Iterable[np.ndarray], d: int) -> Moments:
    """Mean and covariance of blocks (rows, d) of one dtype, float32 or float64, n >= 2 rows in all.

    One pass, each block centred by itself (Chan, Golub and LeVeque 1983).
    """
    from scipy.linalg.blas import dsyr, dsyrk, ssyrk

    n, mean, scatter, eps = 0, np.zeros(d), np.zeros((d, d), order="F"), 0.0
    first: np.ndarray | None = None
    for block in blocks:
        rows = len(block)
        first = block[0].copy() if first is None else first
        block = block - first  # a copy: blocks may be views of the data
        own = block.mean(axis=0, dtype=float)
        block -= own.astype(block.dtype)
        if block.dtype == np.float32:
            scatter += ssyrk(1.0, block.T, lower=1)
        else:
            scatter = dsyrk(1.0, block.T, beta=1.0, c=scatter, overwrite_c=1, lower=1)
        if n:
            scatter = dsyr(n * rows / (n + rows), own - mean, a=scatter, overwrite_a=1, lower=1)
        n += rows
        mean += (own - mean) * (rows / n)
        eps = max(eps, float(np.finfo(block.dtype).eps))
    covariance = scatter / (n - 1)
    lower = np.tril_indices(d, -1)
    covariance.T[lower] = covariance[lower]
    mean = mean if first is None else mean + first
    return Moments(n, mean, covariance, eps * np.sqrt(d) * np.trace(covariance) / d)
