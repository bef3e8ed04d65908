"""The usual parametric fit, L = E + A/N^a + B/T^b (Hoffmann et al. 2022, arXiv:2203.15556, section 3.3).

Fitted as there: Huber's loss with delta = 1e-3 of ln(L), the sum taken in logarithms (log-sum-exp), the best of
several starts. Errors of the measurements do not enter.
"""

import math
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from theory.errors import InvalidInput

DELTA = 1e-3
EXPONENTS = (0.3, 0.8, 1.6)
FLOORS = (1e-3, 0.7)  # E at the start, over the least loss
LOW, HIGH = np.array([-800.0, -800.0, -800.0, 0.0, 0.0]), np.array([800.0, 800.0, 800.0, 10.0, 10.0])
COUNT = 5  # parameters
REFINED = 3


@dataclass(frozen=True)
class ParametricFit:
    """L = E + A/N^a + B/T^b (Hoffmann et al., arXiv:2203.15556, section 3.3); huber: sum of Huber's loss at the fit."""

    E: float
    A: float
    B: float
    a: float
    b: float
    huber: float

    def log_loss(self, N: np.ndarray, T: np.ndarray) -> np.ndarray:
        """ln L at sizes that broadcast; infinite ones are allowed."""
        with np.errstate(divide="ignore"):
            theta = np.array([*np.log([self.E, self.A, self.B]), self.a, self.b])
        return np.logaddexp.reduce(_terms(theta, *np.broadcast_arrays(np.log(N), np.log(T))))


def parametric_fit(N: np.ndarray, T: np.ndarray, loss: np.ndarray) -> ParametricFit:
    """Huber's loss of ln(L) minimised: the best of 18 starts, the better ones carried on.

    N, T (inf allowed), loss > 0, of shape (n,), n >= 5. Raises InvalidInput.
    """
    from scipy.optimize import least_squares

    if loss.size < COUNT:
        raise InvalidInput("rows", loss.size, f"at least {COUNT} for L = E + A/N^a + B/T^b")
    log_n, log_t, log_loss = np.log(N), np.log(T), np.log(loss)

    def residual(theta: np.ndarray) -> np.ndarray:
        return np.logaddexp.reduce(_terms(theta, log_n, log_t)) - log_loss

    def jacobian(theta: np.ndarray) -> np.ndarray:
        terms = _terms(theta, log_n, log_t)
        shares = np.exp(terms - np.logaddexp.reduce(terms))
        finite = [np.where(np.isfinite(log), log, 0.0) for log in (log_n, log_t)]
        return np.column_stack([*shares, -shares[1] * finite[0], -shares[2] * finite[1]])

    def refined(start: np.ndarray, evaluations: int) -> Any:
        return least_squares(
            residual, start, jacobian, bounds=(LOW, HIGH), loss="huber", f_scale=DELTA, x_scale="jac",
            max_nfev=evaluations, ftol=1e-10, xtol=1e-10,
        )  # fmt: skip

    middle_n, middle_t = (_middle(log) for log in (log_n, log_t))
    level, floor = float(np.median(log_loss)), float(log_loss.min())
    starts = [
        np.array([floor + math.log(below), level + a * middle_n, level + b * middle_t, a, b])
        for a, b, below in product(EXPONENTS, EXPONENTS, FLOORS)
    ]
    found = sorted((refined(start, 12) for start in starts), key=lambda one: one.cost)
    best = min((refined(one.x, 300) for one in found[:REFINED]), key=lambda one: one.cost)
    with np.errstate(under="ignore", over="ignore"):
        E, A, B = (float(x) for x in np.exp(best.x[:3]))
    return ParametricFit(E, A, B, float(best.x[3]), float(best.x[4]), float(best.cost))


def _middle(log: np.ndarray) -> float:
    finite = log[np.isfinite(log)]
    return float(np.median(finite)) if finite.size else 0.0


def _terms(theta: np.ndarray, log_n: np.ndarray, log_t: np.ndarray) -> np.ndarray:
    """ln E, ln A/N^a, ln B/T^b at every row."""
    e, log_a, log_b, a, b = theta
    with np.errstate(invalid="ignore"):
        falls = [np.where(np.isinf(log), -np.inf, -slope * log) for slope, log in ((a, log_n), (b, log_t))]
    return np.stack([np.full(log_n.shape, e), log_a + falls[0], log_b + falls[1]])
