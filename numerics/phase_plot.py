"""The phase diagram as a figure: exponents of N against T and of the ridge against T."""

from collections.abc import Sequence
from string import ascii_uppercase
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from matplotlib.patches import Patch

from numerics.plots import STYLE
from theory.continuum import ALPHA
from theory.errors import InvalidInput
from theory.phases import Phase

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GRID = 361
PALETTE = ("#8fb8de", "#f2c879", "#a8d5a2", "#e3a7a1", "#c9b6e4", "#d9d3c7", "#9fd6d2", "#f0b7d3", "#c5cf8a", "#bbbbbb")
AXES = {"N": (0.02, 2.5), "gamma": (-2.5, 4.0)}
LABELS = {"N": r"$\ln N/\ln T$", "gamma": r"$\ln\gamma/\ln T$"}


def depth(phase: Phase, alpha: sp.Rational, powers: dict[str, np.ndarray]) -> np.ndarray:
    """Least margin of the phase's inequalities, > 0 inside; powers[name] are the scales' exponents of T."""
    shape = np.broadcast_shapes(*(np.shape(power) for power in powers.values()))
    least = np.full(shape, np.inf)
    for wall in phase.walls:
        weights = [float(weight.as_expr().subs(ALPHA, alpha)) for weight in wall]
        height = sum(weight * powers[name] for name, weight in zip(phase.names, weights, strict=True) if weight)
        least = np.minimum(least, height / np.linalg.norm(weights))
    return least


def phase_figure(phases: Sequence[Phase], alpha: sp.Rational, fixed: dict[str, sp.Rational] | None = None) -> "Figure":
    """The plane of N = T^x, gamma = T^y at one alpha; `fixed` gives M and noise as powers of T.

    Raises InvalidInput if a scale has no axis and no value.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    fixed = fixed or {}
    for name in phases[0].names:
        if name not in (*AXES, "T", *fixed):
            raise InvalidInput(name, "free", "a power of T for every scale but N, T and gamma")
    x, y = (np.linspace(*AXES[name], GRID) for name in ("N", "gamma"))
    powers = {"T": np.ones((1, 1)), "N": x[None, :], "gamma": y[:, None]}
    powers.update({name: np.full((1, 1), float(value)) for name, value in fixed.items()})
    depths = [np.broadcast_to(depth(phase, alpha, powers), (GRID, GRID)) for phase in phases]
    shown = [index for index, margin in enumerate(depths) if (margin > 0).any()]
    with rc_context(STYLE):
        figure = Figure(figsize=(8.4, 4.6), layout="constrained")
        axes = figure.subplots()
        handles = []
        for letter, index in zip(ascii_uppercase, shown, strict=False):
            colour = PALETTE[index % len(PALETTE)]
            axes.contourf(x, y, depths[index], levels=[0, np.inf], colors=[colour])
            axes.contour(x, y, depths[index], levels=[0], colors="black", linewidths=0.9)
            row, column = np.unravel_index(int(np.argmax(_inner(depths[index]))), (GRID, GRID))
            axes.text(x[column], y[row], letter, ha="center", va="center", fontsize=11, fontweight="bold")
            handles.append(
                Patch(facecolor=colour, edgecolor="black", label=f"{letter}  {_label(phases[index], alpha)}")
            )
        axes.set_xlabel(f"{LABELS['N']}   (features against samples)")
        axes.set_ylabel(f"{LABELS['gamma']}   (ridge against samples)")
        extra = "".join(f", ${_symbol(name)} = T^{{{value}}}$" for name, value in fixed.items())
        axes.set_title(rf"Phases of the planar solution, $\alpha = {alpha}${extra}")
        figure.legend(handles=handles, loc="outside right center", labelspacing=1.1, handlelength=1.2)
    return figure


def _inner(margin: np.ndarray) -> np.ndarray:
    """The margin, bounded also by the frame, so that a letter stays inside."""
    rim = np.minimum(np.arange(GRID), np.arange(GRID)[::-1]) / GRID
    return np.minimum(np.minimum(margin, 3 * rim[None, :]), 3 * rim[:, None])


def _label(phase: Phase, alpha: sp.Rational) -> str:
    limits = " and ".join(sorted(phase.limits))
    return f"limited by {limits}:\n     {', '.join(sorted(phase.dominant))}, $L \\sim {_law(phase, alpha)}$"


def _law(phase: Phase, alpha: sp.Rational) -> str:
    if phase.loss is None:
        return "0"
    parts = []
    for name, weight in zip(phase.names, phase.loss.powers, strict=True):
        power = sp.nsimplify(weight.as_expr().subs(ALPHA, alpha))
        if power:
            parts.append(_symbol(name) if power == 1 else f"{_symbol(name)}^{{{power}}}")
    return r"\,".join(parts) or r"\mathrm{const}"


def _symbol(name: str) -> str:
    return {"gamma": r"\gamma", "noise": r"(\sigma_\epsilon^2)"}.get(name, name)
