"""The report as a document: front matter, chapters with their claims, results, figures, and what was checked."""

import platform
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import derivations
from derivations.chapter import Chapter
from numerics.figures.drawing import Picture as Drawn
from solvable.document.blocks import (
    Block,
    Column,
    Contents,
    Document,
    Heading,
    Picture,
    Prose,
    Summary,
    Table,
)
from solvable.document.captions import markdown_of
from solvable.document.chapters import Numbers, chapter_blocks, numbers
from solvable.symbols import SYMBOLS
from theory.claim import Claim, Evidence, Verdict
from theory.latex import c_alpha_equation

TITLE = "A solvable model of neural scaling laws"
SUBTITLE = "Derivations, claims and their evidence, tables and figures"
GRADES = {
    "exact": "A symbolic zero test, or rational arithmetic without rounding.",
    "enclosed": "A proof by interval arithmetic; the radius is given in digits.",
    "checked numerically": "So many digits at so many random points, by a route that shares no step with the "
    "derivation.",
    "simulated": "Within its standard error.",
    "heuristic": "Neither proved nor checked; says so.",
}
READING = r"""
A *claim* is a formula with the rule that leads to it, sufficient conditions, and a check by a route of its own.
Formulas are not typed: each is derived by the program when this document is made, printed from the same symbolic
object that is evaluated and checked. Under each claim stands its evidence, and the command that finds it again.
`solvable latex NAME` prints the claim alone; its source is a cell of `derivations/CHAPTER.py`, which runs as a script
or as a notebook.

**Can the checks fail?** Each check is also given wrong variants of its formula: a sign flipped, a power off by one,
the whole doubled. None may pass: `make test` runs all of them (tests/derivations/test_claims.py).
"""


@dataclass(frozen=True)
class Findings:
    """What the report is made of. `evidence` by the claim's name, in reading order."""

    chapters: tuple[Chapter, ...]
    evidence: Mapping[str, Evidence]
    results: tuple[Block, ...]
    figures: tuple[Drawn, ...]
    graphs: tuple[Picture, ...]
    settings: str

    @property
    def verdict(self) -> Verdict:
        verdicts = {found.verdict for found in self.evidence.values()}
        return "fail" if "fail" in verdicts or not verdicts else "unknown" if "unknown" in verdicts else "pass"

    @property
    def rows(self) -> list[tuple[Claim, Evidence]]:
        return [(claim, self.evidence[claim.name]) for chapter in self.chapters for claim in chapter.claims()]

    @property
    def by_grade(self) -> dict[str, dict[str, int]]:
        """Claims by grade and verdict."""
        counts = Counter[tuple[str, str]]((found.grade, found.verdict) for found in self.evidence.values())
        return {
            grade: {verdict: counts[grade, verdict] for verdict in ("pass", "fail", "unknown")}
            for grade in GRADES
            if any(counts[grade, verdict] for verdict in ("pass", "fail", "unknown"))
        }


def document(found: Findings) -> Document:
    """All of it in reading order."""
    known = numbers(derivations.CHAPTERS, found.chapters)
    blocks: list[Block] = [*_front(found, known), Heading("Derivations", 1, "derivations")]
    for chapter in found.chapters:
        blocks += chapter_blocks(chapter, known, lambda claim: found.evidence[claim.name])
    if found.results:
        blocks += [Heading("Results", 1, "results"), *found.results]
    if found.figures:
        blocks += [Heading("Figures", 1, "figures"), *_figures(found.figures)]
    blocks += [Heading("What was checked", 1, "checked"), *_checked(found, known), *_colophon(found)]
    return Document(TITLE, SUBTITLE, tuple(_numbered(blocks)))


def _numbered(blocks: Sequence[Block]) -> Iterator[Block]:
    """Tables and figures count from 1 in reading order."""
    tables = pictures = 0
    for block in blocks:
        if isinstance(block, Table):
            tables += 1
            yield replace(block, number=tables)
        elif isinstance(block, Picture):
            pictures += 1
            yield replace(block, number=pictures)
        else:
            yield block


def _front(found: Findings, known: Numbers) -> Iterator[Block]:
    passed = sum(one.verdict == "pass" for one in found.evidence.values())
    wrong = [claim.name for claim, one in found.rows if one.verdict != "pass"]
    text = f"**{passed} of {len(found.evidence)} claims pass** their checks; verdict: **{found.verdict}**."
    if wrong:
        text += f" Not passed: {', '.join(map(known.claim, wrong))}."
    yield Summary(found.verdict, text)
    rows = tuple(
        (grade, GRADES[grade], str(sum(counts.values())), str(counts["pass"]))
        for grade, counts in found.by_grade.items()
    )
    columns = (
        Column("Grade", 0.2), Column("What it means", 0.56), Column("Claims", 0.12, True), Column("Pass", 0.12, True),
    )  # fmt: skip
    yield Table(0, "How a claim is known, best first.", columns, rows, "solvable claims")
    yield Heading("Contents", 3)
    yield Contents()
    yield Heading("How to read this", 3)
    yield Prose(READING)
    yield Prose(f"**Symbols.** {SYMBOLS} The amplitude ${c_alpha_equation()}$ has a name.")


def _figures(figures: Sequence[Drawn]) -> Iterator[Block]:
    yield Prose(
        "Lines are exact planar theory, dotted lines the form that the paper of Maloney, Roberts and Sully draws, "
        "stars with error bars simulations. Each figure's numbers are in its CSV file, one row a number."
    )
    for one in figures:
        yield Picture(0, markdown_of(one.caption), one.png, one.pdf, one.csv, one.command)


def _checked(found: Findings, known: Numbers) -> Iterator[Block]:
    yield Heading("All claims, by grade", 3)
    columns = (
        Column("Claim", 0.1), Column("Says", 0.42), Column("Verdict", 0.1), Column("Points", 0.09, True),
        Column("Digits", 0.09, True), Column("", 0.02), Column("Uses", 0.18),
    )  # fmt: skip
    for grade in found.by_grade:
        rows = tuple(
            (
                known.claim(claim.name), claim.title, one.verdict if one.verdict != "fail" else "**FAIL**",
                str(one.points), str(one.digits or "–"), "", ", ".join(map(known.claim, claim.uses)),
            )
            for claim, one in found.rows if one.grade == grade
        )  # fmt: skip
        yield Table(0, f"Claims whose evidence is {grade}.", columns, rows, "solvable claims")
    if found.graphs:
        yield Heading("What rests on what", 3)
        yield Prose(
            "An arrow leads from a claim to one that uses it. Arrows that longer ways imply are left out. Claims of "
            "other chapters are grey."
        )
        yield from found.graphs


def _colophon(found: Findings) -> Iterator[Block]:
    yield Heading("Colophon", 3)
    packages = ", ".join(f"{name} {version(name)}" for name in ("sympy", "mpmath", "python-flint", "numpy", "scipy"))
    yield Prose(
        f"Made by `solvable report` of solvable {version('solvable')} with Python {platform.python_version()}, "
        f"{packages}. {found.settings}",
        small=True,
    )
