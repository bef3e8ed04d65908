"""Planar systems whose loss is minimised as it stands, for checks: at huge sizes, and on small random spectra."""

import random
from collections.abc import Callable
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

from mpmath import mp, mpf

from derivations.numeric_checks import DIGITS
from numerics import formulas
from numerics.multiprecision import exact
from numerics.real_sizes import PowerLawSums
from theory.model import Model
from theory.spectrum import PowerLaw

STEP = mpf(10) ** -8  # of numerical derivatives
MARGIN = mpf(10) ** -14  # to which a minimum is verified
MAX_STEPS = 60
ZERO = mpf(0)


class LargeSystem:
    r"""The planar solution where sums over the spectrum are huge: 1 << D, N, T << M, to beyond DIGITS.

    Sizes are multiples of UNIT; corrections to the leading law are of relative order 1/UNIT and (UNIT/M)^alpha. The
    loss is without the teacher's 1/M, v_I = lambda_I = I^-(1 + alpha). kappa is free: the ridge is what the planar
    equation then says.
    """

    UNIT = 10**20

    def __init__(self, alpha: Fraction, unit: int = UNIT) -> None:
        self.alpha, self.unit = alpha, unit
        decades = len(str(unit)) + int((DIGITS + 8) / alpha) + 1
        model = Model(PowerLaw(alpha, 10**decades), 1, 1)
        self.sums = PowerLawSums(model, Fraction(10**decades))

    @cache  # noqa: B019 - systems live as long as the checks
    def degrees(self, log_kappa: mpf) -> tuple[mpf, mpf]:
        """(q, D - q)."""
        kappa = mp.exp(log_kappa)
        return self.sums(kappa, 2, 0), self.sums(kappa, 1, 1)

    @cached_property
    def _measured(self) -> tuple[mpf, mpf, mpf]:
        """ln kappa, q and D - q at one point."""
        at = -mp.log(self.unit) * (1 + exact(self.alpha))
        return (at, *self.degrees(at))

    def degrees_near(self, log_kappa: mpf) -> tuple[mpf, mpf]:
        """(q, D - q) by the power kappa^(-1/s) from the measured point: where to look, no more."""
        at, q, g = self._measured
        factor = mp.exp((at - log_kappa) / (1 + exact(self.alpha)))
        return q * factor, g * factor

    def log_kappa_near(self, df1: mpf) -> mpf:
        at, q, g = self._measured
        return at - (1 + exact(self.alpha)) * mp.log(df1 / (q + g))

    def log_kappa_at(self, df1: mpf) -> mpf:
        """ln kappa with D = df1."""
        guess = self.log_kappa_near(df1)
        return mp.findroot(lambda x: mp.log(sum(self.degrees(x)) / df1), (guess, guess + mpf("1e-6")), solver="secant")

    def parts(self, log_kappa: mpf, features: mpf, samples: mpf, noise: mpf, *, near: bool = False) -> tuple[mpf, mpf]:
        """Signal and label noise at kappa; for v = lambda the teacher's sums are kappa (D - q) and kappa q."""
        kappa, (q, g) = mp.exp(log_kappa), self.degrees_near(log_kappa) if near else self.degrees(log_kappa)
        arguments = (1, features - q - g, samples - q - g, q, g, kappa * g, kappa * q, noise)
        forms = formulas.losses("", "mpmath")
        return forms["signal"](*arguments), forms["label_noise"](*arguments)

    def loss(self, log_kappa: mpf, features: mpf, samples: mpf, noise: mpf = ZERO, *, near: bool = False) -> mpf:
        return sum(self.parts(log_kappa, features, samples, noise, near=near))

    def ridge(self, log_kappa: mpf, features: mpf, samples: mpf) -> mpf:
        """kappa (N - D)(T - D)."""
        d = sum(self.degrees(log_kappa))
        return mp.exp(log_kappa) * (features - d) * (samples - d)

    def best_kappa(self, features: mpf, samples: mpf, noise: mpf = ZERO, bracket: Any = None) -> mpf:
        """ln kappa of the least loss, found near the measured power and then verified (`verify`) on the exact sums."""
        small = min(features, samples)
        ends = bracket or [self.log_kappa_near(small * mpf(share)) for share in ("0.999", "0.02")]
        at = minimum(lambda x: self.loss(x, features, samples, noise, near=True), *ends)
        verify(lambda x: self.loss(x, features, samples, noise), at)
        return at


