"""`solvable density`: eigenvalue density of the random features' covariance, its edges and its atom."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvable import options as opt
from solvable.density_text import average, by_rank, laws, text
from solvable.output import json_input, json_value, print_json, write
from solvable.plot_file import draw, plot_file
from solvable.sweep import Sweep

if TYPE_CHECKING:
    import numpy as np

    from numerics.density import Density, FeatureEigenvalues
    from numerics.edge_enclosure import EnclosedEdge
    from theory.model import Model

MAX_POINTS, MAX_DRAWS = 20_000, 10_000
DRAWN = 800  # least number of points of a figure
CERTIFY = 400  # edges, above which balls are left out

Gram = Annotated[bool, typer.Option("--gram", help="phi^T phi (T x T) instead of phi phi^T (N x N).")]
Points = Annotated[str, typer.Option("--points", metavar="K", help="about how many points to choose, 2 to 20000")]
At = Annotated[str | None, typer.Option("--x", metavar="LIST", help="points > 0: a list 0.1,1 or a range 1e-3:10:50")]
PICTURE = "density"  # the name of a figure put into a folder
Plot = Annotated[
    str | None,
    typer.Option("--plot", metavar="FILE", help="draw the density, and FILE-ranks by rank, as .png and .pdf"),
]
Draws = Annotated[str, typer.Option("--draws", metavar="K", help="simulated draws of (u, x) to lay over it, from 0")]
Seed = Annotated[str, typer.Option("--seed", metavar="S", help="seed of the draws, an integer from 0")]
Ranks = Annotated[bool, typer.Option("--ranks", help="Add the eigenvalue at each rank (at most K ranks, log-spaced).")]


def density(
    alpha: opt.Alpha,
    M: opt.Latent,
    N: opt.Features,
    T: opt.Samples,
    gram: Gram = False,
    points: Points = "1000",
    x: At = None,
    ranks: Ranks = False,
    plot: Plot = None,
    draws: Draws = "0",
    seed: Seed = "0",
    sigma_u: opt.SigmaU = "1",
    lambda_plus: opt.LambdaPlus = "1",
    gamma: opt.Ridge = "0",
    noise: opt.Noise = "0",
    source: opt.Source = None,
    sigma_w: opt.SigmaW = "1",
    outputs: opt.Outputs = "1",
    as_json: opt.Json = False,
) -> None:
    """Eigenvalue density of phi phi^T (not divided by T), its edges and its atom at 0, without ridge.

    One number for each option of the model; N and T finite. The ridge and the labels' options are read, as in every
    command, but the spectrum does not depend on them. The density's integral and the atom make 1. The support
    falls into bulks: the largest eigenvalues, where far enough apart for N and T, have one each. Edges are proved to
    the radius given (interval Newton). At rank r the eigenvalue has r - 1/2 others above it on average.

    JSON: {"x", "density", "above", "exponent", "error", "edges", "edge_enclosures", "bulks", "atom", "gram",
    "nonzero", "laws"}, with --ranks also "ranks", with --draws "simulated" (mean and standard error by rank): x
    and edges increase; above = mean number of eigenvalues > x; exponent = d ln x/d ln above (null outside the
    support); error is the density's relative error; laws are the derived ones, for ranks far below N and T.

    Example: solvable density --alpha 1 -M 1000 -N 100 -T 200 --plot density.png --draws 10
    """
    from numerics.density import FeatureEigenvalues
    from solvable.values import one_size

    model = _model(alpha, M, N, T, sigma_u, lambda_plus)
    Sweep.read(
        alpha="1", M="1", N="1", T="1", gamma=gamma, noise=noise, source=source, sigma_w=sigma_w, sigma_u="1",
        lambda_plus="1", outputs=outputs,
    )  # fmt: skip
    wanted = one_size("--points", points, MAX_POINTS, 2)
    count, number = one_size("--draws", draws, MAX_DRAWS, 0), one_size("--seed", seed, 2**63 - 1, 0)
    where = None if x is None else _points(x)
    target = None if plot is None else plot_file(plot, PICTURE)
    if count:
        from numerics.density_plot import check_simulable

        check_simulable(model)
    spectrum = FeatureEigenvalues(model, gram=gram)
    found = spectrum.on_grid(wanted) if where is None else spectrum.at(where)
    edges = _enclosed(spectrum)
    ranked = by_rank(spectrum, wanted) if ranks else None
    simulated = None
    if count:
        from numerics.density_plot import simulated_eigenvalues

        simulated = simulated_eigenvalues(model, count, number)
    if target is not None:
        _draw(spectrum.on_grid(max(wanted, DRAWN)), spectrum, simulated, target)
    if as_json:
        print_json(_record(found, spectrum, edges, ranked, simulated))
    else:
        write(text(found, spectrum, edges, ranked, simulated))


def _model(alpha: str, M: str, N: str, T: str, sigma_u: str, lambda_plus: str) -> "Model":
    from solvable.values import exponents, one_size, scale
    from theory.errors import InvalidInput
    from theory.model import Model

    value, *more = exponents("--alpha", alpha)
    if more:
        raise InvalidInput("--alpha", alpha, "a single number > 0 and <= 100")
    sizes = [one_size(option, text) for option, text in (("-M", M), ("-N", N), ("-T", T))]
    scales = {"sigma_u": scale("--sigma-u", sigma_u), "lambda_plus": scale("--lambda-plus", lambda_plus)}
    return Model.power_law(value, *sizes, **scales)


def _points(text: str) -> "np.ndarray":
    import numpy as np

    from solvable.values import levels
    from theory.errors import InvalidInput

    allowed = f"at most {MAX_POINTS} numbers > 0 that doubles hold, such as 0.1,1 or 1e-3:10:50"
    values = levels("--x", text)
    try:
        numbers = np.array([float(value) for value in values])
    except OverflowError:
        raise InvalidInput("--x", text, allowed) from None
    if numbers.size > MAX_POINTS or not (numbers > 1e-300).all():
        raise InvalidInput("--x", text, allowed)
    return np.unique(numbers)


def _enclosed(spectrum: "FeatureEigenvalues") -> "list[EnclosedEdge | None]":
    """Balls of the edges, the largest first; None for those that would take too long."""
    from numerics.edge_enclosure import enclose
    from theory.errors import NotConverged

    balls: list[EnclosedEdge | None] = []
    for edge in spectrum.edges:
        try:
            balls.append(enclose(spectrum.model, edge, 15) if len(balls) < CERTIFY else None)
        except NotConverged:
            balls.append(None)
    return balls


def _record(
    found: "Density",
    spectrum: "FeatureEigenvalues",
    edges: "list[EnclosedEdge | None]",
    ranked: "tuple[np.ndarray, np.ndarray] | None",
    simulated: "np.ndarray | None",
) -> dict[str, Any]:
    model = spectrum.model
    given = {"alpha": model.spectrum.alpha, "M": model.M, "N": model.N, "T": model.T}  # type: ignore[union-attr]
    columns = ("x", "density", "above", "exponent", "error")
    record: dict[str, Any] = {name: json_input(value) for name, value in given.items()}
    record |= {name: [json_value(float(v)) for v in getattr(found, name)] for name in columns}
    record["edges"] = [edge.x for edge in found.edges[::-1]]
    record["edge_enclosures"] = [None if b is None else {"middle": b.middle, "radius": b.radius} for b in edges[::-1]]
    record["laws"] = laws(model)
    record["bulks"] = len(found.edges) // 2
    record |= {"atom": found.atom, "gram": found.gram, "nonzero": spectrum.nonzero}
    if ranked is not None:
        record["ranks"] = [{"rank": int(r), "eigenvalue": float(v)} for r, v in zip(*ranked, strict=True)]
    if simulated is not None:
        mean, error = average(simulated)
        record["simulated"] = {
            "draws": len(simulated),
            "mean": [json_value(float(v)) for v in mean],
            "stderr": None if error is None else [json_value(float(v)) for v in error],
        }
    return record


def _draw(
    found: "Density", spectrum: "FeatureEigenvalues", simulated: "np.ndarray | None", to: tuple[Path, str]
) -> None:
    from numerics.density_plot import density_figure, rank_figure

    folder, name = to
    draw(density_figure(found, simulated), to)
    draw(rank_figure(spectrum, simulated), (folder, f"{name}-ranks"))
