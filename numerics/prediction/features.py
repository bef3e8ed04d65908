"""The student's features: f(W x) with seeded W, W_jk ~ N(0, 1/d), or the inputs themselves.

Features are exchangeable: any N of them serve as any others. So one map measured once, of a given width, tells
about students of every N, whose maps are drawn anew. Without a map, N = inf is ridge regression on the inputs and
a finite N stands for N random projections of them, the model of theory.model with the inputs as latent data.
"""

import math
from dataclasses import dataclass

import numpy as np

from theory.errors import InvalidInput

RAW = "none"


@dataclass(frozen=True)
class FeatureMap:
    """`activation`: a name of numerics.activations, or RAW."""

    activation: str

    def __post_init__(self) -> None:
        from numerics.activations import ACTIVATIONS

        if self.activation not in (RAW, *ACTIVATIONS):
            raise InvalidInput("--map", self.activation, f"one of {', '.join((*ACTIVATIONS, RAW))}")

    @property
    def raw(self) -> bool:
        """No map: the inputs, or projections of them."""
        return self.activation == RAW

    def weights(self, rng: np.random.Generator, N: float, d: int) -> np.ndarray | None:
        """W, shape (N, d), row after row, so that a smaller N gives the first rows; None for N = inf."""
        return None if math.isinf(N) else rng.standard_normal((int(N), d)) / math.sqrt(d)

    def __call__(self, inputs: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
        """Features (n, N) of inputs (n, d)."""
        if weights is None:
            return inputs
        from numerics.activations import activation

        projected = inputs @ weights.T
        with np.errstate(under="ignore", over="ignore"):  # tanh, erf and gelu of large arguments
            return projected if self.raw else activation(self.activation)(projected)
