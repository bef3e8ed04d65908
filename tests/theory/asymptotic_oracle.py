r"""Leading exponents, log powers and amplitudes measured from the exact planar equations.

Nothing is expanded in n: along a path N = c n^e, T, gamma, M, noise likewise, the equations are
solved at n = exp(10^3) ... exp(10^12), where corrections in powers of n have vanished and those in
1/ln(n) are below 1e-9. Every quantity is a sum of positive terms, so that 25 digits stay 25 digits:

    y = min(N, T) - D   from   y (y + |N - T|) = gamma/kappa,   kappa from  D + y = min(N, T)
                        or     y = (min(N, T) - M) + sum (1 - p)          if min(N, T) >= M

and at the optimal ridge dL/d ln(kappa) = 0 reads, with g21 = sum p^2 (1-p), Vjk = sum v p^j (1-p)^k,

    V12 (a^2 (b + g) + a b (g + g21)) + V21 a b g21 = V11 g^3 + (V02 + noise) (g^3 + a g^2 + a^2 g21),
    kappa N (g21 a b - g^3) = noise (g^3 + a g^2 + a^2 g21)                      for v = lambda.
"""

import math
import random
from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any, TypeAlias

from mpmath import mp, mpf

from numerics.power_sums import beta_integral, binomial_series, power_series

DIGITS = 25
LADDER = (10**3, 10**6, 10**9, 10**12)  # ln(n); without the first at the optimal ridge
CELLS, DEPTH = 10, 4  # of the scan for extrema along the ridge
Law: TypeAlias = "tuple[Fraction | int, Fraction | int] | int | str | None"
Spec: TypeAlias = tuple[int, int, Fraction | int]  # (j, k, e) for sum I^-e p^j (1 - p)^k
Point = namedtuple("Point", "kappa gamma loss")
Fit = namedtuple("Fit", "exponent log_power amplitude errors")  # errors: changes from one rung to the next


@dataclass(frozen=True)
class Path:
    """(c, e) stands for c n^e; None for an infinite N, T or M; gamma = 0, noise = 0; gamma = "optimal"."""

    N: Law
    T: Law
    gamma: Law = 0
    M: Law = None
    noise: Law = 0


class Verdict(str):
    """The reason against a claim; true if there is none."""

    def __bool__(self) -> bool:
        return self == ""


def number(value: Any) -> mpf:
    """At the working precision; fractions too."""
    return mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else mp.mpmathify(value)


_powers = cache(lambda count, power, _precision: [mp.power(i, number(power)) for i in range(1, count + 1)])
_binomial = cache(lambda power, order, _precision: binomial_series(number(power), order))
_bulk = cache(lambda a, m, small, _precision: beta_integral(a, m, small, 1 / small))


def _integral(a: Fraction, m: int, low: mpf, high: mpf) -> mpf:
    """Integral of u^(a-1) (1 + u)^-m; its bulk is remembered."""
    small = mpf(2) ** -30
    if low > small or high < 1 / small:
        return beta_integral(a, m, low, high)
    return beta_integral(a, m, low, small) + _bulk(a, m, small, mp.prec) + beta_integral(a, m, 1 / small, high)


def _corrections(specs: Sequence[Spec], s: Fraction, u: mpf, point: mpf, reach: float) -> list[mpf]:
    """sum B_2i/(2i)! f^(2i-1)(point) / f(point) for every f = I^-e p^j (1 - p)^k."""
    order = next((n for n in range(4, 400, 2) if math.lgamma(n + 1) - n * math.log(reach) < -0.75 * mp.prec), 400)
    between = mp.eps / order < u < order / mp.eps  # else f is a pure power
    base = [mpf(1), *(u / (1 + u) * c for c in _binomial(s, order, mp.prec)[1:])] if between else []
    series = {m: power_series(base, -m)[::-1] for m in {j + k for j, k, _ in specs}} if between else {}
    found = []
    for j, k, e in specs:
        odd = _binomial(s * k - e - (0 if between or u < 1 else s * (j + k)), order, mp.prec)
        if between:
            odd = [mp.fdot(odd[: n + 1], series[j + k][order - 1 - n :]) for n in range(order)]
        found.append(mp.fsum(mp.bernoulli(n + 1) / (n + 1) * odd[n] / point**n for n in range(1, order, 2)))
    return found


