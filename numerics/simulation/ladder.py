"""Simulation against planar theory with its 1/N correction: two sizes, all ratios kept.

Planar theory is the leading term at large size; with exact averages its relative error c/N + O(1/N^2)
shows. A point is drawn at sizes s and 2s (N, T and M multiplied, the ridge such that df1/N stays, the
noise such that the mix of signal and noise stays). With r = mean/theory at each size,

    r_inf = 2 r(2s) - r(s),     stderr^2 = 4 stderr(2s)^2 + stderr(s)^2,     finite size = r(s) - r_inf.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from numerics.evaluate import evaluate
from numerics.simulation.design import GAUSSIAN_DESIGN, Design
from numerics.simulation.running import Progress
from numerics.simulation.simulate import Simulation
from numerics.simulation.store import Store
from numerics.simulation.sweep import collect
from numerics.simulation.tasks import Point
from theory.errors import InvalidInput
from theory.exact import to_size
from theory.model import Model
from theory.spectrum import PowerLaw

LEAST_SIZE = 20  # below, 1/N^2 terms are not small
LARGE = 300  # from here on the second size is the half
DIGITS = 10  # of the second size's ridge and noise: seeds follow from them, and the last bits are each machine's own
EDGE = 0.1  # ridgeless points nearer to N = T than this share have heavy-tailed draws


@dataclass(frozen=True)
class Judged:
    """A simulated point beside its theory.

    mean, stderr, theory are those of the model itself and z = (mean - theory)/stderr; r_inf is the
    extrapolated ratio to theory with its standard error, z_corrected = (r_inf - 1)/r_stderr, and dof
    the degrees of freedom of that error (Welch-Satterthwaite).
    finite_size is the estimated relative 1/N term at the model's own size. `reason` says why a
    point is not judged ("" if it is); what is then not estimated is None.
    """

    model: Model
    mean: float
    stderr: float | None
    draws: int
    theory: float
    z: float | None
    finite_size: float | None
    r_inf: float | None
    r_stderr: float | None
    z_corrected: float | None
    dof: float | None
    reason: str

    @property
    def judged(self) -> bool:
        """Whether `reason` is empty."""
        return not self.reason


def unjudged_reason(model: Model) -> str:
    """Why the point cannot be judged by its mean; "" if it can."""
    sizes = [size for size in (model.N, model.T) if size != math.inf]
    if len(sizes) == 1:
        sizes.append(model.M)  # without projection the pole is at T = M
    if min(sizes) < LEAST_SIZE:
        return f"min(N, T) < {LEAST_SIZE}"
    if model.gamma == 0 and abs(sizes[0] - sizes[1]) < EDGE * max(sizes):
        return f"ridgeless within {EDGE:.0%} of the pole"
    if not isinstance(model.spectrum, PowerLaw):
        return "an explicit list has one size"
    return ""


def scaled(model: Model, factor: Fraction) -> Model:
    """N, T, M times `factor`, df1/N and the signal-to-noise mix kept. Needs a power-law spectrum.

    gamma is the root of df1' = factor df1, to DIGITS digits. Raises InvalidInput if a size is no integer then.
    """
    if not isinstance(model.spectrum, PowerLaw):
        raise InvalidInput("spectrum", model.spectrum, "a power law, which has other sizes")
    spectrum = PowerLaw(model.spectrum.alpha, int(to_size("M", model.M * factor)), model.spectrum.lambda_plus)
    sizes = {name: size if size == math.inf else size * factor for name, size in (("N", model.N), ("T", model.T))}
    clean = model.with_(spectrum=spectrum, **sizes, gamma=0, noise=0)
    if model.gamma:
        clean = clean.with_(gamma=_rounded(_ridge_at(clean, float(factor) * float(evaluate(model).df1))))
    if not model.noise:
        return clean
    unit = {name: evaluate(m.with_(noise=1)) for name, m in (("old", model), ("new", clean))}
    signals = {name: float(e.signal) for name, e in unit.items()}
    if signals["old"] == 0:
        return clean.with_(noise=model.noise)
    share = signals["new"] / signals["old"] * float(unit["old"].label_noise) / float(unit["new"].label_noise)
    return clean.with_(noise=_rounded(float(model.noise) * share))


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _ridge_at(model: Model, df1: float) -> float:
    """The gamma at which the model's df1 has the given value, by Brent's method in ln(gamma)."""
    from scipy.optimize import brentq

    def excess(log_gamma: float) -> float:
        return math.log(float(evaluate(model.with_(gamma=math.exp(log_gamma))).df1) / df1)

    low, high = -20.0, 0.0
    while excess(low) < 0:
        low -= 20
    while excess(high) > 0:
        high += 5
    return math.exp(brentq(excess, low, high, xtol=1e-12))


def judge(
    model: Model, draws: int = 16, seed: int = 0, jobs: int | str | None = 1, progress: Progress | None = None
) -> Judged:
    """Simulate `model`, and at twice its size (half, if it is large) if it can be judged.

    With r = mean/theory at sizes s and 2s, all ratios kept: r_inf = 2 r(2s) - r(s), finite size = r(s) - r_inf.
    Below min(N, T) = LARGE the second size is the double, so that the 1/N^2 term stays small; above,
    it is the half, which costs less. Raises as `run_draws`.
    """
    return judge_all([model], draws, seed, jobs=jobs, progress=progress)[0]


def judge_all(
    models: Sequence[Model],
    draws: int = 16,
    seed: int = 0,
    *,
    design: Design = GAUSSIAN_DESIGN,
    jobs: int | str | None = 1,
    store: Store | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> list[Judged]:
    """`judge` of each model, in order, with the draws of both sizes of all of them in one sweep. Raises as sweep."""
    return judge_sweep(models, draws, seed, design, jobs, store, scheduler, progress)[1]


def judge_sweep(
    models: Sequence[Model], draws: int, seed: int, design: Design, jobs: int | str | None, store: Store | None,
    scheduler: str | None, progress: Progress | None,
) -> tuple[list[Simulation], list[Judged]]:  # fmt: skip
    """The simulations of the models themselves, and what they show beside those of the second sizes."""
    seconds = [None if draws < 2 or _unjudged(model) else scaled(model, second_factor(model)) for model in models]
    points = [Point(model, draws, seed, design) for model in models]
    points += [Point(model, draws, seed + 1, design) for model in seconds if model is not None]
    simulations = collect(points, jobs, scheduler, store, progress)
    own, others = simulations[: len(models)], iter(simulations[len(models) :])
    pairs = zip(own, seconds, strict=True)
    return own, [_judged(one, None if second is None else next(others)) for one, second in pairs]


def _unjudged(model: Model) -> str:
    reason = unjudged_reason(model)
    return reason or ("" if math.isfinite(evaluate(model).loss) else "the planar loss is infinite")


def _judged(own: Simulation, other: Simulation | None) -> Judged:
    model, estimate, draws = own.model, own.loss, own.loss.draws
    theory = float(evaluate(model).loss)
    z = (estimate.mean - theory) / estimate.stderr if estimate.stderr and math.isfinite(theory) else None
    if other is None or not estimate.stderr or not other.loss.stderr:
        nothing = (None,) * 5
        reason = _unjudged(model) or ("" if other is None else "all draws give the same loss")
        return Judged(model, estimate.mean, estimate.stderr, draws, theory, z, *nothing, reason)
    small, large = (own, other) if second_factor(model) > 1 else (other, own)
    (r_small, e_small), (r_large, e_large) = (_ratio(s) for s in (small, large))
    r_inf, error = 2 * r_large - r_small, math.hypot(2 * e_large, e_small)
    dof = (draws - 1) * error**4 / ((2 * e_large) ** 4 + e_small**4)
    return Judged(
        model, estimate.mean, estimate.stderr, draws, theory, z,
        estimate.mean / theory - r_inf, r_inf, error, (r_inf - 1) / error, dof, "",
    )  # fmt: skip


def second_factor(model: Model) -> Fraction:
    """2, or 1/2 for models above LARGE whose sizes are even."""
    sizes = [size for size in (model.N, model.T, model.M) if size != math.inf]
    halves = min(sizes) >= LARGE and all(size % 2 == 0 for size in sizes)
    return Fraction(1, 2) if halves else Fraction(2)


def _ratio(simulation: Simulation) -> tuple[float, float]:
    theory = float(evaluate(simulation.model).loss)
    estimate = simulation.loss
    return estimate.mean / theory, (estimate.stderr or math.inf) / theory
