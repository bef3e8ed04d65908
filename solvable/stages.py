"""The stages of the main job that draw random numbers and figures."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from numerics.scores import normal_score, threshold
from solvable.checks import Check, Progress
from solvable.report import Picture

if TYPE_CHECKING:
    from numerics.figures.drawing import Settings
    from numerics.figures.losses import Star
    from numerics.regression import LearningCurve


def simulate_figure(
    name: str, settings: "Settings", stars: int | None, folder: Path, tick: Progress
) -> tuple[tuple["Star", ...], Picture]:
    """Simulate the stars of one of the paper's figures, draw it, and write its numbers beside it."""
    from numerics.figures.drawing import write
    from numerics.figures.losses import loss_drawing
    from numerics.mrs import FIGURES

    (figure,) = (candidate for candidate in FIGURES if candidate.name == name)
    drawing, found = loss_drawing(figure, settings, tick, stars)
    write(drawing, folder, settings.command(name, folder))
    return found, Picture(drawing.name, drawing.caption)


def judge_scores(stars: Sequence["Star"]) -> Iterator[Check]:
    """Each judged point against one threshold that bounds the false alarms of all together."""
    limit = threshold(sum(star.score is not None for star in stars))
    for star in stars:
        point, z = star.point, star.score
        if z is None:
            note = f"not judged: {point.reason}"
            yield Check(star.name, point.theory, point.mean, point.stderr, point.z, "drawn", "simulate", note)
            continue
        note = f"finite-size term {point.finite_size:+.2%}; |z| must stay below {limit:.2f}"
        value, error = point.theory * (point.r_inf or 0.0), point.theory * (point.r_stderr or 0.0)
        yield Check(star.name, point.theory, value, error, z, "pass" if abs(z) <= limit else "fail", "simulate", note)


def real_data(seed: int, folder: Path, tick: Progress) -> tuple[list[Check], list[Picture]]:
    """Predicted and measured learning curve of ridge regression on ReLU features of image patches."""
    from numerics.images import centre_pixel_task, feature_problem, image_patches
    from numerics.plots import Line, loss_figure, save, spectrum_figure
    from numerics.regression import RIDGE, learning_curve, predict

    tick("data: patches, features, spectrum")
    inputs, labels = centre_pixel_task(image_patches())
    problem = feature_problem(inputs, labels, seed=seed)
    curve = learning_curve(problem, seed=seed, tick=lambda T: tick(f"data: ridge regression on {T} patches"))
    grid = np.unique(np.round(np.geomspace(curve.T[0] / 2, curve.T[-1] * 1.5, 60)).astype(int))
    measured = (curve.T, curve.measured, curve.measured_stderr)
    line = Line("real image features", grid, predict(problem, grid, RIDGE).loss, None, *measured)
    title = "Centre pixel of image patches from the rest"
    save(
        loss_figure(title, "training patches $T$", [line], "error on held-out patches", "measured"), folder, "real-data"
    )
    raw = np.linalg.eigvalsh(inputs.T @ inputs / labels.size)[::-1]
    spectra = {"pixels": raw, "random ReLU features": problem.eigenvalues}
    save(spectrum_figure("Covariance spectra of image patches", spectra), folder, "real-spectrum")
    sizes = f"{problem.population} patches, {inputs.shape[1]} pixels, {problem.eigenvalues.size} random ReLU features"
    pictures = [
        Picture(
            "real-data",
            f"{title}, by ridge regression (gamma = {RIDGE:g}) on random features: {sizes}. "
            f"Line: predicted from the spectrum, nothing fitted. Stars: {curve.draws} training sets each.",
        ),
        Picture("real-spectrum", f"Spectra before and after the random map: {sizes}."),
    ]
    return [*_surrogate_checks(curve), *_universality_checks(curve)], pictures


def _surrogate_checks(curve: "LearningCurve") -> Iterator[Check]:
    """Gaussian features of the same covariance: here planar theory must hold."""
    columns = (curve.T, curve.predicted, curve.surrogate, curve.surrogate_stderr, curve.z)
    for T, theory, value, error, score in zip(*columns, strict=True):
        verdict = "pass" if abs(score) <= curve.z_limit else "fail"
        note = f"Gaussian features, same covariance; |t| must stay below {curve.z_limit:.2f}"
        z = normal_score(float(score), curve.draws - 1)
        yield Check(f"surrogate at T = {T}", float(theory), float(value), float(error), z, verdict, "data", note)


def _universality_checks(curve: "LearningCurve") -> Iterator[Check]:
    """Real features: the deviation from planar theory, bounded beforehand."""
    from numerics.regression import UNIVERSALITY, UNIVERSALITY_MEDIAN

    columns = (curve.T, curve.predicted, curve.measured, curve.measured_stderr, curve.relative_error, curve.shift)
    for T, theory, value, error, off, shift in zip(*columns, strict=True):
        note = f"off by {off:+.1%} (fourth moments foretell {shift:+.1%}); allowed {UNIVERSALITY:.0%}"
        verdict = "pass" if abs(off) <= UNIVERSALITY else "fail"
        yield Check(f"image patches at T = {T}", float(theory), float(value), float(error), None, verdict, "data", note)
    median = float(np.median(np.abs(curve.relative_error)))
    verdict = "pass" if median <= UNIVERSALITY_MEDIAN else "fail"
    note = f"median deviation; allowed {UNIVERSALITY_MEDIAN:.0%} for features that are not Gaussian"
    yield Check("image patches, median", 0.0, median, UNIVERSALITY_MEDIAN, None, verdict, "data", note)
