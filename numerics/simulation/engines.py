"""Where portions of draws are computed: in this process, in processes of this machine, on a Dask cluster."""

import os
import warnings
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING

from numerics.simulation.tasks import Drawn, Piece, draw_pieces, seconds
from theory.errors import InvalidInput, SolvableError

if TYPE_CHECKING:
    from collections.abc import Callable

AUTO = "auto"
WORTH = 4.0  # seconds of work from which starting processes pays
SHARE = 0.5  # of the machine's memory that draws may fill together


def processes(jobs: int | str | None, pieces: Sequence[Piece]) -> int:
    """How many to use; for None or "auto" one for little work or a device, else one a core as far as memory goes.

    Raises InvalidInput for anything else that is no integer >= 1.
    """
    if isinstance(jobs, int) and not isinstance(jobs, bool) and jobs >= 1:
        return jobs
    if jobs not in (None, AUTO):
        raise InvalidInput("jobs", jobs, "an integer >= 1, or auto")
    work = sum(seconds(piece.model, piece.design) * len(piece.indices) for piece in pieces)
    if work < WORTH or any(piece.design.device != "cpu" for piece in pieces):
        return 1
    from joblib import cpu_count

    return max(1, min(cpu_count(), sum(len(piece.indices) for piece in pieces), _fitting(pieces)))


def _fitting(pieces: Sequence[Piece]) -> int:
    """How many of the largest draws fit into memory together."""
    from numerics.simulation.draw import MEMORY_LIMIT

    sizes = (min(s for s in (p.model.N, p.model.T, p.model.M)) for p in pieces)
    need = min(16 * 8 * max(size * size for size in sizes) + 2e8, MEMORY_LIMIT)
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not told by this system
        return os.cpu_count() or 1
    return int(SHARE * memory / need)


def compute(portions: Sequence[Sequence[Piece]], count: int, scheduler: str | None) -> Generator[Drawn, None, None]:
    """The draws of each portion, in the order in which they get done. Raises what a draw raises."""
    if scheduler is not None:
        from numerics.simulation.distributed import compute_on

        yield from compute_on(scheduler, portions, count)
    elif count == 1 or len(portions) < 2:
        yield from map(draw_pieces, portions)
    else:
        yield from _by_joblib(draw_pieces, portions, count)


def _by_joblib(
    work: "Callable[[Sequence[Piece]], Drawn]", portions: Sequence[Sequence[Piece]], count: int
) -> Iterator[Drawn]:
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import BrokenProcessPool

    pool = Parallel(n_jobs=count, return_as="generator_unordered", batch_size=1)
    results = pool(delayed(work)(portion) for portion in portions)
    try:
        for drawn in results:  # noqa: UP028  (`yield from` would close `results` itself, with a warning)
            yield drawn
    except BrokenProcessPool:
        raise SolvableError(
            "a worker process died, perhaps for want of memory: use fewer --jobs or smaller sizes"
        ) from None
    finally:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*tasks which were still being processed", UserWarning)
            results.close()
