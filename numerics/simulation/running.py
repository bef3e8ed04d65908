"""Draws of many points at once: found in the store, or computed and stored as they arrive."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

from numerics.simulation.engines import AUTO, compute, processes
from numerics.simulation.store import Store
from numerics.simulation.tasks import Piece, Point, Row, checked, cut

Progress = Callable[[int, int], None]  # draws done, those found in the store included, of how many


def run_draws(
    points: Sequence[Point],
    jobs: int | str | None = AUTO,
    scheduler: str | None = None,
    store: Store | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[int, int, Row]]:
    """(position of the point, index of the draw, QUANTITIES), each once, in no particular order.

    Whatever `jobs`, `scheduler` and order, the values are the same, bit for bit. Points that are equal are drawn
    once. With a store, what it holds is not drawn again, and every draw is in it before it is yielded; the
    first error ends the run, and keeps what is stored. Raises InvalidInput for points that cannot be drawn,
    before any is; SolvableError where a store, a worker or a scheduler fails.
    """
    places: dict[tuple[str, int], list[int]] = {}
    for position, point in enumerate(points):
        places.setdefault((point.key, point.seed), []).append(position)
    wanted = {key: max(points[place].draws for place in found) for key, found in places.items()}
    keys = list(places)
    total, done = sum(wanted.values()), 0
    pieces: list[Piece] = []
    for number, key in enumerate(keys):
        draws, point = wanted[key], points[places[key][0]]
        known = {} if store is None else store.known(*key, draws)
        for index, row in known.items():
            yield from _placed(points, places[key], index, row)
        done += len(known)
        missing = [index for index in range(draws) if index not in known] if known else range(draws)
        if missing:
            checked(point)
            pieces.append(Piece(number, point.model, point.design, point.seed, missing))
    if progress is not None:
        progress(done, total)
    count = processes(jobs, pieces)
    with closing(compute(cut(pieces, count), count, scheduler)) as portions:
        for drawn in portions:
            if store is not None:
                store.add((*keys[number], index, row) for number, index, row in drawn)
            done += len(drawn)
            if progress is not None:
                progress(done, total)
            for number, index, row in drawn:
                yield from _placed(points, places[keys[number]], index, row)


def _placed(points: Sequence[Point], positions: Sequence[int], index: int, row: Row) -> Iterator[tuple[int, int, Row]]:
    return ((position, index, row) for position in positions if index < points[position].draws)
