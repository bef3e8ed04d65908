"""`solvable simulate` as a sweep: killed and resumed, twice at once, on a full disk, exported; byte for byte."""

import csv
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import chdir, closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cli_runner import assert_contract, run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_cli_hostile import NASTY

from numerics import Law
from numerics.simulation.store import Store
from solvable.output import pace

ROOT = Path(__file__).parent.parent.parent
SIZES = ("--alpha", "1", "-M", "30", "-N", "5,7", "-T", "3:12:4", "--gamma", "0,1e-3", "--seed", "7")
COMMAND = ("simulate", *SIZES, "--draws", "5", "--json")
HANG = 1800  # seconds: bounds a hang, and no slow machine
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def expected() -> str:
    """What a run prints that nothing disturbs."""
    result = run(*COMMAND)
    assert_contract(result)
    return result.out


def program(*argv: str) -> list[str]:
    return [sys.executable, "-W", "error", "-m", "solvable", *argv]


def killed(mode: str, folder: Path, count: int) -> dict[str, int]:
    command = [sys.executable, str(Path(__file__).parent / "killing.py"), mode, str(folder), "1", str(count)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True, timeout=HANG)
    return json.loads(done.stdout)


def test_killed_at_random_moments_and_taken_up(tmp_path: Path) -> None:
    found = killed("moments", tmp_path, 10)
    assert found["right"] == 10
    assert found["kills"] >= 15  # the others had ended before
    assert found["partial"] >= 5  # so often a store was left half full


def test_killed_before_each_statement_and_taken_up(tmp_path: Path) -> None:
    found = killed("statements", tmp_path, 200)
    assert "unfinished" not in found
    assert found["right"] == found["kills"]
    assert found["kills"] > 20


def test_the_check_of_a_killed_run_can_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import killing

    monkeypatch.setattr(killing, "child", lambda *_: 0)
    monkeypatch.setattr(killing, "ended", lambda _: 0)
    printed, database = tmp_path / "printed", tmp_path / "a.db"
    printed.write_bytes(b"1")
    run(*killing.FEW.split(), "--store", str(database))
    assert killing.check("", database, printed, b"1", 6)
    assert not killing.check("", database, printed, b"2", 6)
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("DELETE FROM draws WHERE draw = 0 AND point = 1")
    assert not killing.check("", database, printed, b"1", 6)


