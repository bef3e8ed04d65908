r"""Planar loss of nonlinear features with the whole spectrum of their kernel, measured on probe features.

Gaussian features with the covariance of phi = f(u x) have the spectrum of E_x f(u x) f(u' x), an operator on
functions of u: products of eigenvalues in each degree, and what the fluctuations of u Lambda u^T put beside
them. Planar theory needs it only through sums, and these follow from the P x P matrix S of that kernel at P random u
(closed at given u: numerics.dual_kernels), with no diagonalisation of the operator. Population regression on the
probes, ridge P l, has itself the planar solution kappa (1 - D(kappa)/P) = l, so

    D(kappa) = tr S (S + P l)^{-1},     sum_I v_I kappa/(mu_I + kappa) = sum_I W_I (lambda_I - b_I^T (S + P l)^{-1} b_I)

with b_I = E phi x_I, along the curve kappa(l); the other sums are their derivatives. Errors are of order 1/P, and
are seen by repeating with other probes.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from numerics.dual_kernels import second_moments, slopes
from numerics.nonlinear import NonlinearLoss, PlanarMoments, planar_loss
from numerics.simulation.grams import block_length
from numerics.simulation.problem import Problem
from theory.errors import PrecisionError
from theory.model import Model

LEAST_PROBES, MOST_PROBES = 400, 6400
MARGIN = 2  # probes for each of min(N, T)
SETS = 4
RESOLVED = 1e-13  # of the largest eigenvalue: what an eigendecomposition in doubles resolves


@dataclass(frozen=True, eq=False)
class ProbedKernel:
    """Eigenvalues of S/P, the teacher's power in their directions, and its whole power."""

    values: np.ndarray
    power: np.ndarray
    whole: float

    def at(self, log_ridge: float) -> PlanarMoments:
        """The planar moments at l = exp(log_ridge)."""
        ridge, count = math.exp(log_ridge), self.values.size
        c = 1 / (self.values + ridge)
        df1, slope = float(self.values @ c), -float(self.values @ (c * c))  # d df1/dl
        free = 1 - df1 / count
        kappa, stretch = ridge / free, 1 / free + ridge * slope / count / free**2  # dkappa/dl
        spread = -kappa * slope / stretch
        missed, grown = self.whole - float(self.power @ c), float(self.power @ (c * c))
        cross = kappa * grown / stretch
        return PlanarMoments(kappa, df1, df1 - spread, spread, missed - cross, cross)

    @property
    def bracket(self) -> tuple[float, float]:
        """ln l between which the moments are trusted."""
        top = float(self.values[-1])
        return math.log(RESOLVED * top), math.log(top) + 80


def probes_for(model: Model) -> int:
    """How many probes the sizes ask for: MARGIN min(N, T), rounded up so that neighbours share them."""
    wanted, count = MARGIN * min(model.N, model.T), LEAST_PROBES
    while count < wanted:
        count *= 2
    if count > MOST_PROBES:
        raise PrecisionError(f"{model}: min(N, T) needs {count} probe features, and {MOST_PROBES} is the most")
    return count


def probe_kernel(model: Model, activation: str, probes: int, seed: int) -> ProbedKernel:
    """The kernel at `probes` Gaussian u; N, T, gamma and noise do not matter. Raises as Problem.of."""
    problem = Problem.of(model)
    rng = np.random.default_rng([seed, probes])
    covariance, teacher = np.zeros((probes, probes)), np.zeros((probes, probes))
    step = block_length(probes)
    for start in range(0, problem.lam.size, step):
        lam, weight = problem.lam[start : start + step], problem.weight[start : start + step]
        u = problem.scale_u * rng.standard_normal((probes, lam.size))
        half = u * np.sqrt(lam)
        covariance += half @ half.T
        half *= np.sqrt(weight * lam)
        teacher += half @ half.T
    slope = slopes(activation, covariance.diagonal())
    values, vectors = np.linalg.eigh(second_moments(activation, covariance) / probes)
    half = vectors * slope[:, None]
    power = np.einsum("ik,ik->k", half, teacher @ half) / probes
    return ProbedKernel(np.maximum(values, 0.0), power, float(problem.weight @ problem.lam))


def kernel_equivalent(model: Model, activation: str, sets: int = SETS, seed: int = 0) -> tuple[NonlinearLoss, float]:
    """The planar loss, averaged over `sets` of probes, and the standard error of `loss` that they leave.

    Raises InvalidInput for an unknown activation or an infinite size, PrecisionError for sizes or ridges beyond the
    probes.
    """
    template, count = model.with_(N=1, T=1, gamma=0, noise=0, outputs=1), probes_for(model)
    found = []
    for k in range(sets):
        kernel = _probed(template, activation, count, seed + k)
        found.append(planar_loss(model, activation, kernel.at, kernel.bracket))
    names = ("kappa", "df1", "df2", "signal", "label_noise", "loss", "train_loss")
    average = {name: float(np.mean([getattr(one, name) for one in found])) for name in names}
    losses = np.array([one.loss for one in found])
    error = float(losses.std(ddof=1)) / math.sqrt(sets) if sets > 1 and np.isfinite(losses).all() else math.nan
    return NonlinearLoss(model, activation, **average), error


@lru_cache(maxsize=32)
def _probed(template: Model, activation: str, probes: int, seed: int) -> ProbedKernel:
    return probe_kernel(template, activation, probes, seed)
