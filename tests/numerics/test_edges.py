"""Edges: against all critical points at high precision, proved balls, planted wrong edges, excluded intervals."""

from dataclasses import replace

import numpy as np
import pytest
from flint import ctx
from mpmath import mp, mpf

from numerics.edge_enclosure import enclose, enclose_edges
from numerics.edges import candidates, find_edges
from numerics.resolvent import Resolvent
from theory.errors import InvalidInput, NotConverged
from theory.model import Model
from theory.spectrum import Eigenvalues


def critical_values(lam: list[float], n: int, t: int) -> list[mpf]:
    """Real critical values of p (N - D)(T - D), from the polynomial's roots at 80 digits (few eigenvalues only)."""

    def times(a: list[mpf], b: list[mpf]) -> list[mpf]:
        out = [mpf(0)] * (len(a) + len(b) - 1)
        for i, u in enumerate(a):
            for j, v in enumerate(b):
                out[i + j] += u * v
        return out

    def derivative(a: list[mpf]) -> list[mpf]:
        return [k * a[k] for k in range(1, len(a))]

    def add(a: list[mpf], b: list[mpf], sign: int) -> list[mpf]:
        size = max(len(a), len(b))
        return [(a[k] if k < len(a) else 0) + sign * (b[k] if k < len(b) else 0) for k in range(size)]

    bottom, top = [mpf(1)], [mpf(0)]  # D = top / bottom
    for value in map(mpf, lam):
        top = add(times(top, [value, mpf(-1)]), [value * c for c in bottom], 1)
        bottom = times(bottom, [value, mpf(-1)])
    first, second = (add([size * c for c in bottom], top, -1) for size in (n, t))
    up, down = times([mpf(0), mpf(1)], times(first, second)), times(bottom, bottom)
    numerator = add(times(derivative(up), down), times(up, derivative(down)), -1)
    while abs(numerator[-1]) < mpf(10) ** -60:
        numerator.pop()
    roots = mp.polyroots(numerator[::-1], maxsteps=2000, extraprec=800)
    real = [mp.re(r) for r in roots if abs(mp.im(r)) < mpf(10) ** -40]
    horner = lambda c, p: mp.polyval(c[::-1], p)  # noqa: E731
    return [horner(up, p) / horner(down, p) for p in real if abs(horner(down, p)) > mpf(10) ** -40]


@pytest.mark.parametrize(("n", "t"), [(2, 3), (40, 60), (400, 600), (3, 1000)])
def test_edges_are_critical_values_of_the_polynomial(n: int, t: int) -> None:
    lam = [1.0, 0.5, 0.375, 0.03125]
    with mp.workdps(80):
        known = [value / len(lam) for value in critical_values(lam, n, t)]
        for ball in enclose_edges(Model(Eigenvalues(lam), n, t), 25):
            assert min(abs(mpf(ball.middle) - value) for value in known) <= mpf(ball.radius)
            assert mpf(ball.radius) < mpf(10) ** -25 * mpf(ball.middle)


def test_bulks_separate_as_samples_grow() -> None:
    lam = [1.0, 0.5, 0.375, 0.03125]
    counts = [len(find_edges(Resolvent(Model(Eigenvalues(lam), n, 2 * n)))) // 2 for n in (2, 40, 400, 10**4)]
    assert counts == sorted(counts)
    assert counts[-1] == 4
    assert counts[0] == 1


@pytest.mark.parametrize(
    "model",
    [
        Model.power_law(1, 10**6, 1000, 3000), Model.power_law("0.1", 3000, 500, 200),
        Model.power_law(10, 30, 200, 300), Model.power_law(1, 10**18, 100, 10**6),
        Model.power_law("7/3", 5, 10**6, 10**9),
    ],
    ids=repr,
)  # fmt: skip
def test_balls_hold_the_double_edges_at_any_size(model: Model) -> None:
    edges = find_edges(Resolvent(model))
    for edge in edges:
        ball = enclose(model, edge, 20)
        assert float(ball.radius) < 1e-20 * float(ball.middle)
        assert edge.x == pytest.approx(float(ball.middle), rel=1e-11)
        again = enclose(model, edge, 40)
        assert abs(mpf(ball.middle) - mpf(again.middle)) <= mpf(ball.radius) + mpf(again.radius)


def test_planted_wrong_edges_are_refused() -> None:
    model = Model.power_law(1, 1000, 100, 200)
    edge = find_edges(Resolvent(model))[2]
    enclose(model, edge)
    precision = ctx.prec
    for wrong in (replace(edge, p=edge.p * 1.01), replace(edge, x=edge.x * 1.001), replace(edge, p=0.3)):
        with pytest.raises(NotConverged):
            enclose(model, wrong)
    assert ctx.prec == precision


@pytest.mark.parametrize(
    ("sizes", "order"), [((50, 20, 20), 2), ((20, 20, 50), 2), ((20, 50, 20), 2), ((20, 20, 20), 3), ((20, 50, 60), 0)]
)
def test_the_support_reaches_zero_when_the_least_size_is_shared(sizes: tuple[int, int, int], order: int) -> None:
    m, n, t = sizes
    last = find_edges(Resolvent(Model.power_law(1, m, n, t)))[-1]
    assert (last.order, last.x == 0) == (order, order > 0)


def test_excluded_intervals_have_no_gap() -> None:
    """Where the bound closes an interval the support is found to go on: a root of density > 0 at its count."""
    rng = np.random.default_rng(3)
    spectrum = Eigenvalues(np.sort(rng.exponential(size=200)))
    resolvent = Resolvent(Model(spectrum, 900, 1500))
    _, _, kept = candidates(resolvent)
    excluded = np.setdiff1d(np.arange(1.0, 200), kept)
    assert excluded.size > 100
    start = spectrum.values[excluded.astype(int) - 1] / spectrum.values[0] * (1 + 0.05j)
    _, p, good = resolvent.at_count(excluded, start)
    assert good.mean() > 0.9
    assert np.all(resolvent.sums.moments(p[good])[0].imag > 1)


def test_too_many_bulks_are_refused() -> None:
    with pytest.raises(InvalidInput, match="fewer separate bulks"):
        find_edges(Resolvent(Model.power_law(1, 10**18, 10**12, 10**12)))
