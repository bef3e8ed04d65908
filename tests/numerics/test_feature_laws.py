"""The derived laws of the features' spectrum against the density that the resolvent gives."""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from numerics.density import FeatureEigenvalues
from theory.continuum import ALPHA, LAMBDA_PLUS
from theory.feature_spectrum import RANK, bulk_correction, bulk_law, hard_edges, lower_edge
from theory.local_series import KAPPA_0, SpectralSum
from theory.model import Model
from theory.student import SIGMA_U, M, N, T


def at(expression: sp.Expr, model: Model, **more: float) -> float:
    values = {N: model.N, T: model.T, M: model.M, ALPHA: sp.Rational(model.spectrum.alpha), SIGMA_U: 1, LAMBDA_PLUS: 1}
    return float(expression.subs(values).subs({sp.Symbol(k, positive=True): v for k, v in more.items()}))


@pytest.mark.parametrize("alpha", [Fraction(1, 2), Fraction(1), Fraction(2)])
def test_the_power_law_and_its_first_correction(alpha: Fraction) -> None:
    """x_r of rank r << N, T; what the correction leaves is of second order, (r/N)^2, and the lattice's 1/N."""
    model = Model.power_law(alpha, 10**6, 4000, 10_000)
    ranks = np.array([15, 30, 60])
    found = FeatureEigenvalues(model).at_ranks(ranks)
    law = np.array([at(bulk_law().subs(RANK, int(r)), model) for r in ranks])
    correction = np.array([at(bulk_correction().subs(RANK, int(r)), model) for r in ranks])
    assert np.all(np.abs(found / law - 1 - correction) < 20 * (ranks / 4000) ** 2 + 5 / 4000)
    if alpha != 1:
        assert np.all(np.abs(found / law - 1) > np.abs(correction) / 2)


@pytest.mark.parametrize("alpha", [Fraction(1, 2), Fraction(1), Fraction(2)])
@pytest.mark.parametrize(("features", "samples"), [(1000, 4000), (4000, 1000), (3000, 3600)])
def test_the_kink_at_the_smaller_size(alpha: Fraction, features: int, samples: int) -> None:
    """The last eigenvalue's edge: the continuum's, off by O(1/N) and by (N/M)^alpha."""
    model = Model.power_law(alpha, 10**12, features, samples)
    edge = FeatureEigenvalues(model).edges[-1]
    least, most = sorted((features, samples))
    expected = at(lower_edge(), model.with_(N=least, T=most))
    assert edge.lower
    assert edge.above == least
    assert edge.x == pytest.approx(expected, rel=6 / (most - least) + 6 * (least / 10**12) ** float(alpha))


HARD = {"N=T<M": (50, 50, 400), "N=M<T": (60, 90, 60), "T=M<N": (90, 60, 60), "N=T=M": (60, 60, 60)}


@pytest.mark.parametrize("order", HARD)
def test_hard_edges(order: str) -> None:
    """Density near 0: amplitude x^exponent, corrections of order sqrt(x) or x^(1/3) in units of the smallest mode."""
    n, t, m = HARD[order]
    model = Model.power_law(1, m, n, t)
    (edge,) = (edge for edge in hard_edges() if edge.order == order)
    spectrum = FeatureEigenvalues(model)
    off = []
    for x in (1e-12, 1e-15):
        amplitude = edge.amplitude.subs(SpectralSum(-1), sum(i**2 for i in range(1, m + 1)))
        if edge.amplitude.has(KAPPA_0):
            from numerics.evaluate import evaluate

            amplitude = amplitude.subs(KAPPA_0, evaluate(model.with_(gamma=0)).kappa)
        expected = at(amplitude, model) * x ** float(edge.exponent)
        off.append(abs(float(spectrum.at(np.array([x])).density[0]) * n / expected - 1))
    power = 1 / 3 if order == "N=T=M" else 1 / 2
    assert off[1] < 0.02
    assert off[1] < off[0] * 10 ** (-3 * power) * 1.5
