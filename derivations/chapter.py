"""A chapter of the derivations: an executable document (jupytext's percent format) whose steps are claims.

Its text cells say why; its code cells state claims, each with the rule that leads to it and a check of its own.
Imported, nothing is derived or checked: formulas and checks are callables. Run, as a script or a notebook, every step
is checked as it is stated, and the first that does not pass stops the run.
"""

import inspect
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import sympy as sp

from theory.claim import Claim, Evidence
from theory.errors import CheckFailed


class Chapter:
    """Collects the claims of one document, derivations/`name`.py, in reading order; `running`: check each at once.

    `path` is the document's file, the one in which the chapter is made.
    """

    def __init__(self, name: str, title: str, *, running: bool = False) -> None:
        self.name, self.title, self.running = name, title, running
        self.source = f"derived in derivations/{name}.py"
        frame = inspect.currentframe()
        self.path = Path(_file(frame.f_back if frame else None))
        self._claims: list[Claim] = []
        self._lines: dict[str, int] = {}

    def claim(
        self,
        name: str,
        title: str,
        rule: str,
        formula: Callable[[], sp.Equality],
        check: Callable[[sp.Equality], Evidence],
        assumptions: str,
        *literature: str,
        uses: tuple[str, ...] = (),
    ) -> Claim:
        """State a claim; `rule` and `assumptions` are Markdown with $mathematics$, `literature` its other sources.

        Raises CheckFailed in a running document if the claim does not pass its check.
        """
        stated = Claim(name, title, rule, formula, check, assumptions, "; ".join((*literature, self.source)), uses)
        self._claims.append(stated)
        self._lines[name] = self._line(inspect.currentframe())
        if self.running:
            found = stated.evidence()
            print(f"{found.verdict}: {name} ({found.described()})")
            if found.verdict != "pass":
                raise CheckFailed(f"claim {name}: {found.verdict}: {stated.formula()}")
        return stated

    def claims(self) -> tuple[Claim, ...]:
        return tuple(self._claims)

    def line(self, claim: Claim) -> int:
        """Where in its document a claim is stated; 0 if it is stated elsewhere."""
        return self._lines[claim.name]

    def _line(self, frame: FrameType | None) -> int:
        """The line of the document itself that leads to the frame, through whatever loops and helpers."""
        while frame is not None and (frame.f_code.co_name != "<module>" or Path(_file(frame)) != self.path):
            frame = frame.f_back
        return frame.f_lineno if frame else 0


def _file(frame: FrameType | None) -> str:
    return frame.f_code.co_filename if frame else ""


def equality(left: sp.Basic, right: sp.Basic) -> sp.Equality:
    """left = right as a statement, not evaluated."""
    return sp.Eq(left, right, evaluate=False)
