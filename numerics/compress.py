"""A spectrum of any length as a short weighted list, exact to rounding for every spectral moment.

A moment sums a function of lambda that is analytic in the sector |arg(lambda/kappa)| < pi, for
every kappa at once. On a geometric block of the spectrum such a function is a polynomial to
double precision, so the block may be replaced by a quadrature rule for its counting measure:

* power law: Gauss rules for sums over consecutive integers (discrete Chebyshev polynomials, whose
  recurrence is known in closed form), with positive weights. Cost O(log M): no pass over M.
* explicit list: interpolation weights at Chebyshev points in ln(lambda), one pass over the list.

Derived in derivations/resolvent.py (analyticity); errors are measured in
tests/numerics/test_compress.py.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from theory.exact import to_fraction
from theory.model import Model, Powers
from theory.spectrum import Eigenvalues, PowerLaw

HEAD = 32  # eigenvalues of a power law kept one by one
EPS = 2.0**-56  # target of the rules, below rounding
LIST_POINTS, LIST_WIDTH = 20, 1.5  # Chebyshev points per block, and its width in ln(lambda)
CHUNK = 8192  # of a long list, so that temporaries stay in cache


@dataclass(frozen=True)
class Quadrature:
    """sum_I f(lambda_I) = sum_k weight_k f(exp(log_lambda_k)); likewise with the teacher's v_I.

    `power` holds v_I summed into the nodes, in units of exp(log_power_unit).
    """

    log_lambda: np.ndarray
    weight: np.ndarray
    power: np.ndarray
    log_power_unit: float
    count: float  # M; no integer where a fit moves it

    @property
    def log_trace(self) -> float:
        """ln of the sum of eigenvalues."""
        return _log_sum(self.log_lambda, self.weight)

    @property
    def log_inverse_trace(self) -> float:
        """ln of the sum of inverse eigenvalues."""
        return _log_sum(-self.log_lambda, self.weight)


def _log_sum(exponent: np.ndarray, weight: np.ndarray) -> float:
    top = float(exponent.max())
    return top + math.log(float(weight @ np.exp(exponent - top)))


def log_fraction(value: object) -> float:
    """ln of an exact positive number of any size, -inf for zero."""
    number = to_fraction("value", value)
    if number == 0:
        return -math.inf
    ratio = float(number) if 1e-300 < number < 1e300 else 0.0
    return math.log(ratio) if ratio else math.log(number.numerator) - math.log(number.denominator)


def compress(model: Model) -> Quadrature:
    """The model's spectrum and teacher as a short weighted list."""
    if isinstance(model.spectrum, PowerLaw):
        return _compress_power_law(model, model.spectrum)
    return _compress_list(model, model.spectrum)


# Power law -----------------------------------------------------------------------------------


def _compress_power_law(model: Model, spectrum: PowerLaw) -> Quadrature:
    s, count = float(spectrum.exponent), spectrum.M
    index, weight = integer_rule(count, math.pi / s)
    log_index = np.log(index)
    log_plus = log_fraction(spectrum.lambda_plus)
    exponent = float(model.teacher_exponent)  # type: ignore[arg-type]
    log_v = -exponent * log_index
    unit = float(log_v.max())
    prefactor = log_fraction(model.sigma_w**2 * spectrum.lambda_plus / count)
    return Quadrature(log_plus - s * log_index, weight, weight * np.exp(log_v - unit), prefactor + unit, count)


