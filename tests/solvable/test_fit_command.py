"""`solvable fit`: its document, its text, its refusals."""

from pathlib import Path

import numpy as np
import pytest
from cli_runner import run, strict_json

from numerics import evaluate_grid
from theory.model import Model

FIELDS = {
    "parameters", "plateaus", "limited_by", "holdout", "chi2", "degrees", "error_factor", "scatter", "confidence",
    "residuals", "unread",
}  # fmt: skip


@pytest.fixture(scope="module")
def losses(tmp_path_factory: pytest.TempPathFactory) -> str:
    N, T = (a.ravel() for a in np.meshgrid([10, 30, 90], [15, 40, 100, 300, 900], indexing="ij"))
    loss = evaluate_grid(Model.power_law(1, 10**7, 1, 1, gamma="1e-8"), N=N, T=T).loss
    loss = loss * np.exp(0.02 * np.random.default_rng(0).standard_normal(loss.size))
    path = tmp_path_factory.mktemp("fit") / "losses.csv"
    rows = [f"{n},{t},{x:.6g},{0.02 * x:.3g}" for n, t, x in zip(N, T, loss, strict=True)]
    path.write_text("\n".join(["N,T,loss,stderr", *rows]) + "\n")
    return str(path)


def test_the_document_has_the_named_fields(losses: str, tmp_path: Path) -> None:
    result = run("fit", losses, "--json", "--plot", str(tmp_path / "picture.png"))
    assert (result.code, result.err) == (0, "")
    found = strict_json(result.out)
    assert set(found) == FIELDS
    values = {one["name"]: one for one in found["parameters"]}
    assert list(values) == ["alpha", "M", "ridge", "noise", "scale"]
    assert all(set(one) == {"name", "estimate", "low", "high", "value", "fixed"} for one in values.values())
    assert values["M"]["estimate"] is values["M"]["high"] is None
    assert values["alpha"]["low"] < values["alpha"]["estimate"] < values["alpha"]["high"]
    assert [(one["N"], one["T"]) for one in found["plateaus"]] == [(90, "inf"), ("inf", 900)]
    assert found["limited_by"]["by"] in ("N", "T")
    assert found["holdout"]["planar_error"] > 0
    assert len(found["residuals"]) == 15
    assert (tmp_path / "picture.png").stat().st_size > 10_000


def test_the_table_and_the_options(losses: str) -> None:
    result = run("fit", losses, "--fix", "M=inf", "--fix", "noise=0", "--holdout", "none", "--confidence", "0.9")
    assert result.code == 0
    assert "90 % intervals by profile likelihood" in result.out
    assert "fixed" in result.out
    assert "Held out" not in result.out


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--fix", "M"], "--fix = 'M'"), (["--fix", "beta=1"], "one of alpha, M"),
        (["--fix", "alpha=-1"], "--fix alpha"),
        (["--fix", "alpha=x"], "--fix alpha"), (["--fix", "noise=1e999"], "--fix"), (["--holdout", "2"], "--holdout"),
        (["--confidence", "1"], "--confidence"), (["--plot", "/nowhere/x.png"], "--plot"),
        (["--fix", "M=nan"], "--fix M"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(losses: str, argv: list[str], words: str) -> None:
    result = run("fit", losses, *argv, "--json")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: ")
    assert words in result.err
    assert len(result.err.splitlines()) == 1


def test_files_that_cannot_be_read_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("N,T,loss\n1,2,3\n")
    for path in (tmp_path, tmp_path / "none.csv", tmp_path / "one.csv", Path("\0")):
        result = run("fit", str(path))
        assert result.code == 2
        assert len(result.err.splitlines()) == 1
        assert result.err.startswith("error: ")
    assert run("fit").code == 2
