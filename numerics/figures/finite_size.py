"""What planar theory leaves at finite size: simulation against the derived 1/N term."""

import math
from fractions import Fraction
from typing import Any

import numpy as np

from numerics.figures.drawing import Drawing, Row, Settings, Tick, curve_rows
from numerics.finite_size import FiniteSize, finite_size
from numerics.plots import COLOURS, SIZE, STARS, STYLE, legend_outside
from numerics.scores import normal_score
from numerics.simulation import Simulation, sweep
from numerics.simulation.ladder import scaled
from theory.model import Model

FACTORS = (1, 2, 4, 8, 16)
REPEATS = 40  # draws for each draw asked for: the scatter of one draw is as large as the 1/N term itself
NEXT = 2.0  # times the square of the 1/N term: the allowance for the next order
CURVES = {
    r"$\alpha = 1$, $T = 1.3\,N$, $\gamma = 0$": Model.power_law(1, 80, 10, 13),
    r"$\alpha = 1$, $T = 2N$, $\gamma = 0$": Model.power_law(1, 80, 10, 20),
    r"$\alpha = 1/2$, $T = 2N$, $\gamma > 0$": Model.power_law(Fraction(1, 2), 80, 10, 20, gamma=Fraction(1, 10)),
}


def finite_size_drawing(settings: Settings, tick: Tick) -> Drawing:
    """Relative deviation of the mean loss from planar theory against N, all ratios kept, with the derived c/N."""
    models = [scaled(model, Fraction(factor)) for model in CURVES.values() for factor in FACTORS]
    derived = []
    for model in models:
        tick(f"finite-size: the 1/N term at N = {model.N}")
        derived.append(finite_size(model))
    draws = REPEATS * settings.draws
    simulated = sweep(
        models, draws, settings.seed_of("finite-size"), jobs=settings.jobs,
        progress=lambda done, total: tick(f"finite-size: {done} of {total} draws"),
    ).simulations  # fmt: skip
    rows: list[Row] = []
    for place, label in enumerate(CURVES):
        own = slice(place * len(FACTORS), (place + 1) * len(FACTORS))
        rows += curve_rows(label, "theory", (d.model.N for d in derived[own]), (d.relative for d in derived[own]))
        rows += [_star(label, d, s) for d, s in zip(derived[own], simulated[own], strict=True)]
    caption = (
        "Mean simulated loss over the planar loss, minus 1, against N; M = 8 N, all other ratios kept (for the third "
        f"curve df1/N too). Lines: the 1/N term derived from two copies of the student. Stars: {draws} draws. In the "
        f"CSV z is of what exceeds {NEXT:g} times the square of the 1/N term, the allowance for the next order."
    )
    return Drawing("finite-size", caption, _figure(rows), tuple(rows))


def _star(label: str, derived: FiniteSize, simulated: Simulation) -> Row:
    loss = simulated.loss
    error = float(loss.stderr or math.inf) / derived.planar
    deviation = loss.mean / derived.planar - 1
    gap = deviation - derived.relative
    beyond = math.copysign(max(abs(gap) - NEXT * derived.relative**2, 0.0), gap)
    score = normal_score(beyond / error, loss.draws - 1) + 0.0  # no negative zero
    return Row(label, "simulated", float(derived.model.N), deviation, error, derived.relative, score)


def _figure(rows: list[Row]) -> Any:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        for label, colour in zip(CURVES, COLOURS, strict=False):
            line = [row for row in rows if (row.curve, row.kind) == (label, "theory")]
            stars = [row for row in rows if (row.curve, row.kind) == (label, "simulated")]
            axes.plot([r.x for r in line], [r.y for r in line], color=colour, lw=1.4, label=label)
            y, error = np.array([r.y for r in stars]), np.array([r.error for r in stars], dtype=float)
            down = np.minimum(error, 0.9 * np.abs(y))  # a bar that reaches zero has no end on a log axis
            axes.errorbar([r.x for r in stars], y, yerr=[down, error], color=colour, **STARS)
        ticks = sorted({int(row.x) for row in rows})
        axes.set(xscale="log", yscale="log", xlabel="features $N$", ylabel="simulated / planar loss $- 1$")
        axes.set_xticks(ticks, labels=[str(tick) for tick in ticks])
        axes.minorticks_off()
        axes.set_title("What planar theory leaves at finite size")
        look = {"ls": "", "marker": "*", "ms": 8}
        legend_outside(figure, axes, {"derived $1/N$ term": {"lw": 1.4}, "simulated ± standard error": look})
        return figure
