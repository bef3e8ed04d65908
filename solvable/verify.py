"""The main job: derive, evaluate, simulate, compare, report; ends with a verdict."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from solvable import checks as verdicts
from solvable.checks import Check, Progress
from solvable.report import Picture, plain_label, write_report

REDUCED = ("loss-vs-samples", "linear-samples")


@dataclass(frozen=True)
class Plan:
    """How much of the main job to do. `figures` names those of numerics.mrs.FIGURES."""

    figures: tuple[str, ...]
    draws: int
    random_models: int
    stars: int | None = None  # judged points a curve, None for all
    claims: bool = True
    data: bool = True
    seed: int = 0
    jobs: int = 2

    @classmethod
    def reduced(cls) -> "Plan":
        """Two figures, few points: about two minutes on two cores."""
        return cls(REDUCED, draws=8, random_models=12, stars=2)

    @classmethod
    def full(cls) -> "Plan":
        """All seven loss figures of the paper."""
        from numerics.mrs import FIGURES

        return cls(tuple(figure.name for figure in FIGURES), draws=16, random_models=60)


@dataclass(frozen=True)
class Outcome:
    """All checks, the pictures drawn, the verdict and the time it took."""

    checks: tuple[Check, ...]
    pictures: tuple[Picture, ...]
    verdict: str
    seconds: float


def run(plan: Plan, folder: Path, tick: Progress) -> Outcome:
    """Do the main job and write the report into `folder` (made if missing)."""
    started = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    found: list[Check] = []
    if plan.claims:
        found += verdicts.derivation_checks(tick)
    found += verdicts.evaluation_checks(tick, plan.random_models, plan.seed)
    found += verdicts.reading_checks()
    pictures: list[Picture] = []
    statistical: list[Check] = []
    for name in plan.figures:
        rows, picture = simulate_figure(name, plan, folder, tick)
        statistical += rows
        pictures.append(picture)
    if plan.data:
        rows, picture = real_data(plan, folder, tick)
        statistical += rows
        pictures.append(picture)
    found += judge_scores(statistical)
    verdict = verdicts.verdict_of(found)
    seconds = time.monotonic() - started
    tick("write the report")
    write_report(folder, verdict, found, pictures, seconds)
    return Outcome(tuple(found), tuple(pictures), verdict, seconds)