def power_sums(x: mpf, s: Fraction, count: mpf, specs: Sequence[Spec]) -> list[mpf]:
    """sum_{I=1}^{count} I^-e p^j (1 - p)^k with p = 1/(1 + x I^s), for every (j, k, e), by Euler-Maclaurin."""
    log_pole, angle = float(-mp.log(x) / number(s)), math.pi / float(s)

    def reach(point: mpf) -> float:  # 2 pi times the distance to the nearest pole
        ratio = math.exp(max(-40.0, min(40.0, log_pole - float(mp.log(point)))))
        relative = min(1.0, math.hypot(1 - ratio * math.cos(angle), ratio * math.sin(angle)))
        return 2 * math.pi * relative * float(min(point, mpf(10) ** 40))

    start = least = 8 + mp.prec // 6
    while reach(mpf(start)) < 2 * math.pi * least:
        start += start // 4
    last = int(count) if count <= 2 * start else start
    p = [1 / (1 + x * power) for power in _powers(last, s, mp.prec)]
    rest = [x * power * p_i for power, p_i in zip(_powers(last, s, mp.prec), p, strict=True)]
    ends = [(mpf(start), -1)] + ([(count, 1)] if mp.log(count, 2) < mp.prec else []) if last < count else []
    u = [x * mp.power(point, number(s)) for point in (mpf(start), count)]
    at_ends = [_corrections(specs, s, u[i], point, reach(point)) for i, (point, _) in enumerate(ends)]
    out = []
    for i, (j, k, e) in enumerate(specs):
        weights = _powers(last, Fraction(-e), mp.prec)
        total = mp.fsum(w * a**j * b**k for w, a, b in zip(weights, p, rest, strict=True))
        if last < count:
            scale = mp.power(x, number((e - 1) / s)) / number(s)
            total += scale * _integral(k + (1 - e) / s, j + k, u[0], u[1])
        for (point, sign), at, corrections in zip(ends, u, at_ends, strict=False):
            value = mp.power(point, number(-e)) * at**k / (1 + at) ** (j + k)
            total += sign * value * (mpf(0.5) + corrections[i])
        out.append(total)
    return out


