"""Leading exponents, log powers and amplitudes measured from the exact planar equations.

Nothing is expanded in n: along a path N = c n^e, T, gamma, M, noise likewise, the equations are
solved at n = exp(10^3) ... exp(10^12), where corrections in powers of n have vanished and those in
1/ln(n) are below 1e-9. Every quantity is a sum of positive terms, so that 25 digits stay 25 digits;
at the optimal ridge, so are the two sides of dL/d ln(kappa) = 0.
"""

import math
import random
from collections import namedtuple
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, TypeAlias

from mpmath import mp, mpf

from numerics.power_sums import beta_integral, binomial_series, power_series

DIGITS = 25
LADDER = (10**3, 10**6, 10**9, 10**12)  # ln(n); without the first at the optimal ridge
Spec: TypeAlias = tuple[int, int, Fraction | int]  # (j, k, e) for sum I^-e p^j (1 - p)^k
# (c, e) stands for c n^e; None for an infinite N, T or M; 0 for gamma or noise; "optimal" for gamma
Path = namedtuple("Path", "N T gamma M noise", defaults=(0, None, 0))
Point = namedtuple("Point", "kappa gamma loss")
Fit = namedtuple("Fit", "exponent log_power amplitude errors")  # errors: changes from one rung to the next


class Verdict(str):
    """The reason against a claim; true if there is none."""

    def __bool__(self) -> bool:
        return self == ""


def number(value: Any) -> mpf:
    """At the working precision; fractions too."""
    return mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else mp.mpmathify(value)


_powers = cache(lambda count, power, _precision: [mp.power(i, number(power)) for i in range(1, count + 1)])
_binomial = cache(lambda power, order, _precision: binomial_series(number(power), order))
_bulk = cache(lambda a, m, low, high, _precision: beta_integral(a, m, low, high))


def _integral(a: Fraction, m: int, low: mpf, high: mpf) -> mpf:
    """Integral of u^(a-1) (1 + u)^-m; its bulk, between powers of two, is remembered."""
    small = mpf(2) ** -30
    if low > small or high < 2 * small:
        return beta_integral(a, m, low, high)
    large = mpf(2) ** min(30, math.ceil(mp.log(high, 2)) - 1)
    bulk = _bulk(a, m, small, large, mp.prec)
    return beta_integral(a, m, low, small) + bulk + beta_integral(a, m, large, high)


def _corrections(specs: Sequence[Spec], s: Fraction, u: mpf, point: mpf, reach: float) -> list[mpf]:
    """sum B_2i/(2i)! f^(2i-1)(point) / f(point) for every f = I^-e p^j (1 - p)^k."""
    order = next((n for n in range(4, 400, 2) if math.lgamma(n + 1) - n * math.log(reach) < -0.75 * mp.prec), 400)
    mixed = mp.eps / order < u < order / mp.eps  # else f is a pure power
    base = [mpf(1), *(u / (1 + u) * c for c in _binomial(s, order, mp.prec)[1:])]
    series = {m: power_series(base, -m)[::-1] for m in {j + k for j, k, _ in specs} if mixed}
    found = []
    for j, k, e in specs:
        taylor = _binomial(s * k - e - (0 if mixed or u < 1 else s * (j + k)), order, mp.prec)
        if mixed:
            taylor = [mp.fdot(taylor[: n + 1], series[j + k][order - 1 - n :]) for n in range(order)]
        found.append(mp.fsum(mp.bernoulli(n + 1) / (n + 1) * taylor[n] / point**n for n in range(1, order, 2)))
    return found


