"""Every strictness on, once for all tests; and what differs from machine to machine set, before anything reads it."""

import logging
import os
import warnings

# Terminals and CI services announce colours and widths, by which help and tables are laid out
for name in (
    "FORCE_COLOR", "NO_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "TERMINAL_WIDTH", "TTY_COMPATIBLE", "TTY_INTERACTIVE",
    "JUPYTER_COLUMNS", "JUPYTER_LINES", "LINES",
):  # fmt: skip
    os.environ.pop(name, None)
os.environ |= {"COLUMNS": "80", "TERM": "xterm"}
# One thread for matrices: several lose on these sizes, badly where a container has fewer processors than the machine
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import numpy as np  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

with warnings.catch_warnings():  # without /dev/shm it warns once, and works in one process
    warnings.filterwarnings("ignore", ".*joblib will operate in serial mode")
    import joblib  # noqa: F401

np.seterr(divide="raise", over="raise", invalid="raise")  # library code silences what it means
# How fast examples are made depends on the machine: the first text has to wait for a table of all characters
settings.register_profile(
    "strict", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("strict")
# Matplotlib tells of fonts that it looks for on a new machine, and of a HOME that it cannot write to
logging.getLogger("matplotlib").setLevel(logging.ERROR)
