"""Feature bagging in numbers: theory for an ensemble of students, and its simulation."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from numerics.evaluate import evaluate
from numerics.formulas import ARGUMENTS
from numerics.simulation.design import GAUSSIAN_DESIGN, check_draws, draw_seed
from numerics.simulation.direct import drawn_blocks, student
from numerics.simulation.draw import MEMORY_LIMIT, blas
from numerics.simulation.problem import Problem
from numerics.simulation.simulate import Estimate, estimate
from theory.ensemble import MEMBERS, averaged_over_features, bagged
from theory.errors import InvalidInput
from theory.model import Model

MAX_MEMBERS = 64  # in a simulation: each pair of members costs a matrix of order N


@dataclass(frozen=True)
class Ensemble:
    """Losses of an ensemble: planar (`signal`, `label_noise`), summed over outputs, clean test labels."""

    model: Model
    members: int | float
    signal: float
    label_noise: float

    @property
    def loss(self) -> float:
        """Test loss on clean labels."""
        return self.signal + self.label_noise


def evaluate_ensemble(model: Model, members: int | float) -> Ensemble:
    """Planar losses of the average of `members` students (math.inf for infinitely many), N features each.

    L_K = L_inf + (L - L_inf)/K, derived in theory/ensemble.py, checked in derivations/beyond_ridge.py. Raises
    InvalidInput for members < 1, and for infinite N or T; the loss is infinite where one student's is, as long as
    members are finite.
    """
    _check(model, members)
    if math.inf == model.T:
        raise InvalidInput("T", "inf", "a finite number of samples for an ensemble")
    e = evaluate(model)
    one = {"signal": float(e.signal), "label_noise": float(e.label_noise)}
    if e.kappa == 0:  # gamma = 0 and min(N, T) >= M: every student is the same regression on x
        return Ensemble(model, members, **one)
    moments = (e.feature_gap, e.sample_gap, e.df2, e.spread, e.bias_sum, e.cross_sum)
    arguments = (model.outputs, *(float(moment) for moment in moments), float(model.noise))
    found = {}
    for name, averaged in _averaged().items():
        limit = float(averaged(*arguments)) if name == "signal" or model.noise else 0.0
        found[name] = limit if members == math.inf else float(_weights()(one[name], limit, members))
    return Ensemble(model, members, **found)


def simulate_ensemble(model: Model, members: int, draws: int = 16, seed: int = 0) -> dict[str, Estimate]:
    """signal, label_noise and loss of `members` students with independent Gaussian features on the same samples.

    With P_i of member i, K_ij = u_i Lambda u_j^T and G = x^T W x, exact averages over teacher, noise and test point:
    signal = (C/2)(tr W Lambda - (2/K) sum_i tr P_i u_i Lambda W x + K^-2 sum_ij tr G P_i K_ij P_j^T),
    noise = (C sigma^2/2) K^-2 sum_ij tr P_i K_ij P_j^T. Raises InvalidInput.
    """
    _check(model, members)
    problem = Problem.of(model)
    if not isinstance(members, int) or members > MAX_MEMBERS:
        raise InvalidInput("members", members, f"an integer from 1 to {MAX_MEMBERS} to simulate")
    check_draws(draws, seed)
    need = 8 * (2 * members * int(model.N) * problem.t + (members * int(model.N)) ** 2)
    if need > MEMORY_LIMIT or (problem.gamma == 0 and min(int(model.N), problem.t) >= model.M):
        raise InvalidInput("model", model, "sizes that fit into memory, and a ridge > 0 where M <= min(N, T)")
    with blas().limit(limits=1):
        rows = [_draw(problem, members, draw_seed(model, GAUSSIAN_DESIGN, seed, k)) for k in range(draws)]
    signal, noise = np.array(rows).T
    return {"signal": estimate(signal), "label_noise": estimate(noise), "loss": estimate(signal + noise)}


def _check(model: Model, members: Any) -> None:
    if isinstance(members, bool) or not (members == math.inf or (isinstance(members, int) and members >= 1)):
        raise InvalidInput("members", members, "an integer >= 1, or inf")
    if math.inf == model.N:
        raise InvalidInput("N", "inf", "a finite number of features: without projection all members are equal")


@cache
def _averaged() -> dict[str, Any]:
    return {name: sp.lambdify(ARGUMENTS, form, "math", cse=True) for name, form in averaged_over_features().items()}


@cache
def _weights() -> Any:
    one, averaged = sp.symbols("one averaged", positive=True)
    return sp.lambdify((one, averaged, MEMBERS), bagged(one, averaged), "math")


def _draw(problem: Problem, members: int, seed: np.random.SeedSequence) -> tuple[float, float]:
    """signal and label noise of one draw of x and of each member's u."""
    assert problem.n is not None
    n, t = problem.n, problem.t
    phi, cross = np.zeros((members, n, t)), np.zeros((members, n, t))
    k, g = np.zeros((members * n, members * n)), np.zeros((t, t))
    copies = [
        drawn_blocks(problem, GAUSSIAN_DESIGN, np.random.SeedSequence(seed.entropy, spawn_key=(20 + i,)))
        for i in range(members)
    ]
    for blocks in zip(*copies, strict=True):
        rows, x, _ = blocks[0]
        lam, weight = problem.lam[rows, None], problem.weight[rows, None]
        for i, (_, _, u) in enumerate(blocks):
            phi[i] += u.T @ x
            cross[i] += u.T @ (lam * weight * x)
        joined = np.hstack([u for _, _, u in blocks]) * np.sqrt(lam)
        k += joined.T @ joined
        g += x.T @ (weight * x)
    p = np.hstack([student(one, problem.gamma) for one in phi]) / members  # T x (members N)
    learnt = float(np.vdot(np.vstack(list(cross)), p.T))
    covariance = p @ k @ p.T
    factor = problem.outputs / 2
    signal = float(problem.weight @ problem.lam) - 2 * learnt + float(np.vdot(g, covariance))
    return factor * signal, factor * problem.noise * float(covariance.trace())
