"""The 1/N term and the variance of the loss, derived, against draws."""

import math
from fractions import Fraction

import numpy as np
import pytest

from numerics import evaluate, simulate
from numerics.finite_size import FiniteSize, finite_size
from numerics.simulation.design import GAUSSIAN_DESIGN, draw_seed
from numerics.simulation.direct import direct_draw
from numerics.simulation.ladder import scaled
from numerics.simulation.problem import Problem
from theory import Eigenvalues, InvalidInput, Model

law = Model.power_law
MODELS = [
    law(1, 300, 60, 120, gamma="1e-3", noise="1e-4"),
    law("0.5", 300, 60, 50, gamma="1e-3", noise="1e-3", source=2),
    law(2, 300, 40, 80, outputs=3, sigma_u=2, lambda_plus="1/3", sigma_w=5),
    law(1, 300, 80, 40, noise="1e-3"),
]
ERROR = 4.9  # standard errors; 1e-6 each, two-sided


def both_draws(model: Model, draws: int, seed: int) -> np.ndarray:
    """Losses of draws of both u and x, over the planar loss."""
    problem, planar = Problem.of(model), float(evaluate(model).loss)
    rows = [direct_draw(problem, GAUSSIAN_DESIGN, draw_seed(model, GAUSSIAN_DESIGN, seed, k))[:2] for k in range(draws)]
    signal, noise = np.array(rows).T
    return model.outputs / 2 * (signal + problem.noise * noise) / planar


def misses(found: FiniteSize, ratios: np.ndarray, room: float) -> tuple[float, float]:
    """Mean and variance of the draws less their theory, beyond ERROR standard errors and a share `room` of it."""
    count, variance = ratios.size, ratios.var(ddof=1)
    kurtosis = np.mean((ratios - ratios.mean()) ** 4) / variance**2
    mean = abs(ratios.mean() - 1 - found.relative) - ERROR * math.sqrt(variance / count) - room * abs(found.relative)
    spread = ERROR * variance * math.sqrt((kurtosis - 1) / count) + room * found.variance
    return float(mean), float(abs(variance - found.variance) - spread)


@pytest.mark.parametrize(
    "model", [MODELS[1], *(pytest.param(m, marks=pytest.mark.audit) for m in MODELS if m.source is None)], ids=repr
)
def test_mean_and_variance_of_draws(model: Model) -> None:
    """What is left is of relative order 1/N: 20/min(N, T) of the terms is allowed beside 4.9 standard errors."""
    found, ratios = finite_size(model), both_draws(model, 400, 1)
    room = 20 / min(model.N, model.T)
    assert max(misses(found, ratios, room)) < 0
    halved = FiniteSize(model, found.planar, found.relative / 4, found.variance / 4)
    assert misses(halved, ratios, room / 4)[1] > 0, "a wrong variance passes"


@pytest.mark.parametrize("model", [m for m in MODELS if m.source is None], ids=repr)  # others lose their mix
def test_ladder_of_sizes_falls_as_one_over_n(model: Model) -> None:
    """All ratios kept: N times the mean's term, and N^2 times the variance, are series in 1/N."""
    terms = [finite_size(model), *(finite_size(scaled(model, Fraction(factor))) for factor in (2, 4, 8))]
    mean, variance = ([getattr(term, name) for term in terms] for name in ("relative", "variance"))
    sizes, least = np.array([1, 2, 4, 8]), min(model.N, model.T)
    assert is_series(np.array(mean) * sizes, least)
    assert is_series(np.array(variance) * sizes**2, least)
    for power in (-1, -0.01, 0.01, 1):
        assert not is_series(np.array(mean) * sizes ** (1 + power), least), f"N^{power} more passes"


def is_series(values: np.ndarray, least: float) -> bool:
    """Whether four values at sizes n = `least` and 2, 4, 8 times as much are c (1 + d/n + ...), d of order 1.

    Their steps halve each time, and add up to -c d/n: d up to 8 is allowed. The steps' ratios miss 1/2 by e_1 and e_2,
    of order 1/n, which halve too: 2 e_2 - e_1 is of order 1/n^2, that is e_1 times 1/n, measured by the first step.
    """
    steps = np.diff(values)
    first, second = steps[1:] / steps[:-1] - 0.5
    small, halve = 2 * abs(steps[0]) < 8 / least * abs(values[0]), abs(2 * second - first)
    return bool(small and halve < abs(first * steps[0] / values[0]))


def test_the_simulated_coefficient_meets_the_derived_one() -> None:
    """N (mean/planar - 1) at three sizes against N times the derived term, each within 4.9 standard errors.

    The second order left over is estimated by the difference between sizes: c_2/N with c_2 at most 20 c_1.
    """
    model = law(1, 240, 24, 48, gamma="4e-3", noise="1e-4")
    for factor, draws in ((1, 1500), (2, 1000), (4, 500)):
        one = scaled(model, Fraction(factor)) if factor > 1 else model
        found, loss = finite_size(one), simulate(one, draws, 5).loss
        assert loss.stderr is not None
        size = float(one.N)
        measured, error = size * (loss.mean / found.planar - 1), size * loss.stderr / found.planar
        expected = size * found.relative
        assert abs(measured - expected) < ERROR * error + 20 / size * abs(expected)
        assert abs(measured) > 0.5 * abs(expected), "no term is seen at all"


def test_ridgeless_is_the_limit_of_small_ridges() -> None:
    for model in (law(1, 300, 40, 80), law(1, 300, 80, 40, noise="1e-3")):
        limit = finite_size(model)
        for share, room in ((1e-4, 1e-3), (1e-5, 1e-4)):
            gamma = share * 40 * float(evaluate(model).kappa) * 40 / 300
            near = finite_size(model.with_(gamma=gamma))
            assert near.relative == pytest.approx(limit.relative, rel=30 * room)
            assert near.variance == pytest.approx(limit.variance, rel=30 * room)


def test_invariances() -> None:
    """Scales of labels, features and data change nothing but the units; a list is the power law it holds."""
    model = MODELS[0]
    found = finite_size(model)
    louder = finite_size(model.with_(sigma_w=7, noise=49 * model.noise, outputs=5))
    assert (louder.relative, louder.variance) == pytest.approx((found.relative, found.variance), rel=1e-10)
    brighter = finite_size(model.with_(sigma_u=3, gamma=9 * model.gamma))
    assert (brighter.relative, brighter.variance) == pytest.approx((found.relative, found.variance), rel=1e-10)
    values = np.arange(1.0, 301) ** -2
    listed = finite_size(Model(Eigenvalues(values), 60, 120, gamma="1e-3", noise="1e-4"))  # type: ignore[arg-type]
    assert listed.relative == pytest.approx(found.relative, rel=1e-10)


@pytest.mark.parametrize(
    ("model", "named"),
    [(law(1, 300, math.inf, 50, gamma=1), "N"), (law(1, 300, 50, math.inf, gamma=1), "T"),
     (law(1, 300, 50, 50), "gamma"), (law(1, 30, 50, 80), "gamma"), (law(1, 10**7, 50, 80), "M")],
)  # fmt: skip
def test_what_has_no_such_term_is_refused(model: Model, named: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{named} = "):
        finite_size(model)
