r"""The split of a budget with label noise: which powers N = C^x, T = C^y at fixed N^a T^b = C lose least.

Along such a path the optimally regularised loss is a power of C whose exponent is piecewise linear in x
(`theory.optimal_path` gives the line at any x). The least exponent sits where two lines cross.
"""

from dataclasses import dataclass

import sympy as sp

from theory.asymptotics import NAMES, coefficients, path_ray, setting_of
from theory.errors import InvalidInput, NotConverged
from theory.free_kappa import Problem
from theory.optimal_path import optimum
from theory.order import Region, Window
from theory.path import OPTIMAL, Path, Power

MAX_STEPS = 60


@dataclass(frozen=True)
class Split:
    """N = C^features, T = C^samples at the optimum, where the loss is C^loss (up to logarithms)."""

    features: sp.Rational
    samples: sp.Rational
    loss: sp.Rational


def best_split(
    alpha: sp.Rational,
    a: sp.Rational = sp.S.One,
    b: sp.Rational = sp.S.One,
    noise: Power | None = None,
    source: sp.Rational | None = None,
) -> Split:
    """The optimal powers for the cost N^a T^b with noise (a power of C) and the optimal ridge.

    Raises InvalidInput unless a, b > 0.
    """
    for name, value in (("a", a), ("b", b)):
        if value <= 0:
            raise InvalidInput(name, value, "a number > 0")
    low, high = sp.Rational(1, 1000) / a, sp.Rational(999, 1000) / a

    def line(x: sp.Rational) -> tuple[sp.Rational, sp.Rational]:
        """(value, slope) of the loss's exponent at N = C^x."""
        by_n, by_t, rest = _exponents(alpha, x, (1 - a * x) / b, noise, source)
        return by_n * x + by_t * (1 - a * x) / b + rest, by_n - by_t * a / b

    left, right = line(low), line(high)
    for _ in range(MAX_STEPS):
        if left[1] >= 0:
            return Split(low, (1 - a * low) / b, left[0])
        if right[1] <= 0:
            return Split(high, (1 - a * high) / b, right[0])
        crossing = low + (right[0] - left[0] + right[1] * (low - high)) / (left[1] - right[1])
        value, slope = line(crossing)
        if value == left[0] + left[1] * (crossing - low):
            return Split(crossing, (1 - a * crossing) / b, value)
        if slope < 0:
            low, left = crossing, (value, slope)
        else:
            high, right = crossing, (value, slope)
    raise NotConverged(f"the optimal split between C^{low} and C^{high} after {MAX_STEPS} steps")


def _exponents(
    alpha: sp.Rational, x: sp.Rational, y: sp.Rational, noise: Power | None, source: sp.Rational | None
) -> tuple[sp.Rational, sp.Rational, sp.Rational]:
    """Powers of N, of T and the rest of the exponent of the loss at N = C^x, T = C^y."""
    path = Path(Power(x), Power(y), OPTIMAL, None, noise, alpha=alpha, source=source)
    names = tuple("kappa" if name == "gamma" else name for name in NAMES)
    region = Region(rays=(path_ray(path),), window=Window(alpha, alpha))
    best = optimum(Problem(names, region, coefficients(path), lambda scales: setting_of(path, scales)))
    if best.loss.total is None:
        raise InvalidInput("source", source, "a teacher of finite power that leaves a loss")

    at = best.scales.region.window.at
    powers = dict(zip(best.scales.names, best.loss.total.powers, strict=True))
    if powers["kappa"]:  # its exponent moves with x: this point lies on no single line
        raise NotConverged(f"at N = C^{x}, T = C^{y} kappa sits where the spectrum's top or end decides")
    by_n, by_t = at(powers["N"].as_expr()), at(powers["T"].as_expr())
    total = at(best.scales.along_path(best.loss.total.powers).as_expr())
    return by_n, by_t, total - by_n * x - by_t * y
