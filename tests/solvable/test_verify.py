"""The verdict: passes as things are, fails with a wrong formula; the report is whole."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from numerics import formulas
from numerics.scores import normal_score, threshold
from solvable.checks import Check, verdict_of
from solvable.cli import main
from solvable.plot_file import output_folder
from solvable.verify import Outcome, Plan, run

SMALL = Plan(("linear-samples",), draws=6, random_models=2, stars=1, claims=False, data=False, jobs=1)


def quiet(text: str) -> None:
    """No progress."""


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run(SMALL, tmp_path_factory.mktemp("report"), quiet)


def test_right_formulas_pass(honest: Outcome) -> None:
    assert honest.verdict == "pass", [check for check in honest.checks if check.verdict != "pass"]
    assert {check.stage for check in honest.checks} == {"evaluate", "read", "simulate"}


def test_report_is_whole(honest: Outcome) -> None:
    folder = honest.page.parent
    page = honest.page.read_text(encoding="utf-8")
    assert "Verdict: <strong>pass</strong>" in page
    assert "http" not in page.replace("http://www.w3.org", "")  # nothing is loaded from elsewhere
    for picture in honest.pictures:
        assert (folder / f"{picture.name}.png").read_bytes().startswith(b"\x89PNG")
        assert (folder / f"{picture.name}.pdf").read_bytes().startswith(b"%PDF")
        assert (folder / f"{picture.name}.csv").read_text(encoding="utf-8").startswith("curve,kind,x")
    document = json.loads((folder / "checks.json").read_text(encoding="utf-8"))
    assert document["verdict"] == "pass"
    assert {"name", "theory", "value", "error", "z", "verdict"} <= set(document["checks"][0])


@pytest.mark.parametrize("part", ["signal", "label_noise"])
def test_a_deliberately_wrong_formula_fails(part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """df1 where df2 belongs, in both evaluators alike: simulation must notice."""
    right = formulas.losses

    def wrong(infinite: str, backend: str) -> dict[str, Callable[..., Any]]:
        forms = dict(right(infinite, backend))
        original = forms[part]
        forms[part] = lambda c, a, b, q, g, *rest: original(c, a, b, q + g, g, *rest)
        return forms

    monkeypatch.setattr(formulas, "losses", wrong)
    outcome = run(SMALL, tmp_path, quiet)
    assert outcome.verdict == "fail"
    assert any(check.stage == "simulate" and check.verdict == "fail" for check in outcome.checks)


def test_exit_code_is_the_verdict(
    honest: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = Check("planted", 1.0, 2.0, 0.1, 10.0, "fail", "simulate", "planted")
    for verdict, code in (("pass", 0), ("fail", 1), ("unknown", 1)):
        outcome = Outcome((*honest.checks, failed), honest.pictures, verdict, 1.0, honest.page)
        monkeypatch.setattr("solvable.verify.run", lambda *_, outcome=outcome: outcome)
        assert main(["verify", "--out", str(tmp_path)]) == code
        assert f"verdict: {verdict}" in capsys.readouterr().out
        assert main(["verify", "--out", str(tmp_path), "--json"]) == code
        assert json.loads(capsys.readouterr().out)["verdict"] == verdict


def test_unwritable_folder_is_refused_before_any_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert main(["verify", "--out", str(blocked / "report")]) == 2
    assert capsys.readouterr().err.startswith("error: --out = ")
    assert output_folder("--out", str(tmp_path / "new" / "folder")).is_dir()


def test_unknown_and_nothing_are_no_pass() -> None:
    row = Check("x", None, None, None, None, "pass", "derive")
    assert verdict_of([row]) == "pass"
    assert verdict_of([]) == "fail"
    for verdict, expected in (("unknown", "unknown"), ("fail", "fail"), ("drawn", "pass")):
        assert verdict_of([row, Check("y", None, None, None, None, verdict, "derive")]) == expected


def test_scores_allow_for_few_draws_and_many_points() -> None:
    assert threshold(1) == pytest.approx(3.2905, abs=5e-5)  # two-sided 1e-3, to the digits of tables
    assert threshold(100) > threshold(10) > threshold(1)
    assert abs(normal_score(4.0, 5)) < 3 < abs(normal_score(4.0, 1e9))
    assert normal_score(-2.0, 10) == -normal_score(2.0, 10)


def test_a_pole_is_text_in_json() -> None:
    check = Check("at the pole", math.inf, math.inf, None, None, "drawn", "simulate")
    assert json.loads(json.dumps(check.as_json(), allow_nan=False))["value"] == "inf"
