"""Products of eigenvalues: counting functions against enumeration, logarithms, low-rank terms, a small kernel."""

import itertools
import math

import numpy as np
import pytest
import sympy as sp

from numerics.dual_kernels import second_moments
from theory.errors import InvalidInput
from theory.hermite import S, coefficient
from theory.map_spectrum import MU, RANK, DegreeSpectrum, cycle_index, power_sum, weight, wick_weights


def _products_up_to(limit: int, degree: int) -> np.ndarray:
    """All i_1 ... i_p <= limit with i_1 <= ... <= i_p, sorted."""
    found = [(i, i) for i in range(1, limit + 1)]
    for _ in range(degree - 1):
        found = [(value * j, j) for value, last in found for j in range(last, limit // value + 1)]
    return np.sort(np.array([value for value, _ in found]))


@pytest.mark.parametrize("degree", [1, 2, 3, 4])
def test_counting_against_enumeration(degree: int) -> None:
    """Remainders of the divisor problems for p <= 4 are of order X^(1/2) at most, up to logarithms."""
    products = _products_up_to(3000, degree)
    count = DegreeSpectrum(sp.Integer(2), degree).count()
    for x in (300, 1000, 2999):
        steps = np.searchsorted(products, x, side="right")
        assert abs(steps - float(sp.N(count.subs(MU, sp.Rational(2, 2 * x + 1) ** 2)))) < math.sqrt(x)


def test_two_factors_are_dirichlets_divisor_problem() -> None:
    """Multisets: half of X ln X + (2 gamma - 1) X, and half of sqrt(X) for the squares."""
    a, x = sp.Symbol("a", positive=True), sp.Symbol("X", positive=True)
    count = DegreeSpectrum(a, 2).count().subs(MU, x**-a)
    known = (x * sp.log(x) + (2 * sp.EulerGamma - 1) * x + sp.sqrt(x)) / 2
    assert sp.simplify(sp.expand_log(count, force=True) - known) == -sp.Rational(1, 8)


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_leading_law_has_p_minus_1_logarithms(degree: int) -> None:
    a = sp.Symbol("a", positive=True)
    factor = sp.factorial(degree) * sp.factorial(degree - 1)
    known = (sp.log(RANK) ** (degree - 1) / (factor * RANK)) ** a
    numbers = {a: sp.Rational(7, 4), RANK: 1000}
    assert abs(sp.N((DegreeSpectrum(a, degree).eigenvalue() / known).subs(numbers), 20) - 1) < 1e-15


@pytest.mark.parametrize("degree", [2, 3])
def test_ranked_eigenvalues(degree: int) -> None:
    products = _products_up_to(3000, degree)
    spectrum = DegreeSpectrum(sp.Rational(3, 2), degree)
    for rank in (500, 5000):
        exact = float(products[rank - 1]) ** -1.5
        # plateaus of equal products and the divisor remainder: a few per cent of X, times a
        assert abs(float(spectrum.ranked(rank)) / exact - 1) < 0.05
    with pytest.raises(InvalidInput):
        spectrum.ranked(0)


def test_degrees_of_freedom_against_direct_sums() -> None:
    """Products up to 1/mu = X^2; the sum beyond from its own counting law, to leading order."""
    limit, kappa = 20_000, 1e-4
    spectrum = DegreeSpectrum(sp.Integer(2), 2)
    products = _products_up_to(limit, 2).astype(float)
    direct = float((1 / (1 + kappa * products**2)).sum())
    density = (math.log(limit) + 2 * float(sp.EulerGamma)) / 2  # of products at the limit
    beyond = (density + 0.5) / (kappa * limit)
    theory = float(sp.N(spectrum.degrees_of_freedom(2).expression(sp.Float(kappa, 30))))
    assert abs(direct + beyond - theory) < 1e-3 * theory


def test_cycle_index() -> None:
    z1, z2 = power_sum(1), power_sum(2)
    assert cycle_index(2) == (z1**2 + z2) / 2
    assert cycle_index(4).subs({power_sum(i): 1 for i in range(1, 5)}) == 1


@pytest.mark.parametrize("degree", range(7))
def test_wick_weights_count_all_pairings(degree: int) -> None:
    """With one direction every pairing gives the same: E u^2p = (2p - 1)!!."""
    assert sum(wick_weights(degree).values()) == math.prod(range(1, 2 * degree, 2))
    assert wick_weights(degree)[0] == math.factorial(degree)


def test_second_degree_is_products_and_one_rank() -> None:
    """E u^2 (x) u^2 on the symmetric tensors: 2 lambda_I lambda_J, and lambda lambda^T beside it (w_0 = 2, w_1 = 1)."""
    lam = np.array([1.0, 0.5, 0.2])
    pairs = list(itertools.combinations_with_replacement(range(3), 2))

    def moment(index: tuple[int, ...]) -> float:
        """E of a product of independent standard normals: double factorials of even powers."""
        powers = [index.count(i) for i in set(index)]
        return float(math.prod(math.prod(range(1, power, 2)) if power % 2 == 0 else 0 for power in powers))

    norm = [math.sqrt(2 if i != j else 1) for i, j in pairs]
    whole = np.array([[norm[a] * norm[b] * moment((*p, *q)) * math.sqrt(np.prod(lam[[*p, *q]]))
                       for b, q in enumerate(pairs)] for a, p in enumerate(pairs)])  # fmt: skip
    weights = wick_weights(2)
    diagonal = np.array([weights[0] * lam[i] * lam[j] for i, j in pairs])
    trace = np.array([lam[i] if i == j else 0.0 for i, j in pairs])
    assert np.allclose(whole, np.diag(diagonal) + weights[1] * np.outer(trace, trace), rtol=1e-13)
    # Weyl: one positive rank moves every eigenvalue up, at most to the next
    above, products = np.sort(np.linalg.eigvalsh(whole))[::-1], np.sort(diagonal)[::-1]
    assert (above >= products - 1e-14).all()
    assert (above[1:] <= products[:-1] + 1e-14).all()


def test_a_small_kernel_has_this_spectrum() -> None:
    """E_x f(u x) f(u' x) on functions of u, by a product of Gauss-Hermite rules, M = 3, GELU, small s.

    c_1^2/s and c_2^2/s^2 then are constant up to O(s): degrees 1 and mixed pairs of degree 2 must be the products.
    """
    lam, s = np.array([1.0, 0.6, 0.3]), 1e-4
    nodes, weights = np.polynomial.hermite_e.hermegauss(7)
    grid = np.array(list(itertools.product(nodes, repeat=3))) * math.sqrt(s / lam.sum())
    root = np.sqrt(np.prod(list(itertools.product(weights / weights.sum(), repeat=3)), axis=1))
    kernel = second_moments("gelu", (grid * lam) @ grid.T) * np.outer(root, root)
    found = np.sort(np.linalg.eigvalsh(kernel))[::-1]
    numbers = {S: sp.Rational(1, 10**4)}
    one, two = (float(weight("gelu", p, sp.Rational(19, 10)).subs(numbers)) for p in (1, 2))
    assert np.allclose(found[:3], one * lam, rtol=20 * s)
    for i, j in itertools.combinations(range(3), 2):
        assert np.min(np.abs(found / (two * lam[i] * lam[j]) - 1)) < 20 * s
    assert float(coefficient("gelu", 2).subs(numbers)) ** 2 < s * s
