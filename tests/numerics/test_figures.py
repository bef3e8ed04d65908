"""What the figures draw: consistent with evaluate, judged by scores, and seen failing with wrong theory."""

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from numerics import evaluate, formulas
from numerics.data import named
from numerics.figures import collapse, density, finite_size, losses, make_figures, names, optimum, phases, spectra
from numerics.figures.drawing import Drawing, Row, Settings
from numerics.mrs import FIGURES, Curve
from numerics.scores import threshold
from theory import InvalidInput
from theory.phases import phases as derive

QUICK = Settings(draws=4, seed=1)
FIGURE = {figure.name: figure for figure in FIGURES}


def quiet(text: str) -> None:
    """No progress."""


def scores(drawing: Drawing) -> list[float]:
    return [row.z for row in drawing.rows if row.z is not None]


def beyond(found: list[float]) -> int:
    """Scores past a limit that right theory passes with probability 1e-3 in all."""
    assert len(found) >= 3
    return sum(abs(z) > threshold(len(found)) for z in found)


def of_kind(drawing: Drawing, kind: str) -> list[Row]:
    return [row for row in drawing.rows if row.kind == kind]


# The paper's ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def linear() -> Drawing:
    return losses.loss_drawing(FIGURE["linear-features"], QUICK, quiet)[0]


