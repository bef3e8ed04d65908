"""Draws as CSV, Parquet or NetCDF: a file that appears whole, or not at all (extra `export` for all but CSV)."""

import csv
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

from numerics.simulation.columns import MEANINGS, UNITS, Table
from theory.errors import InvalidInput, SolvableError

if TYPE_CHECKING:
    import pandas

NEEDS = {".csv": (), ".parquet": ("pandas", "pyarrow"), ".nc": ("pandas", "xarray")}


def check_export(path: str, option: str = "path") -> None:
    """Raises InvalidInput unless a file of that suffix can be put there; SolvableError where a package is missing."""
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in NEEDS or "\0" in path:
        raise InvalidInput(option, path, "a file name that ends in .csv, .parquet or .nc")
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder) or (os.path.exists(path) and not os.path.isfile(path)):
        raise InvalidInput(option, path, "a file in a folder that exists")
    if not os.access(folder, os.W_OK):
        raise InvalidInput(option, path, "a file in a folder that can be written")
    for package in NEEDS[suffix]:
        if find_spec(package) is None:
            raise SolvableError(f"a file {suffix} needs {package}: pip install 'solvable[export]'")


def export(table: Table, path: str | os.PathLike[str], option: str = "path") -> None:
    """Write a table as the suffix says: .csv, .parquet or .nc (NetCDF). An older file of that name is replaced.

    Raises as check_export, and OSError where writing fails; what was there before then stays.
    """
    path = os.fspath(path)
    check_export(path, option)
    writers: dict[str, Callable[[Table, str], None]] = {".csv": _csv, ".parquet": _parquet, ".nc": _netcdf}
    suffix = os.path.splitext(path)[1].lower()
    handle, temporary = tempfile.mkstemp(prefix=".export-", suffix=suffix, dir=os.path.dirname(os.path.abspath(path)))
    os.close(handle)
    try:
        writers[suffix](table, temporary)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _csv(table: Table, path: str) -> None:
    """Numbers in the shortest decimals that give the same double; inf as such."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))


def _parquet(table: Table, path: str) -> None:
    to_frame(table).to_parquet(path, engine="pyarrow", index=False)


def _netcdf(table: Table, path: str) -> None:
    from numerics.simulation.dataset import to_dataset

    to_dataset(table).to_netcdf(path, engine="scipy", format="NETCDF3_64BIT")


def to_frame(table: Table) -> "pandas.DataFrame":
    """A pandas frame, one row a draw; `attrs` say what the columns mean and their units."""
    try:
        import pandas
    except ImportError:
        raise SolvableError("frames need pandas: pip install 'solvable[export]'") from None
    frame = pandas.DataFrame(table)
    for attribute, texts in (("meanings", MEANINGS), ("units", UNITS)):
        frame.attrs[attribute] = {name: texts[name] for name in table if name in texts}
    return frame
