r"""Students that are linear in ridge students: what they leave of each eigenvalue, and their contour.

A student theta = y phi^T g(phi phi^T) has the error map E_g = 1 - x phi^T g u, a contour integral of the maps
E_gamma of ridge students at complex ridges gamma:

    gradient flow, time t    g(s) = (1 - e^{-ts})/s     E_t = inverse Laplace transform of E_gamma/gamma, gamma -> t
    cutoff at x              g(s) = [s > x]/s           E_x = 1 + int_{x - i inf}^{x + i inf} (E_{-z} - 1)/z dz/(2 pi i)

The flow is theta' = -grad (1/2)|theta phi - y|^2 from theta = 0; the cutoff keeps the K principal components of
phi phi^T (the planar threshold x has K eigenvalues above it). Rules: a parabola for the transform (Weideman and
Trefethen, Math. Comp. 76 (2007) 1341), error about 2.85^-n; the trapezoidal rule in ln Im z for the line, where the
integrand is analytic for |Im ln Im z| < pi/2: z then stays in the upper half plane.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from numerics.density import FeatureEigenvalues
from theory.errors import InvalidInput
from theory.exact import to_fraction
from theory.model import Model

FLOW_NODES = (24, 28)  # on the parabola; two rules, whose difference tells the error
LINE_STEP, LINE_ENDS = (0.5, 0.4), 30.0  # in ln(Im z/x), and how far to both sides


@dataclass(frozen=True)
class Rule:
    """E_g = constant + sum of weight_j (E_{gamma_j} - offset) and of its complex conjugate."""

    constant: float
    offset: float
    gamma: np.ndarray
    weight: np.ndarray


class Filter(Protocol):
    """A student: what it leaves of phi phi^T's eigenvalues s, 1 - s g(s), and its contour."""

    def left(self, s: np.ndarray) -> np.ndarray:
        """1 - s g(s) for all eigenvalues s >= 0 of one draw, in decreasing order."""

    def rule(self, model: Model, which: int) -> Rule:
        """The contour's rule number 0 or 1."""


@dataclass(frozen=True)
class GradientFlow:
    """Training for a time t > 0 from theta = 0: d theta/dt = (y - theta phi) phi^T, not divided by T.

    A component of eigenvalue s of phi phi^T then has the share e^{-ts} left to learn. Raises InvalidInput.
    """

    time: float

    def __post_init__(self) -> None:
        if not 0 < float(to_fraction("time", self.time, "a number > 0")) < math.inf:
            raise InvalidInput("time", self.time, "a number > 0")

    def left(self, s: np.ndarray) -> np.ndarray:
        """e^{-ts}."""
        return np.exp(-float(self.time) * s)

    def rule(self, model: Model, which: int) -> Rule:
        """gamma = mu (i theta + 1)^2 on the upper half of the parabola."""
        n = FLOW_NODES[which]
        theta = (np.arange(n // 2) + 0.5) * (6 / n)
        mu = math.pi * n / 24  # times 1/t
        gamma, slope = mu * (1j * theta + 1) ** 2, 2j * mu * (1j * theta + 1)
        weight = (6 / n) * np.exp(gamma) * slope / (2j * math.pi * gamma)
        return Rule(0.0, 0.0, gamma / float(self.time), weight)


@dataclass(frozen=True)
class SpectralCutoff:
    """Least squares on the `components` principal components of the features (of phi phi^T).

    Raises InvalidInput unless it is an integer >= 1.
    """

    components: int

    def __post_init__(self) -> None:
        if not isinstance(self.components, int) or isinstance(self.components, bool) or self.components < 1:
            raise InvalidInput("components", self.components, "an integer >= 1")

    def left(self, s: np.ndarray) -> np.ndarray:
        """0 for the largest, 1 for the others."""
        return np.where(np.arange(s.size) < self.components, 0.0, 1.0)

    def rule(self, model: Model, which: int) -> Rule:
        """gamma = -z on the upper half of the line; finite N only."""
        x = self.threshold(model)
        step = LINE_STEP[which]
        y = np.exp(np.arange(-LINE_ENDS, LINE_ENDS + step / 2, step))
        return Rule(1.0, 1.0, -x * (1 + 1j * y), step * y / (2 * math.pi * (1 + 1j * y)))

    def threshold(self, model: Model) -> float:
        """x with `components` planar eigenvalues of phi phi^T above it; the middle of a gap where they fill bulks.

        Raises InvalidInput unless components < min(N, T, M).
        """
        if math.inf in (model.N, model.T) or self.components >= min(model.N, model.T, model.M):
            raise InvalidInput("components", self.components, "fewer than N, T and M, which must be finite")
        distribution = FeatureEigenvalues(model)
        for lower, upper in zip(distribution.edges[1::2], distribution.edges[2::2], strict=False):
            if abs(lower.above - self.components) < 1e-6:
                return math.sqrt(lower.x * upper.x)
        return float(distribution.at_ranks(np.array([self.components + 0.5]))[0])
