"""`solvable simulate`: random-feature ridge regression, averaged, beside the theory."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvable import options as opt
from solvable.output import json_value, model_fields, print_records, progress_bar
from solvable.sweep import Sweep

if TYPE_CHECKING:
    from theory.model import Model

MAX_DRAWS, MAX_JOBS = 1_000_000, 1024
LEGEND = {
    "mean": "test loss averaged over the draws",
    "stderr": "its standard error",
    "theory": "the planar loss, exact as the sizes grow",
    "z": "(mean - theory)/stderr",
    "z_corrected": "z after the 1/N term is taken off",
    "finite_size": "estimated 1/N term of the loss",
}  # in order of importance for a narrow terminal


def simulate(
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
    draws: Annotated[str, typer.Option("--draws", metavar="K", help="independent draws a point, 1 to 1000000")] = "16",
    seed: Annotated[str, typer.Option("--seed", metavar="S", help="seed of the draws, an integer >= 0")] = "0",
    jobs: Annotated[str, typer.Option("--jobs", metavar="J", help="processes to use, 1 to 1024")] = "1",
    extrapolate: Annotated[
        bool, typer.Option("--extrapolate", help="Simulate smaller sizes too, and estimate the 1/N term.")
    ] = False,
    as_json: opt.Json = False,
) -> None:
    """Simulate random-feature ridge regression at every combination of the lists, beside the theory.

    The theory is exact as all sizes grow together; at finite size the two differ by a term of
    order 1/N, which --extrapolate estimates. The same seed gives the same numbers.

    Example: solvable simulate --alpha 1 -M 600 -N 100 -T 50,200 --gamma 1e-3 --draws 32
    """
    from solvable import values
    from theory.errors import InvalidInput

    sweep = Sweep.read(
        alpha=alpha, M=M, N=N, T=T, gamma=gamma, noise=noise, source=source, sigma_w=sigma_w, sigma_u=sigma_u,
        lambda_plus=lambda_plus, outputs=outputs,
    )  # fmt: skip
    if math.inf in sweep.T:
        raise InvalidInput("-T", "inf", "a finite number of samples to simulate")
    settings = _Settings(
        values.one_size("--draws", draws, MAX_DRAWS),
        values.one_size("--seed", seed, smallest=0),
        values.one_size("--jobs", jobs, MAX_JOBS),
        extrapolate,
    )
    total = len(sweep) * settings.draws * (2 if extrapolate else 1)
    with progress_bar(total, "simulate") as step:
        found = (_simulated(model, settings, step) for model in sweep.models())
        if as_json:
            print_records(
                model_fields(model) | {name: json_value(value) for name, value in numbers.items()}
                for model, numbers in found
            )
            return
        pairs = list(found)
    _show(pairs, settings)


@dataclass(frozen=True)
class _Settings:
    draws: int
    seed: int
    jobs: int
    extrapolate: bool


def _simulated(
    model: "Model", settings: _Settings, step: Callable[[], None]
) -> tuple["Model", dict[str, Any]]:  # fmt: skip
    """The numbers of one record, None where undefined. finite_size is in the units of the loss."""
    from numerics.evaluate import evaluate
    from numerics.ladder import judge
    from numerics.simulate import simulate as draw

    theory = evaluate(model).loss
    finite_size = corrected = None
    if settings.extrapolate:
        judged = judge(model, settings.draws, settings.seed, settings.jobs, step)
        mean, stderr, corrected = judged.mean, judged.stderr, judged.z_corrected
        finite_size = None if judged.finite_size is None else judged.finite_size * judged.theory
    else:
        loss = draw(model, settings.draws, settings.seed, settings.jobs, step).loss
        mean, stderr = loss.mean, loss.stderr
    z = (mean - float(theory)) / stderr if stderr and math.isfinite(theory) else None
    numbers = {
        "mean": mean, "stderr": stderr, "draws": settings.draws, "theory": theory, "z": z,
        "finite_size": finite_size, "z_corrected": corrected,
    }  # fmt: skip
    return model, numbers


def _show(pairs: Sequence[tuple["Model", dict[str, Any]]], settings: _Settings) -> None:
    from solvable.tables import Column, cell, input_columns, show_table

    results = [
        Column(name, [cell(numbers[name], 3 if name.startswith("z") else 5) for _, numbers in pairs], meaning)
        for name, meaning in LEGEND.items()
        if settings.extrapolate or name not in ("finite_size", "z_corrected")
    ]
    inputs = input_columns([model for model, _ in pairs])
    show_table(inputs, results, [f"{settings.draws} draws a point, seed {settings.seed}."])
