"""Figures: exact theory, the paper's drawn form, simulated stars. One look throughout.

Colours are the Okabe-Ito set (safe for colour-blind readers); fonts are embedded in the PDF.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
STYLE = {
    "font.family": "STIXGeneral",  # comes with matplotlib, letters and formulas alike
    "mathtext.fontset": "stix",
    "font.size": 11,
    "axes.labelsize": 12,
    "axes.titlesize": 12,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "pdf.fonttype": 42,
    "savefig.dpi": 200,
}
SIZE = (7.4, 3.9)
STARS: dict[str, Any] = {
    "ls": "", "marker": "*", "ms": 8, "mec": "black", "mew": 0.4, "elinewidth": 0.8, "capsize": 2, "zorder": 4,
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One curve: exact theory, optionally the drawn form, and simulated points with errors.

    Without `exact` the line is another drawn form of the one before, in its colour.
    """

    label: str
    x: np.ndarray
    exact: np.ndarray | None
    drawn: np.ndarray | None = None
    stars_x: Sequence[float] | np.ndarray = ()
    stars_y: Sequence[float] | np.ndarray = ()
    stars_error: Sequence[float] | np.ndarray = ()


def loss_figure(
    title: str, xlabel: str, lines: Sequence[Line], ylabel: str = "test loss $L$", stars: str = "simulated"
) -> Any:
    """Log-log loss against a size: solid exact, dotted drawn form, stars with error bars, which are `stars`."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        colours = iter(COLOURS)
        colour = COLOURS[0]
        for line in lines:
            if line.exact is not None:
                colour = next(colours)
                axes.plot(line.x, np.where(np.isfinite(line.exact), line.exact, np.nan), color=colour, label=line.label,
                          lw=1.4)  # fmt: skip
            if line.drawn is not None:
                drawn = np.where(np.isfinite(line.drawn) & (line.drawn > 0), line.drawn, np.nan)
                second: Any = {"ls": ":"} if line.exact is not None else {"ls": "-.", "label": line.label}
                axes.plot(line.x, drawn, color=colour, lw=1.1, **second)
            if len(line.stars_x):
                axes.errorbar(line.stars_x, line.stars_y, yerr=line.stars_error, color=colour, **STARS)
        axes.set(xscale="log", yscale="log", xlabel=xlabel, ylabel=ylabel)
        axes.set_title(title)
        _limits(axes, lines)
        _legend(axes, lines, stars)
        return figure


def spectrum_figure(title: str, spectra: dict[str, np.ndarray]) -> Any:
    """Log-log eigenvalues against rank, each in units of its largest."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        for (label, values), colour in zip(spectra.items(), COLOURS, strict=False):
            axes.plot(np.arange(1, values.size + 1), values / values[0], color=colour, label=label, lw=1.4)
        axes.set(xscale="log", yscale="log", xlabel="rank", ylabel="eigenvalue / largest")
        axes.set_title(title)
        figure.legend(loc="outside right upper")
        return figure


def _limits(axes: Any, lines: Sequence[Line]) -> None:
    """Keep poles from squeezing the curves: at most a decade above the largest typical value."""
    exact = [line.exact for line in lines if line.exact is not None]
    values = np.concatenate([one[np.isfinite(one) & (one > 0)] for one in exact])
    top = min(values.max(), 6 * np.quantile(values, 0.97))
    axes.set_ylim(values.min() / 1.5, top * 1.5)


def _legend(axes: Any, lines: Sequence[Line], stars: str) -> None:
    drawn = any(line.drawn is not None for line in lines)
    simulated = any(len(line.stars_x) for line in lines)
    legend_outside(
        axes.figure, axes, {"planar theory, exact": {"lw": 1.4}}
        | ({"drawn in the paper (continuum)": {"lw": 1.1, "ls": ":"}} if drawn else {})
        | ({f"{stars} ± standard error": {"ls": "", "marker": "*", "ms": 8}} if simulated else {}),
    )  # fmt: skip


def legend_outside(figure: Any, axes: Any, kinds: dict[str, dict[str, Any]]) -> None:
    """A legend beside the axes: their labelled lines, then what the kinds of line and marker mean, in grey."""
    from matplotlib.lines import Line2D

    handles, labels = axes.get_legend_handles_labels()
    handles += [Line2D([], [], color="0.3", **look) for look in kinds.values()]
    figure.legend(handles, [*labels, *kinds], loc="outside right upper")


def plain_label(text: str) -> str:
    """Labels are mathtext; tables and captions want plain characters."""
    signs = {r"\alpha": "α", r"\gamma": "γ", r"\sigma_\epsilon^2": "σ²", r"\,": "", "$": "", "^{": "^", "}": ""}
    for tex, character in signs.items():
        text = text.replace(tex, character)
    return text


def save(figure: Any, folder: Path, name: str) -> tuple[Path, Path]:
    """Write name.png and name.pdf; fonts embedded, no creation date (the same input, the same file)."""
    import logging

    from matplotlib import rc_context

    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it warns about the missing date
    png, pdf = folder / f"{name}.png", folder / f"{name}.pdf"
    with rc_context(STYLE):
        figure.savefig(png)
        figure.savefig(pdf, metadata={"CreationDate": None})
    return png, pdf