@lru_cache(maxsize=256)
def power_sums(x: mpf, s: Fraction, count: mpf, specs: Sequence[Spec], _precision: int = 0) -> list[mpf]:
    """sum_{I=1}^{count} I^-e p^j (1 - p)^k with p = 1/(1 + x I^s), for every (j, k, e), by Euler-Maclaurin."""

    def reach(point: mpf) -> float:  # 2 pi times the distance to the nearest pole
        log_ratio = max(-40.0, min(40.0, float(-mp.log(x) / number(s) - mp.log(point))))
        relative = abs(1 - complex(math.cos(math.pi / s), math.sin(math.pi / s)) * math.exp(log_ratio))
        return 2 * math.pi * min(1.0, relative) * float(min(point, mpf(10) ** 40))

    start = least = 8 + mp.prec // 6
    while reach(mpf(start)) < 2 * math.pi * least:
        start += start // 4
    last = int(count) if count <= 8 * start else start
    p = [1 / (1 + x * power) for power in _powers(last, s, mp.prec)]
    rest = [x * power * p_i for power, p_i in zip(_powers(last, s, mp.prec), p, strict=True)]
    ends = [(mpf(start), -1), (count, 1)][: 0 if last == count else 2 if mp.log(count, 2) < mp.prec else 1]
    low, high = u = [x * mp.power(point, number(s)) for point in (mpf(start), count)]
    at_ends = [_corrections(specs, s, u_i, point, reach(point)) for u_i, (point, _) in zip(u, ends)]  # noqa: B905
    out = []
    for i, (j, k, e) in enumerate(specs):
        weights = _powers(last, Fraction(-e), mp.prec)
        total = mp.fsum(w * a**j * b**k for w, a, b in zip(weights, p, rest, strict=True))
        if ends:
            scale = mp.power(x, number((e - 1) / s)) / number(s)
            total += scale * _integral(k + (1 - e) / s, j + k, low, high)
        for (point, sign), u_i, corrections in zip(ends, u, at_ends):  # noqa: B905
            value = mp.power(point, number(-e)) * u_i**k / (1 + u_i) ** (j + k)
            total += sign * value * (mpf(0.5) + corrections[i])
        out.append(total)
    return out


