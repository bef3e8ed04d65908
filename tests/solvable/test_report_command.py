"""`solvable report`: page and article say the same, every number is there, and a wrong claim turns the verdict."""

import importlib.util
import json
import re
import sys
from pathlib import Path

import pytest
from cli_runner import run, strict_json
from document_reader import Page

import derivations
from derivations.chapter import Chapter
from solvable.document.pdf import available
from theory.claim import Claim
from theory.display import equation

CHAPTERS = ("duality", "ridgeless")
QUICK = ("--chapters", ",".join(CHAPTERS), "--no-figures", "--no-results", "--jobs", "1")
needs_pdflatex = pytest.mark.skipif(not available(), reason="pdflatex is not installed")

PLANTED = """# %% [markdown]
# # A planted chapter
#
# **Main results.** A sum with a wrong sign. The two sides are $1-x$ and $1+x$.

# %%
import sympy as sp

from derivations.chapter import Chapter, equality
from theory.claim import Evidence

x = sp.Symbol("x")
chapter = Chapter("planted", "A planted chapter")
for name, right in (("right", 1 - x), ("wrong", 1 + x)):
    chapter.claim(
        name,
        f"The {name} sign",
        r"Read off $x$.",
        lambda right=right: equality(1 - x, right),
        lambda formula: Evidence("pass" if sp.expand(formula.lhs - formula.rhs) == 0 else "fail", "exact", 1),
        "any $x$",
        uses=("right",) if name == "wrong" else (),
    )

# %% [markdown]
# ## After it
#
# Words behind the claims.
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    folder = tmp_path_factory.mktemp("report") / "new"
    result = run("report", "--out", str(folder), *QUICK, "--json")
    assert (result.code, result.err) == (0, "")
    return folder, strict_json(result.out)


@pytest.fixture(scope="module")
def page(made: tuple[Path, dict[str, object]]) -> Page:
    return Page((made[0] / "report.html").read_text(encoding="utf-8"))


def _claims() -> dict[str, Claim]:
    return {claim.name: claim for c in derivations.CHAPTERS if c.name in CHAPTERS for claim in c.claims()}


def test_the_record_counts_the_claims_and_names_the_files(made: tuple[Path, dict[str, object]]) -> None:
    folder, record = made
    assert set(record) == {"verdict", "claims", "files", "pages", "overfull", "fitted", "note"}
    assert record["verdict"] == "pass"
    claims, files = record["claims"], record["files"]
    assert isinstance(claims, dict)
    assert isinstance(files, dict)
    assert claims["total"] == claims["passed"] == len(_claims())
    assert sum(count["pass"] for count in claims["by_grade"].values()) == claims["total"]
    assert claims["not_passed"] == []
    named = {Path(files[kind]) for kind in ("html", "tex", "pdf") if files[kind]} | set(map(Path, files["figures"]))
    assert named == {path for path in folder.rglob("*") if path.is_file()}


def test_every_claim_stands_once_with_its_evidence(made: tuple[Path, dict[str, object]], page: Page) -> None:
    source = (made[0] / "report.html").read_text(encoding="utf-8")
    article = (made[0] / "report.tex").read_text(encoding="utf-8")
    words = "".join(page.words)
    for name, claim in _claims().items():
        assert claim.evidence().described() in words
        assert page.ids.count(f"claim-{name}") == 1
        assert source.count(f"<code>solvable claims {name}</code>") == 1
        assert article.count(f"\\claim{{claim-{name}}}") == 1
    assert len(page.ids) == len(set(page.ids))


def test_every_link_has_its_target(page: Page) -> None:
    inner = [link[1:] for link in page.links if link.startswith("#")]
    assert len(inner) > 12
    assert set(inner) <= set(page.ids)
    for link in page.links:
        assert link.startswith(("#", "figures/", "https://arxiv.org/abs/"))


def test_no_formula_is_missing_or_left_as_source(made: tuple[Path, dict[str, object]], page: Page) -> None:
    set_formulas = set(page.formulas)
    for claim in _claims().values():
        assert equation(claim.formula()) in set_formulas
        assert {text.strip() for text in claim.prose.split("$")[1::2]} <= set_formulas
    assert page.used <= page.glyphs
    words = "".join(page.words)
    assert "$" not in words
    assert "\\" not in words
    assert "**" not in words


def test_the_text_of_the_chapters_is_there(page: Page) -> None:
    words = " ".join("".join(page.words).split())
    assert "Fewer features than samples" in words
    assert "The noise does not: it now depends on the spectrum through" in words
    assert "import" not in words.split()


@needs_pdflatex
def test_the_article_compiles_without_wide_lines(made: tuple[Path, dict[str, object]]) -> None:
    folder, record = made
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")
    assert record["overfull"] == 0
    assert record["fitted"] == 0
    assert isinstance(record["pages"], int)
    assert record["pages"] > 3


def test_without_pdflatex_the_rest_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: tuple[Path, dict[str, object]]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("report", "--out", str(tmp_path / "new"), *QUICK)
    assert (result.code, result.err) == (0, "")
    assert sum(line.startswith("no PDF: pdflatex is not installed") for line in result.out.splitlines()) == 1
    assert not (tmp_path / "new" / "report.pdf").exists()
    for name in ("report.html", "report.tex"):
        assert (tmp_path / "new" / name).read_bytes() == (made[0] / name).read_bytes()


def test_where_pdflatex_fails_the_rest_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "pdflatex"
    program.write_text("#!/bin/sh\necho '! LaTeX Error: File booktabs.sty not found.'\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    result = run("report", "--out", str(tmp_path / "new"), *QUICK)
    assert (result.code, result.err) == (0, "")
    assert "no PDF: pdflatex stopped: ! LaTeX Error: File booktabs.sty not found." in result.out.splitlines()
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"report.html", "report.tex", "figures"}


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Chapter:
    path = tmp_path / "planted.py"
    path.write_text(PLANTED, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("planted", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "planted", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(derivations, "CHAPTERS", (module.chapter,))
    return module.chapter


def test_a_wrong_claim_fails_the_report(planted: Chapter, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    result = run("report", "--out", str(folder), "--no-figures", "--no-results", "--jobs", "1", "--json")
    assert (result.code, result.err) == (1, "")
    record = strict_json(result.out)
    assert record["verdict"] == "fail"
    assert record["claims"]["not_passed"] == ["wrong"]
    source = (folder / "report.html").read_text(encoding="utf-8")
    assert source.count("FAIL") == 2  # at the claim, and in the table
    assert "1 of 2 claims pass" in re.sub(r"<[^>]+>", "", source)
    assert r"\textcolor{fail}" in (folder / "report.tex").read_text(encoding="utf-8")


def test_claims_stand_where_their_cell_states_them(planted: Chapter, tmp_path: Path) -> None:
    run("report", "--out", str(tmp_path / "new"), "--no-figures", "--no-results", "--jobs", "1")
    source = (tmp_path / "new" / "report.html").read_text(encoding="utf-8")
    places = [source.index(part) for part in ("A sum with a wrong sign", "id='claim-wrong'", "Words behind the claims")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--chapters", "nonsense"), "--chapters = 'nonsense' is not allowed: give names of chapters"),
        (("--draws", "1"), "--draws = '1' is not allowed: give an integer from 2 to 10000"),
        (("--seed", "-1"), "--seed = '-1'"),
        (("--jobs", "0"), "--jobs = '0'"),
    ],
)
def test_a_mistake_is_one_line_and_makes_nothing(argv: tuple[str, ...], words: str, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    result = run("report", "--out", str(folder), *argv)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: ")
    assert words in result.err
    assert len(result.err.splitlines()) == 1
    assert not folder.exists()


def test_the_folder_must_be_one(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    for target in (blocked, blocked / "below"):
        result = run("report", "--out", str(target), *QUICK)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith("error: --out = ")
        assert len(result.err.splitlines()) == 1


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("solvable.report_writer.article", full)
    result = run("report", "--out", str(tmp_path), *QUICK)
    assert (result.code, result.out) == (2, "")
    assert result.err == "error: cannot read or write: [Errno 28] No space left on device\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.audit
def test_the_whole_report(tmp_path: Path) -> None:
    result = run("report", "--out", str(tmp_path), "--draws", "2", "--json")
    assert (result.code, result.err) == (0, "")
    record = json.loads(result.out)
    assert record["claims"]["passed"] == len(derivations.all_claims())
    assert record["overfull"] in (0, None)
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    for link in page.links:
        assert not link.startswith("figures/") or (tmp_path / link).is_file()
    assert (tmp_path / "report.html").stat().st_size < 15e6
