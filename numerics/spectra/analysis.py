"""One spectrum's answers together: fit by the rule, fits as asked, the same corrected for the sample's size."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from numerics.spectra.population import population
from numerics.spectra.power_fit import Judgement, PowerFit, fit, judge
from numerics.spectra.spectrum import Spectrum
from theory.errors import NotConverged

Ranks = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Analysis:
    """What `solvable spectrum` reports of one covariance.

    eigenvalues : of the sample (width,); population : estimated for infinitely many samples, or None if the
    least squares found none; judgement : the rule's fit, octaves and reason; asked : the fits on the ranks given
    (None where the spectrum ends before); corrected : of the population, on those of these ranks that end
    below half of the side and of n
    """

    name: str
    width: int
    n: int
    side: int
    rank: int
    constant: int
    eigenvalues: np.ndarray
    population: np.ndarray | None
    judgement: Judgement
    asked: dict[Ranks, PowerFit | None]
    corrected: dict[Ranks, PowerFit]


def analyse(spectrum: Spectrum, ranks: Sequence[Ranks] = ()) -> Analysis:
    """Judge a spectrum by the rule, fit it on each (low, high) of `ranks`, and correct both."""
    judgement = judge(spectrum)
    asked = {(low, high): fit(spectrum, low, high) if high <= spectrum.rank else None for low, high in ranks}
    try:
        whole = population(spectrum)
    except NotConverged:
        whole = None
    known = min(spectrum.side, spectrum.n) // 2  # beyond, the estimate leans on its prior
    fitted = [one for one in (judgement.fit, *asked.values()) if one is not None and one.high <= known]
    corrected = {} if whole is None else {(one.low, one.high): fit(whole, one.low, one.high) for one in fitted}
    values = None if whole is None else whole.eigenvalues
    return Analysis(
        spectrum.name, spectrum.width, spectrum.n, spectrum.side, spectrum.rank, spectrum.constant,
        spectrum.eigenvalues, values, judgement, asked, corrected,
    )  # fmt: skip
