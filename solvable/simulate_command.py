"""`solvable simulate`: random-feature ridge regression, averaged, beside the theory."""

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvable import options as opt
from solvable.output import counting_bar, json_value, model_fields, print_records
from solvable.simulate_settings import Settings
from solvable.sweep import Sweep

if TYPE_CHECKING:
    from numerics.simulation import Judged, Simulation
    from theory.model import Model

LAWS = "gaussian, rademacher, uniform, laplace, student:F, sparse:P"
_RUN: dict[str, Any] = {"rich_help_panel": "How it is run: results do not depend on it"}
ACTIVATIONS = "linear, relu, erf, tanh, gelu, sine"
LEGEND = {
    "mean": "test loss averaged over the draws",
    "stderr": "its standard error",
    "theory": "the planar loss, exact as the sizes grow",
    "z": "(mean - theory)/stderr",
    "linear_plus_noise": "planar loss of features that are a linear part plus independent noise",
    "theory_error": "standard error of theory, by the probes of the kernel",
    "z_corrected": "z after the 1/N term is taken off",
    "finite_size": "estimated 1/N term of the loss",
    "finite_size_theory": "the same, derived (the next order of the planar expansion)",
}  # in order of importance for a narrow terminal
EXTRAPOLATED = ("z_corrected", "finite_size", "finite_size_theory")
_NONLINEAR = ("linear_plus_noise", "theory_error")


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
    latent: Annotated[
        str, typer.Option("--latent", metavar="LAW", help=f"law of the data's entries: {LAWS}")
    ] = "gaussian",
    features: Annotated[
        str, typer.Option("--features", metavar="LAW", help="law of the features' entries: the same, or orthogonal")
    ] = "gaussian",
    activation: Annotated[
        str, typer.Option("--activation", metavar="F", help=f"features F(u x), F one of {ACTIVATIONS}")
    ] = "linear",
    jobs: Annotated[
        str, typer.Option("--jobs", metavar="J", help="processes to use, 1 to 1024, or auto: as many as pay", **_RUN)
    ] = "auto",
    store: Annotated[
        str | None,
        typer.Option("--store", metavar="FILE", help="database that keeps every draw: a rerun resumes", **_RUN),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="ADDRESS", help="Dask scheduler HOST:PORT, or local:K", **_RUN),
    ] = None,
    export: Annotated[
        str | None,
        typer.Option("--export", metavar="FILE", help="write every draw to a .csv, .parquet or .nc file", **_RUN),
    ] = None,
    plot: Annotated[
        str | None,
        typer.Option("--plot", metavar="FILE", help="draw means over theory, and residuals, as .png and .pdf"),
    ] = None,
    device: Annotated[
        str, typer.Option("--device", metavar="DEVICE", help="cpu, torch-cpu, cuda or cuda:K (its own random numbers)")
    ] = "cpu",
    precision: Annotated[
        str, typer.Option("--precision", metavar="P", help="float64, or float32 on a device: its error is shown")
    ] = "float64",
    extrapolate: Annotated[
        bool, typer.Option("--extrapolate", help="Simulate smaller sizes too, and estimate the 1/N term.")
    ] = False,
    as_json: opt.Json = False,
) -> None:
    """Simulate random-feature ridge regression at every combination of the lists, beside the theory.

    The theory is exact as all sizes grow together; at finite size the two differ by a term of
    order 1/N, which --extrapolate estimates, and gives as derived beside. The same seed gives the
    same numbers, whatever the order of the lists and however many processes or machines draw. With
    --store, a run that was stopped at any moment is taken up where it was; draws of other code are
    not reused.

    With --activation the features are nonlinear. The theory is then the planar loss of Gaussian
    features with the same covariance, whose spectrum is measured on probe features;
    linear_plus_noise is its limit for data in which no direction dominates.

    Example: solvable simulate --alpha 1 -M 600 -N 100 -T 50,200 --gamma 1e-3 --draws 32
    """
    from theory.errors import InvalidInput

    sweep = Sweep.read(
        alpha=alpha, M=M, N=N, T=T, gamma=gamma, noise=noise, source=source, sigma_w=sigma_w, sigma_u=sigma_u,
        lambda_plus=lambda_plus, outputs=outputs,
    )  # fmt: skip
    if math.inf in sweep.T:
        raise InvalidInput("-T", "inf", "a finite number of samples to simulate")
    settings = Settings.read(
        draws=draws, seed=seed, latent=latent, features=features, activation=activation, device=device,
        precision=precision, jobs=jobs, store=store, scheduler=scheduler, export=export, plot=plot,
        extrapolate=extrapolate,
    )  # fmt: skip
    if not settings.design.linear and math.inf in sweep.N:
        raise InvalidInput("-N", "inf", f"a finite number of features with --activation {activation}")
    found = _simulated(list(sweep.models()), settings)
    if as_json:
        print_records(
            model_fields(model)
            | settings.design.key
            | {"activation": settings.design.activation}
            | {name: json_value(value) for name, value in numbers.items()}
            for model, numbers in found
        )
        return
    _show(list(found), settings)


