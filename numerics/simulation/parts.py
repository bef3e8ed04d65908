r"""Bias and variances of the predictor, by draws: two feature maps and two training sets, crossed.

With E_ij = 1 - x_j P_ij u_i the error map of features i and samples j, and <E, F> = (C/2) tr[W E Lambda F^T],

    same features, different samples:    <E_11, E_12>  averages over samples
    same samples, different features:    <E_11, E_21>  averages over features
    neither:                             <E_11, E_22>  averages over both: the bias

are unbiased estimates of the losses of averaged predictors, and differences of them the parts of
theory.planar.loss_parts: bias, feature_variance, sample_variance, interaction, label_noise. A draw streams over
blocks of latent directions; its matrices are N x T, N x N and T x T.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from numerics.simulation.design import GAUSSIAN_DESIGN, Design, check_draws, draw_seed
from numerics.simulation.direct import drawn_blocks, student
from numerics.simulation.draw import MEMORY_LIMIT, blas
from numerics.simulation.problem import Problem
from numerics.simulation.simulate import Estimate, estimate
from theory.errors import InvalidInput
from theory.model import Model
from theory.planar import PARTS

PAIR = (0, 1)


@dataclass(frozen=True)
class PartsSimulation:
    """Each of PARTS of each draw in `samples`."""

    model: Model
    seed: int
    samples: dict[str, np.ndarray]

    def estimate(self, name: str) -> Estimate:
        """Mean and standard error of one of PARTS."""
        return estimate(self.samples[name])


def simulate_parts(
    model: Model, draws: int = 16, seed: int = 0, design: Design = GAUSSIAN_DESIGN,
    progress: Callable[[], None] | None = None,
) -> PartsSimulation:  # fmt: skip
    """`draws` crossed designs of 2 x 2 (module docstring). Beside numerics.split(evaluate(model)).

    The parts are those derived in derivations/loss.py; they add up to the loss.
    Raises InvalidInput as `simulate`, for an infinite N, and for M <= min(N, T) at gamma = 0 (nothing is left).
    """
    problem = Problem.of(model)
    if problem.n is None:
        raise InvalidInput("N", "inf", "a finite number of features: without projection there is no feature variance")
    if problem.gamma == 0 and min(problem.n, problem.t) >= model.M:
        raise InvalidInput("gamma", 0, "a ridge > 0 for M <= min(N, T): without one only label noise is left")
    need = 8 * (8 * problem.n * problem.t + 6 * (problem.n**2 + problem.t**2))
    if need > MEMORY_LIMIT:
        raise InvalidInput("N, T", f"{model.N}, {model.T}", f"sizes that need at most {MEMORY_LIMIT / 2**30:.0f} GiB")
    check_draws(draws, seed)
    rows = []
    with blas().limit(limits=1):
        for k in range(draws):
            rows.append(_draw(problem, design, draw_seed(model, design, seed, k)))
            if progress is not None:
                progress()
    return PartsSimulation(model, seed, dict(zip(PARTS, np.array(rows).T, strict=True)))


def _draw(problem: Problem, design: Design, seed: np.random.SeedSequence) -> tuple[float, ...]:
    """PARTS of one crossed design."""
    assert problem.n is not None
    n, t = problem.n, problem.t
    phi, cross = np.zeros((2, 2, n, t)), np.zeros((2, 2, n, t))
    k, g = np.zeros((2, 2, n, n)), np.zeros((2, 2, t, t))
    copies = [
        drawn_blocks(problem, design, np.random.SeedSequence(seed.entropy, spawn_key=(10 + copy,))) for copy in PAIR
    ]
    for blocks in zip(*copies, strict=True):
        rows = blocks[0][0]
        x, u = [block[1] for block in blocks], [block[2] for block in blocks]
        lam, weight = problem.lam[rows, None], problem.weight[rows, None]
        for i in PAIR:
            for j in PAIR:
                phi[i, j] += u[i].T @ x[j]
                cross[i, j] += u[i].T @ (lam * weight * x[j])
                k[i, j] += u[i].T @ (lam * u[j])
                g[i, j] += x[i].T @ (weight * x[j])
    p = {(i, j): student(phi[i, j], problem.gamma) for i in PAIR for j in PAIR}
    power = float(problem.weight @ problem.lam)
    learnt = {cell: float(np.vdot(cross[cell], p[cell].T)) for cell in p}

    def product(one: tuple[int, int], two: tuple[int, int]) -> float:
        (i, j), (a, b) = one, two
        return power - learnt[one] - learnt[two] + float(np.vdot(g[j, b], p[one] @ k[i, a] @ p[two].T))

    signal = np.mean([product(cell, cell) for cell in p])
    same_features = np.mean([product((i, 0), (i, 1)) for i in PAIR])
    same_samples = np.mean([product((0, j), (1, j)) for j in PAIR])
    bias = np.mean([product((0, 0), (1, 1)), product((0, 1), (1, 0))])
    noise = np.mean([np.vdot(p[i, j].T @ p[i, j], k[i, i]) for i, j in p])
    parts = (bias, same_features - bias, same_samples - bias, signal - same_features - same_samples + bias)
    return tuple(problem.outputs / 2 * float(part) for part in (*parts, problem.noise * noise))
