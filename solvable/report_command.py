"""`solvable report`: one document with derivations, claims and evidence, figures and tables."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvable import options as opt
from solvable.figures_command import MAX_DRAWS, Draws, Jobs, Seed
from solvable.output import print_json, stages, write
from solvable.plot_file import output_folder

if TYPE_CHECKING:
    from derivations.chapter import Chapter
    from solvable.report_writer import Written

Out = Annotated[str, typer.Option("--out", metavar="DIR", help="folder of the report, made if missing")]
Some = Annotated[
    str | None, typer.Option("--chapters", metavar="NAME,...", help="only these chapters", show_default="all")
]


def report(
    out: Out,
    chapters: Some = None,
    figures: Annotated[bool, typer.Option(help="Draw the figures of `solvable figures`: four minutes.")] = True,
    results: Annotated[bool, typer.Option(help="Derive the tables of phases, plateaus, optimum and limits.")] = True,
    draws: Draws = "8",
    seed: Seed = "0",
    jobs: Jobs = "2",
    as_json: opt.Json = False,
) -> int:
    """Write the report: derivations, claims with their evidence, figures and tables, as one document.

    report.html needs nothing else and no network; report.tex and, where pdflatex is installed, report.pdf are
    the same document as an article; figures/ has every figure as PNG, PDF and CSV. Every formula is derived and
    every claim is checked anew. Exit code 1 if any claim does not pass; unknown is no pass. Three to six minutes
    on two cores, half of it for the figures.

    JSON: {"verdict", "claims": {total, passed, by_grade, not_passed}, "files": {html, tex, pdf, figures}, "pages",
    "overfull", "fitted", "note"}. overfull counts the PDF's lines that are too wide, fitted its formulas that had to
    be scaled to the line; where there is no PDF, it, pages and these two are null and note says why.

    Example: solvable report --out report --chapters loss,plateaus --no-figures
    """
    from solvable import values
    from solvable.report_writer import Plan, write_report
    from solvable.simulate_settings import MAX_JOBS

    shown = _chapters(chapters)
    plan = Plan(
        shown, figures, results,
        values.one_size("--draws", draws, MAX_DRAWS, smallest=2), values.one_size("--seed", seed, smallest=0),
        values.one_size("--jobs", jobs, MAX_JOBS),
    )  # fmt: skip
    folder = output_folder("--out", out)
    with stages() as tick:
        written = write_report(plan, folder, tick)
    if as_json:
        print_json(_record(written))
    else:
        write(_text(written))
    return 0 if written.found.verdict == "pass" else 1


def _chapters(names: str | None) -> "tuple[Chapter, ...]":
    """The chapters named, in reading order."""
    import derivations
    from theory.errors import InvalidInput

    known = {chapter.name: chapter for chapter in derivations.CHAPTERS}
    if names is None:
        return tuple(known.values())
    asked = [name.strip() for name in names.split(",")]
    for name in asked:
        if name not in known:
            raise InvalidInput("--chapters", name, f"names of chapters, separated by commas: {', '.join(known)}")
    return tuple(chapter for name, chapter in known.items() if name in asked)


def _record(written: "Written") -> dict[str, Any]:
    found, compiled = written.found, written.compiled
    wrong = [claim.name for claim, one in found.rows if one.verdict != "pass"]
    total = len(found.evidence)
    return {
        "verdict": found.verdict,
        "claims": {
            "total": total, "passed": total - len(wrong), "by_grade": found.by_grade, "not_passed": wrong,
        },
        "files": {
            "html": str(written.html), "tex": str(written.tex), "pdf": str(written.pdf) if written.pdf else None,
            "figures": [str(path) for path in written.figures],
        },
        "pages": compiled.pages if compiled else None,
        "overfull": len(compiled.overfull) if compiled else None,
        "fitted": compiled.fitted if compiled else None,
        "note": written.note,
    }  # fmt: skip


def _text(written: "Written") -> str:
    found, compiled = written.found, written.compiled
    total = len(found.evidence)
    lines = [
        f"{grade}: {', '.join(f'{number} {verdict}' for verdict, number in counts.items() if number)}"
        for grade, counts in found.by_grade.items()
    ]
    lines += [f"  {one.verdict}: {claim.name}" for claim, one in found.rows if one.verdict != "pass"]
    lines.append(f"page: {written.html}")
    if compiled:
        lines.append(f"article: {written.pdf} ({compiled.pages} pages), source {written.tex}")
        lines += [f"  overfull: {line}" for line in compiled.overfull]
    else:
        lines += [f"article: {written.tex}", written.note]
    passed = sum(one.verdict == "pass" for one in found.evidence.values())
    return "\n".join([*lines, f"verdict: {found.verdict}, {passed} of {total} claims pass"]) + "\n"
