"""Nested draws: the same laws as single ones, fewer Gram matrices, errors that hang together."""

import numpy as np
import pytest

from numerics import evaluate, simulate
from numerics.simulation import sides, simulate_nested
from theory import InvalidInput, Model

law = Model.power_law
FALSE_ALARM_SCORE = 4.5  # two-sided 7e-6 a comparison


def test_every_point_has_the_law_of_a_single_draw() -> None:
    """Means and variances against independent draws at 12 points; 60 comparisons of means."""
    model, count = law(1, 24, 6, 6, gamma="0.01", noise="0.01"), 500
    nested = simulate_nested(model, N=[4, 8, 30], T=[6, 40], gamma=[0.01, 0.3], draws=count, seed=3)
    for i, n in enumerate(nested.N):
        for j, t in enumerate(nested.T):
            for k, gamma in enumerate(nested.gamma):
                single = simulate(model.with_(N=n, T=t, gamma=gamma), count, 8)
                for name, values in nested.samples.items():
                    own, other = values[:, i, j, k], single.samples[name]
                    error = np.sqrt((own.var() + other.var()) / count)
                    assert abs(own.mean() - other.mean()) < FALSE_ALARM_SCORE * error, (n, t, gamma, name)
                    # the standard deviation of heavy-tailed draws is itself uncertain: a factor 2
                    assert 0.5 < own.std() / other.std() < 2


def test_points_are_correlated_and_draws_are_not() -> None:
    model = law(1, 120, 20, 60, gamma="1e-3")
    nested = simulate_nested(model, T=[60, 90], draws=200, seed=1)
    covariance = nested.covariance()
    correlation = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    assert correlation > 0.5  # the features are shared
    values = nested.samples["loss"][:, 0, 0, 0]
    successive = np.corrcoef(values[1:], values[:-1])[0, 1]
    assert abs(successive) < FALSE_ALARM_SCORE / np.sqrt(200)
    np.testing.assert_allclose(nested.stderr().ravel() ** 2, np.diag(covariance), rtol=1e-10)


def test_one_pair_of_gram_matrices_serves_a_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    original = sides.weighted_grams

    def counted(law_: object, rng: object, n: int, weights: object) -> object:
        sizes.append(n)
        return original(law_, rng, n, weights)  # type: ignore[arg-type]

    monkeypatch.setattr(sides, "weighted_grams", counted)
    model = law(1, 300, 40, 60, gamma="1e-3")
    nested = simulate_nested(model, N=[20, 40], T=[10, 30, 60, 100, 200], draws=2)
    assert sizes == [40, 30, 40, 30]
    theory = [[float(evaluate(model.with_(N=n, T=t)).loss) for t in nested.T] for n in nested.N]
    assert np.isfinite(nested.mean()[..., 0] / theory).all()


def test_poles_are_infinite_and_bad_input_is_refused() -> None:
    nested = simulate_nested(law(1, 60, 10, 12), T=[10, 11, 13], draws=3)
    assert np.isinf(nested.mean()[0, :2, 0]).all()
    assert np.isnan(nested.stderr()[0, :2, 0]).all()
    assert np.isfinite(nested.mean()[0, 2, 0])
    with pytest.raises(InvalidInput, match="finite sizes"):
        simulate_nested(law(1, 60, float("inf"), 12))
    with pytest.raises(InvalidInput, match="steep"):
        simulate_nested(law(4, 600, 100, 120))
    with pytest.raises(InvalidInput, match="draws"):
        simulate_nested(law(1, 60, 10, 12), draws=0)
