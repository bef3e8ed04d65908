"""Simulations of many models in one go: spread over processes or machines, resumed from a store."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.simulation.design import GAUSSIAN_DESIGN, Design
from numerics.simulation.draw import QUANTITIES
from numerics.simulation.engines import AUTO
from numerics.simulation.running import Progress, run_draws
from numerics.simulation.simulate import Simulation
from numerics.simulation.store import Store
from numerics.simulation.tasks import Point
from theory.model import Model

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class SweepResult:
    """One Simulation a model, in the order given; the design and the seed that all share."""

    simulations: tuple[Simulation, ...]
    design: Design
    seed: int

    def table(self) -> dict[str, list[Any]]:
        """Every draw as columns: parameters as numbers, seed, draw, the quantities, code version."""
        from numerics.simulation.code_version import code_version
        from numerics.simulation.columns import columns

        def rows() -> Any:
            for simulation in self.simulations:
                key = Point(simulation.model, seed=self.seed, design=self.design).key
                samples = zip(*(simulation.samples[name].tolist() for name in QUANTITIES), strict=True)
                for index, row in enumerate(samples):
                    yield key, self.seed, index, row, code_version()

        return columns(rows(), QUANTITIES)

    def frame(self) -> "pandas.DataFrame":
        """Every draw as a row of a pandas frame. Needs the extra `export`."""
        from numerics.simulation.export import to_frame

        return to_frame(self.table())


def sweep(
    models: Sequence[Model],
    draws: int = 16,
    seed: int = 0,
    *,
    design: Design = GAUSSIAN_DESIGN,
    jobs: int | str | None = AUTO,
    store: Store | str | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> SweepResult:
    """Average `draws` draws of each model; each draw has its own seed, derived from `seed` and from what is drawn.

    So results depend neither on the order of the models nor on `jobs` (processes; auto: as many as pay),
    `scheduler` (HOST:PORT of a Dask scheduler, or local:K for K processes) or an interrupted run before:
    with a `store` (or its path) what is there is not drawn again. `progress` is called with the draws done and
    their total. Raises InvalidInput and SolvableError as run_draws; what is stored then stays.
    """
    if isinstance(store, str):
        with Store(store) as opened:
            return sweep(
                models, draws, seed, design=design, jobs=jobs, store=opened, scheduler=scheduler, progress=progress
            )
    points = [Point(model, draws, seed, design) for model in models]
    return SweepResult(tuple(collect(points, jobs, scheduler, store, progress)), design, seed)


def collect(
    points: Sequence[Point], jobs: int | str | None, scheduler: str | None, store: Store | None,
    progress: Progress | None,
) -> list[Simulation]:  # fmt: skip
    """One Simulation a point, in order. Raises as run_draws."""
    samples = [np.empty((len(QUANTITIES), point.draws)) for point in points]
    for position, index, row in run_draws(points, jobs, scheduler, store, progress):
        samples[position][:, index] = row
    return [
        Simulation(point.model, point.seed, dict(zip(QUANTITIES, columns, strict=True)))
        for point, columns in zip(points, samples, strict=True)
    ]
