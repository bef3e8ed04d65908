"""The derived laws of the features' spectrum against the density that the resolvent gives."""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from numerics.density import FeatureEigenvalues
from theory.continuum import ALPHA, LAMBDA_PLUS, c_alpha
from theory.feature_spectrum import RANK, bulk_correction, bulk_law, edge_df1, hard_edges, lower_edge
from theory.local_series import KAPPA_0, SpectralSum
from theory.model import Model
from theory.student import SIGMA_U, M, N, T


def at(expression: sp.Expr, model: Model) -> float:
    values = {N: model.N, T: model.T, M: model.M, ALPHA: sp.Rational(model.spectrum.alpha), SIGMA_U: 1, LAMBDA_PLUS: 1}
    return float(expression.subs(values))


@pytest.mark.parametrize(
    "alpha",
    [
        pytest.param(Fraction(1, 2), marks=pytest.mark.audit),
        Fraction(1),
        pytest.param(Fraction(2), marks=pytest.mark.audit),
    ],
)
def test_the_power_law_and_its_first_correction(alpha: Fraction) -> None:
    """x_r with r ~ sqrt(N): the correction is O(N^-1/2), what it leaves O(1/N).

    So 16 times the sizes divide the rest by 16, and by 4 only if the correction were wrong or missing; 8 lies between.
    """
    rest = []
    for features, rank in ((1000, 8), (16_000, 32)):
        model = Model.power_law(alpha, 10**12, features, 5 * features // 2)
        law, correction = (at(form.subs(RANK, rank), model) for form in (bulk_law(), bulk_correction()))
        rest.append(float(FeatureEigenvalues(model).at_ranks(np.array([rank]))[0]) / law - 1 - correction)
    assert abs(rest[0]) > 8 * abs(rest[1])


@pytest.mark.parametrize("alpha", [Fraction(1, 2), Fraction(1), Fraction(2)])
@pytest.mark.parametrize(("features", "samples"), [(1000, 4000), (4000, 1000), (3000, 3600)])
def test_the_kink_at_the_smaller_size(alpha: Fraction, features: int, samples: int) -> None:
    """The last eigenvalue's edge is the continuum's at N + 1/2, T + 1/2: D is the continuum's less 1/2.

    D's further terms are zeta(-s) kappa and the tail M^-alpha/(alpha kappa); x being stationary, they move ln x by
    themselves times 1/(D - N) - 1/(T - D). The bound has the sum of the two, twice over for the higher orders.
    """
    model = Model.power_law(alpha, 10**18, features, samples)
    edge = FeatureEigenvalues(model).edges[-1]
    least, most = (size + Fraction(1, 2) for size in sorted((features, samples)))
    sizes = {N: sp.Rational(least), T: sp.Rational(most), ALPHA: sp.Rational(alpha)}
    expected = float(lower_edge().subs(sizes).subs({M: model.M, SIGMA_U: 1, LAMBDA_PLUS: 1}))
    df1 = float(edge_df1().subs(sizes))
    power = float(alpha)
    kappa = float(c_alpha().subs(sizes)) * df1 ** -(1 + power)
    terms = abs(float(sp.zeta(-1 - sp.Rational(alpha)))) * kappa + 1e18**-power / (power * kappa)
    bound = 2 * terms * (1 / (df1 - float(least)) + 1 / (float(most) - df1))
    assert edge.lower
    assert edge.above == min(features, samples)
    assert abs(edge.x / expected - 1) < bound + 1e-11  # rounding of a double root


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
    # x falls by 10^3: what is left falls as x^power, and slower than half of that in the logarithm only if it is wrong
    assert off[1] < off[0] * 10 ** (-3 * power / 2)
