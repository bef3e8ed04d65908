"""The planar solution of a power law at sizes that need not be integers, M possibly infinite.

For limits: sizes and ridge are exact fractions, so that N = T - 10^-28 or M - n = 10^-28 are what
they say. kappa is solved by Newton's iteration at a precision that doubles, and verified by a change
of sign of the monotone equation (n - D) - delta(kappa) of numerics.multiprecision.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from mpmath import mp, mpf

from numerics import formulas
from numerics.multiprecision import exact
from numerics.power_sums import PowerSum
from theory.errors import NotConverged
from theory.model import Model
from theory.spectrum import PowerLaw

SHORT = 300  # spectra up to here are summed term by term
TAIL = 30  # decades by which kappa exceeds the modes of an infinite spectrum's tail
START_DIGITS = 15
MAX_STEPS = 200


class PowerLawSums:
    """Sums over the modes of a model's power law, `count` of them or infinitely many."""

    def __init__(self, model: Model, count: Fraction | float) -> None:
        if not isinstance(model.spectrum, PowerLaw):
            raise TypeError("needs a power law")
        self.model, self.spectrum = model, model.spectrum
        self.s = self.spectrum.exponent
        self.count = None if count == math.inf else int(count)

    def __call__(self, kappa: mpf, j: int, k: int) -> mpf:
        """sum_I p_I^j (1 - p_I)^k."""
        return self._sum(kappa / exact(self.spectrum.lambda_plus), j, k, Fraction(0))

    def teacher(self, kappa: mpf, j: int, k: int) -> mpf:
        """sum_I v_I p_I^j (1 - p_I)^k, the spectrum finite."""
        return self._teacher_scale() * self._sum(kappa / exact(self.spectrum.lambda_plus), j, k, self._decay())

    def powers(self, m: int, *, teacher: bool = False) -> mpf:
        """sum_I lambda_I^m, or sum_I v_I lambda_I^m."""
        scale = exact(self.spectrum.lambda_plus) ** m * (self._teacher_scale() if teacher else 1)
        return scale * self._sum(mpf(1), 0, 0, self.s * m + (self._decay() if teacher else 0))

    def mode(self, index: mpf) -> mpf:
        """lambda_I."""
        return exact(self.spectrum.lambda_plus) * mp.power(index, -exact(self.s))

    def _decay(self) -> Fraction:
        return self.s if self.model.source is None else Fraction(self.model.source)  # type: ignore[arg-type]

    def _teacher_scale(self) -> mpf:
        return exact(self.model.sigma_w**2 * self.spectrum.lambda_plus) / (self.count or 1)

    def _sum(self, x: mpf, j: int, k: int, decay: Fraction) -> mpf:
        """sum_I I^{-decay} u^k (1 + u)^{-(j+k)}, u = x I^s."""
        if self.count is None:
            return self._infinite(x, j, k, decay)
        if self.count > SHORT:
            return PowerSum(self.s, self.count)(x, j, k, decay)
        terms = (p**j * q**k for p, q in _filters(x, self.s, self.count, mp.prec))
        return mp.fdot(_powers(-decay, self.count, mp.prec), terms) if decay else mp.fsum(terms)

    def _infinite(self, x: mpf, j: int, k: int, decay: Fraction) -> mpf:
        """A head, and u^{-j} (1 + 1/u)^{-(j+k)} expanded in 1/u beyond it: Hurwitz's zeta functions."""
        head = 10 + int(mp.ceil(mp.power(mpf(10) ** TAIL / x, 1 / exact(self.s))))
        total = PowerSum(self.s, head)(x, j, k, decay)
        for term in self._tail(x, head, j, k, decay):
            total += term
            if abs(term) < mp.ldexp(abs(total), -mp.prec):
                break
        return total

    def _tail(self, x: mpf, head: int, j: int, k: int, decay: Fraction) -> Iterator[mpf]:
        n = 0
        while True:
            power = exact(self.s * (j + n) + decay)
            with mp.extraprec(int(power * head.bit_length())):  # mpmath's zeta is good to an absolute error
                zeta = mp.zeta(power, head + 1)
            yield mp.binomial(-(j + k), n) * zeta / x ** (j + n)
            n += 1


@lru_cache(maxsize=64)
def _powers(exponent: Fraction, count: int, precision: int) -> list[mpf]:
    """I^exponent for I = 1..count; `precision` is that of the context, for the memo."""
    return [mp.power(i, exact(exponent)) for i in range(1, count + 1)]


@lru_cache(maxsize=8)
def _filters(x: mpf, s: Fraction, count: int, precision: int) -> list[tuple[mpf, mpf]]:
    """p_I and 1 - p_I at kappa/lambda_I = x I^s."""
    return [(1 / (1 + x * power), x * power / (1 + x * power)) for power in _powers(s, count, precision)]


