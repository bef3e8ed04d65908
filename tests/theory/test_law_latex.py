"""Laws along a path as LaTeX: long ones in lines that fit, and what has no law is not called zero."""

from dataclasses import replace

import pytest
import sympy as sp

from theory.asymptotics import Leading, asymptotics
from theory.display import WIDE, line_width
from theory.law_latex import case_rows
from theory.path import Path, Power


@pytest.mark.parametrize(
    ("amplitude", "shown"),
    [(sp.S.Zero, r"\sim 0"), (sp.oo, r"\sim \infty"), (sp.nan, r"\text{ is undetermined}")],
)
def test_what_has_no_law(amplitude: sp.Expr, shown: str) -> None:
    (case,) = asymptotics(Path(N=Power(1), T=Power(2), alpha=sp.Integer(1)))
    without = replace(case, loss=Leading(None, sp.S.Zero, amplitude))
    assert ("L", shown) in case_rows(without)


def test_long_laws_are_broken_and_their_factors_named_once() -> None:
    path = Path(N=Power(1), T=Power(1), M=Power(1), gamma=Power(0), noise=Power(0))
    names = iter(sp.numbered_symbols("P_", start=1))
    rows = [row for case in asymptotics(path) for row in case_rows(case, names)]
    assert max(map(line_width, rows)) <= WIDE
    assert sum(left == "P_{1}" for left, _ in rows) == 1
    assert sum("where" in right for _, right in rows) == 1
