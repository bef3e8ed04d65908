"""The planar fit as a scikit-learn estimator."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, check_non_negative, validate_data

from numerics.fitting.fit import fit_planar
from numerics.fitting.planar_fit import PARAMETERS, STARTS
from numerics.fitting.table import LossTable


class PlanarScalingRegressor(RegressorMixin, BaseEstimator):
    """Fits the planar loss to measured losses: X holds sizes, y the losses.

    n_column, t_column: the columns of X with N and T; gamma_column: that with the ridge, if it was varied. Other
    columns are not read. X has at least two columns of finite numbers >= 0 (real sizes are allowed; at a size 0
    nothing is learnt), y > 0; anything else is a ValueError that says so. Sizes need not be integers.
    fixed: values of some of alpha, M, ridge, noise, scale; noisy: losses are on noisy labels; starts: how many starts
    are refined.

    After `fit`: alpha_, M_, ridge_, noise_, scale_, and fit_, the PlanarFit. `score` is R^2 of ln(loss), since losses
    span decades. No randomness.
    """

    def __init__(
        self, n_column: int = 0, t_column: int = 1, gamma_column: int | None = None,
        fixed: dict[str, float] | None = None, noisy: bool = False, starts: int = STARTS,
    ) -> None:  # fmt: skip
        self.n_column, self.t_column, self.gamma_column = n_column, t_column, gamma_column
        self.fixed, self.noisy, self.starts = fixed, noisy, starts

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        tags.target_tags.positive_only = True
        tags.regressor_tags.poor_score = True  # on data that are no losses
        return tags

    def fit(self, X: Any, y: Any, stderr: Any = None) -> "PlanarScalingRegressor":
        """X (n, d), y (n,), stderr: of each loss, (n,) or None."""
        X, y = validate_data(
            self, X, y, dtype=np.float64, y_numeric=True, ensure_min_samples=self._needed(stderr),
            ensure_min_features=self._columns(),
        )  # fmt: skip
        check_non_negative(X, type(self).__name__)
        y = np.asarray(y, dtype=float)
        if np.any(y <= 0):
            raise ValueError(f"y holds {y.min():g}, but losses are > 0")
        N, T, gamma = self._sizes(X)
        table = LossTable(N, T, y, stderr, gamma, real=True)
        self.fit_ = fit_planar(table, self.fixed, noisy=self.noisy, starts=self.starts)
        for name, value in self.fit_.values().items():
            setattr(self, f"{name}_", value)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The fitted loss, (n,); inf at N = T if the fitted ridge is 0."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        check_non_negative(X, type(self).__name__)
        N, T, gamma = self._sizes(X)
        return self.fit_.loss(N, T, 1.0 if gamma is None else gamma)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """R^2 of ln(predicted loss) for ln(y)."""
        from sklearn.metrics import r2_score

        y = np.asarray(y, dtype=float)
        if np.any(y <= 0):
            raise ValueError(f"y holds {y.min():g}, but losses are > 0")
        return float(r2_score(np.log(y), np.log(self.predict(X)), sample_weight=sample_weight))

    def _needed(self, stderr: Any) -> int:
        return len(PARAMETERS) - len(self.fixed or {}) + (stderr is None)

    def _columns(self) -> int:
        return 1 + max(self.n_column, self.t_column, self.gamma_column or 0)

    def _sizes(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        gamma = None if self.gamma_column is None else X[:, self.gamma_column]
        return X[:, self.n_column], X[:, self.t_column], gamma
