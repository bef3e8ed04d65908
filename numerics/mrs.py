"""The loss figures of MRS (arXiv:2210.16859) as data: models, sweeps, and numbers read off them.

C = sigma_w = sigma_u = lambda_+ = 1. The numbers were read off the drawn lines, which are the
continuum form (`drawn_loss`), not the exact planar solution; reading a log axis of four to eight
decades by eye is good to READING decades.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Literal

import numpy as np
import sympy as sp

from numerics.evaluate import evaluate
from numerics.float64 import evaluate_grid
from numerics.optimum import optimal_ridge
from theory import continuum
from theory.model import Model
from theory.positive import exhausted
from theory.student import NOISE

READING = 0.02  # decades: a fiftieth of one, 4.7%
Ridge = Literal["ridgeless", "optimal"]


@dataclass(frozen=True)
class Curve:
    """One line of a figure: the loss against N or T, everything else fixed.

    `linear` is the no-projection model (ridge regression on x, M = N of the paper). `read` holds
    (x, value) read off the drawn line; `stars` the sweep values to simulate. `read_exact` are readings
    that fit the exact loss and not the drawn form.
    """

    label: str
    alpha: Fraction
    M: int
    sweep: Literal["N", "T"]
    fixed: int
    stars: tuple[int, ...] = ()
    read: tuple[tuple[int, float], ...] = ()
    read_exact: tuple[tuple[int, float], ...] = ()
    noise: Fraction = Fraction(0)
    ridge: Ridge = "ridgeless"
    linear: bool = False
    subtract_end: bool = True  # whether the drawn law has the - M^{-alpha}

    def model(self, x: int) -> Model:
        """The exact model at one point of the sweep, with the optimal ridge where asked for."""
        if self.linear:
            count, samples = (x, self.fixed) if self.sweep == "N" else (self.fixed, x)
            return Model.power_law(self.alpha, count, math.inf, samples, noise=self.noise)
        sizes = {self.sweep: x, "N" if self.sweep == "T" else "T": self.fixed}
        model = Model.power_law(self.alpha, self.M, **sizes, noise=self.noise)
        return model.with_(gamma=optimal_ridge(model, digits=8)) if self.ridge == "optimal" else model

    def grid(self, low: int, high: int) -> np.ndarray:
        """Sweep values for a smooth line: log-spaced, and closing in on the pole at N = T."""
        near = 2.0 ** -np.arange(0, 9.5, 0.5)
        steps = self.fixed * np.exp(np.concatenate([-near, near, [0.0]]))
        values = np.unique(np.round(np.concatenate([np.geomspace(low, high, 90), steps])).astype(np.int64))
        return values[(values >= low) & (values <= high)]

    def exact_loss(self, xs: np.ndarray) -> np.ndarray:
        """The planar loss along the sweep."""
        if self.ridge == "optimal":
            return self._least_loss(xs)
        if not (self.linear and self.sweep == "N"):
            return evaluate_grid(self.model(1), **{self.sweep: xs}).loss
        return np.array([float(evaluate(self.model(int(x))).loss) for x in xs])

    def _least_loss(self, xs: np.ndarray) -> np.ndarray:
        """Least over the ridge, on a fine grid and a parabola through its best three: 1e-6, for lines."""
        gamma = np.geomspace(1e-9, 1e3, 600)
        sizes = {self.sweep: xs[:, None], "N" if self.sweep == "T" else "T": self.fixed}
        template = Model.power_law(self.alpha, self.M, 1, 1, noise=self.noise)
        loss = evaluate_grid(template, **sizes, gamma=gamma).loss
        best = np.clip(loss.argmin(axis=1), 1, gamma.size - 2)
        left, middle, right = (loss[np.arange(xs.size), best + step] for step in (-1, 0, 1))
        return middle - (right - left) ** 2 / (8 * (left - 2 * middle + right))

    def drawn_loss(self, xs: np.ndarray) -> np.ndarray:
        """The line of the paper: the continuum form of the spectrum in the same formulas."""
        sizes = {"N": np.full(xs.shape, float(self.fixed)), "T": np.full(xs.shape, float(self.fixed))}
        sizes[self.sweep] = xs.astype(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.linear:
                return self._drawn_linear(sizes["N"], sizes["T"])
            delta = _drawn(float(self.alpha))
            if self.ridge == "optimal":
                harmonic = sizes["N"] * sizes["T"] / (sizes["N"] + sizes["T"])  # 1/N + 1/T in place of 1/n
                return delta(harmonic, float(self.M) if self.subtract_end else math.inf) / (2 * self.M)
            small, large = np.minimum(*sizes.values()), np.maximum(*sizes.values())
            return delta(small, float(self.M)) / (2 * self.M) / (1 - small / large)

    def _drawn_linear(self, count: np.ndarray, samples: np.ndarray) -> np.ndarray:
        """Fewer samples than modes: Delta_T/2N + (noise/2) q/(T - q); more: the noise alone."""
        alpha, noise = float(self.alpha), float(self.noise)
        share = float(continuum.df2_share().subs(continuum.ALPHA, alpha))
        delta = _drawn(alpha)(samples, count)
        below = delta / (2 * count) + noise / 2 * share / (1 - share)
        beyond = _exhausted_noise()(noise, samples - count, count)
        return np.where(samples < count, below, np.where(samples > count, beyond, np.inf))


@cache
def _drawn(alpha: float) -> Callable[[Any, Any], Any]:
    expression = continuum.drawn_delta().subs({continuum.ALPHA: sp.Float(alpha), continuum.LAMBDA_PLUS: 1})
    return sp.lambdify((continuum.SIZE, sp.Symbol("M", positive=True)), expression, "numpy")


@cache
def _exhausted_noise() -> Callable[..., Any]:
    from theory.planar import OUTPUTS, SAMPLE_GAP

    expression = exhausted()["label_noise"].subs(OUTPUTS, 1)
    return sp.lambdify((NOISE, SAMPLE_GAP, sp.Symbol("M", positive=True)), expression, "numpy")


@dataclass(frozen=True)
class Figure:
    """A figure of the paper: curves over one sweep."""

    name: str
    title: str
    curves: tuple[Curve, ...]
    low: int
    high: int

    @property
    def xlabel(self) -> str:
        return {"N": "features $N$", "T": "samples $T$"}[self.curves[0].sweep]


HALF, ONE, TWO = Fraction(1, 2), Fraction(1), Fraction(2)
MILLIONTH = Fraction(1, 10**6)


def _features(size: int, alpha: Fraction, sweep: Literal["N", "T"], **rest: Any) -> Curve:
    other = "N" if sweep == "T" else "T"
    label = rest.pop("label", f"${other} = {size}$")
    return Curve(label, alpha, 6000, sweep, size, **rest)


def _linear(alpha: Fraction, sweep: Literal["N", "T"], fixed: int, **rest: Any) -> Curve:
    label = rest.pop("label", rf"$\alpha = {float(alpha):.3g}$")
    return Curve(label, alpha, fixed, sweep, fixed, linear=True, noise=rest.pop("noise", MILLIONTH), **rest)


def _by_size(sweep: Literal["N", "T"]) -> tuple[Curve, ...]:
    ends = {100: 2.0e-6, 400: 5.2e-7, 1600: 1.4e-7}
    stars = {100: (30, 300, 1000), 400: (40, 120, 1200), 1600: (500, 160)}
    return tuple(
        _features(size, ONE, sweep, stars=stars[size], read=((1, 2.06e-4), (5000, end))) for size, end in ends.items()
    )


FIGURES = (
    Figure("loss-vs-samples", r"Loss against samples, $M = 6000$, $\alpha = 1$, ridgeless", _by_size("T"), 1, 5000),
    Figure(
        "loss-vs-samples-alpha",
        "Loss against samples, $M = 6000$, $N = 1000$, ridgeless",
        tuple(
            _features(
                1000,
                alpha,
                "T",
                label=rf"$\alpha = {float(alpha):g}$",
                stars=(100, 300),
                read=((1, one),) if alpha == HALF else ((1, one), (5000, end)),
                read_exact=((5000, end),) if alpha == HALF else (),
            )
            for alpha, one, end in ((HALF, 3.1e-4, 8.1e-6), (ONE, 2.06e-4, 2.2e-7), (TWO, 1.5e-4, 1.8e-10))
        ),
        1,
        5000,
    ),
    Figure("loss-vs-features", r"Loss against features, $M = 6000$, $\alpha = 1$, ridgeless", _by_size("N"), 1, 5000),
    Figure(
        "optimal-ridge",
        r"Loss at the optimal ridge, $M = 6000$, $\alpha = 1/2$",
        tuple(
            _features(
                size,
                HALF,
                "T",
                label=f"$N = {size}$" + ("" if subtracted else r", law without $M^{-\alpha}$"),
                ridge="optimal",
                subtract_end=subtracted,
                stars=((50, 500) if size == 100 else (100, 400)) if subtracted else (),
                read=((5000, value),),
            )
            for size, with_end, without in ((100, 2.77e-5, 3.17e-5), (4000, 2.6e-6, 6.65e-6))
            for subtracted, value in ((True, with_end), (False, without))
        ),
        1,
        5000,
    ),
    Figure(
        "linear-samples",
        r"Linear regression, $N = 2000$, $\sigma_\epsilon^2 = 10^{-6}$, ridgeless",
        (
            _linear(Fraction(3), "T", 2000, stars=(100, 500, 4000), read=((1000, 1.5e-6), (5000, 3.33e-7))),
            _linear(ONE, "T", 2000, stars=(40, 250), read=((5000, 3.33e-7),)),
            _linear(Fraction(33, 100), "T", 2000, stars=(100, 500), read=((5000, 3.33e-7),)),
        ),
        1,
        5000,
    ),
    Figure(
        "linear-features",
        r"Linear regression, $T = 500$, $\sigma_\epsilon^2 = 10^{-6}$, ridgeless",
        tuple(
            _linear(alpha, "N", 500, stars=stars, read=((1, 1e-9), (20000, end)))
            for alpha, stars, end in (
                (HALF, (30, 1500), 3.9e-6),
                (ONE, (80, 2000), 6.3e-7),
                (TWO, (200, 1200), 1.0e-6),
            )
        ),
        1,
        20000,
    ),
    Figure(
        "linear-noise",
        r"Linear regression, $N = 2000$, $\alpha = 2$, ridgeless",
        tuple(
            _linear(
                TWO,
                "T",
                2000,
                noise=noise,
                label=rf"$\sigma_\epsilon^2 = 10^{{{round(math.log10(noise))}}}$",
                stars=stars,
                read=read,
            )
            for noise, stars, read in (
                (MILLIONTH, (100, 500), ((1000, 1e-6), (10000, 1.25e-7))),
                (Fraction(1, 10**8), (150, 500), ((400, 1.3e-8), (10000, 1.25e-9))),
                (Fraction(1, 10**10), (60, 800), ((10000, 1.25e-11),)),
            )
        ),
        1,
        10000,
    ),
)
