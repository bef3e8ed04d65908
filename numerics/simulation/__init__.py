"""Random-feature ridge regression, simulated: draws, their averages, finite-size ladders."""

from numerics.simulation.design import GAUSSIAN_DESIGN, Design
from numerics.simulation.draw import QUANTITIES, draw
from numerics.simulation.export import export
from numerics.simulation.ladder import Judged, judge, judge_all
from numerics.simulation.laws import Law
from numerics.simulation.nested import NestedSimulation, simulate_nested
from numerics.simulation.parts import PartsSimulation, simulate_parts
from numerics.simulation.simulate import Estimate, Simulation, simulate
from numerics.simulation.store import Store, read_store
from numerics.simulation.sweep import SweepResult, sweep

__all__ = [
    "GAUSSIAN_DESIGN",
    "QUANTITIES",
    "Design",
    "Estimate",
    "Judged",
    "Law",
    "NestedSimulation",
    "PartsSimulation",
    "Simulation",
    "Store",
    "SweepResult",
    "draw",
    "export",
    "judge",
    "judge_all",
    "read_store",
    "simulate",
    "simulate_nested",
    "simulate_parts",
    "sweep",
]
