r"""Expressions as LaTeX in the notation of MRS (arXiv:2210.16859).

$1 + \alpha$ and $T - N$ rather than $\alpha + 1$ and $- N + T$; roots and powers of like exponent under one; tall
factors beside a fraction, not in it; $\sigma_\epsilon^{2}$ and its powers; $\ln$; $c_\alpha$ for the amplitude that it
stands for (theory.notation). Statements are set as displays by theory.display.
"""

import re
from functools import cache

import sympy as sp
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

from theory.continuum import c_alpha
from theory.notation import C_ALPHA, in_symbols

SHORT = 3  # terms of a sum in which all positive ones come first, and numbers before the others
_TEACHER_SUM = re.compile(r"V_(\d)(\d)")  # as theory.positive names what TeacherMoment prints


class _Together(sp.UnevaluatedExpr):
    """A product under one power or root: SymPy would distribute the power over it."""

    is_commutative = True


class PositiveFirst:
    """A printer that writes T - N rather than -N + T, and 1 + alpha rather than alpha + 1.

    A sum made with evaluate=False in an order of its own, such as an expansion's, keeps it.
    """

    def _as_ordered_terms(self, expr: sp.Expr, order: str | None = None) -> list[sp.Expr]:
        if expr.args != sp.Add(*expr.args).args:
            return list(expr.args)
        terms = super()._as_ordered_terms(expr, order)  # type: ignore[misc]
        positive, negative = sp.sift(terms, lambda term: not term.could_extract_minus_sign(), binary=True)
        if len(terms) <= SHORT:
            return [*_numbers_first(positive), *_numbers_first(negative)]
        first = next(iter(positive), terms[0])
        return [first, *(term for term in terms if term is not first)]


def _numbers_first(terms: list[sp.Expr]) -> list[sp.Expr]:
    return sorted(terms, key=lambda term: not term.is_number)


class PaperLatex(PositiveFirst, LatexPrinter):
    """SymPy's printer with the paper's habits."""

    def __init__(self) -> None:
        super().__init__({"ln_notation": True, "inv_trig_style": "full", "fold_func_brackets": True})

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:
        base, square = self._named(expr)
        return f"{base}^{{2}}" if square else base

    def _named(self, symbol: sp.Symbol) -> tuple[str, bool]:
        """A symbol without the square that is part of its name, as in `sigma_epsilon^2`, and whether it has one."""
        name = "c_alpha" if symbol == C_ALPHA else _TEACHER_SUM.sub(r"V_{\1,\2}", symbol.name)
        if "(" in name or "{" in name or name.count("\\") > 1:
            return name, False  # LaTeX as it stands
        square = name.endswith("^2")
        return self._deal_with_super_sub(name.removesuffix("^2")), square

    def _print_Pow(self, expr: sp.Pow) -> str:
        base, exponent = expr.args
        if isinstance(base, _Together):
            if exponent == sp.S.Half:
                return rf"\sqrt{{{self._print(base)}}}"
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
        if expr.is_Pow:  # SymPy prints 1/x as a product
            return str(super()._print_Mul(expr))
        product = _collected(_signed(expr))
        beside, within = sp.sift(product.args, _tall, binary=True) if _has_denominator(product) else ((), product.args)
        if not beside or not _has_denominator(rest := sp.Mul(*within, evaluate=False)):
            return str(super()._print_Mul(product))
        shown = (self.parenthesize(factor, PRECEDENCE["Mul"]) for factor in beside)
        return " ".join((str(super()._print_Mul(rest) if rest.is_Mul else self._print(rest)), *shown))

    def _exponent(self, exponent: sp.Expr) -> str:
        """On one line: -(1 + alpha), alpha/(1 + alpha), 3/2."""
        if exponent.is_Add and all(term.could_extract_minus_sign() for term in exponent.args):
            return rf"-({self._print(-exponent)})"
        over, under = exponent.as_numer_denom()
        if under == 1:
            return str(self._print(exponent))
        negative = all(term.could_extract_minus_sign() for term in sp.Add.make_args(over))
        sign, over = ("-", -over) if negative else ("", over)
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


def _signed(product: sp.Mul) -> sp.Mul:
    """X (2 + alpha - R) for -X (R - alpha - 2): no sign before a sum of mostly negative terms."""
    number, factors = product.as_coeff_mul()
    for factor in factors if number.is_negative else ():
        if factor.is_Add and 2 * sum(term.could_extract_minus_sign() for term in factor.args) > len(factor.args):
            others = (other for other in factors if other is not factor)
            return sp.Mul(*(() if number == -1 else (-number,)), *others, -factor, evaluate=False)
    return product


def _collected(product: sp.Mul) -> sp.Mul:
    """(gamma/(N T))^(1/3) for the product of its powers, (N/M)^alpha for N^alpha M^-alpha, one square root for several.

    Collected are positive symbols to one fractional exponent, or its negative, or to one symbolic exponent and its
    negative, and whatever is positive under square roots: x^a y^a = (x y)^a fails for other signs.
    """
    groups: dict[sp.Expr, list[tuple[sp.Expr, sp.Expr]]] = {}  # exponent -> (base, exponent), up to the sign
    for factor in product.args:
        base, exponent = factor.as_base_exp()
        if base.is_positive and (abs(exponent) == sp.S.Half or (base.is_Symbol and not exponent.is_Integer)):
            positive = -exponent if exponent.could_extract_minus_sign() else exponent
            groups.setdefault(positive, []).append((base, exponent))
    collected, gone = [], set()
    for power, found in groups.items():
        inverse = [exponent != power for _, exponent in found]
        if len(found) == 1 or (power.as_numer_denom()[1] == 1 and len(set(inverse)) == 1):
            continue
        under = power == sp.S.Half and all(inverse)  # a root in the denominator
        bases = (1 / base if wrong and not under else base for (base, _), wrong in zip(found, inverse, strict=True))
        collected.append(sp.Pow(_Together(sp.Mul(*bases)), -power if under else power, evaluate=False))
        gone |= {base**exponent for base, exponent in found}
    return sp.Mul(*(factor for factor in product.args if factor not in gone), *collected, evaluate=False)


def _has_denominator(expression: sp.Expr) -> bool:
    return bool(sp.fraction(expression, exact=True)[1] != 1)


def _tall(factor: sp.Expr) -> bool:
    """A factor of a numerator that holds a fraction: a sum, a root, a power."""
    base, exponent = factor.as_base_exp()
    base = base.args[0] if isinstance(base, _Together) else base
    if (exponent.is_number and exponent.is_negative) or (factor.is_Pow and exponent.is_Integer and not base.is_Add):
        return False
    return (factor.is_Add or factor.is_Pow) and any(_has_denominator(term) for term in sp.Add.make_args(base))


@cache
def latex(expression: sp.Basic) -> str:
    r"""The expression as LaTeX, without delimiters; the amplitude (pi/((1+alpha) sin(...)))^(1+alpha) is $c_\alpha$."""
    return str(PaperLatex().doprint(in_symbols(expression)))


def c_alpha_equation() -> str:
    r"""$c_\alpha$ and what it stands for."""
    return rf"{latex(C_ALPHA)} = {PaperLatex().doprint(c_alpha())}"
