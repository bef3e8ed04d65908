r"""Leading exponents, log powers and amplitudes measured from the exact planar equations.

Nothing is expanded in n: along a path N = c n^e, T, gamma, M, noise likewise, the equations are
solved at n = exp(10^3) ... exp(10^12), where corrections in powers of n have vanished and those in
1/ln(n) are below 1e-9. Every quantity is a sum of positive terms, so that 25 digits stay 25 digits:

    y = min(N, T) - D   from   y (y + |N - T|) = gamma/kappa,   kappa from  D + y = min(N, T)
                        or     y = (min(N, T) - M) + sum (1 - p)          if min(N, T) >= M

and at the optimal ridge dL/d ln(kappa) = 0 reads, with g12 = sum p (1-p)^2, g21 = sum p^2 (1-p),

    V12 (a^2 (b + g) + a b (g + g21)) + V21 a b g21 = V11 g^3 + (V02 + noise) (g^3 + a g^2 + a^2 g21).
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from mpmath import mp, mpf

DIGITS = 25
LADDER = (10**3, 10**6, 10**9, 10**12)  # ln(n)
SHORT_LADDER = (10**4, 10**8, 10**12)  # at the optimal ridge
CELLS, DEPTH = 10, 4  # of the scan for extrema along the ridge
Law: TypeAlias = "tuple[Fraction | int, Fraction | int] | None | int | str"
Spec: TypeAlias = tuple[int, int, Fraction]  # sum I^-e p^j (1 - p)^k as (j, k, e)


@dataclass(frozen=True)
class Path:
    """(c, e) stands for c n^e; None for an infinite N, T or M; gamma = 0, noise = 0; gamma = "optimal"."""

    N: Law
    T: Law
    gamma: Law = 0
    M: Law = None
    noise: Law = 0


class Fit(NamedTuple):
    """quantity ~ amplitude n^exponent ln(n)^log_power; the errors are changes from one rung to the next."""

    exponent: mpf
    log_power: mpf
    amplitude: mpf
    errors: tuple[mpf, mpf, mpf]


class Verdict(NamedTuple):
    """True exactly if `reason` is empty."""

    reason: str

    def __bool__(self) -> bool:
        return not self.reason


def number(value: Any) -> mpf:
    """At the working precision; fractions too."""
    return mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else mp.mpmathify(value)


# --- sums over the spectrum: a head of terms and Euler-Maclaurin, at any x = kappa and any M ---


@lru_cache(maxsize=None)
def _powers(count: int, power: Fraction, _prec: int) -> list[mpf]:
    return [mp.power(i, number(power)) for i in range(1, count + 1)]


@lru_cache(maxsize=None)
def _binomial(power: Fraction, order: int, _prec: int) -> list[mpf]:
    out = [mpf(1)]
    for n in range(1, order):
        out.append(out[-1] * number(power - n + 1) / n)
    return out


@lru_cache(maxsize=None)
def _outer(c: Fraction, m: int, sign: int, prec: int) -> tuple[list[mpf], mpf]:
    """Coefficients of the integral of u^(c-1) (1 + u^sign)^-m as u^c times a series, and that of ln(u)."""
    coefficients, at_log, binomial = [], mpf(0), 1
    for k in range(prec + 10 * m):
        power = c + sign * k
        coefficients.append(binomial / number(power) if power else mpf(0))
        at_log += 0 if power else binomial
        binomial = -binomial * (m + k) // (k + 1)
    return coefficients, at_log


def _far(c: Fraction, m: int, u: mpf, sign: int) -> mpf:
    """An antiderivative of u^(c-1) (1 + u^sign)^-m where u^sign <= 1/2."""
    coefficients, at_log = _outer(c, m, sign, mp.prec)
    w = u if sign > 0 else 1 / u
    terms = min(len(coefficients), 2 + m + math.ceil(1.3 * mp.prec / -float(mp.log(w, 2))))
    value = mp.power(u, number(c)) * mp.polyval(coefficients[:terms][::-1], w)
    return value + at_log * mp.log(u) if at_log else value


@lru_cache(maxsize=None)
def _inner(a: Fraction, m: int, prec: int) -> list[mpf]:
    """Integral of u^(a-1) (1 + u)^-m as a polynomial in w = (u - 1)/(u + 1), highest power first."""
    out, before, now = [mpf(0)], mpf(0), mp.ldexp(1, 1 - m)
    for n in range(prec):
        out.append(now / (n + 1))
        before, now = now, (number(2 * a - m) * now + (n + 1 - m) * before) / (n + 1)
    return out[::-1]


@lru_cache(maxsize=None)
def _fixed(a: Fraction, m: int, prec: int) -> tuple[mpf, mpf, mpf, mpf]:
    near = _inner(a, m, prec)
    third = mpf(1) / 3
    return _far(a, m, mpf("0.5"), 1), mp.polyval(near, -third), mp.polyval(near, third), _far(a - m, m, mpf(2), -1)


def _integral(a: Fraction, m: int, low: mpf, high: mpf | None) -> mpf:
    """Integral of u^(a-1) (1 + u)^-m; high None is infinity."""
    at_half, from_half, to_two, at_two = _fixed(a, m, mp.prec)
    total = mpf(0)
    if low < 0.5:
        total += (at_half if high is None or high > 0.5 else _far(a, m, high, 1)) - _far(a, m, low, 1)
    if low < 2 and (high is None or high > 0.5):
        up = to_two if high is None or high >= 2 else mp.polyval(_inner(a, m, mp.prec), (high - 1) / (high + 1))
        total += up - (from_half if low <= 0.5 else mp.polyval(_inner(a, m, mp.prec), (low - 1) / (low + 1)))
    if high is None or high > 2:
        total += 0 if high is None else _far(a - m, m, high, -1)
        total -= at_two if low <= 2 else _far(a - m, m, low, -1)
    return total


def _corrections(specs: list[Spec], s: Fraction, u: mpf, point: mpf, reach: float) -> list[mpf]:
    """sum B_2i/(2i)! f^(2i-1)(point) / f(point) for f = I^-e p^j (1 - p)^k."""
    order = next((n for n in range(4, 400, 2) if math.lgamma(n + 1) - n * math.log(reach) < -0.75 * mp.prec), 400)
    slope = [u / (1 + u) * c for c in _binomial(s, order, mp.prec)]
    series: dict[int, list[mpf]] = {}
    for m in {j + k for j, k, _ in specs} if mp.eps / order < u < order / mp.eps else ():
        out = series[m] = [mpf(1)]
        for n in range(1, order):
            out.append(mp.fdot(((-m * i - n + i) * slope[i], out[n - i]) for i in range(1, n + 1)) / n)
    found = []
    for j, k, e in specs:
        if series:
            outer, inverse = _binomial(s * k - e, order, mp.prec), series[j + k]
            odd = [mp.fdot(zip(outer[: n + 1], inverse[n::-1], strict=True)) for n in range(1, order, 2)]
        else:  # a pure power, of u or of 1/u
            odd = _binomial(s * k - e - (0 if u < 1 else s * (j + k)), order, mp.prec)[1::2]
        found.append(mp.fsum(mp.bernoulli(2 * i) / (2 * i) * c / point ** (2 * i - 1) for i, c in enumerate(odd, 1)))
    return found


def power_sums(x: mpf, s: Fraction, count: mpf | None, specs: list[Spec]) -> list[mpf]:
    """sum_{I=1}^{count} I^-e p^j (1 - p)^k with p = 1/(1 + x I^s), for every (j, k, e); count None is infinity."""
    log_pole, angle = float(-mp.log(x) / number(s)), math.pi / float(s)

    def reach(point: mpf) -> float:
        ratio = math.exp(max(-40.0, min(40.0, log_pole - float(mp.log(point)))))
        relative = min(1.0, math.hypot(1 - ratio * math.cos(angle), ratio * math.sin(angle)))
        return 2 * math.pi * relative * min(float(point), 1e40) if point < 1e40 else 1e40

    start = first = 8 + mp.prec // 6
    while reach(mpf(start)) < 2 * math.pi * first:
        start += start // 4
    direct = count is not None and count <= 2 * start
    last = int(count) if direct else start
    p = [1 / (1 + x * power) for power in _powers(last, s, mp.prec)]
    rest = [x * power * p_i for power, p_i in zip(_powers(last, s, mp.prec), p, strict=True)]
    if not direct:
        low, high = x * _powers(last, s, mp.prec)[-1], None if count is None else x * mp.power(count, number(s))
        at_start = _corrections(specs, s, low, mpf(start), reach(mpf(start)))
        near_end = count is not None and mp.log(count, 2) < mp.prec
        at_end = _corrections(specs, s, high, count, reach(count)) if near_end else [mpf(0)] * len(specs)
    out = []
    for i, (j, k, e) in enumerate(specs):
        terms = [a**j * b**k for a, b in zip(p, rest, strict=True)]
        if e:
            terms = [term * power for term, power in zip(terms, _powers(last, -e, mp.prec), strict=True)]
        total = mp.fsum(terms)
        if not direct:
            scale = mp.power(x, number((e - 1) / s)) / number(s)
            total += scale * _integral(k + (1 - e) / s, j + k, low, high) - terms[-1] * (mpf(0.5) + at_start[i])
            if near_end:
                total += mp.power(count, number(-e)) * high**k / (1 + high) ** (j + k) * (mpf(0.5) + at_end[i])
        out.append(total)
    return out


# --- the planar equations at one point ---

ZERO = Fraction(0)
BARE: list[Spec] = [(2, 0, ZERO), (1, 1, ZERO), (2, 1, ZERO)]


class Point(NamedTuple):
    kappa: mpf
    gamma: mpf
    loss: mpf


class Planar:
    """One point of a path; to be used inside the precision that it was made in."""

    def __init__(self, alpha: Fraction, path: Path, n: mpf, source: Fraction | None) -> None:
        self.s, self.log_n = 1 + Fraction(alpha), mp.log(n)
        self.R = self.s if source is None else Fraction(source)
        put = lambda law: number(law[0]) * mp.power(n, number(law[1])) if isinstance(law, tuple) else law  # noqa: E731
        self.N, self.T, self.M, self.noise = put(path.N), put(path.T), put(path.M), mpf(put(path.noise))
        self.gamma = put(path.gamma)
        self.memo: dict[Any, list[mpf]] = {}
        if self.M is not None and self.M < 10**9:
            self.M = mp.nint(self.M)
        self.m = min(size for size in (self.N, self.T) if size is not None)
        self.d = None if self.N is None or self.T is None else abs(self.N - self.T)
        self.deep = self.M is not None and self.m >= self.M
        laws = [law[1] for law in (path.N, path.T, path.M, path.noise) if isinstance(law, tuple)]
        self.span = (1 + self.s + abs(self.R)) * (1 + max(map(abs, laws)))

    def sums(self, kappa: mpf, specs: list[Spec]) -> list[mpf]:
        key = (kappa, *specs)
        if key not in self.memo:
            self.memo[key] = power_sums(kappa, self.s, self.M, specs)
        return self.memo[key]

    def gap(self, kappa: mpf, gamma: mpf) -> mpf:
        """y = min(N, T) - D > 0 as gamma fixes it."""
        r = gamma / kappa
        return r if self.d is None else 2 * r / (self.d + mp.sqrt(self.d**2 + 4 * r)) if r else r

    def root(self, gamma: mpf, m: mpf, start: mpf = mp.zero) -> mpf:
        """ln(kappa) from D + y = m (or from the rest of the spectrum): Newton within a bracket."""
        low, high, at, step = mp.ninf, mp.inf, start, self.log_n
        for turn in range(2000):
            kappa = mp.exp(at)
            y = self.gap(kappa, gamma)
            change = y if self.d is None or not y else y * (y + self.d) / (2 * y + self.d)
            total, spread = self.sums(kappa, [(0, 1, ZERO) if self.deep else (1, 0, ZERO), (1, 1, ZERO)])
            if self.deep:
                total += m - self.M
                value, slope = mp.log(y / total), -change / y - spread / total
            else:
                value, slope = mp.log((total + y) / m), -(change + spread) / (total + y)
            low, high = (at, high) if value > 0 else (low, at)
            new = at - value / slope
            if abs(new - at) < mpf("1e-14"):
                return new
            if low == mp.ninf or high == mp.inf:
                new, step = max(at - step, min(at + step, new)), 2 * step
            elif not low < new < high or turn % 4 == 3:
                new = (low + high) / 2
            at = new
        raise ArithmeticError(f"no root at {mp.nstr(at, 20)}")

    def gaps(self, y: mpf) -> tuple[mpf | None, mpf | None]:
        """a = N - D and b = T - D, None where infinite."""
        wide = None if self.d is None else y + self.d
        return (wide, y) if self.N is None or (self.T is not None and self.T < self.N) else (y, wide)

    def loss(self, kappa: mpf, y: mpf) -> mpf:
        if self.R <= 1 and self.M is None:
            return mp.inf
        (a, b), noise = self.gaps(y), self.noise
        q, g, V02, V11 = self.sums(kappa, [*BARE[:2], (0, 2, self.R), (1, 1, self.R)])
        if a is None:
            return (self.T * V02 + noise * q) / (b + g) / 2
        if b is None:
            return (V02 * (a + g) + V11 * g) / (a + g) / 2
        if a == b == 0:
            return mp.inf
        signal = self.T * (V02 * (a + g) + V11 * g)
        return (signal + noise * (a * q + g * (g + q))) / (a * b + a * g + b * g) / 2

    def exhausted(self) -> Point:
        """gamma = 0 and min(N, T) >= M."""
        zero = mpf(0)
        if not self.noise or self.T is None:
            return Point(zero, zero, zero)
        return Point(zero, zero, mp.inf if self.T == self.M else self.noise / 2 * self.M / (self.T - self.M))

    def solve(self) -> Point:
        if self.gamma == "optimal":
            return self.optimum()
        gamma = mpf(self.gamma)
        if not gamma and self.deep:
            return self.exhausted()
        kappa = mp.exp(self.root(gamma, self.m))
        y = self.gap(kappa, gamma)
        return Point(kappa, gamma, self.loss(kappa, y))

    # --- the optimal ridge ---

    def along(self) -> Callable[[mpf], tuple[mpf, mpf]]:
        """(kappa, y) along the ridge as functions of one increasing coordinate, nothing cancelling."""
        if self.deep:
            return lambda z: (mp.exp(z), self.m - self.M + self.sums(mp.exp(z), [(0, 1, ZERO)])[0])
        end, half = self.root(mpf(0), self.m), self.root(mpf(0), self.m / 2)

        def at(z: mpf) -> tuple[mpf, mpf]:
            if z >= 0:
                kappa = mp.exp(half + z)
                return kappa, self.m - self.sums(kappa, [(1, 0, ZERO)])[0]
            y = self.m / 2 * mp.exp(z)
            return mp.exp(end if y < self.m * mp.eps else self.root(mpf(0), self.m - y, end)), y

        return at

    def slope(self, kappa: mpf, y: mpf) -> mpf:
        """Sign of dL/d ln(kappa): ln of its positive over its negative terms."""
        (a, b), R = self.gaps(y), self.R
        g, g21, V02, V11, V12, V21 = self.sums(
            kappa, [*BARE[1:], (0, 2, R), (1, 1, R), (1, 2, R), (2, 1, R)]
        )
        if a is None:
            return mp.log(V12 * (b + g) / ((V02 + self.noise) * g21))
        up = V12 * (a**2 * (b + g) + a * b * (g + g21)) + V21 * a * b * g21
        return mp.log(up / (V11 * g**3 + (V02 + self.noise) * (g**3 + a * g**2 + a**2 * g21)))

    def optimum(self) -> Point:
        if self.R <= 1 and self.M is None:
            return Point(mp.nan, mp.nan, mp.inf)
        if self.deep and (not self.noise or self.T is None):
            return self.exhausted()
        if self.T is None:
            self.gamma = 0
            return self.solve()
        at, candidates = self.along(), []
        points = self.scan(lambda z: self.slope(*at(z)))
        if points[0][1] > 0:  # the loss still falls towards gamma = 0
            if self.m != self.M and self.deep:
                raise ArithmeticError("the scan does not reach the least kappa")
            kappa = mpf(0) if self.deep else mp.exp(self.root(mpf(0), self.m))
            loss = self.exhausted().loss if self.deep else self.loss(kappa, mpf(0))
            candidates.append((loss, kappa, mpf(0)))
        for (low, down), (high, up) in pairwise(points):
            if down < 0 <= up:
                kappa, y = at(self.stationary(at, low, high, down, up))
                candidates.append((self.loss(kappa, y), kappa, y))
        if not candidates:
            raise ArithmeticError("the loss has no minimum in the range scanned")
        best, kappa, y = min(candidates)
        return Point(kappa, kappa * y * (1 if self.d is None else y + self.d), best)

    def scan(self, value: Callable[[mpf], mpf]) -> list[tuple[mpf, mpf]]:
        """A table of `value`, finer where it bends: at scale ln(n) it is piecewise linear."""

        def between(left: tuple[mpf, mpf], right: tuple[mpf, mpf], depth: int) -> list[tuple[mpf, mpf]]:
            z = (left[0] + right[0]) / 2
            middle, chord = (z, value(z)), (left[1] + right[1]) / 2
            if depth == 0 or abs(middle[1] - chord) < abs(left[1] - right[1]) / 50:
                return [middle, right]
            return between(left, middle, depth - 1) + between(middle, right, depth - 1)

        reach = number(self.span) * max(self.log_n, 10)
        ends = [(z, value(z)) for z in (reach * k / CELLS for k in range(-CELLS, CELLS + 1))]
        return ends[:1] + [point for left, right in pairwise(ends) for point in between(left, right, DEPTH)]

    def stationary(self, at: Callable[[mpf], tuple[mpf, mpf]], low: mpf, high: mpf, down: mpf, up: mpf) -> mpf:
        """Regula falsi (Illinois) with a bisection every third step."""
        side = 0
        for turn in range(400):
            z = (low + high) / 2 if turn % 3 == 2 else (low * up - high * down) / (up - down)
            value = self.slope(*at(z))
            if abs(value) < mpf("1e-13") or high - low < mpf("1e-12"):
                return z
            if value < 0:
                low, down, up = z, value, up / 2 if side < 0 else up
            else:
                high, up, down = z, value, down / 2 if side > 0 else down
            side = -1 if value < 0 else 1
        raise ArithmeticError(f"no stationary point at {mp.nstr(z, 20)}")


# --- what the tests call ---


def solve(alpha: Any, path: Path, n: Any, source: Any = None) -> Point:
    """kappa, gamma and loss at one n."""
    with mp.workdps(DIGITS + 15):
        lost = max(0, int(mp.log10(1 + mp.log(n))))
    with mp.workdps(DIGITS + lost):
        return Planar(Fraction(alpha), path, mpf(n), source).solve()


def evaluate(alpha: Any, path: Path, n: Any, source: Any = None) -> tuple[mpf, mpf]:
    """kappa and loss at one n; kappa 0 and loss inf where they are."""
    point = solve(alpha, path, n, source)
    return point.kappa, point.loss


def ladder(alpha: Any, path: Path, quantity: str, source: Any, rungs: Any = None) -> list[tuple[mpf, mpf]]:
    """(ln n, ln quantity) at every rung."""
    found = []
    for log_n in rungs or (SHORT_LADDER if path.gamma == "optimal" else LADDER):
        with mp.workdps(DIGITS + 16):
            found.append((mpf(log_n), mp.log(getattr(solve(alpha, path, mp.exp(log_n), source), quantity))))
    return found


def fit(alpha: Any, path: Path, quantity: str = "loss", source: Any = None) -> Fit:
    """Measured law; corrections in 1/ln(n) are eliminated as far as the ladder is steep."""
    with mp.workdps(DIGITS + 16):
        points = ladder(alpha, path, quantity, source, LADDER)
        last, before = (_through(points[i : i + 3]) for i in (1, 0))
        return Fit(*last, tuple(abs(x - y) for x, y in zip(last, before, strict=True)))


def _through(points: list[tuple[mpf, mpf]]) -> list[mpf]:
    """e, p, A with ln(quantity) = e L + p ln(L) + ln(A)."""
    matrix = mp.matrix([[log_n, mp.log(log_n), 1] for log_n, _ in points])
    exponent, log_power, log_amplitude = mp.lu_solve(matrix, mp.matrix([value for _, value in points]))
    return [exponent, log_power, mp.exp(log_amplitude)]


def agrees(
    alpha: Any,
    path: Path,
    exponent: Any,
    log_power: Any,
    amplitude: Any,
    quantity: str = "loss",
    source: Any = None,
    tolerance: float = 1e-6,
) -> Verdict:
    """Whether quantity/(amplitude n^exponent ln(n)^log_power) -> 1; amplitude 0 or inf claims just that."""
    with mp.workdps(DIGITS + 16):
        claimed = number(amplitude)
        points = ladder(alpha, path, quantity, source)
        if claimed in (0, mp.inf):
            wrong = [L for L, value in points if value != (mp.inf if claimed else mp.ninf)]
            return Verdict(f"not {claimed} at ln(n) = {wrong}" if wrong else "")
        misses = [
            value - mp.log(claimed) - number(exponent) * L - number(log_power) * mp.log(L) for L, value in points
        ]
        shown = ", ".join(f"{mp.nstr(miss, 4)} at ln(n) = {mp.nstr(L, 3)}" for (L, _), miss in zip(points, misses, strict=True))
        if not abs(misses[-1]) < tolerance:
            return Verdict(f"ln(ratio) = {shown}")
        floor = mpf("1e-11")
        if any(abs(y) > max(floor, abs(x)) for x, y in zip(misses, misses[1:])):  # noqa: B905
            return Verdict(f"ln(ratio) does not fall: {shown}")
        return Verdict("")
