"""The stages of the main job that draw random numbers and figures."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from solvable.checks import Check, Progress, normal_score, threshold
from solvable.report import Picture

if TYPE_CHECKING:
    from numerics.ladder import Judged


@dataclass(frozen=True)
class Scored:
    """A simulated point and where it stands."""

    name: str
    point: "Judged"


def simulate_figure(
    name: str, draws: int, stars: int | None, seed: tuple[int, int], jobs: int, folder: Path, tick: Progress
) -> tuple[list[Scored], Picture]:
    """Simulate the stars of one of the paper's figures, draw it, and write its numbers beside it."""
    from numerics.ladder import judge
    from numerics.mrs import FIGURES
    from numerics.plots import Line, loss_figure, save

    (figure,) = (candidate for candidate in FIGURES if candidate.name == name)
    lines, scored, table = [], [], []
    seeds = np.random.SeedSequence(seed).generate_state(1000)
    for curve in figure.curves:
        points = []
        for x in curve.stars[:stars]:
            where = f"{figure.name}, {curve.label} at {x}"
            tick(f"simulate: {where.replace('$', '')}")
            point = judge(curve.model(x), draws, int(seeds[len(scored)]), jobs)
            points.append((x, point.mean, point.stderr or 0.0))
            scored.append(Scored(where, point))
        xs = curve.grid(figure.low, figure.high)
        exact, drawn = curve.exact_loss(xs), curve.drawn_loss(xs)
        columns = tuple(zip(*points, strict=True)) or ((), (), ())
        lines.append(Line(curve.label, xs, exact, drawn, *columns))
        table += [(curve.label, "theory", x, e, d, "", "") for x, e, d in zip(xs, exact, drawn, strict=True)]
        table += [(curve.label, "simulated", x, "", "", m, s) for x, m, s in points]
    tick(f"draw: {figure.name}")
    save(loss_figure(figure.title, figure.xlabel, lines), folder, figure.name)
    _write_table(folder / f"{figure.name}.csv", table)
    caption = f"{figure.title}. Stars: {draws} draws each of features and samples."
    return scored, Picture(figure.name, caption)


def _write_table(path: Path, rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("curve", "kind", "x", "exact", "drawn", "mean", "stderr"))
        writer.writerows(rows)


def judge_scores(scored: Sequence[Scored]) -> Iterator[Check]:
    """Each judged point against one threshold that bounds the false alarms of all together."""
    limit = threshold(sum(one.point.judged for one in scored))
    for one in scored:
        point = one.point
        if not point.judged or point.z_corrected is None or point.dof is None:
            note = f"not judged: {point.reason}"
            yield Check(one.name, point.theory, point.mean, point.stderr, point.z, "drawn", "simulate", note)
            continue
        z = normal_score(point.z_corrected, point.dof)
        note = f"finite-size term {point.finite_size:+.2%}; |z| must stay below {limit:.2f}"
        value, error = point.theory * (point.r_inf or 0.0), point.theory * (point.r_stderr or 0.0)
        yield Check(one.name, point.theory, value, error, z, "pass" if abs(z) <= limit else "fail", "simulate", note)


def real_data(seed: int, folder: Path, tick: Progress) -> tuple[list[Check], list[Picture]]:
    """Natural-image patches: to be replaced by the measured learning curve."""
    return [], []
