"""Each paper's objective, minimised as it stands, against the student of the dictionary's ridge."""

import math

import numpy as np
import pytest
from convention_models import NAMES, Fit, eigenvalues, model

from theory.papers import CONVENTIONS


def ours(x: np.ndarray, y: np.ndarray, u: np.ndarray, test: np.ndarray, gamma: float) -> np.ndarray:
    """theta = y phi^T (gamma + phi phi^T)^-1."""
    phi = u @ x
    return y @ phi.T @ np.linalg.inv(gamma * np.eye(len(phi)) + phi @ phi.T) @ u @ test


def least_squares(rows: np.ndarray, y: np.ndarray, weight: float, ridge: float) -> np.ndarray:
    """argmin of weight |rows w - y|^2 + ridge |w|^2."""
    width = rows.shape[1]
    augmented = np.vstack([math.sqrt(weight) * rows, math.sqrt(ridge) * np.eye(width)])
    return np.linalg.lstsq(augmented, np.concatenate([math.sqrt(weight) * y, np.zeros(width)]), rcond=None)[0]


def fit_mrs(x: np.ndarray, y: np.ndarray, g: np.ndarray, test: np.ndarray, ridge: float) -> np.ndarray:
    """(1/2) |theta phi - y|^2 + (gamma/2) |theta|^2, phi = u x, u ~ N(0, sigma_u^2/M)."""
    u = float(model("mrs").sigma_u) / math.sqrt(14) * g
    return least_squares((u @ x).T, y, 0.5, ridge / 2) @ u @ test


def fit_simon(x: np.ndarray, y: np.ndarray, g: np.ndarray, test: np.ndarray, ridge: float) -> np.ndarray:
    """Kernel k(x, x') = (1/k) sum_i g_i(x) g_i(x'); f = k(x, X) (K + delta)^-1 y."""
    k, n = len(g), len(y)
    gram, against = (g @ x).T @ (g @ x) / k, (g @ test).T @ (g @ x) / k
    return against @ np.linalg.solve(gram + ridge * np.eye(n), y)


def fit_atanasov(x: np.ndarray, y: np.ndarray, g: np.ndarray, test: np.ndarray, ridge: float) -> np.ndarray:
    """v = (F^T Sigma F + lambda)^-1 F^T X^T y/P, Sigma = X^T X/P, F_ij ~ N(0, 1/N); f = x F v."""
    rows, P = x.T, len(y)
    F = g.T / math.sqrt(len(g))
    v = np.linalg.solve(F.T @ rows.T @ rows @ F / P + ridge * np.eye(len(g)), F.T @ rows.T @ y / P)
    return test.T @ F @ v


def fit_cui(x: np.ndarray, y: np.ndarray, g: np.ndarray, test: np.ndarray, ridge: float) -> np.ndarray:
    """(1/n) sum (y - w psi)^2 + lambda |w|^2 with the kernel's features psi, of covariance Lambda."""
    return least_squares(x.T, y, 1 / len(y), ridge) @ test


def fit_defilippis(x: np.ndarray, y: np.ndarray, g: np.ndarray, test: np.ndarray, ridge: float) -> np.ndarray:
    """sum (y - f)^2 + lambda |a|^2, f = p^-1/2 sum a_j sigma_j(x)."""
    z, at_test = g @ x / math.sqrt(len(g)), g @ test / math.sqrt(len(g))
    return least_squares(z.T, y, 1, ridge) @ at_test


FITS: dict[str, Fit] = {
    "mrs": fit_mrs, "simon": fit_simon, "atanasov": fit_atanasov, "cui": fit_cui, "defilippis": fit_defilippis,
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_both_objectives_have_the_same_minimiser(name: str) -> None:
    mine, random = model(name), np.random.default_rng(7)
    roots = np.sqrt(eigenvalues(mine))
    x, test = (roots[:, None] * random.standard_normal((mine.M, count)) for count in (int(mine.T), 5))
    y, g = random.standard_normal(int(mine.T)), random.standard_normal((6, mine.M))
    u = np.eye(mine.M) if name == "cui" else float(mine.sigma_u) / math.sqrt(mine.M) * g
    expected = ours(x, y, u, test, float(mine.gamma))
    ridge = CONVENTIONS[name].to_ridge(mine)
    found = FITS[name](x, y, g, test, float(ridge))
    assert found == pytest.approx(expected, rel=1e-10)
    for wrong in (2, 0.5, 9, 6):  # factor 2, T, N
        assert FITS[name](x, y, g, test, float(ridge) * wrong) != pytest.approx(expected, rel=1e-3)
