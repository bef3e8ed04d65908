r"""Students other than ridge: early-stopped gradient flow and spectral cutoff, planar and simulated.

The error map E_g of a student in numerics.contours is a sum over complex ridges of those of ridge students, so
its loss is a double sum of the bilinear loss of theory.ladder.pair_loss, evaluated at the physical kappa of
each ridge (numerics.resolvent). Two rules are summed; their difference is the error stated.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from numerics.contours import Filter, Rule
from numerics.resolvent import Resolvent
from numerics.simulation.design import GAUSSIAN_DESIGN, Design, check_draws, draw_seed
from numerics.simulation.direct import filtered_draw
from numerics.simulation.draw import blas, check_memory
from numerics.simulation.problem import Problem
from numerics.simulation.simulate import Estimate, estimate
from theory import ladder
from theory.errors import InvalidInput, NotConverged
from theory.model import Model
from theory.moments import KAPPA
from theory.planar import OUTPUTS
from theory.student import NOISE, N, T

MAX_LATENT = 10**6
BLOCK = 2**22  # complex numbers in one temporary
TOLERANCE = 1e-6  # relative difference of the two rules that is still an answer
MANY = 2.0**53  # times max(T, M): N that stands for infinity, exact to rounding


@dataclass(frozen=True)
class Filtered:
    """Planar test losses (clean labels, summed over outputs); `error` is the relative error of `loss`, estimated."""

    model: Model
    student: Filter
    signal: float
    label_noise: float
    error: float

    @property
    def loss(self) -> float:
        """Test loss on clean labels."""
        return self.signal + self.label_noise


def evaluate_filtered(model: Model, student: Filter) -> Filtered:
    """Planar loss of a student on the model's data (its gamma must be 0). N may be infinite for gradient flow.

    A double sum over complex ridges (numerics.contours) of the loss of two copies derived in theory/ladder.py.
    Raises InvalidInput, also for an infinite T and M > 10^6; NotConverged if two rules differ by over 1e-6.
    """
    if model.gamma:
        raise InvalidInput("gamma", model.gamma, "0: the filter stands in place of the ridge")
    if math.inf == model.T or model.M > MAX_LATENT:
        raise InvalidInput("T, M", f"{model.T}, {model.M}", f"a finite T and M <= {MAX_LATENT}")
    problem = Problem.of(model)
    finite = model if problem.n is not None else _many_features(model)
    rough, fine = (_losses(problem, finite, student.rule(model, which)) for which in (0, 1))
    error = abs(sum(fine) - sum(rough)) / abs(sum(fine))
    if not error < TOLERANCE:
        raise NotConverged(f"{student} of {model}: two contours differ by a relative {error:.1e} in double precision")
    return Filtered(model, student, *fine, error)


def _many_features(model: Model) -> Model:
    """N so large that D/N is below rounding, scaled such that kappa (T - D) = gamma as at N = inf."""
    count = int(MANY * max(model.M, model.T))
    return model.with_(N=count, sigma_u=math.sqrt(model.M / count))


def simulate_filtered(
    model: Model, student: Filter, draws: int = 16, seed: int = 0, design: Design = GAUSSIAN_DESIGN
) -> dict[str, Estimate]:
    """signal, label_noise, loss and train_loss of draws, averaged exactly over teacher, noise and test point.

    Raises InvalidInput as `simulate`, and for gamma other than 0.
    """
    if model.gamma:
        raise InvalidInput("gamma", model.gamma, "0: the filter stands in place of the ridge")
    check_draws(draws, seed)
    problem = Problem.of(model)
    check_memory(problem, design)
    with blas().limit(limits=1):
        rows = [filtered_draw(problem, design, draw_seed(model, design, seed, k), student.left) for k in range(draws)]
    signal, noise, train = model.outputs / 2 * np.array(rows).T
    noise = float(model.noise) * noise
    found = {"signal": signal, "label_noise": noise, "loss": signal + noise, "train_loss": train / problem.t}
    return {name: estimate(values) for name, values in found.items()}


@cache
def _bilinear() -> dict[str, Any]:
    """signal and label noise of theory.ladder.pair_loss, vectorised."""
    whole = ladder.pair_loss()
    sums = [kind(j) for kind in (ladder.PairSum, ladder.TeacherPairSum) for j in (0, 1, 2)]
    names = {value: sp.Symbol(f"x{i}") for i, value in enumerate(sums)}
    kappas = [ladder.of_copy(KAPPA, copy) for copy in ladder.COPIES]
    signal = whole.subs(NOISE, 0)
    forms = {"signal": signal, "label_noise": sp.factor(sp.expand(whole - signal))}
    arguments = [OUTPUTS, N, T, NOISE, *kappas, *names.values()]
    return {name: sp.lambdify(arguments, form.xreplace(names), "numpy", cse=True) for name, form in forms.items()}


def _losses(problem: Problem, model: Model, rule: Rule) -> tuple[float, float]:
    """signal and label noise: the double sum over the rule's nodes and their conjugates."""
    kappa = _kappas(model, rule.gamma)
    kappa, weight = np.concatenate([kappa, kappa.conj()]), np.concatenate([rule.weight, rule.weight.conj()])
    half = kappa.size // 2
    power = problem.weight * problem.lam
    sums = _pair_sums(problem.lam, power, kappa[:half], kappa)
    arguments = (problem.outputs, float(model.N), problem.t, problem.noise, kappa[:half, None], kappa, *sums)
    found = {name: np.asarray(form(*arguments)) for name, form in _bilinear().items()}
    # a student that learns nothing is a node at infinite ridge: L(gamma, inf) = (C/2) sum v (1 - p), no noise
    alone = problem.outputs / 2 * (kappa[:half] * _blocked(problem.lam, power, kappa[:half]))
    nothing = problem.outputs / 2 * float(power.sum())
    free = rule.constant - rule.offset * 2 * float(weight[:half].sum().real)
    signal = 2 * (weight[:half] @ found["signal"] @ weight).real
    signal += free**2 * nothing + 4 * free * (weight[:half] @ alone).real
    noise = 2 * (weight[:half] @ found["label_noise"] @ weight).real if problem.noise else 0.0
    return float(signal), float(noise)


