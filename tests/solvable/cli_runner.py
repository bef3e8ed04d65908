"""Runs the program in this process, and holds its output to the contract."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, NamedTuple, NoReturn

from solvable import main


class Result(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        return strict_json(self.out)["records"]


def run(*argv: str) -> Result:
    """Exit code and output; any exception that main lets through is the test's."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(list(argv))
    return Result(code, out.getvalue(), err.getvalue())


def strict_json(text: str) -> Any:
    """JSON as scripts read it: NaN and Infinity are no numbers."""

    def refuse(constant: str) -> NoReturn:
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


def assert_contract(result: Result) -> None:
    """Success with one JSON document, or exit code 2 with one `error:` line and nothing on stdout."""
    if result.code == 0:
        assert strict_json(result.out)["records"]
        assert result.err == ""
        return
    assert result.code == 2, result
    assert result.out == ""
    assert result.err.startswith("error: "), result.err
    assert result.err.endswith("\n")
    assert len(result.err.splitlines()) == 1
    assert "Traceback" not in result.err
