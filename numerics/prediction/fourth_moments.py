"""How far data are from Gaussian, as far as ridge regression sees it, before any student is trained.

Planar theory knows second moments only. With e the residual of the population's ridge at the measured kappa^,
h = f (Lambda + kappa^)^{-1} f and l = f Lambda (Lambda + kappa^)^{-2} f, rho_h = E e^2 h / (E e^2 E h) and rho_l
likewise (1 for independent e and f), to first order in D/T,

    shift = (E e^2 / 2R) [ (rho_l - 1) q (1/T - 1/n) + (rho_h - 1) 2 D/n ],

the relative change of the loss R predicted from n samples. D, q are the measured degrees of freedom at kappa^.
"""

import numpy as np


def fourth_moment_shift(
    eigenvalues: np.ndarray, features: np.ndarray, labels: np.ndarray, points: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> np.ndarray:
    """`shift` at each of the points, arrays (kappa^, T, loss) of one shape (K,).

    eigenvalues (p,) and features (n, p), mutually orthogonal columns of that mean square; labels (n,) or (n, C).
    """
    kappa, T, loss = points
    n = len(features)
    labels = labels.reshape(n, -1)
    squares = np.square(features)
    slope = features.T @ labels / n / eigenvalues[:, None]
    shift = np.empty(len(kappa))
    for i, (k, size) in enumerate(zip(kappa, T, strict=True)):
        kept = eigenvalues / (eigenvalues + k)
        residual = np.square(labels - features @ (slope * kept[:, None])).sum(axis=1)
        weight = residual / residual.sum()
        df1, df2 = kept.sum(), np.square(kept).sum()
        rho_h = weight @ (squares @ (kept / eigenvalues)) / df1
        rho_l = weight @ (squares @ (np.square(kept) / eigenvalues)) / df2
        shift[i] = residual.mean() / 2 * ((rho_l - 1) * df2 * (1 / size - 1 / n) + (rho_h - 1) * 2 * df1 / n)
    return shift / loss
