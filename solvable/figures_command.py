"""`solvable figures`: the figures of the paper and those it lacks, with all their numbers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvable import options as opt
from solvable.output import print_json, stages, write
from solvable.plot_file import output_folder

if TYPE_CHECKING:
    from numerics.figures import Picture

MAX_DRAWS = 10_000

Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="names of figures, all if none is given")]
Out = Annotated[str, typer.Option("--out", metavar="DIR", help="folder of the figures, made if missing")]
Draws = Annotated[str, typer.Option("--draws", metavar="K", help="draws of a simulated star, 2 to 10000")]
Seed = Annotated[str, typer.Option("--seed", metavar="S", help="seed of every draw, an integer >= 0")]
Jobs = Annotated[
    str, typer.Option("--jobs", metavar="J", help="processes to use, 1 to 1024: the numbers do not depend on it")
]


def figures(
    out: Out,
    names: Names = None,
    draws: Draws = "8",
    seed: Seed = "0",
    jobs: Jobs = "2",
    as_json: opt.Json = False,
) -> None:
    """Draw figures: NAME.png, NAME.pdf with its fonts, and NAME.csv with all the numbers drawn.

    The paper's: loss-vs-samples, loss-vs-samples-alpha, loss-vs-features, optimal-ridge, linear-samples,
    linear-features, linear-noise (exact planar theory, the form that the paper draws, simulated stars), and spectra
    (Fashion-MNIST if it is installed, else image patches). Those it lacks: phase-diagram, optimal-ridge-law,
    finite-size, density, collapse. All of them take two to three minutes on two cores.

    The CSV has the columns curve, kind, x, y, error, theory, z: for a simulated star y is the mean, error its
    standard error, theory the planar value for its own sizes, and z its normal score once finite size is taken into
    account (empty where it is not judged). The same options give the same bytes.

    JSON: {"figures": [{name, caption, png, pdf, csv, command}]}.

    Example: solvable figures collapse phase-diagram --out figures
    """
    from numerics.figures import make_figures
    from numerics.figures import names as known
    from solvable import values
    from solvable.simulate_settings import MAX_JOBS
    from theory.errors import InvalidInput

    for name in names or ():
        if name not in known():
            raise InvalidInput("NAME", name, f"one of {', '.join(known())}")
    count = values.one_size("--draws", draws, MAX_DRAWS, smallest=2)
    number = values.one_size("--seed", seed, smallest=0)
    workers = values.one_size("--jobs", jobs, MAX_JOBS)
    folder = output_folder("--out", out)
    with stages() as tick:
        pictures = make_figures(names or None, folder, count, number, workers, tick)
    if as_json:
        print_json({"figures": [_record(picture) for picture in pictures]})
    else:
        write("\n".join(_text(picture) for picture in pictures))


def _record(picture: "Picture") -> dict[str, Any]:
    files = {kind: str(getattr(picture, kind)) for kind in ("png", "pdf", "csv")}
    return {"name": picture.name, "caption": picture.caption} | files | {"command": picture.command}


def _text(picture: "Picture") -> str:
    from textwrap import fill

    caption = fill(picture.caption, 100, initial_indent="  ", subsequent_indent="  ")
    beside: tuple[Path, ...] = (picture.png, picture.pdf, picture.csv)
    return f"{picture.name}: {', '.join(map(str, beside))}\n{caption}\n"