class Planar:
    """The planar equations at one n, made and used inside one precision; infinite sizes are n^1000 and more."""

    def __init__(self, alpha: Fraction, path: Path, n: mpf, source: Fraction | None) -> None:
        self.s, self.log_n, self.path = 1 + Fraction(alpha), mp.log(n), path
        self.R = self.s if source is None else Fraction(source)
        self.divergent = self.R <= 1 and not path.M
        self.far = 1000 * (self.log_n + 1000)
        huge = mp.exp(self.far)
        laws = (path.N, path.T, path.M, path.noise, path.gamma)
        values = [number(c[0]) * mp.power(n, number(c[1])) if isinstance(c, tuple) else huge for c in laws]
        self.N, self.T, self.M = *values[:2], mp.nint(values[2]) if values[2] < 10**9 else values[2]
        self.noise = values[3] if path.noise and path.T else mpf(0)
        self.unit = 1 if path.N and path.T else huge  # of gamma
        self.gamma = values[4] * self.unit if isinstance(path.gamma, tuple) else mpf(0)
        self.m, self.d = min(self.N, self.T), abs(self.N - self.T)
        self.span = (1 + self.s + abs(self.R)) * (1 + max(abs(c[1]) for c in laws[:4] if isinstance(c, tuple)))

    def sums(self, kappa: mpf, *specs: Spec) -> list[mpf]:
        return power_sums(kappa, self.s, self.M, specs, mp.prec)

    def root(self, gamma: mpf, m: mpf, start: mpf = mp.one) -> tuple[mpf, mpf]:
        """kappa and y = m - D, y (y + |N - T|) = gamma/kappa: Newton in ln(kappa) within a bracket."""
        low, at, high, deep = -self.far, mp.log(start), self.far, m >= self.M
        for turn in range(1, 1000):
            kappa = mp.exp(at)
            y = gamma and 2 * gamma / kappa / (self.d + mp.sqrt(self.d**2 + 4 * gamma / kappa))
            change = y and y * (y + self.d) / (2 * y + self.d)
            total, spread = self.sums(kappa, (0, 1, 0) if deep else (1, 0, 0), (1, 1, 0))
            total += m - self.M if deep else y
            value = mp.log(y / total if deep else total / m)
            low, high = (at, high) if value > 0 else (low, at)
            new = at + value / (change / y + spread / total if deep else (change + spread) / total)
            if abs(new - at) < 1e-18:
                return kappa, y
            at = new if low < new < high and turn % 16 else (low + high) / 2
        raise ArithmeticError(f"no kappa near exp({mp.nstr(at, 20)})")

    def gaps(self, y: mpf) -> tuple[mpf, mpf]:
        """a = N - D and b = T - D."""
        return (y + self.d, y) if self.T < self.N else (y, y + self.d)

    def point(self, kappa: mpf, y: mpf) -> Point:
        """Loss and gamma at given kappa and min(N, T) - D."""
        (a, b), gamma = self.gaps(y), kappa * y * (y + self.d) / self.unit
        if self.divergent:
            return Point(kappa, gamma, mp.inf)
        if not kappa:
            b = self.T - self.M
            return Point(kappa, gamma, self.noise and (self.noise * self.M / b / 2 if b else mp.inf))
        q, g, V02, V11 = self.sums(kappa, (2, 0, 0), (1, 1, 0), (0, 2, self.R), (1, 1, self.R))
        total = self.T * (V02 * (a + g) + V11 * g) + self.noise * (a * q + g * (g + q))
        return Point(kappa, gamma, total / (a * b + a * g + b * g) / 2 if a or b else mp.inf)

    def solve(self) -> Point:
        deep = self.m >= self.M
        if self.path.gamma == "optimal" and self.path.T and (self.noise or not deep) and not self.divergent:
            return self.optimum()
        if deep and not self.gamma:
            return self.point(mpf(0), self.m - self.M)
        return self.point(*self.root(self.gamma, self.m))

    def along(self) -> Callable[[mpf], tuple[mpf, mpf]]:
        """(kappa, y) along the ridge as functions of one increasing coordinate, nothing cancelling."""
        if self.m >= self.M:
            return lambda z: (mp.exp(z), self.m - self.M + self.sums(mp.exp(z), (0, 1, 0))[0])
        end, half = (self.root(mpf(0), m)[0] for m in (self.m, self.m / 2))

        def at(z: mpf) -> tuple[mpf, mpf]:
            if z >= 0:
                return half * mp.exp(z), self.m - self.sums(half * mp.exp(z), (1, 0, 0))[0]
            y = self.m / 2 * mp.exp(z)
            return end if y < self.m * mp.eps else self.root(mpf(0), self.m - y, end)[0], y

        return at

    def slope(self, kappa: mpf, y: mpf) -> mpf:
        """Sign of dL/d ln(kappa): ln of its positive over its negative terms."""
        (a, b), R = self.gaps(y), self.R
        g, g21 = self.sums(kappa, (1, 1, 0), (2, 1, 0))
        rest = g**3 + a * g**2 + a**2 * g21
        if self.s == R and not self.N == self.T == self.M:  # V = kappa times bare sums: terms cancel, even leading
            return mp.log(kappa * self.N * g21 * a * b / (kappa * self.N * g**3 + self.noise * rest))
        V02, V11, V12, V21, V03 = self.sums(kappa, (0, 2, R), (1, 1, R), (1, 2, R), (2, 1, R), (0, 3, R))
        if self.N == self.T == self.M:  # a = b = g + c: all leading terms cancel
            c, g12 = self.sums(kappa, (0, 2, 0), (1, 2, 0))
            up = c * (V12 * (a**2 + 3 * a * g + 2 * g**2) + V21 * g21 * (a + g))
            return mp.log(up / (V21 * g**2 * g12 + (V03 + self.noise) * rest))
        up = V12 * (a**2 * (b + g) + a * b * (g + g21)) + V21 * a * b * g21
        return mp.log(up / (V11 * g**3 + (V02 + self.noise) * rest))

    def optimum(self) -> Point:
        """The best of gamma = 0 and all minima along the ridge."""
        at, found = self.along(), []
        value = lambda z: self.slope(*at(z))  # noqa: E731
        points = scan(value, number(self.span) * max(self.log_n, 10))
        if points[0][1] > 0:  # the loss still falls towards gamma = 0
            found.append(self.point(*((mpf(0), mpf(0)) if self.m == self.M else self.root(mpf(0), self.m))))
        for (low, down), (high, up) in pairwise(points):
            if down < 0 <= up:
                while high - low > 1:
                    z = (low + high) / 2
                    low, high = (z, high) if value(z) < 0 else (low, z)
                z = mp.findroot(value, (low, high), solver="anderson", tol=1e-22)
                found.append(self.point(*at(z)))
        return min(found, key=lambda point: point.loss)


def scan(value: Callable[[mpf], mpf], reach: mpf) -> list[tuple[mpf, mpf]]:
    """A table of `value`, finer where it bends: at scale ln(n) it is piecewise linear."""
    points = [(z, value(z)) for z in (reach * k / 10 for k in range(-10, 11))]
    for _ in range(5):
        slopes = [(up - down) / (high - low) for (low, down), (high, up) in pairwise(points)]
        bends = [True, *(abs(right - left) > 0.02 for left, right in pairwise(slopes)), True]
        cells = [cell for i, cell in enumerate(pairwise(points)) if bends[i] or bends[i + 1]]
        middles = [(x[0] + y[0]) / 2 for x, y in cells if x[1] * y[1] < 0 or abs(x[1] + y[1]) < 6 * (y[0] - x[0])]
        points = sorted(points + [(z, value(z)) for z in middles])
    return points


