"""The file of a store: made whole or not at all, recognised before it is opened, checked before it is used."""

import os
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from theory.errors import InvalidInput

APPLICATION, VERSION = 0x534C5642, 1  # "SLVB"; of the tables below
MAGIC = b"SQLite format 3\0"
SCHEMA = (
    "CREATE TABLE points (id INTEGER PRIMARY KEY, parameters TEXT NOT NULL UNIQUE)",
    "CREATE TABLE codes (id INTEGER PRIMARY KEY, version TEXT NOT NULL UNIQUE)",
    "CREATE TABLE draws (point INTEGER NOT NULL REFERENCES points, code INTEGER NOT NULL REFERENCES codes,"
    " seed TEXT NOT NULL, draw INTEGER NOT NULL, PRIMARY KEY (point, code, seed, draw)) WITHOUT ROWID",
)
COLUMNS = {
    "points": ("id", "parameters"),
    "codes": ("id", "version"),
    "draws": ("point", "code", "seed", "draw"),
}
ALLOWED = "a new file, or one made by this program"


def create(path: str, option: str) -> None:
    """An empty store, put in place as a whole: another process sees none or all of it, and so does one after a kill."""
    if not path:
        raise InvalidInput(option, path, ALLOWED)
    folder = os.path.dirname(os.path.abspath(path))
    with refuse(path, option):
        handle, temporary = tempfile.mkstemp(prefix=".store-", dir=folder)
        os.close(handle)
        try:
            db = connect(temporary, "rw", 0.0)
            try:
                db.execute("BEGIN")
                for command in SCHEMA:
                    db.execute(command)
                db.execute(f"PRAGMA application_id = {APPLICATION}")
                db.execute(f"PRAGMA user_version = {VERSION}")
                db.execute("COMMIT")
                db.execute("PRAGMA journal_mode = WAL")
            finally:
                db.close()
            os.chmod(temporary, 0o666 & ~_umask())
            _place(temporary, path)
        finally:
            for left in (temporary, f"{temporary}-wal", f"{temporary}-shm", f"{temporary}-journal"):
                with suppress(FileNotFoundError):
                    os.unlink(left)


def _place(temporary: str, path: str) -> None:
    """Give the file its name, unless another process did so first."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        if not os.path.lexists(path):
            os.rename(temporary, path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def connect(path: str, mode: str, patience: float) -> sqlite3.Connection:
    """A connection that never creates a file; transactions are the caller's. `mode` is rw, ro or ro&immutable=1."""
    return sqlite3.connect(
        f"{Path(os.path.abspath(path)).as_uri()}?mode={mode}", uri=True, timeout=patience, isolation_level=None
    )


def connect_to_read(path: str, patience: float) -> sqlite3.Connection:
    """A connection that reads under SQLite's locks; in a folder where these cannot be made, nobody writes either."""
    db = connect(path, "ro", patience)
    try:
        db.execute("SELECT count(*) FROM codes")
    except sqlite3.OperationalError:
        db.close()
        db = connect(path, "ro&immutable=1", patience)
    return db


@contextmanager
def refuse(path: str, option: str) -> Iterator[None]:
    """Errors of SQLite and of the system as InvalidInput that names the option."""
    try:
        yield
    except InvalidInput:
        raise
    except sqlite3.Error as error:
        raise InvalidInput(option, path, f"{ALLOWED} (SQLite: {error})") from None
    except (OSError, ValueError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise InvalidInput(option, path, f"a file that can be read and written ({reason})") from None


def verify(path: str, option: str) -> None:
    """Raises InvalidInput unless the file is an intact store. Nothing is written to it."""
    if not path:
        raise InvalidInput(option, path, ALLOWED)
    with refuse(path, option):
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise InvalidInput(option, path, f"{ALLOWED} (this is no regular file)")
        with open(path, "rb") as file:
            header = file.read(100)
    if len(header) < 100 or not header.startswith(MAGIC):
        raise InvalidInput(option, path, f"{ALLOWED} (this is no database)")
    if int.from_bytes(header[68:72], "big") != APPLICATION:
        raise InvalidInput(option, path, f"{ALLOWED} (this is a database of another program)")
    if int.from_bytes(header[60:64], "big") != VERSION:
        raise InvalidInput(option, path, f"{ALLOWED} (this store is of another version of the program)")
    reason = _damage(path)
    if reason:
        raise InvalidInput(option, path, f"{ALLOWED} (this store is damaged: {reason})")


def _damage(path: str) -> str:
    """What is wrong inside; "" if nothing.

    While nobody has the file open (no -wal beside it) it is read as immutable, so that not even SQLite's side files
    appear. A writer may come meanwhile and tear that reading: then, and while there is a -wal, only a reading under
    SQLite's locks counts.
    """
    found = ""
    for _ in range(3):
        if any(os.path.exists(f"{path}-{side}") for side in ("wal", "shm")):
            return _inspect(path, "ro")
        found = _inspect(path, "ro&immutable=1")
        if not found:
            break
    return found


def _inspect(path: str, mode: str) -> str:
    try:
        db = connect(path, mode, 60.0)
        try:
            ((answer,), *_) = db.execute("PRAGMA quick_check(1)").fetchall()
            if answer != "ok":
                return " ".join(str(answer).split())
            for table, columns in COLUMNS.items():
                there = tuple(row[1] for row in db.execute(f"PRAGMA table_info({table})"))
                if there[: len(columns)] != columns:
                    return f"table {table} is not as it should be"
        finally:
            db.close()
    except sqlite3.Error as error:
        return str(error)
    return ""
