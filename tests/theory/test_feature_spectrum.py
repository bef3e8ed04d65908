"""The features' spectrum: its laws against the exact planar equation, followed along its real axis."""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from mpmath import mp, mpf

from numerics.power_sums import PowerSum
from theory.continuum import ALPHA, LAMBDA_PLUS, c_alpha
from theory.feature_spectrum import RANK, bulk_correction, bulk_law, edge_df1, hard_edges, lower_edge
from theory.local_series import KAPPA_0, SpectralSum
from theory.student import SIGMA_U, M, N, T

UNIT = {SIGMA_U: 1, LAMBDA_PLUS: 1}


def test_the_spectrum_reappears() -> None:
    """MRS: the power law 1 + alpha of the data is that of the features up to min(N, T)."""
    assert sp.simplify(bulk_law() - N * T * LAMBDA_PLUS * SIGMA_U**2 / M * RANK ** -(1 + ALPHA)) == 0
    assert sp.simplify(sp.diff(sp.log(bulk_law()), RANK) * RANK + 1 + ALPHA) == 0


def test_lower_edge_of_many_samples() -> None:
    """T -> infinity: x/T tends to max kappa (D - N), (alpha/(1+alpha))^(1+alpha)/alpha c_alpha N^-alpha."""
    for alpha in (sp.Rational(1, 2), sp.Integer(1), sp.Integer(3)):
        at = {ALPHA: alpha, N: 1, M: 1, **UNIT}
        value = sp.N(lower_edge().subs(at).subs(T, 10**12) / 10**12)
        expected = sp.N((c_alpha() * (ALPHA / (1 + ALPHA)) ** (1 + ALPHA) / ALPHA).subs(ALPHA, alpha))
        assert abs(value / expected - 1) < 1e-10
        assert abs(sp.N(edge_df1().subs(at).subs(T, 10**12)) - (1 + alpha) / alpha) < 1e-10


@pytest.mark.parametrize("alpha", [Fraction(1, 2), Fraction(1), Fraction(3)])
@pytest.mark.parametrize("ratio", [Fraction(5, 4), Fraction(3), Fraction(50)])
def test_lower_edge_of_the_exact_equation(alpha: Fraction, ratio: Fraction) -> None:
    """The maximum of kappa (D - N)(T - D) between 0 and kappa_0, with exact sums: off by O(1/N)."""
    off = []
    for size in (10**2, 10**4):
        samples = int(ratio * size)
        with mp.workdps(20):
            sums = PowerSum(1 + alpha, 10**40)

            def height(log_kappa: mpf, n: int = size, t: int = samples, d: PowerSum = sums) -> mpf:
                df1 = d(mp.exp(log_kappa), 1, 0)
                return mp.exp(log_kappa) * (df1 - n) * (t - df1)

            df1 = edge_df1().subs({ALPHA: sp.Rational(alpha), N: size, T: samples})
            middle = mp.log(mpf(float(c_alpha().subs(ALPHA, sp.Rational(alpha))))) - (
                1 + alpha.numerator / mpf(alpha.denominator)
            ) * mp.log(mpf(float(df1)))
            low, high = middle - mpf("0.3"), middle + mpf("0.3")
            for _ in range(36):  # golden section would do no better: x is flat here
                third = (high - low) / 3
                low, high = (low + third, high) if height(low + third) < height(high - third) else (low, high - third)
            expected = lower_edge().subs({ALPHA: sp.Rational(alpha), N: size, T: samples, M: 1, **UNIT})
            off.append(abs(height(low) / mpf(sp.N(expected, 25)) - 1))
    assert off[0] / 1000 < off[1] < off[0] / 10**1.5  # between the orders 3/4 and 3/2: first order, not another


def test_correction_of_the_bulk() -> None:
    """alpha = 1: the modes above and below r balance; alpha > 1 pushes down, alpha < 1 up; symmetric in N and T."""
    correction = bulk_correction()
    assert correction.subs(ALPHA, 1) == 0
    assert sp.simplify(correction.subs({N: T, T: N}, simultaneous=True) - correction) == 0
    size = {N: 1000, T: 1000, RANK: 10}
    assert correction.subs(ALPHA, 3).subs(size) < 0 < correction.subs(ALPHA, sp.Rational(1, 2)).subs(size)


@pytest.mark.parametrize("alpha", [Fraction(1, 2), Fraction(2)])
def test_correction_is_a_principal_value(alpha: Fraction) -> None:
    """sum over I != r of f(I) = 1/(1 - (I/r)^s), the tail as an integral.

    Against the continuum it lacks f(0)/2 at the lower end, and at I = r the regular part of f, (s - 1)/2s; the
    rest is O(1/r).
    """
    rank, power, last = 1000, float(alpha), 4_000_000
    index = np.arange(1.0, last)
    beside = (index / rank) ** -(1 + power)
    total = (beside / np.where(index == rank, np.inf, beside - 1)).sum() - rank * (last / rank) ** -power / power
    expected = bulk_correction().subs({ALPHA: sp.Rational(alpha), N: 2, T: 2, RANK: rank})
    missing = sp.Rational(1, 2) + (sp.Rational(alpha)) / (2 * (1 + sp.Rational(alpha)))
    assert -total == pytest.approx(float(expected + missing), abs=(1 + power) / rank)


def test_hard_edges() -> None:
    """Density sqrt(M/(sigma_u^2 kappa_0 x))/pi at N = T; the cube root's law at N = T = M."""
    square, features, samples, cubic = hard_edges()
    assert [edge.exponent for edge in hard_edges()] == [-sp.Rational(1, 2)] * 3 + [-sp.Rational(2, 3)]
    assert sp.simplify(square.amplitude - sp.sqrt(M / KAPPA_0) / (sp.pi * SIGMA_U)) == 0
    inverse = SpectralSum(-1)
    assert sp.simplify(features.amplitude**2 - M * inverse / (sp.pi**2 * SIGMA_U**2 * (T - M))) == 0
    assert sp.simplify(samples.amplitude**2 - M * inverse / (sp.pi**2 * SIGMA_U**2 * (N - M))) == 0
    assert sp.simplify(cubic.amplitude**3 - (sp.sqrt(3) / (2 * sp.pi)) ** 3 * M * inverse / SIGMA_U**2) == 0
