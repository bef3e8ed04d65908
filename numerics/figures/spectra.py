"""Spectra of image data and of its linear and ReLU random features, the number of features or of samples varied."""

from typing import Any

import numpy as np

from numerics.data import Dataset, load
from numerics.figures.drawing import Drawing, Row, Settings, Tick, curve_rows
from numerics.plots import COLOURS, STYLE
from numerics.spectra import spectra
from theory.errors import InvalidInput

SOURCES = ("fashion-mnist", "image-patches")
MAPS = {"linear": "linear features", "relu": "ReLU features"}
WIDTHS = (0.25, 1.0, 2.5)  # numbers of features and of samples, in units of the input dimension d
SAMPLES = (0.5, 2.0, 8.0)
DEPTH = 1e-6  # of the largest eigenvalue: what lies below is not drawn
Lines = dict[str, np.ndarray]


def spectra_drawing(settings: Settings, tick: Tick) -> Drawing:
    """Two maps by two sweeps; the largest number of the one stays where the other varies."""
    data = _images()
    number = settings.seed_of("spectra")
    order = np.random.default_rng([number, 3]).permutation(data.n)
    counts = [min(data.n, round(share * data.d)) for share in SAMPLES]
    widths = [round(share * data.d) for share in WIDTHS]
    panels: dict[tuple[str, str], Lines] = {}
    for name, title in MAPS.items():
        tick(f"spectra: {title} of {data.name}")
        by_width = list(spectra(data.subset(order[: counts[-1]]), [name], widths, number))
        panels[title, "N"] = {"data": _ranked(by_width[0].eigenvalues)} | {
            f"$N = {one.width}$": _ranked(one.eigenvalues) for one in by_width[1:]
        }
        by_count = [list(spectra(data.subset(order[:count]), [name], widths[-1:], number)) for count in counts[:-1]]
        panels[title, "T"] = {f"$T = {one[1].n}$": _ranked(one[1].eigenvalues) for one in by_count}
        panels[title, "T"][f"$T = {counts[-1]}$"] = panels[title, "N"][f"$N = {widths[-1]}$"]
        panels[title, "T"] = {"data": panels[title, "N"]["data"]} | panels[title, "T"]
    rows: list[Row] = []
    for (title, sweep), lines in panels.items():
        for label, values in lines.items():
            rows += curve_rows(f"{title}, {sweep} varied: {label}", "data", np.arange(1, values.size + 1), values)
    caption = (
        f"Covariance eigenvalues by rank, in units of the largest, of {data.name} (d = {data.d} pixels) and of random "
        f"features of it. Left: N varied at T = {counts[-1]} samples; right: T varied at N = {widths[-1]} features. "
        "Grey line: the input dimension, where linear features end and ReLU features do not."
    )
    return Drawing("spectra", caption, _figure(data, panels, counts[-1], widths[-1]), tuple(rows))


def _images() -> Dataset:
    """Fashion-MNIST where it is installed, else image patches."""
    try:
        return load(SOURCES[0])
    except InvalidInput:
        return load(SOURCES[1])


def _ranked(eigenvalues: np.ndarray) -> np.ndarray:
    shares = eigenvalues / eigenvalues[0]
    return shares[shares > DEPTH]


def _figure(data: Dataset, panels: dict[tuple[str, str], Lines], samples: int, width: int) -> Any:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    fixed = {"N": f"$T = {samples}$", "T": f"$N = {width}$"}
    with rc_context(STYLE):
        figure = Figure(figsize=(8.4, 6.0), layout="constrained")
        grid = figure.subplots(2, 2, sharex=True, sharey=True)
        for axes, ((title, sweep), lines) in zip(grid.flat, panels.items(), strict=True):
            for (label, values), colour in zip(lines.items(), ("0.25", *COLOURS), strict=False):
                dotted = {"ls": ":", "lw": 1.6} if label == "data" else {"lw": 1.3}
                axes.plot(np.arange(1, values.size + 1), values, color=colour, label=label, **dotted)
            axes.axvline(data.d, color="0.75", lw=0.8, zorder=0)
            axes.set(xscale="log", yscale="log")
            axes.set_title(f"{title}, ${sweep}$ varied, {fixed[sweep]}")
            axes.legend(loc="lower left")
        for axes in grid[1]:
            axes.set_xlabel("rank $k$")
        for axes in grid[:, 0]:
            axes.set_ylabel(r"eigenvalue $\lambda_k/\lambda_1$")
        figure.suptitle(f"Spectra of {data.name} ($d = {data.d}$) and of random features of it", fontsize=13)
        return figure