class Planar:
    """The planar equations at one n, made and used inside one precision; infinite sizes are n^1000 and more."""

    def __init__(self, alpha: Fraction, path: Path, n: mpf, source: Fraction | None) -> None:
        self.s, self.log_n, self.path = 1 + Fraction(alpha), mp.log(n), path
        self.R = self.s if source is None else Fraction(source)
        self.huge = mp.exp(1000 * (self.log_n + 1000))
        laws = (path.N, path.T, path.M, path.noise, path.gamma)
        values = [number(c[0]) * mp.power(n, number(c[1])) if isinstance(c, tuple) else self.huge for c in laws]
        self.N, self.T, self.M = values[:3]
        self.noise = values[3] if path.noise and path.T else mpf(0)
        self.gamma = (values[4] if path.gamma else mpf(0)) * (1 if path.N and path.T else self.huge)
        self.M = mp.nint(self.M) if self.M < 10**9 else self.M
        self.m, self.d = min(self.N, self.T), abs(self.N - self.T)
        self.span = (2 + alpha + abs(self.R)) * (1 + max(abs(c[1]) for c in laws[:4] if isinstance(c, tuple)))
        self.memo: dict[Any, list[mpf]] = {}

    def sums(self, kappa: mpf, *specs: Spec) -> list[mpf]:
        key = (kappa, specs)
        if key not in self.memo:
            self.memo[key] = power_sums(kappa, self.s, self.M, specs)
        return self.memo[key]

    def gap(self, kappa: mpf, gamma: mpf) -> mpf:
        """y = min(N, T) - D > 0 as gamma fixes it."""
        r = gamma / kappa
        return 2 * r / (self.d + mp.sqrt(self.d**2 + 4 * r)) if r else r

    def root(self, gamma: mpf, m: mpf, start: mpf = mp.zero) -> mpf:
        """kappa from D + y = m, by Newton within a bracket in ln(kappa)."""
        low, high, at, step = mp.ninf, mp.inf, start, self.log_n
        for turn in range(2000):
            y = self.gap(mp.exp(at), gamma)
            change = y and y * (y + self.d) / (2 * y + self.d)
            total, spread = self.sums(mp.exp(at), (0, 1, 0) if m >= self.M else (1, 0, 0), (1, 1, 0))
            if m >= self.M:
                total += m - self.M
                value, slope = mp.log(y / total), -change / y - spread / total
            else:
                value, slope = mp.log((total + y) / m), -(change + spread) / (total + y)
            low, high = (at, high) if value > 0 else (low, at)
            new = at - value / slope
            if abs(new - at) < 1e-14:
                return mp.exp(new)
            if low == mp.ninf or high == mp.inf:
                new, step = max(at - step, min(at + step, new)), 2 * step
            elif not low < new < high or turn % 4 == 3:
                new = (low + high) / 2
            at = new
        raise ArithmeticError(f"no kappa near exp({mp.nstr(at, 20)})")

    def gaps(self, y: mpf) -> tuple[mpf, mpf]:
        """a = N - D and b = T - D."""
        return (y + self.d, y) if self.T < self.N else (y, y + self.d)

    def point(self, kappa: mpf, y: mpf) -> Point:
        """Loss and gamma at given kappa and min(N, T) - D."""
        (a, b), gamma = self.gaps(y), kappa * y * (y + self.d) / (1 if self.path.N and self.path.T else self.huge)
        if self.R <= 1 and not self.path.M:
            return Point(kappa, gamma, mp.inf)
        if not kappa:
            b = self.T - self.M
            return Point(kappa, gamma, self.noise and (self.noise * self.M / b / 2 if b else mp.inf))
        q, g, V02, V11 = self.sums(kappa, (2, 0, 0), (1, 1, 0), (0, 2, self.R), (1, 1, self.R))
        total = self.T * (V02 * (a + g) + V11 * g) + self.noise * (a * q + g * (g + q))
        return Point(kappa, gamma, total / (a * b + a * g + b * g) / 2 if a or b else mp.inf)

    def solve(self) -> Point:
        optimal, deep = self.path.gamma == "optimal", self.m >= self.M
        if optimal and self.path.T and not (deep and not self.noise):
            return self.optimum()
        gamma = mpf(0) if optimal else self.gamma
        if deep and not gamma:
            return self.point(mpf(0), self.m - self.M)
        kappa = self.root(gamma, self.m)
        return self.point(kappa, self.gap(kappa, gamma))

    def along(self) -> Callable[[mpf], tuple[mpf, mpf]]:
        """(kappa, y) along the ridge as functions of one increasing coordinate, nothing cancelling."""
        if self.m >= self.M:
            return lambda z: (mp.exp(z), self.m - self.M + self.sums(mp.exp(z), (0, 1, 0))[0])
        end, half = self.root(mpf(0), self.m), self.root(mpf(0), self.m / 2)

        def at(z: mpf) -> tuple[mpf, mpf]:
            if z >= 0:
                return half * mp.exp(z), self.m - self.sums(half * mp.exp(z), (1, 0, 0))[0]
            y = self.m / 2 * mp.exp(z)
            return end if y < self.m * mp.eps else self.root(mpf(0), self.m - y, mp.log(end)), y

        return at

    def slope(self, kappa: mpf, y: mpf) -> mpf:
        """Sign of dL/d ln(kappa): ln of its positive over its negative terms."""
        (a, b), R = self.gaps(y), self.R
        g, g21 = self.sums(kappa, (1, 1, 0), (2, 1, 0))
        rest = g**3 + a * g**2 + a**2 * g21
        if self.s == R:  # V = kappa times bare sums: without noise terms cancel, some of them leading
            return mp.log(kappa * self.N * g21 * a * b / (kappa * self.N * g**3 + self.noise * rest))
        V02, V11, V12, V21 = self.sums(kappa, (0, 2, R), (1, 1, R), (1, 2, R), (2, 1, R))
        up = V12 * (a**2 * (b + g) + a * b * (g + g21)) + V21 * a * b * g21
        return mp.log(up / (V11 * g**3 + (V02 + self.noise) * rest))

    def optimum(self) -> Point:
        if self.R <= 1 and not self.path.M:
            return Point(mp.nan, mp.nan, mp.inf)
        at, found = self.along(), []
        value = lambda z: self.slope(*at(z))  # noqa: E731
        points = self.scan(value)
        if points[0][1] > 0:  # the loss still falls towards gamma = 0
            if self.m > self.M:
                raise ArithmeticError("the scan does not reach the least kappa")
            found.append(self.point(mpf(0) if self.m == self.M else self.root(mpf(0), self.m), mpf(0)))
        for left, right in pairwise(points):
            if left[1] < 0 <= right[1]:
                options = {"solver": "anderson", "tol": 1e-22, "maxsteps": 200, "verify": False}
                found.append(self.point(*at(mp.findroot(value, (left[0], right[0]), **options))))
        return min(found, key=lambda point: point.loss)

    def scan(self, value: Callable[[mpf], mpf]) -> list[tuple[mpf, mpf]]:
        """A table of `value`, finer where it bends: at scale ln(n) it is piecewise linear."""

        def between(left: tuple[mpf, mpf], right: tuple[mpf, mpf], depth: int) -> list[tuple[mpf, mpf]]:
            z = (left[0] + right[0]) / 2
            middle, chord = (z, value(z)), (left[1] + right[1]) / 2
            if depth == 0 or abs(middle[1] - chord) < abs(left[1] - right[1]) / 50 + 1e-3:
                return [middle, right]
            return between(left, middle, depth - 1) + between(middle, right, depth - 1)

        reach = number(self.span) * max(self.log_n, 10)
        ends = [(z, value(z)) for z in (reach * k / CELLS for k in range(-CELLS, CELLS + 1))]
        return ends[:1] + [point for left, right in pairwise(ends) for point in between(left, right, DEPTH)]


