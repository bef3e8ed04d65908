"""`solvable predict`: learning curves foretold from a measured spectrum, beside those of actual training."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvable import options as opt
from solvable.output import counting_bar, json_value, print_json

if TYPE_CHECKING:
    from numerics.prediction import Study, Task

MAX_POINTS, MAX_DRAWS, MAX_SAMPLES = 2000, 1000, 10**6
PATCHES, PICTURE = "image-patches", "prediction"
LEADING = 10  # modes shown in JSON

Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="labelled data: a .npy, .npz, .csv, .tsv or .parquet file, a folder of IDX files, digits or "
        "fashion-mnist; or image-patches (image-patches:7 for 7 x 7 pixels)",
    ),
]
Labels = Annotated[
    str | None,
    typer.Option("--labels", metavar="NAME", help="the column or array to learn", show_default="label, y, target"),
]
Which = Annotated[
    str | None,
    typer.Option("--task", metavar="TASK", help="of image patches: centre pixel from the rest, or next patch "
                 "from this one (centre, next)", show_default="centre"),
]  # fmt: skip
Contrast = Annotated[
    str | None,
    typer.Option("--contrast", metavar="C", help="least standard deviation of a patch (grey 0..1); 0: all patches",
                 show_default="0.1"),
]  # fmt: skip
Map = Annotated[
    str, typer.Option("--map", metavar="F", help="random map: linear, relu, erf, tanh, gelu, sine; or none: the inputs")
]
Width = Annotated[
    str | None,
    typer.Option("--width", metavar="P", help="features whose spectrum is measured", show_default="800"),
]
Features = Annotated[
    str | None,
    typer.Option("-N", metavar="N", help="features of a student, a list 100,400; with --map none random "
                 "projections, inf: the inputs themselves", show_default="P/8,P/2"),
]  # fmt: skip
Samples = Annotated[
    str | None,
    typer.Option("-T", metavar="T", help="training samples, a list or a range 32:1024:11",
                 show_default="half octaves from 32"),
]  # fmt: skip
Ridge = Annotated[str, typer.Option("--gamma", metavar="G", help="ridges, a list of numbers > 0 or optimal")]
Used = Annotated[str, typer.Option("--samples", metavar="n", help="most samples to use, chosen at random")]
Draws = Annotated[str, typer.Option("--draws", metavar="K", help="training sets a point, 2 to 1000")]
Seed = Annotated[str, typer.Option("--seed", metavar="S", help="seed of choices, maps and draws, an integer >= 0")]
Plot = Annotated[str | None, typer.Option("--plot", metavar="FILE", help="draw the curves, as .png and .pdf")]


def predict(
    data: Data = PATCHES,
    task: Which = None,
    map: Map = "relu",
    width: Width = None,
    N: Features = None,
    T: Samples = None,
    gamma: Ridge = "optimal",
    labels: Labels = None,
    contrast: Contrast = None,
    samples: Used = "20000",
    draws: Draws = "8",
    seed: Seed = "0",
    plot: Plot = None,
    as_json: opt.Json = False,
) -> None:
    """Predict the test loss of ridge regression on real data from one measured spectrum; then train, and compare.

    Half of the samples is measured: covariance eigenvalues of P random features phi = f(W x), and the labels' powers
    along them. From these alone planar theory predicts the loss (1/2) E |y - student|^2 of students with N new
    features and T new samples, intercept fitted, corrected for the finite n and P of the measurement. The other half
    trains and tests such students. Classes are learnt as one-hot labels, integers of up to 100 kinds too. Groups of
    samples are never split; patches share no pixel.

    relative_error = measured/predicted - 1. shift is how much of it the data's fourth moments foretell (to first order
    in D/T): planar theory knows second moments only. Errors: predicted ones by leaving out blocks of samples and of
    features, measured ones over draws and test samples. gcv: generalised cross-validation of the same training sets.

    JSON: {"records": [{N, T, gamma, optimal, gamma_stderr, predicted, predicted_stderr, measured, stderr, draws,
    relative_error, z, gcv, gcv_spread, shift}], "data": {...}, "summary": {errors, exponents, ridges, plateaus,
    forecasts}}. gamma_stderr is that of ln gamma.

    Example: solvable predict digits --map relu -N 50,400 -T 32:512:5 --gamma optimal,10 --plot digits.png
    """
    from numerics.prediction import study
    from solvable import values
    from solvable.plot_file import draw, plot_file

    number = values.one_size("--seed", seed, 2**63 - 1, 0)
    most = values.one_size("--samples", samples, MAX_SAMPLES, 2)
    target = None if plot is None else plot_file(plot, PICTURE)
    asked: dict[str, Any] = {
        "width": _width(width, map),
        "N": None if N is None else _distinct(values.sizes("-N", N, infinite=True)),
        "T": None if T is None else _distinct(values.sizes("-T", T)),
        "ridges": _distinct(r if isinstance(r, str) else float(r) for r in values.ridges("--gamma", gamma)),
        "draws": values.one_size("--draws", draws, MAX_DRAWS, 2),
    }
    _few(asked, N, T, gamma)
    chosen = _task(data, task, contrast, labels, most, number)
    with counting_bar("predict") as moved:
        found = study(chosen, map, **asked, seed=number, samples=most, progress=moved)
    if target is not None:
        from numerics.prediction.plot import prediction_figure

        draw(prediction_figure(found), target)
    if as_json:
        print_json(_document(data, found))
    else:
        from solvable.predict_text import show

        show(data, found)


def _distinct(items: Any) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(items))


def _width(text: str | None, activation: str) -> int:
    from numerics.prediction import MAX_WIDTH, WIDTH
    from solvable.values import one_size
    from theory.errors import InvalidInput

    if text is not None and activation == "none":
        raise InvalidInput("--width", text, "no --width beside --map none: the inputs are measured")
    return WIDTH if text is None else one_size("--width", text, MAX_WIDTH)


def _few(asked: dict[str, Any], *texts: str | None) -> None:
    """Raises InvalidInput for more points, or wider students, than can be trained."""
    from numerics.prediction import MAX_WIDTH
    from theory.errors import InvalidInput

    count = 1
    for option, name, text in zip(("-N", "-T", "--gamma"), ("N", "T", "ridges"), texts, strict=True):
        count *= len(asked[name] or ()) or 1
        if count > MAX_POINTS:
            raise InvalidInput(option, text, f"at most {MAX_POINTS} points in all")
    for size in asked["N"] or ():
        if MAX_WIDTH < size < float("inf"):
            raise InvalidInput("-N", size, f"at most {MAX_WIDTH} features")


def _task(source: str, which: str | None, contrast: str | None, labels: str | None, most: int, seed: int) -> "Task":
    """What is learnt: of image patches by name, else the labels of the data; of large data a random `most`."""
    from numerics.prediction import CONTRAST, image_task, labelled_task
    from theory.errors import InvalidInput

    name, _, size = source.partition(":")
    if name != PATCHES:
        for option, text in (("--task", which), ("--contrast", contrast)):
            if text is not None:
                raise InvalidInput(option, text, f"none beside {source[:60]}: it is for image-patches")
        return labelled_task(_dataset(source, labels, most, seed))
    from solvable.values import one_real, one_size

    if labels is not None:
        raise InvalidInput("--labels", labels, "none beside image-patches: see --task")
    bound = one_real("--contrast", contrast, "a number from 0 to 1", 0, 1) if contrast is not None else CONTRAST
    pixels = one_size("DATA: SIZE in image-patches:SIZE", size, 99, 3) if source != PATCHES else 5
    if pixels % 2 == 0:
        raise InvalidInput("DATA", source, "image-patches:SIZE with an odd size from 3 to 99")
    return image_task(which or "centre", pixels, float(bound))


def _dataset(source: str, labels: str | None, most: int, seed: int) -> Any:
    from numerics.data import load

    data = load(source, labels=labels)
    if data.n <= most:
        return data
    import numpy as np

    return data.subset(np.sort(np.random.default_rng([seed, 4]).choice(data.n, most, replace=False)))


# JSON ----------------------------------------------------------------------------------------------


def _document(source: str, found: "Study") -> dict[str, Any]:
    eigenvalues, powers, errors = found.measurement.powers(LEADING)
    modes = [
        {"eigenvalue": _plain(a), "power": _plain(v), "power_stderr": _plain(e)}
        for a, v, e in zip(eigenvalues, powers, errors, strict=True)
    ]
    about = {
        "data": source, "task": found.task.name, "note": found.task.note, "map": found.student.activation,
        "width": _plain(found.width), "samples": len(found.task), "dimension": found.task.inputs.shape[1],
        "outputs": found.task.labels.shape[1], "measured": found.measured_samples, "held_out": found.held_out,
        "tested": found.trained.tested, "modes": found.measurement.full.modes, "noise": _plain(found.measurement.noise),
        "leading": modes,
    }  # fmt: skip
    return {"records": list(_records(found)), "data": about, "summary": _summary(found)}


def _records(found: "Study") -> Any:
    points, trained = found.points, found.trained
    for i in range(len(points)):
        columns = {
            "N": points.N[i], "T": points.T[i], "gamma": points.gamma[i], "gamma_stderr": points.gamma_stderr[i],
            "predicted": points.loss[i], "predicted_stderr": points.stderr[i], "measured": trained.loss[i],
            "stderr": trained.stderr[i], "draws": trained.draws, "relative_error": found.relative_error[i],
            "z": found.z[i], "gcv": trained.gcv[i], "gcv_spread": trained.gcv_spread[i], "shift": found.shift[i],
        }  # fmt: skip
        yield {name: _plain(value) for name, value in columns.items()} | {"optimal": bool(points.optimal[i])}


def _summary(found: "Study") -> dict[str, Any]:
    from numerics.prediction.compare import curves, gain, slopes

    exponents = [
        {"N": _plain(N), "gamma": ridge, "slopes": [_fields(one) for one in slopes(found.points, found.trained, where)]}
        for N, ridge, where in curves(found.points)
    ]
    return {
        "errors": _fields(found.errors) | {"largest_shift": _plain(abs(found.shift).max())},
        "exponents": exponents,
        "ridges": [_fields(one) for one in found.choices],
        "plateaus": [_fields(one) for one in found.plateaus],
        "forecasts": [_fields(one) for one in found.forecasts],
        "gain": _plain(gain(found.forecasts)),
    }


def _plain(value: Any) -> Any:
    """NumPy's numbers as JSON shows them; undefined ones null."""
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, float) and number.is_integer() and abs(number) < 2**53:
        return int(number)
    return json_value(number)


def _fields(one: Any) -> dict[str, Any]:
    from dataclasses import fields, is_dataclass

    found = {field.name: getattr(one, field.name) for field in fields(one)}
    return {
        name: _fields(v) if is_dataclass(v) else v if isinstance(v, str) else _plain(v) for name, v in found.items()
    }
