"""`claims` and `latex`."""

import json

import pytest

from solvable.cli import main


def test_claims_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "planar-equation", "moment-derivative", "--json"]) == 0
    records = json.loads(capsys.readouterr().out)["claims"]
    assert [record["name"] for record in records] == ["planar-equation", "moment-derivative"]
    assert {"grade", "verdict", "uses", "points", "digits"} <= set(records[0])
    assert records[0]["verdict"] == "pass"
    assert records[0]["digits"] == 50


def test_claims_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "duality"]) == 0
    assert "1 of 1 claims pass" in capsys.readouterr().out


def test_latex_is_a_fragment(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["latex", "planar-equation", "test-loss", "--table"]) == 0
    text = capsys.readouterr().out
    assert r"\begin{equation}" in text
    assert r"\kappa \left(N - D\right) \left(T - D\right)" in text
    assert r"\toprule" in text
    assert r"\documentclass" not in text


@pytest.mark.parametrize("command", ["claims", "latex"])
def test_unknown_names_are_refused(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "nonsense"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: NAME = 'nonsense' is not allowed: give one of ")
    assert error.count("\n") == 1
