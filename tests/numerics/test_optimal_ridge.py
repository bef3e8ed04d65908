"""The optimal ridge: a minimum of the exact loss, the same at every precision, 0 where that is best."""

import random
from fractions import Fraction

import pytest

from numerics.evaluate import evaluate
from numerics.optimum import optimal_ridge
from theory.model import Model

WEAK = Model.power_law(Fraction(1, 2), 45, 45, 60, noise=Fraction(1, 100), source=Fraction(1, 2))


def random_model(seed: int) -> Model:
    rng = random.Random(seed)
    sizes = (rng.choice([3, 50, 4000, 10**9]), rng.randint(1, 60), rng.randint(1, 60))
    return Model.power_law(Fraction(rng.randint(1, 100), 10), *sizes, noise=Fraction(10) ** rng.randint(-30, 20))


@pytest.mark.parametrize("seed", range(4))
def test_precision_ladder_and_minimum(seed: int) -> None:
    model = random_model(seed)
    best, better = optimal_ridge(model, 15), optimal_ridge(model, 40)
    assert abs(best / better - 1) < Fraction(1, 10**15)

    def loss(factor: Fraction) -> object:
        return evaluate(model.with_(gamma=better * factor), 40).loss

    assert loss(Fraction(1)) < min(loss(Fraction(999, 1000)), loss(Fraction(1001, 1000)))


def test_no_ridge_is_best_where_a_weak_noise_meets_a_full_spectrum() -> None:
    """N = M < T: as kappa -> 0 raising/lowering tends to (T - M) sum v I^s/(3 noise sum I^s), here above 1."""
    assert optimal_ridge(WEAK) == 0
    losses = [evaluate(WEAK.with_(gamma=Fraction(1, 10**power)), 30).loss for power in (2, 6, 10)]
    assert losses == sorted(losses, reverse=True)
    assert evaluate(WEAK, 30).loss < losses[-1]
    assert optimal_ridge(WEAK.with_(noise=10)) > 100


def test_sizes_of_any_magnitude() -> None:
    """M = 10^18 costs no more than M = 10^4."""
    model = Model.power_law(1, 10**18, 10**12, 2 * 10**12, noise=Fraction(1, 10**9))
    best = optimal_ridge(model)
    loss = evaluate(model.with_(gamma=best), 40).loss
    for factor in (Fraction(99, 100), Fraction(101, 100)):
        assert evaluate(model.with_(gamma=best * factor), 40).loss > loss
