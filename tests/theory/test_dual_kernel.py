"""Dual kernels: the literature's forms, symmetry, the diagonal."""

import pytest
import sympy as sp

from theory.dual_kernel import RHO, S1, S2, dual_kernel
from theory.errors import InvalidInput
from theory.gaussian import gaussian_mean
from theory.hermite import ACTIVATIONS, S, Z

CLOSED = [name for name in ACTIVATIONS if name != "tanh"]
POINTS = [(sp.Rational(2, 5), sp.Rational(7, 5), sp.Rational(3, 4)), (sp.Rational(-9, 10), sp.S(3), sp.Rational(1, 9))]


def _equal(left: sp.Expr, right: sp.Expr) -> bool:
    values = [dict(zip((RHO, S1, S2), point, strict=True)) for point in POINTS]
    return all(abs(sp.N((left - right).subs(value), 40)) < sp.Float("1e-38") for value in values)


def test_relu_is_the_arc_cosine_kernel() -> None:
    """Cho and Saul (NIPS 2009), degree 1: theta = arccos(rho)."""
    theta = sp.acos(RHO)
    known = sp.sqrt(S1 * S2) / (2 * sp.pi) * (sp.sin(theta) + (sp.pi - theta) * RHO)
    assert _equal(dual_kernel("relu"), known)


def test_erf_is_the_arcsine_kernel() -> None:
    """Williams (NIPS 1996)."""
    r = RHO * sp.sqrt(S1 * S2)
    assert _equal(dual_kernel("erf"), 2 / sp.pi * sp.asin(2 * r / sp.sqrt((1 + 2 * S1) * (1 + 2 * S2))))


def test_sine_and_linear() -> None:
    r = RHO * sp.sqrt(S1 * S2)
    assert _equal(dual_kernel("sine"), sp.exp(-(S1 + S2) / 2) * sp.sinh(r))
    assert _equal(dual_kernel("linear"), r)


@pytest.mark.parametrize("name", CLOSED)
def test_kernels_are_symmetric(name: str) -> None:
    kernel = dual_kernel(name)
    assert _equal(kernel, kernel.subs({S1: S2, S2: S1}, simultaneous=True))


@pytest.mark.parametrize(
    ("name", "square"),
    [("linear", Z**2), ("relu", Z**2 / 2), ("sine", (1 - sp.cos(2 * Z)) / 2)],
)
def test_the_diagonal_is_the_second_moment(name: str, square: sp.Expr) -> None:
    diagonal = dual_kernel(name).subs({RHO: 1, S1: S, S2: S})
    assert sp.simplify(diagonal - gaussian_mean(square, Z, S)) == 0


def test_gelu_tends_to_relu_for_large_arguments() -> None:
    scale = sp.Integer(10) ** 12
    values = {RHO: sp.Rational(1, 3), S1: scale, S2: 2 * scale}
    gelu, relu = (sp.N(dual_kernel(name).subs(values), 30) for name in ("gelu", "relu"))
    assert abs(gelu / relu - 1) < 1e-11  # the kink is smoothed over a width 1, of the order 1/s of E f f


def test_tanh_has_none() -> None:
    with pytest.raises(InvalidInput, match="closed form"):
        dual_kernel("tanh")
