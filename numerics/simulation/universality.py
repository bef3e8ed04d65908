"""Universality: does planar theory, derived for Gaussian entries, hold for other laws of latent data and features?

Each law is simulated at a size and at half that size, all ratios kept (numerics.simulation.ladder.scaled). To
first order in 1/N the deviation from theory has two sources, the finite size of the Gaussian model and the fourth
cumulants of the entries; both fall as 1/N, so the ratio extrapolated to infinite size tells whether the law is in
the Gaussian class: universal where |r_inf - 1| stays within z standard errors. Heavy tails (infinite fourth
moments) need not fall so, and orthogonal features solve another planar equation: the size of the break is reported.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from numerics.simulation.design import Design
from numerics.simulation.ladder import Judged, judge_all
from numerics.simulation.laws import Law
from theory.model import Model

LATENT = ("gaussian", "rademacher", "uniform", "laplace", "student:10", "student:5", "student:3", "sparse:0.1")
FEATURES = ("rademacher", "sparse:0.1", "student:3", "orthogonal")


@dataclass(frozen=True)
class Universality:
    """One law against planar theory.

    `deviation` is mean/theory - 1 at the model's own size with its standard error, `limit` the extrapolated one;
    `score` = limit/limit_error; `holds` whether |score| is below `threshold`.
    """

    design: Design
    deviation: float
    error: float
    limit: float
    limit_error: float
    score: float
    threshold: float

    @property
    def holds(self) -> bool:
        """Whether planar theory survives, at the threshold's false-alarm probability."""
        return abs(self.score) <= self.threshold


def designs() -> list[Design]:
    """The laws of LATENT for the data, then those of FEATURES for the features."""
    latent = [Design(latent=Law.parse("latent", text)) for text in LATENT]
    return latent + [Design(features=Law.parse("features", text, matrix=True)) for text in FEATURES]


def universality(
    model: Model, chosen: Sequence[Design], draws: int = 32, seed: int = 0, false_alarm: float = 1e-3,
    jobs: int | str | None = "auto",
) -> list[Universality]:  # fmt: skip
    """Judge each design; `false_alarm` is the probability that any law in the class is called out (Bonferroni).

    Raises as `judge_all`, and ValueError for a model that it cannot judge.
    """
    threshold = NormalDist().inv_cdf(1 - false_alarm / (2 * len(chosen)))
    return [
        _judged(judge_all([model], draws, seed, design=design, jobs=jobs)[0], design, threshold) for design in chosen
    ]


def _judged(point: Judged, design: Design, threshold: float) -> Universality:
    if point.r_inf is None or point.r_stderr is None or point.stderr is None:
        raise ValueError(f"{point.model} cannot be judged: {point.reason}")
    limit = point.r_inf - 1
    score = limit / point.r_stderr if point.r_stderr else math.inf
    return Universality(
        design, point.mean / point.theory - 1, point.stderr / point.theory, limit, point.r_stderr, score, threshold
    )  # fmt: skip
