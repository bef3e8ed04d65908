r"""Random-feature ridge regression as the model defines it, with exact averages where they exist.

Only u and x are drawn. With W_I = v_I/lambda_I = E w_I^2, P = phi^T (gamma + phi phi^T)^{-1} (T x N)
and K = u Lambda u^T, the averages over teacher, label noise and test point are traces:

    signal      = (C/2) tr[ W (1 - x P u) Lambda (1 - x P u)^T ]
    label noise = (C sigma_eps^2 / 2) tr[ P^T P K ]
    training    = (C/2T) ( tr[ W x R R^T x^T ] + sigma_eps^2 |R|^2 ),      R = 1 - P phi

P comes from a QR factorisation of phi^T stacked on sqrt(gamma) 1 (or of phi, whichever has fewer
columns), so that the condition number is not squared; from Cholesky's of the Gram matrix only where
the ridge keeps that harmless. Latent directions
are worked through in blocks, 6 N T M + O(min(N,T)^2 M) operations, all in BLAS.
"""

import math
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from theory.errors import InvalidInput
from theory.exact import to_fraction
from theory.model import Model, Powers
from theory.spectrum import PowerLaw

BLOCK = 1024  # latent directions at a time
SAFE_RIDGE = 1e-7  # of |phi|^2: the Gram matrix's condition number stays below 10^7
MEMORY_LIMIT = 12 * 2**30  # bytes that one draw may need
THREADED_WORK = 10**9  # N T M from which a draw is worth more than one thread
TINY = float(np.finfo(float).tiny)
LOSSES = ("signal", "label_noise", "loss", "train_loss")


@dataclass(frozen=True)
class Estimate:
    """Mean over draws and its standard error (None for one draw)."""

    mean: float
    stderr: float | None
    draws: int


@dataclass(frozen=True)
class Simulation:
    """Estimates of the losses (LOSSES), and the values of each draw in `samples`."""

    model: Model
    seed: int
    samples: dict[str, np.ndarray]

    def estimate(self, name: str) -> Estimate:
        """Mean and standard error of one of LOSSES."""
        values = self.samples[name]
        spread = float(values.std(ddof=1)) / math.sqrt(values.size) if values.size > 1 else None
        return Estimate(float(values.mean()), spread, values.size)

    @property
    def signal(self) -> Estimate:
        """Test loss without label noise."""
        return self.estimate("signal")

    @property
    def label_noise(self) -> Estimate:
        """Test loss due to label noise."""
        return self.estimate("label_noise")

    @property
    def loss(self) -> Estimate:
        """Test loss on clean labels."""
        return self.estimate("loss")

    @property
    def train_loss(self) -> Estimate:
        """Training loss per sample, noisy labels."""
        return self.estimate("train_loss")


def simulate(
    model: Model,
    draws: int = 16,
    seed: int = 0,
    jobs: int = 1,
    progress: Callable[[], None] | None = None,
) -> Simulation:
    """Average `draws` independent draws of (u, x); draw k depends on (seed, k) alone.

    Workers share the processors, so `jobs` changes results by rounding only. `progress` is called
    after each draw. Raises InvalidInput for draws < 1, seed < 0, jobs < 1, an infinite T, numbers
    outside the doubles, or a model whose draw does not fit into memory.
    """
    for name, value, least in (("draws", draws, 1), ("seed", seed, 0), ("jobs", jobs, 1)):
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise InvalidInput(name, value, f"an integer >= {least}")
    problem = _Problem.of(model)
    seeds = np.random.SeedSequence(seed).spawn(draws)
    rows = []
    if jobs == 1:
        results: Iterable[tuple[float, ...]] = (_draw(problem, child) for child in seeds)
    else:
        from joblib import Parallel, delayed

        results = Parallel(n_jobs=jobs, return_as="generator")(delayed(_draw)(problem, child, jobs) for child in seeds)
    for result in results:
        rows.append(result)
        if progress is not None:
            progress()
    columns = np.array(rows).T
    return Simulation(model, seed, dict(zip(LOSSES, columns, strict=True)))


@dataclass(frozen=True)
class _Problem:
    """A model in doubles. `n` is None for N infinite (features are x itself)."""

    lam: np.ndarray
    weight: np.ndarray  # W
    n: int | None
    t: int
    gamma: float
    noise: float
    outputs: int
    scale_u: float  # standard deviation of u's entries

    @classmethod
    def of(cls, model: Model) -> "_Problem":
        if math.inf == model.T:
            raise InvalidInput("T", "inf", "a finite number of samples to simulate")
        n = None if math.inf == model.N else int(model.N)
        rows = model.M if n is None else n
        need = 8 * (min(model.M, 10**12) * (rows + model.T) + 6 * rows * model.T + 4 * min(rows, model.T) ** 2)
        if need > MEMORY_LIMIT:
            allowed = f"sizes whose draw needs at most {MEMORY_LIMIT / 2**30:.0f} GiB"
            raise InvalidInput("M, N, T", f"{model.M}, {model.N}, {model.T} ({need / 2**30:.3g} GiB)", allowed)
        refuse = InvalidInput("model", "with parameters outside the doubles", "a model that doubles can hold")
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise"):
                lam, power = spectrum_arrays(model)
                gamma, noise, sigma_u = (float(x) for x in (model.gamma, model.noise, model.sigma_u))
                weight = power / lam
        except (OverflowError, FloatingPointError):
            raise refuse from None
        if lam[-1] < TINY or sigma_u < TINY or 0 < model.gamma < TINY or 0 < model.noise < TINY:
            raise refuse
        return cls(lam, weight, n, int(model.T), gamma, noise, model.outputs, sigma_u / math.sqrt(model.M))


