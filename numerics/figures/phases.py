"""The derived phase diagram, with the corners of its phases as numbers."""

from string import ascii_uppercase

import numpy as np
import sympy as sp

from numerics.figures.drawing import Drawing, Row, Settings, Tick
from numerics.phase_plot import AXES, phase_figure
from theory.continuum import ALPHA
from theory.phases import Phase, phases

SCALES = ("N", "T", "gamma")
EXPONENT = sp.Rational(1, 2)


def phase_drawing(settings: Settings, tick: Tick) -> Drawing:
    """The plane N = T^x, gamma = T^y at alpha = 1/2, no noise, M infinite; draws nothing at random."""
    tick("phase-diagram: derive the phases")
    found = phases(SCALES, EXPONENT)
    rows: list[Row] = []
    shown = [(phase, corners(phase, EXPONENT)) for phase in found]
    for letter, (phase, polygon) in zip(ascii_uppercase, (one for one in shown if len(one[1])), strict=False):
        label = f"{letter}: limited by {' and '.join(sorted(phase.limits))}"
        rows += [Row(label, "corner", float(x), float(y)) for x, y in polygon]
    caption = (
        f"Phases of the planar solution for α = {EXPONENT}, no label noise, M infinite: N and the ridge γ (in "
        "units of σ_u²/M) as powers of T. Each phase names what limits κ, what dominates the loss, and the "
        "law of the loss; borders are derived. The CSV has the corners of the phases within the frame."
    )
    return Drawing("phase-diagram", caption, phase_figure(found, EXPONENT), tuple(rows))


def corners(phase: Phase, alpha: sp.Rational) -> np.ndarray:
    """The corners (x, y) of the phase within the frame of phase_plot, in order; none if it lies outside.

    A phase is where all its walls are positive: the frame, cut by one half-plane after the other.
    """
    (left, right), (bottom, top) = AXES["N"], AXES["gamma"]
    polygon = np.array([(left, bottom), (right, bottom), (right, top), (left, top)])
    for wall in phase.walls:
        weights = dict(zip(phase.names, (float(w.as_expr().subs(ALPHA, alpha)) for w in wall), strict=True))
        height = weights["T"] + polygon @ [weights["N"], weights["gamma"]]
        polygon = _cut(polygon, height)
        if len(polygon) < 3:
            return np.empty((0, 2))
    return polygon


def _cut(polygon: np.ndarray, height: np.ndarray) -> np.ndarray:
    """The part of a convex polygon where a linear function, given at its corners, is >= 0."""
    kept = []
    for k, point in enumerate(polygon):
        after = (k + 1) % len(polygon)
        if height[k] >= 0:
            kept.append(point)
        if height[k] * height[after] < 0:
            share = height[k] / (height[k] - height[after])
            kept.append(point + share * (polygon[after] - point))
    return np.array(kept)
