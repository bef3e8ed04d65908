"""The fenced code blocks of a Markdown page, run in order as a reader would.

python   executed, all in one namespace
pycon    a doctest in that namespace: what follows each >>> is what it prints
console  lines `$ solvable ...`, run through solvable.cli.main; what follows each is all that it prints, stdout and
         stderr, at COLUMNS columns. Exit code 2 is expected where that begins with `error:`, else 0; a command with
         nothing after it has only to succeed
text     shown, not run

Markdown is read by markdown-it-py, outputs are compared by doctest: character by character, but `...` stands for
anything and spaces at the ends of lines do not count.
"""

import contextlib
import doctest
import io
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from solvable.cli import main

ROOT = Path(__file__).parent.parent
COLUMNS = "100"
RUN = ("python", "pycon", "console")
SHOWN = "text"
PROMPT = "$ "


@dataclass(frozen=True)
class Block:
    """A code block: its label ("" if it has none, as an indented one), its text, the line it opens on."""

    label: str
    text: str
    line: int


@dataclass(frozen=True)
class Call:
    """A command of a console block, with what is shown after it."""

    command: str
    shown: str

    @property
    def exit_code(self) -> int:
        return 2 if self.shown.startswith("error:") else 0


def pages() -> list[Path]:
    """README and every page of docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(markdown: str) -> list[Block]:
    """Every code block, fenced or indented."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    found = [token for token in tokens if token.type in ("fence", "code_block")]
    return [Block(token.info.strip(), token.content, (token.map or [0])[0] + 1) for token in found]


def calls(text: str) -> Iterator[Call]:
    """The commands of a console block. Raises ValueError if it begins with another line."""
    pieces = f"\n{text}".split(f"\n{PROMPT}")
    if pieces[0].strip():
        raise ValueError(f"a console block begins with a line {PROMPT}..., not with {pieces[0].strip()!r}")
    for piece in pieces[1:]:
        command, _, shown = piece.partition("\n")
        yield Call(command, shown)


class Checker(doctest.OutputChecker):
    """doctest's, blind to spaces at the ends of lines and to empty lines at the end."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        return super().check_output(_trimmed(want), _trimmed(got), optionflags)


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip() + "\n"


def failures(markdown: str, name: str) -> list[str]:
    """What goes wrong when the page's blocks run in the current folder; "" in none of them."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    run = {"python": _python, "pycon": _pycon, "console": _console}
    found = []
    for block in blocks(markdown):
        if block.label in RUN:
            trouble = run[block.label](block, namespace, name)
            found += [f"{name}:{block.line}: {trouble}"] if trouble else []
    return found


def _python(block: Block, namespace: dict[str, Any], name: str) -> str:
    try:
        exec(compile("\n" * block.line + block.text, name, "exec"), namespace)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _pycon(block: Block, namespace: dict[str, Any], name: str) -> str:
    test = doctest.DocTestParser().get_doctest(block.text, namespace, name, name, block.line)
    runner = doctest.DocTestRunner(Checker(), verbose=False, optionflags=doctest.ELLIPSIS)
    report: list[str] = []
    failed, _ = runner.run(test, out=report.append, clear_globs=False)
    namespace.update(test.globs)
    if not test.examples:
        return "a pycon block without >>>"
    return "".join(report) if failed else ""


def _console(block: Block, namespace: dict[str, Any], name: str) -> str:
    return "\n".join(filter(None, map(_call, calls(block.text))))


def _call(call: Call) -> str:
    program, *arguments = shlex.split(call.command, comments=True)
    if program != "solvable":
        return f"{program}: a console block holds commands `solvable ...`; mark it {SHOWN} if it is not to run"
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        code = main(arguments)
    if code != call.exit_code:
        return f"{call.command}: exit code {code}, not {call.exit_code}: {printed.getvalue()}"
    example, flags = doctest.Example(call.command, call.shown), doctest.ELLIPSIS
    if not call.shown.strip() or Checker().check_output(call.shown, printed.getvalue(), flags):
        return ""
    difference = Checker().output_difference(example, printed.getvalue(), flags | doctest.REPORT_NDIFF)
    return f"{call.command}\n{difference}"
