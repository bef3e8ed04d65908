"""Convergence ladders: N (mean/planar - 1) and N^2 variance of a draw, simulated, beside what is derived.

Ratios of sizes, df1/N and the mix of signal and noise are kept from size to size. The mean is that of `simulate`
(which averages over more), the variance that of draws of both u and x.

    python -m benchmarks.finite_size [--draws 400]
"""

import argparse
import math
from fractions import Fraction

import numpy as np

from numerics import finite_size, simulate
from numerics.simulation.design import GAUSSIAN_DESIGN, draw_seed
from numerics.simulation.direct import direct_draw
from numerics.simulation.ladder import scaled
from numerics.simulation.problem import Problem
from theory import Model

MODELS = (
    Model.power_law(1, 240, 24, 48, gamma="4e-3", noise="1e-4"),
    Model.power_law("0.5", 240, 40, 24, gamma="1e-3"),
    Model.power_law(1, 240, 24, 48),
    Model.power_law(2, 240, 24, 24, gamma="1e-4"),
)
FACTORS = (1, 2, 4, 8)


def main() -> None:
    """Print one ladder a model."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=400)
    draws = parser.parse_args().draws
    for start in MODELS:
        print(f"{start}, {draws} draws a size")
        print(f"{'N':>5}{'T':>5}{'N (mean/planar - 1)':>24}{'derived':>9}{'N^2 var/planar^2':>24}{'derived':>9}")
        for factor in FACTORS:
            model = scaled(start, Fraction(factor)) if factor > 1 else start
            found, n = finite_size(model), float(model.N)
            loss = simulate(model, draws, 1, jobs="auto").loss
            mean, error = n * (loss.mean / found.planar - 1), n * (loss.stderr or math.nan) / found.planar
            variance, spread = n**2 * _variance(model, found.planar, draws)
            first = f"{n:5.0f}{model.T:5}{f'{mean:.3f} +- {error:.3f}':>24}{n * found.relative:9.3f}"
            print(f"{first}{f'{variance:.3f} +- {spread:.3f}':>24}{n**2 * found.variance:9.3f}", flush=True)


def _variance(model: Model, planar: float, draws: int) -> np.ndarray:
    """Variance of the relative loss of a draw of u and x, and its standard error."""
    problem = Problem.of(model)
    seeds = (draw_seed(model, GAUSSIAN_DESIGN, 2, k) for k in range(draws))
    rows = np.array([direct_draw(problem, GAUSSIAN_DESIGN, seed)[:2] for seed in seeds])
    ratios = model.outputs / 2 * (rows[:, 0] + problem.noise * rows[:, 1]) / planar
    variance = float(ratios.var(ddof=1))
    kurtosis = float(np.mean((ratios - ratios.mean()) ** 4)) / variance**2
    return np.array([variance, variance * math.sqrt((kurtosis - 1) / draws)])


if __name__ == "__main__":
    main()
