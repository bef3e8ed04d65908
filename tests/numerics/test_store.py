"""The store: exact round trips, one row a draw whoever writes, and no file touched that is not a store."""

import math
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from numerics.simulation import code_version, store, store_file
from numerics.simulation.draw import QUANTITIES
from numerics.simulation.store import Store, read_store
from numerics.simulation.tasks import Point
from theory import InvalidInput, Model, SolvableError

ROOT = Path(__file__).parent.parent.parent
HANG = 600  # seconds: bounds a hang, and no slow machine
KEY = Point(Model.power_law("1/3", 30, math.inf, 9, gamma="1e-3")).key
NUMBERS = (math.inf, 5e-324, 0.1, -1.7976931348623157e308, 3.0, 1e22)


def row(k: int) -> tuple[float, ...]:
    return tuple(NUMBERS[(k + i) % len(NUMBERS)] for i in range(len(QUANTITIES)))


def filled(path: Path, rows: int = 200) -> Path:
    with Store(path) as opened:
        opened.add((KEY, 1, k, row(k)) for k in range(rows))
    return path


def test_values_come_back_bit_for_bit(tmp_path: Path) -> None:
    seed = 10**40
    with Store(tmp_path / "a.db") as opened:
        opened.add((KEY, seed, k, row(k)) for k in (0, 2, 5))
        assert opened.known(KEY, seed, 5) == {0: row(0), 2: row(2)}
    with Store(tmp_path / "a.db") as opened:
        found = opened.known(KEY, seed, 6)
        assert {k: [x.hex() for x in v] for k, v in found.items()} == {k: [x.hex() for x in row(k)] for k in (0, 2, 5)}
        assert opened.known(KEY, seed + 1, 6) == opened.known(KEY + " ", seed, 6) == {}
        assert opened.table()["seed"] == [seed] * 3


def test_a_draw_is_stored_once_and_stays(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as opened:
        opened.add([(KEY, 1, 0, row(0)), (KEY, 1, 0, row(1))])
        opened.add([(KEY, 1, 0, row(2)), (KEY, 1, 1, row(2))])
        assert opened.known(KEY, 1, 9) == {0: row(0), 1: row(2)}
        assert len(opened) == 2


def test_a_batch_is_stored_whole_or_not_at_all(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as opened:
        with pytest.raises(SolvableError, match="cannot write the store"):
            opened.add([(KEY, 1, 0, row(0)), (KEY, 1, 1, row(0)[:-1])])
        assert len(opened) == 0
        opened.add([(KEY, 1, 0, row(0))])  # the point's id was forgotten with the batch
        assert opened.known(KEY, 1, 1) == {0: row(0)}


def test_results_of_other_code_are_not_reused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path / "a.db", 3)
    monkeypatch.setattr(store, "code_version", lambda: "other")
    with Store(tmp_path / "a.db") as opened:
        assert opened.known(KEY, 1, 3) == {}
        opened.add([(KEY, 1, 0, row(4))])
        assert opened.known(KEY, 1, 3) == {0: row(4)}
        assert sorted(opened.table()["code"]) == sorted([code_version.code_version()] * 3 + ["other"])


def test_the_code_version_is_that_of_all_that_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    found = code_version.sources()
    assert {"numerics.simulation.draw", "numerics.simulation.laws", "theory.spectrum"} <= set(found)
    assert not {"numerics.simulation.store", "numerics.simulation.ladder", "numerics.evaluate"} & set(found)
    before = code_version.code_version()
    for name in found:
        changed = found | {name: found[name] + b"\n"}
        monkeypatch.setattr(code_version, "sources", lambda changed=changed: changed)
        assert code_version.code_version.__wrapped__() != before, name


def test_a_store_from_before_a_quantity_was_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "QUANTITIES", QUANTITIES[:-1])
    with Store(tmp_path / "a.db") as opened:
        opened.add([(KEY, 1, 0, row(0)[:-1])])
    monkeypatch.undo()
    with Store(tmp_path / "a.db") as opened:
        assert opened.known(KEY, 1, 1) == {}  # incomplete
        table = opened.table()
        assert table[QUANTITIES[0]] == [math.inf]
        assert math.isnan(table[QUANTITIES[-1]][0])


