"""Sweeps: the same numbers, bit for bit, in whatever order, wherever and in however many runs they are drawn."""

import json
import math
import os
import random
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from joblib._multiprocessing_helpers import mp as joblib_processes

from numerics import Design, Law, simulate
from numerics.simulation import engines, tasks
from numerics.simulation.columns import PARAMETERS
from numerics.simulation.draw import QUANTITIES, draw
from numerics.simulation.running import run_draws
from numerics.simulation.store import Store
from numerics.simulation.sweep import SweepResult, sweep
from numerics.simulation.tasks import Piece, Point, cut
from theory import Eigenvalues, InvalidInput, Model, Powers, SolvableError

law = Model.power_law
ROOT = Path(__file__).parent.parent.parent
MODELS = [law(1, 30, n, t, gamma=g) for n in (5, math.inf) for t in (3, 6) for g in (0, "1e-3")]


def same(one: SweepResult, other: SweepResult) -> bool:
    """Whether every sample is the same double."""
    pairs = zip(one.simulations, other.simulations, strict=True)
    return all(a.samples[name].tobytes() == b.samples[name].tobytes() for a, b in pairs for name in QUANTITIES)


@pytest.fixture(scope="module")
def expected() -> SweepResult:
    return sweep(MODELS, 4, 1, jobs=1)


@pytest.fixture
def fine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small portions: many hand-overs, many transactions."""
    monkeypatch.setattr(tasks, "PIECE_SECONDS", 1e-3)


def test_a_sweep_is_its_simulations(expected: SweepResult) -> None:
    for model, found in zip(MODELS, expected.simulations, strict=True):
        alone = simulate(model, 4, 1)
        assert found.model == model
        for name in QUANTITIES:
            assert found.samples[name].tolist() == alone.samples[name].tolist()
    assert not same(expected, sweep(MODELS, 4, 2, jobs=1))


def test_order_and_processes_change_no_bit(expected: SweepResult, fine: None) -> None:
    assert same(expected, sweep(MODELS, 4, 1, jobs=2))
    assert same(expected, sweep(MODELS, 4, 1, jobs=3))
    order = random.Random(0).sample(range(len(MODELS)), len(MODELS))
    turned = sweep([MODELS[i] for i in order], 4, 1, jobs=1)
    back = tuple(turned.simulations[order.index(i)] for i in range(len(MODELS)))
    assert same(expected, SweepResult(back, turned.design, 1))
    longer = sweep(MODELS[:3], 9, 1)
    assert all(a.samples["loss"][:4].tolist() == b.samples["loss"].tolist()
               for a, b in zip(longer.simulations, expected.simulations[:3], strict=True))  # fmt: skip


def test_other_laws_and_explicit_lists_in_processes() -> None:
    """Lists that are not sorted, with a teacher of their own: pickling sorts the one, and the other must follow."""
    models = [Model(Eigenvalues([0.1, 2, 1, 0.5]), 2, 3, "1e-2", source=Powers([9, 0, 1, 0.5]))] * 2
    design = Design(Law("student", 5.0), Law("orthogonal"))
    for chosen in (design, Design()):
        one = sweep(models, 3, 1, design=chosen, jobs=1)
        assert same(one, sweep(models, 3, 1, design=chosen, jobs=2))
        assert one.simulations[0].samples["loss"].tolist() == [draw(models[0], chosen, 1, k)[2] for k in range(3)]


def test_a_store_resumes_and_is_asked_first(
    expected: SweepResult, fine: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "a.db")
    seen: list[tuple[int, int]] = []
    sweep(MODELS[:3], 2, 1, jobs=1, store=path)
    assert same(expected, sweep(MODELS, 4, 1, jobs=2, store=path, progress=lambda *step: seen.append(step)))
    assert seen[0] == (6, 32)
    assert seen[-1] == (32, 32)
    assert [step[0] for step in seen] == sorted({step[0] for step in seen})

    def refused(*_: object) -> None:
        raise AssertionError("drawn again")

    monkeypatch.setattr(tasks, "draw", refused)
    assert same(expected, sweep(MODELS, 4, 1, jobs=1, store=path))
    with pytest.raises(AssertionError, match="drawn again"):
        sweep(MODELS, 5, 1, jobs=1, store=path)
    with Store(path) as store:
        assert len(store) == 32
        table = store.table()
    keys = zip(*(table[name] for name in ("N", "T", "gamma", "draw")), strict=True)
    assert dict(zip(keys, table["loss"], strict=True)) == {
        (s.model.N, s.model.T, float(s.model.gamma), k): x
        for s in expected.simulations
        for k, x in enumerate(s.samples["loss"].tolist())
    }


def test_laws_close_to_each_other_are_kept_apart() -> None:
    first, second = (Point(MODELS[0], 1, 0, Design(latent=Law("student", x))) for x in (5.0, 5.0000001))
    assert first.key != second.key
    assert Point(MODELS[0], 1, 0, Design(features=Law("laplace"))).key != Point(MODELS[0]).key
    listed = Point(Model(Eigenvalues([2, 1]), 2, 3, source=Powers([1, 0])))
    for point in (first, listed):
        assert set(json.loads(point.key)) <= set(PARAMETERS)  # each has a column


def test_equal_points_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []

    def counted(model: Model, design: Design, seed: int, index: int) -> tuple[float, ...]:
        drawn.append(index)
        return draw(model, design, seed, index)

    monkeypatch.setattr(tasks, "draw", counted)
    points = [Point(MODELS[1], 2), Point(MODELS[1], 3), Point(MODELS[1].with_(gamma="0.001"), 1)]
    found = sorted(run_draws(points, 1))
    assert [(position, index) for position, index, _ in found] == [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 0)]
    assert sorted(drawn) == [0, 1, 2]
    assert found[0][2] == found[2][2] == found[5][2]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_ends_the_sweep_and_keeps_what_is_stored(
    jobs: int, fine: None, tmp_path: Path, expected: SweepResult
) -> None:
    steep = law(10, 300, 60, 80)  # lost in rounding, which only its draw can tell
    path = str(tmp_path / "a.db")
    with pytest.raises(ArithmeticError, match="rounding"):
        sweep([*MODELS, steep], 4, 1, jobs=jobs, store=path)
    assert same(expected, sweep(MODELS, 4, 1, jobs=jobs, store=path))


def test_what_cannot_be_drawn_is_refused_before_anything_is(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    with pytest.raises(InvalidInput, match="GiB"):
        sweep([*MODELS, law(1, 10**6, 10**5, 10**5)], 4, 1, store=path)
    with pytest.raises(InvalidInput, match="finite number of samples"):
        sweep([*MODELS, law(1, 10, 5, math.inf)], 4, 1, store=path)
    with Store(path) as store:
        assert len(store) == 0
    for bad in ({"draws": 0}, {"draws": 2.5}, {"seed": -1}, {"jobs": 0}, {"jobs": "many"}, {"jobs": True}):
        with pytest.raises(InvalidInput, match=next(iter(bad))):
            sweep(MODELS[:1], **bad)  # type: ignore[arg-type]
    assert sweep([]).simulations == ()


def test_work_is_cut_whole() -> None:
    pieces = [Piece(i, model, Design(), 0, range(1 + 7 * i)) for i, model in enumerate(MODELS)]
    pieces.append(Piece(99, law(1, 6000, 1000, 1500), Design(), 0, range(3)))
    for processes in (1, 2, 50):
        portions = cut(pieces, processes)
        found = sorted((p.number, k) for portion in portions for p in portion for k in p.indices)
        assert found == sorted((p.number, k) for p in pieces for k in p.indices)
        assert all(portions)
    assert cut([], 2) == []


def test_few_draws_stay_in_this_process() -> None:
    few = [Piece(0, MODELS[0], Design(), 0, range(10))]
    assert engines.processes("auto", few) == engines.processes(None, few) == 1
    many = [Piece(0, law(1, 6000, 400, 1600), Design(), 0, range(1000))]
    assert 1 <= engines.processes("auto", many) <= 1000
    assert engines.processes(7, many) == 7


def test_a_dead_worker_is_one_error(fine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    portions = [[Piece(0, MODELS[0], Design(), 0, range(1))]] * 4
    with pytest.raises(SolvableError, match="a worker process died"):
        for _ in engines._by_joblib(partial(killed, os.getpid()), portions, 2):
            pass


def killed(tests: int, _: object) -> list[object]:
    """Kills its process, but not the tests' own: joblib calls it there where no other can be had."""
    if os.getpid() == tests:
        pytest.skip("no worker processes can be had here, as without /dev/shm")
    os.kill(os.getpid(), signal.SIGKILL)
    return []


