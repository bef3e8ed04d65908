"""Draws on a Dask cluster: another machine's scheduler, or a local one of processes (extra `sweeps`).

The workers compute only; this process keeps the store. Dask repeats what a lost worker was doing, or had done
and not yet handed over; a draw is the same wherever it is made, so nothing is lost and nothing counted twice.
"""

import logging
import pickle
import re
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from numerics.simulation.code_version import code_version
from numerics.simulation.tasks import Drawn, Piece, draw_pieces
from theory.errors import InvalidInput, SolvableError

CONNECT = 5.0  # seconds to reach the scheduler
IDLE = 60.0  # seconds without a worker after which the sweep gives up
POLL = 1.0  # seconds to wait for a result before looking after the cluster
AHEAD = 4  # portions handed out for each thread: none waits, and few are lost with a scheduler
GREETING = 2**20  # bytes that a server's greeting may have
MAX_LOCAL = 1024
DEAF = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"  # Ctrl-C is for the parent, which ends workers
ALLOWED = "HOST:PORT of a Dask scheduler (tcp:// or tls:// before it), or local, or local:K with K processes"
_ADDRESS = re.compile(r"(?:(?:tcp|tls|ws|wss)://)?(?:[\w.-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})", re.ASCII)
_LOCAL = re.compile(r"local(?::(\d{1,5}))?", re.ASCII)


def check_scheduler(address: str, option: str = "scheduler") -> None:
    """Raises InvalidInput unless the address is well formed; SolvableError where Dask is not installed."""
    local, remote = _LOCAL.fullmatch(address), _ADDRESS.fullmatch(address)
    fits = 0 < int(local[1] or 1) <= MAX_LOCAL if local else remote is not None and 0 < int(remote[1]) < 65536
    if not fits:
        raise InvalidInput(option, address, ALLOWED)
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise SolvableError(f"a scheduler needs Dask: pip install 'solvable[sweeps]' ({error})") from None


def compute_on(address: str, portions: Sequence[Sequence[Piece]], count: int) -> Iterator[Drawn]:
    """The draws of each portion as they get done; `count` processes for `local`.

    Raises InvalidInput and SolvableError as check_scheduler, and SolvableError where the scheduler cannot be
    reached or is lost, where it has no workers, or where a worker has other code.
    """
    check_scheduler(address)
    with ExitStack() as stack:
        stack.enter_context(_quiet())
        yield from _gathered(_client(address, count, stack), address, portions)


def versioned_draws(portion: Sequence[Piece], version: str) -> Drawn:
    """draw_pieces, refused with SolvableError where the code here would not make the same draws."""
    if code_version() != version:
        raise SolvableError(f"a worker has other code than this process: {code_version()}, here {version}")
    return draw_pieces(portion)


def _unpacked() -> Callable[[bytes], bytes]:
    """Runs a pickled call. Being local it is itself sent by value, and what is sent is opaque to Dask.

    A scheduler then needs nothing of this toolkit, and a worker that lacks it says so; it would die of a task that
    it cannot unpickle.
    """

    def run(call: bytes) -> bytes:
        import pickle

        function, *arguments = pickle.loads(call)
        return pickle.dumps(function(*arguments))

    return run


def _client(address: str, count: int, stack: ExitStack) -> Any:
    from distributed import Client, LocalCluster

    local = _LOCAL.fullmatch(address)
    try:
        if local:
            workers = int(local[1]) if local[1] else count
            # memory is left to the system: Dask would stop workers at a share of it
            cluster = stack.enter_context(
                LocalCluster(
                    n_workers=workers, threads_per_worker=1, processes=True, memory_limit=0, dashboard_address=None,
                    silence_logs=logging.CRITICAL, preload=[DEAF],
                )
            )  # fmt: skip
            return stack.enter_context(Client(cluster, timeout=CONNECT, set_as_default=False))
        _knock(address)
        return stack.enter_context(Client(address, timeout=CONNECT, set_as_default=False))
    except (OSError, TimeoutError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SolvableError(f"no Dask scheduler answers at {address} ({reason})") from None


def _knock(address: str) -> None:
    """Raises OSError where no Dask server listens: Dask's client would wait for minutes, or for ever.

    Such a server speaks first: the length of its greeting, in eight bytes. Behind TLS and web sockets only
    the connection is tried.
    """
    protocol, _, place = address.rpartition("://")
    host, _, port = place.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT) as line:
        if protocol in ("", "tcp"):
            greeting = line.recv(8, socket.MSG_WAITALL)
            if len(greeting) < 8 or int.from_bytes(greeting, "little") > GREETING:
                raise OSError("another kind of server")


def _gathered(client: Any, address: str, portions: Sequence[Sequence[Piece]]) -> Iterator[Drawn]:
    unpacked, version, waiting = _unpacked(), code_version(), iter(portions)
    running: set[Any] = set()
    idle = 0.0
    while True:
        with _reporting(address):
            threads = sum(client.nthreads().values())
            for portion in waiting:
                call = pickle.dumps((versioned_draws, portion, version))
                running.add(client.submit(unpacked, call, pure=False))
                if len(running) >= AHEAD * max(threads, 1):
                    break
            done = _done(client, running)
        if not running:
            return
        idle = 0.0 if threads or done else idle + POLL
        if idle >= IDLE:
            raise SolvableError(f"the Dask scheduler at {address} has had no worker for {IDLE:.0f} s")
        if client.status not in ("running", "connecting"):
            raise SolvableError(f"the Dask scheduler at {address} is lost")
        running -= done
        for future in done:
            with _reporting(address):
                drawn = pickle.loads(future.result())
            yield drawn


def _done(client: Any, running: set[Any]) -> set[Any]:
    """Those that have ended; empty after POLL seconds without one."""
    from distributed import wait

    try:
        with client.as_current():
            return set(wait(running, timeout=POLL, return_when="FIRST_COMPLETED").done) if running else set()
    except TimeoutError:
        return set()


@contextmanager
def _reporting(address: str) -> Iterator[None]:
    """What draws raise as it is; what befalls workers and scheduler as SolvableError."""
    from concurrent.futures import CancelledError

    from distributed import KilledWorker

    try:
        yield
    except KilledWorker:
        raise SolvableError("several Dask workers died on the same draws, perhaps for want of memory") from None
    except (ImportError, AttributeError, pickle.PickleError) as error:
        raise SolvableError(f"the Dask workers need this toolkit installed, in the same version ({error})") from None
    except (CancelledError, OSError, TimeoutError) as error:
        raise SolvableError(f"the Dask scheduler at {address} is lost ({error})") from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask's log about lost workers kept off the terminal: what matters is raised."""
    loggers = [logging.getLogger(name) for name in ("distributed", "tornado", "asyncio")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
