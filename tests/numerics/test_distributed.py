"""Sweeps on a Dask cluster of real processes: the same bits, also when workers are killed; failures in one line."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("distributed")

from numerics import Design
from numerics.simulation import distributed, tasks
from numerics.simulation.distributed import check_scheduler, compute_on, versioned_draws
from numerics.simulation.store import Store
from numerics.simulation.sweep import SweepResult, sweep
from numerics.simulation.tasks import Piece, draw_pieces
from theory import InvalidInput, Model, PrecisionError, SolvableError

ROOT = Path(__file__).parent.parent.parent
MODELS = [Model.power_law(1, 40, 8, t, gamma="1e-3") for t in range(4, 24)]
HANG = 600  # seconds: bounds a hang, and no slow machine
PIECES = [[Piece(0, MODELS[0], Design(), 1, range(2))]]


@dataclass
class Cluster:
    """A scheduler and workers without a nanny, each a process of its own: what is killed stays dead."""

    file: Path
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]

    @property
    def address(self) -> str:
        return str(json.loads(self.file.read_text())["address"])

    def listens(self) -> bool:
        """Whether the scheduler's file is there and whole: Dask writes it in place."""
        try:
            return bool(self.address)
        except (FileNotFoundError, json.JSONDecodeError):
            return False

    def hire(self, path: Path = ROOT) -> None:
        self.workers.append(start("worker", self.file, "--no-nanny", "--nthreads", "1", path=path))

    def kill(self) -> None:
        os.kill(self.workers[0].pid, signal.SIGKILL)
        self.workers.pop(0).wait()


