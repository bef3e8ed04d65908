"""Numbers: double precision, any precision, simulation, real data."""

from numerics.anisotropic import evaluate_anisotropic, simulate_anisotropic
from numerics.contours import GradientFlow, SpectralCutoff
from numerics.density import Density, FeatureEigenvalues
from numerics.edge_enclosure import enclose_edges
from numerics.enclosure import Enclosure, enclose
from numerics.ensemble import evaluate_ensemble, simulate_ensemble
from numerics.evaluate import Evaluation, evaluate, split
from numerics.filters import evaluate_filtered, simulate_filtered
from numerics.finite_size import FiniteSize, finite_size
from numerics.float64 import PlanarValues, evaluate_grid
from numerics.multiprecision import PlanarNumbers, evaluate_mp
from numerics.optimum import optimal_ridge
from numerics.simulation import Design, Estimate, Judged, Law, Simulation, judge, simulate

__all__ = [
    "Density",
    "Design",
    "Enclosure",
    "Estimate",
    "Evaluation",
    "FeatureEigenvalues",
    "FiniteSize",
    "GradientFlow",
    "Judged",
    "Law",
    "PlanarNumbers",
    "PlanarValues",
    "Simulation",
    "SpectralCutoff",
    "enclose",
    "enclose_edges",
    "evaluate",
    "evaluate_anisotropic",
    "evaluate_ensemble",
    "evaluate_filtered",
    "evaluate_grid",
    "evaluate_mp",
    "finite_size",
    "judge",
    "optimal_ridge",
    "simulate",
    "simulate_anisotropic",
    "simulate_ensemble",
    "simulate_filtered",
    "split",
]
