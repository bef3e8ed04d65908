"""The command line and the report. Holds no mathematics; importing it loads no number library."""

from solvable.cli import main

__all__ = ["main"]
