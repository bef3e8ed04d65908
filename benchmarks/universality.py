"""Planar theory against other laws of the entries: the universality table.

python -m benchmarks.universality [--draws 64]
"""

import argparse

from numerics.simulation.universality import designs, universality
from theory import Model

MODELS = (
    Model.power_law(1, 1200, 200, 400, gamma="1e-4"),
    Model.power_law("0.5", 1200, 300, 200, gamma="1e-3", noise="1e-3"),
)


def main() -> None:
    """Print deviation at the model's size, extrapolated deviation, and the verdict."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=64)
    draws = parser.parse_args().draws
    for model in MODELS:
        print(f"{model}, {draws} draws a size; deviation = mean/theory - 1, false alarm 1e-3 for the table")
        heads = f"{'latent entries':16}{'feature entries':16}{'deviation':>20}{'as N -> infinity':>20}"
        print(f"{heads}{'score':>8}  verdict")
        for one in universality(model, designs(), draws, 1):
            own, limit = (f"{value:+.4f} +- {error:.4f}" for value, error in
                          ((one.deviation, one.error), (one.limit, one.limit_error)))  # fmt: skip
            verdict = "holds" if one.holds else "broken"
            line = f"{one.design.latent!s:16}{one.design.features!s:16}{own:>20}{limit:>20}{one.score:8.1f}"
            print(f"{line}  {verdict}", flush=True)


if __name__ == "__main__":
    main()
