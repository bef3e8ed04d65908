"""The physical root at complex ridge: closed forms, moments by enumeration, doubles against mpmath, refusals."""

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from mpmath import mp, mpf

from numerics.pole_sums import PoleSums
from numerics.resolvent import Resolvent
from numerics.resolvent_mp import solve_mp
from theory.errors import InvalidInput, NotConverged
from theory.model import Model
from theory.spectrum import Eigenvalues, PowerLaw

Partition = list[list[int]]


def random_list(count: int, seed: int = 0) -> Eigenvalues:
    return Eigenvalues(np.exp(np.random.default_rng(seed).uniform(-4, 0, count)))


# Sums near the poles -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spectrum", [PowerLaw(1, 50_000), PowerLaw("0.1", 3000), PowerLaw(10, 2000), random_list(4000)], ids=repr
)
def test_sums_match_direct_ones_however_near_the_pole(spectrum: PowerLaw | Eigenvalues) -> None:
    sums, rng = PoleSums(spectrum), np.random.default_rng(1)
    if isinstance(spectrum, PowerLaw):
        lam = np.arange(1.0, spectrum.M + 1) ** -float(spectrum.exponent)
    else:
        lam = spectrum.values / spectrum.values[0]
    offset = rng.choice([1, 0.1, 1e-3, 1e-6], 60) * (rng.normal(size=60) + 1j * abs(rng.normal(size=60)))
    p = rng.choice(lam, 60) * (1 + offset)
    d, e = sums.moments(p)
    size_d, size_e = sums.sizes(p)
    ratio = p[:, None] / lam
    assert np.all(abs(d - (1 / (1 - ratio)).sum(axis=1)) < 1e-15 * size_d)
    assert np.all(abs(e - (ratio / (1 - ratio) ** 2).sum(axis=1)) < 1e-15 * size_e)
    assert np.all(abs(sums.angles(p) - np.angle(1 - 1 / ratio).sum(axis=1)) < 2e-15 * (size_d + lam.size))


# Closed forms --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("m", "n", "t"), [(300, 100, 200), (100, 300, 200), (50, 50, 90), (40, 40, 40), (500, 60, 60)])
def test_white_spectrum_solves_the_cubic_of_two_wisharts(m: int, n: int, t: int) -> None:
    """D = M/(1 - p): y (1 - p)^2 = p (N(1-p) - M)(T(1-p) - M), its one root in the upper half plane."""
    resolvent = Resolvent(Model(Eigenvalues([2.0] * m), n, t))
    one = np.poly1d([-1, 1])
    for y in np.geomspace(0.2, 1.5, 7) * n * t:
        cubic = np.poly1d([y]) * one * one - np.poly1d([1, 0]) * (n * one - m) * (t * one - m)
        above = [root for root in cubic.roots if root.imag > 1e-7]
        if not above:
            with pytest.raises(NotConverged):
                resolvent.solve(np.array([math.log(y)]))
            continue
        (root,) = above
        found = resolvent.solve(np.array([math.log(y)]))
        assert abs(found.p[0] - root) < 1e-10 * abs(root)


def test_many_samples_give_marchenko_pastur() -> None:
    """phi phi^T/T -> u u^T (N x M, variance 1/M) up to O(N/T), here 1e-10."""
    m, n, t = 300, 100, 10**12
    resolvent = Resolvent(Model(Eigenvalues([1.0] * m), n, t))
    ratio = n / m
    low, high = (1 - math.sqrt(ratio)) ** 2, (1 + math.sqrt(ratio)) ** 2
    x = np.linspace(low, high, 22)[2:-2]
    roots = resolvent.solve(np.log(x * t) - resolvent.log_scale)
    expected = np.sqrt((high - x) * (x - low)) / (2 * math.pi * ratio * x)
    assert roots.d.imag / (math.pi * x * n) == pytest.approx(expected, rel=1e-8)


# Moments: the planar ones by enumerating non-crossing partitions ------------------------------------


def partitions(k: int) -> list[Partition]:
    if k == 0:
        return [[]]
    out = []
    for smaller in partitions(k - 1):
        out.append([*smaller, [k - 1]])
        out += [[[*b, k - 1] if b is block else b for b in smaller] for block in smaller]
    return out


def kreweras(blocks: Partition, k: int) -> Partition | None:
    """The complement pi^{-1} c of a non-crossing partition; None if it crosses (genus > 0)."""
    back = {}
    for block in blocks:
        for a, b in pairwise([*block, block[0]]):
            back[b] = a
    left, cycles = set(range(k)), []
    while left:
        start = here = min(left)
        cycle = []
        while here in left:
            left.remove(here)
            cycle.append(here)
            here = back[(here + 1) % k]
        assert here == start
        cycles.append(cycle)
    return cycles if len(blocks) + len(cycles) == k + 1 else None


