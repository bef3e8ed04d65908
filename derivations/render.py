"""Claims, their evidence and tables as LaTeX fragments for article + amsmath + booktabs."""

from collections.abc import Sequence

import sympy as sp

from derivations.tex import plain
from theory.claim import Claim, Evidence
from theory.display import equation, split
from theory.latex import c_alpha_equation
from theory.notation import C_ALPHA

PAGE = 24  # claims to a table that a page holds, titles of two lines among them


def claim_latex(claim: Claim) -> str:
    """Title, rule, displayed formula with a label, assumptions and source."""
    formula = claim.formula()
    return "\n".join(
        (
            r"{\emergencystretch 2em",
            rf"\paragraph{{{plain(claim.title)}.}} {plain(claim.prose)}",
            r"\begin{equation}",
            equation(formula),
            rf"\label{{eq:{claim.name}}}",
            r"\end{equation}",
            *(f"Here ${meaning}$." for meaning in notation(formula)),
            rf"{{\small\raggedright Holds for: {plain(claim.assumptions)}. Source: {plain(claim.source)}.\par}}}}",
        )
    )


def notation(formula: sp.Equality) -> list[str]:
    """What the printed formula abbreviates, as LaTeX without delimiters."""
    shortened = any(part.rhs.has(C_ALPHA) for part in split(formula))
    return [c_alpha_equation()] if shortened else []


def evidence_latex(rows: Sequence[tuple[Claim, Evidence]]) -> str:
    """booktabs tables of claims with grade, verdict, points and digits."""
    cells = [(plain(c.title), e.grade, e.verdict, str(e.points), str(e.digits) if e.digits else "--") for c, e in rows]
    head = ("Claim", "Grade", "Verdict", "Points", "Digits")
    pages = (cells[start : start + PAGE] for start in range(0, len(cells), PAGE))
    return "\n\n".join(booktabs(head, page, r"p{0.36\textwidth}llrr") for page in pages)


def booktabs(head: Sequence[str], rows: Sequence[Sequence[str]], columns: str, *, spaced: bool = False) -> str:
    """A table of cells that are LaTeX already; `columns` as tabular takes them; `spaced` sets tall rows apart."""
    lines = (" & ".join(row) + r" \\" + (r" \addlinespace" if spaced else "") for row in rows)
    top = rf"{{\small\noindent\begin{{tabular}}{{@{{}}{columns}@{{}}}} \toprule"
    return "\n".join((top, " & ".join(head) + r" \\ \midrule", *lines, r"\bottomrule \end{tabular}\par}"))
