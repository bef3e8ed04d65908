"""Spectra before and after the map, log-log, with the fitted lines on their ranks."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numerics.plots import COLOURS, SIZE, STYLE
from numerics.spectra.analysis import Analysis
from numerics.spectra.spectrum import RAW

DASHES = ("-", "--", ":", "-.")
DEPTH = 1e-7  # of the largest eigenvalue: what lies below is not drawn


def spectra_figure(title: str, analyses: Sequence[Analysis]) -> Any:
    """A matplotlib Figure: eigenvalues in units of the largest against rank.

    Black dashes on a spectrum are its fit: the rule's; where there is none, those asked for. A grey line marks
    the input dimension.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        floor = 1.0
        for place, one in enumerate(analyses):
            values = one.eigenvalues[: one.rank] / one.eigenvalues[0]
            values = values[values > DEPTH]
            floor = min(floor, values[-1])
            style: Any = {"color": COLOURS[place % len(COLOURS)], "ls": DASHES[place // len(COLOURS) % len(DASHES)]}
            axes.plot(np.arange(1, values.size + 1), values, label=_label(one), lw=1.4, **style)
            for drawn in _drawn(one):
                ends = np.array([drawn.low, drawn.high], dtype=float)
                line = drawn.amplitude / one.eigenvalues[0] * ends**-drawn.exponent
                axes.plot(ends, line, color="black", lw=1.1, ls=(0, (4, 2)))
        dimension = analyses[0].width
        if len(analyses) > 1:
            axes.axvline(dimension, color="0.7", lw=0.8, zorder=0)
            axes.annotate(
                f"input dimension {dimension}", (dimension, 0.98), xycoords=("data", "axes fraction"), rotation=90,
                ha="right", va="top", fontsize=8, color="0.4",
            )  # fmt: skip
        axes.set(xscale="log", yscale="log", xlabel="rank $k$", ylabel=r"eigenvalue $\lambda_k/\lambda_1$", title=title)
        axes.set_ylim(floor / 2, 2)
        figure.legend(loc="outside right upper")
        return figure


def _label(one: Analysis) -> str:
    name = "data" if one.name == RAW else f"{one.name}, $N = {one.width}$"
    found = one.judgement.fit
    return name if found is None else f"{name}\n$k^{{-{found.exponent:.2f}}}$, ranks {found.low}–{found.high}"


def _drawn(one: Analysis) -> list[Any]:
    if one.judgement.fit is not None:
        return [one.judgement.fit]
    return [found for found in one.asked.values() if found is not None]