def test_several_write_at_once(tmp_path: Path) -> None:
    errors: list[BaseException] = []

    def write(first: int) -> None:
        try:
            with Store(tmp_path / "a.db") as opened:
                for k in range(first, first + 60, 3):
                    opened.add((KEY, 1, i, row(i)) for i in range(k, k + 5))
        except BaseException as error:  # told to the test
            errors.append(error)

    threads = [threading.Thread(target=write, args=(10 * i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with Store(tmp_path / "a.db") as opened:
        assert opened.known(KEY, 1, 1000) == {k: row(k) for k in range(92)}
    assert sorted(os.listdir(tmp_path)) == ["a.db"]


# What is no store, or none any more ------------------------------------------------------------------


def other_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        for command in store_file.SCHEMA:  # the same tables do not make it one of ours
            db.execute(command)
        db.execute(f"PRAGMA user_version = {store_file.VERSION}")


def newer(path: Path) -> None:
    filled(path, 2)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 2")


def lacking(path: Path) -> None:
    filled(path, 2)
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE draws")


def truncated(share: float) -> Callable[[Path], None]:
    return lambda path: os.truncate(filled(path), int(share * os.path.getsize(path)))


def overwritten(path: Path) -> None:
    size = os.path.getsize(filled(path))
    with open(path, "r+b") as file:
        file.seek(4096 * (size // 4096 - 2))
        file.write(b"\xa5" * 4096)


REFUSED: dict[str, Callable[[Path], object]] = {
    "text": lambda path: path.write_text("alpha,loss\n1,2\n" * 20),
    "empty": lambda path: path.touch(),
    "header": lambda path: path.write_bytes(store_file.MAGIC),
    "other program": other_program,
    "newer": newer,
    "lacking": lacking,
    "truncated": truncated(0.7),
    "one page": truncated(0.2),
    "overwritten": overwritten,
    "folder": lambda path: path.mkdir(),
    "pipe": lambda path: os.mkfifo(path),
    "dangling": lambda path: path.symlink_to(path.parent / "nowhere" / "else"),
}


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("read_only", [False, True])
def test_other_files_are_refused_and_left_as_they_are(kind: str, read_only: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    REFUSED[kind](path)
    before = path.read_bytes() if path.is_file() else None
    stamp = path.lstat()
    with pytest.raises(InvalidInput, match=r"^store = '/.* is not allowed: give a") as refusal:
        Store(path, read_only=read_only)
    assert "\n" not in str(refusal.value)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert path.lstat().st_mtime_ns == stamp.st_mtime_ns
    assert os.listdir(tmp_path) == ["a.db"]


def test_damage_beside_an_unfinished_log_is_not_made_worse(tmp_path: Path) -> None:
    """As a kill leaves it, with the log not yet in the database, and then damaged: no checkpoint may be made."""
    path, copy = tmp_path / "a.db", tmp_path / "b.db"
    with Store(path) as opened:
        opened.add((KEY, 1, k, row(k)) for k in range(500))
        opened._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        opened.add([(KEY, 2, 0, row(0))])
        shutil.copy(path, copy)
        shutil.copy(f"{path}-wal", f"{copy}-wal")
    with Store(copy) as left:
        assert len(left) == 501  # intact: taken up from the log
    shutil.copy(path, copy)
    with Store(path) as opened:
        opened.add([(KEY, 3, 0, row(0))])
        shutil.copy(f"{path}-wal", f"{copy}-wal")
    with open(copy, "r+b") as file:
        file.seek(4096 * 6)
        file.write(b"\xa5" * 4096)
    before = [Path(f"{copy}{side}").read_bytes() for side in ("", "-wal")]
    with pytest.raises(InvalidInput, match="damaged"):
        Store(copy)
    assert [Path(f"{copy}{side}").read_bytes() for side in ("", "-wal")] == before


def test_a_path_that_cannot_be(tmp_path: Path) -> None:
    for path in ("", str(tmp_path / "no" / "a.db"), f"{tmp_path}/a\0.db", str(tmp_path / ("a" * 300))):
        with pytest.raises(InvalidInput):
            Store(path)
    assert os.listdir(tmp_path) == []
    with pytest.raises(InvalidInput, match="No such file"):
        Store(tmp_path / "none.db", read_only=True)


AS_ANOTHER_USER = """
import os, sys, tempfile
path, act = sys.argv[1:]
from numerics.simulation import store
from theory import SolvableError
with tempfile.TemporaryDirectory() as folder:  # load now what is loaded late: another user may not reach this code
    store.Store(f"{folder}/a.db").close()
    store.read_store(f"{folder}/a.db")
if os.getuid() == 0:
    try:
        os.setegid(65534); os.seteuid(65534)
    except OSError as error:
        sys.exit(f"no other user: {error}")
try:
    if act == "read":
        print(len(store.read_store(path)))
    else:
        store.Store(path).close()
        print("opened")
except SolvableError as error:
    print("refused:", error)
"""


def as_another_user(path: Path, act: str) -> str:
    command = [sys.executable, "-c", AS_ANOTHER_USER, str(path), act]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=HANG)
    if done.stderr.startswith("no other user"):  # as in a container that maps few of them
        pytest.skip(done.stderr)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def test_what_cannot_be_written_can_be_read(tmp_path: Path) -> None:
    """For root every file is writable: the test then acts as nobody."""
    folder = tmp_path / "a"
    folder.mkdir()
    path = filled(folder / "a.db", 4)
    scratch = Path(tempfile.gettempdir())
    for parent in (tmp_path, *tmp_path.parents):  # pytest's own folders are closed to others
        if scratch in parent.parents and parent.stat().st_uid == os.getuid():
            parent.chmod(0o755)
    if os.getuid() == 0 and not all(parent.stat().st_mode & 0o001 for parent in tmp_path.parents):
        pytest.skip(f"nobody but root reaches {tmp_path}")
    before = path.read_bytes()
    folder.chmod(0o555)
    path.chmod(0o444)
    try:
        assert as_another_user(path, "write").startswith("refused: store = ")
        assert as_another_user(folder / "b.db", "write").startswith("refused: store = ")
        assert as_another_user(path, "read") == "4"
    finally:
        folder.chmod(0o755)
    assert path.read_bytes() == before
    assert os.listdir(folder) == ["a.db"]


def test_one_line_into_pandas(tmp_path: Path) -> None:
    frame = read_store(filled(tmp_path / "a.db", 6))
    assert list(frame.columns[:6]) == ["alpha", "M", "N", "T", "gamma", "noise"]
    assert frame[QUANTITIES[0]].tolist() == [row(k)[0] for k in range(6)]
    assert frame["alpha"].tolist() == [1 / 3] * 6
    assert frame["N"].tolist() == [math.inf] * 6
    assert frame["draw"].tolist() == list(range(6))
