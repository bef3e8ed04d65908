"""The program `solvable`: its commands, and what becomes of every exception.

A further command is one entry of COMMANDS: a function whose parameters are annotated as in
solvable.options, whose name and docstring become the command's name and help, and that returns an
exit code or None. Heavy imports belong inside the function, so that `--help` stays fast. A user's
mistake is raised as theory.errors.InvalidInput with the option's name.
"""

import contextlib
import gc
import io
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import typer
from typer.main import get_command

from solvable.claims_command import claims, latex
from solvable.density_command import density
from solvable.evaluate_command import evaluate
from solvable.exponents_command import exponents
from solvable.figures_command import figures
from solvable.fit_command import fit
from solvable.limits_command import limits
from solvable.optimum_command import optimum
from solvable.phases_command import phases
from solvable.plateaus_command import plateaus
from solvable.predict_command import predict
from solvable.report_command import report
from solvable.simulate_command import simulate
from solvable.spectrum_command import spectrum
from solvable.verify_command import verify

COMMANDS: tuple[Callable[..., int | None], ...] = (
    evaluate,
    exponents,
    phases,
    plateaus,
    optimum,
    simulate,
    density,
    spectrum,
    predict,
    fit,
    claims,
    latex,
    limits,
    figures,
    report,
    verify,
)
CANNOT, INTERRUPTED, BROKEN_PIPE = 2, 130, 141
MAX_LINE = 600
UsageError: type[Exception] = typer.BadParameter.__mro__[1]  # click's; Typer exports only this child of it

app = typer.Typer(
    name="solvable",
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Solvable models of neural scaling laws: derived, evaluated, simulated, checked.",
    epilog="Exit codes: 0 done, 1 a check failed, 2 the command cannot be done as asked.",
)


def _flowing(docstring: str) -> str:
    """A docstring with each paragraph on one line, for the terminal to wrap."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in docstring.split("\n\n"))


for _command in COMMANDS:
    app.command(name=_command.__name__.replace("_", "-"), help=_flowing(_command.__doc__ or ""))(_command)


@app.callback()
def _program() -> None:
    """Keeps `solvable COMMAND` a group of commands, whatever their number."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code, with at most one `error:` line on stderr."""
    if argv is None:  # a process of our own: SymPy's many small objects live long, a sixth of the time went to gc
        gc.set_threshold(200_000, 20, 20)
    words = list(sys.argv[1:] if argv is None else argv) or ["--help"]
    if isinstance(sys.stdout, io.TextIOWrapper) and argv is None:
        sys.stdout.reconfigure(errors="replace")  # help pages have characters that an ASCII terminal lacks
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # a cold font cache is no concern of the user's
    try:
        with _long_integers(), get_command(app).make_context("solvable", words) as context:
            code = context.command.invoke(context)
            if sys.stdout is not None:
                sys.stdout.flush()
            return int(code or 0)
    except typer.Exit as stop:
        return int(stop.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return _fail("interrupted", INTERRUPTED)
    except SystemExit:  # rich, when the reader of a help page has gone
        return BROKEN_PIPE
    except BrokenPipeError:
        with contextlib.suppress(OSError, ValueError, AttributeError):  # nothing is left to flush at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except UsageError as error:
        return _fail(_usage(error), CANNOT)
    except MemoryError as error:
        return _fail(f"not enough memory for sizes this large: reduce -M, -N, -T ({error})", CANNOT)
    except OSError as error:
        return _fail(f"cannot read or write: {error}", CANNOT)
    except Exception as error:
        from theory.errors import SolvableError

        if isinstance(error, SolvableError):
            return _fail(str(error), CANNOT)
        if isinstance(error, ArithmeticError):
            return _fail(f"values too large or too small to compute with: {error}", CANNOT)
        raise


def _usage(error: Any) -> str:
    """Click's complaint in the words of the contract: the option, its value, what is allowed."""
    option = getattr(error, "param", None)
    if type(error).__name__ == "MissingParameter" and option is not None:
        return f"option {option.opts[0]} is missing: {option.help}"
    context = error.ctx
    text = error.format_message().strip().rstrip(".")
    where = context.command_path if context is not None else "solvable"
    commands = sorted(getattr(context.command, "commands", {})) if context is not None else []
    allowed = f"the commands are {', '.join(commands)}" if commands else f"the options are listed by {where} --help"
    return f"{text}: {allowed}"


def _fail(message: str, code: int) -> int:
    """One line on stderr, whatever characters the message carries."""
    line = "".join(c if c.isprintable() else " " if c == "\n" else ascii(c)[1:-1] for c in f"error: {message}")
    line = line if len(line) <= MAX_LINE else f"{line[: MAX_LINE - 3]}..."
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(line, file=sys.stderr, flush=True)
    return code


@contextlib.contextmanager
def _long_integers() -> Iterator[None]:
    """Numbers of up to 10,000 digits are this program's business: lift Python's limit of 4300 for the run."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(limit)
