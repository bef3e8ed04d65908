"""`solvable claims` and `solvable latex`: the formulas with their evidence, and as LaTeX."""

from typing import TYPE_CHECKING, Annotated

import typer

from solvable import options as opt
from solvable.output import print_json, progress, write

if TYPE_CHECKING:
    from theory.claim import Claim, Evidence

RESULTS = ("phases", "plateaus", "optimum", "limits")  # derived by the commands of these names
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
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...", help=f"claims, or any of {', '.join(RESULTS)}; all claims if none is given"
        ),
    ] = None,
    table: Annotated[bool, typer.Option("--table", help="Add a booktabs table of the claims' evidence.")] = False,
    as_json: opt.Json = False,
) -> None:
    """Print claims and results as a LaTeX fragment for article with amsmath and booktabs.

    Claims are named as `solvable claims` lists them. Phases, plateaus, optimum and limits are the results of the
    commands of these names, for every alpha > 0; with --latex the commands themselves, and evaluate and exponents,
    print theirs for the options given.

    Example: solvable latex planar-equation test-loss phases
    """
    from derivations.render import claim_latex, evidence_latex

    claims = _chosen([name for name in names if name not in RESULTS] if names else None, also=RESULTS)
    results = [name for name in RESULTS if name in (names or ())]
    parts = {claim.name: claim_latex(claim) for claim in claims} | {name: _result(name) for name in results}
    ordered = {name: parts[name] for name in names} if names else parts
    if as_json:
        print_json({"latex": [{"name": name, "latex": text} for name, text in ordered.items()]})
        return
    fragments = [text.rstrip("\n") for text in ordered.values()]
    if table:
        fragments.append(evidence_latex([(claim, claim.evidence()) for claim in claims]))
    write("\n\n".join(fragments) + "\n")


def _result(name: str) -> str:
    """What the command of that name derives, for every alpha."""
    from solvable import results_latex as text

    if name == "phases":
        from theory.phases import phases

        return text.phases_latex(phases())
    if name == "plateaus":
        from theory.plateaus import plateaus

        return text.plateaus_latex(*plateaus())
    if name == "optimum":
        from solvable.optimum_command import closed_forms

        return text.optimum_latex(closed_forms())
    from solvable.limits_latex import limits_latex
    from theory.limits import limits

    return limits_latex(limits())


def _chosen(names: list[str] | None, also: tuple[str, ...] = ()) -> list["Claim"]:
    from derivations import all_claims
    from theory.errors import InvalidInput

    known = {claim.name: claim for claim in all_claims()}
    for name in names or ():
        if name not in known:
            raise InvalidInput("NAME", name, f"one of {', '.join((*also, *known))}")
    return list(known.values()) if names is None else [known[name] for name in dict.fromkeys(names)]


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
