r"""The phase diagram: every way in which the scales can be ordered, with its laws and its borders.

The scales (N, T, gamma, M, noise, or some of them) are all free. `explore` cuts the cone of their
logarithms wherever a comparison is open, so the pieces are the phases: what limits kappa, which term
dominates the loss, kappa and the loss as monomials with exact amplitudes, and the inequalities that
bound the piece. A border's amplitude is that at which the two asymptotic forms it compares cross.

Units as in `theory.path`. The neighbourhood of the interpolation edge, |T - N| = E << N, is a diagram of
its own: there E is a scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sympy as sp
from sympy.polys.fields import FracElement

from theory.balance import Quantity, Setting, balance
from theory.closed import compact
from theory.continuum import ALPHA
from theory.errors import InvalidInput
from theory.growth import Growth, Scales
from theory.losses import Loss, loss
from theory.order import FIELD, Region, Vector, Window, dot, explore, exponent
from theory.sums import Spectrum

SCALES = ("N", "T", "gamma", "M", "noise")
EDGE_SCALES = ("N", "E", "gamma", "noise")
LARGE = ("N", "T", "M", "E")  # these tend to infinity; the others go either way
SOLVED_FOR = ("E", "noise", "gamma", "M", "T", "N")  # a border is written as a bound on the first of these in it


@dataclass(frozen=True)
class Border:
    """variable >> or << amplitude * prod scales^powers (powers of the variable itself being 0)."""

    variable: str
    above: bool
    powers: Vector
    amplitude: sp.Expr


@dataclass(frozen=True)
class Phase:
    """A region of scales with one law.

    kappa and loss are growths in `names`; loss None is exactly zero, `infinite` an infinite one.
    """

    names: tuple[str, ...]
    region: Region
    limits: frozenset[str]
    dominant: frozenset[str]
    kappa: Quantity
    loss: Quantity
    infinite: bool
    walls: dict[Vector, Border]

    def _repr_latex_(self) -> str:
        from theory.law_latex import phase_latex

        return f"$\\displaystyle {phase_latex(self)}$"

    @property
    def borders(self) -> tuple[Border, ...]:
        """The inequalities that bound the phase, beside N, T, M >> 1."""
        return tuple(self.walls.values())


def phases(
    scales: Sequence[str] = ("N", "T", "gamma"), alpha: sp.Rational | None = None, source: sp.Rational | None = None
) -> tuple[Phase, ...]:
    """Every phase of full dimension. Scales left out are absent: gamma and noise 0, M infinite; with E, T = N + E.

    `alpha` and `source` (R of v_I ~ I^-R) None: a symbol, and the isotropic teacher R = 1 + alpha. Laws are in the
    units of theory.path; those of alpha > 0 are narrated in derivations/scaling_laws.py.

    Raises InvalidInput for unknown scales, or without N and one of T, E.
    """
    names = tuple(scales)
    known = not set(names) - set(SCALES) - set(EDGE_SCALES) and len(set(names)) == len(names)
    if not known or "N" not in names or len({"T", "E"} & set(names)) != 1:
        raise InvalidInput(
            "scales", ", ".join(names), f"N, T and any of {', '.join(SCALES[2:])}, each once; or N, E, gamma, noise"
        )
    if "E" in names and "M" in names:
        raise InvalidInput("scales", ", ".join(names), "E without M: the edge of an infinite spectrum")
    window = Window() if alpha is None else Window(alpha, alpha)
    weight = exponent(1 + ALPHA if source is None else source)
    found = explore(lambda piece: _phase(names, weight, piece), _all_scales(names, window), borders=False)
    merged = _merged([phase for _, phase in found])
    return tuple(
        sorted(merged, key=lambda phase: (phase.region.window.low, sorted(phase.limits), sorted(phase.dominant)))
    )


def _unit(names: Sequence[str], name: str) -> Vector:
    return tuple(FIELD.one if name == other else FIELD.zero for other in names)


def _all_scales(names: tuple[str, ...], window: Window) -> Region:
    large = tuple(_unit(names, name) for name in names if name in LARGE)
    free = tuple(_unit(names, name) for name in names if name not in LARGE)
    region = Region(rays=large, lines=free, facets=large, window=window)
    if "E" in names:
        region = region.cut(tuple(x - y for x, y in zip(_unit(names, "N"), _unit(names, "E"), strict=True)))
    return region


def setting_in(scales: Scales, source: FracElement) -> tuple[Setting, Quantity]:
    """The setting and the noise in which every named scale is free."""

    def growth(name: str) -> Growth | None:
        return scales.scale(name) if name in scales.names else None

    samples = growth("N" if "E" in scales.names else "T")
    spectrum = Spectrum(scales, growth("M"))
    return Setting(spectrum, growth("N"), samples, growth("gamma"), source, growth("E")), growth("noise")


def _phase(names: tuple[str, ...], source: FracElement, region: Region) -> Phase:
    scales = Scales(names, region)
    setting, noise = setting_in(scales, source)
    solved = balance(setting)
    found: Loss = loss(setting, solved, noise)
    return Phase(
        names,
        region,
        solved.limits,
        found.dominant,
        _tidy(solved.kappa, region.window),
        _tidy(found.total, region.window),
        found.infinite,
        {facet: _border(scales, facet) for facet in region.essential() if sum(map(bool, facet)) > 1},
    )


def _tidy(growth: Quantity, window: Window) -> Quantity:
    """Compact amplitude, at the window's alpha; no trace of where it comes from: laws that read alike are equal."""
    return None if growth is None else Growth(compact(window.at(growth.amplitude)), growth.powers, growth.logs)


