"""Makes the report: gathers evidence, results and figures, and writes page and article."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from derivations.chapter import Chapter
from numerics.figures.drawing import Picture, Settings
from solvable.document import article, page
from solvable.document.pdf import MISSING, Compiled, Uncompiled, available, compiled
from solvable.report_contents import Findings, document
from solvable.staging import staged
from theory.claim import Claim, Evidence

Tick = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What the report holds, and what its random numbers depend on."""

    chapters: tuple[Chapter, ...]
    figures: bool
    results: bool
    draws: int
    seed: int
    jobs: int


@dataclass(frozen=True)
class Written:
    """What was found, and the files: where there is no PDF, pdf and compiled are None and note says why."""

    found: Findings
    html: Path
    tex: Path
    pdf: Path | None
    figures: tuple[Path, ...]
    compiled: Compiled | None
    note: str


def write_report(plan: Plan, folder: Path, tick: Tick) -> Written:
    """The report in `folder`, whole or not at all."""
    evidence = gathered(plan, tick)
    with staged(folder) as stage:
        found = _findings(plan, evidence, stage, tick)
        contents = document(found)
        tick("set the page")
        (stage / "report.html").write_text(page(contents, stage), encoding="utf-8")
        source = article(contents, stage)
        (stage / "report.tex").write_text(source, encoding="utf-8")
        tick("compile the article")
        done, note = _compiled(source, stage)
        if done:
            (stage / "report.pdf").write_bytes(done.pdf)
        figures = tuple(folder / path.relative_to(stage) for path in sorted(stage.glob("figures/*")))
    names = ("report.html", "report.tex", "report.pdf")
    html, tex, pdf = (folder / name for name in names)
    return Written(found, html, tex, pdf if done else None, figures, done, note)


def _compiled(source: str, stage: Path) -> tuple[Compiled | None, str]:
    """The compiled article, or why there is none: page and source are of use without it."""
    if not available():
        return None, MISSING
    try:
        return compiled(source, stage), ""
    except Uncompiled as error:
        return None, f"no PDF: {error}"


def gathered(plan: Plan, tick: Tick) -> dict[str, Evidence]:
    """The evidence of every claim of the plan's chapters, by name; `plan.jobs` processes share the work."""
    claims = [claim for chapter in plan.chapters for claim in chapter.claims()]
    found: dict[str, Evidence] = {}
    for claim, evidence in zip(claims, _evidence(claims, plan.jobs), strict=True):
        found[claim.name] = evidence
        tick(f"checked {len(found)} of {len(claims)} claims: {claim.title}")
    return found


def _evidence(claims: list[Claim], jobs: int) -> Iterable[Evidence]:
    """In the order of the claims, one after the other or by processes that find each claim by its name."""
    if jobs == 1:
        return (claim.evidence() for claim in claims)
    from joblib import Parallel, delayed

    return Parallel(n_jobs=jobs, return_as="generator")(delayed(_evidence_of)(claim.name) for claim in claims)


def _evidence_of(name: str) -> Evidence:
    from derivations import all_claims

    return next(claim for claim in all_claims() if claim.name == name).evidence()


def _findings(plan: Plan, evidence: dict[str, Evidence], stage: Path, tick: Tick) -> Findings:
    from numerics.figures import make_figures
    from solvable.report_graphs import graph_pictures
    from solvable.report_results import result_blocks

    results = tuple(result_blocks(tick)) if plan.results else ()
    pictures: tuple[Picture, ...] = ()
    if plan.figures:
        pictures = make_figures(None, stage / "figures", plan.draws, plan.seed, plan.jobs, tick)
        settings = Settings(plan.draws, plan.seed)
        pictures = tuple(replace(one, command=settings.command(one.name, Path("figures"))) for one in pictures)
    tick("draw what rests on what")
    graphs = graph_pictures(plan.chapters, stage / "figures")
    words = f"Random numbers of the figures: {plan.draws} draws, seed {plan.seed}." if plan.figures else ""
    return Findings(plan.chapters, evidence, results, pictures, graphs, words)
