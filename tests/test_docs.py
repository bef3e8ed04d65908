"""The pages of docs/ run as they stand, and print what they say; README has test_readme.py for its own."""

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

from docs import api
from tests.documents import COLUMNS, ROOT, RUN, SHOWN, blocks, failures, pages

DOCS = sorted((ROOT / "docs").glob("*.md"))
WORKED = {"index.md": 2} | dict.fromkeys(
    (
        "derive-exponents.md",
        "check-limits.md",
        "generate-latex.md",
        "verify-by-simulation.md",
        "predict-from-data.md",
        "grades.md",
    ),
    3,
)  # at least so many blocks are run
SHOWN_ONLY: dict[str, list[str]] = {  # the blocks that are not run, by their first line
    "README.md": [
        "make verify     # derive, evaluate, simulate, compare; five minutes on two cores; report/index.html",
        "Model -> planar solution -> expansion -> phase/claim -> enclosure -> simulation -> evidence -> "
        "LaTeX / figure / report",
    ],
}


@pytest.fixture(autouse=True)
def _reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # some blocks write files
    monkeypatch.setenv("COLUMNS", COLUMNS)


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_blocks_run_and_print_what_the_page_shows(page: Path) -> None:
    assert failures(page.read_text(encoding="utf-8"), page.name) == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_block_has_a_known_label(page: Path) -> None:
    found = blocks(page.read_text(encoding="utf-8"))
    assert [block for block in found if block.label not in (*RUN, SHOWN)] == []
    assert [block.text.splitlines()[0] for block in found if block.label == SHOWN] == SHOWN_ONLY.get(page.name, [])


def test_every_use_has_a_page_with_blocks_that_run() -> None:
    counts = {page.name: sum(b.label in RUN for b in blocks(page.read_text(encoding="utf-8"))) for page in DOCS}
    assert {name: counts.get(name, 0) >= least for name, least in WORKED.items()} == dict.fromkeys(WORKED, True)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in re.findall(r"\]\((?!https?://)([^)#]*)#?([^)]*)\)", page.read_text(encoding="utf-8")):
        found = page.parent / target if target else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found.read_text(encoding="utf-8")), f"{target}#{anchor}"


def anchors(markdown: str) -> set[str]:
    """What headings are called in links: lower case, without punctuation, hyphens for spaces."""
    return {
        re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in re.findall(r"^#+ (.+)$", markdown, re.M)
    }


# The machinery can fail ---------------------------------------------------------------------------

LINE = "$ solvable exponents --alpha 1 --path 'N=n, T=inf'"
ANSWER = """\
alpha = 1
  kappa ~ (pi**2/4) n^(-2)   [2.4674 n^(-2)]
  loss  ~ (pi**2/8) n^(-1)   [1.2337 n^(-1)]
  limited by features; dominated by signal
"""


def fenced(label: str, text: str) -> str:
    return f"```{label}\n{text}```\n"


@pytest.mark.parametrize(
    "page",
    [
        fenced("console", f"{LINE}\n{ANSWER}"),
        fenced("console", f"{LINE}\nalpha = 1\n...\n  limited by features; dominated by signal\n"),
        fenced("console", f"{LINE}  # a remark\n"),
        fenced("console", "$ solvable exponents --alpha -1 --path N=n\nerror: --alpha = '-1' is not allowed: ...\n"),
        fenced("python", "x = 2\n") + fenced("pycon", ">>> x + 1\n3\n"),
        fenced("text", "$ anything"),
    ],
)
def test_true_pages_pass(page: str) -> None:
    assert failures(page, "page") == []


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        (fenced("console", f"{LINE}\n{ANSWER.replace('1.2337', '1.2338')}"), "1.2338"),  # a digit
        (fenced("console", f"{LINE}\n{ANSWER.replace('n^(-1)', 'n^(1)')}"), "n^(1)"),  # a sign
        (fenced("console", f"{LINE}\n{ANSWER.replace('  limited', 'limited')}"), "limited"),  # a space
        (fenced("console", f"{LINE}\n{ANSWER}and more\n"), "and more"),  # a line too many
        (fenced("console", f"{LINE}\n{ANSWER.partition('  limited')[0]}"), "limited by"),  # a line too few
        (fenced("console", f"{LINE.replace('N=n', 'N=0')}\n"), "exit code 2, not 0"),
        (fenced("console", f"{LINE}\nerror: no such thing\n"), "exit code 0, not 2"),
        (fenced("console", "$ ls\n"), "mark it text"),
        (fenced("pycon", ">>> 1 + 1\n3\n"), "Expected:\n    3\nGot:\n    2"),
        (fenced("pycon", ">>> 1 / 0\n"), "ZeroDivisionError"),
        (fenced("pycon", "1 + 1\n"), "without >>>"),
        (fenced("python", "assert 1 + 1 == 3\n"), "AssertionError"),
    ],
)
def test_tampered_pages_are_caught(page: str, complaint: str) -> None:
    (found,) = failures(page, "page")
    assert complaint in found


def test_unlabelled_blocks_are_seen() -> None:
    assert [block.label for block in blocks(fenced("", "x\n") + "\n    indented\n\n" + fenced("sh", "y\n"))] == [
        "",
        "",
        "sh",
    ]


# The page of the Python interface -----------------------------------------------------------------


def public() -> list[tuple[str, object]]:
    """Every name of the page with what it stands for, each once."""
    names = [(package, name) for package in api.PACKAGES for name in import_module(package).__all__]
    names += [(module, name) for module, chosen in api.MODULES.items() for name in chosen]
    return list(
        {(name, id(found := getattr(import_module(m), name))): (f"{m}.{name}", found) for m, name in names}.values()
    )


def test_the_interface_is_the_docstrings() -> None:
    written = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert written == api.page(), "docs/api.md is out of date: run `make docs`"


def test_public_names_have_docstrings_of_their_own() -> None:
    for name, value in public():
        if callable(value):
            assert (value.__doc__ or "").strip(), name
            assert not (value.__doc__ or "").startswith(f"{name.rpartition('.')[2]}("), name  # a dataclass's default
        for attribute, member in vars(value).items() if inspect.isclass(value) else ():
            if not attribute.startswith("_") and (isinstance(member, property) or inspect.isfunction(member)):
                assert (member.__doc__ or "").strip(), f"{name}.{attribute}"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_files_named_exist(page: Path) -> None:
    for path in re.findall(
        r"\b(?:theory|numerics|derivations|solvable)/\w[\w/]*\.py", page.read_text(encoding="utf-8")
    ):
        assert (ROOT / path).is_file(), path
