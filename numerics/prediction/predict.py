"""Test losses foretold from the measured part alone, over N, T and the ridge, with their sampling error."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from numerics.prediction.measure import Measurement
from numerics.prediction.measured import Measured
from theory.errors import InvalidInput

OPTIMAL = "optimal"


@dataclass(frozen=True, eq=False)
class Prediction:
    """Flat arrays, one entry a point, in the order N, T, ridge, the last fastest; NaN for an unknown error.

    N (inf: the inputs themselves); T; gamma; optimal : whether gamma is the predicted optimum, and gamma_stderr the
    standard error of ln gamma there (else 0); loss : (1/2) E |y - student|^2 on new samples, intercept fitted, noise
    included; stderr : of loss, from the measured part's sampling; measured_kappa, df1 : see prediction.measured.
    """

    N: np.ndarray
    T: np.ndarray
    gamma: np.ndarray
    optimal: np.ndarray
    gamma_stderr: np.ndarray
    loss: np.ndarray
    stderr: np.ndarray
    measured_kappa: np.ndarray
    df1: np.ndarray

    def __len__(self) -> int:
        return self.T.size

    def __getitem__(self, where: np.ndarray) -> "Prediction":
        return Prediction(*(getattr(self, field.name)[where] for field in fields(self)))


def predict(
    measurement: Measurement, N: Sequence[float], T: Sequence[int], ridges: Sequence[float | str]
) -> Prediction:
    """Planar theory at every combination; a ridge is a number > 0 or "optimal".

    Raises InvalidInput for T < 2 (an intercept is fitted), other sizes or ridges, an infinite N with a map, and where
    the measured part does not reach (Measured.solve); NotConverged.
    """
    full = measurement.full
    check_grid(N, T, ridges, math.isinf(full.features))
    n_size, t_size, index = (x.ravel() for x in np.meshgrid(N, T, np.arange(len(ridges)), indexing="ij"))
    n_size, t_size = n_size.astype(float), t_size.astype(int)
    optimal = np.array([ridges[i] == OPTIMAL for i in index])
    gamma = np.array([0.0 if ridges[i] == OPTIMAL else float(ridges[i]) for i in index])
    gamma_stderr = np.zeros(gamma.size)
    if optimal.any():
        gamma[optimal] = _best(full, n_size[optimal], t_size[optimal])
        gamma_stderr[optimal] = measurement.stderr(lambda one: np.log(_best(one, n_size[optimal], t_size[optimal])))
    try:
        solved = full.solve(n_size, t_size - 1, gamma)
    except InvalidInput as error:  # the measured part does not reach
        raise InvalidInput("--gamma", error.value, error.allowed) from None
    stderr = measurement.stderr(lambda one: loss(one, n_size, t_size, gamma))
    return Prediction(
        n_size, t_size, gamma, optimal, gamma_stderr, loss(full, n_size, t_size, gamma), stderr,
        solved.measured_kappa, solved.df1,
    )  # fmt: skip


def check_grid(N: Sequence[float], T: Sequence[int], ridges: Sequence[float | str], raw: bool) -> None:
    """Raises InvalidInput as `predict`, for what can be told before anything is measured."""
    for name, sizes, least in (("-N", N, 1), ("-T", T, 2)):
        for size in sizes:
            if not size >= least:
                raise InvalidInput(name, size, f"sizes of at least {least}")
    if any(math.isinf(size) for size in N) and not raw:
        raise InvalidInput("-N", "inf", "a finite number of features with a random map")
    for ridge in ridges:
        if ridge != OPTIMAL and not (isinstance(ridge, int | float) and 0 < ridge < math.inf):
            raise InvalidInput("--gamma", ridge, "a number > 0, or optimal")


def loss(moments: Measured, N: np.ndarray, T: np.ndarray, gamma: np.ndarray) -> np.ndarray:
    """With the intercept fitted: T - 1 samples, and the error of their mean; NaN where `moments` do not reach."""
    return moments.solve(N, T - 1, gamma, partial=True).loss * (1 + 1 / T)


def _best(moments: Measured, N: np.ndarray, T: np.ndarray) -> np.ndarray:
    return moments.best(N, T - 1).gamma
