"""`solvable spectrum`: JSON and table, hostile options and data, a figure; --help is tested with all commands."""

from pathlib import Path

import numpy as np
import pytest
from cli_runner import assert_contract, run

POWER = np.random.default_rng(0).standard_normal((3000, 100)) * np.arange(1, 101) ** -0.75


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = str(tmp_path_factory.mktemp("data") / "power.npy")
    np.save(path, POWER)
    return path


def test_json(data: str) -> None:
    result = run("spectrum", data, "--map", "linear,relu", "--width", "80,20", "--ranks", "5:10,50:70", "--json")
    assert_contract(result)
    raw, *features = result.records
    assert [(one["map"], one["width"]) for one in features] == [
        ("linear", 20), ("linear", 80), ("relu", 20), ("relu", 80)
    ]  # fmt: skip
    assert (raw["map"], raw["width"], raw["n"], raw["d"], raw["power_law"]) == (None, 100, 3000, 100, True)
    assert abs(raw["exponent"] - 1.5) < 5 * raw["error"]
    assert abs(raw["corrected"]["exponent"] - 1.5) < 5 * raw["corrected"]["error"]
    assert raw["ranks"][1] == 50
    assert len(raw["eigenvalues"]) == len(raw["population"]) == 100
    assert np.allclose(raw["eigenvalues"], np.linalg.eigvalsh(np.cov(POWER.T))[::-1])
    assert [fit["ranks"] for fit in raw["fits"]] == [[5, 10], [50, 70]]
    assert raw["fits"][1]["corrected"] is None  # beyond half the ranks
    assert features[0]["fits"][1]["exponent"] is None  # of 20 features
    assert run("spectrum", data, "--map", "relu", "--seed", "1", "--width", "20", "--json").records[1] != features[2]


def test_the_answer_may_be_no(tmp_path: Path) -> None:
    path = str(tmp_path / "x.npy")
    np.save(path, np.random.default_rng(1).standard_normal((2000, 64)) * np.exp(-np.arange(64) / 10))
    result = run("spectrum", path, "--json")
    assert result.records[0]["power_law"] is False
    assert result.records[0]["exponent"] is None
    assert "slope drifts" in result.records[0]["reason"]
    assert "no power law" in run("spectrum", path).out


def test_table_and_figure(data: str, tmp_path: Path) -> None:
    target = tmp_path / "figure.png"
    result = run("spectrum", data, "--map", "tanh", "--width", "50", "--samples", "1000", "--plot", str(target))
    assert result.code == 0
    assert "1000 samples of 100 dimensions" in result.out
    assert "power law" in result.out
    assert target.stat().st_size > 10_000
    assert target.with_suffix(".pdf").exists()
    assert all(len(line) <= 80 for line in result.out.splitlines()[1:])  # the first names the file


def test_default_and_named_data() -> None:
    assert run("spectrum", "--json").records[0]["data"] == "image-patches:9"
    digits = run("spectrum", "digits")
    assert "3 constant columns: eigenvalue 0" in digits.out


def test_labels_are_no_dimension(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = [f"{a},{b},{'yes' if a > 0 else 'no'}" for a, b in POWER[:50, :2]]
    path.write_text("\n".join(["a,b,kind", *rows]), encoding="utf-8")
    result = run("spectrum", str(path), "--labels", "kind", "--json")
    assert result.records[0]["d"] == 2
    assert "could not convert" in run("spectrum", str(path)).err


@pytest.mark.parametrize("option", ["--map", "--width", "--ranks", "--samples", "--seed", "--labels"])
@pytest.mark.parametrize(
    "text",
    ["", " ", "-1", "0", "nan", "inf", "1e99", "relu,", "relu,cube", "5:", ":", "9:1", "1:2:3", "1:10**9", "1:1e9", ",",
     "\x00", "\udcff", "9" * 5000, "/no/such/folder/x", "9999999"],
)  # fmt: skip
def test_hostile_options(data: str, option: str, text: str) -> None:
    result = run("spectrum", data, option, text, "--json")
    if option == "--seed" and text in ("0", "9999999"):
        assert_contract(result)
        return
    assert result.code == 2
    assert_contract(result)
    assert option in result.err


@pytest.mark.parametrize("name", ["", " ", "\x00", "9" * 5000, "no/such/x", "no\x00pe.png"])
def test_hostile_plots(data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("spectrum", data, "--plot", name, "--json")
    assert result.code == 2
    assert_contract(result)
    assert "--plot" in result.err
    assert list(tmp_path.iterdir()) == []  # nothing beside the data, which stand elsewhere


def test_hostile_data(tmp_path: Path) -> None:
    for name, array in {
        "nan": np.where(POWER > 1, np.nan, POWER), "one": POWER[:1], "constant": np.ones((5, 4)),
        "object": np.array([[{}], [[]]], dtype=object), "text": np.array([["a"], ["b"]]),
    }.items():  # fmt: skip
        path = tmp_path / f"{name}.npy"
        np.save(path, array, allow_pickle=True)
        result = run("spectrum", str(path), "--json")
        assert result.code == 2
        assert_contract(result)
        assert result.err.startswith("error: DATA = ")
    for source in ("", "\x00", "nothing", str(tmp_path), "fashion", "image-patches:1000"):
        result = run("spectrum", source, "--json")
        assert result.code == 2
        assert_contract(result)
        assert result.err.startswith("error: DATA = ")
    huge = tmp_path / "huge.npy"  # of size on paper only
    np.lib.format.open_memmap(huge, "w+", np.uint8, (20_000, 20_000)).flush()
    assert "16384" in run("spectrum", str(huge), "--json").err


def test_extreme_numbers(tmp_path: Path) -> None:
    for scale in (1e-300, 1e-160, 1e-100, 1e100, 1e150, 1e300):
        path = tmp_path / "x.npy"
        np.save(path, POWER[:60, :8] * scale)
        result = run("spectrum", str(path), "--map", "relu", "--width", "4", "--json")
        assert_contract(result)
        assert (result.code == 0) == (1e-120 < scale < 1e120)
