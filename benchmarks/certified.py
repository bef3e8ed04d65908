"""Certified digits against the ways a user has today: direct sums in mpmath, bisection in SciPy's doubles.

    python -m benchmarks.certified [REPEATS]

The loss at alpha = 1, N = 1000, T = 1500, gamma = 1e-6. Direct mpmath solves to 50 digits with sums term by
term (mp.findroot from our own kappa, two sums a step, six sums for the loss); at M = 10^6 its time is that of
one sum, measured, times the sums of a whole solve at M = 10^4. SciPy bisects in doubles over NumPy sums. Ours
is warm: least of REPEATS at ten ridges each. Digits are those that agree with a proof at 70 digits.
"""

import sys
import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from mpmath import mp, mpf
from scipy.optimize import bisect

from numerics.enclosure import enclose, exact_numbers
from theory.model import Model

DIGITS = 50
RIDGES = [Fraction(1 + i, 10**6) for i in range(10)]


def model(count: int, gamma: Fraction = RIDGES[0]) -> Model:
    return Model.power_law(1, count, 1000, 1500, gamma=gamma)


def seconds(action: Callable[[], object], repeats: int = 1) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def truth(count: int) -> mpf:
    with mp.workdps(80):
        return exact_numbers(enclose(model(count), 70).loss)[0]


def good_digits(found: object, count: int) -> int:
    with mp.workdps(80):
        error = abs(mpf(found) / truth(count) - 1)
        return int(-mp.log10(error)) if error else DIGITS


class Direct:
    """mpmath, term by term."""

    def __init__(self, count: int) -> None:
        self.count, self.sums = count, 0

    def sum(self, kappa: mpf, j: int, k: int) -> mpf:
        self.sums += 1
        return mp.fsum((u := kappa * i * i) ** k / (1 + u) ** (j + k) for i in range(1, self.count + 1))

    def loss(self) -> mpf:
        with mp.workdps(DIGITS + 5):
            start = exact_numbers(enclose(model(self.count), 12).kappa)[0]
            g = mpf(self.count) / 10**6

            def law(kappa: mpf) -> mpf:
                df1 = self.sum(kappa, 1, 0)
                return kappa * (1000 - df1) * (1500 - df1) - g

            kappa = mp.findroot(law, (start, start * (1 + mpf(10) ** -10)), solver="secant", tol=mpf(10) ** -100)
            d, q = self.sum(kappa, 1, 0), self.sum(kappa, 2, 0)
            z = 1000 * 1500 - q * 2500 + 2 * q * d - d * d
            return kappa * (d - q) * 1000 * 1500 / z / (2 * self.count)


def in_doubles(count: int) -> float:
    squares = np.arange(1.0, count + 1) ** -2.0
    g = count / 1e6

    def law(log_kappa: float) -> float:
        kappa = np.exp(log_kappa)
        df1 = float((squares / (squares + kappa)).sum())
        sign = 1 if df1 < 1000 else -1
        return sign * kappa * abs((1000 - df1) * (1500 - df1)) - g

    kappa = np.exp(bisect(law, -30, 5, xtol=1e-15, rtol=1e-15))
    p = squares / (squares + kappa)
    d, q = p.sum(), (p * p).sum()
    return float(kappa * (d - q) * 1.5e6 / (1.5e6 - q * 2500 + 2 * q * d - d * d) / (2 * count))


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    enclose(model(10**6), DIGITS)  # compiles the formulas
    print(f"{'':28}{'M = 1e4':>14}{'M = 1e6':>14}{'M = 1e18':>14}")
    counts = (10**4, 10**6, 10**18)
    ours = [seconds(lambda c=c: [enclose(model(c, g), DIGITS) for g in RIDGES], repeats) / len(RIDGES) for c in counts]
    print(f"{'enclose, 50 digits proved':28}" + "".join(f"{t * 1e3:11.1f} ms" for t in ours))
    hundred = [seconds(lambda c=c: [enclose(model(c, g), 100) for g in RIDGES], repeats) / len(RIDGES) for c in counts]
    print(f"{'enclose, 100 digits proved':28}" + "".join(f"{t * 1e3:11.1f} ms" for t in hundred))
    short, long = Direct(10**4), Direct(10**6)
    start = time.perf_counter()
    found = short.loss()
    took = time.perf_counter() - start
    with mp.workdps(DIGITS + 5):
        one = seconds(lambda: long.sum(mpf(10) ** -6, 1, 0))
    estimate = one * short.sums
    print(f"{'mpmath, direct sums':28}{took:12.1f} s{estimate:12.0f} s{'-':>14}")
    print(f"{'  digits':28}{good_digits(found, 10**4):14d}")
    print(f"{'  times enclose':28}{took / ours[0]:14.0f}{estimate / ours[1]:14.0f}")
    double = [seconds(lambda c=c: in_doubles(c)) for c in counts[:2]]
    print(f"{'SciPy bisect, doubles':28}" + "".join(f"{t * 1e3:11.1f} ms" for t in double) + f"{'-':>14}")
    print(f"{'  digits':28}" + "".join(f"{good_digits(in_doubles(c), c):14d}" for c in counts[:2]))
    print(f"M = 1e18 over M = 1e6: {ours[2] / ours[1]:.2f}")


if __name__ == "__main__":
    main()