def test_two_runs_at_once_share_a_store(tmp_path: Path, expected: str) -> None:
    path = tmp_path / "a.db"
    command = program(*COMMAND, "--store", str(path))
    both = [
        subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in both:
        assert process.communicate(timeout=HANG) == (expected, "")
        assert process.returncode == 0
    with Store(path, read_only=True) as store:
        assert len(store) == 16 * 5


def test_processes_and_stores_change_no_byte(tmp_path: Path, expected: str) -> None:
    path = str(tmp_path / "a.db")
    assert run("simulate", *SIZES, "--draws", "2", "--json", "--store", path).code == 0
    assert run(*COMMAND, "--jobs", "2", "--store", path).out == expected
    assert run(*COMMAND, "--store", path).out == expected
    assert run(*COMMAND[:-1], "--store", path).out == run(*COMMAND[:-1]).out


def test_second_sizes_are_in_the_same_sweep(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    command = ("simulate", "--alpha", "1", "-M", "100", "-N", "25", "-T", "4,50", "--gamma", "1e-2", "--draws", "4",
               "--extrapolate", "--json")  # fmt: skip
    plain = run(*command)
    assert_contract(plain)
    assert [record["finite_size"] is None for record in plain.records] == [True, False]
    assert run(*command, "--store", path).out == run(*command, "--store", path).out == plain.out
    with Store(path, read_only=True) as store:
        assert sorted(set(store.table()["M"])) == [100, 200]
        assert len(store) == 3 * 4


def test_laws_are_told(tmp_path: Path) -> None:
    result = run(*COMMAND, "--latent", "student:5", "--features", "orthogonal", "--store", str(tmp_path / "a.db"))
    assert_contract(result)
    assert {(r["latent"], r["features"]) for r in result.records} == {(str(Law("student", 5.0)), "orthogonal")}
    (plain,) = {(r["latent"], r["features"]) for r in run(*COMMAND).records}
    assert plain == ("gaussian", "gaussian")
    assert "latent student:5" in run(*COMMAND[:-1], "--latent", "student:5").out


def test_the_bar_tells_rate_and_remaining_time() -> None:
    assert pace(0, 5, 1.0) == pace(3, 5, 0.0) == ""
    assert pace(10, 20, 5.0) == "2/s, 0:00:10 left"
    assert pace(3, 0, 0.5) == "6/s, 0:00:00 left"
    assert pace(1, 10**6, 7200.0).startswith("0.000139/s, 83333 days")


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
from solvable.cli import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("limit", [2_000, 30_000, 60_000])
def test_a_full_disk_is_one_line_and_loses_nothing(limit: int, tmp_path: Path, expected: str) -> None:
    """Before a store is there, while it is laid out, and among the draws: the next run goes on from there."""
    path = tmp_path / "a.db"
    argv = (*COMMAND, "--store", str(path))
    command = [sys.executable, "-W", "error", "-c", LIMITED, str(limit), *argv]
    # no bytecode: Python would put files in place that are cut off at the limit, and everybody would load them
    environment = {**ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": "1"}
    full = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=HANG, check=False)
    assert full.returncode == 2, full
    assert full.stdout == ""
    assert full.stderr.startswith("error: ")
    assert len(full.stderr.splitlines()) == 1
    assert str(path)[:40] in full.stderr
    if limit < 10_000:
        assert os.listdir(tmp_path) == []
    assert run(*argv).out == expected


@pytest.mark.skipif(os.getuid() != 0 or shutil.which("mount") is None, reason="mounting takes root")
def test_a_file_system_without_room(tmp_path: Path, expected: str) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        result = run(*COMMAND, "--store", str(folder / "a.db"))
        assert_contract(result)
        assert result.code == 2
        assert "full" in result.err
        shutil.copy(folder / "a.db", tmp_path / "a.db")
    finally:
        subprocess.run(["umount", folder], check=True)
    assert run(*COMMAND, "--store", str(tmp_path / "a.db")).out == expected


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("notes")
    for argument in (str(path), str(tmp_path), "", "\0", str(tmp_path / "no" / "a.db"), "\udcff/a", "a" * 5000):
        result = run(*COMMAND, "--store", argument)
        assert_contract(result)
        assert result.code == 2
        assert result.err.startswith("error: --store = ")
    assert path.read_text() == "notes"


def test_exports(tmp_path: Path, expected: str) -> None:
    for suffix in (".csv", ".parquet", ".nc"):
        assert run(*COMMAND, "--export", str(tmp_path / f"a{suffix}")).out == expected
    with open(tmp_path / "a.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 16 * 5
    record = json.loads(expected)["records"][5]
    losses = [float(row["loss"]) for row in rows[25:30]]
    assert sum(losses) / 5 == pytest.approx(record["mean"], rel=1e-14)
    assert (int(rows[25]["N"]), int(rows[25]["T"])) == (record["N"], record["T"])


@pytest.mark.parametrize(
    "argv",
    [
        ("--export", "a.txt"), ("--export", "a"), ("--export", ""), ("--export", "no/such/a.csv"),
        ("--export", "\0.csv"), ("--latent", "orthogonal"), ("--latent", "student:2"), ("--features", "cauchy"),
        ("--scheduler", "nowhere"), ("--scheduler", "local:0"), ("--scheduler", "a:99999"), ("--latent", ""),
        ("--scheduler", ""), ("--jobs", "all"), ("--jobs", "2", "--scheduler", "local:2"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_before_any_work(argv: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("drawn")

    monkeypatch.setattr("numerics.simulation.tasks.draw", refused)
    result = run(*COMMAND, *argv)
    assert_contract(result)
    assert result.code == 2
    assert result.err.startswith(f"error: {argv[0]} = ")


def test_an_export_is_not_the_store(tmp_path: Path) -> None:
    path = str(tmp_path / "a.csv")
    result = run(*COMMAND, "--store", path, "--export", path)
    assert result.code == 2
    assert not os.path.exists(path)


@given(st.sampled_from(["--latent", "--features", "--scheduler", "--store", "--export"]), st.sampled_from(NASTY))
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_options_survive_nasty_values(option: str, text: str) -> None:
    with TemporaryDirectory() as folder, chdir(folder):
        assert_contract(run("simulate", *SIZES[:4], "-N", "5", "-T", "9", "--draws", "1", "--json", option, text))