def solve(alpha: Any, path: Path, n: Any, source: Any = None) -> Point:
    """kappa, gamma and loss at one n > 1."""
    with mp.workdps(DIGITS + max(0, int(mp.log10(1 + mp.log(n))))):
        return Planar(alpha, path, mpf(n), source).solve()


def evaluate(alpha: Any, path: Path, n: Any, source: Any = None) -> tuple[mpf, mpf]:
    """kappa and loss at one n; kappa 0 and loss inf where they are."""
    return solve(alpha, path, n, source)[::2]


def ladder(alpha: Any, path: Path, quantity: str, source: Any, rungs: Sequence[int]) -> list[tuple[mpf, mpf]]:
    """(ln n, ln quantity) at every rung; inside enough precision."""
    return [(mpf(L), mp.log(getattr(solve(alpha, path, mp.exp(L), source), quantity))) for L in rungs]


def fit(alpha: Any, path: Path, quantity: str = "loss", source: Any = None) -> Fit:
    """e, p, A from ln(quantity) = e ln(n) + p ln(ln(n)) + ln(A) through three rungs; nan if quantity is 0 or inf."""
    with mp.workdps(DIGITS + 16):
        points, found = ladder(alpha, path, quantity, source, LADDER), []
        for triple in (points[:3], points[1:]):
            matrix = mp.matrix([[L, mp.log(L), 1] for L, _ in triple])
            e, p, log_amplitude = mp.lu_solve(matrix, mp.matrix([value for _, value in triple]))
            found.append((e, p, mp.exp(log_amplitude)))
        return Fit(*found[1], tuple(abs(x - y) for x, y in zip(*found, strict=True)))


def agrees(
    alpha: Any, path: Path, exponent: Any, log_power: Any, amplitude: Any, quantity: str = "loss",
    source: Any = None, tolerance: float = 1e-6,
) -> Verdict:  # fmt: skip
    """Whether quantity/(amplitude n^exponent ln(n)^log_power) -> 1; amplitude 0 or inf claims just that."""
    with mp.workdps(DIGITS + 16):
        points = ladder(alpha, path, quantity, source, LADDER[path.gamma == "optimal" :])
        claim = mp.log(number(amplitude))
        if mp.isinf(claim) or any(mp.isinf(value) for _, value in points):
            return Verdict("" if all(value == claim for _, value in points) else f"ln({quantity}) = {points[-1][1]}")
        misses = [v - claim - number(exponent) * L - number(log_power) * mp.log(L) for L, v in points]
        if abs(misses[-1]) < tolerance and all(abs(y) <= max(1e-11, abs(x)) for x, y in pairwise(misses)):
            return Verdict()
        return Verdict(f"ln({quantity}/claim) = {', '.join(mp.nstr(x, 4) for x in misses)} along the ladder")


def random_path(rng: random.Random) -> tuple[Fraction, Path, Fraction | None]:
    """alpha, path, source: every branch, and more often than not a coincidence of powers or of factors."""
    pick, zero = rng.choice, Fraction(0)
    alphas, exponents, factors = (
        [Fraction(x) for x in text.split()]
        for text in ("1/4 1/3 1/2 2/3 1 3/2 2 3", "1/3 1/2 2/3 1 1 1 3/2 2 3", "1 1 1 1/2 2 3")
    )
    alpha, n, t = pick(alphas), pick(exponents), pick(exponents)
    s = 1 + alpha
    source = pick([None] * 6 + [1 + s, 1 + 2 * s, Fraction(1), Fraction(1, 2), zero, Fraction(3, 2), 2 * s, 3 * s])
    sizes = [(pick(factors), n), (pick(factors), pick([t, t, t, n]))]
    powers, missing = [size[1] for size in sizes], pick([0, 1] + 8 * [None])
    if missing is not None:
        sizes[missing] = None
        del powers[missing]
    bounded = source is not None and source <= 1 and rng.random() < 0.9
    M = pick([None] * (0 if bounded else 4) + [(pick(factors), pick(p)) for p in (exponents, powers, powers)])
    M = (pick([1, 2, 5, 30]), zero) if rng.random() < 0.08 else M
    total, gain = sum(powers), alpha * min(powers)
    crossings = [total, total - s * min(powers), max(powers) - gain, total - s * (M[1] if M else 1)]
    gamma = pick([0, 0, (pick(factors), pick(crossings)), (pick(factors), pick(exponents) * pick([-2, -1, 1, 1]))])
    noise = pick([0, (pick(factors), pick([zero, zero, *crossings[1:], -gain, -pick(exponents), pick(exponents)]))])
    return alpha, Path(*sizes, "optimal" if rng.random() < 0.2 else gamma, M, noise), source
