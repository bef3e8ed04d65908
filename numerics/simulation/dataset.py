"""Draws as an xarray dataset over the lists of a sweep: alpha, M, N, T, gamma, noise, draw (extra `export`)."""

import math
from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from numerics.simulation.columns import AXES, MEANINGS, PARAMETERS, TEXTS, UNITS, Table
from theory.errors import SolvableError

if TYPE_CHECKING:
    import xarray

Key = tuple[Any, ...]


def to_dataset(table: Table) -> "xarray.Dataset":
    """Over (alpha, M, N, T, gamma, noise, draw) where the points are a full product of lists, else (point, draw).

    Draws that a point lacks are NaN; what all points share beside the axes is an attribute. Raises
    SolvableError for draws of several seeds or code versions.
    """
    try:
        import numpy as np
        import xarray
    except ImportError:
        raise SolvableError("NetCDF needs xarray: pip install 'solvable[export]'") from None
    names = [name for name in PARAMETERS if name in table]
    points: dict[Key, int] = {}
    rows = [points.setdefault(key, len(points)) for key in zip(*(table[name] for name in names), strict=True)]
    shared = {name: found for name, found in _shared(names, list(points)).items() if name not in AXES}
    left = [name for name in names if name not in shared]
    keys = [tuple(key[names.index(name)] for name in left) for key in points]
    order = _product_order(keys)
    coordinates: dict[str, Any]
    if order is None:
        dims, shape = ["point"], [len(keys)]
        coordinates = {
            name: ("point", list(column)) for name, column in zip(left, zip(*keys, strict=True), strict=False)
        }
    else:
        axes = [list(dict.fromkeys(column)) for column in zip(*keys, strict=True)]
        dims, shape = left, [len(axis) for axis in axes]
        coordinates = dict(zip(left, axes, strict=True))
    draws = max(table["draw"], default=-1) + 1
    data = {}
    for name in list(table)[list(table).index("draw") + 1 : list(table).index("code")]:
        values = np.full((len(points), draws), math.nan)
        values[rows, table["draw"]] = table[name]
        data[name] = ((*dims, "draw"), (values if order is None else values[order]).reshape(*shape, draws))
    attributes = {name: _common(table, name) for name in ("seed", "code")} | shared
    dataset = xarray.Dataset(data, {**coordinates, "draw": range(draws)}, {k: _plain(v) for k, v in attributes.items()})
    for name in map(str, dataset.variables):
        unit = {} if name in TEXTS else {"units": UNITS.get(name, "1")}
        dataset[name].attrs = {"long_name": MEANINGS.get(name, name)} | unit
    return dataset


def _shared(names: Sequence[str], keys: Sequence[Key]) -> dict[str, Any]:
    """The parameters that are the same at all points."""
    columns = zip(names, zip(*keys, strict=True), strict=False)
    return {name: column[0] for name, column in columns if len(set(column)) == 1}


def _product_order(keys: Sequence[Key]) -> list[int] | None:
    """Where each combination of the columns' values stands, the last running fastest; None if one is missing."""
    axes = [list(dict.fromkeys(column)) for column in zip(*keys, strict=True)]
    if not keys or math.prod(map(len, axes)) != len(keys):
        return None
    places = {key: place for place, key in enumerate(keys)}
    return [places[key] for key in product(*axes)]


def _common(table: Table, name: str) -> Any:
    found = set(table[name])
    if len(found) > 1:
        raise SolvableError(f"NetCDF holds one {name}, and these draws have {len(found)}: choose one first")
    return next(iter(found), "")


def _plain(value: Any) -> Any:
    """As NetCDF's attributes can hold it: integers beyond 32 bits as text."""
    return str(value) if isinstance(value, int) and abs(value) >= 2**31 else value
