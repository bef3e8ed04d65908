"""Lecture notes that run: each chapter narrates the claims that theory/ derives, and checks them."""

from functools import cache

from derivations import (
    beyond_ridge,
    duality,
    equiparameterization,
    feature_spectra,
    loss,
    mellin_transforms,
    model,
    nonlinear_maps,
    optimal_ridge,
    plateaus,
    resolvent,
    ridgeless,
    scaling_corrections,
    scaling_laws,
    spectral_sums,
    teachers,
)
from theory.claim import Claim

CHAPTERS = (
    model.chapter,
    resolvent.chapter,
    duality.chapter,
    loss.chapter,
    ridgeless.chapter,
    mellin_transforms.chapter,
    spectral_sums.chapter,
    scaling_laws.chapter,
    scaling_corrections.chapter,
    teachers.chapter,
    plateaus.chapter,
    optimal_ridge.chapter,
    equiparameterization.chapter,
    feature_spectra.chapter,
    nonlinear_maps.chapter,
    beyond_ridge.chapter,
)


@cache
def all_claims() -> tuple[Claim, ...]:
    """Every claim of the toolkit, in reading order."""
    return tuple(claim for chapter in CHAPTERS for claim in chapter.claims())


__all__ = ["CHAPTERS", "all_claims"]