def start(kind: str, file: Path, *argv: str, path: Path = ROOT) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--scheduler-file", str(file), "--no-dashboard"]
    environment = {**os.environ, "PYTHONPATH": str(path), "DASK_LOGGING__DISTRIBUTED": "critical"}
    return subprocess.Popen(
        [*command, "--host", "127.0.0.1", *argv], env=environment, cwd=file.parent, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    file = tmp_path / "scheduler.json"
    found = Cluster(file, start("scheduler", file, "--port", "0"), [])
    try:
        while not found.listens():
            assert found.scheduler.poll() is None
            time.sleep(0.05)
        yield found
    finally:
        for process in (found.scheduler, *found.workers):
            process.kill()
            process.wait()


@pytest.fixture(autouse=True)
def fine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small portions: many hand-overs; and patience with processes that start slowly."""
    monkeypatch.setattr(tasks, "PIECE_SECONDS", 1e-2)
    monkeypatch.setattr(distributed, "CONNECT", HANG)
    monkeypatch.setattr(distributed, "IDLE", HANG)


def same(one: SweepResult, other: SweepResult) -> bool:
    pairs = zip(one.simulations, other.simulations, strict=True)
    return all(a.samples[name].tobytes() == b.samples[name].tobytes() for a, b in pairs for name in a.samples)


def test_workers_killed_in_the_middle_lose_nothing(cluster: Cluster, tmp_path: Path) -> None:
    for _ in range(3):
        cluster.hire()
    seen: list[tuple[int, int]] = []

    def step(done: int, total: int) -> None:
        seen.append((done, total))
        if (done > 50 and len(cluster.workers) == 3) or (done > 200 and len(cluster.workers) == 2):
            cluster.kill()

    found = sweep(MODELS, 30, 1, scheduler=cluster.address, store=str(tmp_path / "a.db"), progress=step)
    assert len(cluster.workers) == 1
    assert seen[-1] == (600, 600)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})  # no portion twice
    expected = sweep(MODELS, 30, 1, jobs=1)
    assert same(found, expected)
    with Store(tmp_path / "a.db") as store:
        assert len(store) == 600
    assert same(sweep(MODELS, 30, 1, jobs=1, store=str(tmp_path / "a.db")), expected)


def test_a_cluster_of_its_own_with_a_worker_killed() -> None:
    """The nanny replaces it."""
    import psutil

    before = psutil.Process().children()
    killed: list[psutil.Process] = []

    def step(done: int, total: int) -> None:
        if done > 50 and not killed:
            killed.extend(
                child for child in psutil.Process().children()
                if child not in before and "spawn_main" in " ".join(child.cmdline())
            )  # fmt: skip
            killed[0].kill()

    found = sweep(MODELS, 30, 1, scheduler="local:2", progress=step)
    assert len(killed) == 2
    assert same(found, sweep(MODELS, 30, 1, jobs=1))
    assert psutil.wait_procs(killed, timeout=HANG)[1] == []


def test_errors_of_draws_come_as_they_are(cluster: Cluster) -> None:
    cluster.hire()
    with pytest.raises(PrecisionError, match="rounding"):
        sweep([*MODELS[:3], Model.power_law(10, 300, 60, 80)], 3, 1, scheduler=cluster.address)


def test_workers_with_other_code_are_refused(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.hire()
    monkeypatch.setattr(distributed, "code_version", lambda: "other")
    with pytest.raises(SolvableError, match="a worker has other code"):
        list(compute_on(cluster.address, PIECES, 1))
    monkeypatch.undo()
    assert versioned_draws(PIECES[0], distributed.code_version()) == draw_pieces(PIECES[0])
    cluster.kill()
    (tmp_path / "numerics.py").touch()  # hides the toolkit, which may be installed where the worker runs
    cluster.hire(tmp_path)
    with pytest.raises(SolvableError, match="need this toolkit installed"):
        list(compute_on(cluster.address, PIECES, 1))


def test_a_scheduler_without_workers_is_given_up(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "IDLE", 1.0)
    with pytest.raises(SolvableError, match="no worker"):
        list(compute_on(cluster.address, PIECES, 1))


def test_a_lost_scheduler_is_one_error(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.hire()

    def step(done: int, total: int) -> None:
        if done > 20:
            cluster.scheduler.kill()
            monkeypatch.setattr(distributed, "IDLE", 5.0)

    monkeypatch.setattr(distributed, "CONNECT", 15.0)  # Dask's client may look for a lost scheduler twice as long
    with pytest.raises(SolvableError, match=r"scheduler at .* (is lost|no worker)"):
        sweep(MODELS, 300, 1, scheduler=cluster.address, progress=step)


def greet(bound: socket.socket) -> None:
    with bound.accept()[0] as line:
        line.sendall(b"SSH-2.0-server")


def test_what_is_no_scheduler_is_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "CONNECT", 0.5)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(SolvableError, match="no Dask scheduler answers"):
            list(compute_on(address, PIECES, 1))  # nobody listens
        bound.listen()
        with pytest.raises(SolvableError, match="no Dask scheduler answers"):
            list(compute_on(f"tcp://{address}", PIECES, 1))  # nobody answers
    monkeypatch.setattr(distributed, "CONNECT", HANG)
    with socket.create_server(("127.0.0.1", 0)) as bound:
        other = threading.Thread(target=greet, args=(bound,), daemon=True)
        other.start()
        with pytest.raises(SolvableError, match="another kind of server"):
            list(compute_on(f"127.0.0.1:{bound.getsockname()[1]}", PIECES, 1))
        other.join()


@pytest.mark.parametrize("address", ["", "host", "host:", "host:0", "host:65536", ":1", "local:0", "local:1025",
                                     "local:x", "http://a:1", "a b:1", "a:1:2", "Ａ:１", "tcp://a"])  # fmt: skip
def test_malformed_addresses(address: str) -> None:
    with pytest.raises(InvalidInput, match="scheduler = "):
        check_scheduler(address)


@pytest.mark.parametrize(
    "address", ["a:1", "tcp://10.0.0.1:8786", "[::1]:8786", "tls://a.b-c.d:65535", "local", "local:8"]
)
def test_well_formed_addresses(address: str) -> None:
    check_scheduler(address)


def test_dask_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SolvableError, match=r"pip install 'solvable\[sweeps\]'"):
        check_scheduler("a:1")
