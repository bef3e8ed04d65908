r"""Formulas as LaTeX in the notation of MRS (arXiv:2210.16859), for amsmath and for KaTeX.

`latex` prints any expression: $1 + \alpha$ and $T - N$ rather than $\alpha + 1$ and $- N + T$; $\sigma_\epsilon^{2}$
and its powers; $\ln$; $c_\alpha$ for the amplitude that it stands for. `equation` sets a statement as a display: on
one line where it fits, else broken before its terms, with long factors named and given below. Nothing is lost on the
way: tests/theory/test_latex.py reads every claim back and compares.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import sympy as sp
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

from theory.continuum import ALPHA, c_alpha

WIDE = 50  # printed characters that a line of an article holds beside its equation's number
LONG = 26  # from which a sum inside a product gets a name, where the line would be too wide
ASYMPTOTIC = r"\,(1+o(1))"  # ends a left side to which the right side is asymptotic
C_ALPHA = sp.Symbol("C_alpha", positive=True)  # a name that sorts before those of the sizes
SINE = sp.sin(sp.pi / (1 + ALPHA))
SCALE = {SINE: 1, 1 + ALPHA: 1, sp.pi: -1}  # the powers of these in c_alpha^(-1/(1 + alpha))
EULER = sp.Symbol(r"\gamma_{\mathrm{E}}", positive=True)  # Euler's constant: gamma alone is the ridge


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


def in_symbols(expression: sp.Basic) -> sp.Basic:
    """The expression with powers of the continuum amplitude as powers of C_ALPHA, and Euler's constant as EULER."""
    shorter = expression.replace(_holds_sine, _amplitude)
    if shorter != expression:
        shorter = sp.powsimp(shorter, combine="exp")  # what is left of different factors
    return shorter.xreplace({sp.EulerGamma: EULER})


def _holds_sine(found: sp.Basic) -> bool:
    """A product or power with the sine of c_alpha to a power that depends on alpha."""
    factors = found.args if found.is_Mul else (found,)
    return any(factor.is_Pow and factor.has(SINE) and factor.exp.has(ALPHA) for factor in factors)


def _amplitude(found: sp.Expr) -> sp.Expr:
    """c_alpha^k for sin^(-k (1 + alpha)), with what is left of the factors that hold alpha alone; all are positive."""
    closed, other = sp.sift(sp.Mul.make_args(found), lambda x: x.free_symbols <= {ALPHA}, binary=True)
    powers: dict[sp.Expr, sp.Expr] = {}
    for factor in closed:
        _collect_powers(factor, sp.S.One, powers)
    times = sp.cancel(-powers.get(SINE, 0) / (1 + ALPHA))
    left = {base: sp.cancel(powers.get(base, 0) + sign * times * (1 + ALPHA)) for base, sign in SCALE.items()}
    if times == 0 or (any(left.values()) and not times.is_Rational):
        return found
    powers |= left
    return sp.Mul(C_ALPHA**times, *(base**power for base, power in powers.items()), *other)


def _collect_powers(factor: sp.Expr, power: sp.Expr, into: dict[sp.Expr, sp.Expr]) -> None:
    """factor^power as powers of bases that are neither products nor powers."""
    if factor.is_Mul:
        for part in factor.args:
            _collect_powers(part, power, into)
    elif factor.is_Pow:
        _collect_powers(factor.base, power * factor.exp, into)
    else:
        into[factor] = into.get(factor, 0) + power


def c_alpha_equation() -> str:
    r"""$c_\alpha$ and what it stands for."""
    return rf"{latex(C_ALPHA)} = {PaperLatex().doprint(c_alpha())}"


# Displays ----------------------------------------------------------------------------------------


def equation(statement: sp.Equality) -> str:
    """The body of a display, without delimiters: one line, or arrays of them (amsmath, KaTeX)."""
    return equations([statement])


def equations(statements: Iterable[sp.Equality]) -> str:
    """The body of one display of several statements."""
    names = iter(sp.numbered_symbols("P_", start=1))
    return stacked([lines_of(part) for statement in statements for part in split(statement, names)])


def stacked(parts: Sequence[Sequence[tuple[str, str]]]) -> str:
    """Statements below each other: aligned together, or each by itself where a long left side would push the others."""
    lines = [line for part in parts for line in part]
    left, right = (max(map(width, halves)) for halves in zip(*lines, strict=True))
    if len(parts) == 1 or left + right <= WIDE:
        return aligned(lines)
    return "\\begin{gathered}\n" + " \\\\[1ex]\n".join(map(aligned, parts)) + "\n\\end{gathered}"


