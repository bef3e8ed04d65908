"""`solvable verify`: the main job, with its verdict as exit code."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from solvable import options as opt
from solvable.output import print_json, stages, write
from solvable.plot_file import output_folder

if TYPE_CHECKING:
    from solvable.checks import Check
    from solvable.verify import Outcome


def verify(
    full: Annotated[bool, typer.Option("--full", help="All seven loss figures of the paper, more draws.")] = False,
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="folder of the report")] = "report",
    seed: Annotated[str, typer.Option("--seed", metavar="S", help="seed of every draw, an integer >= 0")] = "0",
    jobs: Annotated[str, typer.Option("--jobs", metavar="J", help="processes to use, 1 to 1024")] = "2",
    as_json: opt.Json = False,
) -> int:
    """Derive, evaluate, simulate, compare, and report: the toolkit's main job.

    Every formula is derived and checked, double precision is compared with multiprecision, the
    figures of the paper are drawn and simulated, and the learning curve of real image features is
    predicted and measured. Writes a report (HTML, PNG, PDF, CSV) and ends with a verdict: exit
    code 0 if every check passes, 1 otherwise. About two minutes on two cores; --full takes longer.
    """
    from dataclasses import replace

    from solvable import values
    from solvable.simulate_settings import MAX_JOBS
    from solvable.verify import Plan, run

    number = values.one_size("--seed", seed, smallest=0)
    workers = values.one_size("--jobs", jobs, MAX_JOBS)
    folder = output_folder("--out", out)
    plan = replace(Plan.full() if full else Plan.reduced(), seed=number, jobs=workers)
    with stages() as tick:
        outcome = run(plan, folder, tick)
    if as_json:
        print_json({"verdict": outcome.verdict, "checks": [check.as_json() for check in outcome.checks]})
    else:
        write(_summary(outcome))
    return 0 if outcome.verdict == "pass" else 1


def _summary(outcome: "Outcome") -> str:
    """Counts by stage, every check that did not pass, the scores of simulation, the verdict."""
    from numerics.plots import plain_label
    from solvable.report import STAGES

    lines = []
    for stage, (title, _) in STAGES.items():
        rows = [check for check in outcome.checks if check.stage == stage]
        if rows:
            counts = Counter(check.verdict for check in rows)
            shown = ", ".join(f"{number} {word}" for word, number in counts.items())
            lines.append(f"{title}: {shown}{_worst(rows)}")
    failed = [check for check in outcome.checks if check.verdict in ("fail", "unknown")]
    lines += [f"  {check.verdict}: {plain_label(check.name)} ({check.note})" for check in failed]
    lines += [f"report: {outcome.page}", f"verdict: {outcome.verdict} ({outcome.seconds:.0f} s)"]
    return "\n".join(lines) + "\n"


def _worst(rows: list["Check"]) -> str:
    scores = [abs(check.z) for check in rows if check.z is not None and check.verdict != "drawn"]
    return f"; largest |z| {max(scores):.2f} of {len(scores)}" if scores else ""