def solve(alpha: Any, path: Path, n: Any, source: Any = None) -> Point:
    """kappa, gamma and loss at one n > 1."""
    with mp.workdps(DIGITS + max(0, int(mp.log10(1 + mp.log(n))))):
        return Planar(Fraction(alpha), path, mpf(n), source).solve()


def evaluate(alpha: Any, path: Path, n: Any, source: Any = None) -> tuple[mpf, mpf]:
    """kappa and loss at one n; kappa 0 and loss inf where they are."""
    point = solve(alpha, path, n, source)
    return point.kappa, point.loss


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
        shown = ", ".join(f"{mp.nstr(x, 4)} at ln(n) = {mp.nstr(L, 3)}" for (L, _), x in zip(points, misses))  # noqa: B905
        falls = all(abs(y) <= max(1e-11, abs(x)) for x, y in pairwise(misses))
        return Verdict("" if falls and abs(misses[-1]) < tolerance else f"ln(quantity/claim) = {shown}")


ALPHAS = [Fraction(x) for x in ("1/4", "1/3", "1/2", "2/3", "1", "3/2", "2", "3")]
EXPONENTS = [Fraction(x) for x in ("1/3", "1/2", "2/3", "1", "1", "1", "3/2", "2", "3")]
FACTORS = [Fraction(x) for x in ("1", "1", "1", "1/2", "2", "3")]


def random_path(rng: random.Random) -> tuple[Fraction, Path, Fraction | None]:
    """alpha, path, source: every branch, and more often than not a coincidence of powers or of factors."""
    pick, zero = rng.choice, Fraction(0)
    alpha, n, t = pick(ALPHAS), pick(EXPONENTS), pick(EXPONENTS)
    s = 1 + alpha
    source = pick([None] * 6 + [1 + s, 1 + 2 * s, Fraction(1), Fraction(1, 2), zero, Fraction(3, 2), 2 * s, 3 * s])
    sizes = [(pick(FACTORS), n), (pick(FACTORS), pick([t, t, t, n]))]
    powers = [size[1] for size in sizes]
    missing = pick([0, 1] + 8 * [None])
    if missing is not None:
        sizes[missing] = None
        del powers[missing]
    bounded = source is not None and source <= 1 and rng.random() < 0.9
    M = pick([None] * (0 if bounded else 4) + [(pick(FACTORS), pick(p)) for p in (EXPONENTS, powers, powers)])
    M = (pick([1, 2, 5, 30]), zero) if rng.random() < 0.08 else M
    total, gain = sum(powers), alpha * min(powers)
    crossings = [total, total - s * min(powers), max(powers) - gain, total - s * (M[1] if M else 1)]
    gamma = pick([0, 0, (pick(FACTORS), pick(crossings)), (pick(FACTORS), pick(EXPONENTS) * pick([-2, -1, 1, 1]))])
    noise = pick([0, (pick(FACTORS), pick([zero, zero, *crossings[1:], -gain, -pick(EXPONENTS), pick(EXPONENTS)]))])
    return alpha, Path(*sizes, "optimal" if rng.random() < 0.2 else gamma, M, noise), source