def test_lines_are_those_of_evaluate(linear: Drawing) -> None:
    curves = {curve.label: curve for curve in FIGURE["linear-features"].curves}
    lines = of_kind(linear, "theory")
    assert {row.curve for row in lines} == set(curves)
    for row in lines[:: len(lines) // 12]:
        assert row.y == pytest.approx(float(evaluate(curves[row.curve].model(int(row.x))).loss), rel=1e-10)
    for row in of_kind(linear, "simulated"):
        assert row.theory == pytest.approx(float(evaluate(curves[row.curve].model(int(row.x))).loss), rel=1e-12)
        assert row.error is not None
        assert 0 <= row.error < row.y  # 0 for M < T: all averages are exact there
        assert (row.z is None) == (row.error == 0)


def test_stars_agree_with_theory_and_not_with_another(linear: Drawing, monkeypatch: pytest.MonkeyPatch) -> None:
    assert beyond(scores(linear)) == 0
    monkeypatch.setattr(Curve, "grid", lambda self, low, high: np.array([low, high]))  # the stars alone matter here
    right = formulas.losses

    def wrong(infinite: str, backend: str) -> dict[str, Callable[..., Any]]:
        forms = dict(right(infinite, backend))
        original = forms["label_noise"]
        forms["label_noise"] = lambda c, a, b, q, g, *rest: original(c, a, b, q + g, g, *rest)  # df1 for df2
        return forms

    monkeypatch.setattr(formulas, "losses", wrong)
    assert beyond(scores(losses.loss_drawing(FIGURE["linear-features"], QUICK, quiet)[0])) > 0


def test_a_second_law_is_drawn_beside_one_exact_line() -> None:
    drawing, _ = losses.loss_drawing(FIGURE["optimal-ridge"], QUICK, quiet, stars=0)
    assert len({row.curve for row in of_kind(drawing, "theory")}) == 2
    assert len({row.curve for row in of_kind(drawing, "drawn")}) == 4


def test_spectra_of_patches_where_fashion_mnist_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Model sheet, section 6: linear features end at the input dimension, ReLU features go on."""
    monkeypatch.setenv(named.FASHION_VARIABLE, "/nonexistent")
    drawing = spectra.spectra_drawing(QUICK, quiet)
    assert "image-patches" in drawing.caption
    last = {kind: max(row.x for row in drawing.rows if row.curve.startswith(kind)) for kind in ("linear", "ReLU")}
    assert last["linear"] <= 81 < 1.5 * 81 < last["ReLU"]
    assert max(row.y for row in drawing.rows) == 1


# Those it lacks ------------------------------------------------------------------------------------


def test_density_agrees_and_another_model_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(density, "POINTS", 100)
    few = Settings(draws=2, seed=1)
    drawing = density.density_drawing(few, quiet)
    assert beyond(scores(drawing)) == 0
    right = density.simulated_eigenvalues
    monkeypatch.setattr(density, "simulated_eigenvalues", lambda m, *rest: right(m.with_(T=440), *rest))
    assert beyond(scores(density.density_drawing(few, quiet))) > 0


def test_finite_size_agrees_and_its_absence_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finite_size, "FACTORS", (1, 2, 4))
    monkeypatch.setattr(finite_size, "CURVES", dict([next(iter(finite_size.CURVES.items()))]))
    assert beyond(scores(finite_size.finite_size_drawing(QUICK, quiet))) == 0
    right = finite_size.finite_size
    monkeypatch.setattr(finite_size, "finite_size", lambda model: replace(right(model), relative=1e-9))
    assert beyond(scores(finite_size.finite_size_drawing(QUICK, quiet))) > 0


def test_collapse_stars_agree_and_exact_losses_tend_to_the_lines() -> None:
    drawing = collapse.collapse_drawing(Settings(draws=2, seed=1), quiet)
    assert beyond(scores(drawing)) == 0
    for ratio in collapse.RATIOS:
        label = collapse._ridge_label(ratio)
        line = np.array([(row.x, row.y) for row in drawing.rows if (row.curve, row.kind) == (label, "theory")])
        line = np.log(line[np.argsort(line[:, 0])])
        worst = []
        for n, _ in collapse.SIZES:
            points = [(row.x, row.y) for row in of_kind(drawing, "exact") if row.curve == f"{label}, n = {n}"]
            gaps = [math.log(y) - np.interp(math.log(x), *line.T) for x, y in points]
            worst.append(max(map(abs, gaps)))
        assert worst[0] > worst[1] > worst[2], label
        assert worst[2] < 1 / 56  # corrections are about 1/D, and D = 56 at the largest ridge
    pole = [row for row in of_kind(drawing, "theory") if row.curve == collapse.RIDGELESS]
    assert all(row.y == pytest.approx(1 / (1 - min(row.x, 1 / row.x))) for row in pole)


def test_optimal_ridge_law_has_the_sheets_ratios(monkeypatch: pytest.MonkeyPatch) -> None:
    """Section 4: exact over law at N = T, and gamma* = (pi^2/4) sigma_u^2 lambda_+/M at alpha = 1 (c_1 = pi^2/4)."""
    known = {Fraction(1, 4): 1.0997, Fraction(1, 2): 1.0948, Fraction(1): 1.0, Fraction(2): 0.7182, Fraction(3): 0.4668}
    for alpha, expected in known.items():
        label = optimum._label(alpha)
        (row,) = (r for r in optimum._closed(alpha) if r.curve == f"{optimum.LOSS}, {label}" and abs(r.x - 1) < 1e-9)
        assert row.y == pytest.approx(expected, abs=1e-4)
    monkeypatch.setattr(optimum, "ALPHAS", (Fraction(1),))
    monkeypatch.setattr(optimum, "ROOTS", (Fraction(2),))
    monkeypatch.setattr(optimum, "PLACES", ((60, 60),))
    monkeypatch.setattr(optimum, "SIMULATED", {Fraction(1): 500})
    drawing = optimum.optimum_drawing(QUICK, quiet)
    loss, ridge = of_kind(drawing, "exact")
    assert (loss.y, ridge.y) == (pytest.approx(1, abs=1e-3), pytest.approx(1, abs=1e-3))
    assert all(row.y == pytest.approx(1, rel=1e-9) for row in of_kind(drawing, "theory"))
    (star,) = of_kind(drawing, "simulated")
    assert star.z is not None
    assert abs(star.z) < threshold(1)


def test_corners_cover_the_frame_once() -> None:
    found = [phases.corners(phase, phases.EXPONENT) for phase in derive(phases.SCALES, phases.EXPONENT)]
    (left, right), (bottom, top) = phases.AXES["N"], phases.AXES["gamma"]

    def area(polygon: np.ndarray) -> float:
        x, y = polygon.T
        return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2

    assert sum(area(polygon) for polygon in found if len(polygon)) == pytest.approx((right - left) * (top - bottom))
    meeting = (1.0, float(1 - phases.EXPONENT))  # N = T, gamma = T^(1 - alpha): features, samples, ridge together
    assert sum(np.isclose(polygon, meeting).all(axis=1).any() for polygon in found) == 3


def test_each_figure_has_a_seed_of_its_own() -> None:
    seeds = [Settings(2, seed).seed_of(name) for seed in (0, 1) for name in names()]
    assert len(set(seeds)) == len(seeds)


# The verb ------------------------------------------------------------------------------------------


def test_what_cannot_be_made_is_refused(tmp_path: Any) -> None:
    for wanted, settings, named_option in (
        (["spectrum"], {}, "NAME"), (None, {"draws": 1}, "draws"), (None, {"seed": -1}, "seed"),
        (None, {"jobs": 0}, "jobs"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput, match=f"^{named_option}"):
            make_figures(wanted, tmp_path / "new", **settings)
    assert not (tmp_path / "new").exists()
    assert len(set(names())) == len(names()) == 13
