"""Short weighted lists against direct sums in long double."""

import numpy as np
import pytest

from numerics.compress import compress, gauss_sum_rule, integer_rule
from numerics.table import MOMENTS, moments
from theory import Eigenvalues, Model

LIST_ROUNDING = 100 * np.finfo(float).eps  # interpolation weights have both signs (Lebesgue constant about 3)
ROUNDING = 40 * np.finfo(float).eps  # exponent alpha = 10 multiplies the rounding of ln(rank) by 11


def direct(lam: np.ndarray, power: np.ndarray, log_kappa: np.ndarray) -> np.ndarray:
    """The moments by summation over all eigenvalues, in long double."""
    ratio = np.exp(log_kappa[:, None].astype(np.longdouble)) / lam
    p, rest = 1 / (1 + ratio), ratio / (1 + ratio)
    terms = {"df1": p, "df2": p * p, "spread": p * rest, "complement": rest}
    sums = {name: term.sum(axis=1) for name, term in terms.items()}
    sums |= {"bias_sum": (rest * rest) @ power, "cross_sum": (p * rest) @ power}
    return np.array([sums[name] for name in MOMENTS])


def compared(model: Model, lam: np.ndarray, power: np.ndarray) -> float:
    """Largest relative error over kappa from far below to far above the spectrum."""
    log_kappa = np.linspace(float(np.log(lam[-1])) - 6, float(np.log(lam[0])) + 6, 25)
    quadrature = compress(model)
    found = moments(quadrature, log_kappa).astype(np.longdouble)
    found[4:] *= np.exp(np.longdouble(quadrature.log_power_unit))
    return float(np.max(np.abs(found / direct(lam, power, log_kappa) - 1)))


LAWS = [(a, m) for a in ("0.01", "0.5", "1", "3", "10", "40") for m in (1, 2, 33, 70, 5000, 60_000)]


@pytest.mark.parametrize(("alpha", "count"), LAWS[:-1])  # the last leaves the doubles of the direct sum
def test_power_law(alpha: str, count: int) -> None:
    rank = np.arange(1, count + 1, dtype=np.longdouble)
    lam, power = rank ** -(1 + np.longdouble(alpha)), rank ** -np.longdouble("1.3") / count
    model = Model.power_law(alpha, count, 1, 1, source="1.3")
    assert compared(model, lam, power) < ROUNDING * (1 + float(alpha) / 10)


@pytest.mark.parametrize(
    "values",
    [
        np.ones(5000),
        np.concatenate([np.full(300, 2.0), np.full(3000, 1e-9)]),
        np.random.default_rng(0).lognormal(0, 4, 20_000),
        np.random.default_rng(1).uniform(0.999, 1.001, 4000),
        [3.0],
    ],
    ids=["white", "gap", "lognormal", "cluster", "single"],
)
@pytest.mark.parametrize("source", [None, "1.3"])
def test_lists(values: np.ndarray, source: str | None) -> None:
    spectrum = Eigenvalues(values)
    lam = spectrum.values.astype(np.longdouble)
    rank = np.arange(1, lam.size + 1, dtype=np.longdouble)
    power = lam / lam.size if source is None else lam[0] * rank ** -np.longdouble(source) / lam.size
    assert compared(Model(spectrum, 1, 1, source=source), lam, power) < LIST_ROUNDING


@pytest.mark.parametrize(("length", "order"), [(40, 12), (1000, 25), (10**17, 25)])
def test_gauss_rule_is_exact_for_polynomials_and_positive(length: int, order: int) -> None:
    nodes, weights = gauss_sum_rule(length, order)
    assert np.all(weights > 0)
    assert np.all((nodes > 0) & (nodes < length - 1))
    # sum of (2 i / (L - 1) - 1)^d over i, by the exact sums of d = 0, 2; odd powers vanish
    t = 2 * nodes / (length - 1) - 1
    assert weights.sum() == pytest.approx(length, rel=1e-14)
    assert weights @ t**2 == pytest.approx(length * (length + 1) / (3 * (length - 1)), rel=1e-13)
    assert abs(weights @ t**7) < 1e-13 * length


def test_cost_grows_with_the_logarithm_of_the_length() -> None:
    sizes = [integer_rule(10**k, np.pi / 2)[0].size for k in (6, 9, 12, 15, 18)]
    steps = np.diff(sizes)
    assert sizes[-1] < 1000
    assert np.ptp(steps) <= 25  # equal steps for equal factors, up to one block
