"""Exports give back every double, every parameter and what they are; a failed one leaves what was there."""

import csv
import math
import os
import sys
from pathlib import Path

import pandas
import pytest
import xarray

from numerics.simulation.columns import AXES, MEANINGS, PARAMETERS
from numerics.simulation.dataset import to_dataset
from numerics.simulation.design import Design
from numerics.simulation.draw import QUANTITIES
from numerics.simulation.laws import Law
from numerics.simulation.store import Store
from numerics.simulation.sweep import SweepResult, sweep
from theory import Eigenvalues, InvalidInput, Model, SolvableError

law = Model.power_law
export = sys.modules["numerics.simulation.export"].export
MODELS = [law(a, 24, n, t, gamma=g, noise="1/7") for a in (1, "1/3") for n in (5, 7, math.inf) for t in (6, 5)
          for g in (0, "1e-3")]  # fmt: skip
BIG = 10**18


@pytest.fixture(scope="module")
def found() -> SweepResult:
    return sweep(MODELS, 3, BIG)


def test_infinite_losses_are_among_them(found: SweepResult) -> None:
    assert any(math.isinf(x) for x in found.table()["loss"])  # N = 5, T = 5, gamma = 0


def test_csv(found: SweepResult, tmp_path: Path) -> None:
    export(found.table(), tmp_path / "a.csv")
    with open(tmp_path / "a.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    for name, column in found.table().items():
        texts = [row[name] for row in rows]
        assert texts == column if isinstance(column[0], str) else [float(text) for text in texts] == column
    assert [int(row["seed"]) for row in rows] == [BIG] * len(rows)
    pandas.testing.assert_frame_equal(pandas.read_csv(tmp_path / "a.csv"), found.frame(), check_exact=True)


def test_parquet(found: SweepResult, tmp_path: Path) -> None:
    export(found.table(), tmp_path / "a.PARQUET")
    frame = pandas.read_parquet(tmp_path / "a.PARQUET")
    pandas.testing.assert_frame_equal(frame, found.frame(), check_exact=True)
    assert frame.attrs["meanings"]["gamma"] == "ridge"
    assert frame.attrs["units"]["loss"] == "label^2"


def test_netcdf_over_the_lists(found: SweepResult, tmp_path: Path) -> None:
    export(found.table(), tmp_path / "a.nc")
    with xarray.open_dataset(tmp_path / "a.nc") as data:
        assert data["loss"].dims == (*AXES, "draw")
        assert data["T"].values.tolist() == [6, 5]  # in the order given
        assert set(data.data_vars) == set(QUANTITIES)
        for simulation in found.simulations:
            m = simulation.model
            where = {"alpha": float(m.spectrum.alpha), "M": 24, "N": m.N, "T": m.T, "gamma": float(m.gamma),
                     "noise": 1 / 7}  # fmt: skip
            for name in QUANTITIES:
                assert data[name].sel(where).values.tolist() == simulation.samples[name].tolist()
        assert data.attrs["seed"] == str(BIG)
        assert data.attrs["code"] == found.table()["code"][0]
        assert (data.attrs["latent"], data.attrs["source"]) == ("gaussian", "isotropic")
        assert data["loss"].attrs == {"long_name": MEANINGS["loss"], "units": "label^2"}


def test_the_order_of_the_models_is_no_part_of_it() -> None:
    """T = 5 comes before 6 for one N, after it for the other."""
    models = [law(1, 24, n, t, gamma="1e-2") for n, t in ((5, 6), (7, 5), (7, 6), (5, 5))]
    found = sweep(models, 2, 1)
    losses = to_dataset(found.table())["loss"]
    for simulation in found.simulations:
        m = simulation.model
        assert losses.sel(N=m.N, T=m.T).values.ravel().tolist() == simulation.samples["loss"].tolist()


def test_netcdf_of_points_that_are_no_product(tmp_path: Path) -> None:
    models = [*MODELS[:3], MODELS[-1], Model(Eigenvalues([3, 1, 2]), 2, 3)]
    found = sweep(models, 2, 1, design=Design(latent=Law("uniform")))
    export(found.table(), tmp_path / "a.nc")
    with xarray.open_dataset(tmp_path / "a.nc") as data:
        assert data["loss"].dims == ("point", "draw")
        assert data["loss"].values.tolist() == [s.samples["loss"].tolist() for s in found.simulations]
        assert data["N"].values.tolist() == [5, 5, 5, math.inf, 2]
        assert math.isnan(data["alpha"].values[4])
        assert data["eigenvalues"].values[4]
        assert data.attrs["latent"] == "uniform"


def test_a_store_is_exported_as_it_is(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        result = sweep(MODELS[:2], 2, 1, store=store)
        sweep(MODELS[1:2], 3, 1, store=store)
        table = store.table()
        assert len(table["draw"]) == 5
        assert set(table) == set(result.table())
        assert table["gamma"] == [0.0] * 2 + [1e-3] * 3
        data = to_dataset(table)
        assert math.isnan(data["loss"].values.ravel()[2])  # the third draw of the first point was not asked for
        assert data["loss"].notnull().sum() == 5
        sweep(MODELS[:1], 1, 2, store=store)
        with pytest.raises(SolvableError, match="one seed"):
            to_dataset(store.table())


def test_an_empty_sweep_is_an_empty_table(tmp_path: Path) -> None:
    for suffix in ("csv", "parquet", "nc"):
        export(sweep([]).table(), tmp_path / f"a.{suffix}")
    assert len(pandas.read_parquet(tmp_path / "a.parquet")) == 0
    assert (tmp_path / "a.csv").read_text().startswith(",".join(PARAMETERS[:6]))


def test_a_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("before")

    def broken(_: object, name: str) -> None:
        Path(name).write_text("half")
        raise OSError("disk full")

    monkeypatch.setattr(sys.modules["numerics.simulation.export"], "_csv", broken)
    with pytest.raises(OSError, match="disk full"):
        export(sweep(MODELS[:1], 1).table(), path)
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["a.csv"]
    monkeypatch.undo()
    export(sweep(MODELS[:1], 1).table(), path)
    assert path.read_text().startswith("alpha,")


@pytest.mark.parametrize("name", ["a", "a.txt", "", "a.csv.gz", "no/a.csv", "folder.csv", "\0.csv"])
def test_where_no_file_can_be_put(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InvalidInput, match="path = "):
        export({"draw": []}, f"{tmp_path}/{name}")
    assert os.listdir(tmp_path) == ["folder.csv"]


def test_packages_may_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: SweepResult) -> None:
    module = sys.modules["numerics.simulation.export"]
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    for suffix in ("parquet", "nc"):
        with pytest.raises(SolvableError, match=r"pip install 'solvable\[export\]'"):
            export(found.table(), tmp_path / f"a.{suffix}")
    export(found.table(), tmp_path / "a.csv")  # needs nothing
    for name, function in (("pandas", module.to_frame), ("xarray", to_dataset)):
        monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(SolvableError, match="pip install"):
            function(found.table())
