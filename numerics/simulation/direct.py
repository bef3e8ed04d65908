r"""One draw of (u, x) with entries of any law, averaged exactly over teacher, label noise and test point.

With W_I = v_I/lambda_I = E w_I^2, P = phi^T (gamma + phi phi^T)^{-1} (T x N) and K = u Lambda u^T,

    signal      = (C/2) tr[ W (1 - x P u) Lambda (1 - x P u)^T ]
    label noise = (C sigma_eps^2 / 2) tr[ P^T P K ]
    training    = (C/2T) ( tr[ W x R R^T x^T ] + sigma_eps^2 |R|^2 ),      R = 1 - P phi

P comes from a QR factorisation of phi^T stacked on sqrt(gamma) 1 (or of phi, whichever has fewer
columns), so that the condition number is not squared; from Cholesky's of the Gram matrix only where
the ridge keeps that harmless. Latent directions are worked through in blocks, drawn twice (first for phi,
then for the traces) instead of being kept: 6 N T M + O(min(N,T)^2 M) operations and a few N x T matrices.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np

from numerics.simulation.design import Design
from numerics.simulation.grams import block_length, blocks
from numerics.simulation.problem import Problem
from numerics.simulation.resolvents import SAFE_RIDGE

Block = tuple[slice, np.ndarray, np.ndarray | None]  # directions I, x_I (rows), u_I (rows); None without projection


def direct_draw(problem: Problem, design: Design, seed: np.random.SeedSequence) -> tuple[float, float, float, float]:
    """signal, noise over sigma^2, T times training, df1 of one draw; the factor C/2 left out. M > min(N, T)."""
    phi = _features(problem, design, seed)
    t, gamma = problem.t, problem.gamma
    p = student(phi, gamma)
    traces = _few_samples if t <= phi.shape[0] else _few_features
    signal, noise, train = traces(problem, drawn_blocks(problem, design, seed), phi, p)
    if gamma == 0 and t <= phi.shape[0]:
        train = 0.0  # the minimum-norm student interpolates
    return signal, noise, train, float(np.vdot(phi, p.T))


def filtered_draw(
    problem: Problem, design: Design, seed: np.random.SeedSequence, left: Callable[[np.ndarray], np.ndarray]
) -> tuple[float, float, float]:
    """The first three for a student y phi^T g(phi phi^T), by singular values; `left(s)` = 1 - s g(s), s decreasing."""
    phi = _features(problem, design, seed)
    rows, singular, columns = np.linalg.svd(phi, full_matrices=False)
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(singular > 0, (1 - left(np.square(singular))) / singular, 0.0)
    p = (columns.T * gain) @ rows.T
    traces = _few_samples if problem.t <= phi.shape[0] else _few_features
    return traces(problem, drawn_blocks(problem, design, seed), phi, p)


def drawn_blocks(problem: Problem, design: Design, seed: np.random.SeedSequence) -> Iterator[Block]:
    """The draw's rows of x and of u^T, some directions at a time; the same at every call."""
    count, n = problem.lam.size, problem.n
    children = (np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, k)) for k in (0, 1))
    for_x, for_u = (np.random.default_rng(child) for child in children)
    step = block_length(max(problem.t, n or 0))
    features = blocks(design.features, for_u, count, n, step) if n is not None else None
    roots = np.sqrt(problem.lam)
    scale = problem.scale_u if problem.scales is None else problem.scale_u * problem.scales
    for rows, x in blocks(design.latent, for_x, count, problem.t, step):
        yield rows, x * roots[rows, None], None if features is None else next(features)[1] * scale


def drawn_matrices(
    problem: Problem, design: Design, seed: np.random.SeedSequence
) -> tuple[np.ndarray, np.ndarray | None]:
    """x (M x T) and u^T (M x N; None without projection), whole."""
    found = list(drawn_blocks(problem, design, seed))
    u = None if problem.n is None else np.concatenate([u for _, _, u in found if u is not None])
    return np.concatenate([x for _, x, _ in found]), u


def _features(problem: Problem, design: Design, seed: np.random.SeedSequence) -> np.ndarray:
    """phi, N x T (M x T without projection)."""
    if problem.n is None:
        return np.concatenate([x for _, x, _ in drawn_blocks(problem, design, seed)])
    phi = np.zeros((problem.n, problem.t))
    for _, x, u in drawn_blocks(problem, design, seed):
        assert u is not None
        phi += u.T @ x
    return phi


def student(phi: np.ndarray, gamma: float) -> np.ndarray:
    """P = phi^T (gamma + phi phi^T)^{-1}, or the pseudo-inverse, by a factorisation of the smaller side."""
    from scipy.linalg import cho_factor, cho_solve, qr, solve_triangular

    wide = phi.shape[0] <= phi.shape[1]
    tall = phi.T if wide else phi
    identity = np.eye(tall.shape[1])
    if gamma > SAFE_RIDGE * float(np.vdot(tall, tall)):
        gram = tall.T @ tall + gamma * identity
        solved = cho_solve(cho_factor(gram, lower=True, check_finite=False), tall.T, check_finite=False)
    else:
        stacked = np.vstack([tall, math.sqrt(gamma) * identity]) if gamma > 0 else tall
        q, r = qr(stacked, mode="economic", check_finite=False)
        # (r^T r)^{-1} tall^T = r^{-1} q_top^T
        solved = solve_triangular(r, q[: tall.shape[0]].T, check_finite=False)
    return solved.T if wide else solved


def _few_features(
    problem: Problem, drawn: Iterator[Block], phi: np.ndarray, p: np.ndarray
) -> tuple[float, float, float]:
    """The three traces through Y = x P (N columns)."""
    signal = train = 0.0
    n = p.shape[1]
    h, k = np.zeros((n, n)), np.zeros((n, n))
    for rows, x, u in drawn:
        lam, weight = problem.lam[rows], problem.weight[rows]
        y = x @ p
        if u is None:
            cross = y[:, rows].diagonal()
            k[rows, rows] = np.diag(lam)
        else:
            cross = (y * u).sum(axis=1)
            half = u * np.sqrt(lam)[:, None]
            k += half.T @ half
        signal += float((weight * lam * (1 - 2 * cross)).sum())
        train += float(weight @ np.square(x - y @ phi).sum(axis=1))
        y *= np.sqrt(weight)[:, None]
        h += y.T @ y
    inner = p.T @ p
    hat = phi @ p  # shares its non-zero part with the T x T matrix P phi
    train += problem.noise * (p.shape[0] - 2 * float(hat.trace()) + float(np.vdot(hat, hat.T)))
    return signal + float(np.vdot(h, k)), float(np.vdot(inner, k)), train


def _few_samples(
    problem: Problem, drawn: Iterator[Block], phi: np.ndarray, p: np.ndarray
) -> tuple[float, float, float]:
    """The same through P u (T rows)."""
    signal, t = 0.0, p.shape[0]
    g, k = np.zeros((t, t)), np.zeros((t, t))
    for rows, x, u in drawn:
        lam, weight = problem.lam[rows], problem.weight[rows]
        r = p[:, rows].T.copy() if u is None else u @ p.T
        signal += float((weight * lam * (1 - 2 * (x * r).sum(axis=1))).sum())
        r *= np.sqrt(lam)[:, None]
        k += r.T @ r
        half = x * np.sqrt(weight)[:, None]
        g += half.T @ half
    residual = np.eye(t) - p @ phi
    train = float(np.vdot(g, residual @ residual.T)) + problem.noise * float(np.square(residual).sum())
    return signal + float(np.vdot(g, k)), float(k.trace()), train
