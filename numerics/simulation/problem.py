"""A model in doubles, refused where doubles or memory cannot hold it."""

import math
from dataclasses import dataclass, replace

import numpy as np

from theory.errors import InvalidInput
from theory.exact import to_fraction
from theory.model import Model, Powers
from theory.spectrum import PowerLaw

TINY = float(np.finfo(float).tiny)
MAX_LATENT = 10**8  # eigenvalues that are held in memory


@dataclass(frozen=True)
class Problem:
    """Eigenvalues, teacher and scalars as float64. `n` is None for N infinite (features are x itself)."""

    lam: np.ndarray  # lambda_I, decreasing
    weight: np.ndarray  # W_I = v_I/lambda_I = E w_I^2
    n: int | None
    t: int
    gamma: float
    noise: float
    outputs: int
    scale_u: float  # standard deviation of u's entries
    scales: np.ndarray | None = None  # (N,): each feature's own factor on it; known to `direct` only

    @property
    def isotropic(self) -> bool:
        """Whether W is the same in every direction."""
        return bool((self.weight == self.weight[0]).all())

    def at(self, gamma: float) -> "Problem":
        """The same at another ridge."""
        return replace(self, gamma=gamma)

    @classmethod
    def of(cls, model: Model) -> "Problem":
        """Raises InvalidInput for an infinite T, a spectrum too long for memory, numbers outside the doubles."""
        if math.inf == model.T:
            raise InvalidInput("T", "inf", "a finite number of samples to simulate")
        if model.M > MAX_LATENT:
            raise InvalidInput("M", model.M, f"at most {MAX_LATENT} latent directions to simulate")
        refuse = InvalidInput("model", "with parameters outside the doubles", "a model that doubles can hold")
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise"):
                lam, power = spectrum_arrays(model)
                gamma, noise, sigma_u = (float(x) for x in (model.gamma, model.noise, model.sigma_u))
                weight = _weights(model, lam, power)
        except (OverflowError, FloatingPointError):
            raise refuse from None
        if lam[-1] < TINY or sigma_u < TINY or 0 < model.gamma < TINY or 0 < model.noise < TINY:
            raise refuse
        n = None if math.inf == model.N else int(model.N)
        return cls(lam, weight, n, int(model.T), gamma, noise, model.outputs, sigma_u / math.sqrt(model.M))


def _weights(model: Model, lam: np.ndarray, power: np.ndarray) -> np.ndarray:
    if model.source is None:  # one number, free of rounding: the estimators then save a Gram matrix
        return np.full(model.M, float(model.sigma_w**2) / model.M)
    return power / lam


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
