"""The main job: derive, evaluate, simulate, compare, report; ends with a verdict."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from solvable import checks as verdicts
from solvable.checks import Check, Progress
from solvable.report import Picture, write_report
from solvable.stages import judge_scores, real_data, simulate_figure

if TYPE_CHECKING:
    from numerics.figures.losses import Star

REDUCED = ("loss-vs-samples", "linear-samples")


@dataclass(frozen=True)
class Plan:
    """How much of the main job to do. `figures` names those of numerics.mrs.FIGURES."""

    figures: tuple[str, ...]
    draws: int
    random_models: int
    stars: int | None = None  # points simulated on each curve, None for all
    claims: bool = True
    data: bool = True
    seed: int = 0
    jobs: int = 2

    @classmethod
    def reduced(cls) -> "Plan":
        """Two figures, few points: about two minutes on two cores."""
        return cls(REDUCED, draws=12, random_models=12, stars=2)

    @classmethod
    def full(cls) -> "Plan":
        """All seven loss figures of the paper."""
        from numerics.mrs import FIGURES

        return cls(tuple(figure.name for figure in FIGURES), draws=16, random_models=60)


@dataclass(frozen=True)
class Outcome:
    """All checks, the pictures drawn, the verdict, the seconds it took, the page."""

    checks: tuple[Check, ...]
    pictures: tuple[Picture, ...]
    verdict: str
    seconds: float
    page: Path


def run(plan: Plan, folder: Path, tick: Progress) -> Outcome:
    """Do the main job and write the report into `folder` (made if missing)."""
    from numerics.figures.drawing import Settings

    started = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    found: list[Check] = []
    if plan.claims:
        found += verdicts.derivation_checks(tick)
    found += verdicts.evaluation_checks(tick, plan.random_models, plan.seed)
    found += verdicts.reading_checks()
    stars: list[Star] = []
    pictures: list[Picture] = []
    settings = Settings(plan.draws, plan.seed, plan.jobs)
    for name in plan.figures:
        points, picture = simulate_figure(name, settings, plan.stars, folder, tick)
        stars += points
        pictures.append(picture)
    found += judge_scores(stars)
    if plan.data:
        rows, drawn = real_data(plan.seed, folder, tick)
        found += rows
        pictures += drawn
    verdict = verdicts.verdict_of(found)
    tick("write the report")
    seconds = time.monotonic() - started
    page = write_report(folder, verdict, found, pictures, seconds)
    return Outcome(tuple(found), tuple(pictures), verdict, seconds, page)
