r"""Expressions as LaTeX in the notation of MRS (arXiv:2210.16859).

$1 + \alpha$ and $T - N$ rather than $\alpha + 1$ and $- N + T$; $\sigma_\epsilon^{2}$ and its powers; $\ln$; $c_\alpha$
for the amplitude that it stands for (theory.notation). Statements are set as displays by theory.display.
"""

from functools import cache

import sympy as sp
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

from theory.continuum import c_alpha
from theory.notation import C_ALPHA, in_symbols


class PositiveFirst:
    """A printer that writes T - N rather than -N + T, and 1 + alpha rather than alpha + 1."""

    def _as_ordered_terms(self, expr: sp.Expr, order: str | None = None) -> list[sp.Expr]:
        terms = super()._as_ordered_terms(expr, order)  # type: ignore[misc]
        positive = [term for term in terms if not term.could_extract_minus_sign()]
        first = next((term for term in positive if len(terms) == 2 and term.is_number), next(iter(positive), terms[0]))
        return [first, *(term for term in terms if term is not first)]


class PaperLatex(PositiveFirst, LatexPrinter):
    """SymPy's printer with the paper's habits."""

    def __init__(self) -> None:
        super().__init__({"ln_notation": True, "inv_trig_style": "full", "fold_func_brackets": True})

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:
        base, square = self._named(expr)
        return f"{base}^{{2}}" if square else base

    def _named(self, symbol: sp.Symbol) -> tuple[str, bool]:
        """A symbol without the square that is part of its name, as in `sigma_epsilon^2`, and whether it has one."""
        name = "c_alpha" if symbol == C_ALPHA else symbol.name
        if "(" in name or "{" in name or name.count("\\") > 1:
            return name, False  # LaTeX as it stands
        square = name.endswith("^2")
        return self._deal_with_super_sub(name.removesuffix("^2")), square

    def _print_Pow(self, expr: sp.Pow) -> str:
        base, exponent = expr.args
        if isinstance(base, sp.UnevaluatedExpr):
            if exponent == sp.S.Half:
                return rf"\sqrt{{{self._print(base)}}}"
            return rf"\left({self._print(base)}\right)^{{{self._exponent(exponent)}}}"
        if isinstance(base, sp.UnevaluatedExpr):
            return rf"\left({self._print(base)}\right)^{{{self._exponent(exponent)}}}"
        if (exponent.is_Rational and exponent.is_negative) or exponent in (sp.S.Half, sp.Rational(1, 3)):
            return str(super()._print_Pow(expr))  # a fraction or a root
        if isinstance(base, sp.Symbol):
            shown, square = self._named(base)
            return f"{shown}^{{{self._exponent(2 * exponent if square else exponent)}}}"
        if isinstance(base, sp.Function):
            return str(self._print(base, exp=self._exponent(exponent)))
        return f"{self.parenthesize(base, PRECEDENCE['Pow'])}^{{{self._exponent(exponent)}}}"

    def _print_Mul(self, expr: sp.Mul) -> str:
        return str(super()._print_Mul(_collected(expr)))

    def _exponent(self, exponent: sp.Expr) -> str:
        """On one line: -(1 + alpha), alpha/(1 + alpha), 3/2."""
        if exponent.is_Add and all(term.could_extract_minus_sign() for term in exponent.args):
            return rf"-({self._print(-exponent)})"
        over, under = exponent.as_numer_denom()
        if under == 1:
            return str(self._print(exponent))
        sign, over = ("-", -over) if over.could_extract_minus_sign() else ("", over)
        inline = (
            f"({self._print(x)})" if x.is_Add or (x is under and x.is_Mul) else self._print(x) for x in (over, under)
        )
        return sign + "/".join(inline)

    def _print_log(self, expr: sp.Expr, exp: str | None = None) -> str:
        (inside,) = expr.args
        shown = self._print(inside) if inside.is_Atom else rf"\left({self._print(inside)}\right)"
        return rf"\ln{'' if exp is None else f'^{{{exp}}}'} {shown}"

    def _print_Identity(self, expr: sp.Expr) -> str:
        return f"1_{{{self._print(expr.args[0])}}}"

    def _print_Transpose(self, expr: sp.Expr) -> str:
        return self.parenthesize(expr.arg, PRECEDENCE["Pow"], True) + r"^{\top}"


def _collected(product: sp.Mul) -> sp.Mul:
    """(gamma/(N T))^(1/3) for the product of its powers: symbols to one fractional exponent, or its negative."""
    groups: dict[sp.Expr, list[sp.Expr]] = {}
    for factor in product.args:
        base, exponent = factor.as_base_exp()
        if base.is_Symbol and not exponent.is_Integer and exponent.as_numer_denom()[1] != 1:
            negative = exponent.could_extract_minus_sign()
            groups.setdefault(-exponent if negative else exponent, []).append(1 / base if negative else base)
    several = {exponent: bases for exponent, bases in groups.items() if len(bases) > 1}
    if not several:
        return product
    collected = [sp.Pow(sp.UnevaluatedExpr(sp.Mul(*bases)), power, evaluate=False) for power, bases in several.items()]
    gone = {base**power for power, bases in several.items() for base in bases}
    return sp.Mul(*(factor for factor in product.args if factor not in gone), *collected, evaluate=False)


@cache
def latex(expression: sp.Basic) -> str:
    r"""The expression as LaTeX, without delimiters; the amplitude (pi/((1+alpha) sin(...)))^(1+alpha) is $c_\alpha$."""
    return str(PaperLatex().doprint(in_symbols(expression)))


def c_alpha_equation() -> str:
    r"""$c_\alpha$ and what it stands for."""
    return rf"{latex(C_ALPHA)} = {PaperLatex().doprint(c_alpha())}"
