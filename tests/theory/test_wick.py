"""Moments of the Gram matrix by Wick pairings, against closed forms and against entries averaged one by one."""

import pytest
import sympy as sp

from theory.student import SIGMA_U, M, N, T
from theory.wick import gram_moment, pairings, trace_power

KS = (1, 2, 3)
L1, L2, L3 = map(trace_power, KS)
LAMBDA = sp.Symbol("lambda", positive=True)


@pytest.mark.parametrize("k", range(5))
def test_as_many_pairings_as_double_factorials(k: int) -> None:
    found = list(pairings(range(2 * k)))
    assert len(found) == sp.factorial2(2 * k - 1)
    assert len({frozenset(map(frozenset, pairs)) for pairs in found}) == len(found)
    assert all(sorted(sum(pairs, ())) == list(range(2 * k)) for pairs in found)


@pytest.mark.parametrize("k", KS)
def test_one_of_each_is_the_product_of_two_gaussians(k: int) -> None:
    """E (u x)^2k = ((2k - 1)!!)^2: 1, 9, 225."""
    ones = {N: 1, T: 1, M: 1, SIGMA_U: 1, **dict.fromkeys((L1, L2, L3), 1)}
    assert gram_moment(k).subs(ones) == sp.factorial2(2 * k - 1) ** 2


@pytest.mark.parametrize("k", KS)
def test_features_and_samples_play_the_same_role(k: int) -> None:
    """tr (phi phi^T)^k = tr (phi^T phi)^k, and u and x are Gaussian alike."""
    assert sp.expand(gram_moment(k) - gram_moment(k).subs({N: T, T: N}, simultaneous=True)) == 0


@pytest.mark.parametrize("k", KS)
def test_one_latent_direction(k: int) -> None:
    """phi = u x^T: E |u|^2k |x|^2k, and E |g|^2k = n (n + 2) ... (n + 2k - 2) in n dimensions (chi^2)."""
    powers = {trace_power(p): LAMBDA**p for p in KS}
    expected = sp.prod((N + 2 * i) * (T + 2 * i) * SIGMA_U**2 * LAMBDA for i in range(k))
    assert sp.expand(gram_moment(k).subs(powers).subs(M, 1) - expected) == 0


def test_one_feature_and_one_sample() -> None:
    """E (u . x)^6 = 15 E (u . Lambda u)^3, whose cumulants are 2^(n-1) (n - 1)! l_n (Isserlis)."""
    expected = 15 * (SIGMA_U**2 / M) ** 3 * (L1**3 + 6 * L1 * L2 + 8 * L3)
    assert sp.expand(gram_moment(3).subs({N: 1, T: 1}) - expected) == 0


@pytest.mark.parametrize(("n", "t", "m", "k"), [(2, 2, 2, 1), (2, 2, 2, 2), (2, 1, 2, 3), (1, 2, 2, 3), (2, 2, 1, 3)])
def test_entries_averaged_one_by_one(n: int, t: int, m: int, k: int) -> None:
    """The trace as a polynomial of its entries; each is an independent unit Gaussian, E g^2j = (2j - 1)!!.

    Columns of x are sqrt(lambda_i) g with eigenvalues 4 and 9, so that the roots are whole.
    """
    u, g = sp.Matrix(n, m, sp.symbols(f"u:{n * m}")), sp.Matrix(m, t, sp.symbols(f"g:{m * t}"))
    phi = u * sp.diag(*(2, 3)[:m]) * g
    polynomial = sp.Poly(((phi * phi.T) ** k).trace(), *u, *g)
    found = sum(c * sp.prod(gaussian_moment(power) for power in powers) for powers, c in polynomial.terms())
    traces = {trace_power(p): sum((4, 9)[i] ** p for i in range(m)) for p in KS}
    assert gram_moment(k).subs({N: n, T: t, SIGMA_U**2: M, **traces}) == found


def gaussian_moment(power: int) -> sp.Expr:
    return sp.factorial2(power - 1) if power % 2 == 0 else sp.S.Zero
