"""Ours against the usual parametric fit, on sizes that neither has seen."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from numerics.fitting.fit import PlanarFit, fit_planar
from numerics.fitting.parametric import COUNT, ParametricFit, parametric_fit
from numerics.fitting.table import LossTable
from theory.errors import InvalidInput

DEFAULT = "0.2"
NONE = "none"
ALLOWED = "a fraction of the rows above 0 and at most 0.5, N>=SIZE, T>=SIZE, or none"
_SIZES = re.compile(r"([NT])>=([0-9.eE+]+)")


@dataclass(frozen=True)
class Comparison:
    """Both fits to the rows not held out, and the root mean square of ln(predicted/measured) on those held out.

    held: mask (n,) over the table; rule: how they were chosen.
    """

    rule: str
    held: np.ndarray
    planar: PlanarFit
    parametric: ParametricFit
    planar_error: float
    parametric_error: float


def held_out(table: LossTable, rule: str = DEFAULT) -> tuple[np.ndarray, str]:
    """The rows of the rule, and the rule in words. Raises InvalidInput for another text, and where no or every row is.

    A fraction holds out the rows with the largest min(N, T), of equal ones those with the largest max(N, T): as many
    as come closest to the fraction, rows of the same sizes together.
    """
    if table.n < 2:
        raise InvalidInput("LOSSES", f"{table.n} row", "two rows or more: some to fit, some to hold out")
    if rule == NONE:
        return np.zeros(table.n, dtype=bool), NONE
    if found := _SIZES.fullmatch(rule.replace(" ", "")):
        held = getattr(table, found[1]) >= _number(found[2], rule)
        words = f"{found[1]} >= {found[2]}"
    else:
        fraction = _number(rule, rule)
        if not 0 < fraction <= 0.5:
            raise InvalidInput("--holdout", rule, ALLOWED)
        held, words = _largest(table, fraction)
    if held.all() or not held.any():
        raise InvalidInput("--holdout", rule, f"a rule that holds out some of the {table.n} rows, not all")
    return held, words


def _number(text: str, rule: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InvalidInput("--holdout", rule, ALLOWED)
    return value


def _largest(table: LossTable, fraction: float) -> tuple[np.ndarray, str]:
    smaller, larger = np.minimum(table.N, table.T), np.maximum(table.N, table.T)
    sizes, place = np.unique(np.column_stack([smaller, larger]), axis=0, return_inverse=True)
    counts = np.bincount(place.ravel(), minlength=len(sizes))[::-1].cumsum()[::-1]  # of rows at least as large
    if len(sizes) < 2:
        raise InvalidInput("--holdout", f"{fraction:g}", "none: all rows have the same sizes")
    cut = 1 + int(np.argmin(np.abs(counts[1:] - fraction * table.n)))
    held = place.ravel() >= cut
    return held, f"the {held.sum()} of {table.n} rows with the largest min(N,T), then max(N,T)"


def compare(
    table: LossTable, rule: str = DEFAULT, fixed: Mapping[str, float] | None = None, *, noisy: bool = False
) -> Comparison | None:
    """Both fits without the rows of the rule; None for `none`. Raises InvalidInput if too few rows remain."""
    held, words = held_out(table, rule)
    if words == NONE:
        return None
    seen, unseen = table.subset(~held), table.subset(held)
    needed = max(COUNT, 6 - len(fixed or {}))
    if seen.n < needed:
        raise InvalidInput(
            "--holdout", rule, f"a rule that leaves at least {needed} rows to fit (here {seen.n}), or none"
        )
    planar = fit_planar(seen, fixed, noisy=noisy)
    other = parametric_fit(seen.N, seen.T, seen.loss)
    gamma = 1.0 if unseen.gamma is None else unseen.gamma
    with np.errstate(divide="ignore"):
        ours = np.log(planar.loss(unseen.N, unseen.T, gamma))
    target = np.log(unseen.loss)
    errors = [_rms(found - target) for found in (ours, other.log_loss(unseen.N, unseen.T))]
    return Comparison(words, held, planar, other, *errors)


def _rms(difference: np.ndarray) -> float:
    return float(np.sqrt(np.mean(difference**2)))
