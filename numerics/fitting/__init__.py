"""Measured losses L(N, T) back to the model: table, planar fit, intervals, forecasts, the usual parametric fit.

The scikit-learn estimator is numerics.fitting.estimator.PlanarScalingRegressor: scikit-learn loads with it alone.
"""

from numerics.fitting.fit import Parameter, PlanarFit, fit_planar
from numerics.fitting.forecast import Limit, Plateau, analyse, limit_at, limits, plateaus
from numerics.fitting.holdout import Comparison, compare, held_out
from numerics.fitting.intervals import Interval
from numerics.fitting.parametric import ParametricFit, parametric_fit
from numerics.fitting.planar_fit import PARAMETERS
from numerics.fitting.table import LossTable, read_losses

__all__ = [
    "PARAMETERS",
    "Comparison",
    "Interval",
    "Limit",
    "LossTable",
    "Parameter",
    "ParametricFit",
    "PlanarFit",
    "Plateau",
    "analyse",
    "compare",
    "fit_planar",
    "held_out",
    "limit_at",
    "limits",
    "parametric_fit",
    "plateaus",
    "read_losses",
]
