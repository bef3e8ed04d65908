"""Covariance eigenvalues of data and of random features of them, and how single samples move them.

Eigenvalues are those of the unbiased sample covariance. To first order the eigenvalue of rank k moves with
the samples as its logarithm's influence z_ik = (v_k . (x_i - mean))^2/lambda_k - 1, one number a sample; a
function of the spectrum has the standard error that follows from these (see numerics.spectra.errors).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from numerics.data import Dataset
from numerics.spectra.moments import moments
from numerics.spectra.random_map import RandomMap
from theory.errors import InvalidInput

RAW = "data"
MAX_SIDE = 16384  # of a covariance: 2 GiB
SAMPLED = 4096  # samples whose influences are looked at
SAFE = 100  # an eigenvalue is trusted this far above the rounding floor
SINGLE = 1024  # widths from which nonlinear features are multiplied in float32
Report = Callable[[int, int], None]  # samples done, samples in all


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Eigenvalues of one covariance.

    name : "data" or the activation's; width : dimensions, d or N; n : samples
    eigenvalues : (width,) decreasing, >= 0 (rounding below zero is cut)
    side  : ranks that may be nonzero: at most the width, the input's varying dimensions for a linear map, n - 1
    rank  : ranks above the rounding floor, <= side
    influence : (m, rank) z_ik of m samples, all or a seeded choice; group : (m,) integers, samples that go together
    constant : columns of the data without any variance, whose eigenvalues are exactly zero
    """

    name: str
    width: int
    n: int
    eigenvalues: np.ndarray
    side: int
    rank: int
    influence: np.ndarray
    group: np.ndarray
    constant: int = 0


def spectra(
    data: Dataset, maps: Sequence[str] = (), widths: Sequence[int] = (), seed: int = 0, report: Report | None = None
) -> Iterator[Spectrum]:
    """First the data's own spectrum, then for each map that of its random features, for each width.

    Widths from 1; W is drawn from `seed`, the same for every map. Nonlinear features of width >= 1024 are
    multiplied in float32 and summed in float64. Raises InvalidInput for data without any variance, a NaN or an
    infinity, unknown maps, and covariances larger than 16384 on a side.
    """
    maps, widths = list(maps), sorted(set(widths))
    if any(not 1 <= width <= MAX_SIDE for width in widths):
        raise InvalidInput("width", widths[0] if widths[0] < 1 else widths[-1], f"integers from 1 to {MAX_SIDE}")
    tick = _Ticker(report, data.n * (1 + len(maps) * bool(widths)))
    chosen, group = _choice(data, seed)
    some = data.subset(chosen)
    if data.d <= data.n:
        raw, mean, scale = _raw(data, some, group, tick)
    else:
        raw, mean, scale = _raw_dual(data, group, chosen, tick)
    yield raw
    for name in maps if widths else ():
        drawn = RandomMap.draw(name, widths[-1], mean, scale, seed)
        dtype = np.float64 if name == "linear" or widths[-1] < SINGLE else np.float32
        found = moments(tick.over(drawn.blocks(data, dtype)), drawn.width)
        features = drawn(np.asarray(some.samples, float)) - found.mean
        for width in widths:
            side = min(width, data.n - 1, raw.side if name == "linear" else width)
            spectrum = _decompose(
                name,
                found.covariance[:width, :width],
                found.floor,
                features[:, :width],
                side,
                data.n,
                group,
                raw.constant,
            )
            yield spectrum


