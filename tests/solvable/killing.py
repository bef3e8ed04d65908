"""A program for test_simulate_sweeps: runs `solvable simulate --store` in forked children, and kills them.

    killing.py MODE FOLDER SEED COUNT

`moments`: COUNT stores, each with three runs killed, one at any moment, two at a random number of draws stored.
`statements`: one store for each statement of SQLite that a run makes, killed before it. After the kills a last run
must print what an uninterrupted run without a store prints, byte for byte, and the store must hold each draw once.
Prints one JSON document.
"""

import io
import json
import os
import random
import signal
import sqlite3
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

from numerics.simulation import store, store_file, tasks
from solvable.cli import main

COMMAND = "simulate --alpha 1 -M 300,400 -N 40 -T 30:120:4 --gamma 0,1e-3 --draws 12 --seed 7 --jobs 1 --json"
FEW = "simulate --alpha 1 -M 30 -N 5 -T 9,6 --gamma 1e-3 --draws 3 --jobs 1 --json"


def child(command: str, database: Path | None, printed: Path, fatal: int = 0) -> int:
    """The process of a run; before its statement number `fatal` it kills itself."""
    pid = os.fork()
    if pid:
        return pid
    with open(printed, "w", encoding="ascii") as sys.stdout:
        if fatal:
            count_statements(fatal)
        code = main([*command.split(), *(["--store", str(database)] if database else [])])
    os._exit(code)


def count_statements(fatal: int) -> None:
    connect, left = store_file.connect, fatal

    def count(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def traced(path: str, mode: str, patience: float) -> sqlite3.Connection:
        db = connect(path, mode, patience)
        db.set_trace_callback(count)
        return db

    store_file.connect = store.connect = traced


def ended(pid: int) -> int:
    """The exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def check(command: str, database: Path, printed: Path, expected: bytes, draws: int) -> bool:
    """Whether a last run completes the store and prints what it should."""
    if ended(child(command, database, printed)) != 0 or printed.read_bytes() != expected:
        return False
    with sqlite3.connect(database) as db:
        ((rows, distinct),) = db.execute(
            "SELECT count(*), count(DISTINCT point || ' ' || seed || ' ' || draw) FROM draws"
        ).fetchall()
    db.close()
    return rows == distinct == draws


def stored(database: Path) -> int:
    if not database.exists():
        return 0
    with store.Store(database, read_only=True) as opened:
        return len(opened)


def await_draws(database: Path, pid: int, least: int) -> None:
    """Until the store holds so many, or the run has ended (left for the caller to reap)."""
    while stored(database) < least and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        time.sleep(1e-3)


def moments(folder: Path, seed: int, count: int) -> dict[str, int]:
    rng, printed = random.Random(seed), folder / "printed"
    start = time.monotonic()
    assert ended(child(COMMAND, None, printed)) == 0
    length, expected = time.monotonic() - start, printed.read_bytes()
    draws = 16 * 12
    found = {"kills": 0, "right": 0, "partial": 0}
    for trial in range(count):
        database = folder / f"{trial}.db"
        for again in range(3):
            pid = child(COMMAND, database, printed)
            if again:  # first at any moment, then while it draws, however short that is
                await_draws(database, pid, rng.randrange(1, draws))
            else:
                time.sleep(rng.uniform(0, 1.2 * length))
            os.kill(pid, signal.SIGKILL)
            found["kills"] += ended(pid) == -signal.SIGKILL
            found["partial"] += 0 < stored(database) < draws
        found["right"] += check(COMMAND, database, printed, expected, draws)
    return found


def statements(folder: Path, _seed: int, most: int) -> dict[str, int]:
    printed = folder / "printed"
    assert ended(child(FEW, None, printed)) == 0
    expected = printed.read_bytes()
    right = 0
    for number in range(1, most):
        database = folder / f"{number}.db"
        if ended(child(FEW, database, printed, number)) == 0:
            return {"kills": number - 1, "right": right}
        right += check(FEW, database, printed, expected, 2 * 3)
    return {"kills": most, "right": right, "unfinished": True}


if __name__ == "__main__":
    mode, folder, seed, count = sys.argv[1:]
    tasks.PIECE_SECONDS = 1e-4  # many transactions
    with redirect_stdout(io.StringIO()):  # all that is imported or remembered comes with the fork
        main([*FEW.split(), "--store", f"{folder}/first.db"])
    run = {"moments": moments, "statements": statements}[mode]
    print(json.dumps(run(Path(folder), int(seed), int(count))))
