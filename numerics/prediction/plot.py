"""Predicted curves with their bands, measured points with error bars; relative errors below."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from numerics.plots import COLOURS, STYLE
from numerics.prediction.compare import curves
from numerics.prediction.study import Study
from theory.errors import InvalidInput

SIZE = (7.4, 5.6)
LIGHT = 0.45


def prediction_figure(study: Study) -> Any:
    """A matplotlib Figure: loss against T (against N if there is one T), one colour a curve; below, measured/predicted.

    Lines: predicted, band of one standard error. Points: measured. Small rings: generalised cross-validation;
    dotted, where it was fitted and beyond: power law with offset. Raises InvalidInput for more curves than colours.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    points, trained = study.points, study.trained
    along = "T" if np.unique(points.T).size > 1 or np.unique(points.N).size == 1 else "N"
    drawn = list(_curves(study, along))
    if len(drawn) > len(COLOURS):
        raise InvalidInput("--plot", f"{len(drawn)} curves", f"at most {len(COLOURS)} of one N and ridge")
    laws = {(one.N, one.ridge): one.law for one in study.forecasts}
    with rc_context(STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1.1])
        below.axhline(0, color="0.3", lw=0.8)
        for (label, key, where), colour in zip(drawn, COLOURS, strict=False):
            x = getattr(points, along)[where].astype(float)
            loss, band = points.loss[where], np.nan_to_num(points.stderr[where])
            axes.plot(x, loss, color=colour, lw=1.4, label=label, marker="_" if x.size == 1 else None, ms=14)
            axes.fill_between(x, loss - band, loss + band, color=colour, alpha=0.18, lw=0)
            style = {"color": colour, "ls": "", "marker": "o", "ms": 4, "mec": "black", "mew": 0.4}
            axes.errorbar(x, trained.loss[where], yerr=trained.stderr[where], capsize=2, elinewidth=0.8, **style)
            axes.plot(x, trained.gcv[where], color=colour, ls="", marker="o", ms=4, mfc="none", alpha=LIGHT)
            if along == "T" and key in laws:
                axes.plot(x, laws[key](x), color=colour, lw=1.0, ls=":", alpha=0.8)
            off = 100 * study.relative_error[where]
            below.fill_between(x, -100 * band / loss, 100 * band / loss, color=colour, alpha=0.12, lw=0)
            error = 100 * trained.stderr[where] / loss
            below.errorbar(x, off, yerr=error, capsize=2, elinewidth=0.8, **style)
        axes.set(xscale="log", yscale="log", ylabel="test loss", title=study.task.name)
        below.set(xlabel={"T": "training samples $T$", "N": "features $N$"}[along], ylabel="relative\nerror (%)")
        _ticks(axes, below)
        _legend(axes, bool(laws) and along == "T")
        return figure


def _curves(study: Study, along: str) -> Iterator[tuple[str, tuple[float, float | str], np.ndarray]]:
    """Label, (N, ridge) and indices of each curve."""
    points = study.points
    if along == "T":
        for N, ridge, where in curves(points):
            size = "inputs" if math.isinf(N) else f"$N = {N:g}$"
            yield f"{size}, {_ridge(ridge)}", (N, ridge), where
        return
    for ridge in dict.fromkeys(ridge for _, ridge, _ in curves(points)):
        where = np.concatenate([place for _, other, place in curves(points) if other == ridge])
        where = where[np.argsort(points.N[where])]
        yield f"$T = {points.T[0]}$, {_ridge(ridge)}", (math.nan, ridge), where


def _ridge(ridge: float | str) -> str:
    return "optimal ridge" if isinstance(ridge, str) else rf"$\gamma = {ridge:g}$"


def _ticks(axes: Any, below: Any) -> None:
    """Sizes are read as 200, not 2 x 10^2; losses as decimals."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    below.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    below.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}".replace(",", " ")))
    below.xaxis.set_minor_formatter(NullFormatter())
    low, high = axes.get_ylim()
    subs = (1, 2, 5) if high / low > 12 else (1, 1.5, 2, 3, 4, 5, 6, 8)
    axes.yaxis.set_major_locator(LogLocator(subs=subs))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _legend(axes: Any, laws: bool) -> None:
    from matplotlib.lines import Line2D

    handles, labels = axes.get_legend_handles_labels()
    grey: Any = {"color": "0.3"}
    handles += [
        Line2D([], [], lw=1.4, **grey), Line2D([], [], ls="", marker="o", ms=4, mec="black", mew=0.4, **grey),
        Line2D([], [], ls="", marker="o", ms=4, mfc="none", alpha=LIGHT, **grey),
    ]  # fmt: skip
    labels += ["predicted before training", "measured ± standard error", "cross-validation (GCV)"]
    if laws:
        handles.append(Line2D([], [], lw=1.0, ls=":", **grey))
        labels.append("power law + offset,\nfitted to the first points")
    axes.figure.legend(handles, labels, loc="outside right upper")