def integer_rule(count: int, sector: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights for sums over 1..count of functions analytic in |arg t| < sector.

    The head is summed term by term; then blocks [first, ratio * first) follow, each with a Gauss
    rule of as many nodes as its Bernstein ellipse asks for: the nearest singularity, at the
    sector's edge, lies at sin(sector) of the block's centre (at its distance from 0 if obtuse).
    """
    distance = math.sin(min(sector, math.pi / 2))
    ratio = 2.0 if distance > 1 / 3 else (1 + distance) / (1 - distance)
    aspect = distance * (ratio + 1) / (ratio - 1)  # distance over the block's half width
    order = math.ceil(-math.log(EPS) / (2 * math.asinh(aspect)))
    nodes, weights = [np.arange(1.0, min(count, HEAD) + 1)], [np.ones(min(count, HEAD))]
    first = HEAD + 1
    while first <= count:
        last = min(count, max(first, math.ceil(first * ratio) - 1))
        length = last - first + 1
        if length <= order:
            nodes.append(np.arange(first, last + 1, dtype=float))
            weights.append(np.ones(length))
        else:
            offset, weight = gauss_sum_rule(length, order)
            nodes.append(float(first) + offset)
            weights.append(weight)
        first = last + 1
    return np.concatenate(nodes), np.concatenate(weights)


@lru_cache(maxsize=1024)
def gauss_sum_rule(length: int, order: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss rule for sums over 0..length-1: exact for polynomials of degree < 2 order.

    Golub-Welsch with the discrete Chebyshev recurrence, beta_k = k^2 (length^2 - k^2) / (4 (4 k^2 - 1)).
    """
    k = np.arange(1.0, order)
    scale = float(length)
    off = k / 2 * np.sqrt((1 - (k / scale) ** 2) / (4 * k * k - 1))  # in units of length
    points, vectors = np.linalg.eigh(np.diag(off, 1) + np.diag(off, -1))
    return scale * points + (scale - 1) / 2, scale * vectors[0] ** 2


# Explicit list -------------------------------------------------------------------------------


def _compress_list(model: Model, spectrum: Eigenvalues) -> Quadrature:
    y = np.log(spectrum.values)
    v = _list_powers(model, spectrum)
    top = 1.0 if v is None else float(v.max()) or 1.0
    nodes, weights, powers = [], [], []
    stop = 0
    while stop < y.size:
        start = stop
        upper = float(y[start])
        stop = int(np.searchsorted(-y, LIST_WIDTH - upper, side="right"))
        part = y[start:stop]
        part_v = None if v is None else v[start:stop] / top
        if part.size <= 2 * LIST_POINTS:
            nodes.append(part)
            weights.append(np.ones(part.size))
            powers.append(np.zeros(0) if part_v is None else part_v)
        else:
            points, weight, power = _block_rule(part, part_v, upper - LIST_WIDTH / 2)
            nodes.append(points)
            weights.append(weight)
            powers.append(power)
    node, weight = np.concatenate(nodes), np.concatenate(weights)
    if v is not None:
        return Quadrature(node, weight, np.concatenate(powers), math.log(top), y.size)
    unit = float(y[0])  # isotropic teacher: v = sigma_w^2 lambda / M is itself analytic
    power = weight * np.exp(node - unit)
    return Quadrature(node, weight, power, unit + log_fraction(model.sigma_w**2 / y.size), y.size)


def _list_powers(model: Model, spectrum: Eigenvalues) -> np.ndarray | None:
    if model.source is None:
        return None
    if isinstance(model.source, Powers):
        return np.asarray(model.source.values)[spectrum.order]
    rank = np.arange(1.0, spectrum.M + 1)
    scale = float(model.sigma_w**2 * spectrum.lambda_plus / spectrum.M)
    return scale * rank ** -float(model.source)


def _block_rule(y: np.ndarray, v: np.ndarray | None, centre: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Interpolation weights at Chebyshev points for the counting measure of y (and for v's)."""
    m = LIST_POINTS
    count_moment, power_moment = np.zeros(m), np.zeros(m)
    for begin in range(0, y.size, CHUNK):
        x = (y[begin : begin + CHUNK] - centre) * (2 / LIST_WIDTH)
        chunk_v = None if v is None else v[begin : begin + CHUNK]
        before, now = np.ones_like(x), x.copy()
        twice = 2 * x
        for j in range(m):
            count_moment[j] += before.sum()
            if chunk_v is not None:
                power_moment[j] += before @ chunk_v
            before, now = now, twice * now - before
    angle = (np.arange(m) + 0.5) * np.pi / m
    cosines = np.cos(np.outer(angle, np.arange(m))) * (2 / m)
    cosines[:, 0] /= 2
    points = centre + np.cos(angle) * (LIST_WIDTH / 2)
    return points, cosines @ count_moment, cosines @ power_moment
