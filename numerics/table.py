"""One table of spectral moments in ln(kappa) that serves every N, T and ridge.

Each moment is analytic in |Im ln kappa| < pi, so on panels of unit width a Chebyshev series of
ORDER terms reaches rounding error: (pi/h + sqrt(1 + (pi/h)^2))^-ORDER with half width h = 1/2.
"""

from collections.abc import Sequence

import numpy as np

from numerics.compress import Quadrature

ORDER = 15
MOMENTS = ("df1", "df2", "spread", "complement", "bias_sum", "cross_sum")
_BLOCK = 2_000_000  # entries of one temporary


FAR = 200.0  # beyond this many e-folds outside the spectrum a moment is a pure power of kappa
POWER_OF_P = np.array([1, 2, 1, 0, 0, 1])  # how each moment falls as kappa -> infinity
POWER_OF_REST = np.array([0, 0, 1, 1, 2, 1])  # and how it rises from kappa = 0


def moments(quadrature: Quadrature, log_kappa: np.ndarray) -> np.ndarray:
    """The MOMENTS at each ln(kappa), shape (6, size): D, q, D - q, M - D, V[0,2], V[1,1].

    V is in units of exp(quadrature.log_power_unit). Every one is a sum of positive terms; far
    outside the spectrum its power of kappa is taken out, so that no term is subnormal.
    """
    out, log_factor = split_moments(quadrature, log_kappa)
    if log_factor.any():
        with np.errstate(under="ignore"):
            out *= np.exp(log_factor)
    return out


def split_moments(quadrature: Quadrature, log_kappa: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The moments as normal doubles times exp of the second array, which is 0 but far outside the spectrum."""
    inside = np.clip(log_kappa, quadrature.log_lambda.min() - FAR, quadrature.log_lambda.max() + FAR)
    out = np.empty((len(MOMENTS), log_kappa.size))
    step = max(1, _BLOCK // quadrature.weight.size)
    for start in range(0, log_kappa.size, step):
        part = slice(start, start + step)
        with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
            ratio = np.exp(inside[part, None] - quadrature.log_lambda)  # kappa / lambda
            p = 1 / (1 + ratio)
            rest = np.where(ratio < 1, ratio * p, 1 / (1 + 1 / ratio))  # 1 - p
            cross = p * rest
            out[0, part] = p @ quadrature.weight
            out[3, part] = rest @ quadrature.weight
            out[2, part] = cross @ quadrature.weight
            out[5, part] = cross @ quadrature.power
            out[1, part] = np.square(p, out=p) @ quadrature.weight
            out[4, part] = np.square(rest, out=rest) @ quadrature.power
    outside = log_kappa - inside
    return out, np.where(outside[None] > 0, -POWER_OF_P[:, None], POWER_OF_REST[:, None]) * outside


class MomentTable:
    """Chebyshev series of the moments on unit panels covering [lowest, highest] in ln(kappa)."""

    def __init__(self, quadrature: Quadrature, lowest: float, highest: float) -> None:
        self.quadrature = quadrature
        self.first = int(np.floor(lowest))
        self.panels = max(1, int(np.ceil(highest)) - self.first)
        self.edges = self.first + np.arange(self.panels + 1.0)
        self.at_edges = moments(quadrature, self.edges)  # (moments, panels + 1)
        angle = (np.arange(ORDER) + 0.5) * np.pi / ORDER
        self._cosine = np.cos(np.outer(np.arange(ORDER), angle)) * (2 / ORDER)
        self._cosine[0] /= 2
        self._offset = (1 + np.cos(angle)) / 2
        self._coefficients = np.zeros((ORDER, len(MOMENTS), self.panels))

    def build(self, panels: np.ndarray) -> None:
        """Fill the given panels; only those where some root lies are ever needed."""
        nodes = self.edges[panels][:, None] + self._offset
        values = moments(self.quadrature, nodes.ravel()).reshape(len(MOMENTS), panels.size, ORDER)
        self._coefficients[:, :, panels] = np.tensordot(self._cosine, values, (1, 2))

    def series(self, rows: Sequence[int | np.ndarray], panel: np.ndarray) -> np.ndarray:
        """Coefficients of some moments (rows of MOMENTS, the same or one for each point), by point."""
        flat = np.stack([row * self.panels + panel for row in rows])
        return self._coefficients.reshape(ORDER, -1).take(flat, axis=1)

    def place(self, panel: np.ndarray, log_kappa: np.ndarray) -> np.ndarray:
        """Position in a panel, -1..1, for `clenshaw`."""
        return 2 * (log_kappa - self.edges[panel]) - 1

    def all(self, panel: np.ndarray, log_kappa: np.ndarray) -> dict[str, np.ndarray]:
        """Every moment by name."""
        values = clenshaw(self.series(range(len(MOMENTS)), panel), self.place(panel, log_kappa))
        return dict(zip(MOMENTS, values, strict=True))


def clenshaw(series: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Sum of series[j] T_j(x) over j; series has shape (ORDER, moments, points), x (points,)."""
    twice = 2 * x
    now, later, spare = series[-1].copy(), np.zeros_like(series[-1]), np.empty_like(series[-1])
    for row in series[-2:0:-1]:
        np.multiply(twice, now, out=spare)
        spare += row
        spare -= later
        now, later, spare = spare, now, later
    return series[0] + x * now - later
