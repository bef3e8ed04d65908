"""How a draw is made, and the seed of each draw: a function of what is drawn and of nothing else."""

import hashlib
import json
import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from numerics.activations import activation
from numerics.simulation.laws import GAUSSIAN, Law
from theory.errors import InvalidInput
from theory.model import Model, Powers
from theory.spectrum import PowerLaw

LINEAR = "linear"


@dataclass(frozen=True)
class Design:
    """The laws of latent entries and of feature entries (mean 0, variance 1 before scaling); where to compute.

    `device` is cpu (NumPy), torch-cpu, cuda or cuda:K; a device has its own random numbers. `precision` is
    float64 or, on a device, float32: numerics.simulation.device.float32_error says what that loses. Features are
    `activation` of u x, by name (numerics.activations). Raises InvalidInput for an unknown one.
    """

    latent: Law = GAUSSIAN
    features: Law = GAUSSIAN
    device: str = "cpu"
    precision: str = "float64"
    activation: str = LINEAR

    def __post_init__(self) -> None:
        activation(self.activation)

    @property
    def linear(self) -> bool:
        """Whether features are u x itself."""
        return self.activation == LINEAR

    @property
    def key(self) -> dict[str, str]:
        """All of it as text: equal designs, equal keys. Seeds of linear features are older than activations."""
        names = ("latent", "features", "device", "precision")
        return {name: str(getattr(self, name)) for name in (*names, *(() if self.linear else ("activation",)))}


GAUSSIAN_DESIGN = Design()


def model_key(model: Model) -> dict[str, str]:
    """Every parameter as exact text (fractions; lists by their digest): equal models have equal keys."""
    spectrum = model.spectrum
    if isinstance(spectrum, PowerLaw):
        key = {"alpha": _exact(spectrum.alpha), "M": str(spectrum.M), "lambda_plus": _exact(spectrum.lambda_plus)}
    else:
        key = {"eigenvalues": _digest(spectrum.values), "M": str(spectrum.M)}
    source = model.source
    if isinstance(source, Powers):
        # in the order of the sorted eigenvalues: a permutation of the list is the same model
        key["source"] = _digest(np.asarray(source.values)[spectrum.order])  # type: ignore[union-attr]
    else:
        key["source"] = "isotropic" if source is None else _exact(source)
    names = ("N", "T", "gamma", "noise", "outputs", "sigma_w", "sigma_u")
    return key | {name: _exact(getattr(model, name)) for name in names}


def draw_seed(model: Model, design: Design, seed: int, index: int) -> np.random.SeedSequence:
    """The seed of draw `index`: from the sweep's seed, the model, the design and the index.

    So a draw does not depend on the other points of a sweep, on their order or on who computes it, and
    different points are independent.
    """
    text = json.dumps([seed, index, design.key, model_key(model)], sort_keys=True)
    return np.random.SeedSequence(int.from_bytes(hashlib.sha256(text.encode()).digest(), "big"))


def check_draws(draws: int, seed: int, least: int = 1) -> None:
    """Raises InvalidInput unless draws >= least and seed >= 0 are integers."""
    for name, value, smallest in (("draws", draws, least), ("seed", seed, 0)):
        if not isinstance(value, int) or isinstance(value, bool) or value < smallest:
            raise InvalidInput(name, value, f"an integer >= {smallest}")


def _digest(values: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(values, dtype="<f8").tobytes()).hexdigest()


def _exact(value: Fraction | int | float) -> str:
    """A number as text; hexadecimal where Python would refuse to print so many decimal digits."""
    if value == math.inf:
        return "inf"
    number = Fraction(value)
    if max(number.numerator.bit_length(), number.denominator.bit_length()) < 4096:
        return str(number)
    return f"{number.numerator:#x}/{number.denominator:#x}"
