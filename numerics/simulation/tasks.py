"""What a sweep has to draw: points, their exact keys, and the pieces that processes are handed.

A draw depends on its model, design, seed and index alone, so pieces may be computed anywhere and in any order.
"""

import json
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import NamedTuple

from numerics.evaluate import evaluate
from numerics.simulation.design import GAUSSIAN_DESIGN, Design, check_draws, model_key
from numerics.simulation.draw import check_memory, draw, rounding, steep, too_steep
from numerics.simulation.laws import Law
from numerics.simulation.problem import Problem
from theory.errors import PrecisionError
from theory.model import Model

Row = tuple[float, ...]  # QUANTITIES of one draw
PIECE_SECONDS = 0.25  # estimated work of a piece: what a kill can lose, and what hides the cost of handing it over
FLOPS = 8e9  # of one core, roughly; estimates only choose how work is cut
OVERHEAD = 5e-4  # seconds of the smallest draw


@dataclass(frozen=True)
class Point:
    """A model of which draws 0 ... draws-1 are wanted. Raises InvalidInput for draws < 1 or seed < 0."""

    model: Model
    draws: int = 16
    seed: int = 0
    design: Design = GAUSSIAN_DESIGN

    def __post_init__(self) -> None:
        check_draws(self.draws, self.seed)

    @property
    def key(self) -> str:
        """Every parameter of model and design as exact JSON: equal keys, equal draws (for equal seed and index)."""
        laws = {"latent": law_text(self.design.latent), "features": law_text(self.design.features)}
        device = {} if self.design.device == "cpu" else {"torch": version("torch")}
        return json.dumps(model_key(self.model) | self.design.key | laws | device, sort_keys=True)


class Piece(NamedTuple):
    """Some draws of the point with this number."""

    number: int
    model: Model
    design: Design
    seed: int
    indices: Sequence[int]


Drawn = list[tuple[int, int, Row]]  # number of the point, index, values


def draw_pieces(pieces: Sequence[Piece]) -> Drawn:
    """All draws of the pieces; what a worker runs."""
    return [
        (piece.number, index, tuple(value + 0.0 for value in draw(piece.model, piece.design, piece.seed, index)))
        for piece in pieces
        for index in piece.indices
    ]  # + 0.0: a database does not keep the sign of a zero


def law_text(law: Law) -> str:
    """A law as text that tells all parameters apart."""
    return law.name if law.parameter is None else f"{law.name}:{law.parameter!r}"


def checked(point: Point) -> None:
    """Raises InvalidInput where no draw of the point can be made: T infinite, or not enough memory.

    PrecisionError where the loss is below rounding: what factorisations then return need not look small.
    """
    problem = Problem.of(point.model)
    check_memory(problem, point.design)
    n = problem.t if problem.n is None else min(problem.n, problem.t)
    if (
        point.design.linear
        and n < point.model.M
        and steep(problem, n)
        and evaluate(point.model).signal < rounding(problem)
    ):
        raise PrecisionError(too_steep(point.model))


def seconds(model: Model, design: Design) -> float:
    """A rough estimate of one draw's time."""
    sides = [int(side) for side in (model.N, model.T) if side != math.inf]
    small = min(*sides, model.M)
    entries = float(model.M) * small
    work = 2 * entries * small + 10 * float(small) ** 3
    if not (design.latent.gaussian and design.features.gaussian and design.linear):
        entries = float(model.M) * sum(sides)
        work += 6 * float(model.M) * math.prod(sides)
    if not design.linear:
        work += 4 * float(model.M) * float(model.N) ** 2 + 100 * float(model.N) ** 2
    return OVERHEAD + work / FLOPS + entries * 3e-8


def cut(pieces: Sequence[Piece], processes: int) -> list[list[Piece]]:
    """Portions of about PIECE_SECONDS each, less where few; in a fixed random order, so that a rate foretells the rest.

    A piece is split where it holds more than a portion's draws.
    """
    costs = [seconds(piece.model, piece.design) for piece in pieces]
    total = sum(cost * len(piece.indices) for cost, piece in zip(costs, pieces, strict=True))
    room = min(PIECE_SECONDS, total / (4 * processes))
    portions: list[list[Piece]] = []
    left = 0.0
    for cost, piece in zip(costs, pieces, strict=True):
        start = 0
        while start < len(piece.indices):
            if left < cost / 2:
                portions.append([])
                left = room
            count = min(max(1, round(left / cost)), len(piece.indices) - start)
            portions[-1].append(piece._replace(indices=piece.indices[start : start + count]))
            start += count
            left -= count * cost
    random.Random(0).shuffle(portions)
    return portions
