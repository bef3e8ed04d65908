"""The planar solution at any number of digits (mpmath).

kappa solves the same cancellation-free equation as in numerics.float64, by Newton's iteration
kept inside a bracket. The root is then verified, not trusted: the monotone equation must change
sign between kappa (1 - e) and kappa (1 + e), e below the digits asked for; otherwise the working
precision is raised, and NotConverged says so in the end.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mpmath import mp, mpf

from numerics import formulas
from numerics.power_sums import PowerSum
from theory.errors import InvalidInput, NotConverged
from theory.model import Model, Powers
from theory.spectrum import PowerLaw

GUARD_DIGITS = 15
MAX_DIGITS = 10_000
MAX_STEPS = 400
MAX_RAISES = 12


@dataclass(frozen=True)
class PlanarNumbers:
    """As numerics.float64.PlanarValues, as mpf good to `digits` decimals."""

    kappa: mpf
    delta: mpf
    df1: mpf
    df2: mpf
    feature_gap: mpf
    sample_gap: mpf
    spread: mpf
    bias_sum: mpf
    cross_sum: mpf
    signal: mpf
    label_noise: mpf
    loss: mpf
    train_loss: mpf
    digits: int


def evaluate_mp(model: Model, digits: int = 50, *, start: float | None = None) -> PlanarNumbers:
    """Solve the planar equations of `model` (numerics.evaluate) to `digits` decimals; `start`: a guess of ln(kappa).

    Raises InvalidInput for digits outside 1..10000 and NotConverged when verification keeps failing.
    """
    if not isinstance(digits, int) or isinstance(digits, bool) or not 1 <= digits <= MAX_DIGITS:
        raise InvalidInput("digits", digits, f"an integer from 1 to {MAX_DIGITS}")
    with mp.workdps(digits + GUARD_DIGITS):
        if model.gamma == 0 and _smaller(model) >= model.M:
            values = _exhausted(model)
        else:
            values = _verified(model, digits, start)
    return PlanarNumbers(**values, digits=digits)


def exact(value: Fraction | int) -> mpf:
    """A fraction at the working precision."""
    return mpf(value.numerator) / value.denominator


def _smaller(model: Model) -> int:
    return int(min(model.N, model.T))


class Sums:
    """Spectral moments of one model at the working precision, as functions of kappa."""

    def __init__(self, model: Model) -> None:
        self.model = model
        spectrum = model.spectrum
        self._power = PowerSum(spectrum.exponent, spectrum.M) if isinstance(spectrum, PowerLaw) else None

    def __call__(self, kappa: mpf, j: int, k: int) -> mpf:
        """sum_I p_I^j (1 - p_I)^k."""
        if self._power:
            return self._power(kappa / exact(self.model.spectrum.lambda_plus), j, k)
        return self._listed(kappa, j, k, None)

    def teacher(self, kappa: mpf, j: int, k: int) -> mpf:
        """sum_I v_I p_I^j (1 - p_I)^k."""
        model = self.model
        plus = exact(model.spectrum.lambda_plus)
        scale = exact(model.sigma_w**2) * plus / model.M
        if self._power:
            return scale * self._power(kappa / plus, j, k, model.teacher_exponent)  # type: ignore[arg-type]
        if isinstance(model.source, Powers):
            values = [model.source.values[i] for i in model.spectrum.order]  # type: ignore[union-attr]
            return self._listed(kappa, j, k, [mpf(v) for v in values])
        if model.source is None:
            lambdas = [mpf(float(x)) for x in model.spectrum.values]  # type: ignore[union-attr]
            return exact(model.sigma_w**2) / model.M * self._listed(kappa, j, k, lambdas)
        power = -exact(model.source)
        return scale * self._listed(kappa, j, k, [mpf(i) ** power for i in range(1, model.M + 1)])

    def _listed(self, kappa: mpf, j: int, k: int, weights: list[mpf] | None) -> mpf:
        lambdas = (mpf(float(x)) for x in self.model.spectrum.values)  # type: ignore[union-attr]
        terms = (x**j * kappa**k / (x + kappa) ** (j + k) for x in lambdas)
        return mp.fsum(terms) if weights is None else mp.fdot(weights, terms)


class PlanarEquation:
    """(n - D) - delta(kappa), or with M - D counted instead: increasing in kappa, root unique."""

    def __init__(self, model: Model) -> None:
        self.model, self.sums = model, Sums(model)
        self.n = _smaller(model)
        self.infinite = math.inf in (model.N, model.T)
        self.excess = 0 if self.infinite else abs(int(model.N) - int(model.T))
        self.deep = 2 * self.n > model.M

    def gap(self, kappa: mpf) -> mpf:
        """n - D > 0 as the planar equation fixes it for given kappa."""
        y = exact(self.model.ridge_scale) / kappa
        if y == 0 or self.infinite:
            return y
        root = mp.sqrt(y)
        return root * formulas.gap("mpmath")(self.excess / root)

    def slope(self, kappa: mpf, gap: mpf) -> mpf:
        """Derivative in ln kappa: (D - q) + |d gap/d ln kappa|, a sum of positive terms."""
        change = gap if self.infinite or gap == 0 else gap * (gap + self.excess) / (2 * gap + self.excess)
        return self.sums(kappa, 1, 1) + change

    def __call__(self, kappa: mpf) -> mpf:
        return self.terms(kappa)[0]

    def terms(self, kappa: mpf) -> tuple[mpf, mpf]:
        """Value, and the size of the terms that it is the difference of."""
        gap = self.gap(kappa)
        if self.deep:
            offset, complement = self.n - self.model.M, self.sums(kappa, 0, 1)
            return offset + complement - gap, abs(offset) + complement + gap
        df1 = self.sums(kappa, 1, 0)
        return self.n - df1 - gap, df1 + gap


def _verified(model: Model, digits: int, start: float | None) -> dict[str, mpf]:
    """Root, verification and results, at a precision raised until the verification holds."""
    guess = None if start is None else mp.exp(mpf(start))
    tolerance = mpf(10) ** -(digits + GUARD_DIGITS // 3)
    extra = 0
    for _ in range(MAX_RAISES):
        with mp.extraprec(extra):
            equation = PlanarEquation(model)
            kappa, condition = _root(equation, guess, tolerance)
            lost = max(0, math.ceil(float(mp.log(condition, 2)))) if condition > 0 else 0
            if lost <= extra + 16 and _changes_sign(equation, kappa, tolerance):
                return _results(equation, kappa)
        guess = kappa
        extra = max(2 * extra + 32, lost)
    raise NotConverged(
        f"kappa of {model} could not be verified to {digits} digits at {mp.prec + extra} bits "
        f"(condition number {mp.nstr(condition, 3)}, tolerance {mp.nstr(tolerance, 3)})"
    )


def _changes_sign(equation: Callable[[mpf], mpf], kappa: mpf, tolerance: mpf) -> bool:
    return bool(equation(kappa * (1 - tolerance)) < 0 < equation(kappa * (1 + tolerance)))


def _root(equation: PlanarEquation, guess: mpf | None, tolerance: mpf) -> tuple[mpf, mpf]:
    """Newton in ln kappa inside a bracket that halves when Newton leaves it."""
    at = mp.log(guess) if guess is not None else _first_guess(equation)
    low, high = mpf("-inf"), mpf("inf")
    for _ in range(MAX_STEPS):
        kappa = mp.exp(at)
        value, scale = equation.terms(kappa)
        slope = equation.slope(kappa, equation.gap(kappa))
        low, high = (at, high) if value < 0 else (low, at)
        step = -value / slope
        if abs(step) < tolerance / 8:
            return kappa * mp.exp(step), scale / slope
        new = at + max(mpf(-3), min(mpf(3), step))
        if not low < new < high:
            new = (low + high) / 2
        if new == at:
            return kappa, scale / slope
        at = new
    raise NotConverged(
        f"kappa of {equation.model}: {MAX_STEPS} steps left a residual of {mp.nstr(value, 3)} "
        f"(last step {mp.nstr(step, 3)}, tolerance {mp.nstr(tolerance, 3)}, {mp.prec} bits)"
    )


def _first_guess(equation: PlanarEquation) -> mpf:
    """The double-precision root; its own start needs no guess."""
    from numerics.float64 import start_log_kappa

    return mpf(start_log_kappa(equation.model))


def _results(equation: PlanarEquation, kappa: mpf) -> dict[str, mpf]:
    model, sums = equation.model, equation.sums
    gap = equation.gap(kappa)
    wide = mp.inf if equation.infinite else gap + equation.excess
    a, b = (gap, wide) if model.N <= model.T else (wide, gap)
    df2, spread = sums(kappa, 2, 0), sums(kappa, 1, 1)
    bias_sum, cross_sum = sums.teacher(kappa, 0, 2), sums.teacher(kappa, 1, 1)
    values = {
        "kappa": kappa, "delta": equation.n * kappa, "df1": df2 + spread, "df2": df2,
        "feature_gap": a, "sample_gap": b, "spread": spread, "bias_sum": bias_sum, "cross_sum": cross_sum,
    }  # fmt: skip
    noise = exact(model.noise)
    if a == 0 and b == 0:
        unbounded: dict[str, Any] = {"signal": mp.inf, "label_noise": mp.inf if noise else mpf(0)}
        return values | unbounded | {"loss": mp.inf, "train_loss": mpf(0)}
    infinite = "N" if math.inf == model.N else "T" if math.inf == model.T else ""
    arguments = (model.outputs, a, b, df2, spread, bias_sum, cross_sum, noise)
    values |= {name: form(*arguments) + mpf(0) for name, form in formulas.losses(infinite, "mpmath").items()}
    return values | {"loss": values["signal"] + values["label_noise"]}


def _exhausted(model: Model) -> dict[str, mpf]:
    """gamma = 0 and min(N, T) >= M: kappa = 0 and no signal is lost."""
    count, noise = mpf(model.M), exact(model.noise)
    forms = formulas.exhausted("mpmath")
    sizes = (mpf(model.N), mpf(model.T))
    if noise == 0:
        label_noise = train = mpf(0)
    elif math.inf == model.T:
        label_noise, train = mpf(0), model.outputs * noise / 2
    else:
        arguments = (model.outputs, noise, sizes[1] - count, count)
        label_noise = mp.inf if model.T == model.M else forms["label_noise"](*arguments)
        train = forms["train_loss"](*arguments)
    zero = mpf(0)
    return {
        "kappa": zero, "delta": zero, "df1": count, "df2": count, "feature_gap": sizes[0] - count,
        "sample_gap": sizes[1] - count, "spread": zero, "bias_sum": zero, "cross_sum": zero, "signal": zero,
        "label_noise": label_noise, "loss": label_noise, "train_loss": train,
    }  # fmt: skip
