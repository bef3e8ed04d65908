"""Small models and the papers, for the tests of the dictionary."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from theory.conventions import Convention
from theory.model import Model
from theory.papers import CONVENTIONS

PAPERS = list(CONVENTIONS.values())
NAMES = list(CONVENTIONS)
SIZES = {"N": 6, "T": 9} | {"gamma": "0.7", "noise": "0.03", "sigma_u": "1.7", "sigma_w": "1.3", "source": "2.6"}
Fit = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float], np.ndarray]


def model(name: str, **changes: Any) -> Model:
    """A small model with no parameter at 1; a kernel for Cui et al."""
    settings = SIZES | ({"N": math.inf} if name == "cui" else {}) | changes
    return Model.power_law("0.8", 14, lambda_plus="1.9", **settings)


def names(paper: Convention) -> str:
    return paper.name


def eigenvalues(mine: Model) -> np.ndarray:
    modes = np.arange(1, mine.M + 1)
    return 1.9 * modes**-1.8
