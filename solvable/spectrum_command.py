"""`solvable spectrum`: eigenvalues of real data and of random features of them, and whether they are power laws."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvable import options as opt
from solvable.output import counting_bar, json_value, print_json

if TYPE_CHECKING:
    from numerics.data import Dataset
    from numerics.spectra import Analysis, PowerFit
    from numerics.spectra.analysis import Ranks

MAX_RANGES, FACTOR = 16, 4
PICTURE = "data-spectrum"

Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="a .npy, .npz, .csv, .tsv or .parquet file (samples x dimensions), a folder of IDX files, or one of "
        "image-patches, digits, fashion-mnist",
    ),
]
Labels = Annotated[
    str | None,
    typer.Option("--labels", metavar="NAME", help="the column or array that is a label, not a dimension",
                 show_default="those called label, y, target"),
]  # fmt: skip
Maps = Annotated[
    str | None,
    typer.Option("--map", metavar="F", help="random maps, a list of linear, relu, erf, tanh, gelu, sine"),
]
Widths = Annotated[
    str | None,
    typer.Option("--width", metavar="N", help="numbers of features, a list 100,400", show_default="4 d"),
]
RankRanges = Annotated[
    str | None,
    typer.Option("--ranks", metavar="A:B", help="ranks to fit besides those of the rule, a list 98:392,8:64"),
]
Count = Annotated[
    str | None,
    typer.Option("--samples", metavar="n", help="how many samples to take, chosen at random", show_default="all"),
]
Seed = Annotated[str, typer.Option("--seed", metavar="S", help="seed of the maps and choices, an integer from 0")]
Plot = Annotated[str | None, typer.Option("--plot", metavar="FILE", help="draw the spectra, as .png and .pdf")]


def spectrum(
    data: Data = "image-patches",
    map: Maps = None,
    width: Widths = None,
    ranks: RankRanges = None,
    samples: Count = None,
    labels: Labels = None,
    seed: Seed = "0",
    plot: Plot = None,
    as_json: opt.Json = False,
) -> None:
    """Covariance eigenvalues of real data, raw and after random maps phi = f(W x); is there a power law k^-(1+alpha)?

    The data are centred and scaled by one number to unit mean square, W_jk ~ N(0, 1/d), no bias; the first N rows of W
    serve the width N. Eigenvalues of the unbiased covariance, from one pass over the data a map: they may be
    larger than the memory.

    The rule: a window of ranks is a power law if it spans two octaves or more, below rank R/2 with
    R = min(ranks, samples/10), from rank 4, if its exponent is known to 10 %, if the eigenvalues fall in it by more
    than sampling spreads equal ones, and if every octave in it has that slope within 10 % or two standard errors. The
    longest is taken; if there is none, the answer is: no power law. Errors are those of the bootstrap over samples,
    linearised. `corrected` is the exponent of the population's spectrum, found from the sample's through the
    resolvent; it takes samples for independent.

    JSON: {"records": [{data, map, width, n, power_law, exponent, error, ranks, reason, corrected, limit, octaves, fits,
    eigenvalues, population}]}: the data's own spectrum first (map null).

    Example: solvable spectrum fashion-mnist --map relu --ranks 98:392,784:1568 --plot fashion.png
    """
    from numerics.spectra import analyse, spectra
    from solvable.plot_file import draw, plot_file
    from solvable.spectrum_text import show
    from solvable.values import one_size

    maps = _maps(map)
    number = one_size("--seed", seed, 2**63 - 1, 0)
    ranges = _ranges(ranks)
    target = None if plot is None else plot_file(plot, PICTURE)
    dataset = _dataset(data, labels, samples, number)
    widths = _widths(width, maps, dataset)
    reach = max(dataset.d, *widths, 0)
    if any(high > reach for _, high in ranges):
        from theory.errors import InvalidInput

        raise InvalidInput("--ranks", ranks, f"ranks up to {reach}, the largest dimension here")
    with counting_bar("samples") as moved:
        found = [analyse(one, ranges) for one in spectra(dataset, maps, widths, number, moved)]
    if target is not None:
        from numerics.spectra.plot import spectra_figure

        draw(spectra_figure(f"{dataset.name}, {dataset.n} samples", found), target)
    if as_json:
        print_json({"records": [_record(dataset, one) for one in found]})
    else:
        show(dataset, found)


def _maps(text: str | None) -> list[str]:
    from numerics.activations import activation

    names = list(dict.fromkeys(name.strip() for name in text.split(","))) if text is not None else []
    for name in names:
        activation(name, "--map")
    return names


def _widths(text: str | None, maps: list[str], data: "Dataset") -> list[int]:
    from numerics.spectra import MAX_SIDE
    from solvable.values import sizes
    from theory.errors import InvalidInput

    if not maps:
        if text is not None:
            raise InvalidInput("--width", text, "a --map beside it")
        return []
    widths = [int(size) for size in sizes("--width", text or str(FACTOR * data.d))]
    if max(widths) > MAX_SIDE:
        raise InvalidInput("--width", str(max(widths)), f"integers from 1 to {MAX_SIDE}")
    return sorted(set(widths))


def _ranges(text: str | None) -> "list[Ranks]":
    from solvable.values import one_size
    from theory.errors import InvalidInput

    found: list[Ranks] = []
    for item in [] if text is None else text.split(","):
        ends = item.split(":")
        if len(ends) != 2 or len(found) == MAX_RANGES:
            raise InvalidInput("--ranks", text, f"ranks A:B with A < B, or a list of at most {MAX_RANGES}")
        low, high = (one_size("--ranks", end.strip()) for end in ends)
        if low >= high:
            raise InvalidInput("--ranks", item, "ranks A:B with A < B")
        found.append((low, high))
    return list(dict.fromkeys(found))


def _dataset(source: str, labels: str | None, samples: str | None, seed: int) -> "Dataset":
    from numerics.data import load
    from solvable.values import one_size

    data = load(source, labels=labels)
    if samples is None:
        return data
    import numpy as np

    count = one_size("--samples", samples, data.n, 2)
    return data.subset(np.sort(np.random.default_rng([seed, 2]).choice(data.n, count, replace=False)))


def _record(data: "Dataset", one: "Analysis") -> dict[str, Any]:
    found = one.judgement.fit
    fields: dict[str, Any] = {"data": data.name, "map": None if one.name == "data" else one.name, "width": one.width}
    fields |= {"n": one.n, "d": data.d, "power_law": found is not None}
    fields |= {"exponent": None, "error": None, "ranks": None} if found is None else _fit(found)
    fields |= {"reason": one.judgement.reason or None, "corrected": _corrected(one, found)}
    fields |= {"limit": one.judgement.limit, "octaves": [_fit(octave) for octave in one.judgement.octaves]}
    fields["fits"] = [
        {"ranks": list(ends), "exponent": None, "error": None, "corrected": None}
        if asked is None
        else _fit(asked) | {"corrected": _corrected(one, asked)}
        for ends, asked in one.asked.items()
    ]
    fields["eigenvalues"] = [json_value(float(value)) for value in one.eigenvalues]
    fields["population"] = None if one.population is None else [json_value(float(value)) for value in one.population]
    return fields


def _fit(found: "PowerFit") -> dict[str, Any]:
    return {
        "ranks": [found.low, found.high],
        "exponent": json_value(found.exponent),
        "error": json_value(found.error),
        "amplitude": json_value(found.amplitude),
    }


def _corrected(one: "Analysis", found: "PowerFit | None") -> dict[str, Any] | None:
    corrected = None if found is None else one.corrected.get((found.low, found.high))
    return None if corrected is None else {name: _fit(corrected)[name] for name in ("exponent", "error")}
