r"""The optimal ridge along a path: kappa such that raising and lowering terms of dL/d ln(kappa) balance.

kappa joins the scales as a free one. `explore` cuts the half-plane of (n, kappa) into pieces in which
the loss rises or falls with kappa (`theory.stationary`); the optimum is a border from falling to
rising. There the ratio of the two sides is

    one power of kappa        kappa in closed form, logarithms included
    a function of the factor  where kappa meets min(N, T), lambda_M or 1: one unknown number

or the loss rises from the smallest kappa on: D = min(N, T), a ridge too small to matter; or no ridge
at all, if min(N, T) >= M.
"""

from dataclasses import dataclass, replace
from functools import cmp_to_key
from itertools import pairwise

import sympy as sp

from theory.balance import RIDGE, UNDETERMINED, Balance, at_kappa, balance, kappa_at_share, smaller
from theory.closed import number
from theory.continuum import ALPHA
from theory.errors import NotConverged
from theory.free_kappa import KAPPA, Piece, Problem, pieces, ratio
from theory.growth import Scales
from theory.losses import DivergentError, Loss, loss
from theory.order import FIELD
from theory.unknown import FACTOR, Unknown


@dataclass(frozen=True)
class Optimum:
    """Balance and loss at the optimal ridge; `scales` read them."""

    scales: Scales
    solved: Balance
    loss: Loss


def optimum(problem: Problem) -> Optimum:
    """The optimal ridge and its loss.

    Raises UndecidedError where alpha must be split, NotConverged if the loss is flat to leading order.
    """
    try:
        found = pieces(problem)
    except DivergentError:
        return Optimum(problem.scales(problem.region), Balance(UNDETERMINED, frozenset()), Loss(None, infinite=True))
    if any(piece.sign == 0 for piece in found):
        raise NotConverged(
            "the loss is flat in the ridge to leading order, the coefficients of what raises and what lowers it agree: "
            "change a coefficient of the path, or give the ridge"
        )
    candidates = []
    if found[0].sign > 0:
        candidates.append(_from_the_start(problem, found[0]))
    for left, right in pairwise(found):
        if left.sign < 0 < right.sign:
            candidates.append(_at_border(problem, left, right))

    def order(one: Optimum, other: Optimum) -> int:
        return _compare(problem, one, other)

    return min(candidates, key=cmp_to_key(order))


def _from_the_start(problem: Problem, first: Piece) -> Optimum:
    """The loss rises with kappa from its smallest values: D close to min(N, T), or kappa = 0."""
    if first.low is None:
        return _without_ridge(problem, problem.scales(problem.region))
    scales = problem.scales(problem.corner(first.low), FACTOR)
    setting, noise = problem.build(scales)
    least, names = smaller(setting)
    kappa, unknown = kappa_at_share(setting, least)
    found = ratio(setting, kappa, noise)
    if found is None or scales.sign(found) > 0:
        return _without_ridge(problem, scales)
    unknown = unknown.solving(scales.region.window.at(scales.constant_value(found)))
    if unknown.limited(scales.region.window.sample):
        return _without_ridge(problem, scales)
    solved = at_kappa(setting, kappa, names | {RIDGE}, None, (unknown,))
    return Optimum(scales, solved, loss(setting, solved, noise))


def _without_ridge(problem: Problem, scales: Scales) -> Optimum:
    """A ridge too small to matter to leading order."""
    setting, noise = problem.build(scales)
    solved = balance(replace(setting, ridge=None))
    return Optimum(scales, solved, loss(setting, solved, noise))


def _at_border(problem: Problem, left: Piece, right: Piece) -> Optimum:
    """kappa where the ratio of the two sides passes 1."""
    if right.low is None:
        raise ValueError("pieces out of order")
    region = problem.corner(right.low)
    scales = problem.scales(region)
    setting, noise = problem.build(scales)
    there = ratio(setting, scales.scale(KAPPA), noise)
    if there is None:
        return _without_ridge(problem, scales)
    # logarithms may make one side win at the corner itself: the root is then a power of ln n away
    order = scales.sign(there)
    side = left if order > 0 else right
    if side.ratio is not None and (order or (left.ratio and left.ratio.powers == side.ratio.powers)):
        power = side.ratio.powers[problem.names.index(KAPPA)]
        kappa = (scales.scale(KAPPA) ** power / side.ratio) ** (FIELD.one / power)
        solved = at_kappa(setting, replace(kappa, origin=frozenset()), frozenset([RIDGE]))
        return Optimum(scales, solved, loss(setting, solved, noise))
    scales = problem.scales(region, FACTOR)
    setting, noise = problem.build(scales)
    there = ratio(setting, scales.scale(KAPPA), noise)
    if there is None:
        return _without_ridge(problem, scales)
    unknown = Unknown(FACTOR, sp.S.Zero).solving(scales.region.window.at(scales.constant_value(there)))
    solved = at_kappa(setting, scales.scale(KAPPA), frozenset([RIDGE]), None, (unknown,))
    return Optimum(scales, solved, loss(setting, solved, noise))


def _compare(problem: Problem, one: Optimum, other: Optimum) -> int:
    """Which of two local minima is lower: by exponent, then by the decimal value of the amplitude."""
    values = []
    for candidate in (one, other):
        total, scales = candidate.loss.total, candidate.scales
        if total is None:
            return 1 if candidate.loss.infinite == (candidate is one) else -1
        amplitude = scales.constant_value(replace(total, powers=(FIELD.zero,) * len(total.powers), logs=()))
        at = {ALPHA: scales.region.window.sample}
        for unknown in candidate.solved.unknowns:
            at[unknown.symbol] = sp.Float(unknown.at(at).value(15), 20)
        logs = sum((power for _, power in total.logs), FIELD.zero)
        values.append((scales.along_path(total.powers), logs, number(amplitude.subs(at), 15)))
    (power, logs, amplitude), (other_power, other_logs, other_amplitude) = values
    window = problem.region.window
    return (
        window.sign(power - other_power)
        or window.sign(logs - other_logs)
        or (amplitude > other_amplitude) - (amplitude < other_amplitude)
    )