def _raw(data: Dataset, some: Dataset, group: np.ndarray, tick: "_Ticker") -> tuple[Spectrum, np.ndarray, float]:
    if data.d > MAX_SIDE:
        raise data.error(f"at most {MAX_SIDE} dimensions, or fewer samples than that (it has {data.d})")
    found = moments(tick.over(data.blocks(max(64, 2**23 // data.d))), data.d)
    constant = _constants(data, found.covariance.diagonal())
    scale = float(np.sqrt(np.trace(found.covariance) / data.d))
    samples = np.asarray(some.samples, float) - found.mean
    side = min(data.d - constant, data.n - 1)
    spectrum = _decompose(RAW, found.covariance, found.floor, samples, side, data.n, group, constant)
    return spectrum, found.mean, scale


@np.errstate(over="ignore", under="ignore", invalid="ignore")  # _constants looks at what comes out
def _raw_dual(
    data: Dataset, group: np.ndarray, chosen: np.ndarray, tick: "_Ticker"
) -> tuple[Spectrum, np.ndarray, float]:
    """More dimensions than samples: the same nonzero eigenvalues from the n x n matrix of scalar products."""
    from scipy.linalg import eigh

    if data.n > MAX_SIDE:
        raise data.error(f"at most {MAX_SIDE} samples, or fewer dimensions (it has {data.n} x {data.d})")
    gram, mean, square = np.zeros((data.n, data.n)), np.empty(data.d), np.empty(data.d)
    samples = np.concatenate(list(tick.over(data.blocks())))
    for start in range(0, data.d, 4096):
        part = samples[:, start : start + 4096] - samples[0, start : start + 4096]
        own = part.mean(axis=0)
        mean[start : start + 4096] = samples[0, start : start + 4096] + own
        part -= own
        square[start : start + 4096] = np.square(part).sum(axis=0) / (data.n - 1)
        gram += part @ part.T
    constant = _constants(data, square)
    values, vectors = eigh(gram / (data.n - 1), overwrite_a=True, driver="evd")
    side = min(data.d - constant, data.n - 1)
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    floor = np.finfo(float).eps * values[0]
    rank = int((values[:side] > SAFE * floor).sum())
    eigenvalues = np.concatenate([values[:side], np.zeros(data.d - side)])
    influence = (data.n - 1) * np.square(vectors[chosen, :rank]) - 1
    spectrum = Spectrum(RAW, data.d, data.n, eigenvalues, side, rank, influence, group, constant)
    return spectrum, mean, float(np.sqrt(square.mean()))


def _constants(data: Dataset, variances: np.ndarray) -> int:
    """Columns without variance, exactly. Raises InvalidInput if all are."""
    constant = int((variances == 0).sum())
    if constant == data.d:
        raise data.error("samples that differ (every column is constant)")
    if not np.isfinite(variances).all() or not 1e-250 < variances.max() < 1e250:
        raise data.error(f"numbers of moderate size (their largest variance is {variances.max():.3g}): rescale them")
    return constant


def _decompose(
    name: str, covariance: np.ndarray, floor: float, centred: np.ndarray, side: int, n: int, group: np.ndarray,
    constant: int,
) -> Spectrum:  # fmt: skip
    from scipy.linalg import eigh

    values, vectors = eigh(covariance, driver="evd", check_finite=False)
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    floor = max(floor, np.finfo(float).eps * values[0])
    rank = int((values[:side] > SAFE * floor).sum())
    if rank == 0:
        raise InvalidInput("map", name, "a map whose features vary")
    influence = np.square(centred @ vectors[:, :rank]) / values[:rank] - 1
    values[side:] = 0
    return Spectrum(name, values.size, n, values, side, rank, influence, group, constant)


def _choice(data: Dataset, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices of about SAMPLED samples, whole groups, and the group of each."""
    group = np.arange(data.n) if data.groups is None else np.unique(data.groups, return_inverse=True)[1]
    if data.n <= SAMPLED:
        return np.arange(data.n), group
    order = np.random.default_rng([seed, 1]).permutation(int(group.max()) + 1)
    sizes = np.bincount(group)[order]
    kept = order[: max(2, int(np.searchsorted(np.cumsum(sizes), SAMPLED)) + 1)]
    rows = np.flatnonzero(np.isin(group, kept))
    return rows, group[rows]


class _Ticker:
    """Counts the samples that pass."""

    def __init__(self, report: Report | None, total: int) -> None:
        self.report, self.total, self.done = report, total, 0

    def over(self, blocks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
        for block in blocks:
            rows = len(block)
            yield block
            self.done += rows
            if self.report is not None:
                self.report(self.done, self.total)