def spectrum_arrays(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and teacher powers v of a model as float64 arrays of length M."""
    if isinstance(model.spectrum, PowerLaw):
        rank = np.arange(1.0, model.M + 1)
        lam = float(model.spectrum.lambda_plus) * rank ** -float(model.spectrum.exponent)
    else:
        lam, rank = np.array(model.spectrum.values), np.arange(1.0, model.M + 1)
    if isinstance(model.source, Powers):
        return lam, np.asarray(model.source.values)[model.spectrum.order]  # type: ignore[union-attr]
    unit = float(model.sigma_w**2) / model.M
    if model.source is None:
        return lam, unit * lam
    return lam, unit * float(model.spectrum.lambda_plus) * rank ** -float(to_fraction("source", model.source))


# One draw ----------------------------------------------------------------------------------------


def _draw(problem: _Problem, seed: np.random.SeedSequence, jobs: int = 1) -> tuple[float, float, float, float]:
    """signal, label_noise, loss, train_loss of one draw of (u, x); threads that would only wait are not used."""
    from threadpoolctl import threadpool_limits

    work = problem.lam.size * problem.t * (problem.n or problem.lam.size)
    threads = max(1, (os.cpu_count() or 1) // jobs) if work > THREADED_WORK else 1
    with threadpool_limits(threads):
        return _one(problem, seed)


def _one(problem: _Problem, seed: np.random.SeedSequence) -> tuple[float, float, float, float]:
    rng = np.random.default_rng(seed)
    count, t = problem.lam.size, problem.t
    x = rng.standard_normal((count, t))
    x *= np.sqrt(problem.lam)[:, None]
    u = None
    if problem.n is not None:
        u = rng.standard_normal((problem.n, count))
        u *= problem.scale_u
    phi = x if u is None else u @ x
    if problem.gamma == 0 and min(phi.shape) >= count:
        return _overcomplete(problem, x)
    p = _student(phi, problem.gamma)
    traces = _few_samples if t <= phi.shape[0] else _few_features
    signal, noise, train = traces(problem, x, u, phi, p)
    factor = problem.outputs / 2
    if problem.gamma == 0 and t <= phi.shape[0]:
        train = 0.0  # the minimum-norm student interpolates
    signal, noise = factor * signal, factor * problem.noise * noise
    return signal, noise, signal + noise, factor * train / t


def _student(phi: np.ndarray, gamma: float) -> np.ndarray:
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
    problem: _Problem, x: np.ndarray, u: np.ndarray | None, phi: np.ndarray, p: np.ndarray
) -> tuple[float, float, float]:
    """The three traces through Y = x P (N columns): signal, noise over sigma^2, training."""
    signal = train = 0.0
    n = p.shape[1]
    h, k = np.zeros((n, n)), np.zeros((n, n))
    for start in range(0, problem.lam.size, BLOCK):
        rows = slice(start, start + BLOCK)
        lam, weight = problem.lam[rows], problem.weight[rows]
        y = x[rows] @ p
        if u is None:
            cross = y[:, rows].diagonal()
            k[rows, rows] = np.diag(lam)
        else:
            cross = (y * u[:, rows].T).sum(axis=1)
            half = u[:, rows] * np.sqrt(lam)
            k += half @ half.T
        signal += float((weight * lam * (1 - 2 * cross)).sum())
        train += float(weight @ np.square(x[rows] - y @ phi).sum(axis=1))
        y *= np.sqrt(weight)[:, None]
        h += y.T @ y
    inner = p.T @ p
    hat = phi @ p  # shares its non-zero part with the T x T matrix P phi
    train += problem.noise * (p.shape[0] - 2 * float(hat.trace()) + float(np.vdot(hat, hat.T)))
    return signal + float(np.vdot(h, k)), float(np.vdot(inner, k)), train


def _few_samples(
    problem: _Problem, x: np.ndarray, u: np.ndarray | None, phi: np.ndarray, p: np.ndarray
) -> tuple[float, float, float]:
    """The same through P u (T rows)."""
    signal, t = 0.0, p.shape[0]
    g, k = np.zeros((t, t)), np.zeros((t, t))
    for start in range(0, problem.lam.size, BLOCK):
        rows = slice(start, start + BLOCK)
        lam, weight = problem.lam[rows], problem.weight[rows]
        r = p[:, rows].copy() if u is None else p @ u[:, rows]
        cross = (x[rows] * r.T).sum(axis=1)
        signal += float((weight * lam * (1 - 2 * cross)).sum())
        r *= np.sqrt(lam)
        k += r @ r.T
        half = x[rows] * np.sqrt(weight)[:, None]
        g += half.T @ half
    residual = np.eye(t) - p @ phi
    train = float(np.vdot(g, residual @ residual.T)) + problem.noise * float(np.square(residual).sum())
    return signal + float(np.vdot(g, k)), float(k.trace()), train


def _overcomplete(problem: _Problem, x: np.ndarray) -> tuple[float, float, float, float]:
    """gamma = 0 and min(N, T) >= M: the effective map theta u is unregularised regression on x.

    No signal is lost; x P u is the identity, so K drops out: noise (C sigma^2/2) tr (g g^T)^{-1}
    with g = Lambda^{-1/2} x white, and T - M of the T samples' noise stays in the residual.
    """
    from scipy.linalg import qr, solve_triangular

    white = (x / np.sqrt(problem.lam)[:, None]).T
    (r,) = qr(white, mode="r", check_finite=False)
    size = problem.lam.size
    inverse = solve_triangular(r[:size], np.eye(size), check_finite=False)
    factor = problem.outputs / 2 * problem.noise
    noise = factor * float(np.square(inverse).sum())
    return 0.0, noise, noise, factor * (problem.t - size) / problem.t