def _kappas(model: Model, gamma: np.ndarray) -> np.ndarray:
    """The renormalised ridge at complex ridges in the upper half plane or on the contour's side of it."""
    resolvent = Resolvent(model)
    scale = math.exp(resolvent.sums.unit)
    zeta = np.where(gamma.imag > 0, -gamma.conj(), -gamma)  # the upper half plane: kappa(conj) = conj kappa
    roots = resolvent.solve(np.log(zeta) - resolvent.log_scale)
    kappa = -roots.p * scale
    return np.where(gamma.imag > 0, kappa.conj(), kappa)


def _pair_sums(lam: np.ndarray, power: np.ndarray, one: np.ndarray, two: np.ndarray) -> list[np.ndarray]:
    """sum lambda^j/((lambda + kappa)(lambda + kappa')), j = 0, 1, 2, and with the teacher's powers."""
    found = [np.zeros((one.size, two.size), complex) for _ in range(6)]
    step = max(1, BLOCK // two.size)
    for start in range(0, lam.size, step):
        part, v = lam[start : start + step], power[start : start + step]
        left, right = 1 / (part + one[:, None]), (1 / (part + two[:, None])).T
        for k, values in enumerate((1.0, part, part**2, v, v * part, v * part**2)):
            found[k] += (left * values) @ right
    return found


def _blocked(lam: np.ndarray, power: np.ndarray, kappa: np.ndarray) -> np.ndarray:
    """sum v/(lambda + kappa)."""
    total = np.zeros(kappa.shape, complex)
    step = max(1, BLOCK // kappa.size)
    for start in range(0, lam.size, step):
        total += (1 / (lam[start : start + step] + kappa[:, None])) @ power[start : start + step]
    return total
