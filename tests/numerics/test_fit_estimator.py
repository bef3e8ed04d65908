"""The scikit-learn estimator of the planar fit."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from numerics import evaluate_grid
from numerics.fitting.estimator import PlanarScalingRegressor
from theory.model import Model

N, T = (a.ravel() for a in np.meshgrid([20, 50, 100, 200], [30, 80, 150, 400, 1000], indexing="ij"))
LOSS = evaluate_grid(Model.power_law(1, 500, 1, 1, gamma="1e-4", noise="1e-6"), N=N, T=T).loss
SIZES = np.column_stack([N, T])


@parametrize_with_checks([PlanarScalingRegressor(starts=1)])
def test_scikit_learn_accepts_it(estimator: PlanarScalingRegressor, check: object) -> None:
    check(estimator)  # type: ignore[operator]


@pytest.mark.audit
@parametrize_with_checks([PlanarScalingRegressor()])
def test_scikit_learn_accepts_its_defaults(estimator: PlanarScalingRegressor, check: object) -> None:
    check(estimator)  # type: ignore[operator]


def test_it_fits_predicts_and_scores() -> None:
    model = PlanarScalingRegressor().fit(SIZES, LOSS)
    assert model.alpha_ == pytest.approx(1, rel=1e-4)
    assert pytest.approx(500, rel=1e-3) == model.M_
    assert model.predict(SIZES) == pytest.approx(LOSS, rel=1e-5)
    assert model.score(SIZES, LOSS) == pytest.approx(1)
    assert cross_val_score(clone(model), SIZES, LOSS, cv=4).min() > 0.9


def test_columns_are_named_and_others_not_read() -> None:
    wide = np.column_stack([np.full(N.size, 7.0), T, np.full(N.size, 1e-4), N])
    found = PlanarScalingRegressor(n_column=3, t_column=1, gamma_column=2).fit(wide, LOSS, stderr=0.01 * LOSS)
    assert found.ridge_ == pytest.approx(500, rel=1e-4)
    assert found.predict(wide) == pytest.approx(LOSS, rel=1e-4)


@pytest.mark.parametrize(("X", "y"), [(-SIZES, LOSS), (SIZES, -LOSS), (SIZES[:, :1], LOSS), (SIZES[:3], LOSS[:3])])
def test_what_is_no_size_or_loss_is_refused(X: np.ndarray, y: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"Negative|> 0|feature|sample"):
        PlanarScalingRegressor().fit(X, y)
