"""What a document is made of. Text is Markdown with $mathematics$; a link [words](#anchor) stays within it."""

from dataclasses import dataclass
from pathlib import Path

import sympy as sp

from theory.claim import Evidence, Verdict


@dataclass(frozen=True)
class Heading:
    """A part (level 1), a chapter (2) or a section (3). Parts and chapters have an anchor and are in the contents."""

    text: str
    level: int
    anchor: str = ""
    number: str = ""


@dataclass(frozen=True)
class Prose:
    """Paragraphs, lists, displayed formulas."""

    text: str
    small: bool = False


@dataclass(frozen=True)
class Contents:
    """Links to all parts and chapters."""


@dataclass(frozen=True)
class Summary:
    """The verdict, set apart."""

    verdict: Verdict
    text: str


@dataclass(frozen=True)
class Statement:
    """A claim as the document shows it: its number, rule, formula, conditions, sources and evidence.

    `uses` has the claims it builds on, as links where they are in the document.
    """

    name: str
    number: str
    title: str
    rule: str
    formula: sp.Equality
    assumptions: str
    source: str
    uses: tuple[str, ...]
    evidence: Evidence

    @property
    def anchor(self) -> str:
        return claim_anchor(self.name)

    @property
    def conditions(self) -> str:
        """Where it holds, its sources and what it uses, as Markdown."""
        parts = [f"Holds for: {self.assumptions}."]
        parts += [f"Source: {self.source}."] if self.source else []
        parts += [f"Uses {', '.join(self.uses)}."] if self.uses else []
        return " ".join(parts)

    @property
    def command(self) -> str:
        """What runs its check."""
        return f"solvable claims {self.name}"


@dataclass(frozen=True)
class Formula:
    """A displayed formula outside of the claims, the body of its display, with a remark under it."""

    latex: str
    remark: str = ""


@dataclass(frozen=True)
class Column:
    """A table's column: its head, its share of the line's width, and whether it holds numbers."""

    head: str
    share: float
    number: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of Markdown cells; a cell's lines are separated by a newline. `command` prints the same."""

    number: int
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    command: str = ""


@dataclass(frozen=True)
class Picture:
    """A figure: its files, its caption in Markdown, the command that makes it, its share of the line's width."""

    number: int
    caption: str
    png: Path
    pdf: Path
    csv: Path | None = None
    command: str = ""
    share: float = 1.0


Block = Heading | Prose | Contents | Summary | Statement | Formula | Table | Picture


@dataclass(frozen=True)
class Document:
    """Title, subtitle, and blocks in reading order."""

    title: str
    subtitle: str
    blocks: tuple[Block, ...]

    @property
    def contents(self) -> tuple[Heading, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Heading) and block.level <= 2)


def claim_anchor(name: str) -> str:
    return f"claim-{name}"


def chapter_anchor(name: str) -> str:
    return f"chapter-{name}"
