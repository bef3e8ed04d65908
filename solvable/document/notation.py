"""LaTeX of the formulas; a stand-in until theory.latex is there."""

import sympy as sp

from derivations.render import formula_latex


def equation(formula: sp.Equality) -> str:
    return formula_latex(formula)


def latex(expression: sp.Basic) -> str:
    return sp.latex(expression)
