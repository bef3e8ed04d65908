"""The planar eigenvalue density of phi phi^T against simulated eigenvalues."""

import numpy as np

from numerics.density import Density, FeatureEigenvalues
from numerics.density_plot import density_figure, histogram, simulated_eigenvalues
from numerics.figures.drawing import Drawing, Row, Settings, Tick, curve_rows
from numerics.scores import normal_score
from theory.model import Model

MODEL = Model.power_law(1, 2000, 200, 400)
POINTS = 800  # of the line
REPEATS = 8  # draws of all eigenvalues for each draw asked for: one costs milliseconds
LEAST = 2.0  # planar eigenvalues in a bin that is judged


def density_drawing(settings: Settings, tick: Tick) -> Drawing:
    """Density with its edges over the histogram of 8 times the draws."""
    tick("density: eigenvalues")
    spectrum = FeatureEigenvalues(MODEL)
    draws = REPEATS * settings.draws
    simulated = simulated_eigenvalues(MODEL, draws, settings.seed_of("density"))
    density = spectrum.on_grid(POINTS)
    rows = curve_rows("density", "theory", density.x, density.x * density.density)
    rows += [Row("edges", "theory", edge.x, 0.0) for edge in density.edges]
    rows += _bins(spectrum, density, simulated)
    caption = (
        f"Eigenvalues x of φφ^T for α = 1, M = {MODEL.M}, N = {MODEL.N}, T = {MODEL.T}: the planar density "
        f"per unit of ln x (line), the edges of its bulks (ticks), and the eigenvalues of {draws} draws (bars). The "
        "largest eigenvalues have a bulk each, which single draws blur. In the CSV bars without an edge in them and "
        f"with {LEAST:g} eigenvalues or more are judged."
    )
    return Drawing("density", caption, density_figure(density, simulated), tuple(rows))


def _bins(spectrum: FeatureEigenvalues, density: Density, simulated: np.ndarray) -> list[Row]:
    """The bars: mean over draws, its error, the planar mean over the bin, and the score where it is fair."""
    bins, heights = histogram(density, simulated)
    expected = -np.diff(spectrum.at(bins).above)
    unit = np.diff(np.log(bins)) * spectrum.size
    edges = np.array([edge.x for edge in density.edges])
    rows = []
    for k, column in enumerate(heights.T):
        low, high, theory = bins[k], bins[k + 1], float(expected[k] / unit[k])
        mean, score = float(column.mean()), None
        error = float(column.std(ddof=1)) / np.sqrt(column.size)
        if expected[k] >= LEAST and not ((edges >= low) & (edges <= high)).any():
            score = normal_score((mean - theory) / error, column.size - 1)
        rows.append(Row("eigenvalues", "simulated", float(np.sqrt(low * high)), mean, float(error), theory, score))
    return rows
