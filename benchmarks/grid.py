"""A 64 x 64 grid of (N, T): the table of spectral moments against bisection with direct sums.

The field's usual way solves each point on its own: scipy's bisect (brentq shown too) in ln(kappa),
a numpy sum over all eigenvalues at every step, then the loss from sums at the root. Ours is
`evaluate_grid`: model, compression of the spectrum, table and solution all inside the timed region,
nothing kept between repeats (only the symbolic derivation and its compilation, done once before).
The usual way is timed on a random subset of the grid's points and scaled to all of them.

    python benchmarks/grid.py [--quick]
"""

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.optimize import bisect, brentq

from numerics import evaluate, evaluate_grid
from theory import Eigenvalues, Model

GAMMA, ALPHA = 1e-6, 1
SIZES = np.unique(np.round(np.geomspace(10, 3000, 64)).astype(int))
REPEATS = 5
SAMPLE = {10**4: 200, 10**5: 60, 10**6: 12}  # grid points that the usual way is timed on


def usual(solver: Callable[..., float], lam: np.ndarray, n: int, t: int) -> float:
    """The loss at one point: root in ln(kappa), then equation (2) of the model sheet."""
    count = lam.size
    ridge = GAMMA * count

    def equation(log_kappa: float) -> float:
        kappa = np.exp(log_kappa)
        df1 = np.sum(lam / (lam + kappa))
        return kappa * (n - df1) * (t - df1) - ridge if df1 < min(n, t) else -ridge

    kappa = np.exp(solver(equation, -60.0, 20.0))
    p = lam / (lam + kappa)
    df1, df2 = p.sum(), np.square(p).sum()
    z = n * t - df2 * (n + t) + 2 * df2 * df1 - df1**2
    return kappa * (df1 - df2) * n * t / z / (2 * count)


def timed(task: Callable[[], object], repeats: int) -> float:
    """Median seconds of one call."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main(quick: bool) -> None:
    """Print times, ratios and errors for each M."""
    evaluate(Model.power_law(ALPHA, 100, 10, 20, gamma=GAMMA))  # derive and compile once
    rng = np.random.default_rng(0)
    n_grid, t_grid = SIZES[:, None], SIZES[None, :]
    points = n_grid.size * t_grid.size
    print(f"{points} points, N, T in [10, 3000], alpha = {ALPHA}, gamma = {GAMMA:g}; seconds for the whole grid")
    columns = ("bisect", "brentq", "list", "power law", "bisect/list", "bisect/power", "error")
    print(f"{'M':>8}" + "".join(f"{name:>13}" for name in columns))
    for count, sample in SAMPLE.items():
        lam = np.arange(1.0, count + 1) ** -(1.0 + ALPHA)
        chosen = rng.choice(SIZES, (max(2, sample // 10) if quick else sample, 2))

        def slow(solver: Callable[..., float], lam: np.ndarray = lam, chosen: np.ndarray = chosen) -> None:
            for n, t in chosen:
                usual(solver, lam, int(n), int(t))

        def from_list(lam: np.ndarray = lam) -> np.ndarray:
            return evaluate_grid(Model(Eigenvalues(lam), 10, 10, gamma=GAMMA), N=n_grid, T=t_grid).loss

        def from_law(count: int = count) -> np.ndarray:
            return evaluate_grid(Model.power_law(ALPHA, count, 10, 10, gamma=GAMMA), N=n_grid, T=t_grid).loss

        scale = points / len(chosen)
        times = [scale * timed(lambda s=solver: slow(s), 1) for solver in (bisect, brentq)]
        times += [timed(from_list, REPEATS), timed(from_law, REPEATS)]
        found = {"list": from_list(), "law": from_law()}
        error = 0.0
        for i, j in rng.integers(0, SIZES.size, (8, 2)):
            model = Model.power_law(ALPHA, count, int(SIZES[i]), int(SIZES[j]), gamma=GAMMA)
            exact = evaluate(model, digits=20).loss
            error = max(error, *(float(abs(losses[i, j] / exact - 1)) for losses in found.values()))
        ratios = times[0] / times[2], times[0] / times[3]
        row = [f"{seconds:.3g}" for seconds in times] + [f"{ratio:.0f}" for ratio in ratios] + [f"{error:.1e}"]
        print(f"{count:8.0e}" + "".join(f"{cell:>13}" for cell in row), flush=True)


if __name__ == "__main__":
    main("--quick" in sys.argv)
