"""Spectra of real data, before and after a random map: measured, judged, corrected for the sample's size."""

from numerics.spectra.analysis import Analysis, analyse
from numerics.spectra.moments import Moments, moments
from numerics.spectra.population import population
from numerics.spectra.power_fit import Judgement, PowerFit, fit, judge
from numerics.spectra.random_map import RandomMap
from numerics.spectra.spectrum import MAX_SIDE, Spectrum, spectra

__all__ = [
    "MAX_SIDE",
    "Analysis",
    "Judgement",
    "Moments",
    "PowerFit",
    "RandomMap",
    "Spectrum",
    "analyse",
    "fit",
    "judge",
    "moments",
    "population",
    "spectra",
]
