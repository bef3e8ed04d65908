"""Is the spectrum a power law lambda_k ~ k^-(1+alpha), on which ranks, with which exponent.

The exponent on ranks A..B is a least-squares line through (ln k, ln lambda_k) averaged over bins of an eighth of
an octave, so that every octave counts alike. The rule that chooses the ranks:

1. The largest rank asked about is R/2, R = min(side, n/10): nearer to the last rank, or with fewer than ten
   samples for each rank, the spectrum bends whatever the data.
2. Windows begin and end at R/2, R/2^(3/2), R/4, ..., not below rank 4, and are at least two octaves long.
3. A window is a power law if its exponent is known to 10 % (one standard error), if the eigenvalues fall in it by
   more than exp(4 sqrt(B/n)), the spread that sampling gives to B equal ones, and if every octave in it (in
   half-octave steps) has that slope, to within 10 % or two standard errors of the difference.
4. The longest such window is taken; of several, the one whose octaves deviate least. None: no power law.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from numerics.spectra.errors import covariance, standard_errors
from numerics.spectra.spectrum import Spectrum
from theory.errors import InvalidInput

BINS = 8  # to an octave
FLAT = 0.1  # how far octave slopes may differ from the exponent, relatively
SIGMAS = 2.0
LOWEST = 4  # rank
OCTAVES = 2  # of the shortest window
SAMPLES = 10  # for each rank
SPREAD = 4.0


@dataclass(frozen=True)
class PowerFit:
    """lambda_k = amplitude k^-exponent on ranks low..high; exponent = 1+alpha, error its standard error."""

    low: int
    high: int
    exponent: float
    error: float
    amplitude: float

    @property
    def octaves(self) -> float:
        """log2(high/low)."""
        return math.log2(self.high / self.low)

    def __str__(self) -> str:
        return f"{self.exponent:.3f} ± {self.error:.3f} on ranks {self.low}-{self.high}"


@dataclass(frozen=True)
class Judgement:
    """`fit` by the rule, or None and the `reason`; `octaves` from the first ranks to the last."""

    fit: PowerFit | None
    reason: str
    octaves: tuple[PowerFit, ...]
    limit: int


def fit(spectrum: Spectrum, low: int, high: int) -> PowerFit:
    """The least-squares line of ln lambda_k over ln k on ranks low..high, every octave counting alike.

    Raises InvalidInput unless 1 <= low < high <= spectrum.rank.
    """
    if not 1 <= low < high <= spectrum.rank:
        allowed = f"ranks A:B with 1 <= A < B <= {spectrum.rank}, the last positive eigenvalue of {spectrum.name}"
        raise InvalidInput("--ranks", f"{low}:{high}", allowed)
    return _fits(spectrum, [(low, high)])[0]


def judge(spectrum: Spectrum) -> Judgement:
    """The longest range of ranks that is a power law, or None and why.

    It spans two octaves or more, from rank 4 to half of min(side, n/10); its exponent is known to 10 %, and every
    octave in it has that slope within 10 % or two standard errors (module docstring).
    """
    top = min(spectrum.side, spectrum.n // SAMPLES)
    limit = min(top // 2, spectrum.rank)
    octaves = _fits(spectrum, _octaves(top, spectrum.rank))
    steps = (top / 2 ** (j / 2) for j in range(2, 64))
    ends = [round(rank) for rank in steps if LOWEST <= rank <= limit + 0.5]  # falling
    windows = [(a, b) for place, b in enumerate(ends) for a in ends[place + 2 * OCTAVES :]]
    if not windows:
        span = f"ranks {LOWEST} to {limit} are fewer than two octaves" if limit > LOWEST else f"{limit} usable ranks"
        return Judgement(None, f"too few ranks: {span}", tuple(octaves), limit)
    passed = _passed(spectrum, windows, ends)
    if not passed:
        return Judgement(None, "the slope drifts by more than 10 % within every two octaves", tuple(octaves), limit)
    best = max(passed, key=lambda item: (round(2 * np.log2(item[0].high / item[0].low)), -item[1]))
    return Judgement(best[0], "", tuple(octaves), limit)


def _passed(spectrum: Spectrum, windows: list[tuple[int, int]], ends: list[int]) -> list[tuple[PowerFit, float]]:
    """The windows that are power laws, each with the largest relative deviation of an octave in it."""
    ends = sorted(set(ends))
    parts = list(zip(ends, ends[2:], strict=False))  # octaves, in half-octave steps
    slopes = np.array([slope_weights(*window, spectrum.rank) for window in windows + parts])
    values = -slopes @ np.log(spectrum.eigenvalues[: spectrum.rank])
    spread = covariance(spectrum, slopes)
    variance = spread.diagonal()
    found = []
    for place, ((a, b), whole) in enumerate(zip(windows, _fits(spectrum, windows), strict=True)):
        fall = whole.exponent * math.log(b / a)
        if fall <= SPREAD * math.sqrt(b / spectrum.n) or whole.error > FLAT * whole.exponent:
            continue
        inside = [len(windows) + j for j, (low, high) in enumerate(parts) if a <= low and high <= b]
        errors = np.sqrt(np.maximum(variance[inside] + variance[place] - 2 * spread[inside, place], 0))
        deviations = np.abs(values[inside] - whole.exponent)
        if np.all(deviations <= np.maximum(FLAT * whole.exponent, SIGMAS * errors)):
            found.append((whole, float(deviations.max() / whole.exponent)))
    return found


def _octaves(top: int, rank: int) -> list[tuple[int, int]]:
    """Octaves that end at top, top/2, ... and upwards; the last one may be cut by the rank."""
    ends = sorted({round(top * 2.0**j) for j in range(-40, 41) if 1 <= round(top * 2.0**j) < rank} | {rank})
    return [(a, b) for a, b in pairwise(ends) if b >= 1.5 * a]


def _fits(spectrum: Spectrum, windows: list[tuple[int, int]]) -> list[PowerFit]:
    if not windows:
        return []
    logs = np.log(spectrum.eigenvalues[: spectrum.rank])
    rows = np.array([slope_weights(a, b, spectrum.rank) for a, b in windows])
    errors = standard_errors(spectrum, rows)
    found = []
    for (a, b), slope, error in zip(windows, rows @ logs, errors, strict=True):
        means = mean_weights(a, b, spectrum.rank)
        middle = means @ np.log(np.arange(1, spectrum.rank + 1))
        found.append(PowerFit(a, b, -float(slope), float(error), _exp(float(means @ logs - slope * middle))))
    return found


def _exp(x: float) -> float:
    return math.exp(x) if x < 709 else math.inf


def slope_weights(low: int, high: int, rank: int) -> np.ndarray:
    """w (rank,) with w . ln lambda = the least-squares slope on ranks low..high."""
    bins, counts, centres = _bins(low, high)
    centres = centres - centres.mean()
    return _placed((centres / np.square(centres).sum() / counts)[bins], low, rank)


def mean_weights(low: int, high: int, rank: int) -> np.ndarray:
    """w (rank,) with w . ln lambda = the average height of the line's points."""
    bins, counts, _ = _bins(low, high)
    return _placed((1 / counts / counts.size)[bins], low, rank)


def _placed(weights: np.ndarray, low: int, rank: int) -> np.ndarray:
    full = np.zeros(rank)
    full[low - 1 : low - 1 + weights.size] = weights
    return full


def _bins(low: int, high: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The bin of each rank low..high, how many ranks each bin holds, and its mean ln k."""
    logs = np.log(np.arange(low, high + 1))
    number = max(2, round(BINS * np.log2(high / low)))
    place = np.minimum((logs - logs[0]) / (logs[-1] - logs[0]) * number, number - 1e-9).astype(int)
    _, bins = np.unique(place, return_inverse=True)
    counts = np.bincount(bins)
    return bins, counts, np.bincount(bins, weights=logs) / counts
