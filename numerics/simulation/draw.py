"""One draw of a model: which estimator makes it, and what it yields.

Estimators differ in what they average in closed form beyond teacher, label noise and test point:
`features` and `samples` (numerics.simulation.sides) also what the smaller side does not see of the other
side's Gaussian entries, `latent` (M <= min(N, T)) all but two M x M matrices; `direct`
(numerics.simulation.direct) draws both sides, with entries of any law.
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from numerics.simulation import direct, nonlinear, sides
from numerics.simulation.design import Design, draw_seed
from numerics.simulation.problem import Problem
from theory.errors import InvalidInput, PrecisionError
from theory.model import Model

QUANTITIES = ("signal", "label_noise", "loss", "train_loss", "df1")
MEMORY_LIMIT = 12 * 2**30  # bytes that one draw may need
STEEP = 1e-2  # bound on the relative error by rounding; errors measured were 40 to 2000 times smaller
ROUNDING = 64 * float(np.finfo(float).eps)  # of the teacher's power, a direction: what differences lose


def estimator(problem: Problem, design: Design) -> str:
    """The estimator with the smallest variance that the laws allow: features, samples, latent, direct, nonlinear."""
    if not design.linear:
        return "nonlinear"
    size, n, t = problem.lam.size, math.inf if problem.n is None else problem.n, problem.t
    latent, features = design.latent.gaussian, design.features.gaussian or problem.n is None
    if size <= min(n, t):
        return "latent"
    if steep(problem, int(min(n, t))):
        return "direct"
    if latent and n <= t:
        return "features"
    if features and t <= n:
        return "samples"
    return "direct"


def steep(problem: Problem, n: int) -> bool:
    """Whether Gram matrices of n directions would lose the loss in rounding.

    Their condition number is about lambda_1/lambda_n; the loss left is at least the teacher's power beyond
    direction n. `direct` factorises phi itself, at the square root of that condition number.
    """
    power = problem.weight * problem.lam
    lost = np.finfo(float).eps * n * (problem.lam[0] / problem.lam[n - 1])
    return bool(lost * power.sum() > STEEP * power[n:].sum())


def draw(model: Model, design: Design, seed: int, index: int) -> tuple[float, ...]:
    """QUANTITIES of draw `index`; a function of the arguments alone, bit for bit (one BLAS thread)."""
    return draw_path(model, design, [float(model.gamma)], draw_seed(model, design, seed, index))[0]


def draw_path(
    model: Model, design: Design, ridges: Sequence[float], seed: np.random.SeedSequence
) -> list[tuple[float, ...]]:
    """QUANTITIES at each ridge, from one draw and one factorisation (`direct`: one each)."""
    problem = Problem.of(model)
    check_memory(problem, design)
    with blas().limit(limits=1):
        try:
            found = _losses(problem, design, ridges, seed)
        except np.linalg.LinAlgError:
            raise PrecisionError(too_steep(model)) from None
    rows = [scaled_row(problem, values) for values in found]
    lost = rounding(problem)
    if estimator(problem, design) != "latent" and any(abs(signal) < lost for signal, *_ in rows):
        raise PrecisionError(too_steep(model))
    return rows


def rounding(problem: Problem) -> float:
    """A signal below this is lost in rounding (except where M <= min(N, T))."""
    n = problem.t if problem.n is None else min(problem.n, problem.t)
    return ROUNDING * n * problem.outputs / 2 * float(problem.weight @ problem.lam)


@cache
def blas() -> Any:
    """The BLAS libraries of this process, found once: looking them up takes longer than a small draw."""
    import scipy.linalg  # noqa: F401  (brings its own BLAS)
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _losses(
    problem: Problem, design: Design, ridges: Sequence[float], seed: np.random.SeedSequence
) -> list[sides.Losses]:
    kind = estimator(problem, design)
    if kind == "nonlinear":
        return [nonlinear.nonlinear_draw(problem.at(gamma), design, seed) for gamma in ridges]
    if design.device != "cpu" or design.precision != "float64":
        return _on_device(problem, design, kind, ridges, seed)
    if kind == "direct":
        return [direct.direct_draw(problem.at(gamma), design, seed) for gamma in ridges]
    if kind == "latent":
        return list(sides.latent_side(problem, design, seed).losses(ridges))
    rng = np.random.default_rng(seed)
    if kind == "samples":
        grams = sides.sample_grams(problem, design, rng, problem.t)
        return list(sides.sample_side(problem, grams, rng).losses(ridges))
    assert problem.n is not None
    grams = sides.feature_grams(problem, design, rng, problem.n)
    return list(sides.feature_side(problem, grams, rng).losses(ridges))


def _on_device(
    problem: Problem, design: Design, kind: str, ridges: Sequence[float], seed: np.random.SeedSequence
) -> list[sides.Losses]:
    from numerics.simulation.device import check_device, device_losses  # PyTorch is loaded when asked for

    check_device(design.device, design.precision)
    if kind not in ("features", "samples") or not (design.latent.gaussian and design.features.gaussian):
        allowed = "cpu here: devices draw Gaussian entries, M > min(N, T), and no steep spectrum"
        raise InvalidInput("device", design.device, allowed)
    return device_losses(problem, kind, ridges, design.device, design.precision, seed)


def scaled_row(problem: Problem, values: sides.Losses) -> tuple[float, ...]:
    """QUANTITIES from an estimator's traces: factors C/2, sigma^2 and 1/T put in."""
    signal, noise, train, df1 = values
    factor = problem.outputs / 2
    signal, noise = factor * signal, factor * problem.noise * noise if problem.noise else 0.0
    return signal, noise, signal + noise, factor * train / problem.t, df1


def too_steep(model: Model) -> str:
    """What a PrecisionError says."""
    return f"{model}: the loss is lost in the rounding of double precision: take a flatter spectrum or fewer samples"


def check_memory(problem: Problem, design: Design) -> None:
    """Raises InvalidInput where a draw would need more than MEMORY_LIMIT, or cannot be made at all."""
    nonlinear.check_design(problem, design)
    size, t = problem.lam.size, problem.t
    n = size if problem.n is None else problem.n
    kind = estimator(problem, design)
    small = min(n, t, size)
    gaussian = design.latent.gaussian and design.features.gaussian
    entries = {"direct": 4 * n * t + 4 * small**2 + 3 * (size * t if problem.n is None else 0)}.get(kind, 12 * small**2)
    entries += 2 * size * (n + t) if kind == "latent" and not gaussian else 0
    entries = 6 * n * n + 5 * n * t + 4 * small**2 if kind == "nonlinear" else entries
    need = 8 * (entries + 8 * size + 2**22)
    if need > MEMORY_LIMIT:
        allowed = f"sizes whose draw needs at most {MEMORY_LIMIT / 2**30:.0f} GiB"
        raise InvalidInput("M, N, T", f"{size}, {n}, {t} ({need / 2**30:.3g} GiB)", allowed)
