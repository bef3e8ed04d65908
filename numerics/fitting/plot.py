"""Measured losses over the fitted curves, and the usual parametric fit beside them."""

from typing import Any

import numpy as np

from numerics.fitting.fit import PlanarFit
from numerics.fitting.holdout import Comparison
from numerics.plots import COLOURS, SIZE, STYLE

POINTS = 240  # of a curve
AXES = {"T": "number of training samples $T$", "N": "number of features $N$"}
ROOM = 1.6  # by which the axes go beyond the data


def fit_figure(title: str, fit: PlanarFit, comparison: Comparison | None = None) -> Any:
    """A matplotlib Figure, log-log: loss against N or T, whichever takes more values, a colour a value of the other.

    Solid: the planar fit; dashed, lighter: the parametric fit. With a comparison both are those fitted to the filled
    points; the open ones, over grey where no filled one stands, were held out. At most six curves, evenly chosen.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    table = fit.problem.table
    held = np.zeros(table.n, dtype=bool) if comparison is None else comparison.held
    shown = fit if comparison is None else comparison.planar
    x, other = _axes(table.N, table.T)
    along, across = getattr(table, x), getattr(table, other)
    finite = np.isfinite(along)
    values = np.unique(across[finite])
    if values.size > len(COLOURS):
        values = values[np.unique(np.linspace(0, values.size - 1, len(COLOURS)).round().astype(int))]
    with rc_context(STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        limits = (along[finite].min() / ROOM, along[finite].max() * ROOM)
        _shade(axes, along[finite], held[finite], limits[1])
        for value, colour in zip(values, COLOURS, strict=False):
            rows = finite & (across == value)
            for some, face in ((rows & ~held, colour), (rows & held, "white")):
                error = None if table.stderr is None else table.stderr[some]
                axes.errorbar(
                    along[some], table.loss[some], yerr=error, color=colour, ls="", marker="o", ms=4, mfc=face,
                    mec=colour, mew=0.9, elinewidth=0.8, capsize=1.5, zorder=3,
                )  # fmt: skip
            grid = np.unique(np.concatenate([np.geomspace(*limits, POINTS), along[rows]]))
            sizes = {x: grid, other: np.full(grid.size, value)}
            gamma = _gamma(table.gamma, rows)
            label = f"${other} = {_size(value)}$"
            axes.plot(grid, _finite(shown.loss(sizes["N"], sizes["T"], gamma)), color=colour, lw=1.4, label=label)
            if comparison is not None:
                line = np.exp(comparison.parametric.log_loss(sizes["N"], sizes["T"]))
                axes.plot(grid, line, color=colour, lw=1.0, ls="--", alpha=0.55)
        axes.set(xscale="log", yscale="log", xlabel=AXES[x], ylabel="test loss", title=title, xlim=limits)
        axes.set_ylim(table.loss.min() / 2.5, table.loss.max() * 2.5)
        _legend(axes, comparison is not None, bool(held.any()))
        return figure


def _axes(N: np.ndarray, T: np.ndarray) -> tuple[str, str]:
    counts = [np.unique(size[np.isfinite(size)]).size for size in (N, T)]
    return ("N", "T") if counts[0] > counts[1] else ("T", "N")


def _gamma(gamma: np.ndarray | None, rows: np.ndarray) -> float:
    """One ridge for a curve: the middle one of its rows."""
    return 1.0 if gamma is None else float(np.median(gamma[rows]))


def _finite(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values) & (values > 0), values, np.nan)


def _size(value: float) -> str:
    return r"\infty" if np.isinf(value) else f"{value:.6g}"


def _shade(axes: Any, along: np.ndarray, held: np.ndarray, right: float) -> None:
    """Grey from the last fitted size to the right, if held-out ones lie beyond it."""
    if held.any() and not held.all() and along[held].max() > along[~held].max():
        axes.axvspan(along[~held].max() * (1 + 1e-9), right, color="0.94", lw=0, zorder=0)


def _legend(axes: Any, compared: bool, held: bool) -> None:
    from matplotlib.lines import Line2D

    handles, labels = axes.get_legend_handles_labels()
    handles.append(Line2D([], [], color="0.3", lw=1.4))
    labels.append("planar fit")
    if compared:
        handles.append(Line2D([], [], color="0.3", lw=1.0, ls="--", alpha=0.6))
        labels.append("$E + A/N^a + B/T^b$")
    if held:
        for face, label in (("0.3", "fitted"), ("white", "held out")):
            handles.append(Line2D([], [], color="0.3", ls="", marker="o", ms=4, mfc=face))
            labels.append(label)
    axes.figure.legend(handles, labels, loc="outside right upper")
