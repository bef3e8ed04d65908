r"""What theory.latex prints, read back by a reader of LaTeX that knows no SymPy, is the formula."""

import random
import re
from collections.abc import Mapping
from functools import reduce
from operator import add, mul
from typing import Any

import pytest
import sympy as sp
from mpmath import matrix, mp, mpf

from derivations import all_claims
from tests.theory.latex_reader import Reader
from theory.claim import Claim, mutations
from theory.continuum import ALPHA, c_alpha
from theory.display import equation, split
from theory.latex import latex
from theory.local_series import SpectralSum
from theory.moments import Moment
from theory.notation import C_ALPHA, EULER
from theory.student import NOISE, N, T
from theory.zeta import Stieltjes, ZetaDerivative

DIGITS = 25  # to which a formula read back agrees with itself
SIZE = 2  # of the matrices at which matrix formulas are read
x, y = sp.symbols("x y", positive=True)
CLAIMS = {claim.name: claim for claim in all_claims()}
OPAQUE = (sp.Symbol, sp.MatrixSymbol, sp.Identity, Moment, SpectralSum, Stieltjes)  # read as one name each
FUNCTIONS = {
    sp.sin: mp.sin,
    sp.cos: mp.cos,
    sp.cot: mp.cot,
    sp.log: mp.log,
    sp.asin: mp.asin,
    sp.zeta: mp.zeta,
    sp.exp: mp.exp,
    sp.Min: min,
}


def point(statement: sp.Basic, seed: int) -> dict[sp.Basic, Any]:
    """Random values of all names; matrices are square."""
    rng = random.Random(seed)

    def value(name: sp.Basic) -> Any:
        if isinstance(name, sp.Identity):
            return mp.eye(SIZE)
        if isinstance(name, sp.MatrixSymbol):
            return matrix([[mpf(rng.randint(1, 99)) / 64 for _ in range(SIZE)] for _ in range(SIZE)])
        return mpf(rng.randint(65, 511)) / 512

    return {name: value(name) for name in sorted(statement.atoms(*OPAQUE), key=str)}


def evaluated(expression: sp.Basic, values: Mapping[sp.Basic, Any]) -> Any:
    """The expression at a point."""
    if expression in values:
        return values[expression]
    if not expression.has(*OPAQUE):
        return sp.N(expression, mp.dps)._to_mpmath(mp.prec)
    parts = [evaluated(part, values) for part in expression.args]
    if expression.is_Add or isinstance(expression, sp.MatAdd):
        return reduce(add, parts)
    if expression.is_Mul or isinstance(expression, sp.MatMul):
        return reduce(mul, parts)
    if isinstance(expression, sp.Transpose):
        return parts[0].T
    if isinstance(expression, sp.Inverse):
        return parts[0] ** -1
    if expression.is_Pow:
        return parts[0] ** parts[1]
    if isinstance(expression, ZetaDerivative) and expression.args[0] == 0:
        return mp.zeta(*parts[1:])
    return FUNCTIONS[expression.func](*parts)


def printed(values: Mapping[sp.Basic, Any]) -> dict[str, Any]:
    """The values by printed name; a square that is part of a name is printed as a power."""
    found: dict[str, Any] = {latex(EULER): +mp.euler}
    if ALPHA in values:
        found[latex(C_ALPHA)] = evaluated(c_alpha(), values)
    for name, value in values.items():
        text = latex(name)
        square = isinstance(name, sp.Symbol) and name.name.endswith("^2") and text.endswith("^{2}")
        found[text.removesuffix("^{2}") if square else text] = mp.sqrt(value) if square else value
    return found


def statements(display: str) -> list[tuple[str, str]]:
    """Left and right sides of a display, in its order."""
    body = re.sub(r"\\(begin|end)\{(aligned|gathered)\}\n?", "", display).replace(r"\\[1ex]", r"\\")
    joined = body.replace("\\\\\n &\\qquad", "").replace("&", "").split("\\\\\n")
    return [re.split(r" (?:=|\\sim) ", row, maxsplit=1) for row in joined]


def read(display: str, statement: sp.Equality, values: Mapping[sp.Basic, Any]) -> tuple[Any, Any]:
    """Both sides of a display, the definitions below it filled in; a left side that is a mere name is not read."""
    names = printed(values)
    (left, right), *definitions = statements(display)
    for name, meaning in reversed(definitions):
        names[name.strip()] = Reader(meaning, names).value()
    named = isinstance(statement.lhs, (*OPAQUE, sp.Derivative))
    return None if named else Reader(left, names).value(), Reader(right, names).value()


def same(found: Any, expected: Any) -> bool:
    difference = found - expected
    if isinstance(difference, matrix):
        return bool(mp.mnorm(difference) <= mpf(10) ** -DIGITS * mp.mnorm(expected))
    return bool(abs(difference) <= mpf(10) ** -DIGITS * abs(expected))


