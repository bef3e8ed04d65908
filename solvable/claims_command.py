"""`solvable claims` and `solvable latex`: the formulas with their evidence, and as LaTeX."""

from typing import TYPE_CHECKING, Annotated

import typer

from solvable import options as opt
from solvable.output import print_json, progress, write

if TYPE_CHECKING:
    from theory.claim import Claim, Evidence

Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="names of claims, all if none is given")]


def claims(names: Names = None, as_json: opt.Json = False) -> int:
    """Check the claims, every one by a route of its own, and list them with their evidence.

    Exit code 1 if any does not pass; unknown is no pass.

    Example: solvable claims planar-equation test-loss
    """
    chosen = _chosen(names)
    evidence = [(claim, claim.evidence()) for claim in progress(chosen, len(chosen), "check")]
    if as_json:
        print_json({"claims": [_record(claim, found) for claim, found in evidence]})
    else:
        write(_table(evidence))
    return 0 if all(found.verdict == "pass" for _, found in evidence) else 1


def latex(
    names: Names = None,
    table: Annotated[bool, typer.Option("--table", help="Add a booktabs table of the evidence.")] = False,
    as_json: opt.Json = False,
) -> None:
    """Print claims as a LaTeX fragment for article with amsmath and booktabs.

    The names are those that `solvable claims` lists.

    Example: solvable latex planar-equation test-loss
    """
    from derivations.render import claim_latex, evidence_latex

    chosen = _chosen(names)
    if as_json:
        print_json({"latex": [{"name": claim.name, "latex": claim_latex(claim)} for claim in chosen]})
        return
    parts = [claim_latex(claim) for claim in chosen]
    if table:
        parts.append(evidence_latex([(claim, claim.evidence()) for claim in chosen]))
    write("\n\n".join(parts) + "\n")


def _chosen(names: list[str] | None) -> list["Claim"]:
    from derivations import all_claims
    from theory.errors import InvalidInput

    known = {claim.name: claim for claim in all_claims()}
    for name in names or ():
        if name not in known:
            raise InvalidInput("NAME", name, f"one of {', '.join(known)}")
    return [known[name] for name in names] if names else list(known.values())


def _record(claim: "Claim", found: "Evidence") -> dict[str, object]:
    return {
        "name": claim.name, "title": claim.title, "grade": found.grade, "verdict": found.verdict,
        "uses": list(claim.uses), "points": found.points, "digits": found.digits,
        "formula": f"{claim.formula().lhs} = {claim.formula().rhs}", "assumptions": claim.assumptions,
        "source": claim.source,
    }  # fmt: skip


def _table(rows: list[tuple["Claim", "Evidence"]]) -> str:
    width = max(len(claim.name) for claim, _ in rows)
    lines = []
    for claim, found in rows:
        lines.append(f"{found.verdict:8}{claim.name:{width + 2}}{found.described()}")
    passed = sum(found.verdict == "pass" for _, found in rows)
    return "\n".join([*lines, f"{passed} of {len(rows)} claims pass"]) + "\n"
