"""LaTeX of claims and of their evidence, for article + amsmath + booktabs."""

from collections.abc import Sequence
from itertools import zip_longest

import sympy as sp

from theory.claim import Claim, Evidence

WIDE = 220  # characters of LaTeX from which a formula is set smaller to fit the line
_ESCAPES = {"_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#", "^": r"\^{}", "<": r"$<$", ">": r"$>$", "|": r"$|$"}


def plain(text: str) -> str:
    """Prose with TeX's special characters escaped outside of $mathematics$."""
    pieces = text.split("$")
    if len(pieces) % 2 == 0:
        raise ValueError(f"a dollar without its other: {text}")
    prose = ("".join(_ESCAPES.get(character, character) for character in piece) for piece in pieces[::2])
    return "$".join(piece for pair in zip_longest(prose, pieces[1::2]) for piece in pair if piece is not None)


def formula_latex(formula: sp.Equality) -> str:
    """The equality, without delimiters."""
    # amsmath has no blackboard letters, and a transpose is not the power of T
    right = sp.latex(formula.rhs).replace(r"\mathbb{I}", "1").replace("^{T}", r"^{\top}")
    return f"{sp.latex(formula.lhs)} = {right}"


def claim_latex(claim: Claim) -> str:
    """Title, prose, displayed formula with a label, assumptions and source."""
    formula = formula_latex(claim.formula())
    size = r"\footnotesize " if len(formula) > WIDE else ""
    return "\n".join(
        (
            rf"\paragraph{{{plain(claim.title)}.}} {plain(claim.prose)}",
            rf"{{{size}\begin{{equation}}",
            rf"  {formula}",
            rf"  \label{{eq:{claim.name}}}",
            r"\end{equation}}",
            rf"{{\small\raggedright Holds for: {plain(claim.assumptions)}. Source: {plain(claim.source)}.\par}}",
        )
    )


def evidence_latex(rows: Sequence[tuple[Claim, Evidence]]) -> str:
    """A booktabs table of claims with grade, verdict, points and digits."""
    lines = [
        f"{plain(c.title)} & {e.grade} & {e.verdict} & {e.points} & {e.digits if e.digits else '--'} \\\\"
        for c, e in rows
    ]
    begin = r"{\small\noindent\begin{tabular}{p{0.34\textwidth}llrr} \toprule"
    head = rf"{begin} Claim & Grade & Verdict & Points & Digits \\ \midrule"
    return "\n".join((head, *lines, r"\bottomrule \end{tabular}}"))
