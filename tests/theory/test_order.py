"""The order of scales: cones against brute force, and answers that cover the space without overlap."""

import random
from itertools import product

import pytest
import sympy as sp

from theory.continuum import ALPHA
from theory.order import FIELD, Region, UndecidedError, Vector, Window, dot, explore, exponent


def vector(*values: object) -> Vector:
    return tuple(exponent(value) for value in values)


def orthant(size: int) -> Region:
    """All scales large, of any order."""
    rays = tuple(vector(*(int(i == j) for j in range(size))) for i in range(size))
    return Region(rays, facets=rays)


def numbers(ray: Vector) -> list[sp.Rational]:
    return [x.as_expr() for x in ray]


@pytest.mark.parametrize("seed", range(20))
def test_cuts_keep_exactly_the_points_inside(seed: int) -> None:
    """Cut by random planes: each ray obeys all inequalities, and a random point is in the cone iff it does."""
    rng = random.Random(seed)
    region, normals = orthant(3), []
    for _ in range(3):
        normal = vector(*(rng.randint(-3, 3) for _ in range(3)))
        try:
            if region.sign(normal) < 0:
                normal = tuple(-x for x in normal)
        except UndecidedError:
            region = region.cut(normal)
            normals.append(normal)
    for ray in region.rays:
        assert all(dot(normal, ray).as_expr() >= 0 for normal in (*normals, *orthant(3).facets))
    rows = sp.Matrix([numbers(ray) for ray in region.rays])
    inside = rows.T * sp.Matrix([rng.randint(1, 9) for _ in region.rays])  # a positive mixture of the rays
    assert all(sum(x * y for x, y in zip(numbers(normal), inside, strict=True)) > 0 for normal in normals)


def test_signs_over_a_cone() -> None:
    region = orthant(2)
    assert region.sign(vector(1, 2)) == 1
    assert region.sign(vector(-1, 0)) == -1
    assert region.sign(vector(0, 0)) == 0
    with pytest.raises(UndecidedError) as question:
        region.sign(vector(1, -1))
    assert [piece.sign(vector(1, -1)) for piece in question.value.pieces] == [1, -1, 0]


def test_alpha_decides_where_the_cone_does_not() -> None:
    """N against T^alpha on N = T: three windows."""
    path = Region((vector(1, 1),))
    with pytest.raises(UndecidedError) as question:
        path.sign(vector(1, -ALPHA))
    windows = [piece.window for piece in question.value.pieces]
    assert [str(window) for window in windows] == ["0 < alpha < 1", "alpha > 1", "alpha = 1"]
    assert [piece.sign(vector(1, -ALPHA)) for piece in question.value.pieces] == [1, -1, 0]


@pytest.mark.parametrize("seed", range(10))
def test_exploring_covers_every_point_once(seed: int) -> None:
    """The answer "which of four monomials is largest" over the orthant, against plain comparison."""
    rng = random.Random(seed)
    monomials = [vector(*(rng.randint(-4, 4) for _ in range(3))) for _ in range(4)]

    def largest(region: Region) -> int:
        best = 0
        for i in range(1, 4):
            difference = tuple(x - y for x, y in zip(monomials[i], monomials[best], strict=True))
            if region.sign(difference) > 0:
                best = i
        return best

    pieces = list(explore(largest, orthant(3), borders=False))
    for point in product((1, 2, 5, 11), (1, 3, 7, 13), (1, 4, 9, 17)):
        at = vector(*(p + sp.Rational(rng.randint(1, 99), 1000) for p in point))
        heights = [dot(monomial, at).as_expr() for monomial in monomials]
        found = [answer for region, answer in pieces if all(dot(facet, at).as_expr() > 0 for facet in region.facets)]
        assert len(found) == 1
        assert heights[found[0]] == max(heights)


def test_essential_facets() -> None:
    """A cut that another makes idle is no wall."""
    region = orthant(2).cut(vector(1, -1)).cut(vector(2, -1))
    assert set(region.essential()) == {vector(0, 1), vector(1, -1)}


def test_windows_and_exponents() -> None:
    window = Window(sp.Rational(1, 2), sp.Integer(2))
    assert window.sign(exponent(ALPHA - sp.Rational(1, 4))) == 1
    assert window.sign(exponent(1 / (ALPHA - 3))) == -1
    assert Window(sp.sqrt(2), sp.sqrt(2)).sign(exponent(ALPHA**2 - 2)) == 0
    assert FIELD.zero == exponent(0)
