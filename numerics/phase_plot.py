"""The phase diagram as a figure: exponents of N against T and of the ridge against T."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from theory.continuum import ALPHA
from theory.errors import InvalidInput
from theory.phases import Phase

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GRID = 481
AXES = {"N": (0.02, 2.5), "gamma": (-2.5, 4.0)}
LABELS = {"N": r"$\ln N/\ln T$", "gamma": r"$\ln\gamma/\ln T$"}


def membership(phases: Sequence[Phase], alpha: float, powers: dict[str, np.ndarray]) -> np.ndarray:
    """Index of the phase that holds at each point, -1 on none; powers[name] are the scales' exponents of T."""
    shape = np.broadcast_shapes(*(np.shape(power) for power in powers.values()))
    found = np.full(shape, -1)
    for index, phase in enumerate(phases):
        inside = np.ones(shape, dtype=bool)
        for wall in phase.walls:
            height = sum(
                float(weight.as_expr().subs(ALPHA, alpha)) * powers[name]
                for name, weight in zip(phase.names, wall, strict=True)
                if weight
            )
            inside &= height > 0
        found[inside] = index
    return found


def phase_figure(phases: Sequence[Phase], alpha: sp.Rational, fixed: dict[str, float] | None = None) -> "Figure":
    """The plane of N = T^x, gamma = T^y at one alpha; `fixed` gives M and noise as powers of T.

    Raises InvalidInput if a scale has no axis and no value.
    """
    from matplotlib.colors import ListedColormap
    from matplotlib.figure import Figure

    fixed = fixed or {}
    for name in phases[0].names:
        if name not in (*AXES, "T", *fixed):
            raise InvalidInput(name, "free", "a power of T for every scale but N, T and gamma")
    x, y = (np.linspace(*AXES[name], GRID) for name in ("N", "gamma"))
    powers = {"T": np.ones((1, 1)), "N": x[None, :], "gamma": y[:, None]}
    powers.update({name: np.full((1, 1), value) for name, value in fixed.items()})
    found = membership(phases, float(alpha), powers)
    shown = [index for index in range(len(phases)) if (found == index).any()]
    figure = Figure(figsize=(7.2, 5.4), layout="constrained")
    axes = figure.subplots()
    palette = [
        "#8fb8de",
        "#f2c879",
        "#a8d5a2",
        "#e3a7a1",
        "#c9b6e4",
        "#d9d3c7",
        "#9fd6d2",
        "#f0b7d3",
        "#c5cf8a",
        "#bbbbbb",
    ]
    colours = ListedColormap([palette[i % len(palette)] for i in range(len(phases))])
    axes.imshow(
        np.ma.masked_less(found, 0), origin="lower", aspect="auto", extent=(x[0], x[-1], y[0], y[-1]),
        cmap=colours, vmin=-0.5, vmax=len(phases) - 0.5, interpolation="nearest",
    )  # fmt: skip
    for index in shown:
        inside = found == index
        axes.contour(x, y, inside.astype(float), levels=[0.5], colors="black", linewidths=0.8)
        row, column = _middle(inside)
        axes.text(x[column], y[row], _label(phases[index], alpha), ha="center", va="center", fontsize=8)
    axes.set_xlabel(f"{LABELS['N']}   (features against samples)")
    axes.set_ylabel(f"{LABELS['gamma']}   (ridge against samples)")
    extra = "".join(f", {name} = T^{value:g}" for name, value in fixed.items())
    axes.set_title(f"Phases of the planar solution, alpha = {alpha}{extra}", fontsize=10)
    return figure


def _middle(inside: np.ndarray) -> tuple[int, int]:
    """The point deepest inside a region, for its label."""
    from scipy.ndimage import distance_transform_edt

    depth = distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1]
    row, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
    return int(row), int(column)


def _label(phase: Phase, alpha: sp.Rational) -> str:
    limits = " and ".join(sorted(phase.limits))
    powers = [] if phase.loss is None else zip(phase.names, phase.loss.powers, strict=True)
    law = " ".join(
        f"{_symbol(name)}^{{{sp.latex(sp.nsimplify(power.as_expr().subs(ALPHA, alpha)))}}}"
        for name, power in powers
        if power
    )
    law = "0" if phase.loss is None else law or r"\mathrm{const}"
    return f"limited by {limits}\n{', '.join(sorted(phase.dominant))}\n$L \\sim {law}$"


def _symbol(name: str) -> str:
    return {"gamma": r"\gamma", "noise": r"(\sigma_\epsilon^2)"}.get(name, name)
