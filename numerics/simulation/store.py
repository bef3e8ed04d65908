"""Results of draws in an SQLite file: one row a draw, under the key (parameters, seed, draw, code version).

Written in transactions by `INSERT OR IGNORE`, in WAL mode: any number of processes on one machine may write at
once, a process may be killed at any moment, and no draw is lost that was stored or counted twice. A file that
is not such a store, or is damaged, is refused and left as it is. Keep the file on a local disk: WAL needs one.

Tables: `points` (parameters as JSON, exact), `codes` (code versions), `draws` (one column a quantity).
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from numerics.simulation.code_version import code_version
from numerics.simulation.draw import QUANTITIES
from numerics.simulation.store_file import connect, connect_to_read, create, refuse, verify
from numerics.simulation.tasks import Row
from theory.errors import SolvableError

if TYPE_CHECKING:
    import pandas

PATIENCE = 60.0  # seconds to wait for another process's transaction


class Store:
    """The store at `path`, created if nothing is there; a context manager. One per thread.

    `read_only` opens an existing store without writing anything. Raises InvalidInput (under the name `option`)
    for a file that is no intact store, or cannot be opened; SolvableError where writing fails later.
    """

    def __init__(self, path: str | os.PathLike[str], *, read_only: bool = False, option: str = "store") -> None:
        self.path = os.fspath(path)
        self.code = code_version()
        self._points: dict[str, int] = {}
        self._code = -1  # no row's, until the file is open for writing
        if not read_only and not os.path.lexists(self.path):
            create(self.path, option)
        verify(self.path, option)
        with refuse(self.path, option):
            self._open(read_only)

    def _open(self, read_only: bool) -> None:
        self._db = connect_to_read(self.path, PATIENCE) if read_only else connect(self.path, "rw", PATIENCE)
        if read_only:
            return
        try:
            self._db.execute("PRAGMA synchronous = NORMAL")  # a commit survives the process, not a power cut
            with self._writing():
                self._db.execute("INSERT OR IGNORE INTO codes (version) VALUES (?)", (self.code,))
                columns = {row[1] for row in self._db.execute("PRAGMA table_info(draws)")}
                for name in QUANTITIES:
                    if name not in columns:
                        self._db.execute(f'ALTER TABLE draws ADD COLUMN "{name}" REAL')
            (self._code,) = self._db.execute("SELECT id FROM codes WHERE version = ?", (self.code,)).fetchone()
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """What was added stays; the store cannot be used any more."""
        self._db.close()

    def known(self, key: str, seed: int, draws: int) -> dict[int, Row]:
        """The stored draws below `draws` of a point, by this code version, under their indices."""
        names = ", ".join(f'd."{name}"' for name in QUANTITIES)
        query = (
            f"SELECT d.draw, {names} FROM draws d JOIN points p ON p.id = d.point"
            " WHERE p.parameters = ? AND d.code = ? AND d.seed = ? AND d.draw < ?"
        )
        with self._reporting("read"):
            rows = self._db.execute(query, (key, self._code, str(seed), draws)).fetchall()
        return {index: tuple(values) for index, *values in rows if None not in values}

    def add(self, results: Iterable[tuple[str, int, int, Row]]) -> None:
        """Store draws (key of the point, seed, index, values), all or none. Those already there stay as they are."""
        names = ", ".join(f'"{name}"' for name in QUANTITIES)
        places = ", ".join("?" * (4 + len(QUANTITIES)))
        command = f"INSERT OR IGNORE INTO draws (point, code, seed, draw, {names}) VALUES ({places})"
        with self._reporting("write"), self._writing():
            rows = [(self._point(key), self._code, str(seed), index, *row) for key, seed, index, row in results]
            self._db.executemany(command, rows)

    def _point(self, key: str) -> int:
        if key not in self._points:
            self._db.execute("INSERT OR IGNORE INTO points (parameters) VALUES (?)", (key,))
            (found,) = self._db.execute("SELECT id FROM points WHERE parameters = ?", (key,)).fetchone()
            self._points[key] = found
        return self._points[key]

    def __len__(self) -> int:
        """How many draws there are, of all code versions."""
        with self._reporting("read"):
            return int(self._db.execute("SELECT count(*) FROM draws").fetchone()[0])

    def table(self) -> dict[str, list[Any]]:
        """Every draw as columns: parameters as numbers, seed, draw, the quantities, code version.

        In the order of the parameters, whatever was drawn first.
        """
        from numerics.simulation.columns import columns, order

        with self._reporting("read"):
            names = [row[1] for row in self._db.execute("PRAGMA table_info(draws)")][4:]
            chosen = "".join(f', d."{name}"' for name in names)
            cursor = self._db.execute(
                f"SELECT p.parameters, d.seed, d.draw, c.version{chosen} FROM draws d JOIN points p ON p.id = d.point"
                " JOIN codes c ON c.id = d.code ORDER BY p.parameters, c.version, length(d.seed), d.seed, d.draw"
            )
            rows = [(key, int(seed), draw, tuple(row), code) for key, seed, draw, code, *row in cursor]
        rank = {key: place for place, key in enumerate(sorted({key for key, *_ in rows}, key=order))}
        return columns(sorted(rows, key=lambda row: rank[row[0]]), names)

    def frame(self) -> "pandas.DataFrame":
        """Every draw as a row of a pandas frame. Needs the extra `export`."""
        from numerics.simulation.export import to_frame

        return to_frame(self.table())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        known = dict(self._points)
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            self._points = known  # ids of rows that are not there
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    @contextmanager
    def _reporting(self, verb: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            hint = "; what was stored before is kept" if verb == "write" else ""
            raise SolvableError(f"cannot {verb} the store {self.path}: {error}{hint}") from None


def read_store(path: str | os.PathLike[str]) -> "pandas.DataFrame":
    """Every draw of a store as a row of a pandas frame, in one line. Raises as Store; needs the extra `export`."""
    with Store(path, read_only=True) as store:
        return store.frame()