@dataclass(frozen=True)
class Point:
    """Sizes (fractions or inf) and the right side of the planar equation; one of N and T finite.

    With N infinite that is kappa (T - D), with T infinite kappa (N - D).
    """

    N: Fraction | float
    T: Fraction | float
    M: Fraction | float
    ridge: Fraction

    @property
    def n(self) -> Fraction:
        return Fraction(min(self.N, self.T))

    @property
    def excess(self) -> Fraction | None:
        """|N - T|, None if infinite."""
        return None if math.inf in (self.N, self.T) else abs(Fraction(self.N) - Fraction(self.T))


class RealEquation:
    """(n - D) - delta(kappa), increasing in kappa; kappa > 0 only (a ridge, or n < M)."""

    def __init__(self, model: Model, point: Point) -> None:
        self.point, self.sums = point, PowerLawSums(model, point.M)
        self.deep = 2 * point.n > point.M

    def gap(self, kappa: mpf) -> mpf:
        """n - D as the planar equation fixes it for given kappa."""
        y = exact(self.point.ridge) / kappa
        if y == 0 or self.point.excess is None:
            return y
        return mp.sqrt(y) * formulas.gap("mpmath")(exact(self.point.excess) / mp.sqrt(y))

    def __call__(self, kappa: mpf) -> mpf:
        if self.deep:  # n - M is exact
            return exact(self.point.n - Fraction(self.point.M)) + self.sums(kappa, 0, 1) - self.gap(kappa)
        return exact(self.point.n) - self.sums(kappa, 1, 0) - self.gap(kappa)

    def slope(self, kappa: mpf) -> mpf:
        """Derivative in ln kappa."""
        gap, excess = self.gap(kappa), self.point.excess
        change = gap if excess is None or gap == 0 else gap * (gap + exact(excess)) / (2 * gap + exact(excess))
        return self.sums(kappa, 1, 1) + change

    def root(self, digits: int) -> mpf:
        """kappa to `digits` decimals less START_DIGITS. Raises NotConverged if the verification fails."""
        rising, low, high = _precisions(digits), -mp.inf, mp.inf
        precision = rising.pop()
        with mp.workdps(precision):
            at = mp.log(self._guess())
        for _ in range(MAX_STEPS):
            with mp.workdps(precision):
                kappa = mp.exp(at)
                value = self(kappa)
                with mp.workdps(max(START_DIGITS, precision // 2)):  # as good as the step will be
                    slope = self.slope(kappa)
                step = max(mpf(-3), min(mpf(3), -value / slope))
                if high - low > 1:  # far from the root: stay inside the bracket
                    low, high = (max(low, at), high) if value < 0 else (low, min(high, at))
                    step = step if low <= at + step <= high else (low + high) / 2 - at
                at += step
            if abs(step) < mpf(10) ** -(precision // 2 - 2):
                if rising:
                    precision = rising.pop()
                elif self._changes_sign(mp.exp(at), digits):
                    return mp.exp(at)
        raise NotConverged(f"kappa at {self.point}: not verified to {digits} digits, last step {mp.nstr(step, 3)}")

    def _guess(self) -> mpf:
        """Without ridge of the size of lambda_n, less near n = M; of g/(N T) at a large ridge."""
        n, modes = self.point.n, self.point.M
        larger = Fraction(1) if self.point.excess is None else n + self.point.excess
        left = Fraction(1) if modes == math.inf else max(Fraction(0), 1 - n / Fraction(modes))
        return self.sums.mode(exact(n)) * exact(left) + exact(self.point.ridge / (n * larger))

    def _changes_sign(self, kappa: mpf, digits: int) -> bool:
        tolerance = mpf(10) ** -(digits - START_DIGITS)
        return bool(self(kappa * (1 - tolerance)) < 0 < self(kappa * (1 + tolerance)))


def _precisions(digits: int) -> list[int]:
    """digits, about half of that, ... down to START_DIGITS."""
    found = [digits]
    while found[-1] > START_DIGITS:
        found.append(max(START_DIGITS, found[-1] // 2 + 4))
    return found


@lru_cache(maxsize=128)
def kappa_at(model: Model, point: Point, digits: int) -> mpf:
    """kappa at a point."""
    with mp.workdps(digits):
        return RealEquation(model, point).root(digits)


@lru_cache(maxsize=128)
def losses_at(model: Model, point: Point, noise: Fraction, digits: int) -> dict[str, mpf]:
    """kappa, signal, label_noise, loss at a point of finite sizes."""
    with mp.workdps(digits):
        equation, kappa = RealEquation(model, point), kappa_at(model, point, digits)
        sums, gap = equation.sums, equation.gap(kappa)
        wide = gap + exact(point.excess or Fraction(0))
        a, b = (gap, wide) if point.N <= point.T else (wide, gap)
        moments = (sums(kappa, 2, 0), sums(kappa, 1, 1), sums.teacher(kappa, 0, 2), sums.teacher(kappa, 1, 1))
        forms = formulas.losses("", "mpmath")
        signal, label_noise = (
            forms[name](model.outputs, a, b, *moments, exact(noise)) + mpf(0) for name in ("signal", "label_noise")
        )
        return {"kappa": kappa, "signal": signal, "label_noise": label_noise, "loss": signal + label_noise}
