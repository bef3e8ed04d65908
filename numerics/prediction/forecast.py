"""The forecast that a user would try first: a power law with an offset through the first few measured points."""

import math
import warnings
from dataclasses import dataclass

import numpy as np

LEAST = 4  # points: one more than parameters


@dataclass(frozen=True)
class PowerLawForecast:
    """loss = amplitude T^-exponent + offset, fitted to `points` sizes, up to T = `until`."""

    amplitude: float
    exponent: float
    offset: float
    points: int
    until: int

    def __call__(self, T: np.ndarray) -> np.ndarray:
        """The forecast at sizes T."""
        return self.amplitude * np.asarray(T, dtype=float) ** -self.exponent + self.offset


def forecast(T: np.ndarray, loss: np.ndarray, stderr: np.ndarray, points: int) -> PowerLawForecast | None:
    """Weighted least squares (scipy's curve_fit; amplitude, offset >= 0, exponent 0..4) to the first `points` sizes.

    Several beginnings; the best fit counts. None for fewer than LEAST points, or where no fit ends.
    """
    from scipy.optimize import curve_fit

    T, loss, stderr = (np.asarray(x, dtype=float)[:points] for x in (T, loss, stderr))
    if T.size < LEAST:
        return None
    best, least = None, math.inf
    for exponent in (0.2, 0.5, 1.0):
        start = (max(loss[0] - loss.min() / 2, 0) * T[0] ** exponent, exponent, loss.min() / 2)
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                law, _ = curve_fit(
                    lambda t, a, b, c: a * t**-b + c, T, loss, start, sigma=np.maximum(stderr, 1e-12 * loss),
                    bounds=([0, 0, 0], [math.inf, 4, math.inf]),
                )  # fmt: skip
        except RuntimeError:  # no minimum found from here
            continue
        cost = float(np.square((law[0] * T ** -law[1] + law[2] - loss) / np.maximum(stderr, 1e-12 * loss)).sum())
        if cost < least:
            amplitude, slope, offset = law.tolist()
            best, least = PowerLawForecast(amplitude, slope, offset, int(T.size), int(T[-1])), cost
    return best
