"""The activations f of a random map phi = f(W x), by name; each works elementwise and keeps the dtype."""

from collections.abc import Callable

import numpy as np

from theory.errors import InvalidInput

Activation = Callable[[np.ndarray], np.ndarray]


def linear(x: np.ndarray) -> np.ndarray:
    """x itself."""
    return x


def relu(x: np.ndarray) -> np.ndarray:
    """max(x, 0)."""
    return np.maximum(x, 0)


def erf(x: np.ndarray) -> np.ndarray:
    """(2/sqrt(pi)) int_0^x exp(-t^2) dt."""
    from scipy.special import erf as scipy_erf

    return scipy_erf(x)


def tanh(x: np.ndarray) -> np.ndarray:
    """Hyperbolic tangent."""
    return np.tanh(x)


def gelu(x: np.ndarray) -> np.ndarray:
    """x Phi(x) with the normal distribution function Phi, exactly (no tanh in its place)."""
    from scipy.special import ndtr

    return x * ndtr(x)


def sine(x: np.ndarray) -> np.ndarray:
    """sin(x)."""
    return np.sin(x)


ACTIVATIONS: dict[str, Activation] = {
    "linear": linear,
    "relu": relu,
    "erf": erf,
    "tanh": tanh,
    "gelu": gelu,
    "sine": sine,
}


def activation(name: str, option: str = "activation") -> Activation:
    """The function of that name. Raises InvalidInput, naming `option`, for another name."""
    if name not in ACTIVATIONS:
        raise InvalidInput(option, name, "one of " + ", ".join(ACTIVATIONS))
    return ACTIVATIONS[name]
