"""What `--convention` adds to `solvable evaluate`: ridges read, and results reported, in a paper's symbols."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

from solvable import values
from solvable.output import json_input, write
from solvable.sweep import HUGE, TINY, Sweep

if TYPE_CHECKING:
    from numerics.evaluate import Evaluation
    from theory.conventions import Convention
    from theory.model import Model
    from theory.path import Path

GUARD_DIGITS = 15


def read(name: str | None) -> "Convention | None":
    """The convention of `--convention NAME`. Raises InvalidInput."""
    if name is None:
        return None
    from theory.papers import convention

    return convention(name, "--convention")


def models(sweep: Sweep, paper: "Convention | None", digits: int | None) -> Iterator["Model"]:
    """The sweep's models, with --gamma taken for the paper's ridge; an optimal ridge is found in our units.

    Raises InvalidInput where the paper has no such ridge.
    """
    if paper is None:
        yield from sweep.models(digits)
        return
    from theory.errors import InvalidInput

    ridges = cycle(ridge for ridge in sweep.gamma for _ in sweep.noise)
    for model, ridge in zip(sweep.models(digits), ridges, strict=False):
        try:
            gamma = paper.to_gamma(model, paper.to_ridge(model) if ridge == values.OPTIMAL else ridge)
        except InvalidInput as error:
            allowed = f"{error.allowed} (--convention {paper.name})"
            raise InvalidInput(f"-{error.name}", error.value, allowed) from None
        yield model.with_(gamma=gamma)


def quantities(evaluation: "Evaluation", paper: "Convention") -> dict[str, Any]:
    """Renormalised ridges and risk by the paper's names: doubles where they hold them, else mpmath numbers."""
    from mpmath import mp, mpf

    model = evaluation.model
    with mp.workdps((evaluation.digits or 0) + GUARD_DIGITS):
        kappa, gap, loss = (mpf(getattr(evaluation, name)) for name in ("kappa", "feature_gap", "loss"))
        found = {**paper.to_renormalised(model, kappa, gap), paper.risk: paper.to_risk(model, loss)}
    if evaluation.digits is not None:
        return found
    return {name: float(value) if value == 0 or TINY < abs(value) < HUGE else value for name, value in found.items()}


def record(model: "Model", paper: "Convention", shown: Mapping[str, Any], digits: int | None) -> dict[str, Any]:
    """The object "convention" of a record; `shown` are the quantities as JSON has them."""
    inputs = {**_exponents(model, paper), paper.ridge: paper.to_ridge(model)}
    return {"name": paper.name, **{name: json_input(value, digits) for name, value in inputs.items()}, **shown}


def show(sampled: Sequence["Model"], paper: "Convention", cells: Sequence[Mapping[str, str]], long: bool) -> None:
    """The block of the human table in the paper's symbols: exponents, sizes, noise; ridge, and `cells` by name."""
    from solvable.tables import Column, input_cell, show_blocks, show_table

    exponents = [_exponents(model, paper) for model in sampled]
    inputs = [Column(name, [input_cell(row[name]) for row in exponents]) for name in paper.exponents]
    for ours, name in paper.sizes.items():
        inputs.append(Column(name, [input_cell(getattr(model, ours)) for model in sampled]))
    kinds = {(math.isinf(model.N), math.isinf(model.T)): model for model in sampled}  # a formula for each
    formulas = [paper.formulas(model) for model in kinds.values()]
    laws = {n: " or ".join(dict.fromkeys(str(f[n]).replace("**", "^") for f in formulas)) for n in formulas[0]}
    results = [Column(paper.ridge, [input_cell(paper.to_ridge(model)) for model in sampled], laws[paper.ridge])]
    results += [Column(name, [row[name] for row in cells], laws[name]) for name in cells[0]]
    write(f"\nIn the symbols of {paper.reference} (formulas in ours)\n\n")
    if long:
        show_blocks(inputs, results)
    else:
        show_table(inputs, results)


def on_path(path: "Path", paper: "Convention") -> "Path":
    """The path with its gamma, the paper's ridge, in our units. Raises InvalidInput, naming --path."""
    from theory.errors import InvalidInput

    try:
        return paper.on_path(path)
    except InvalidInput as error:
        allowed = f"{error.name}={error.value}"
        raise InvalidInput("--path", allowed, f"{error.allowed} (--convention {paper.name})") from None


def path_record(given: "Path", ours: "Path", paper: "Convention") -> dict[str, Any]:
    """The object "convention" of `solvable exponents`: the paper's exponents and ridge, and our path."""
    from solvable.path_grammar import describe

    exponents = {} if given.alpha is None else paper.to_exponents(given.alpha, given.source)
    ridge = "0" if given.gamma is None else str(given.gamma)
    return {
        "name": paper.name, **{name: str(value) for name, value in exponents.items()}, paper.ridge: ridge,
        "path": describe(ours),
    }  # fmt: skip


def path_text(given: "Path", ours: "Path", paper: "Convention") -> str:
    """The same as two lines of text."""
    _, *items, (_, path) = path_record(given, ours, paper).items()
    return f"{paper.reference}: {', '.join(f'{name} = {value}' for name, value in items)}\nin our units: {path}\n\n"


def _exponents(model: Any, paper: "Convention") -> dict[str, Any]:
    return dict(paper.to_exponents(model.spectrum.alpha, model.teacher_exponent))
