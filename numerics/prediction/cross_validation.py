"""The ridge that scikit-learn's RidgeCV would choose, beside the predicted one."""

import math
import warnings
from dataclasses import dataclass

import numpy as np

from numerics.prediction.features import FeatureMap
from numerics.prediction.predict import Prediction
from numerics.prediction.task import Task
from numerics.prediction.train import Ridge, Tick, draws_of

REACH = 2.0  # decades on either side of the predicted optimum
STEPS = 25


@dataclass(frozen=True, eq=False)
class RidgeChoice:
    """At one T: predicted optimum and the geometric mean of RidgeCV's choices over the draws, its spread in decades.

    excess : test loss at the predicted ridge over that at RidgeCV's, less one; edge : choices at an end of the grid.
    """

    N: float
    T: int
    predicted: float
    cross_validated: float
    spread: float
    excess: float
    edge: int
    draws: int


def ridge_choices(
    part: Task, student: FeatureMap, optimum: Prediction, draws: int, seed: int, tick: Tick | None = None
) -> list[RidgeChoice]:
    """At each point of `optimum` (one N, optimal ridges). Leave-one-out, STEPS ridges over REACH decades each way."""
    from sklearn.linear_model import RidgeCV
    from threadpoolctl import threadpool_limits

    chosen, excess = np.empty((draws, len(optimum))), np.empty((draws, len(optimum)))
    with threadpool_limits(1, "blas"):
        for k, draw in enumerate(draws_of(part, student, optimum, draws, seed)):
            features = draw.seen(optimum.N.max())
            for i, (T, gamma) in enumerate(zip(optimum.T.tolist(), optimum.gamma.tolist(), strict=True)):
                grid = gamma * 10 ** np.linspace(-REACH, REACH, STEPS)
                x, y = features[:T], draw.labels[:T]
                with warnings.catch_warnings():  # outputs without variation in a small training set
                    warnings.simplefilter("ignore")
                    chosen[k, i] = RidgeCV(alphas=grid).fit(x, y).alpha_
                ridge = Ridge(x, y)
                test = features[draw.test], draw.labels[draw.test]
                ours, theirs = (ridge.errors(g, *test)[0].mean() for g in (gamma, chosen[k, i]))
                excess[k, i] = ours / theirs - 1
            if tick is not None:
                tick()
    logs = np.log10(chosen)
    ends = np.abs(logs - np.log10(optimum.gamma)) > REACH * (1 - 1e-9)
    return [
        RidgeChoice(
            float(optimum.N[i]), int(optimum.T[i]), float(optimum.gamma[i]), float(10 ** logs[:, i].mean()),
            float(logs[:, i].std(ddof=1)) if draws > 1 else math.nan, float(excess[:, i].mean()),
            int(ends[:, i].sum()), draws,
        )
        for i in range(len(optimum))
    ]  # fmt: skip