def _merged(found: list[Phase]) -> list[Phase]:
    """Neighbours with one law joined across their common wall, where the union is convex."""
    waiting, done = list(found), []
    while waiting:
        phase = waiting.pop()
        joined = next(((other, union) for other in waiting if (union := _union(phase, other))), None)
        if joined is None:
            done.append(phase)
        else:
            waiting.remove(joined[0])
            waiting.append(joined[1])
            waiting.extend(done)  # the union may have new neighbours with its law
            done = []
    return done


def _union(one: Phase, other: Phase) -> Phase | None:
    """The union, if every wall but the common one holds for both."""
    if _law(one) != _law(other) or one.region.window != other.region.window:
        return None
    walls = dict(one.walls), dict(other.walls)
    for wall in one.walls:
        opposite = next((w for w in other.walls if _opposite(wall, w)), None)
        if opposite is None:
            continue
        mine = {w: b for w, b in walls[0].items() if w != wall}
        theirs = {w: b for w, b in walls[1].items() if w != opposite}
        if all(_holds(w, other.region) for w in mine) and all(_holds(w, one.region) for w in theirs):
            region = _all_scales(one.names, one.region.window)
            both = {**mine, **theirs}
            for w in both:
                region = region.cut(w)
            essential = region.essential()
            return replace(one, region=region, walls={w: b for w, b in both.items() if w in essential})
    return None


def _law(phase: Phase) -> tuple[object, ...]:
    return phase.limits, phase.dominant, phase.kappa, phase.loss, phase.infinite


def _opposite(left: Vector, right: Vector) -> bool:
    """Whether right = -c left with c > 0."""
    i = next(i for i, x in enumerate(left) if x)
    if not right[i]:
        return False
    ratio = right[i] / left[i]
    return all(y == ratio * x for x, y in zip(left, right, strict=True)) and ratio.as_expr().could_extract_minus_sign()


def _holds(wall: Vector, region: Region) -> bool:
    """wall.log(scales) >= 0 all over the region."""
    sign = region.sign_of
    return all(sign(dot(wall, ray)) >= 0 for ray in region.rays) and not any(dot(wall, line) for line in region.lines)


def _border(scales: Scales, facet: Vector) -> Border:
    """facet.log(scales) > 0 solved for one scale, with the amplitude of the ratio that was compared."""
    ratio = asked(scales, facet)
    variable = next(name for name in SOLVED_FOR if name in scales.names and facet[scales.names.index(name)])
    return solved_for(scales, ratio, variable)


def asked(scales: Scales, facet: Vector) -> Growth:
    """The ratio with these powers that was compared, with its amplitude."""
    for sign in (1, -1):
        pair = scales.compared.get(tuple(sign * x for x in facet))
        if pair is not None:
            return replace((pair[0] / pair[1]) ** sign, logs=())
    return Growth(sp.S.One, facet)


def solved_for(scales: Scales, ratio: Growth, variable: str) -> Border:
    """ratio >> 1 as a bound on one of the scales in it."""
    region, weight = scales.region, ratio.powers[scales.names.index(variable)]
    bound = (ratio / scales.scale(variable) ** weight) ** (-FIELD.one / weight)
    return Border(variable, region.sign_of(weight) > 0, bound.powers, compact(region.window.at(bound.amplitude)))
