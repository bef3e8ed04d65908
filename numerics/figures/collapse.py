"""Losses of many N, T, M, gamma on the scaling functions that theory.collapse derives."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numerics.evaluate import evaluate
from numerics.figures.drawing import Drawing, Row, Settings, Tick, curve_rows
from numerics.float64 import evaluate_grid
from numerics.plots import COLOURS, STARS, STYLE
from numerics.scores import normal_score
from numerics.simulation.ladder import judge_all
from theory import collapse
from theory.continuum import ALPHA, c_alpha
from theory.model import Model

RIDGELESS, RIDGE = "ridgeless", "ridge"
# ridgeless, any alpha: (alpha, M, N, T)
FREE = (
    (Fraction(1, 2), 2000, 400, 40), (Fraction(1, 2), 600, 60, 300), (Fraction(1), 6000, 200, 80),
    (Fraction(1), 1000, 500, 650), (Fraction(2), 3000, 120, 150), (Fraction(2), 400, 300, 50),
    (Fraction(1, 2), 1500, 120, 100), (Fraction(1), 3000, 40, 800), (Fraction(2), 2000, 100, 240),
)  # fmt: skip
EXPONENT = Fraction(1)  # of the curves with a ridge
RATIOS = (Fraction(1, 10), Fraction(1, 2), Fraction(1))  # r = min(N, T)/max(N, T)
SIZES = ((30, 3000), (100, 6000), (1000, 10**6))  # n = min(N, T) and M of the exact curves
PLACES = ((40, 4000, -3), (60, 3000, 0), (100, 5000, -1.5), (40, 3000, 1), (60, 6000, 2))  # n, M, log10 of ridge
REACH = (-4.0, 2.5)  # decades of the scaled ridge
MARKS = ("o", "s", "^")


@dataclass(frozen=True)
class Place:
    """A simulated model and where it stands in the figure: loss times `unit` at x."""

    curve: str
    model: Model
    x: float
    unit: float


def collapse_drawing(settings: Settings, tick: Tick) -> Drawing:
    """Left: ridgeless losses of any alpha, M, N, T against N/T. Right: losses with a ridge at alpha = 1."""
    tick("collapse: scaling functions")
    rows = _ridgeless_lines() + _ridge_lines()
    places = _ridgeless_places() + _ridge_places()
    points = judge_all(
        [place.model for place in places], settings.draws, settings.seed_of("collapse"), jobs=settings.jobs,
        progress=lambda done, total: tick(f"collapse: {done} of {total} draws"),
    )  # fmt: skip
    for place, point in zip(places, points, strict=True):
        known = point.z_corrected is not None and point.dof is not None
        score = normal_score(point.z_corrected or 0.0, point.dof or 1.0) if known else None
        error = (point.stderr or math.nan) * place.unit
        y, theory = point.mean * place.unit, point.theory * place.unit
        rows.append(Row(place.curve, "simulated", place.x, y, error, theory, score))
    caption = (
        "Collapse on the scaling functions of the planar equations (lines), no label noise. Left: ridgeless loss over "
        "C σ_w² Δ_n/2M against N/T, for α = 1/2, 1, 2 and M from 400 to 6000: 1/(1 - r), r = min(N, T)/max(N, T), "
        "n = min(N, T), exact at every size. Right: n^α L/L_0 against r n^(α-1) γM/(σ_u² λ_+ c_α) at α = 1: the limit "
        f"of large n and M/n for three r; exact planar losses at {', '.join(f'n = {n}, M = {m}' for n, m in SIZES)}; "
        f"stars: {settings.draws} simulated draws of models with n = 40 to 100, M = 3000 to 6000."
    )
    return Drawing("collapse", caption, _figure(rows), tuple(rows))


# Ridgeless -----------------------------------------------------------------------------------------


def _ridgeless_lines() -> list[Row]:
    form = sp.lambdify(collapse.RATIO, collapse.ridgeless_ratio(), "numpy")
    away = np.geomspace(1.01, 30, 80)
    x = np.concatenate([1 / away[::-1], [1.0], away])
    ratio = np.minimum(x, 1 / x)
    values = np.where(ratio < 1, form(np.where(ratio < 1, ratio, 0)), math.inf)
    return curve_rows(RIDGELESS, "theory", x, values)


def _ridgeless_places() -> list[Place]:
    places = []
    for alpha, latent, n, t in FREE:
        model = Model.power_law(alpha, latent, n, t)
        # the loss at the same n with the other size infinite: C sigma_w^2 Delta_n/2M
        limit = float(evaluate(model.with_(N=min(n, t), T=math.inf)).loss)
        places.append(Place(rf"{RIDGELESS}, $\alpha = {alpha}$", model, n / t, 1 / limit))
    return places


# With a ridge --------------------------------------------------------------------------------------


def _unit(n: int, latent: int) -> tuple[float, float]:
    """Factors that scale a ridge (times r) and a loss: n^(alpha-1) M/c_alpha and n^alpha M/L_0."""
    at = {ALPHA: sp.Rational(EXPONENT.numerator, EXPONENT.denominator)}
    power = float(n) ** float(EXPONENT)
    return power / n * latent / float(c_alpha().subs(at)), power * latent / float(collapse.amplitude().subs(at))


def _ridge_label(ratio: Fraction) -> str:
    return f"{RIDGE}, $r = {ratio}$"


def _ridge_lines() -> list[Row]:
    """The scaling functions, and exact planar losses of finite models beside them."""
    at = {ALPHA: sp.Rational(EXPONENT.numerator, EXPONENT.denominator)}
    forms = [(collapse.ridge() / c_alpha()).subs(at), collapse.loss().subs(at)]
    x, y = (sp.lambdify((collapse.SHARE, collapse.RATIO), form, "numpy") for form in forms)
    share = 1 / (1 + np.geomspace(1e-5, 1e3, 400))
    rows: list[Row] = []
    for ratio in RATIOS:
        across, up = x(share, float(ratio)), y(share, float(ratio))
        inside = (across >= 10.0 ** (REACH[0] - 0.1)) & (across <= 10.0 ** (REACH[1] + 0.1))
        rows += curve_rows(_ridge_label(ratio), "theory", across[inside], up[inside])
        points = np.geomspace(10.0 ** REACH[0], 10.0 ** REACH[1], 21)
        for place, (n, latent) in enumerate(SIZES):
            scaled = points[place :: len(SIZES)]  # in turn, so that none covers another
            per_ridge, per_loss = _unit(n, latent)
            model = Model.power_law(EXPONENT, latent, n, int(n / ratio))
            loss = evaluate_grid(model, gamma=scaled / float(ratio) / per_ridge).loss
            rows += curve_rows(f"{_ridge_label(ratio)}, n = {n}", "exact", scaled, loss * per_loss)
    return rows


def _ridge_places() -> list[Place]:
    places = []
    for index, ratio in enumerate(RATIOS):
        for place, (n, latent, decades) in enumerate(PLACES):
            per_ridge, per_loss = _unit(n, latent)
            scaled = 10.0 ** (decades + 0.5 * (index - 1))
            sizes = (n, int(n / ratio))[:: 1 if place % 2 else -1]  # features and samples limit in turn
            model = Model.power_law(EXPONENT, latent, *sizes, gamma=scaled / float(ratio) / per_ridge)
            places.append(Place(_ridge_label(ratio), model, scaled, per_loss))
    return places


# Drawing -------------------------------------------------------------------------------------------


def _figure(rows: list[Row]) -> Any:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure(figsize=(8.8, 4.0), layout="constrained")
        left, right = figure.subplots(1, 2)
        _left(left, rows)
        _right(right, rows)
        return figure


def _stars(axes: Any, rows: list[Row], curve: str, colour: str) -> None:
    stars = [row for row in rows if (row.curve, row.kind) == (curve, "simulated")]
    errors = [row.error for row in stars]
    axes.errorbar([r.x for r in stars], [r.y for r in stars], yerr=errors, color=colour, **STARS)


def _left(axes: Any, rows: list[Row]) -> None:
    line = [(row.x, row.y) for row in rows if (row.curve, row.kind) == (RIDGELESS, "theory")]
    for side in (1, -1):  # two branches, with the pole between them
        x, y = zip(*((x, y) for x, y in line if side * (x - 1) > 0), strict=True)
        axes.plot(x, y, color="black", lw=1.3, label="$1/(1 - r)$" if side > 0 else None)
    for alpha, colour in zip(sorted({alpha for alpha, *_ in FREE}), COLOURS, strict=False):
        label = rf"$\alpha = {alpha}$"
        _stars(axes, rows, f"{RIDGELESS}, {label}", colour)
        axes.plot([], [], color=colour, ls="", marker="*", ms=8, mec="black", mew=0.4, label=label)
    axes.set(xscale="log", yscale="log", xlabel="$N/T$", ylabel=r"$L\,/\,(C\sigma_w^2\Delta_n/2M)$", ylim=(0.8, 40))
    axes.set_title(r"ridgeless: any $\alpha$, $M$, $N$, $T$")
    axes.legend(loc="upper left")


def _right(axes: Any, rows: list[Row]) -> None:
    for ratio, colour in zip(RATIOS, COLOURS, strict=False):
        label = _ridge_label(ratio)
        line = [row for row in rows if (row.curve, row.kind) == (label, "theory")]
        axes.plot([r.x for r in line], [r.y for r in line], color=colour, lw=1.3, label=f"$r = {ratio}$")
        for (n, _), mark in zip(SIZES, MARKS, strict=True):
            exact = [row for row in rows if (row.curve, row.kind) == (f"{label}, n = {n}", "exact")]
            axes.plot([r.x for r in exact], [r.y for r in exact], color=colour, ls="", marker=mark, ms=4.5, mfc="white")
        _stars(axes, rows, label, colour)
    axes.plot([], [], color="0.3", ls="", marker="*", ms=8, label="simulated")
    for (n, _), mark in zip(SIZES, MARKS, strict=True):
        axes.plot([], [], color="0.3", ls="", marker=mark, ms=4.5, mfc="white", label=f"exact, $n = {n}$")
    axes.set(xscale="log", yscale="log", xlabel=r"$r\,n^{\alpha-1}\gamma M\,/\,\sigma_u^2\lambda_+ c_\alpha$",
             ylabel=r"$n^\alpha L\,/\,L_0$")  # fmt: skip
    axes.set_title(rf"with a ridge, $\alpha = {EXPONENT}$")
    axes.legend(loc="upper center", ncols=2)
