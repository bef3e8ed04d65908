r"""E f(z_i) f(z_j), E f'(z_i) and E f(z_i) for jointly Gaussian z with a given covariance, in doubles.

Compiled from theory.dual_kernel and theory.hermite. tanh, which has no closed form, is a positive mixture of erfs,

    tanh(z) = int erf(z/(sqrt(2) v)) dK(v),    K the Kolmogorov distribution

(the logistic distribution is a scale mixture of normal ones: Andrews and Mallows, J. R. Stat. Soc. B 36 (1974) 99), so
NODES nodes of the Gauss rule of ln(v) under K give its kernel, slope and mean to 1e-9.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from theory.errors import InvalidInput
from theory.hermite import ACTIVATIONS

NODES = 12
_GRID = 20_001  # points at which K's density stands in for it
_LOWEST, _HIGHEST, _SWITCH = 0.05, 4.0, 0.4  # of v; the two series of the density meet at the switch


def second_moments(name: str, covariance: np.ndarray) -> np.ndarray:
    """The N x N matrix E f(z_i) f(z_j), z ~ N(0, covariance). Raises InvalidInput for an unknown name."""
    _check(name)
    variance = np.maximum(covariance.diagonal(), 0.0)
    if name == "linear":
        return covariance.copy()
    if name != "tanh":
        return _closed(name, covariance, variance)
    scale, weight = erf_mixture()
    total = np.zeros_like(covariance)
    for a, (scale_a, weight_a) in enumerate(zip(scale, weight, strict=True)):
        for scale_b, weight_b in zip(scale[: a + 1], weight[: a + 1], strict=True):
            # erf(scale z): the variances are scaled, and the correlations not
            part = _form("erf")(
                _correlation(covariance, variance), *_sides(scale_a**2 * variance, scale_b**2 * variance)
            )
            total += weight_a * weight_b * (part if scale_a == scale_b else part + part.T)
    return total


def second_moment(name: str, variance: np.ndarray) -> np.ndarray:
    """E f(z_i)^2 at each variance."""
    _check(name)
    one = np.ones_like(variance)
    if name == "tanh":
        scale, weight = erf_mixture()
        pairs = ((a, b, u * v) for a, u in zip(scale, weight, strict=True) for b, v in zip(scale, weight, strict=True))
        return sum((w * _form("erf")(one, a * a * variance, b * b * variance) for a, b, w in pairs), 0 * variance)
    return _form(name)(one, variance, variance) + 0 * variance


def slopes(name: str, variance: np.ndarray) -> np.ndarray:
    """E f'(z_i), so that E f(z_i) x = E f'(z_i) E z_i x."""
    return _of_variance(name, "slope", variance)


def means(name: str, variance: np.ndarray) -> np.ndarray:
    """E f(z_i)."""
    return _of_variance(name, "mean", variance)


@cache
def erf_mixture() -> tuple[np.ndarray, np.ndarray]:
    """(scales b, weights w): tanh(z) = sum_k w_k erf(b_k z) to 1e-9 for every z."""
    v = np.linspace(_LOWEST, _HIGHEST, _GRID)
    mass = np.where(v > _SWITCH, _density_above(v), _density_below(v))
    mass /= mass.sum()
    x, basis = np.log(v), [np.sqrt(mass)]
    diagonal, beside = [], []
    for _ in range(NODES):  # Lanczos, orthogonalised in full: the Jacobi matrix of the mass
        image = x * basis[-1]
        diagonal.append(image @ basis[-1])
        for _ in range(2):
            for vector in basis:
                image = image - (vector @ image) * vector
        beside.append(np.linalg.norm(image))
        basis.append(image / beside[-1])
    jacobi = np.diag(diagonal) + np.diag(beside[:-1], 1) + np.diag(beside[:-1], -1)
    nodes, vectors = np.linalg.eigh(jacobi)
    return np.exp(-nodes) / np.sqrt(2), vectors[0] ** 2


def _density_above(v: np.ndarray) -> np.ndarray:
    n = np.arange(1, 30)[:, None]
    with np.errstate(under="ignore"):
        return (8 * v * (-1.0) ** (n + 1) * n**2 * np.exp(-2 * (n * v) ** 2)).sum(axis=0)


def _density_below(v: np.ndarray) -> np.ndarray:
    """The same by Poisson's summation."""
    rate = (2 * np.arange(1, 30)[:, None] - 1) ** 2 * np.pi**2 / 8
    with np.errstate(under="ignore"):
        return (np.sqrt(2 * np.pi) * np.exp(-rate / v**2) * (2 * rate / v**4 - 1 / v**2)).sum(axis=0)


def _check(name: str) -> None:
    if name not in ACTIVATIONS:
        raise InvalidInput("activation", name, "one of " + ", ".join(ACTIVATIONS))


def _of_variance(name: str, what: str, variance: np.ndarray) -> np.ndarray:
    _check(name)
    if name != "tanh":
        return _single(name, what)(variance) + 0 * variance
    scale, weight = erf_mixture()
    factor = scale if what == "slope" else np.ones_like(scale)
    values = (f * w * _single("erf", what)(b * b * variance) for f, w, b in zip(factor, weight, scale, strict=True))
    return sum(values, 0 * variance)


def _correlation(covariance: np.ndarray, variance: np.ndarray) -> np.ndarray:
    roots = np.sqrt(np.maximum(variance, np.finfo(float).tiny))
    return np.clip(covariance / roots / roots[:, None], -1.0, 1.0)


def _sides(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return left[:, None], right[None, :]


def _closed(name: str, covariance: np.ndarray, variance: np.ndarray) -> np.ndarray:
    with np.errstate(under="ignore"):
        found = _form(name)(_correlation(covariance, variance), *_sides(variance, variance))
    return (found + found.T) / 2


@cache
def _form(name: str) -> Callable[..., Any]:
    import sympy as sp

    from theory.dual_kernel import RHO, S1, S2, dual_kernel

    return sp.lambdify((RHO, S1, S2), dual_kernel(name), "numpy", cse=True)


@cache
def _single(name: str, what: str) -> Callable[..., Any]:
    import sympy as sp

    from theory import hermite

    expression = hermite.slope(name) if what == "slope" else hermite.mean(name)
    return sp.lambdify(hermite.S, expression, "numpy")
