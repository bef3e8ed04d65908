"""The answer of `solvable predict` for people: the grid, then what it comes to."""

import math
from typing import TYPE_CHECKING

from solvable.output import write
from solvable.tables import Column, cell, input_cell, show_table

if TYPE_CHECKING:
    import numpy as np

    from numerics.prediction import Study
    from numerics.prediction.compare import Errors

MEANINGS = {
    "predicted": "planar theory from the measured half, ± its sampling error",
    "measured": "test loss of students trained on the other half, ± one standard error",
    "error": "measured/predicted - 1",
    "z": "measured - predicted in their standard errors together",
    "shift": "how much of the error the data's fourth moments foretell",
    "gcv": "generalised cross-validation of the training sets",
}


def show(source: str, found: "Study") -> None:
    """Head, table, summary."""
    task, points, trained = found.task, found.points, found.trained
    note = f" ({task.note})" if task.note else ""
    kind = "the inputs themselves" if found.student.raw else f"{found.student.activation}, P = {found.width:g} features"
    write(
        f"{source}: {task.name}{note}\n"
        f"measured: {found.measured_samples} of {len(task)} samples of {task.inputs.shape[1]} dimensions, map: {kind}; "
        f"trained and tested: {found.held_out} others\n"
    )
    inputs = [
        Column("N", [input_cell(x if math.isinf(x) else int(x)) for x in points.N.tolist()]),
        Column("T", [input_cell(x) for x in points.T.tolist()]),
        Column("gamma", [cell(x, 3) for x in points.gamma.tolist()]),
    ]
    cells = {
        "predicted": _with_errors(points.loss, points.stderr),
        "measured": _with_errors(trained.loss, trained.stderr),
        "error": [f"{x:+.1%}" for x in found.relative_error],
        "z": [cell(float(x), 2) for x in found.z],
        "shift": [f"{x:+.1%}" for x in found.shift],
        "gcv": [cell(float(x), 3) for x in trained.gcv],
    }
    results = [Column(name, column, MEANINGS[name]) for name, column in cells.items()]
    show_table(inputs, results, [f"{trained.draws} training sets a point, {trained.tested} test samples."])
    write("\n".join(_summary(found)) + "\n")


def _with_errors(values: "np.ndarray", errors: "np.ndarray") -> list[str]:
    """0.1234 ± 0.0056; as many decimals as the smallest error has two digits in."""
    known = errors[errors > 0]
    places = min(max(1 - math.floor(math.log10(known.min())), 0), 8) if known.size else 6
    ends = ["" if math.isnan(e) else f" ± {e:.{places}f}" for e in errors]
    return [f"{x:.{places}f}{end}" for x, end in zip(values, ends, strict=True)]


def _summary(found: "Study") -> list[str]:
    from numerics.prediction.compare import curves, slopes

    errors = found.errors
    lines = [
        "",
        f"relative error: median {errors.median:.1%}, largest {errors.largest:.1%}; "
        f"fourth moments foretell up to {abs(found.shift).max():.1%}",
        f"labels not linear in the features: sigma_eps^2 = {found.measurement.noise:.4g}",
    ]
    for N, ridge, where in curves(found.points):
        steps = slopes(found.points, found.trained, where)
        if steps:
            last = steps[-1]
            name = _name(N, ridge)
            lines.append(
                f"exponent from T = {last.low} to {last.high}, {name}: predicted {last.predicted:.3f}, "
                f"measured {last.measured:.3f} ± {last.stderr:.3f}"
            )
    for flat in found.plateaus:
        told = "-" if math.isnan(flat.predicted) else _with_errors(*_pair(flat.predicted, flat.stderr))[0]
        fitted = "" if math.isnan(flat.fitted) else f"; a power law through all points ends at {flat.fitted:.4g}"
        lines.append(f"plateau as T grows, N = {flat.N:g}: predicted {told}{fitted}")
    if found.choices:
        lines.append(_ridges(found))
    for one in found.forecasts:
        lines.append(
            f"beyond T = {one.law.until}, {_name(one.N, one.ridge)}: errors (median, largest) of planar theory "
            f"{_errors(one.planar)}, with its level fitted to the {one.law.points} sizes before "
            f"{_errors(one.levelled)}; of a power law with offset fitted to them {_errors(one.power_law)}"
        )
    return lines


def _errors(found: "Errors") -> str:
    return f"{found.median:.2%}, {found.largest:.2%}"


def _pair(value: float, error: float) -> "tuple[np.ndarray, np.ndarray]":
    import numpy as np

    return np.array([value]), np.array([error])


def _name(N: float, ridge: float | str) -> str:
    return f"N = {N:g}, " + (f"{ridge} ridge" if isinstance(ridge, str) else f"gamma = {ridge:g}")


def _ridges(found: "Study") -> str:
    factors = [one.cross_validated / one.predicted for one in found.choices]
    excess = [one.excess for one in found.choices]
    return (
        f"optimal ridge, N = {found.choices[0].N:g}: RidgeCV's over the predicted one from {min(factors):.2g} to "
        f"{max(factors):.2g} (at the largest T {factors[-1]:.2g}); test loss at the predicted over that at RidgeCV's, "
        f"less one: from {min(excess):+.1%} to {max(excess):+.1%}"
    )
