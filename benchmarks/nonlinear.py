"""Nonlinear features: where Gaussian equivalence holds, and where it stops being enough.

python -m benchmarks.nonlinear [--draws 24]

Simulated loss over two planar predictions: features that are a linear part plus independent noise
(theory.nonlinear), and Gaussian features with the spectrum of the kernel (numerics.kernel_equivalent). `as N -> inf`
extrapolates the second ratio from two sizes, all ratios and s kept.
"""

import argparse
import math
from collections.abc import Iterator

from numerics import Design, simulate
from numerics.kernel_equivalent import kernel_equivalent
from numerics.nonlinear import evaluate_nonlinear
from theory import Model

ACTIVATIONS = ("relu", "erf", "tanh", "gelu", "sine")


def points() -> Iterator[tuple[str, str, int, int, int, str]]:
    """(what, alpha, M, N, T, gamma)."""
    for alpha in ("1/10", "1/4", "1/2", "1", "2"):
        yield "spectrum", alpha, 800, 100, 200, "1e-4"
    for T in (25, 100, 400, 1600, 6400):
        yield "samples", "1/10", 60, 400, T, "1"


def model(alpha: str, M: int, N: int, T: int, gamma: str) -> Model:
    """With s = 1."""
    trace = sum(k ** -(1 + _number(alpha)) for k in range(1, M + 1))
    return Model.power_law(alpha, M, N, T, gamma=gamma, sigma_u=math.sqrt(M / trace))


def _number(text: str) -> float:
    numerator, _, denominator = text.partition("/")
    return int(numerator) / int(denominator or 1)


def ratios(point: Model, name: str, draws: int) -> tuple[float, float, float]:
    """Simulated loss over linear part plus noise, over the kernel's theory, and the relative standard error."""
    loss = simulate(point, draws, seed=1, design=Design(activation=name)).loss
    theory, error = kernel_equivalent(point, name)
    scatter = math.hypot((loss.stderr or 0.0) / loss.mean, error / theory.loss)
    return loss.mean / evaluate_nonlinear(point, name).loss, loss.mean / theory.loss, scatter


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=24)
    draws = parser.parse_args().draws
    print(f"simulated loss over theory, {draws} draws a size, s = 1")
    print(
        f"{'':10}{'alpha':>6}{'M':>6}{'N':>6}{'T':>6}{'gamma':>7}  {'':6}{'linear + noise':>16}{'kernel':>16}", end=""
    )
    print(f"{'as N -> inf':>18}")
    for what, alpha, M, N, T, gamma in points():
        for name in ACTIVATIONS if what == "spectrum" else ("relu", "erf"):
            flat, kernel, error = ratios(model(alpha, M, N, T, gamma), name, draws)
            line = f"{what:10}{alpha:>6}{M:6}{N:6}{T:6}{gamma:>7}  {name:6}{flat:16.3f}{kernel:9.3f} +-{error:.3f}"
            if what == "spectrum":
                _, half, half_error = ratios(model(alpha, M // 2, N // 2, T // 2, gamma), name, draws)
                line += f"{2 * kernel - half:10.3f} +-{math.hypot(2 * error, half_error):.3f}"
            print(line, flush=True)


if __name__ == "__main__":
    main()
