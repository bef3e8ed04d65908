"""Exact rational functions: canonical form and linear systems, in SymPy's fraction fields.

`sympy.cancel` and `sympy.solve` give the same at several times the cost.
"""

from collections.abc import Iterable, Mapping, Sequence

import sympy as sp
from sympy.polys.fields import FracField
from sympy.polys.matrices import DomainMatrix
from sympy.polys.orderings import lex


def _field(expressions: Iterable[sp.Expr], without: Sequence[sp.Symbol] = ()) -> FracField:
    """Q(x, y, ...) over the symbols, functions, roots and constants of the expressions; it never expands."""
    generators, waiting = set(), list(expressions)
    while waiting:
        part = waiting.pop()
        if part.is_Symbol or part.is_Function or part.is_NumberSymbol or (part.is_Pow and not part.exp.is_Integer):
            generators.add(part)
        else:
            waiting.extend(part.args)
    return FracField(sorted(generators.difference(without), key=sp.default_sort_key), sp.QQ, lex)


def reduced(expression: sp.Expr) -> sp.Expr:
    """Numerator over denominator, expanded, coprime. Any function, root or constant in it counts as one symbol."""
    if expression.is_Number or expression.is_Symbol:
        return expression
    return _field([expression]).from_expr(expression).as_expr()


def derivative_along(expression: sp.Expr, rates: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """Sum of rate dE/dx over the symbols x, reduced; the expression stays one fraction throughout."""
    field = _field([expression, *rates, *rates.values()])
    element, place = field.from_expr(expression), {x: field.from_expr(x).numer for x in rates}
    top, bottom = element.numer, element.denom
    slope = field.zero
    for x, rate in rates.items():
        slope += field.from_expr(rate) * (top.diff(place[x]) * bottom - top * bottom.diff(place[x]))
    return (slope / bottom**2).as_expr()


def by_difference(form: sp.Expr, x: sp.Symbol, y: sp.Symbol) -> sp.Expr:
    """A symmetric quadratic form a x^2 + b x y + a y^2 as a (x - y)^2 + (2 a + b) x y."""
    square = sp.expand(form).coeff(x, 2)
    product = sp.factor(form.subs({x: 1, y: 1}))
    if sp.expand(form - square * (x - y) ** 2 - product * x * y) != 0:
        raise ValueError(f"no symmetric quadratic form: {form}")
    return sp.factor(square) * (x - y) ** 2 + product * x * y


def inverse(matrix: sp.Matrix) -> sp.Matrix:
    """Inverse of a matrix of rational functions; raises DMNonInvertibleMatrixError if singular."""
    return DomainMatrix.from_Matrix(matrix).to_field().inv().to_Matrix()


def solve_linear(equations: Sequence[sp.Expr], unknowns: Sequence[sp.Symbol]) -> dict[sp.Symbol, sp.Expr]:
    """The unique solution of expressions that are linear in the unknowns and should vanish."""
    field = _field(equations, without=unknowns)
    matrix, right = sp.linear_eq_to_matrix(list(equations), list(unknowns))
    coefficients, constants = (
        DomainMatrix(
            [[field.from_expr(entry) for entry in row] for row in side.tolist()], side.shape, field.to_domain()
        )
        for side in (matrix, right)
    )
    solution = coefficients.lu_solve(constants).to_Matrix()
    return dict(zip(unknowns, solution, strict=True))


def linear_root(expression: sp.Expr, unknown: sp.Symbol) -> sp.Expr:
    """The root of a numerator that is linear in `unknown`; raises ValueError if it is not."""
    polynomial = sp.Poly(sp.numer(reduced(expression)), unknown)
    if polynomial.degree() != 1:
        raise ValueError(f"not linear in {unknown}: {expression}")
    slope, constant = polynomial.all_coeffs()
    return reduced(-constant / slope)
