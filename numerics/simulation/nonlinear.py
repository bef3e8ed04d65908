r"""One draw with features phi = f(u x), averaged exactly over teacher, label noise and test point.

At given u the test point enters through K_ij = E f(u_i x) f(u_j x), the dual kernel at covariance u Lambda u^T, and
E f(u_i x) x = a_i Lambda u_i, a_i = E f'(u_i x), both closed for Gaussian x (numerics.dual_kernels). With
P = phi^T (gamma + phi phi^T)^{-1} and W as in numerics.simulation.direct,

    signal      = (C/2) ( tr W Lambda - 2 tr[ W x P a u Lambda ] + tr[ W (x P) K (x P)^T ] )
    label noise = (C sigma_eps^2 / 2) tr[ P^T P K ]

The mean of the features is not taken out: the student has no intercept.
"""

import math

import numpy as np

from numerics.activations import activation
from numerics.dual_kernels import second_moments, slopes
from numerics.simulation.design import Design
from numerics.simulation.direct import drawn_blocks, student
from numerics.simulation.problem import Problem
from theory.errors import InvalidInput


def check_design(problem: Problem, design: Design) -> None:
    """Raises InvalidInput for what nonlinear features cannot be drawn with; linear ones pass."""
    if design.linear:
        return
    if problem.n is None:
        raise InvalidInput("N", math.inf, f"a finite number of features with activation {design.activation}")
    if not design.latent.gaussian:
        allowed = f"gaussian with activation {design.activation} (test averages are closed for Gaussian data)"
        raise InvalidInput("latent", str(design.latent), allowed)
    if design.device != "cpu" or design.precision != "float64":
        raise InvalidInput("device", design.device, f"cpu with float64 for activation {design.activation}")


def nonlinear_draw(problem: Problem, design: Design, seed: np.random.SeedSequence) -> tuple[float, float, float, float]:
    """signal, noise over sigma^2, T times training, df1 of one draw; the factor C/2 left out."""
    assert problem.n is not None
    n, t, gamma = problem.n, problem.t, problem.gamma
    argument, covariance = np.zeros((n, t)), np.zeros((n, n))
    for rows, x, u in drawn_blocks(problem, design, seed):
        assert u is not None
        argument += u.T @ x
        half = u * np.sqrt(problem.lam[rows])[:, None]
        covariance += half.T @ half
    phi = activation(design.activation)(argument)
    p = student(phi, gamma)
    kernel, slope = second_moments(design.activation, covariance), slopes(design.activation, covariance.diagonal())
    signal = train = 0.0
    h = np.zeros((n, n))
    for rows, x, u in drawn_blocks(problem, design, seed):
        assert u is not None
        lam, weight = problem.lam[rows], problem.weight[rows]
        y = x @ p
        signal += float(weight * lam @ (1 - 2 * (y * u) @ slope))
        train += float(weight @ np.square(x - y @ phi).sum(axis=1))
        y *= np.sqrt(weight)[:, None]
        h += y.T @ y
    hat = phi @ p  # shares its non-zero part with the T x T matrix P phi
    train += problem.noise * (t - 2 * float(hat.trace()) + float(np.vdot(hat, hat.T)))
    if gamma == 0 and t <= n:
        train = 0.0  # the minimum-norm student interpolates
    return signal + float(np.vdot(h, kernel)), float(np.vdot(p.T @ p, kernel)), train, float(hat.trace())
