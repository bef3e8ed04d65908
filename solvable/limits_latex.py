"""The analytic limits as a LaTeX fragment for article with amsmath."""

import re
from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from numerics.limit_ladder import Confirmation
from theory.limit import Limit, PositiveFirstLatex

WIDE, LONG = 52, 28  # printed characters from which a line is broken, and a sum gets a name
LEGEND = r"""Moments at $\kappa_0$, the limit of $\kappa$, with $p = \lambda/(\lambda+\kappa_0)$: $D = \sum p$,
$g = \sum p(1-p)$, $S_{j,k} = \sum p^j(1-p)^k$, $V_{j,k} = \sum v\,p^j(1-p)^k$. The right side of the planar equation in
the limit is $\delta$.
"""


def limits_latex(rows: Sequence[Confirmation]) -> str:
    """A paragraph for each approach, a display for each limit, and what the ladder says of it."""
    lines, approach = [LEGEND], None
    for found in rows:
        if found.limit.approach is not approach:
            approach = found.limit.approach
            lines.append(rf"\paragraph{{{words(approach.title)}.}}")
        checked = f"rate {found.measured_rate:.6f}, {found.digits} digits" if found.rungs else "not reached"
        lines += [*_display(found.limit), rf"{{\footnotesize Ladder: {checked}, {found.verdict}.\par}}"]
    passed = sum(found.verdict == "pass" for found in rows)
    return "\n".join([*lines, f"{passed} of {len(rows)} limits pass."]) + "\n"


def _display(limit: Limit) -> list[str]:
    """The statement as displays; long sums in it have names, and lines of their own."""
    printer = PositiveFirstLatex()
    factors = [factor for side in (limit.value, limit.coefficient) for factor in sp.Mul.make_args(side)]
    sums = dict.fromkeys(factor.as_base_exp()[0] for factor in factors)
    names = {x: sp.Symbol(f"P_{i}") for i, x in enumerate((x for x in sums if _width(printer.doprint(x)) > LONG), 1)}
    shown = replace(limit, value=limit.value.xreplace(names), coefficient=limit.coefficient.xreplace(names))
    left, *terms = shown.parts()
    displays = [_equation(left, terms)]
    for total, name in names.items():
        first, *others = (printer.doprint(term) for term in printer._as_ordered_terms(total))
        displays.append(_equation(sp.latex(name), [first, *(x if x.startswith("-") else f"+ {x}" for x in others)]))
    return displays


def _equation(left: str, terms: list[str]) -> str:
    """left = terms, broken before a term where a line gets long."""
    lines = [f"{left} ="]
    for term in terms:
        if _width(lines[-1] + term) > WIDE and not lines[-1].endswith("="):
            lines.append("")
        lines[-1] += f" {term}"
    kind = "equation*" if len(lines) == 1 else "multline*"
    return rf"{{\small\begin{{{kind}}}" + " \\\\\n".join(lines) + rf"\end{{{kind}}}}}"


def _width(latex: str) -> int:
    """About how many characters print: a command that sets others is none, any other is one."""
    letters = re.sub(r"\\(left|right|frac|mathrm|sqrt)|[{}^_ ]", "", latex)
    return len(re.sub(r"\\[a-z]+", "x", letters))


def words(text: str) -> str:
    """Text such as `N -> infinity, gamma > 0 fixed` with its symbols in math mode."""
    tex = {"->": r"\to", "infinity": r"\infty", "gamma": r"\gamma", "delta": r"\delta", "sigma_u**2": r"\sigma_u^2"}
    tex |= {symbol: symbol for symbol in "NTM<>=/"} | {"*": r"\,"}
    words = re.split(r"(->|sigma_u\*\*2|\w+|[<>=*/])", text)
    marked = "".join(f"${tex[word]}$" if word in tex else word for word in words)
    return marked.replace("$ $", " ").replace("$$", "")