INTERRUPTED = """
import sys
from numerics.simulation import running, tasks
from numerics.simulation.sweep import sweep
from theory import Model
tasks.PIECE_SECONDS = 1e-2
models = [Model.power_law(1, 60, 20, t, gamma="1e-3") for t in range(10, 40)]
def step(done, total):
    print(done, flush=True)
try:
    sweep(models, 10**5, 1, jobs=int(sys.argv[2]), store=sys.argv[1], progress=step)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_leaves_a_store_to_resume(jobs: str, tmp_path: Path) -> None:
    if jobs != "1" and joblib_processes is None:
        pytest.skip("no worker processes can be had here, as without /dev/shm")
    path = tmp_path / "a.db"
    command = [sys.executable, "-W", "error", "-c", INTERRUPTED, str(path), jobs]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        while int(process.stdout.readline()) < 50:
            pass
        os.killpg(process.pid, signal.SIGINT)
        *told, last = process.stdout.read().split()
        assert last == "interrupted"
        assert process.stderr.read() == ""
    with Store(path) as store:
        assert len(store) >= (int(told[-1]) if told else 50)
        key = Point(law(1, 60, 20, 10, gamma="1e-3")).key
        for index, row in list(store.known(key, 1, 10**5).items())[:3]:
            assert row == draw(law(1, 60, 20, 10, gamma="1e-3"), Design(), 1, index)


def test_the_values_are_in_the_store_before_they_are_given(fine: None, tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store, Store(tmp_path / "a.db", read_only=True) as reader:
        for count, _ in enumerate(run_draws([Point(model, 2) for model in MODELS], 1, store=store), 1):
            assert len(reader) >= count