def free_product(cumulant: list[Fraction], moment: list[Fraction]) -> list[Fraction]:
    """m_k(ab) = sum over pi in NC(k) of kappa_pi[a] m_{K(pi)}[b] (Nica, Speicher); index 0 unused."""
    out = [Fraction(1)]
    for k in range(1, len(moment)):
        total = Fraction(0)
        for blocks in partitions(k):
            dual = kreweras(blocks, k)
            if dual is not None:
                total += math.prod(cumulant[len(b)] for b in blocks) * math.prod(moment[len(c)] for c in dual)
        out.append(total)
    return out


@pytest.mark.parametrize(("n", "t"), [(3, 4), (7, 2), (5, 5)])
def test_moments_to_30_digits(n: int, t: int) -> None:
    lam, orders = [1, Fraction(1, 2), Fraction(1, 2), Fraction(1, 4), Fraction(1, 16)], 6
    m = len(lam)
    latent = [Fraction(sum(value**k for value in lam)) / m for k in range(orders)]
    data = free_product([Fraction(t) * Fraction(m) ** (k - 1) for k in range(orders)], latent)  # x x^T
    planar = [value * m / n for value in free_product([Fraction(n, m)] * orders, data)]  # u^T u: rate N/M, jump 1
    model = Model(Eigenvalues([float(value) for value in lam]), n, t)
    resolvent, points, radius = Resolvent(model), 120, 4.0 * n * t
    with mp.workdps(45):
        sums = [mpf(0)] * orders
        for j in range(points // 2):
            zeta = radius * mp.expjpi(mpf(2 * j + 1) / points)
            start = resolvent.solve(np.log(np.array([complex(zeta)])) - resolvent.log_scale).p[0]
            d = solve_mp(model, zeta, complex(start), 38).d
            g = (n - d) / (-zeta * n)
            for k in range(1, orders):
                sums[k] -= 2 * mp.re(zeta ** (k + 1) * g) / points
        for k in range(1, orders):
            exact = mpf(planar[k].numerator) / planar[k].denominator
            assert abs(sums[k] / exact - 1) < mpf(10) ** -30


# Doubles against mpmath ----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [3, 10, 50, 100, 1000])
def test_doubles_agree_with_mpmath(count: int) -> None:
    n, t = max(2, count // 3), max(3, count // 2)
    model = Model(random_list(count), n, t)
    resolvent = Resolvent(model)
    target = np.array([0.7, 0.3]) * min(n, t, count)
    log_y = np.log(np.geomspace(1e-3, 1.0, 40) * resolvent.sums.trace * max(n, t))
    roots = resolvent.solve(log_y, strict=False)
    fine = np.isfinite(roots.error)
    assert fine.sum() > 4
    above = resolvent.count(roots)
    assert np.all(np.diff(above[fine]) < 0)
    for k in {int(np.argmin(abs(np.where(fine, above, 1e9) - value))) for value in target}:
        x = math.exp(log_y[k] + resolvent.log_scale)
        root = solve_mp(model, x, complex(roots.p[k]))
        scale = math.log(x) - resolvent.log_scale - log_y[k]  # what rounding did to x
        change = abs(scale) * abs(roots.e[k] / roots.slope[k])
        assert abs(float(root.d.imag) - roots.d.imag[k]) <= roots.error[k] + change + 1e-15 * abs(roots.d[k])
        assert roots.error[k] < 1e-10 * roots.d.imag[k]
        assert float(root.above) == pytest.approx(above[k], abs=1e-9)


def test_transform_has_the_sign_and_the_limits_of_a_stieltjes_transform() -> None:
    model = Model.power_law(1, 500, 40, 70)
    zeta = np.geomspace(1e-3, 1e8, 12) * np.exp(1j * np.linspace(0.3, 2.9, 12))
    g = Resolvent(model).transform(zeta)
    assert np.all(g.imag > 0)
    assert abs(-zeta[-1] * g[-1] - 1) < 1e-6
    dual = Resolvent(model.with_(N=70, T=40)).transform(zeta)
    assert 40 * g - 70 * dual == pytest.approx(30 / zeta, rel=1e-6, abs=1e-9)  # tr q - tr Q


@pytest.mark.parametrize("x", [1e-9, 10.0, 1e3])
def test_outside_the_support_nothing_is_verified(x: float) -> None:
    resolvent = Resolvent(Model.power_law(1, 1000, 100, 200))
    with pytest.raises(NotConverged, match="outside the support"):
        resolvent.solve(np.log([x]) - resolvent.log_scale)


def test_refusals() -> None:
    with pytest.raises(InvalidInput, match="N = 'inf'"):
        Resolvent(Model.power_law(1, 10, math.inf, 5))
    with pytest.raises(InvalidInput, match="280 decades"):
        Resolvent(Model.power_law(90, 10**6, 3, 5))
    with pytest.raises(InvalidInput, match="Im zeta > 0"):
        Resolvent(Model.power_law(1, 10, 3, 5)).transform(np.array([1 - 1j]))
    with pytest.raises(NotConverged, match="no physical root"):
        solve_mp(Model.power_law(1, 10, 3, 5), 1e6, 0.5 + 0.1j)
