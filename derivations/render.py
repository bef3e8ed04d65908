"""LaTeX of claims and of their evidence, for article + amsmath + booktabs."""

from collections.abc import Sequence

import sympy as sp

from theory.claim import Claim, Evidence

_ESCAPES = {"_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#", "^": r"\^{}", "<": r"$<$", ">": r"$>$", "|": r"$|$"}


def plain(text: str) -> str:
    """Prose with TeX's special characters escaped."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def formula_latex(formula: sp.Equality) -> str:
    """The equality, without delimiters."""
    return f"{sp.latex(formula.lhs)} = {sp.latex(formula.rhs)}"


def claim_latex(claim: Claim) -> str:
    """Title, prose, displayed formula with a label, assumptions and source."""
    return "\n".join(
        (
            rf"\paragraph{{{plain(claim.title)}.}} {plain(claim.prose)}",
            r"\begin{equation}",
            rf"  {formula_latex(claim.formula())}",
            rf"  \label{{eq:{claim.name}}}",
            r"\end{equation}",
            rf"{{\small Holds for: {plain(claim.assumptions)}. Source: {plain(claim.source)}.}}",
        )
    )


def evidence_latex(rows: Sequence[tuple[Claim, Evidence]]) -> str:
    """A booktabs table of claims with grade, verdict, points and digits."""
    lines = [
        f"{plain(c.title)} & {e.grade} & {e.verdict} & {e.points} & {e.digits if e.digits else '--'} \\\\"
        for c, e in rows
    ]
    head = r"\begin{tabular}{lllrr} \toprule Claim & Grade & Verdict & Points & Digits \\ \midrule"
    return "\n".join((head, *lines, r"\bottomrule \end{tabular}"))
