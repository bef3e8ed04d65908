"""The figures by name, and the one verb that makes them."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from numerics.figures.drawing import Drawing, Picture, Settings, Tick, write
from numerics.mrs import FIGURES, Figure
from theory.errors import InvalidInput

DRAWS = 8
LEAST_DRAWS, MOST_DRAWS = 2, 10_000


def names() -> tuple[str, ...]:
    """All figures: the paper's eight, then those it lacks."""
    return tuple(_makers())


def make_figures(
    wanted: Sequence[str] | None, folder: Path, draws: int = DRAWS, seed: int = 0, jobs: int = 1,
    tick: Tick = lambda text: None,
) -> tuple[Picture, ...]:  # fmt: skip
    """Draw the figures `wanted` (None for all) into `folder`, which is made if missing.

    Each leaves NAME.png, NAME.pdf with its fonts, and NAME.csv with all the numbers drawn (numerics.figures.drawing.
    Row). `draws` is the number of draws of a simulated star, or what the figure's caption makes of it. The same
    arguments give the same bytes of CSV, whatever `jobs` and the other figures wanted. `tick` is told what is being
    done. Raises InvalidInput for an unknown name, draws below 2, a seed below 0 or jobs below 1; OSError if the
    folder cannot be written to.
    """
    makers = _makers()
    for name in wanted or ():
        if name not in makers:
            raise InvalidInput("NAME", name, f"one of {', '.join(makers)}")
    for option, value, least in (("draws", draws, LEAST_DRAWS), ("seed", seed, 0), ("jobs", jobs, 1)):
        if value < least:
            raise InvalidInput(option, value, f"an integer >= {least}")
    settings = Settings(draws, seed, jobs)
    folder.mkdir(parents=True, exist_ok=True)
    chosen = makers if wanted is None else dict.fromkeys(wanted)
    return tuple(write(makers[name](settings, tick), folder, settings.command(name, folder)) for name in chosen)


def _makers() -> dict[str, Callable[[Settings, Tick], Drawing]]:
    from numerics.figures.collapse import collapse_drawing
    from numerics.figures.density import density_drawing
    from numerics.figures.finite_size import finite_size_drawing
    from numerics.figures.optimum import optimum_drawing
    from numerics.figures.phases import phase_drawing
    from numerics.figures.spectra import spectra_drawing

    return {figure.name: partial(_paper, figure) for figure in FIGURES} | {
        "spectra": spectra_drawing,
        "phase-diagram": phase_drawing,
        "optimal-ridge-law": optimum_drawing,
        "finite-size": finite_size_drawing,
        "density": density_drawing,
        "collapse": collapse_drawing,
    }


def _paper(figure: Figure, settings: Settings, tick: Tick) -> Drawing:
    from numerics.figures.losses import loss_drawing

    return loss_drawing(figure, settings, tick)[0]
