r"""The population's spectrum from the sample's, through the resolvent.

At any ridge g, also a complex one, the sample covariance of nu = n - 1 degrees of freedom (the mean is
estimated) gives the degrees of freedom D, and the planar equation of theory.planar at N = inf, T = nu gives
the ridge kappa at which the population has the same number:

    D = sum_k l_k/(l_k + g),    kappa (1 - D/nu) = g,    sum_k lambda_k/(lambda_k + kappa) = D.

Nothing is solved: each g is one point of the population's D(kappa). Points on a few rays of the complex plane,
the last of them near the eigenvalues, fix the lambda_k where n reaches them. They are sought as a curve ln lambda
linear in ln k between knots (ranks 1..8, then four an octave) by least squares, with residuals in units of their
sampling error and a weak prior on the curvature: slopes change by about CURVATURE from knot to knot.

Samples are taken for independent, and x = Lambda^(1/2) z with z of independent entries, or concentrated like them;
the sampling error of the result follows from the influences of the samples, to first order, without the prior's bias.
"""

from dataclasses import dataclass, replace

import numpy as np

from numerics.spectra.spectrum import Spectrum
from theory.errors import NotConverged

ANGLES = (0.0, np.pi / 2, 5 * np.pi / 6)
POINTS = 4  # for each octave of |g|
KNOTS = 4  # for each octave of ranks
CURVATURE = 0.3
RELATIVE = 1e-3  # of D: what the planar equation leaves out, besides sampling


@dataclass(frozen=True, eq=False)
class Points:
    """Points of the population's D(kappa): complex (count,), and the residual's error and change with ln l.

    error : standard deviation of D_model(kappa) - D; change : (count, rank) its derivatives by ln l_k
    """

    kappa: np.ndarray
    D: np.ndarray
    error: np.ndarray
    change: np.ndarray


def dictionary(spectrum: Spectrum) -> Points:
    """Read off the sample spectrum."""
    values, nu = spectrum.eigenvalues[: spectrum.rank], spectrum.n - 1
    top, bottom = 4 * values[0], values[-1] / 4
    size = np.geomspace(top, bottom, max(8, int(POINTS * np.log2(top / bottom))))
    g = np.concatenate([size * np.exp(1j * angle) for angle in ANGLES])[:, None]
    D = (values / (values + g)).sum(axis=1)
    left = (nu - values.size + (g / (values + g)).sum(axis=1)) / nu  # 1 - D/nu without cancellation
    g_slope = -(values / np.square(values + g)).sum(axis=1)  # dD/dg
    kappa = g[:, 0] / left
    kappa_slope = 1 / left + g[:, 0] * g_slope / (nu * left**2)  # dkappa/dg
    # a change of D at fixed g moves kappa too: the residual changes by D'(kappa) dkappa - dD
    factor = g_slope / kappa_slope * kappa / (nu * left) - 1
    change = factor[:, None] * values * g / np.square(values + g)
    error = np.sqrt(2 / nu * np.square(np.abs(change)).sum(axis=1)) + RELATIVE * np.abs(D)
    return Points(kappa, D, error, change)


def population(spectrum: Spectrum) -> Spectrum:
    """The same spectrum as the population has it, all ranks; influences propagated with it.

    The sample's D at ridges g gives the population's D at kappa (1 - D/(n-1)) = g, the planar equation at N = inf
    (derivations/resolvent.py); the eigenvalues are then fitted to D(kappa).
    Ranks near and beyond n are extrapolated (their sum is what the data know). Raises NotConverged if the least
    squares end without a solution.
    """
    from scipy.optimize import least_squares

    unit = spectrum.eigenvalues[0]
    spectrum = replace(spectrum, eigenvalues=spectrum.eigenvalues / unit)  # squares of them must be doubles
    points, ranks = dictionary(spectrum), np.arange(1, _last(spectrum) + 1)
    knots, basis = _knots(ranks)
    prior = _curvature(np.log(knots)) / CURVATURE

    def parts(values: np.ndarray) -> np.ndarray:
        return np.concatenate([values.real, values.imag]) / np.concatenate([points.error, points.error])

    def residuals(theta: np.ndarray) -> np.ndarray:
        values = np.exp(basis @ theta)
        model = (values / (values + points.kappa[:, None])).sum(axis=1)
        return np.concatenate([parts(model - points.D), prior @ theta])

    def jacobian(theta: np.ndarray) -> np.ndarray:
        values = np.exp(basis @ theta)
        slopes = values * points.kappa[:, None] / np.square(values + points.kappa[:, None])
        data = slopes @ basis
        scale = points.error[:, None]
        return np.concatenate([data.real / scale, data.imag / scale, prior])

    start = np.interp(np.log(knots), np.log(ranks[: spectrum.rank]), np.log(spectrum.eigenvalues[: spectrum.rank]))
    found = least_squares(residuals, start, jacobian, method="trf", x_scale=1.0, max_nfev=200)
    if not found.success:
        raise NotConverged(f"population spectrum of {spectrum.name}: no solution after {found.nfev} steps")
    values = np.exp(basis @ found.x)
    # linear response: the solution moves by -(J^T J)^-1 J^T (change of the residuals)
    moves = np.concatenate([points.change.real, points.change.imag]) / np.concatenate([points.error] * 2)[:, None]
    full = jacobian(found.x)
    response = -np.linalg.solve(full.T @ full, full[: len(moves)].T @ moves)  # (knots, rank)
    influence = (spectrum.influence @ response.T) @ basis.T
    eigenvalues = unit * np.concatenate([np.sort(values)[::-1], np.zeros(spectrum.width - ranks.size)])
    return replace(spectrum, eigenvalues=eigenvalues, side=ranks.size, rank=ranks.size, influence=influence)


def _last(spectrum: Spectrum) -> int:
    """The population's last rank: all dimensions, unless the sample shows which are missing."""
    return spectrum.side if spectrum.side < spectrum.n - 1 else spectrum.width - spectrum.constant


def _knots(ranks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Knots, and the matrix (ranks, knots) of linear interpolation in ln k."""
    last = int(ranks[-1])
    count = max(2, int(KNOTS * np.log2(max(last, 8) / 8)) + 1)
    knots = np.unique([*range(1, min(8, last) + 1), *np.round(np.geomspace(min(8, last), last, count)).astype(int)])
    basis = np.stack([np.interp(np.log(ranks), np.log(knots), unit) for unit in np.eye(knots.size)], axis=1)
    return knots, basis


def _curvature(x: np.ndarray) -> np.ndarray:
    """Rows that take the changes of slope at the inner points."""
    rows = np.zeros((max(x.size - 2, 0), x.size))
    for j in range(len(rows)):
        left, right = x[j + 1] - x[j], x[j + 2] - x[j + 1]
        rows[j, j : j + 3] = 1 / left, -1 / left - 1 / right, 1 / right
    return rows
