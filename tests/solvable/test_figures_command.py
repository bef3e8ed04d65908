"""`solvable figures`: files, fonts, numbers, the same bytes again, mistakes."""

import csv
import json
import re
import shlex
from pathlib import Path

import pytest
from cli_runner import run, strict_json

from numerics.figures import names

QUICK = ("--draws", "2", "--jobs", "1")
COLUMNS = ["curve", "kind", "x", "y", "error", "theory", "z"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("figures") / "new"
    result = run("figures", "linear-features", "--out", str(folder), *QUICK, "--json")
    assert (result.code, result.err) == (0, "")
    (record,) = strict_json(result.out)["figures"]
    return folder, record


def test_the_record_names_the_files(made: tuple[Path, dict[str, str]]) -> None:
    folder, record = made
    assert set(record) == {"name", "caption", "png", "pdf", "csv", "command"}
    assert {path.name for path in folder.iterdir()} == {f"linear-features.{kind}" for kind in ("png", "pdf", "csv")}
    assert Path(record["png"]).read_bytes().startswith(b"\x89PNG")
    assert "$" not in record["caption"]
    assert "2 draws" in record["caption"]


def test_all_fonts_of_the_pdf_are_embedded_outlines(made: tuple[Path, dict[str, str]]) -> None:
    pdf = Path(made[1]["pdf"]).read_bytes()
    assert pdf.startswith(b"%PDF")
    described = len(re.findall(rb"/Type /FontDescriptor", pdf))
    assert described == len(re.findall(rb"/FontFile2 ", pdf)) > 0
    assert not re.search(rb"/Subtype /(Type3|Type1)\b", pdf)


def test_the_csv_holds_every_number(made: tuple[Path, dict[str, str]]) -> None:
    with Path(made[1]["csv"]).open(newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == COLUMNS
    assert {row["kind"] for row in table} == {"theory", "drawn", "simulated"}
    for row in table:
        assert float(row["y"]) > 0
        assert bool(row["error"]) == (row["kind"] == "simulated")


def test_its_command_makes_the_same_bytes(made: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    words = shlex.split(made[1]["command"])
    assert words[0] == "solvable"
    words[words.index("--out") + 1] = str(tmp_path)
    assert run(*words[1:], "--jobs", "1").code == 0
    assert (tmp_path / "linear-features.csv").read_bytes() == Path(made[1]["csv"]).read_bytes()


def test_text_for_people_names_each_figure_once(tmp_path: Path) -> None:
    result = run("figures", "density", "density", "--out", str(tmp_path), *QUICK)
    assert result.code == 0
    assert result.out.startswith("density: ")
    assert result.out.count(".csv") == 1
    with pytest.raises(json.JSONDecodeError):
        json.loads(result.out)


def test_help_lists_every_figure() -> None:
    text = " ".join(run("figures", "--help").out.replace("│", " ").split())
    for name in names():
        assert re.search(rf"(?<![\w-]){name}(?![\w-])", text), name


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("nonsense",), "NAME = 'nonsense' is not allowed: give one of loss-vs-samples, "),
        (("density", "--draws", "1"), "--draws = '1' is not allowed: give an integer from 2 to 10000"),
        (("density", "--draws", "many"), "--draws = 'many'"),
        (("density", "--seed", "-1"), "--seed = '-1'"),
        (("density", "--jobs", "0"), "--jobs = '0'"),
    ],
)
def test_a_mistake_is_one_line_and_makes_nothing(argv: tuple[str, ...], words: str, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    result = run("figures", *argv, "--out", str(folder))
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: ")
    assert len(result.err.splitlines()) == 1
    assert words in result.err
    assert not folder.exists()


def test_the_folder_is_required_and_must_be_one(tmp_path: Path) -> None:
    missing = run("figures", "density")
    assert (missing.code, missing.err.splitlines()) == (
        2, ["error: option --out is missing: folder of the figures, made if missing"],
    )  # fmt: skip
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    for target in (blocked, blocked / "below"):
        result = run("figures", "density", "--out", str(target))
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith("error: --out = ")
        assert len(result.err.splitlines()) == 1
    assert blocked.read_text() == "in the way"
