"""Draws on an accelerator through PyTorch: `Design(device="cuda")`; float64 unless float32 is asked for.

A device has its own stream of random numbers: the same seed gives the same draws on the same kind of device, and
other draws elsewhere. `float32_error` measures what single precision loses, on one draw of the same numbers.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numerics.simulation.array_api import chi_roots, losses
from numerics.simulation.problem import Problem
from numerics.simulation.sides import Losses
from theory.errors import InvalidInput, SolvableError

DEVICES = "cpu (NumPy), torch-cpu, cuda or cuda:K"
PRECISIONS = ("float64", "float32")


class TorchStream:
    """Numbers drawn by torch's generator on one device."""

    def __init__(self, device: str, precision: str, seed: int) -> None:
        torch = _torch()
        from array_api_compat import torch as xp

        self.xp = xp
        self._torch, self._dtype = torch, getattr(torch, precision)
        self._device = torch.device(device.removeprefix("torch-"))
        self._generator = torch.Generator(self._device).manual_seed(seed)

    def normal(self, rows: int, columns: int) -> Any:
        return self._torch.randn(
            (rows, columns), generator=self._generator, device=self._device, dtype=self._dtype
        )  # fmt: skip

    def array(self, values: np.ndarray) -> Any:
        return self._torch.as_tensor(values, dtype=self._dtype, device=self._device)


class NumpyStream:
    """Numbers drawn by NumPy, in any array library and precision (tests; float32_error)."""

    def __init__(self, xp: Any, precision: str, rng: np.random.Generator) -> None:
        self.xp, self._dtype, self._rng = xp, getattr(xp, precision), rng

    def normal(self, rows: int, columns: int) -> Any:
        return self.array(self._rng.standard_normal((rows, columns)))

    def array(self, values: np.ndarray) -> Any:
        return self.xp.asarray(values, dtype=self._dtype)


def check_device(device: str, precision: str) -> None:
    """Raises InvalidInput for a device or precision that does not exist here, SolvableError without PyTorch."""
    if precision not in PRECISIONS:
        raise InvalidInput("precision", precision, "float64 or float32")
    if device == "cpu" or device == "torch-cpu":
        if device == "torch-cpu" or precision != "float64":
            _torch()
        return
    kind, _, number = device.partition(":")
    if kind != "cuda" or (number and not number.isdecimal()):
        raise InvalidInput("device", device, DEVICES)
    torch = _torch()
    if not torch.cuda.is_available() or int(number or 0) >= torch.cuda.device_count():
        raise InvalidInput("device", device, f"one of the {torch.cuda.device_count()} CUDA devices of this machine")


def device_losses(
    problem: Problem, kind: str, ridges: Sequence[float], device: str, precision: str, seed: np.random.SeedSequence
) -> list[Losses]:
    """One draw by the estimator `kind` (features or samples) at each ridge, on a device."""
    rng = np.random.default_rng(seed)
    chi = chi_roots(rng, problem)
    stream = TorchStream("torch-cpu" if device == "cpu" else device, precision, int(rng.integers(2**62)))
    return list(losses(stream, problem, kind, ridges, chi))


def float32_error(problem: Problem, kind: str, seed: int = 0) -> float:
    """Largest relative error of signal and noise in single precision, on one draw of the same numbers.

    Infinite where single precision cannot factorise the matrices.
    """
    found = []
    for precision in PRECISIONS:
        rng = np.random.default_rng(seed)
        chi = chi_roots(rng, problem)
        try:
            (values,) = losses(NumpyStream(np, precision, rng), problem, kind, [problem.gamma], chi)
        except np.linalg.LinAlgError:
            return float("inf")
        found.append(np.array(values[:2]))
    exact, single = found
    return float(np.max(np.abs(single - exact) / np.maximum(np.abs(exact), np.finfo(float).tiny)))


def _torch() -> Any:
    try:
        import array_api_compat.torch  # noqa: F401
        import torch
    except ImportError as error:
        raise SolvableError(
            f"draws on a device need PyTorch and array-api-compat: pip install '.[device]' ({error})"
        ) from None
    return torch
