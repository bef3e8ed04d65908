r"""The next order of the planar expansion: the 1/N term of the loss, and its scatter from draw to draw.

Averaged over teacher and label noise, the loss of one draw of (u, x) is a mixed derivative of a determinant: with
P(J, eta) the sourced pencil of theory.ladder,

    loss = -(C/2) d_J d_eta ln|det P|     at J = eta = 0,

so the ladders of theory.ladder, closed on themselves, give

    E loss = planar - (C/4) d_J d_eta ln det(1 - K),
    Var loss = -(C^2/2) d_{J1} d_{eta1} d_{J2} d_{eta2} ln det(1 - K_12).

For a Wishart matrix, K = N/T, these are the known terms of ln det (Jonsson 1982): (1/2) ln(1 - N/T) in the mean
and -2 ln(1 - N/T) in the variance. Derivatives are exact: the compiled expressions run on numerics.nilpotent.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from numerics.evaluate import evaluate
from numerics.nilpotent import Nilpotent
from numerics.simulation.problem import Problem
from theory import ladder
from theory.errors import InvalidInput, NotConverged
from theory.model import Model
from theory.moments import KAPPA, LAMBDA
from theory.planar import SAMPLE_GAP
from theory.student import GAMMA, NOISE, POWER, SIGMA_U, J, M, N, T

RIDGELESS = 1e-7  # the smaller of N - D and T - D, relative to |N - T|, that stands for gamma = 0
MAX_LATENT = 10**6  # latent directions: each costs a few hundred bytes
SHARED = (LAMBDA, POWER, NOISE, SIGMA_U, M)
Function = Callable[..., Any]  # of dressings, gamma, J, eta (of each copy) and SHARED: floats or Nilpotents


@dataclass(frozen=True)
class FiniteSize:
    """First order beyond planar theory, relative to the planar loss.

    E loss = planar (1 + relative + O(1/N^2)); the loss of one draw of (u, x), averaged over teacher, noise and test
    point, has the variance planar^2 (variance + O(1/N^3)). `simulate` scatters less: it averages over more.
    """

    model: Model
    planar: float
    relative: float
    variance: float


def finite_size(model: Model) -> FiniteSize:
    """The 1/N term and the variance of the test loss.

    E loss = planar - (C/4) d_J d_eta ln det(1 - K) + O(1/N^2), K the ladders of two copies of the student: derived
    in theory/ladder.py, its determinants checked in derivations/beyond_ridge.py.
    gamma = 0 is taken as a limit (relative error 1e-7). Raises InvalidInput for an infinite N or T, M > 10^6, and at
    gamma = 0 for N = T or M <= min(N, T); NotConverged where doubles cannot hold the sums.
    """
    regular = _with_ridge(model)
    with np.errstate(all="ignore"):
        point = _Point(regular)
        mean = point.log_determinant(point.solved([0, 1], 2), point.solved([0, 1], 2)).derivative(0, 1)
        pair = point.log_determinant(point.solved([0, 1], 4), point.solved([2, 3], 4)).derivative(0, 1, 2, 3)
    planar = float(evaluate(regular).loss)
    relative = -model.outputs / 4 * mean / planar
    variance = -(model.outputs**2) / 2 * pair / planar**2
    if not (math.isfinite(relative) and 0 < variance < math.inf):
        raise NotConverged(f"{model}: the sums of the 1/N term leave double precision (variance {variance:.3g})")
    return FiniteSize(model, planar, relative, variance)


def _with_ridge(model: Model) -> Model:
    """The model itself, or at gamma = 0 one with a ridge too small to matter."""
    for name in ("N", "T"):
        if getattr(model, name) == math.inf:
            raise InvalidInput(name, "inf", "a finite size for a 1/N term")
    if model.M > MAX_LATENT:
        raise InvalidInput("M", model.M, f"at most {MAX_LATENT} latent directions for the 1/N term")
    if model.gamma:
        return model
    if model.N == model.T or min(model.N, model.T) >= model.M:
        raise InvalidInput("gamma", 0, "a ridge > 0 for N = T or M <= min(N, T)")
    gaps = RIDGELESS * (model.N - model.T) ** 2
    return model.with_(gamma=float(evaluate(model).kappa) * gaps * float(model.sigma_u) ** 2 / model.M)


@cache
def _compiled() -> tuple[list[Function], dict[tuple[int, int], Function], Function]:
    """Closure, kernel entries, and det(1 - K) of those entries in their order."""
    pencil = ladder.sourced_pencil()
    keys = list(pencil.dressings)
    own = (*pencil.dressings.values(), GAMMA, J, ladder.ETA)
    pairs = [ladder.of_copy(symbol, copy) for copy in ladder.COPIES for symbol in own]

    def function(arguments: list[sp.Symbol], value: ladder.Sum) -> Function:
        summand, size = value
        form = sp.lambdify(arguments, summand, "math", cse=True)
        if size is not None:
            return lambda sizes, *numbers: form(*numbers) * sizes[size]
        return lambda sizes, *numbers: form(*numbers).sum()

    closure = [function([*own, *SHARED], pencil.closure()[unknown]) for unknown in pencil.dressings.values()]
    determinant, names = ladder.determinant(pencil)
    entries = {
        (keys.index(a), keys.index(b)): function([*pairs, *SHARED], value)
        for (a, b), value in ladder.kernel(pencil).items()
    }
    symbols = [names[keys[i], keys[j]] for i, j in entries]
    return closure, entries, sp.lambdify(symbols, determinant, "math")


class _Point:
    """The planar solution of one model, and K on it."""

    def __init__(self, model: Model) -> None:
        problem, e = Problem.of(model), evaluate(model)
        assert problem.n is not None
        self.gamma = problem.gamma
        self.shared = (problem.lam, problem.weight * problem.lam, problem.noise, float(model.sigma_u), float(model.M))
        self.sizes = {N: float(problem.n), T: float(problem.t)}
        values = {KAPPA: float(e.kappa), SAMPLE_GAP: float(e.sample_gap), GAMMA: self.gamma, **self.sizes}
        values |= {SIGMA_U: float(model.sigma_u), M: float(model.M)}
        found = ladder.solution()
        self.start = [float(found[x].subs(values)) for x in ladder.sourced_pencil().dressings.values()]

    def solved(self, sources: list[int], generators: int) -> list[Any]:
        """The dressings with J and eta = the two generators, then gamma, J, eta: by Newton, exact after two steps."""
        closure, _, _ = _compiled()
        j, eta = (Nilpotent.generator(k, generators) for k in sources)
        dressings = [Nilpotent.constant(value, generators) for value in self.start]
        zero = Nilpotent.constant(0.0, generators)
        own = [*dressings, self.gamma, zero, zero]
        jacobian = np.zeros((4, 4))
        for place, entry in self._kernel(own, own).items():
            jacobian[place] = entry.derivative()
        inverse = np.linalg.inv(np.eye(4) - jacobian)
        for _ in range(3):
            defect = np.array(
                [
                    (f(self.sizes, *dressings, self.gamma, j, eta, *self.shared) - s).c
                    for f, s in zip(closure, dressings, strict=True)
                ]
            )
            defect[:, 0] = 0.0  # the planar equation holds to rounding
            dressings = [s + Nilpotent(step) for s, step in zip(dressings, inverse @ defect, strict=True)]
        return [*dressings, self.gamma, j, eta]

    def _kernel(self, one: list[Any], two: list[Any]) -> dict[tuple[int, int], Nilpotent]:
        return {place: f(self.sizes, *one, *two, *self.shared) for place, f in _compiled()[1].items()}

    def log_determinant(self, one: list[Any], two: list[Any]) -> Nilpotent:
        """ln det(1 - K) between two copies."""
        return _compiled()[2](*self._kernel(one, two).values()).log()
