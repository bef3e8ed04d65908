"""Students other than ridge: planar loss against simulation, and against ridge at its best.

python -m benchmarks.regularisers [--draws 32]
"""

import argparse
from collections.abc import Callable

import numpy as np

from numerics import (
    Estimate,
    GradientFlow,
    SpectralCutoff,
    evaluate,
    evaluate_anisotropic,
    evaluate_ensemble,
    evaluate_filtered,
    optimal_ridge,
    simulate_anisotropic,
    simulate_ensemble,
    simulate_filtered,
)  # fmt: skip
from theory import Model

MODELS = (
    Model.power_law(1, 1200, 200, 400, noise="1e-5"),
    Model.power_law("0.5", 1200, 300, 200, noise="1e-3", source=2),
)
TIMES, COMPONENTS, MEMBERS, POWERS = (30.0, 1e3), (20, 100), (2, 8), (0.5, 1.5)
Row = tuple[str, float, Callable[[], Estimate]]


def rows(model: Model, draws: int) -> list[Row]:
    """Name, planar loss, simulated loss of every student."""
    ridge = model.with_(gamma=optimal_ridge(model))
    found: list[Row] = []
    for time in TIMES:
        flow = GradientFlow(time)
        found.append((f"gradient flow, t = {time:g}", evaluate_filtered(model, flow).loss,
                      lambda flow=flow: simulate_filtered(model, flow, draws, 1)["loss"]))  # fmt: skip
    for k in COMPONENTS:
        cut = SpectralCutoff(k)
        found.append((f"{k} principal components", evaluate_filtered(model, cut).loss,
                      lambda cut=cut: simulate_filtered(model, cut, draws, 1)["loss"]))  # fmt: skip
    for k in MEMBERS:
        found.append((f"{k} students bagged", evaluate_ensemble(ridge, k).loss,
                      lambda k=k: simulate_ensemble(ridge, k, draws, 1)["loss"]))  # fmt: skip
    for power in POWERS:
        weights = np.arange(1.0, float(model.N) + 1) ** power
        found.append((f"weights j^{power:g}", evaluate_anisotropic(ridge, weights.tolist()).loss,
                      lambda w=weights: simulate_anisotropic(ridge, w.tolist(), draws, 1)["loss"]))  # fmt: skip
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=32)
    draws = parser.parse_args().draws
    for model in MODELS:
        best = float(evaluate(model.with_(gamma=optimal_ridge(model))).loss)
        print(f"{model}, {draws} draws; what is left over is the 1/N term; ridge at its best: {best:.4g}")
        print(f"{'student':26}{'planar':>11}{'over best ridge':>17}{'simulated/planar - 1':>26}")
        for name, planar, simulated in rows(model, draws):
            one = simulated()
            error = (one.stderr or float("nan")) / planar
            off = f"{one.mean / planar - 1:+.4f} +- {error:.4f}"
            print(f"{name:26}{planar:11.4g}{planar / best:17.4f}{off:>26}", flush=True)


if __name__ == "__main__":
    main()
