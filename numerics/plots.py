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
    "font.family": "serif",
    "mathtext.fontset": "cm",
    "font.size": 10,
    "axes.labelsize": 11,
    "axes.titlesize": 10,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "pdf.fonttype": 42,
    "savefig.dpi": 200,
}
SIZE = (7.4, 3.9)


@dataclass(frozen=True)
class Line:
    """One curve: exact theory, optionally the drawn form, and simulated points with errors."""

    label: str
    x: np.ndarray
    exact: np.ndarray
    drawn: np.ndarray | None = None
    stars_x: Sequence[float] | np.ndarray = ()
    stars_y: Sequence[float] | np.ndarray = ()
    stars_error: Sequence[float] | np.ndarray = ()


def loss_figure(title: str, xlabel: str, lines: Sequence[Line], ylabel: str = "test loss") -> Any:
    """Log-log loss against a size: solid exact, dotted drawn form, stars with error bars."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        for line, colour in zip(lines, COLOURS, strict=False):
            exact = np.where(np.isfinite(line.exact), line.exact, np.nan)
            axes.plot(line.x, exact, color=colour, label=line.label, lw=1.4)
            if line.drawn is not None:
                drawn = np.where(np.isfinite(line.drawn) & (line.drawn > 0), line.drawn, np.nan)
                axes.plot(line.x, drawn, color=colour, ls=":", lw=1.0)
            if len(line.stars_x):
                axes.errorbar(
                    line.stars_x, line.stars_y, yerr=line.stars_error, color=colour, ls="", marker="*", ms=8,
                    mec="black", mew=0.4, elinewidth=0.8, capsize=2,
                )  # fmt: skip
        axes.set(xscale="log", yscale="log", xlabel=xlabel, ylabel=ylabel)
        axes.set_title(title)
        _limits(axes, lines)
        _legend(axes, lines)
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
    values = np.concatenate([line.exact[np.isfinite(line.exact) & (line.exact > 0)] for line in lines])
    top = min(values.max(), 6 * np.quantile(values, 0.97))
    axes.set_ylim(values.min() / 1.5, top * 1.5)


def _legend(axes: Any, lines: Sequence[Line]) -> None:
    from matplotlib.lines import Line2D

    handles, labels = axes.get_legend_handles_labels()
    handles = [h.lines[0] if hasattr(h, "lines") and not isinstance(h, Line2D) else h for h in handles]
    handles.append(Line2D([], [], color="0.3", lw=1.4))
    labels.append("planar theory, exact")
    if any(line.drawn is not None for line in lines):
        handles.append(Line2D([], [], color="0.3", lw=1.0, ls=":"))
        labels.append("drawn in the paper (continuum)")
    if any(len(line.stars_x) for line in lines):
        handles.append(Line2D([], [], color="0.3", ls="", marker="*", ms=8))
        labels.append("measured ± standard error")
    axes.figure.legend(handles, labels, loc="outside right upper")


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


def formula_svg(latex: str, size: float = 13) -> str:
    """A displayed formula as inline SVG (mathtext), for pages that load nothing from elsewhere."""
    import io

    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"mathtext.fontset": "cm", "svg.fonttype": "path", "svg.hashsalt": "solvable"}):
        figure = Figure(figsize=(0.01, 0.01))
        figure.text(0, 0, f"${latex}$".replace(r"\frac", r"\dfrac"), fontsize=size)
        buffer = io.StringIO()
        figure.savefig(
            buffer,
            format="svg",
            bbox_inches="tight",
            pad_inches=0.03,
            transparent=True,
            metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")),
        )
    text = buffer.getvalue()
    return text[text.index("<svg") :]
