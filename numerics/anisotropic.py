"""Anisotropic ridge in numbers: planar theory (theory/anisotropic.py), and its simulation."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from numerics import formulas
from numerics.evaluate import Evaluation, evaluate
from numerics.simulation.design import GAUSSIAN_DESIGN, Design, check_draws, draw_seed
from numerics.simulation.direct import direct_draw
from numerics.simulation.draw import blas, check_memory, scaled_row
from numerics.simulation.problem import Problem, spectrum_arrays
from numerics.simulation.simulate import Estimate, estimate
from theory import anisotropic as laws
from theory.errors import InvalidInput
from theory.model import Model, Powers
from theory.moments import KAPPA, D
from theory.planar import SAMPLE_GAP
from theory.spectrum import Eigenvalues, real_array
from theory.student import GAMMA, SIGMA_U, M

TOLERANCE = 1e-15  # of ln(gamma)


@dataclass(frozen=True)
class Anisotropic:
    """Planar losses (clean test labels, summed over outputs; training per sample, noisy).

    kappa, df1, df2 as for equal weights; features : N_eff; ridge : the equal ridge of the same kappa, whose loss
    is lower (theory.anisotropic).
    """

    model: Model
    kappa: float
    df1: float
    df2: float
    features: float
    ridge: float
    signal: float
    label_noise: float
    train_loss: float

    @property
    def loss(self) -> float:
        """Test loss on clean labels."""
        return self.signal + self.label_noise


def evaluate_anisotropic(model: Model, weights: Sequence[float]) -> Anisotropic:
    """The penalty (gamma/2) sum_j rho_j |theta_j|^2 with rho = `weights`, shape (N,), all > 0, in any order.

    The equal ridge of the same kappa lies between gamma min rho and gamma max rho and is found by Brent's method. It
    has the lower loss: derived in theory/anisotropic.py, checked in derivations/beyond_ridge.py.
    Raises InvalidInput for other weights, gamma = 0, infinite N (see `without_projection`) or T.
    """
    rho = _checked(model, weights)
    ridge = _equal_ridge(model, rho)
    e = evaluate(model.with_(gamma=ridge))
    f, missed = _shares(model, rho, e)
    _, _, _, effective_gap, features = _compiled()
    squares, unsaturated = float(f @ f), float(f @ missed)
    gap = float(effective_gap(squares, unsaturated))
    moments = (gap, e.sample_gap, e.df2, e.spread, e.bias_sum, e.cross_sum)
    arguments = (model.outputs, *(float(moment) for moment in moments), float(model.noise))
    losses = {name: float(form(*arguments)) for name, form in formulas.losses("", "numpy").items()}
    if not model.noise:
        losses["label_noise"] = 0.0
    count = float(features(squares + unsaturated, squares))
    return Anisotropic(model, float(e.kappa), float(e.df1), float(e.df2), count, ridge, **losses)


def simulate_anisotropic(
    model: Model, weights: Sequence[float], draws: int = 16, seed: int = 0, design: Design = GAUSSIAN_DESIGN
) -> dict[str, Estimate]:
    """signal, label_noise, loss and train_loss of draws, averaged exactly over teacher, noise and test point.

    The student is that of features u_j/sqrt(rho_j) under an equal ridge. Raises InvalidInput as `simulate` and
    `evaluate_anisotropic`.
    """
    rho = _checked(model, weights)
    check_draws(draws, seed)
    problem = Problem.of(model)
    check_memory(problem, design)
    scaled = replace(problem, scales=1 / np.sqrt(rho))
    with blas().limit(limits=1):
        rows = [scaled_row(problem, direct_draw(scaled, design, draw_seed(model, design, seed, k)))
                for k in range(draws)]  # fmt: skip
    names = ("signal", "label_noise", "loss", "train_loss")
    return {name: estimate(values) for name, values in zip(names, np.array(rows).T, strict=False)}


def without_projection(model: Model, weights: Sequence[float]) -> Model:
    """The equal-ridge model of the penalty (gamma/2) sum_I rho_I theta_I^2 on the data themselves (N infinite).

    rho_I belongs to the I-th largest eigenvalue, shape (M,). With theta_I' = sqrt(rho_I) theta_I the student sees
    x_I/sqrt(rho_I): eigenvalues become lambda_I/rho_I, powers v_I stay. Raises InvalidInput for finite N, bad weights.
    """
    if math.inf != model.N:
        raise InvalidInput("N", model.N, "inf: with features the weights belong to them")
    lam, power = spectrum_arrays(model)
    rho = _weights(weights, model.M, "M")
    spectrum, teacher = Eigenvalues((lam / rho).tolist()), Powers(power.tolist())
    return Model(
        spectrum, model.N, model.T, gamma=model.gamma, noise=model.noise, source=teacher, outputs=model.outputs
    )  # fmt: skip


def _weights(weights: Sequence[float], count: int, name: str) -> np.ndarray:
    rho = real_array("weights", weights)
    if rho.size != count or not (rho > 0).all():
        raise InvalidInput("weights", f"{rho.size} numbers", f"{name} = {count} numbers > 0")
    return rho


def _checked(model: Model, weights: Sequence[float]) -> np.ndarray:
    if model.gamma == 0:
        raise InvalidInput("gamma", 0, "a ridge > 0: without one, weights do not matter")
    for name in ("N", "T"):
        if getattr(model, name) == math.inf:
            raise InvalidInput(name, "inf", "a finite size")
    return _weights(weights, int(model.N), "N")


def _equal_ridge(model: Model, rho: np.ndarray) -> float:
    """The equal ridge at which sum_j f_j = D: both sides' difference grows with kappa, kappa with the ridge."""
    from scipy.optimize import brentq

    def excess(log_ridge: float) -> float:
        e = evaluate(model.with_(gamma=math.exp(log_ridge)))
        return math.log(float(_shares(model, rho, e)[0].sum()) / float(e.df1))

    low, high = (math.log(float(model.gamma) * float(end)) for end in (rho.min(), rho.max()))
    if high - low < TOLERANCE or excess(low) >= 0:
        return math.exp(low)
    return math.exp(high if excess(high) <= 0 else brentq(excess, low, high, xtol=TOLERANCE, rtol=TOLERANCE))


def _shares(model: Model, rho: np.ndarray, e: Evaluation) -> tuple[np.ndarray, np.ndarray]:
    """f_j and 1 - f_j at the kappa of an equal ridge."""
    share, missed, pull, _, _ = _compiled()
    t = pull(float(e.kappa), float(e.df1), float(e.sample_gap), float(model.sigma_u), float(model.M))
    return share(float(model.gamma), rho, t), missed(float(model.gamma), rho, t)


@cache
def _compiled() -> tuple[Any, Any, Any, Any, Any]:
    """f_j, 1 - f_j, t, N_eff - D, N_eff."""
    each = (GAMMA, laws.RHO, laws.PULL)
    df1 = sp.Symbol("D")
    return (
        sp.lambdify(each, laws.share(), "math"),
        sp.lambdify(each, sp.factor(1 - laws.share()), "math"),
        sp.lambdify((KAPPA, df1, SAMPLE_GAP, SIGMA_U, M), laws.pull().xreplace({D: df1}), "math"),
        sp.lambdify((laws.SQUARES, laws.UNSATURATED), laws.effective_gap(), "math"),
        sp.lambdify((laws.SHARES, laws.SQUARES), laws.effective_features(), "math"),
    )