def comes_back(statement: sp.Equality, printed_from: sp.Equality) -> bool:
    """The display of a statement, read back at two random points, is the other (or the same) statement."""
    display = equation(printed_from)
    with mp.workdps(DIGITS + 20):
        for seed in (1, 2):
            values = point(sp.Tuple(statement, printed_from), seed)
            left, right = read(display, statement, values)
            if not same(right, evaluated(statement.rhs, values)):
                return False
            if left is not None and not same(left, evaluated(statement.lhs, values)):
                return False
    return True


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_every_claim_printed_and_read_back_is_itself(claim: Claim) -> None:
    statement = claim.formula()
    assert comes_back(statement, statement)


@pytest.mark.parametrize(
    "name", ["planar-equation", "test-loss", "student", "lower-edge", "noisy-rate", "triple-count"]
)
def test_a_changed_formula_does_not_come_back(name: str) -> None:
    """The comparison can fail: at every wrong variant of the formula it does."""
    statement = CLAIMS[name].formula()
    for wrong in mutations(statement):
        assert not comes_back(wrong, statement), wrong


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (1 + ALPHA, r"1 + \alpha"),
        (T - N, "T - N"),
        (NOISE, r"\sigma_{\epsilon}^{2}"),
        (NOISE**2, r"\sigma_{\epsilon}^{4}"),
        (NOISE ** (ALPHA / (1 + ALPHA)), r"\sigma_{\epsilon}^{2 \alpha/(1 + \alpha)}"),
        (N ** -(1 + ALPHA), r"N^{-(1 + \alpha)}"),
        (x ** sp.Rational(3, 2), "x^{3/2}"),
        (sp.sqrt(x), r"\sqrt{x}"),
        (sp.log(x) ** 2, r"\ln^{2} x"),
        (sp.log(x * y), r"\ln \left(x y\right)"),
        (sp.asin(x), r"\arcsin {x}"),
        (sp.EulerGamma, r"\gamma_{\mathrm{E}}"),
        ((x / (y * N)) ** (ALPHA / 2), r"\left(\frac{x}{N y}\right)^{\alpha/2}"),
        (c_alpha(), r"c_{\alpha}"),
        (1 / c_alpha() ** 2, r"\frac{1}{c_{\alpha}^{2}}"),
        (sp.Symbol(r"n_2(\mu)"), r"n_2(\mu)"),
        (sp.Symbol("L_*"), "L_{*}"),
        (sp.Symbol("V_02"), "V_{0,2}"),
        (-2 - 2 * ALPHA, r"-2 - 2 \alpha"),
        (N + T - 2 * x, "N + T - 2 x"),
        (-x * (y - ALPHA - 2), r"x \left(2 + \alpha - y\right)"),
        (N ** ((1 - ALPHA) / 2), r"N^{(1 - \alpha)/2}"),
        ((N / x) ** ALPHA * y, r"y \left(\frac{N}{x}\right)^{\alpha}"),
        (sp.sqrt(2) * sp.sqrt(ALPHA) * sp.sqrt(1 + ALPHA), r"\sqrt{2 \alpha \left(1 + \alpha\right)}"),
        (1 / (sp.sqrt(x) * sp.sqrt(1 + y)), r"\frac{1}{\sqrt{x \left(1 + y\right)}}"),
        (sp.sqrt(x) * sp.sqrt(T - N), r"\sqrt{x} \sqrt{T - N}"),
        (x / (2 * y) * (1 - x / N), r"\frac{x}{2 y} \left(1 - \frac{x}{N}\right)"),
        (sp.Add(x**2, sp.S.One, 1 / x, evaluate=False), r"x^{2} + 1 + \frac{1}{x}"),
    ],
)
def test_notation_of_the_paper(expression: sp.Expr, expected: str) -> None:
    assert latex(expression) == expected


def test_long_sums_are_broken_and_long_factors_named() -> None:
    letters = sp.symbols("a:z", positive=True)
    long = sp.Add(*letters)
    (whole,) = split(sp.Eq(x, long, evaluate=False))
    assert whole.rhs == long
    assert equation(whole).count(r"\qquad") >= 1
    main, definition = split(sp.Eq(x, y / long**2, evaluate=False))
    assert main.rhs == y / definition.lhs**2
    assert definition.rhs == long


def test_powers_of_numbers_of_any_sign_are_not_collected() -> None:
    u, v = sp.symbols("u v", real=True)
    assert latex(u**ALPHA * v**-ALPHA) == r"u^{\alpha} v^{- \alpha}"
    assert latex(x**ALPHA * y**-ALPHA) == r"\left(\frac{x}{y}\right)^{\alpha}"
