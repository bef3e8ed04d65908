"""Bias, variances and noise by crossed draws: explicit maps, then planar theory."""

import numpy as np
import pytest

from numerics import Design, Law, evaluate, split
from numerics.simulation import simulate_parts
from numerics.simulation.design import GAUSSIAN_DESIGN, draw_seed
from numerics.simulation.direct import drawn_matrices
from numerics.simulation.parts import _draw
from numerics.simulation.problem import Problem
from theory import InvalidInput, Model
from theory.planar import PARTS

law = Model.power_law


def test_products_of_error_maps_by_hand() -> None:
    model = law(1, 14, 5, 7, gamma="0.02", noise="0.1", source="1.5", outputs=2)
    problem, seed = Problem.of(model), draw_seed(model, GAUSSIAN_DESIGN, 1, 0)
    maps, noise = {}, 0.0
    pairs = [
        drawn_matrices(problem, GAUSSIAN_DESIGN, np.random.SeedSequence(seed.entropy, spawn_key=(10 + copy,)))
        for copy in (0, 1)
    ]
    assert not np.allclose(pairs[0][0], pairs[1][0])  # two training sets, not one
    for i, (_, transposed) in enumerate(pairs):
        assert transposed is not None
        u = transposed.T
        for j, (x, _) in enumerate(pairs):
            phi = u @ x
            p = phi.T @ np.linalg.inv(0.02 * np.eye(5) + phi @ phi.T)
            maps[i, j] = np.sqrt(problem.weight)[:, None] * (np.eye(14) - x @ p @ u) * np.sqrt(problem.lam)
            noise += np.square((p @ u) * np.sqrt(problem.lam)).sum() * 0.1 / 4
    inner = lambda a, b: float(np.vdot(maps[a], maps[b]))  # noqa: E731
    bias = (inner((0, 0), (1, 1)) + inner((0, 1), (1, 0))) / 2
    same_u = (inner((0, 0), (0, 1)) + inner((1, 0), (1, 1))) / 2
    same_x = (inner((0, 0), (1, 0)) + inner((0, 1), (1, 1))) / 2
    signal = sum(inner(cell, cell) for cell in maps) / 4
    expected = (bias, same_u - bias, same_x - bias, signal - same_u - same_x + bias, noise)
    np.testing.assert_allclose(_draw(problem, GAUSSIAN_DESIGN, seed), expected, rtol=1e-9)


@pytest.mark.parametrize(
    "model",
    [law(1, 400, 80, 160, gamma="1e-3", noise="1e-4"), law("0.5", 400, 160, 80, gamma="1e-2", noise="1e-3")],
    ids=repr,
)
def test_parts_meet_planar_theory(model: Model) -> None:
    """4.5 standard errors (7e-6 each of 10 comparisons) plus 3/min(N, T) of the loss, the finite-size term."""
    theory, found = split(evaluate(model)), simulate_parts(model, 24, 5)
    room = 3 / 80 * float(evaluate(model).loss)
    for name in PARTS:
        part = found.estimate(name)
        assert part.stderr is not None
        allowed = 4.5 * part.stderr + room
        assert abs(part.mean - float(theory[name])) < allowed, name
        if name in ("bias", "feature_variance" if model.N < model.T else "sample_variance"):
            assert float(theory[name]) > 1.5 * allowed  # a part left out would be seen
    heavy = simulate_parts(model, 3, 5, Design(latent=Law("student", 5.0)))
    assert heavy.estimate("bias").mean > 0


def test_what_has_no_parts_is_refused() -> None:
    for model, named in ((law(1, 20, float("inf"), 5), "N"), (law(1, 5, 8, 9), "gamma"), (law(1, 20, 5, 6), "draws")):
        with pytest.raises(InvalidInput, match=f"^{named} = "):
            simulate_parts(model, 0 if named == "draws" else 1)
