"""Executable derivations: each narrates and checks the claims that theory/ derives."""

from functools import cache

from derivations import planar_solution
from theory.claim import Claim

CHAPTERS = (planar_solution,)


@cache
def all_claims() -> tuple[Claim, ...]:
    """Every claim of the toolkit, in reading order."""
    return tuple(claim for chapter in CHAPTERS for claim in chapter.claims())


__all__ = ["CHAPTERS", "all_claims"]
