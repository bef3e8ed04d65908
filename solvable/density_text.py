"""What `solvable density` prints for people: bulks, density, ranks, and the derived laws they follow."""

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from numerics.density import Density, FeatureEigenvalues
    from numerics.edge_enclosure import EnclosedEdge
    from theory.model import Model

ROWS = 16


def laws(model: "Model") -> dict[str, Any]:
    """The derived laws of a power law's features (theory.feature_spectrum), at the model's numbers.

    `bulk` amplitude r^exponent for rank r << N, T, times 1 + `correction` r; `edge` the last eigenvalue for
    1 << N, T << M, null where the support reaches 0; `hard_edge` the density's exponent there.
    """
    from theory import feature_spectrum as theory
    from theory.continuum import ALPHA, LAMBDA_PLUS
    from theory.student import SIGMA_U, M, N, T

    least, most = sorted((model.N, model.T))
    given = {M: model.M, N: least, T: most, ALPHA: model.spectrum.alpha, SIGMA_U: model.sigma_u}  # type: ignore[union-attr]
    given[LAMBDA_PLUS] = model.spectrum.lambda_plus

    def number(expression: Any) -> float:
        return float(expression.subs(given).subs(theory.RANK, 1))

    order = "=".join(
        name for name, size in (("N", model.N), ("T", model.T), ("M", model.M)) if size == min(least, model.M)
    )
    hard = next((edge.exponent for edge in theory.hard_edges() if edge.order.split("<")[0] == order), None)
    return {
        "bulk": {"amplitude": number(theory.bulk_law()), "exponent": -float(model.spectrum.exponent)},  # type: ignore[union-attr]
        "correction": number(theory.bulk_correction()),
        "edge": None if hard is not None or least >= model.M else number(theory.lower_edge()),
        "hard_edge": None if hard is None else str(hard),
    }


def by_rank(spectrum: "FeatureEigenvalues", wanted: int) -> "tuple[np.ndarray, np.ndarray]":
    import numpy as np

    few = spectrum.nonzero <= wanted
    ranks = np.arange(1.0, spectrum.nonzero + 1) if few else np.geomspace(1, spectrum.nonzero, wanted)
    ranks = np.unique(np.round(ranks))
    return ranks, spectrum.at_ranks(ranks)


def average(simulated: "np.ndarray") -> "tuple[np.ndarray, np.ndarray | None]":
    error = simulated.std(axis=0, ddof=1) / math.sqrt(len(simulated)) if len(simulated) > 1 else None
    return simulated.mean(axis=0), error


def text(
    found: "Density",
    spectrum: "FeatureEigenvalues",
    edges: "list[EnclosedEdge | None]",
    ranked: "tuple[np.ndarray, np.ndarray] | None",
    simulated: "np.ndarray | None",
) -> str:
    from solvable.tables import cell, input_cell

    model = spectrum.model
    matrix, size = ("phi^T phi", model.T) if found.gram else ("phi phi^T", model.N)
    lines = [
        f"alpha = {input_cell(model.spectrum.alpha)}, M = {model.M}, N = {model.N}, T = {model.T}",  # type: ignore[union-attr]
        f"{matrix} has {size} eigenvalues, {spectrum.nonzero} of them not 0: atom = {cell(found.atom)}",
        "",
    ]
    bulks = len(edges) // 2
    lines.append(f"{bulks} bulk{'s' if bulks > 1 else ''}, from the largest eigenvalues down:")
    rows = [("eigenvalues", "lower edge", "upper edge", "proved to")]
    for k in _some(bulks):
        if k is None:
            rows.append(("...", "...", "...", "..."))
            continue
        upper, lower = found.edges[2 * k], found.edges[2 * k + 1]
        before = found.edges[2 * k - 1].above if k else 0
        balls = [ball.radius for ball in edges[2 * k : 2 * k + 2] if ball is not None]
        proved = max(balls, key=float) if len(balls) == 2 else "-"
        rows.append((str(lower.above - before), f"{lower.x:.12g}", f"{upper.x:.12g}", proved))
    lines += [*_aligned(rows), ""]
    rows = [("x", "density", "above", "exponent")]
    for i in _some(found.x.size):
        row = ("...",) * 4 if i is None else (found.x[i], found.density[i], found.above[i], found.exponent[i])
        rows.append(tuple(v if isinstance(v, str) else cell(float(v)) for v in row))  # type: ignore[arg-type]
    lines += _aligned(rows)
    if ranked is not None or simulated is not None:
        ranks, values = ranked if ranked is not None else by_rank(spectrum, ROWS)
        rows = [("rank", "eigenvalue", *(("simulated", "stderr") if simulated is not None else ()))]
        mean, error = average(simulated) if simulated is not None else (None, None)
        for i in _some(ranks.size):
            if i is None:
                rows.append(("...",) * len(rows[0]))  # type: ignore[arg-type]
                continue
            row_ = [str(int(ranks[i])), cell(float(values[i]))]
            if mean is not None:
                place = int(ranks[i]) - 1
                row_ += [cell(float(mean[place])), "-" if error is None else cell(float(error[place]), 2)]
            rows.append(tuple(row_))  # type: ignore[arg-type]
        lines += ["", *_aligned(rows)]
    lines += ["", *_law_lines(laws(model))]
    lines += [
        "",
        "density: of eigenvalues x (not divided by T); its integral and the atom make 1",
        "above: mean number of eigenvalues > x; exponent: d ln x / d ln above",
        f"largest relative error of the density: {found.error.max():.1g}; --json gives every point",
    ]
    return "\n".join(lines) + "\n"


def _law_lines(found: dict[str, Any]) -> list[str]:
    """The laws in words."""
    from solvable.tables import cell

    bulk = found["bulk"]
    first = f"times 1 + ({cell(found['correction'], 3)}) r" if found["correction"] else "without a correction"
    power = f"{cell(bulk['amplitude'])} r^{cell(bulk['exponent'])}"
    lines = [f"derived: eigenvalue r ~ {power} for r << N, T, to first order {first}"]
    if found["edge"] is not None:
        lines.append(f"derived: the power law ends at {cell(found['edge'])} (the lower edge for 1 << N, T << M)")
    if found["hard_edge"] is not None:
        lines.append(f"derived: the density grows as x^({found['hard_edge']}) towards 0")
    return lines


def _some(count: int) -> list[int | None]:
    """All positions of a short table; the ends of a long one, with None for what is left out."""
    if count <= ROWS:
        return list(range(count))
    step = [round(i * (count - 1) / (ROWS - 1)) for i in range(ROWS)]
    return [*step] if count > 4 * ROWS else [*range(ROWS // 2), None, *range(count - ROWS // 2, count)]


def _aligned(rows: list[Any]) -> list[str]:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return ["  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)) for row in rows]
