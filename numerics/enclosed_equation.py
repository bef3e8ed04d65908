r"""The planar equation on Arb balls, and its root proved by interval Newton.

    F(kappa) = (n - D) - a(kappa),     n = min(N, T),

with n - D written as n - M + sum (1 - p) where 2 n > M, and a(kappa) = N - D (or T - D) as the planar
equation gives it, a quotient without cancellation. F increases strictly: D falls with kappa, and so does a. An
approximate root is refined by Newton's iteration at rising precision; then the interval Newton operator

    N(K) = m - F(m)/F'(K),     m the midpoint of K,

must map the ball K into its interior. That proves a root in K, the only one in K and, F being monotone, the
only one. A residual is never taken for an error bound.
"""

import math
from collections.abc import Callable
from functools import cache

import sympy as sp
from flint import arb, ctx

from numerics.enclosed_sums import EnclosedPowerSum, ball
from theory import positive
from theory.errors import NotConverged
from theory.model import Model, Powers
from theory.spectrum import PowerLaw

GUARD_BITS = 24
MAX_STEPS = 200
START_BITS = 53
WIDEST = 0.125  # of a ball for ln(kappa): products of wider ones lose their sign


class EnclosedSums:
    """Spectral moments of one model on balls of kappa."""

    def __init__(self, model: Model) -> None:
        self.model, spectrum = model, model.spectrum
        self._power = EnclosedPowerSum(spectrum.exponent, spectrum.M) if isinstance(spectrum, PowerLaw) else None
        self._scale = ball(model.sigma_w**2 / model.M)
        if self._power is None:
            self._lambdas = [arb(float(x)) for x in spectrum.values]  # type: ignore[union-attr]

    def __call__(self, kappa: arb, j: int, k: int) -> arb:
        """sum_I p_I^j (1 - p_I)^k."""
        if self._power is not None:
            return self._power(kappa / ball(self.model.spectrum.lambda_plus), j, k)
        return self._listed(kappa, j, k, None)

    def teacher(self, kappa: arb, j: int, k: int) -> arb:
        """sum_I v_I p_I^j (1 - p_I)^k."""
        model, plus = self.model, ball(self.model.spectrum.lambda_plus)
        if self._power is not None:
            return self._scale * plus * self._power(kappa / plus, j, k, model.teacher_exponent)  # type: ignore[arg-type]
        if isinstance(model.source, Powers):
            weights = [arb(float(model.source.values[i])) for i in model.spectrum.order]  # type: ignore[union-attr]
            return self._listed(kappa, j, k, weights)
        if model.source is None:
            return self._scale * self._listed(kappa, j, k, self._lambdas)
        power = -ball(model.source)
        return self._scale * plus * self._listed(kappa, j, k, [arb(i) ** power for i in range(1, model.M + 1)])

    def _listed(self, kappa: arb, j: int, k: int, weights: list[arb] | None) -> arb:
        total = arb(0)
        for i, value in enumerate(self._lambdas):
            term = value**j * kappa**k / (value + kappa) ** (j + k)
            total += term if weights is None else weights[i] * term
        return total


class EnclosedEquation:
    """F(kappa) of the module's text, and its derivative, on balls."""

    def __init__(self, model: Model) -> None:
        self.model, self.sums = model, EnclosedSums(model)
        self.n = int(min(model.N, model.T))
        self.infinite = math.inf in (model.N, model.T)
        self.excess = 0 if self.infinite else abs(int(model.N) - int(model.T))
        self.deep = 2 * self.n > model.M
        self.ridge = ball(model.ridge_scale)

    def gap(self, kappa: arb) -> arb:
        """n - D >= 0 as the planar equation fixes it for given kappa."""
        y = self.ridge / kappa
        if self.model.gamma == 0 or self.infinite:
            return y
        root = y.sqrt()
        return root * _gap_form()(self.excess / root)

    def __call__(self, kappa: arb) -> arb:
        if self.deep:
            return self.n - self.model.M + self.sums(kappa, 0, 1) - self.gap(kappa)
        return self.n - self.sums(kappa, 1, 0) - self.gap(kappa)

    def slope(self, kappa: arb) -> arb:
        """dF/d ln(kappa), a sum of positive terms."""
        gap = self.gap(kappa)
        if not (self.infinite or self.model.gamma == 0):
            gap = gap * (gap + self.excess) / (2 * gap + self.excess)
        return self.sums(kappa, 1, 1) + gap


def approximate_root(equation: EnclosedEquation) -> arb:
    """A number near the root (nothing is proved), from the double-precision start, by Newton at rising precision."""
    from numerics.float64 import start_log_kappa

    target = ctx.prec
    with ctx.workprec(START_BITS + GUARD_BITS):
        kappa = arb(start_log_kappa(equation.model)).exp().mid()
    low, high = arb(0), arb.pos_inf()
    precision = 2 * START_BITS
    for _ in range(MAX_STEPS):
        with ctx.workprec(precision):
            value = equation(kappa)
            low, high = (kappa, high) if value < 0 else (low, kappa) if value > 0 else (low, high)
            with ctx.workprec(max(START_BITS, precision // 2)):  # as good as the step will be
                step = (value / equation.slope(kappa)).mid()
            new = (kappa * (-step.max(arb(-3)).min(arb(3))).exp()).mid()
            if not low < new < high:
                new = ((low * high).sqrt() if low > 0 else high / 16).mid()
        small = abs(step) < arb(2) ** -(precision // 3) or value.contains(0)  # all rounding: more bits are needed
        kappa = new
        if small:
            if precision >= target:
                return kappa
            precision = min(target, 2 * precision - GUARD_BITS // 2)
    raise NotConverged(f"kappa of {equation.model}: {MAX_STEPS} steps of Newton's iteration, last {step.str(3)}")


def certified_root(equation: EnclosedEquation, approximate: arb) -> arb:
    """The ball of kappa around an approximate root, proved by interval Newton to hold the one root.

    Raises NotConverged if no ball about it is mapped into itself: it is no root, or the precision is too low.
    """
    middle = approximate.mid()
    value = equation(middle)
    slope = equation.slope(middle)
    error = (value / slope).abs_upper()  # of ln(kappa), to first order
    for widen in (2, 16, 256):
        if not widen * error < WIDEST:
            break
        candidate = middle * (1 + arb(0, widen * error)) if error > 0 else middle
        step = value / equation.slope(candidate)
        image = middle - step * candidate  # d ln(kappa) = d kappa/kappa, kappa in the ball
        if error == 0 or candidate.contains_interior(image):
            return image.intersection(candidate) if error > 0 else image
    raise NotConverged(
        f"{middle.str(20)} is not proved to be kappa of {equation.model} at {ctx.prec} bits: "
        f"residual {value.str(3)}, slope {slope.str(3)}"
    )


@cache
def _gap_form() -> Callable[[arb], arb]:
    """h(r) of `theory.positive.feature_gap`."""
    expression = positive.feature_gap()
    (r,) = expression.free_symbols
    return sp.lambdify(r, expression, [{"sqrt": lambda value: value.sqrt()}])
