"""`solvable evaluate`: the planar solution at every combination of the lists."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvable import convention_command as conventions
from solvable import options as opt
from solvable.output import json_value, model_fields, print_records, progress
from solvable.sweep import Sweep

if TYPE_CHECKING:
    from numerics.evaluate import Evaluation
    from theory.conventions import Convention
    from theory.model import Model

PROMISED_DIGITS = 12  # of every number in double precision
CERTIFIED_DIGITS = 50  # unless --digits says otherwise
BLOCK = 10_000  # points of one vectorised evaluation
QUANTITIES = {
    "loss": "test loss on clean labels = signal + label_noise",
    "train_loss": "training loss per sample, noisy labels",
    "kappa": "renormalised ridge",
    "df1": "degrees of freedom, sum lambda/(lambda+kappa)",
    "signal": "part of the loss without label noise",
    "label_noise": "part of the loss from label noise",
    "df2": "sum (lambda/(lambda+kappa))^2",
    "delta": "min(N,T) kappa",
}  # in order of importance for a narrow terminal
PARTS = {
    "bias": "error of the predictor averaged over features and samples",
    "feature_variance": "variance of the predictor due to features",
    "sample_variance": "variance due to samples",
    "interaction": "variance due to both together",
}  # with label_noise they add up to the loss
ORDER = ("kappa", "delta", "loss", "signal", "label_noise", "train_loss", "df1", "df2")


def evaluate(
    alpha: opt.Alpha,
    M: opt.Latent,
    N: opt.Features,
    T: opt.Samples,
    gamma: opt.Ridge = "0",
    noise: opt.Noise = "0",
    source: opt.Source = None,
    sigma_w: opt.SigmaW = "1",
    sigma_u: opt.SigmaU = "1",
    lambda_plus: opt.LambdaPlus = "1",
    outputs: opt.Outputs = "1",
    digits: Annotated[
        str | None,
        typer.Option(
            "--digits", metavar="D", help="significant digits, 1 to 10000", show_default="double precision, 12 digits"
        ),
    ] = None,
    certify: Annotated[
        bool, typer.Option("--certify", help="Prove every digit by interval arithmetic: 50 digits unless --digits.")
    ] = False,
    parts: Annotated[bool, typer.Option("--split", help="Add bias and variances; they sum to the signal.")] = False,
    convention: opt.Convention = None,
    latex: opt.Latex = False,
    as_json: opt.Json = False,
) -> None:
    """Solve the planar equations at every combination of the lists.

    Records come in the order alpha, M, N, T, gamma, noise, the last fastest. With --digits the
    numbers are decimal strings, correctly rounded to D significant digits. With --certify they are proved:
    the ball of the given absolute radius about each printed decimal holds the true value. With --convention
    the values of --gamma are the ridge of the paper named; records hold ours, and the paper's beside them.

    Example: solvable evaluate --alpha 1 -M 6000 -N 100,400 -T 1:5000:20
    """
    from solvable import values

    opt.one_form(latex, as_json)
    sweep = Sweep.read(
        alpha=alpha, M=M, N=N, T=T, gamma=gamma, noise=noise, source=source, sigma_w=sigma_w, sigma_u=sigma_u,
        lambda_plus=lambda_plus, outputs=outputs,
    )  # fmt: skip
    precision = CERTIFIED_DIGITS if certify else None
    if digits is not None:
        precision = values.one_size("--digits", digits, 10_000)
    paper = conventions.read(convention)
    if as_json:
        models = progress(conventions.models(sweep, paper, precision), len(sweep), "evaluate")
        found = evaluations(models, precision, paper, certify=certify)
        print_records(_record(evaluation, precision, parts, paper) for evaluation in found)
    elif latex:
        _print_latex(sweep, precision, parts, paper, certify=certify)
    else:
        _show(sweep, precision, parts, paper, certify=certify)


def evaluations(
    models: Iterable["Model"],
    digits: int | None = None,
    paper: "Convention | None" = None,
    *,
    certify: bool = False,
) -> Iterator["Evaluation"]:
    """The planar solution of each model, in order: in doubles where they hold it, many at a time.

    With `digits`, to a few digits more, so that rounding to `digits` is correct, of the paper's quantities too;
    with `certify` proved.
    """
    if digits is not None:
        yield from (_for_rounding(model, digits, paper, certify=certify) for model in models)
        return
    iterator, size = iter(models), 1
    while block := list(islice(iterator, size)):
        yield from _together(block)
        size = min(BLOCK, 4 * size)  # the first results of a slow sweep come early


def _together(models: Sequence["Model"]) -> list["Evaluation"]:
    """Doubles, vectorised over the models that share spectrum and infinite sizes; else one by one."""
    from numerics.evaluate import evaluate as evaluate_one

    found: list[Evaluation | None] = [None] * len(models)
    groups: dict[Any, list[int]] = {}
    for index, model in enumerate(models):
        groups.setdefault((model.spectrum, *map(math.isinf, (model.N, model.T))), []).append(index)
    for members in groups.values():
        for index, evaluation in _in_doubles([models[i] for i in members]):
            found[members[index]] = evaluation
    return [known or evaluate_one(model) for known, model in zip(found, models, strict=True)]


def _in_doubles(models: Sequence["Model"]) -> Iterator[tuple[int, "Evaluation"]]:
    """Those of the models, by position, whose every quantity doubles hold; all share a spectrum."""
    import numpy as np

    from numerics.evaluate import Evaluation
    from numerics.float64 import NAMES, evaluate_grid
    from solvable.decimals import is_double

    fit = [i for i, model in enumerate(models) if is_double(model.gamma) and is_double(model.noise)]
    if len(fit) < 2:
        return
    chosen, template = [models[i] for i in fit], models[fit[0]]
    sizes = {
        name: None if getattr(template, name) == math.inf else np.array([getattr(m, name) for m in chosen])
        for name in ("N", "T")
    }
    levels = {name: np.array([float(getattr(m, name)) for m in chosen]) for name in ("gamma", "noise")}
    values = evaluate_grid(template, **sizes, **levels)
    bad = values.unreliable | np.logical_or.reduce([values.abnormal[name] for name in NAMES])
    for position in np.flatnonzero(~bad):
        row: dict[str, Any] = {name: float(values.raw[name][position]) for name in NAMES}
        yield fit[position], Evaluation(chosen[position], **row, digits=None)


def _for_rounding(
    model: "Model", digits: int, paper: "Convention | None" = None, *, certify: bool = False
) -> "Evaluation":
    """Enough digits that no quantity lies near a tie, if twice the digits can tell; see _text."""
    from numerics.evaluate import evaluate as evaluate_one
    from solvable.decimals import settled

    working = min(digits + 5, 10_000)
    evaluation = evaluate_one(model, working, certify=certify)
    numbers = [getattr(evaluation, name) for name in ORDER]
    translated = conventions.quantities(evaluation, paper).values() if paper else ()
    if all(settled(n, digits, working) for n in numbers) and all(settled(n, digits, working - 1) for n in translated):
        return evaluation
    return evaluate_one(model, min(2 * working + 10, 10_000), certify=certify)


def _text(value: Any, known: int | None, digits: int | None) -> Any:
    """A quantity as JSON shows it. What looks like a tie at `known`, over twice the digits, is taken for one."""
    from solvable.decimals import context, settled, to_decimal

    if digits is not None and not settled(value, digits, known or digits):
        good = max(digits + 1, (known or digits) - 3)
        tie = context(good).plus(to_decimal(value, good + 30))
        return json_value(tie, digits)
    return json_value(value, digits)


def _record(
    evaluation: "Evaluation", digits: int | None, parts: bool, paper: "Convention | None" = None
) -> dict[str, Any]:
    known = evaluation.digits
    numbers = {name: _text(getattr(evaluation, name), known, digits) for name in ORDER}
    ending = {"digits": digits or PROMISED_DIGITS, "radius": _radius(evaluation, numbers)}
    shares = {name: json_value(value, digits) for name, value in _split(evaluation, parts).items()}
    found = model_fields(evaluation.model, digits) | numbers | shares | ending
    if paper is None:
        return found
    translated = {name: _text(n, known, digits) for name, n in conventions.quantities(evaluation, paper).items()}
    return found | {"convention": conventions.record(evaluation.model, paper, translated, digits)}


def _radius(evaluation: "Evaluation", printed: Mapping[str, Any]) -> dict[str, str] | None:
    """Absolute radii of balls about the printed decimals that hold the true kappa and loss; None if not proved."""
    from solvable.decimals import error_of

    radius = evaluation.radius
    if radius is None:
        return None
    return {name: error_of(printed[name], getattr(evaluation, name), radius[name]) for name in ("kappa", "loss")}


def _split(evaluation: "Evaluation", wanted: bool) -> dict[str, Any]:
    """The parts of the signal, if wanted."""
    from numerics.evaluate import split

    found = split(evaluation) if wanted else {}
    return {name: found[name] for name in PARTS if wanted}


def _show(sweep: Sweep, digits: int | None, parts: bool, paper: "Convention | None", *, certify: bool = False) -> None:
    from solvable.tables import DIGITS, MAX_ROWS, Column, cell, input_columns, show_blocks, show_table

    rows = min(len(sweep), MAX_ROWS)
    models = progress(islice(conventions.models(sweep, paper, digits), rows), rows, "evaluate")
    found = list(evaluations(models, digits, paper, certify=certify))
    inputs = input_columns([evaluation.model for evaluation in found])
    notes = [] if len(sweep) == rows else [f"The first {rows} of {len(sweep)} records: --json gives all."]
    long = digits is not None or rows == 1
    shares = [_split(evaluation, parts) for evaluation in found]
    results = [
        Column(name, [_cell(getattr(e, name), e.digits, digits, long) for e in found], meaning)
        for name, meaning in QUANTITIES.items()
    ]
    if certify:
        radii = [_record(evaluation, digits, False)["radius"] for evaluation in found]
        for name in ("loss", "kappa"):
            results.append(Column(f"radius of {name}", [row[name] for row in radii], "proved, absolute"))
    if parts:
        shown = (digits or PROMISED_DIGITS) if long else DIGITS
        results[1:1] = [Column(name, [cell(e[name], shown) for e in shares], note) for name, note in PARTS.items()]
    if long:
        show_blocks(inputs, results, notes)
    else:
        show_table(inputs, results, notes)
    if paper:
        rows_of = [conventions.quantities(evaluation, paper).items() for evaluation in found]
        cells = [{n: _cell(v, e.digits, digits, long) for n, v in row} for row, e in zip(rows_of, found, strict=True)]
        conventions.show([evaluation.model for evaluation in found], paper, cells, long)


def _print_latex(sweep: Sweep, digits: int | None, parts: bool, paper: "Convention | None", *, certify: bool) -> None:
    from solvable.evaluation_latex import evaluations_latex
    from solvable.output import write

    models = progress(conventions.models(sweep, paper, digits), len(sweep), "evaluate")
    found = evaluations(models, digits, paper, certify=certify)
    write(evaluations_latex([_record(evaluation, digits, parts) for evaluation in found], long=digits is not None))


def _cell(value: Any, known: int | None, digits: int | None, long: bool) -> str:
    from solvable.tables import cell

    if not long:
        return cell(value)
    return cell(value, PROMISED_DIGITS) if digits is None else str(_text(value, known, digits))
