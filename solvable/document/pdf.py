"""pdflatex: an article to its PDF, with what its log complains of."""

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from theory.errors import SolvableError

MISSING = "no PDF: pdflatex is not installed (TeX Live's latex-base and latex-recommended have all it needs)"
RUNS, SECONDS = 3, 300
LEAST = 1.0  # points from which a line is overfull
_OVERFULL = re.compile(r"^Overfull \\hbox \((\d+(?:\.\d+)?)pt too wide\)(.*)$", re.MULTILINE)


class Uncompiled(SolvableError):
    """pdflatex stopped at an error, or took too long: has the lines of its log that say where."""


@dataclass(frozen=True)
class Compiled:
    """The PDF, its pages, its lines that are too wide, its formulas that had to be scaled."""

    pdf: bytes
    pages: int
    overfull: tuple[str, ...]
    fitted: int


def available() -> bool:
    return shutil.which("pdflatex") is not None


def compiled(source: str, pictures: Path) -> Compiled:
    """Compile in a folder of its own; `pictures` is what the article's paths are relative to. Raises Uncompiled."""
    with tempfile.TemporaryDirectory(prefix="solvable-") as made:
        folder = Path(made)
        (folder / "report.tex").write_text(source, encoding="utf-8")
        for path in pictures.rglob("*.pdf"):
            target = folder / path.relative_to(pictures)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        for _ in range(RUNS):  # contents, then page numbers
            _run(folder)
        log = (folder / "report.log").read_text(encoding="latin-1")
        pages = re.search(r"Output written on report\.pdf \((\d+) pages?", log.replace("\n", ""))
        wide = tuple(f"{points} pt{where}" for points, where in _OVERFULL.findall(log) if float(points) > LEAST)
        pdf = (folder / "report.pdf").read_bytes()
        return Compiled(pdf, int(pages[1]) if pages else 0, wide, log.count("solvable: fitted"))


def _run(folder: Path) -> None:
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "report.tex"]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, timeout=SECONDS, stdin=subprocess.DEVNULL,
            env=os.environ | {"max_print_line": "1000"},  # a complaint on one line of the log
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Uncompiled(f"pdflatex took more than {SECONDS} s: compile report.tex by hand") from None
    if done.returncode:
        lines = done.stdout.decode("utf-8", "replace").splitlines()
        start = next((i for i, line in enumerate(lines) if line.startswith("!")), max(0, len(lines) - 5))
        raise Uncompiled(f"pdflatex stopped: {' '.join(lines[start : start + 6])}")
