r"""Where the loss stops improving, and what ends each of its power laws.

In a phase the loss is one monomial. A resource (N, T, 1/gamma, M, 1/noise) that it does not contain has
stopped helping: a plateau, with the loss as its value, entered where the phase's walls say. How fast the
plateau is reached is the response of the exact loss to that resource (`theory.sensitivity`), to leading
order. A resource that the loss does fall with keeps its power law up to the phase's other walls: the one
met first ends it.
"""

from dataclasses import dataclass, replace
from functools import partial

import sympy as sp
from sympy.polys.fields import FracElement

from theory.balance import Quantity, Setting, balance
from theory.closed import compact
from theory.continuum import ALPHA
from theory.free_kappa import sums_at
from theory.growth import Growth, Scales
from theory.losses import DivergentError, evaluated
from theory.order import Region, Vector, explore, exponent
from theory.phases import SOLVED_FOR, Border, Phase, asked, phases, setting_in, solved_for
from theory.sensitivity import responses
from theory.student import GAMMA, N, T

RESOURCES = {"N": 1, "T": 1, "gamma": -1, "M": 1, "noise": -1}  # the direction in which each one helps
SYMBOLS = {"N": N, "T": T, "gamma": GAMMA}


@dataclass(frozen=True)
class Approach:
    """(L - L_plateau)/L_plateau to leading order; `falls`: from above. `when` are walls beside the phase's own."""

    relative: Growth
    falls: bool
    when: tuple[Border, ...]


@dataclass(frozen=True)
class Plateau:
    """In `phase` the loss no longer depends on `resource`, from the scales `onset` on (walls solved for it).

    `approach` has one entry for each way in which the phase's subleading terms can be ordered; none where
    nothing is left to approach, or for M and noise.
    """

    phase: Phase
    resource: str
    onset: tuple[Border, ...]
    approach: tuple[Approach, ...]


@dataclass(frozen=True)
class PowerLawEnd:
    """In `phase` the loss improves with `resource` as loss.powers says, until one of `ends`."""

    phase: Phase
    resource: str
    ends: tuple[Border, ...]


def plateaus(
    scales: tuple[str, ...] = ("N", "T", "gamma"),
    alpha: sp.Rational | None = None,
    source: sp.Rational | None = None,
) -> tuple[tuple[Plateau, ...], tuple[PowerLawEnd, ...]]:
    """Every plateau and every end of a power law in the phase diagram of these scales.

    Arguments, units and errors as theory.phases.phases. Narrated and checked in derivations/plateaus.py.
    """
    weight = exponent(1 + ALPHA if source is None else source)
    found = [
        answer
        for phase in phases(scales, alpha, source)
        for resource in RESOURCES
        if resource in phase.names
        for _, answer in explore(partial(_found, phase, resource, weight), phase.region, borders=False)
    ]
    flat = tuple(answer for answer in found if isinstance(answer, Plateau))
    return flat, tuple(answer for answer in found if isinstance(answer, PowerLawEnd))


def _found(whole: Phase, resource: str, source: FracElement, region: Region) -> Plateau | PowerLawEnd | None:
    """What the resource does in the phase, or in the part of it where alpha decides that."""
    if whole.loss is None or whole.infinite:
        return None
    phase = replace(whole, region=region)
    helps = RESOURCES[resource] * region.sign_of(whole.loss.powers[phase.names.index(resource)])
    if helps == 0:
        return _plateau(phase, resource, source)
    return PowerLawEnd(phase, resource, _walls(phase, resource, RESOURCES[resource])) if helps < 0 else None


def _walls(phase: Phase, resource: str, side: int) -> tuple[Border, ...]:
    """The walls that bound a resource from above (side 1) or below (-1), solved for it."""
    scales, index = Scales(phase.names, phase.region), phase.names.index(resource)
    found = []
    for wall, border in phase.walls.items():
        if phase.region.sign_of(wall[index]) == -side:
            found.append(solved_for(scales, _ratio(scales, wall, border), resource))
    return tuple(found)


def _ratio(scales: Scales, wall: Vector, border: Border) -> Growth:
    """The monomial that is >> 1, with the amplitude of its border."""
    bound = Growth(border.amplitude, border.powers)
    ratio = scales.scale(border.variable) / bound
    return ratio if border.above else ratio**-1


def _plateau(phase: Phase, resource: str, source: FracElement) -> Plateau:
    onset = _walls(phase, resource, -RESOURCES[resource])
    if resource not in SYMBOLS:
        return Plateau(phase, resource, onset, ())
    pieces = explore(lambda piece: _approach(phase, piece, resource, source), phase.region, alpha=False, borders=False)
    found = [answer for _, answer in pieces if answer is not None]
    return Plateau(phase, resource, onset, _joined(found))


def _joined(found: list[Approach]) -> tuple[Approach, ...]:
    """One entry for each law: walls between pieces of the same law go."""
    laws: dict[tuple[Growth, bool], list[Border]] = {}
    for answer in found:
        walls = laws.setdefault((answer.relative, answer.falls), [])
        for wall in answer.when:
            same_place = [w for w in walls if (w.variable, w.powers) == (wall.variable, wall.powers)]
            if any(w.above != wall.above for w in same_place):
                walls[:] = [w for w in walls if w not in same_place]
            elif not same_place:
                walls.append(wall)
    return tuple(Approach(relative, falls, tuple(walls)) for (relative, falls), walls in laws.items())


def _approach(phase: Phase, region: Region, resource: str, source: FracElement) -> Approach | None:
    scales = Scales(phase.names, region)
    setting, noise = setting_in(scales, source)
    change = _response(scales, setting, noise, SYMBOLS[resource])
    if change is None or phase.loss is None:
        return None
    growth, sign = change
    power = growth.powers[phase.names.index(resource)]
    if not power:
        return None
    # dL/d ln(v) = r v^p, so L - L_plateau = r v^p / p
    direction = region.sign_of(power)
    relative = growth / phase.loss
    amplitude = compact(region.window.at(relative.amplitude / (direction * power.as_expr())))
    own = set(phase.region.facets)
    when = tuple(
        solved_for(scales, asked(scales, facet), _variable(phase.names, facet))
        for facet in region.essential()
        if facet not in own
    )
    return Approach(Growth(amplitude, relative.powers, relative.logs), sign * direction > 0, when)


def _variable(names: tuple[str, ...], facet: Vector) -> str:
    return next(name for name in SOLVED_FOR if name in names and facet[names.index(name)])


def _response(scales: Scales, setting: Setting, noise: Quantity, scale: sp.Symbol) -> tuple[Growth, int] | None:
    """dL/d ln(scale) to leading order with its sign; None if it vanishes or cancels to leading order."""
    solved = balance(setting)
    if solved.kappa is None:
        return None
    try:
        values = sums_at(setting, solved, noise)
        isotropic = setting.source == setting.spectrum.s
        worse, better = (evaluated(scales, side, values) for side in responses(isotropic=isotropic)[scale])
    except DivergentError:
        return None
    if worse is None or better is None:
        kept = worse if better is None else better
        return None if kept is None else (kept, 1 if better is None else -1)
    order = scales.compare(worse, better)
    if order:
        return (worse, 1) if order > 0 else (better, -1)
    share = scales.constant_value(
        replace(better, amplitude=better.amplitude / worse.amplitude) / replace(worse, amplitude=sp.S.One)
    )
    difference = sp.simplify(1 - share)
    if difference == 0:
        return None
    sign = 1 if difference.subs(ALPHA, scales.region.window.sample) > 0 else -1
    return worse.times(sign * difference), sign
