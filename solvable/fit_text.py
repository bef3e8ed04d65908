"""The answer of `solvable fit` for people."""

from typing import TYPE_CHECKING

from solvable.output import write
from solvable.tables import Column, cell, input_cell, show_table

if TYPE_CHECKING:
    from numerics.fitting import Comparison, Limit, LossTable, Parameter, PlanarFit, Plateau

MEANINGS = {
    "alpha": "exponent of the spectrum I^-(1+alpha)",
    "M": "effective number of modes",
    "ridge": "M/(sigma_u^2 lambda_+), times gamma",
    "noise": "C sigma_eps^2",
    "scale": "C sigma_w^2 lambda_+/M",
}
REMOVED = {"N": "N -> inf", "T": "T -> inf", "M": "M -> inf", "noise": "noise -> 0", "ridge": "ridge -> 0"}
WORDS = {
    "N": "finite N", "T": "finite T", "M": "the finite spectrum, M", "noise": "label noise", "ridge": "the ridge",
}  # fmt: skip


def show(
    path: str, table: "LossTable", found: "PlanarFit", parameters: "list[Parameter]", beyond: "list[Plateau]",
    ending: "Limit", comparison: "Comparison | None",
) -> None:  # fmt: skip
    """Head, parameters, plateaus, what ends the law, the comparison."""
    unread = f"; not read: {', '.join(table.unread)}" if table.unread else ""
    write(f"{path}: {table.n} losses{unread}\n{_quality(found)}\n")
    level = f"{100 * found.confidence:g} %"
    _table(
        ("parameter", [one.name for one in parameters]),
        ("estimate", [_estimate(one) for one in parameters]),
        (level, [_interval(one.interval.low, one.interval.high, one.fixed) for one in parameters]),
        ("meaning", [MEANINGS[one.name] for one in parameters]),
    )
    write(f"{level} intervals by profile likelihood; without an estimate: not bounded by the data on both sides.\n")
    if beyond:
        write("\nForecast plateaus\n")
        _table(
            ("sizes", [f"N = {_size(one.N)}, T = {_size(one.T)}" for one in beyond]),
            ("loss", [cell(one.loss, 4) for one in beyond]),
            (level, [_interval(one.interval.low, one.interval.high) for one in beyond]),
        )
    write(f"\nAt N = {_size(ending.N)}, T = {_size(ending.T)} the law is ended by {WORDS[ending.by]}\n")
    names = list(ending.factors)
    _table(
        ("change", [REMOVED[name] for name in names]),
        ("loss times", [cell(ending.factors[name], 4) for name in names]),
        ("slope now", [_slope(ending.slopes.get(name)) for name in names]),
    )
    write("slope now: d ln(loss)/d ln(that quantity).\n")
    if comparison is not None:
        _compared(comparison)


def _compared(one: "Comparison") -> None:
    write(f"\nHeld out: {one.rule}\n")
    other = one.parametric
    form = f"E = {other.E:.3g}, A = {other.A:.3g}, a = {other.a:.3g}, B = {other.B:.3g}, b = {other.b:.3g}"
    _table(
        ("fit to the others", ["planar", "E + A/N^a + B/T^b"]),
        ("rms error of ln(loss)", [cell(one.planar_error, 3), cell(one.parametric_error, 3)]),
        ("parameters", [", ".join(f"{name} = {value:.3g}" for name, value in one.planar.values().items()), form]),
    )


def _table(first: tuple[str, list[str]], *others: tuple[str, list[str]]) -> None:
    show_table([Column(*first)], [Column(*other) for other in others])


def _quality(found: "PlanarFit") -> str:
    spread = found.spread
    if found.scatter is not None:
        return f"relative scatter about the planar fit {found.scatter:.2g}, fitted ({spread.nu} degrees of freedom)"
    text = f"chi^2 = {found.chi2:.4g} for {spread.nu} degrees of freedom"
    if spread.factor > 1:
        text += (
            f": more than the standard errors explain, which are scaled by {spread.factor**0.5:.3g} for the intervals"
        )
    return text


def _estimate(one: "Parameter") -> str:
    return "-" if one.estimate is None else cell(one.estimate, 4)


def _interval(low: float | None, high: float | None, fixed: bool = False) -> str:
    if fixed:
        return "fixed"
    if low is None and high is None:
        return "not bounded"
    if low is None or high is None:
        return f"< {cell(high, 3)}" if low is None else f"> {cell(low, 3)}"
    return f"{cell(low, 4)} to {cell(high, 4)}"


def _slope(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _size(value: float) -> str:
    return input_cell(int(value) if value == int(value) else value) if value != float("inf") else "inf"
