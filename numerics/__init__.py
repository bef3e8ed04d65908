"""Numbers: double precision, any precision, simulation, real data."""

from numerics.evaluate import Evaluation, evaluate
from numerics.float64 import PlanarValues, evaluate_grid
from numerics.multiprecision import PlanarNumbers, evaluate_mp
from numerics.optimum import optimal_ridge

__all__ = ["Evaluation", "PlanarNumbers", "PlanarValues", "evaluate", "evaluate_grid", "evaluate_mp", "optimal_ridge"]