def slope(loss: Callable[[mpf], mpf], x: mpf) -> mpf:
    """Of the sign of the loss's derivative, by a central difference that errs by STEP^2.

    1/loss is what is differentiated: it stays regular where the loss has a pole.
    """
    return 1 / loss(x - STEP) - 1 / loss(x + STEP)


def minimum(loss: Callable[[mpf], mpf], low: mpf, high: mpf) -> mpf:
    """Where a loss is least between its ends: root of `slope`, by secant steps, halving where they leave the bracket.

    Raises ArithmeticError if the loss does not fall first and rise last.
    """
    last, at = low, high
    height, here = slope(loss, last), slope(loss, at)
    if not height < 0 < here:
        raise ArithmeticError(f"no minimum between {mp.nstr(low, 6)} and {mp.nstr(high, 6)}")
    for _ in range(MAX_STEPS):
        new = at - here * (at - last) / (here - height)
        if not low < new < high:
            new = (low + high) / 2
        if abs(new - at) < STEP**2:
            return new
        last, height, at = at, here, new
        here = slope(loss, at)
        low, high = (at, high) if here < 0 else (low, at)
    raise ArithmeticError(f"no convergence between {mp.nstr(low, 6)} and {mp.nstr(high, 6)}")


def verify(loss: Callable[[mpf], mpf], at: mpf) -> None:
    """Raises ArithmeticError unless the loss is least within MARGIN of the point."""
    if not slope(loss, at - MARGIN) < 0 < slope(loss, at + MARGIN):
        raise ArithmeticError(f"no minimum within {mp.nstr(MARGIN, 3)} of {mp.nstr(at, 10)}")


class SmallSystem:
    """A random spectrum and teacher with random sizes and noise; loss as a function of ln kappa."""

    def __init__(self, seed: int, *, isotropic: bool = False) -> None:
        rng = random.Random(seed)
        self.spectrum = [mpf(rng.uniform(0.05, 3)) for _ in range(rng.randint(6, 9))]
        self.teacher = self.spectrum if isotropic else [mpf(rng.uniform(0.1, 2)) for _ in self.spectrum]
        self.features, self.samples = (mpf(rng.uniform(2, 5)) for _ in range(2))
        self.noise = mpf(rng.uniform(0.05, 0.5))

    def moment(self, log_kappa: mpf, j: int, k: int, *, teacher: bool = False) -> mpf:
        kappa = mp.exp(log_kappa)
        weights = self.teacher if teacher else [mpf(1)] * len(self.spectrum)
        return mp.fdot(weights, (lam**j * kappa**k / (lam + kappa) ** (j + k) for lam in self.spectrum))

    def loss(self, log_kappa: mpf, features: mpf | None = None) -> mpf:
        n = self.features if features is None else features
        q, g = self.moment(log_kappa, 2, 0), self.moment(log_kappa, 1, 1)
        powers = (self.moment(log_kappa, j, k, teacher=True) for j, k in ((0, 2), (1, 1)))
        arguments = (1, n - q - g, self.samples - q - g, q, g, *powers, self.noise)
        return sum(formulas.losses("", "mpmath")[name](*arguments) for name in ("signal", "label_noise"))

    def best(self, features: mpf | None = None) -> mpf:
        """ln kappa of the least loss."""
        smaller = min(self.features if features is None else features, self.samples)
        low = mp.findroot(lambda x: self.moment(x, 1, 0) - smaller, (mpf(-12), mpf(6)), solver="illinois")
        return minimum(lambda x: self.loss(x, features), low + mpf("1e-4"), low + 12)
