"""`solvable fit`: from measured losses back to the model."""

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvable import options as opt
from solvable.output import json_value, print_json

if TYPE_CHECKING:
    from numerics.fitting import Comparison, Limit, LossTable, Parameter, PlanarFit, Plateau

PICTURE = "fit"

Losses = Annotated[
    str,
    typer.Argument(
        metavar="LOSSES", help="a CSV table with columns N, T, loss, maybe stderr and gamma; N or T may be inf"
    ),
]
Holdout = Annotated[
    str,
    typer.Option(
        "--holdout",
        metavar="RULE",
        help="rows to compare on: a fraction (the largest sizes), N>=SIZE, T>=SIZE, or none",
    ),
]
Fix = Annotated[
    list[str] | None,
    typer.Option("--fix", metavar="NAME=X", help="hold alpha, M (or inf), ridge, noise or scale at X; may be repeated"),
]
Confidence = Annotated[
    str, typer.Option("--confidence", metavar="P", help="coverage of the intervals, a number from 0.5 to 0.9999")
]
Noisy = Annotated[
    bool, typer.Option("--noisy-test", help="The losses were measured on noisy labels: they hold noise/2 more.")
]
Plot = Annotated[str | None, typer.Option("--plot", metavar="FILE", help="draw data and fits, as .png and .pdf")]


def fit(
    losses: Losses,
    holdout: Holdout = "0.2",
    fix: Fix = None,
    confidence: Confidence = "0.95",
    noisy_test: Noisy = False,
    plot: Plot = None,
    as_json: opt.Json = False,
) -> None:
    """Measured test losses L(N, T) back to the model: alpha, M, ridge, noise by fitting the planar loss in ln(loss).

    loss = scale S(N, T) + noise Z(N, T), with kappa (N - D)(T - D) = ridge gamma (gamma = 1 without that column). In
    the model's terms ridge = M/(sigma_u^2 lambda_+) times gamma, scale = C sigma_w^2 lambda_+/M, noise = C sigma_eps^2.
    Weights are 1/stderr; without that column one relative scatter is fitted. With an infinite size the ridge no
    longer matters.

    Intervals are profile likelihood, two-sided (chi^2, or F where the scatter is fitted or chi^2 exceeds its degrees of
    freedom and the errors are scaled up). What the data do not bound has no estimate but a one-sided
    bound, null in JSON; `value` is what the fitted curve uses.

    A fraction given to --holdout takes the rows with the largest min(N,T), of equal ones the largest max(N,T); both
    fits then see the other rows only. The other fit is L = E + A/N^a + B/T^b, Huber's loss on ln(L), 18 starts.

    What ends the law, at the row of the largest min(N,T): noise or ridge if without it the loss falls to half or less,
    M if the loss doubles as M -> infinity; if none does, the N or T whose growth lowers the loss more.

    JSON: {"parameters": [{name, estimate, low, high, value, fixed}], "plateaus": [{N, T, loss, low, high}],
    "limited_by": {by, N, T, loss, factors, slopes}, "holdout": {rule, held, planar_error, parametric_error, planar,
    parametric} or null, "chi2", "degrees", "error_factor", "scatter", "confidence", "residuals", "unread"};
    errors are the rms of ln(predicted/measured) on the rows held out, residuals ln(measured/fitted).

    Example: solvable fit losses.csv --holdout "T>=4000" --fix noise=0 --plot fit.png
    """
    from numerics.fitting import analyse, compare, fit_planar, limits, read_losses
    from solvable.plot_file import draw, plot_file
    from solvable.values import one_real
    from theory.errors import InvalidInput

    table = read_losses(losses)
    fixed = dict(_fixed(text) for text in fix or [])
    allowed = "a number from 0.5 to 0.9999"
    coverage = float(one_real("--confidence", confidence, allowed, 0, 1))
    if not 0.5 <= coverage <= 0.9999:
        raise InvalidInput("--confidence", confidence, allowed)
    target = None if plot is None else plot_file(plot, PICTURE)
    comparison = compare(table, holdout.strip(), fixed, noisy=noisy_test)
    found, parameters, beyond = analyse(fit_planar(table, fixed, noisy=noisy_test, confidence=coverage))
    ending = limits(found)
    if target is not None:
        from numerics.fitting.plot import fit_figure

        draw(fit_figure(f"{table.n} measured losses", found, comparison), target)
    if as_json:
        print_json(_document(table, found, parameters, beyond, ending, comparison))
    else:
        from solvable.fit_text import show

        show(losses, table, found, parameters, beyond, ending, comparison)


def _fixed(text: str) -> tuple[str, float]:
    from theory.errors import InvalidInput
    from theory.exact import to_fraction

    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        raise InvalidInput("--fix", text, "NAME=X with one of alpha, M, ridge, noise, scale")
    if value == "inf":
        return name, math.inf
    try:
        return name, float(to_fraction(f"--fix {name}"[:40], value, "a number"))
    except OverflowError:
        raise InvalidInput("--fix", text, "a number that a double holds") from None


def _document(
    table: "LossTable", found: "PlanarFit", parameters: "list[Parameter]", beyond: "list[Plateau]", ending: "Limit",
    comparison: "Comparison | None",
) -> dict[str, Any]:  # fmt: skip
    spread = found.spread
    return {
        "parameters": [
            {
                "name": one.name, "estimate": json_value(one.estimate), "low": json_value(one.interval.low),
                "high": json_value(one.interval.high), "value": json_value(one.value), "fixed": one.fixed,
            }
            for one in parameters
        ],
        "plateaus": [
            {
                "N": json_value(one.N), "T": json_value(one.T), "loss": json_value(one.loss),
                "low": json_value(one.interval.low), "high": json_value(one.interval.high),
            }
            for one in beyond
        ],
        "limited_by": {
            "by": ending.by, "N": json_value(ending.N), "T": json_value(ending.T), "loss": json_value(ending.loss),
            "factors": {name: json_value(value) for name, value in ending.factors.items()},
            "slopes": {name: json_value(value) for name, value in ending.slopes.items()},
        },
        "holdout": None if comparison is None else _comparison(comparison),
        "chi2": json_value(found.chi2), "degrees": spread.nu, "error_factor": json_value(spread.factor**0.5),
        "scatter": json_value(found.scatter), "confidence": found.confidence,
        "residuals": [json_value(float(value)) for value in found.residuals()],
        "unread": list(table.unread),
    }  # fmt: skip


def _comparison(one: "Comparison") -> dict[str, Any]:
    other = one.parametric
    return {
        "rule": one.rule,
        "held": [int(row) + 1 for row in one.held.nonzero()[0]],
        "planar_error": json_value(one.planar_error),
        "parametric_error": json_value(one.parametric_error),
        "planar": {name: json_value(value) for name, value in one.planar.values().items()},
        "parametric": {name: json_value(getattr(other, name)) for name in ("E", "A", "B", "a", "b")},
    }