def _simulated(models: Sequence["Model"], settings: Settings) -> Iterator[tuple["Model", dict[str, Any]]]:
    """Each model with the numbers of its record, None where undefined. finite_size is in the units of the loss."""
    simulations, points = _drawn(models, settings)
    for number, (model, simulation) in enumerate(zip(models, simulations, strict=True)):
        predicted, loss = _predicted(model, settings), simulation.loss
        theory = predicted["theory"]
        known = theory is not None and math.isfinite(theory)
        z = (loss.mean - float(theory)) / loss.stderr if known and loss.stderr else None
        finite_size = corrected = derived = None
        if points:
            point = points[number]
            corrected = point.z_corrected
            finite_size = None if point.finite_size is None else point.finite_size * point.theory
            derived = _derived_term(model, settings)
        yield (
            model,
            {
                "mean": loss.mean, "stderr": loss.stderr, "draws": loss.draws, "z": z,
                "finite_size": finite_size, "z_corrected": corrected, "finite_size_theory": derived,
            } | predicted,
        )  # fmt: skip


def _predicted(model: "Model", settings: Settings) -> dict[str, Any]:
    """theory; for nonlinear features also its error, and the simpler model. None where the probes do not reach."""
    activation = settings.design.activation
    if settings.design.linear:
        from numerics.evaluate import evaluate

        return {"theory": evaluate(model).loss}
    from numerics.kernel_equivalent import kernel_equivalent
    from numerics.nonlinear import evaluate_nonlinear
    from theory.errors import PrecisionError

    found: dict[str, Any] = dict.fromkeys(("theory", *_NONLINEAR))
    with suppress(PrecisionError):
        found["linear_plus_noise"] = evaluate_nonlinear(model, activation).loss
        predicted, error = kernel_equivalent(model, activation)
        found |= {"theory": predicted.loss, "theory_error": error if math.isfinite(error) else None}
    return found


def _derived_term(model: "Model", settings: Settings) -> float | None:
    """The derived 1/N term; None where planar theory has none, or for entries that are not Gaussian."""
    from numerics.finite_size import finite_size
    from theory.errors import SolvableError

    design = settings.design
    if not (design.latent.gaussian and design.features.gaussian and design.linear):
        return None
    try:
        found = finite_size(model)
    except SolvableError:
        return None
    return found.relative * found.planar


def _drawn(models: Sequence["Model"], settings: Settings) -> tuple[Sequence["Simulation"], Sequence["Judged"]]:
    """All draws of all models, in one sweep; with `extrapolate` also those of the second sizes, and what they show."""
    from numerics.simulation.ladder import judge_sweep
    from numerics.simulation.store import Store
    from numerics.simulation.sweep import SweepResult, sweep

    s = settings
    with ExitStack() as stack:
        store = None if s.store is None else stack.enter_context(Store(s.store, option="--store"))
        bar = stack.enter_context(counting_bar("simulate"))
        if s.extrapolate:
            own, points = judge_sweep(models, s.draws, s.seed, s.design, s.jobs, store, s.scheduler, bar)
            result = SweepResult(tuple(own), s.design, s.seed)
        else:
            points = []
            result = sweep(
                models, s.draws, s.seed, design=s.design, jobs=s.jobs, store=store, scheduler=s.scheduler, progress=bar
            )
    if s.plot is not None:
        s.draw_figure(list(result.simulations))
    if s.export is not None:
        from numerics.simulation.export import export

        export(result.table(), s.export, "--export")
    return result.simulations, points


def _show(pairs: Sequence[tuple["Model", dict[str, Any]]], settings: Settings) -> None:
    from solvable.tables import Column, cell, input_columns, show_table

    results = [
        Column(name, [cell(numbers[name], 3 if name.startswith("z") else 5) for _, numbers in pairs], meaning)
        for name, meaning in LEGEND.items()
        if (settings.extrapolate or name not in EXTRAPOLATED) and (not settings.design.linear or name not in _NONLINEAR)
    ]
    inputs = input_columns([model for model, _ in pairs])
    usual = type(settings.design)().key
    changed = [f"{name} {value}" for name, value in settings.design.key.items() if value != usual.get(name)]
    notes = [", ".join([f"{settings.draws} draws a point, seed {settings.seed}", *changed]) + "."]
    if settings.design.precision == "float32":
        worst = max(_single_precision(model) for model, _ in pairs)
        notes.append(f"float32: a draw is off by a relative {worst:.1e} (measured on one, the worst point).")
    show_table(inputs, results, notes)


def _single_precision(model: "Model") -> float:
    from numerics.simulation.design import GAUSSIAN_DESIGN
    from numerics.simulation.device import float32_error
    from numerics.simulation.draw import estimator
    from numerics.simulation.problem import Problem

    problem = Problem.of(model)
    return float32_error(problem, estimator(problem, GAUSSIAN_DESIGN))