def aligned(lines: Sequence[tuple[str, str]]) -> str:
    """Left and right halves, one line or several."""
    if len(lines) == 1:
        return " ".join(half for half in lines[0] if half)
    rows = (f"{left} &{right}" for left, right in lines)
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def split(statement: sp.Equality, names: Iterator[sp.Symbol] | None = None) -> tuple[sp.Equality, ...]:
    r"""The statement and definitions that together say the same, with `names` ($P_1$, $P_2$, ...) for its long factors.

    Factors are named only where no break between terms makes the lines short enough.
    """
    names = names or iter(sp.numbered_symbols("P_", start=1))
    left, right = statement.args
    parts, pending = [], [sp.Eq(left, in_symbols(right), evaluate=False)]
    while pending:
        part = pending.pop(0)
        if max(map(line_width, lines_of(part))) <= WIDE:
            parts.append(part)
            continue
        long = [term for term in sp.Add.make_args(part.rhs) if width(latex(term)) > WIDE - 6]
        named = {factor: next(names) for factor in dict.fromkeys(x for term in long for x in long_factors(term))}
        parts.append(sp.Eq(part.lhs, part.rhs.xreplace(named), evaluate=False))
        pending += [sp.Eq(name, factor, evaluate=False) for factor, name in named.items()]
    return tuple(parts)


def long_factors(term: sp.Expr) -> list[sp.Expr]:
    """The outermost long sums inside the products and powers of a term."""
    return [node for node in dict.fromkeys(_outermost_sums(term)) if width(latex(node)) > LONG]


def _outermost_sums(expression: sp.Basic) -> Iterable[sp.Expr]:
    if expression.is_Add:
        yield expression
    else:
        for argument in expression.args:
            yield from _outermost_sums(argument)


def lines_of(statement: sp.Equality) -> list[tuple[str, str]]:
    """The left side, and `=` with the right side, broken before its terms."""
    left, relation = latex(statement.lhs), "="
    if left.endswith(ASYMPTOTIC):
        left, relation = left.removesuffix(ASYMPTOTIC), r"\sim"
    right = statement.rhs
    terms = PaperLatex()._as_ordered_terms(right) if right.is_Add else [right]
    return broken(left, [f"{relation} {latex(terms[0])}", *map(latex, terms[1:])])


def broken(left: str, terms: Sequence[str]) -> list[tuple[str, str]]:
    """Lines of a sum: its printed terms, the first with its relation, as many to a line as fit."""
    lines = [(left, terms[0])]
    for term in terms[1:]:
        signed = term if term.startswith("+") else f"- {term[1:].lstrip()}" if term.startswith("-") else f"+ {term}"
        more = (lines[-1][0], f"{lines[-1][1]} {signed}")
        if width(left) + width(more[1]) > WIDE:
            lines.append(("", rf"\qquad {signed}"))
        else:
            lines[-1] = more
    return lines


def line_width(line: tuple[str, str]) -> float:
    return sum(map(width, line))


# Widths ------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_]|\s+|.")
_SILENT = {"$", r"\left", r"\right", r"\mathrm", r"\operatorname", r"\,", r"\!", r"\big", r"\limits"}
SMALL = 0.7  # of a sub- or superscript


def width(text: str) -> float:
    """About how many characters wide the LaTeX prints: fractions count once, indices less."""
    tokens = [token for token in _TOKEN.findall(text) if not token.isspace()]
    return _sequence(tokens, 0)[0]


def _sequence(tokens: list[str], start: int) -> tuple[float, int]:
    """Width from `start` to the closing brace, and where that is."""
    total, at = 0.0, start
    while at < len(tokens) and tokens[at] != "}":
        amount, at = _item(tokens, at)
        total += amount
    return total, at


def _item(tokens: list[str], at: int) -> tuple[float, int]:
    token, at = tokens[at], at + 1
    if token == "{":
        amount, at = _sequence(tokens, at)
        return amount, at + 1
    if token in "^_":
        amount, at = _item(tokens, at)
        return SMALL * amount, at
    if token == r"\frac":
        over, at = _item(tokens, at)
        under, at = _item(tokens, at)
        return max(over, under), at
    if token in _SILENT:
        return 0.0, at
    if token in ("+", "-", "=", r"\sim", r"\quad", r"\qquad"):
        return 2.0, at
    if token.startswith("\\") and token[1:] in ("ln", "sin", "cos", "tan", "lim", "arcsin", "min", "max"):
        return len(token) - 0.5, at
    return 1.0, at
