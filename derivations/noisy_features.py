"""The planar solution with a huge but finite number of weak latent directions, solved as it stands."""

import random

import sympy as sp
from mpmath import mp, mpf

from theory.moments import KAPPA, Moment, TeacherMoment
from theory.nonlinear import NOISE_FLOOR
from theory.student import GAMMA, NOISE, SIGMA_U, M, N, T

DIGITS = 12
DIRECTIONS = mpf(10) ** 20  # what they leave out is of relative order 1/DIRECTIONS
PRECISION = 50


class NoisyFeatures:
    """Random sizes, ridge, noise, spectrum and teacher; c_*^2 spread over DIRECTIONS directions."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        with mp.workdps(PRECISION):
            draw = lambda low, high: mpf(rng.uniform(low, high))  # noqa: E731
            self.spectrum = [(draw(0.1, 3), draw(0, 2), mpf(1)) for _ in range(rng.randint(4, 9))]
            count = mpf(len(self.spectrum))
            self.values = {
                M: count, N: draw(2, 12), T: draw(2, 12), GAMMA: draw(0.05, 3), NOISE: draw(0.1, 2),
                SIGMA_U: mp.sqrt(count), NOISE_FLOOR: draw(0.2, 2),
            }  # fmt: skip
            self.noisy = [*self.spectrum, (self.values[NOISE_FLOOR] / DIRECTIONS, mpf(0), DIRECTIONS)]
            self.values[KAPPA] = self._kappa()

    def _kappa(self) -> mpf:
        """kappa (N - D)(T - D) = gamma by bisection: D is all of min(N, T) at the lower end."""
        small, large = sorted((self.values[N], self.values[T]))

        def df1(kappa: mpf) -> mpf:
            return mp.fsum(count * lam / (lam + kappa) for lam, _, count in self.noisy)

        low, high = mpf(10) ** -20, mpf(10) ** 20
        for _ in range(8 * PRECISION):
            middle = mp.sqrt(low * high)
            d = df1(middle)
            below = d >= small or middle * (small - d) * (large - d) < self.values[GAMMA]
            low, high = (middle, high) if below else (low, middle)
        return mp.sqrt(low * high)

    def evaluate(self, expression: sp.Expr) -> mpf:
        """At this point, moments over the spectrum without the weak directions."""
        return self._at(expression, self.spectrum)

    def with_directions(self, expression: sp.Expr) -> mpf:
        """At this point, moments over all directions."""
        return self._at(expression, self.noisy)

    def _at(self, expression: sp.Expr, spectrum: list[tuple[mpf, mpf, mpf]]) -> mpf:
        with mp.workdps(PRECISION):
            values: dict[sp.Basic, mpf] = dict(self.values)
            kappa = values[KAPPA]
            for moment in expression.atoms(Moment):
                j, k = (int(a) for a in moment.args[:2])
                teacher = isinstance(moment, TeacherMoment)
                values[moment] = mp.fsum(
                    count * (v if teacher else 1) * lam**j * kappa**k / (lam + kappa) ** (j + k)
                    for lam, v, count in spectrum
                )
            dummies = {key: sp.Dummy() for key in values}
            form = sp.lambdify(list(dummies.values()), expression.xreplace(dummies), "mpmath")
            return form(*values.values())
