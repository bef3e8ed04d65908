"""Rates and amplitudes that the literature states, as expectations; the engine is told none of them."""

import random
from fractions import Fraction

import pytest
import sympy as sp

from theory.asymptotics import Leading, asymptotics
from theory.continuum import ALPHA, c_alpha
from theory.path import OPTIMAL, Path, Power


def loss(**scales: object) -> Leading:
    (case,) = asymptotics(Path(**scales))
    return case.loss


def rational(value: sp.Expr | None) -> Fraction:
    return Fraction(str(value))


def test_maloney_roberts_sully_power_laws() -> None:
    """arXiv:2210.16859: L ~ (1/2) c_alpha n^-alpha in features and in samples alike (alpha a symbol)."""
    for n, t in ((Power(1), None), (None, Power(1)), (Power(1), Power(2)), (Power(2), Power(1))):
        law = loss(N=n, T=t)
        assert law.exponent == -ALPHA
        assert sp.simplify(law.amplitude - c_alpha() / 2) == 0


def test_label_noise_plateaus() -> None:
    """N infinite: alpha sigma^2/2 for every T. T >> N: sigma^2 N/(2 T), exponent 1 (variance-limited, Bahri et al.)."""
    kernel = loss(N=None, T=Power(1), noise=Power(0))
    assert (kernel.exponent, sp.simplify(kernel.amplitude - ALPHA / 2)) == (0, 0)
    wide = loss(N=Power(1), T=Power(3), noise=Power(0), alpha=3)
    assert (wide.exponent, wide.amplitude) == (-2, sp.Rational(1, 2))


def test_breakdown_at_the_latent_dimension() -> None:
    assert loss(N=Power(2), T=Power(3), M=Power(1), alpha=1).amplitude == 0
    noisy = loss(N=Power(2), T=Power(3), M=Power(1), noise=Power(0), alpha=1)
    assert (noisy.exponent, noisy.amplitude) == (-2, sp.Rational(1, 2))  # M/(2 T)


def test_optimal_rate_with_label_noise() -> None:
    """T^(-alpha/(1+alpha)) for kernel ridge regression."""
    assert sp.simplify(loss(N=None, T=Power(1), gamma=OPTIMAL, noise=Power(0)).exponent + ALPHA / (1 + ALPHA)) == 0


def cui_cases() -> list[tuple[Fraction, Fraction, Fraction]]:
    rng = random.Random(3)
    return [
        (Fraction(rng.randint(11, 40), 10), Fraction(rng.randint(1, 29), 17), Fraction(rng.randint(1, 40), 13))
        for _ in range(8)
    ]


@pytest.mark.parametrize(("a", "r", "decay"), cui_cases())
def test_cui_rates(a: Fraction, r: Fraction, decay: Fraction) -> None:
    """arXiv:2105.15004, capacity a = 1 + alpha, source r (R = 1 + 2 a r), their ridge n^-l = gamma/T: gamma = n^(1-l).

    Noiseless n^(-2 a min(r,1)) for l > a, n^(-2 l min(r,1)) below; noise n^((l-a)/a) below, a plateau above;
    optimal n^(-2 a r'/(1 + 2 a r')), r' = min(r, 1).
    """
    kernel = {"N": None, "T": Power(1), "alpha": a - 1, "source": 1 + 2 * a * r}
    ridge, smooth = Power(1 - decay), min(r, 1)
    signal = loss(**kernel, gamma=ridge)
    assert rational(signal.exponent) == -2 * min(a, decay) * smooth
    noisy = loss(**kernel, gamma=ridge, noise=Power(0))
    assert rational(noisy.exponent) == max(-2 * min(a, decay) * smooth, (min(decay, a) - a) / a)
    best = loss(**kernel, gamma=OPTIMAL, noise=Power(0))
    assert rational(best.exponent) == -2 * a * smooth / (1 + 2 * a * smooth)


def defilippis_cases() -> list[tuple[Fraction, Fraction, Fraction, Fraction]]:
    rng = random.Random(4)
    draw = rng.randint
    return [
        (
            Fraction(draw(11, 40), 10),
            Fraction(draw(1, 29), 17),
            Fraction(draw(1, 40), 13),
            Fraction(2 * draw(1, 40), 37),
        )
        for _ in range(12)
    ]


@pytest.mark.parametrize(("a", "r", "decay", "q"), defilippis_cases())
def test_defilippis_rates(a: Fraction, r: Fraction, decay: Fraction, q: Fraction) -> None:
    """arXiv:2405.15699, features n^q, kappa ~ n^-l where the ridge limits: gamma = n^(1 + q - l).

    q = 1, the interpolation edge, is not in their formula. With m = min(l/a, q, 1):
    variance n^-(1-m), bias n^-min(2 a m min(r,1), (2 a min(r,1/2) - 1) m + q).
    """
    m = min(decay / a, q, Fraction(1))
    path = {"N": Power(q), "T": Power(1), "gamma": Power(1 + q - decay), "alpha": a - 1, "source": 1 + 2 * a * r}
    bias = -min(2 * a * m * min(r, 1), (2 * a * min(r, Fraction(1, 2)) - 1) * m + q)
    assert rational(loss(**path).exponent) == bias
    assert rational(loss(**path, noise=Power(0)).exponent) == max(bias, -(1 - m))


@pytest.mark.parametrize("a", [Fraction(3, 2), Fraction(2), Fraction(5, 2), Fraction(4), Fraction(7), Fraction(9)])
@pytest.mark.parametrize("b", [Fraction(3, 2), Fraction(3)])
def test_source_exponents_of_the_static_model(a: Fraction, b: Fraction) -> None:
    """lambda ~ k^-b, v ~ k^-a, ridgeless: T^-min(a-1, 2b) if samples limit, N^-min(a-1, b) if features do."""
    samples = loss(N=None, T=Power(1), alpha=b - 1, source=a)  # at N = T^3 the features' variance can lead
    features = loss(N=Power(1), T=None, alpha=b - 1, source=a)
    assert rational(samples.exponent) == -min(a - 1, 2 * b)
    assert rational(features.exponent) == -min(a - 1, b)
    assert (samples.log_power == 1) == (a - 1 == 2 * b)
    assert (features.log_power == 1) == (a - 1 == b)


def test_regularised_double_descent_peak() -> None:
    """N = T: a = b = sqrt(gamma/kappa), so the height falls as gamma^(-1/2)."""
    for power in (Fraction(-1), Fraction(-3)):
        law = loss(N=Power(1), T=Power(1), gamma=Power(power), alpha=1)
        assert rational(law.exponent) == -1 + (0 - power) / 2
        assert law.amplitude == sp.pi**3 / 32
