"""Variance times seconds a draw of the simulation, beside what is usually written: one run, ratios.

`naive` draws everything, teacher and test points too (NumPy, normal equations); `scikit-learn` is the same with
its Ridge. The product of a draw's variance and its time says what a given standard error costs:
seconds = product / stderr^2. All on the processors that the machine gives to BLAS; ours uses one.

    python -m benchmarks.simulation [--draws 25]
"""

import argparse
import time
from collections.abc import Callable

import numpy as np

from numerics import evaluate
from numerics.simulation import GAUSSIAN_DESIGN, draw
from theory import Model

SETTINGS = {
    "near the optimal ridge": Model.power_law(1, 4000, 1000, 1000, gamma="2.5e-4"),
    "interpolation peak": Model.power_law(1, 4000, 1000, 1000, gamma="1e-6"),
    "few samples": Model.power_law(1, 6000, 1000, 300, gamma="1e-6"),
    "many samples": Model.power_law(1, 6000, 1000, 5000, gamma="1e-6"),
}
TEST_POINTS = 1000


def sampled(model: Model, seed: int, fit: Callable[[np.ndarray, np.ndarray, float], np.ndarray]) -> float:
    """Test loss of one draw of teacher, features, samples and test points."""
    rng = np.random.default_rng(seed)
    m, n, t = model.M, int(model.N), int(model.T)
    roots = np.arange(1.0, m + 1) ** -((1 + float(model.spectrum.alpha)) / 2)  # type: ignore[union-attr]
    w = rng.standard_normal(m) / np.sqrt(m)
    u = rng.standard_normal((n, m)) / np.sqrt(m)
    x = rng.standard_normal((t, m)) * roots
    theta = fit(x @ u.T, x @ w, float(model.gamma))
    test = rng.standard_normal((TEST_POINTS, m)) * roots
    return float(np.square(test @ u.T @ theta - test @ w).mean() / 2)


def normal_equations(phi: np.ndarray, y: np.ndarray, gamma: float) -> np.ndarray:
    """theta by np.linalg.solve, on the smaller side."""
    if phi.shape[0] < phi.shape[1]:
        return phi.T @ np.linalg.solve(phi @ phi.T + gamma * np.eye(phi.shape[0]), y)
    return np.linalg.solve(phi.T @ phi + gamma * np.eye(phi.shape[1]), phi.T @ y)


def scikit_learn(phi: np.ndarray, y: np.ndarray, gamma: float) -> np.ndarray:
    """theta by sklearn.linear_model.Ridge with its own choice of solver."""
    from sklearn.linear_model import Ridge

    return Ridge(alpha=gamma, fit_intercept=False).fit(phi, y).coef_


def cost(one: Callable[[int], float], draws: int, theory: float) -> tuple[float, float, float]:
    """Mean over theory, relative standard deviation of a draw, seconds a draw."""
    one(draws)  # warm
    begin = time.perf_counter()
    values = np.array([one(k) for k in range(draws)]) / theory
    return float(values.mean()), float(values.std(ddof=1)), (time.perf_counter() - begin) / draws


def gemm_rate() -> float:
    """Operations a second of one processor in a product of matrices of order 2000."""
    from threadpoolctl import threadpool_limits

    a = np.random.default_rng(0).standard_normal((2000, 2000))
    best = float("inf")
    with threadpool_limits(1):
        for _ in range(4):
            begin = time.perf_counter()
            a @ a
            best = min(best, time.perf_counter() - begin)
    return 2 * 2000**3 / best


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=25)
    draws = parser.parse_args().draws
    rate = gemm_rate()
    print(f"{draws} draws each; matrix products on one processor: {rate / 1e9:.1f} GFLOP/s")
    print(
        f"{'setting':24}{'code':14}{'mean/theory':>12}{'sd of a draw':>13}{'s a draw':>10}{'s to 0.1%':>11}{'times':>9}"
    )
    for name, model in SETTINGS.items():
        theory = float(evaluate(model).loss)
        ours = lambda k, model=model: draw(model, GAUSSIAN_DESIGN, 1, k)[2]  # noqa: E731
        naive = lambda k, model=model: sampled(model, k, normal_equations)  # noqa: E731
        learn = lambda k, model=model: sampled(model, k, scikit_learn)  # noqa: E731
        found = {code: cost(one, draws, theory) for code, one in
                 (("solvable", ours), ("naive", naive), ("scikit-learn", learn))}  # fmt: skip
        own = found["solvable"][1] ** 2 * found["solvable"][2]
        for code, (mean, deviation, seconds) in found.items():
            product = deviation**2 * seconds
            line = f"{name:24}{code:14}{mean:12.4f}{deviation:13.4f}{seconds:10.3f}{product / 1e-6:11.2f}"
            print(f"{line}{product / own:9.0f}", flush=True)
        n = min(int(model.N), int(model.T))
        share = (2 * n**2 * model.M + 12 * n**3) / found["solvable"][2] / rate
        print(f"{'':24}share of the matrix rate of one processor: {share:.0%} (2 n^2 M + 12 n^3 operations)")


if __name__ == "__main__":
    main()
