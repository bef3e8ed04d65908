"""Numbers: double precision, any precision, simulation, real data."""

from numerics.density import Density, FeatureEigenvalues
from numerics.edge_enclosure import enclose_edges
from numerics.enclosure import Enclosure, enclose
from numerics.evaluate import Evaluation, evaluate, split
from numerics.float64 import PlanarValues, evaluate_grid
from numerics.ladder import Judged, judge
from numerics.multiprecision import PlanarNumbers, evaluate_mp
from numerics.optimum import optimal_ridge
from numerics.simulate import Estimate, Simulation, simulate

__all__ = [
    "Density",
    "Enclosure",
    "Estimate",
    "Evaluation",
    "FeatureEigenvalues",
    "Judged",
    "PlanarNumbers",
    "PlanarValues",
    "Simulation",
    "enclose",
    "enclose_edges",
    "evaluate",
    "evaluate_grid",
    "evaluate_mp",
    "judge",
    "optimal_ridge",
    "simulate",
    "split",
]
