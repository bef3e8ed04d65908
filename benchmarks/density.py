"""Digits and time of the eigenvalue density against freealg and rmtool, 3 to 10^4 distinct eigenvalues.

One problem for all three: x = eigenvalues of u Lambda u^T, N x N with N = M/3, the limit T -> infinity of
phi phi^T/T (ours takes T = 10^18, so it differs by 1e-15), lambda log-uniform in [1/50, 1] and distinct. The density
is asked for at the quantiles 0.1 to 0.9 and compared with mpmath's root at 30 digits.

* freealg (pip install freealg): the free compound Poisson law of jumps lambda_I N/M, equal weights, rate M/N;
  its `density` smooths by eta, so it is given at the default 2e-4 and at 1e-8, the better is shown; it follows
  a branch along its points, and loses it on sparse ones: 2000 others are added.
* rmtool (pip install rmtool): AtimesWish(atomLmz(lambda, 1/M), M/N), whose eigenvalues are x M/N with density
  per M; of the branches it returns the positive one nearest the truth is credited. It finds the polynomial of
  the Stieltjes transform symbolically, for the two Wisharts of finite T by a second AtimesWish.

Either is left out, and the table says so, if it cannot be imported. Each attempt has a limit of time.

    python benchmarks/density.py [--quick] [--limit SECONDS]
"""

import argparse
import importlib.util
import multiprocessing as mp
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from numerics.density import FeatureEigenvalues
from numerics.resolvent_mp import solve_mp
from theory.model import Model
from theory.spectrum import Eigenvalues

COUNTS = (3, 10, 50, 100, 1000, 10_000)
SAMPLES = 10**18
QUANTILES = np.array([0.1, 0.3, 0.5, 0.7, 0.9])


def spectrum(count: int) -> np.ndarray:
    """Distinct rationals, so that symbolic packages can be exact too."""
    grid = np.exp(-np.log(50) * (np.arange(count) + 0.5) / count)
    return np.round(grid * 10**6) / 10**6


def ours(lam: np.ndarray, n: int, x: np.ndarray) -> np.ndarray:
    """Density per N of x; the edges are found anew."""
    model = Model(Eigenvalues(lam), n, SAMPLES)
    return FeatureEigenvalues(model).at(x * SAMPLES).density * SAMPLES


def freealg(lam: np.ndarray, n: int, x: np.ndarray, eta: float) -> np.ndarray:
    from freealg.distributions import CompoundFreePoisson  # type: ignore[import-not-found, unused-ignore]

    law = CompoundFreePoisson(lam * n / lam.size, np.full(lam.size, 1 / lam.size), lam.size / n)
    grid = np.sort(np.concatenate([np.linspace(x.min() / 10, 2 * x.max(), 2000), x]))
    return np.asarray(law.density(grid, eta=eta))[np.searchsorted(grid, x)]


def rmtool(lam: np.ndarray, n: int, x: np.ndarray, truth: np.ndarray) -> np.ndarray:
    from rmtool import AtimesWish, Lmz2pdf, atomLmz  # type: ignore[import-not-found, unused-ignore]
    from sympy import Rational

    weights = [Rational(1, lam.size)] * lam.size
    atoms = [Rational(round(value * 10**6), 10**6) for value in lam]
    polynomial = AtimesWish(atomLmz(atoms, weights), Rational(lam.size, n))
    ratio = lam.size / n
    found = np.asarray(Lmz2pdf(polynomial, x * ratio).density)
    found = abs(found.reshape(x.size, -1)) * ratio**2  # per N, in x
    best = abs(found - truth[:, None]).argmin(axis=1)
    return found[np.arange(x.size), best]


def limited(task: Callable[..., np.ndarray], arguments: tuple[Any, ...], limit: float) -> tuple[Any, float]:
    """What the task returns, or a word for its failure, and seconds; in a process of its own, ended at the limit."""
    context = mp.get_context("fork")
    ours_, theirs = context.Pipe()

    def work() -> None:
        start = time.perf_counter()
        try:
            theirs.send((task(*arguments), time.perf_counter() - start))
        except Exception as error:
            theirs.send((type(error).__name__, time.perf_counter() - start))

    process = context.Process(target=work)
    process.start()
    try:
        return ours_.recv() if ours_.poll(limit) else ("out of time", limit)
    finally:
        process.terminate()
        process.join()


def error_text(found: Any, truth: np.ndarray) -> str:
    if isinstance(found, str):
        return found
    errors = abs(found / truth - 1)
    right = int((errors < 1e-8).sum())
    return f"{np.max(errors):.1e} ({right}/{truth.size})" if np.isfinite(errors).all() else "not finite"


def main(quick: bool, limit: float) -> None:
    """Print the table."""
    there = {name: importlib.util.find_spec(name) is not None for name in ("freealg", "rmtool")}
    for name, found in there.items():
        if not found:
            print(f"{name} is not installed (pip install {name}): left out")
    print(f"worst relative error of the density at 5 quantiles (how many are within 1e-8), seconds; limit {limit:g} s")
    print(f"{'M':>6}  {'ours':>20}  {'freealg':>24}  {'rmtool':>24}")
    for count in COUNTS[:3] if quick else COUNTS:
        lam, n = spectrum(count), max(1, count // 3)
        model = Model(Eigenvalues(lam), n, SAMPLES)
        distribution = FeatureEigenvalues(model)
        points = distribution.at_ranks(QUANTILES * n + 0.5)
        roots = distribution.resolvent.solve(np.log(points) - distribution.resolvent.log_scale)
        exact = [solve_mp(model, float(v), complex(p)).number_density for v, p in zip(points, roots.p, strict=True)]
        x, truth = points / SAMPLES, np.array([float(v) for v in exact]) * SAMPLES / n
        start = time.perf_counter()
        own = ours(lam, n, x)
        cells = [f"{error_text(own, truth)} {time.perf_counter() - start:8.3f} s"]
        for name in ("freealg", "rmtool"):
            if not there[name]:
                cells.append("-")
                continue
            if name == "freealg":
                tries = [limited(freealg, (lam, n, x, eta), limit) for eta in (2e-4, 1e-8)]
            else:
                tries = [limited(rmtool, (lam, n, x, truth), limit)]
            texts = [(error_text(found, truth), seconds) for found, seconds in tries]
            text, seconds = min(texts, key=lambda pair: float(pair[0].split()[0]) if pair[0][0].isdigit() else np.inf)
            cells.append(f"{text} {seconds:8.3f} s")
        print(f"{count:>6}  {cells[0]:>20}  {cells[1]:>24}  {cells[2]:>24}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--limit", type=float, default=30.0)
    options = parser.parse_args()
    main(options.quick, options.limit)
