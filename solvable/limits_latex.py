"""The analytic limits as a LaTeX fragment for article with amsmath."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import sympy as sp

from numerics.limit_ladder import Confirmation
from theory.display import broken, lines_of, long_factors, stacked
from theory.limit import Limit

LEGEND = r"""Moments at $\kappa_0$, the limit of $\kappa$, with $p = \lambda/(\lambda+\kappa_0)$: $D = \sum p$,
$g = \sum p(1-p)$, $S_{j,k} = \sum p^j(1-p)^k$, $V_{j,k} = \sum v\,p^j(1-p)^k$. The right side of the planar equation in
the limit is $\delta$.
"""


def limits_latex(limits: Sequence[Limit]) -> str:
    """A paragraph for each approach, a display for each limit."""
    lines = [LEGEND]
    for approach, group in groupby(limits, key=lambda limit: limit.approach):
        lines += [rf"\paragraph{{{words(approach.title)}.}}", *map(_display, group)]
    return "\n".join(lines) + "\n"


def confirmations_latex(rows: Sequence[Confirmation]) -> str:
    """The same with what the ladder says of each."""
    lines = [LEGEND]
    for approach, group in groupby(rows, key=lambda found: found.limit.approach):
        lines.append(rf"\paragraph{{{words(approach.title)}.}}")
        lines += [line for found in group for line in (_display(found.limit), _ladder(found))]
    passed = sum(found.verdict == "pass" for found in rows)
    return "\n".join([*lines, f"{passed} of {len(rows)} limits pass."]) + "\n"


def _ladder(found: Confirmation) -> str:
    checked = f"rate {found.measured_rate:.6f}, {found.digits} digits" if found.rungs else "not reached"
    return rf"{{\footnotesize Ladder: {checked}, {found.verdict}.\par}}"


def _display(limit: Limit) -> str:
    """The statement; long factors in it have names, and lines of their own."""
    return "\\begin{equation*}\n" + limit_equation(limit) + "\n\\end{equation*}"


def limit_equation(limit: Limit) -> str:
    """The body of the display."""
    names: dict[sp.Expr, sp.Symbol] = {}
    for side in (limit.value, limit.coefficient):
        for factor in long_factors(side):
            names.setdefault(factor, sp.Symbol(f"P_{len(names) + 1}"))
    shown = replace(limit, value=limit.value.xreplace(names), coefficient=limit.coefficient.xreplace(names))
    left, first, *terms = shown.parts()
    definitions = (lines_of(sp.Eq(name, factor, evaluate=False)) for factor, name in names.items())
    return stacked([broken(left, [f"= {first}", *terms]), *definitions])


def words(text: str) -> str:
    """Text such as `N -> infinity, gamma > 0 fixed` with its symbols in math mode."""
    tex = {"->": r"\to", "infinity": r"\infty", "gamma": r"\gamma", "delta": r"\delta", "sigma_u**2": r"\sigma_u^2"}
    tex |= {symbol: symbol for symbol in "NTM<>=/0"} | {"*": r"\,"}
    words = re.split(r"(->|sigma_u\*\*2|\w+|[<>=*/])", text)
    marked = "".join(f"${tex[word]}$" if word in tex else word for word in words)
    return marked.replace("$ $", " ").replace("$$", "")
