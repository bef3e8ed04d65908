"""A chapter of the derivations as blocks: its text cells in place, and in place of code the claims that it states."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

from derivations.chapter import Chapter
from solvable.document.blocks import Block, Heading, Prose, Statement, chapter_anchor, claim_anchor
from solvable.document.markdown import tokens
from theory.claim import Claim, Evidence

_MARKER = re.compile(r"# %%(?P<text> \[markdown\])?\s*$")
_ARXIV = re.compile(r"arXiv:(\d{4}\.\d{4,5})")
_CODE = re.compile(r"(?P<chapter>chapter )?`(?P<name>[\w-]+)`")


@dataclass(frozen=True)
class Cell:
    """A cell of a percent document: its text, and the lines from `first` to before `end` that it fills."""

    kind: Literal["markdown", "code"]
    source: str
    first: int
    end: int


@dataclass(frozen=True)
class Numbers:
    """The numbers of all chapters and claims, and the anchors of those that the document has."""

    claims: Mapping[str, str]
    chapters: Mapping[str, str]
    present: frozenset[str]

    def claim(self, name: str) -> str:
        """A claim's number as a link, its name where the document lacks it."""
        anchor = claim_anchor(name)
        return f"[({self.claims[name]})](#{anchor})" if anchor in self.present else f"`{name}`"

    def linked(self, text: str) -> str:
        """Markdown in which names of claims and chapters lead there."""

        def link(match: re.Match[str]) -> str:
            name = match["name"]
            if match["chapter"] and chapter_anchor(name) in self.present:
                return f"[Chapter {self.chapters[name]}](#{chapter_anchor(name)})"
            return self.claim(name) if name in self.claims and not match["chapter"] else match[0]

        return _CODE.sub(link, text)


def numbers(chapters: tuple[Chapter, ...], shown: tuple[Chapter, ...]) -> Numbers:
    """Chapters count from 1, claims within them; a part of the chapters keeps the numbers of the whole."""
    claims = {
        claim.name: f"{i}.{j}"
        for i, chapter in enumerate(chapters, 1)
        for j, claim in enumerate(chapter.claims(), 1)
    }  # fmt: skip
    present = {chapter_anchor(chapter.name) for chapter in shown}
    present |= {claim_anchor(claim.name) for chapter in shown for claim in chapter.claims()}
    return Numbers(claims, {chapter.name: str(i) for i, chapter in enumerate(chapters, 1)}, frozenset(present))


def cells(path: Path) -> tuple[Cell, ...]:
    """The cells of a percent document, as jupytext reads them."""
    lines = path.read_text(encoding="utf-8").splitlines()
    marks = [(index, match) for index, line in enumerate(lines) if (match := _MARKER.match(line))]
    ends = [index for index, _ in marks[1:]] + [len(lines)]
    found = []
    for (index, match), end in zip(marks, ends, strict=True):
        body = lines[index + 1 : end]
        if match["text"]:
            source = "\n".join(line.removeprefix("#").removeprefix(" ") for line in body)
            found.append(Cell("markdown", source.strip(), index + 1, end + 1))
        else:
            found.append(Cell("code", "\n".join(body).strip(), index + 1, end + 1))
    return tuple(found)


def chapter_blocks(chapter: Chapter, known: Numbers, evidence: Callable[[Claim], Evidence]) -> Iterator[Block]:
    """The chapter in reading order. A claim that is stated in none of its cells comes at the end."""
    left = list(chapter.claims())
    for cell in cells(chapter.path):
        if cell.kind == "markdown":
            yield from _text(cell.source, chapter, known)
            continue
        for claim in [one for one in left if cell.first <= chapter.line(one) < cell.end]:
            left.remove(claim)
            yield statement(claim, chapter, known, evidence(claim))
    for claim in left:
        yield statement(claim, chapter, known, evidence(claim))


def statement(claim: Claim, chapter: Chapter, known: Numbers, found: Evidence) -> Statement:
    """The claim with its number; its source without the chapter, which the reader sees."""
    literature = "; ".join(part for part in claim.source.split("; ") if part != chapter.source)
    literature = _ARXIV.sub(r"[arXiv:\1](https://arxiv.org/abs/\1)", literature)
    return Statement(
        claim.name, known.claims[claim.name], claim.title, known.linked(claim.prose), claim.formula(),
        known.linked(claim.assumptions), literature, tuple(map(known.claim, claim.uses)), found,
    )  # fmt: skip


def _text(source: str, chapter: Chapter, known: Numbers) -> Iterator[Block]:
    """A text cell's headings, and the prose between them."""
    lines = source.splitlines()
    start = 0

    def prose(end: int) -> Iterator[Block]:
        text = "\n".join(lines[start:end]).strip()
        if text:
            yield Prose(known.linked(text))

    parsed = tokens(source)
    for token, words in pairwise(parsed):
        if token.type != "heading_open" or token.level or token.map is None:
            continue
        yield from prose(token.map[0])
        if token.tag == "h1":
            yield Heading(words.content, 2, chapter_anchor(chapter.name), known.chapters[chapter.name])
        else:
            yield Heading(words.content, 3)
        start = token.map[1]
    yield from prose(len(lines))
