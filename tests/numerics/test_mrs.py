"""The paper's figures: numbers read off them, and that the two forms are told apart."""

import math

import numpy as np
import pytest

from numerics.mrs import FIGURES, READING, Curve

READ = [(c, x, v) for f in FIGURES for c in f.curves for x, v in c.read]


@pytest.mark.parametrize(("curve", "x", "value"), READ, ids=lambda v: v.label if isinstance(v, Curve) else str(v))
def test_drawn_form_meets_the_numbers_read_off(curve: Curve, x: int, value: float) -> None:
    assert abs(math.log10(float(curve.drawn_loss(np.array([x]))[0]) / value)) <= READING


def test_exact_loss_is_another_curve_at_small_sizes() -> None:
    """model sheet, section 6: at T = 1 the exact value is 0.45 of the drawn one; the reading tells them apart."""
    curve = FIGURES[0].curves[0]
    exact = float(curve.exact_loss(np.array([1]))[0])
    assert abs(math.log10(exact / curve.read[0][1])) > 10 * READING
    assert exact == pytest.approx(9.3e-5, abs=0.05e-5)  # to the two digits given


def test_optimal_values_of_the_model_sheet() -> None:
    """Section 6: exact planar 2.84e-5 (N = 100) and 2.78e-6 (N = 4000) at T = 5000."""
    curves = FIGURES[3].curves
    assert float(curves[0].exact_loss(np.array([5000]))[0]) == pytest.approx(2.84e-5, rel=2e-3)
    assert float(curves[2].exact_loss(np.array([5000]))[0]) == pytest.approx(2.78e-6, rel=2e-3)


def test_there_are_seven_loss_figures_with_stars() -> None:
    assert len(FIGURES) == 7
    assert all(any(curve.stars for curve in figure.curves) for figure in FIGURES)
    for figure in FIGURES:
        for curve in figure.curves:
            grid = curve.grid(figure.low, figure.high)
            assert (grid[0], grid[-1]) == (figure.low, figure.high)
