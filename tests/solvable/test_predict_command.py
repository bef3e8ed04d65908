"""solvable predict: records, summary, text, figure, refusals."""

import math
from pathlib import Path

import numpy as np
import pytest
from cli_runner import run, strict_json

SMALL = ("predict", "digits", "--width", "120", "-N", "30,100", "-T", "32:256:5", "--draws", "3")
FIELDS = {
    "N", "T", "gamma", "optimal", "gamma_stderr", "predicted", "predicted_stderr", "measured", "stderr", "draws",
    "relative_error", "z", "gcv", "gcv_spread", "shift",
}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3000 samples of 4 numbers and a numeric label that depends on them."""
    folder, rng = tmp_path_factory.mktemp("predict"), np.random.default_rng(0)
    x = rng.standard_normal((3000, 4))
    np.savez(folder / "data.npz", X=x, y=x @ [1.0, 0.5, 0.2, 0.1] + 0.3 * rng.standard_normal(3000))
    np.savez(folder / "bare.npz", X=x)
    np.savez(folder / "one.npz", X=x, y=np.ones(3000, dtype=int))
    return folder


def test_records_and_summary() -> None:
    result = run(*SMALL, "--gamma", "optimal,10", "--json")
    assert (result.code, result.err) == (0, "")
    document = strict_json(result.out)
    records = document["records"]
    assert [(r["N"], r["T"], r["optimal"]) for r in records[:3]] == [(30, 32, True), (30, 32, False), (30, 54, True)]
    assert len(records) == 20
    assert all(set(r) == FIELDS for r in records)
    for r in records:
        assert r["relative_error"] == pytest.approx(r["measured"] / r["predicted"] - 1)
        assert abs(r["relative_error"]) < 0.5
    summary = document["summary"]
    assert set(summary) == {"errors", "exponents", "ridges", "plateaus", "forecasts", "gain"}
    assert len(summary["exponents"]) == len(summary["forecasts"]) == 4
    assert [r["T"] for r in summary["ridges"]] == [32, 54, 91, 152, 256]
    assert document["data"]["measured"] + document["data"]["held_out"] == 1797
    assert len(document["data"]["leading"]) == 10


def test_text_and_figure(tmp_path: Path) -> None:
    result = run(*SMALL, "--plot", str(tmp_path / "curve"))
    assert (result.code, result.err) == (0, "")
    assert "measured: 898 of 1797 samples of 64 dimensions" in result.out
    for word in ("exponent from T = 32 to 256", "plateau", "RidgeCV", "power law with offset"):
        assert word in result.out
    assert {path.name for path in tmp_path.iterdir()} == {"curve.png", "curve.pdf"}


def test_numeric_labels_and_raw_inputs(data: Path) -> None:
    result = run("predict", str(data / "data.npz"), "--map", "none", "-N", "2,inf", "-T", "50", "--json")
    document = strict_json(result.out)
    assert [r["N"] for r in document["records"]] == [2, "inf"]
    # half the noise's variance, times at most T/(T - 5) for 4 modes and a mean fitted to 50 samples; its estimate from
    # 1500 samples has relative error sqrt(2/1500): 4.5 of these (false alarm 7e-6)
    noise, error = 0.3**2 / 2, 4.5 * math.sqrt(2 / 1500)
    assert noise * (1 - error) < document["records"][1]["predicted"] < noise * 50 / 45 * (1 + error)
    assert document["data"]["task"].startswith("numeric labels")
    assert run("predict", str(data / "data.npz"), "--map", "none", "-N", "2,inf", "-T", "50").code == 0


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("--width", ("digits", "--width", "0")),
        ("--width", ("digits", "--map", "none", "--width", "3")),
        ("--map", ("digits", "--map", "cube")),
        ("--task", ("digits", "--task", "next")),
        ("--task", ("image-patches", "--task", "left")),
        ("--contrast", ("image-patches", "--contrast", "0.9")),
        ("--labels", ("image-patches", "--labels", "y")),
        ("DATA", ("image-patches:4",)),
        ("DATA", ("nowhere.csv",)),
        ("DATA", ("digits", "--samples", "50")),
        ("-T", ("digits", "-T", "5000")),
        ("-T", ("digits", "-T", "1")),
        ("-T", ("digits", "-T", "880")),
        ("-T", ("digits", "-N", "1:400:300", "-T", "1:400:300")),
        ("-N", ("digits", "-N", "inf")),
        ("-N", ("digits", "-N", "1e6")),
        ("--gamma", ("digits", "--gamma", "0")),
        ("--gamma", ("digits", "--width", "50", "-N", "200", "-T", "600", "--gamma", "1e-9")),
        ("--draws", ("digits", "--draws", "1")),
        ("--plot", ("digits", "--plot", "/nowhere/x")),
    ],
)
def test_a_mistake_is_one_line(start: str, words: tuple[str, ...]) -> None:
    result = run("predict", *words, "--json")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"error: {start} = ")
    assert len(result.err.splitlines()) == 1


def test_labels_that_cannot_be_learnt(data: Path) -> None:
    for name, words in (("bare.npz", "labels to learn"), ("one.npz", "one class")):
        result = run("predict", str(data / name))
        assert result.code == 2
        assert words in result.err
