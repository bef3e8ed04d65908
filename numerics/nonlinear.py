"""Planar loss of nonlinear features phi = f(u x): the Gaussian-equivalent model of theory.nonlinear, evaluated.

The teacher acts on x; f sees variance s = sigma_u^2 tr Lambda/M. numerics.kernel_equivalent keeps what this model
leaves out where few directions dominate: the spectrum of the higher degrees, and the fluctuations of s.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from numerics import formulas
from numerics.compress import compress
from numerics.dual_kernels import means, second_moment, slopes
from numerics.evaluate import evaluate
from numerics.simulation.problem import spectrum_arrays
from numerics.table import MOMENTS, moments
from theory.errors import InvalidInput, PrecisionError
from theory.model import Model, Powers
from theory.spectrum import Eigenvalues

DIRECTIONS = 100_000  # that stand for the noise in `equivalent_model`
ROUNDING = 8 * float(np.finfo(float).eps)  # of E f^2: a rest below it is none
FAR = 700.0  # |ln kappa| up to which doubles reach


@dataclass(frozen=True)
class FeatureParts:
    """Squares of c_0 and c_1 and the rest of E f^2, for z ~ N(0, s)."""

    s: float
    mean: float
    linear: float
    rest: float


@dataclass(frozen=True)
class NonlinearLoss:
    """Planar losses (summed over outputs), renormalised ridge and degrees of freedom of nonlinear features."""

    model: Model
    activation: str
    kappa: float
    df1: float
    df2: float
    signal: float
    label_noise: float
    loss: float
    train_loss: float


@dataclass(frozen=True)
class PlanarMoments:
    """kappa, D, q, D - q and the teacher's V[0,2], V[1,1] at one point of a spectrum."""

    kappa: float
    df1: float
    df2: float
    spread: float
    bias_sum: float
    cross_sum: float


def variance(model: Model) -> float:
    """s = sigma_u^2 tr Lambda/M, the mean variance of u_j x."""
    return float(model.sigma_u**2) / model.M * math.exp(compress(model).log_trace)


def feature_parts(activation: str, s: float) -> FeatureParts:
    """E f^2 in parts. Raises InvalidInput for an unknown activation."""
    at = np.array(s)
    mean, slope, whole = (float(form(activation, at)) for form in (means, slopes, second_moment))
    linear = slope * slope * s
    rest = whole - mean * mean - linear
    return FeatureParts(s, mean * mean, linear, rest if rest > ROUNDING * whole else 0.0)


def evaluate_nonlinear(model: Model, activation: str) -> NonlinearLoss:
    """The Gaussian-equivalent model: linear part, mean and noise of the features, at any M.

    Raises InvalidInput for an unknown activation or an infinite size (of a nonlinear one), PrecisionError where
    doubles do not reach.
    """
    if activation == "linear":
        e = evaluate(model)
        names = ("kappa", "df1", "df2", "signal", "label_noise", "loss", "train_loss")
        return NonlinearLoss(model, activation, *(float(getattr(e, name)) for name in names))
    parts, quadrature = feature_parts(activation, variance(model)), compress(model)
    unit = math.log(parts.linear) - quadrature.log_trace  # eigenvalues are c_1^2 lambda_I/tr Lambda

    def at(log_kappa: float) -> PlanarMoments:
        own = dict(zip(MOMENTS, moments(quadrature, np.array([log_kappa - unit]))[:, 0], strict=True))
        kappa, scale = math.exp(log_kappa), math.exp(quadrature.log_power_unit)
        p, noise = parts.mean / (parts.mean + kappa), parts.rest / kappa
        return PlanarMoments(
            kappa, own["df1"] + p + noise, own["df2"] + p * p, own["spread"] + p * (1 - p) + noise,
            scale * own["bias_sum"], scale * own["cross_sum"],
        )  # fmt: skip

    return planar_loss(model, activation, at, (-FAR, FAR))


def planar_loss(
    model: Model, activation: str, at: Callable[[float], PlanarMoments], bracket: tuple[float, float]
) -> NonlinearLoss:
    """Losses from a spectrum's moments along a parameter in `bracket` that rises with kappa.

    Solves D + a = min(N, T) with the gap a of the smaller side from kappa a (a + |N - T|) = gamma; u's entries have
    variance 1. Raises InvalidInput for an infinite size, PrecisionError where the bracket holds no root.
    """
    from scipy.optimize import brentq

    for name, size in (("N", model.N), ("T", model.T)):
        if size == math.inf:
            raise InvalidInput(name, "inf", "a finite size with a nonlinear activation")
    n, excess, gamma = int(min(model.N, model.T)), abs(int(model.N) - int(model.T)), float(model.gamma)

    def gap(kappa: float) -> float:
        return 2 * gamma / kappa / (excess + math.hypot(excess, 2 * math.sqrt(gamma / kappa))) if gamma else 0.0

    def surplus(x: float) -> float:
        found = at(x)
        return math.tanh((found.df1 + gap(found.kappa) - n) / n)  # bounded, whatever the end of the bracket

    if not surplus(bracket[0]) > 0 > surplus(bracket[1]):
        raise PrecisionError(f"{model}: the renormalised ridge is outside the doubles, or beyond the kernel's probes")
    found = at(brentq(surplus, *bracket, xtol=1e-13))
    small = gap(found.kappa)
    a, b = (small, small + excess) if model.N <= model.T else (small + excess, small)
    arguments: tuple[Any, ...] = (model.outputs, a, b, found.df2, found.spread)
    with np.errstate(divide="ignore", invalid="ignore"):
        teacher = (*(np.float64(x) for x in (*arguments, found.bias_sum, found.cross_sum)), 0.0)
        noise_only = (*(np.float64(x) for x in arguments), 0.0, 0.0, float(model.noise))
        forms = formulas.losses("", "numpy")
        signal = math.inf if a == b == 0 else float(forms["signal"](*teacher))
        label_noise = 0.0 if model.noise == 0 else math.inf if a == b == 0 else float(forms["label_noise"](*noise_only))
        train = 0.0 if b == 0 else float(forms["train_loss"](*teacher) + forms["train_loss"](*noise_only))
    return NonlinearLoss(
        model, activation, found.kappa, found.df1, found.df2, signal, label_noise, signal + label_noise, train
    )  # fmt: skip


def equivalent_model(model: Model, activation: str, directions: int = DIRECTIONS) -> Model:
    """The same as a linear Model with a longer list of eigenvalues: the teacher ignores what is added.

    `directions` stand for the noise: losses are off by a relative min(N, T)/directions or so. Raises InvalidInput
    for an unknown activation and for directions < 1.
    """
    if directions < 1:
        raise InvalidInput("directions", directions, "an integer >= 1")
    if activation == "linear":
        return model
    parts = feature_parts(activation, variance(model))
    lam, power = spectrum_arrays(model)
    blocks = [parts.linear / lam.sum() * lam]
    if parts.mean > 0:
        blocks.append(np.array([parts.mean]))
    if parts.rest > 0:
        blocks.append(np.full(directions, parts.rest / directions))
    values = np.concatenate(blocks)
    powers = np.concatenate([power, np.zeros(values.size - power.size)])
    return model.with_(spectrum=Eigenvalues(values * values.size), source=Powers(powers), sigma_u=1)
