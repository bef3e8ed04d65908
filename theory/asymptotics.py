r"""Scaling laws along a path: quantity ~ amplitude n^exponent (ln n)^log_power, exact.

`asymptotics(path)` solves the planar equation by dominant balance (`theory.balance`) in the region of
scales that the path is, and splits alpha, if it is a symbol, wherever the answer changes.
"""

from dataclasses import dataclass, replace

import mpmath
import sympy as sp

from theory.balance import UNDETERMINED, Balance, Quantity, Setting, balance
from theory.closed import compact, number, shorter
from theory.continuum import ALPHA
from theory.free_kappa import Problem
from theory.growth import Growth, Scales
from theory.losses import Loss, loss
from theory.optimal_path import optimum
from theory.order import FIELD, Region, Window, explore, exponent
from theory.path import OPTIMAL, Path, Power
from theory.sums import Spectrum
from theory.unknown import Unknown

NAMES = ("N", "T", "gamma", "M", "noise")


@dataclass(frozen=True)
class Leading:
    """amplitude n^exponent (ln n)^log_power; exponent None if exactly zero or infinite (amplitude 0 or oo).

    `unknowns` define the symbols of the amplitude that have no closed form.
    """

    exponent: sp.Expr | None
    log_power: sp.Expr
    amplitude: sp.Expr
    unknowns: tuple[Unknown, ...] = ()

    def value(self, digits: int = 16) -> mpmath.mpf | None:
        """The amplitude in decimals; None while alpha is a symbol."""
        known = {u.symbol for u in self.unknowns}
        if self.amplitude.free_symbols - known or any(u.equation.free_symbols - known for u in self.unknowns):
            return None
        solved = {u.symbol: sp.Float(u.value(digits + 5), digits + 15) for u in self.unknowns}
        return number(self.amplitude.xreplace(solved), digits)


@dataclass(frozen=True)
class Case:
    """The law in one window of alpha; `boundary` if the path lies on the border of phases there.

    limits: what sets kappa (features, samples, ridge, spectrum); dominant: which parts of the loss lead.
    """

    window: Window
    boundary: bool
    kappa: Leading
    loss: Leading
    limits: frozenset[str]
    dominant: frozenset[str]

    def _repr_latex_(self) -> str:
        from theory.display import aligned
        from theory.law_latex import case_rows

        return f"$\\displaystyle {aligned(case_rows(self))}$"


def asymptotics(path: Path) -> tuple[Case, ...]:
    """Leading growth of kappa and of the test loss along the path, one case for each window of alpha.

    quantity ~ amplitude n^exponent (ln n)^log_power, exact, in the units of theory.path: the loss is M times that of a
    Model. With a number for alpha there is one case. Narrated and checked in derivations/scaling_laws.py, with other
    teachers in derivations/teachers.py.
    """
    window = Window() if path.alpha is None else Window(path.alpha, path.alpha)
    region = Region(rays=(path_ray(path),), window=window)
    cases = [case for _, case in explore(lambda piece: _case(path, piece), region)]
    return _merged(sorted(cases, key=lambda case: (case.window.low, case.window.high)))


def _merged(cases: list[Case]) -> tuple[Case, ...]:
    """Without the points at which a comparison changed that the answer does not depend on."""
    out: list[Case] = []
    for following in cases:
        if len(out) >= 2 and out[-1].window.point and _continues(out[-2], out[-1], following):
            before = out[-2]
            out[-2:] = [replace(before, window=Window(before.window.low, following.window.high))]
        else:
            out.append(following)
    return tuple(out)


def _continues(before: Case, point: Case, after: Case) -> bool:
    laws = [(case.kappa, case.loss) for case in (before, after)]
    if point.boundary or laws[0] != laws[1] or before.dominant != after.dominant:
        return False
    for general, special in zip(laws[0], (point.kappa, point.loss), strict=True):
        if general.unknowns or special.unknowns:
            return False
        at = general.amplitude.subs(ALPHA, point.window.low)
        if not at.is_finite or number(at, 20) != number(special.amplitude, 20):
            return False
    return True


def path_ray(path: Path) -> tuple:
    powers = (getattr(path, name) for name in NAMES)
    return tuple(exponent(power.exponent) if isinstance(power, Power) else FIELD.zero for power in powers)


def setting_of(path: Path, scales: Scales) -> tuple[Setting, Quantity]:
    """The setting and the noise on a path; a fixed M is the integer itself."""

    def growth(name: str) -> Growth | None:
        return scales.scale(name) if isinstance(getattr(path, name), Power) else None

    fixed = path.M is not None and path.M.exponent == 0
    spectrum = Spectrum(scales, int(path.M.coefficient) if fixed and path.M else growth("M"))
    source = exponent(1 + ALPHA if path.source is None else path.source)
    return Setting(spectrum, growth("N"), growth("T"), growth("gamma"), source), growth("noise")


def coefficients(path: Path) -> dict[str, sp.Expr]:
    powers = {name: getattr(path, name) for name in NAMES}
    return {name: p.coefficient for name, p in powers.items() if isinstance(p, Power) and p.coefficient != 1}


def _case(path: Path, region: Region) -> Case:
    if path.gamma == OPTIMAL:
        names = tuple("kappa" if name == "gamma" else name for name in NAMES)
        best = optimum(Problem(names, region, coefficients(path), lambda scales: setting_of(path, scales)))
        return case(best.scales, best.solved, best.loss)
    scales = Scales(NAMES, region, coefficients(path))
    setting, noise = setting_of(path, scales)
    solved = balance(setting)
    return case(scales, solved, loss(setting, solved, noise))


def case(scales: Scales, solved: Balance, found: Loss) -> Case:
    """A balance and its loss, read along the path."""
    unknowns, closed = [], {}
    window = scales.region.window
    at = {ALPHA: window.low} if window.point else {}
    for unknown in solved.unknowns:
        placed = unknown.at(at)
        root = placed.closed_form(window.sample)
        if root is None:
            unknowns.append(placed)
        else:
            closed[unknown.symbol] = root
    kappa = leading(scales, solved.kappa, closed, tuple(unknowns))
    total = Leading(None, sp.S.Zero, sp.oo) if found.infinite else leading(scales, found.total, closed, tuple(unknowns))
    ties = (found.total.ties if found.total else frozenset()) | (solved.kappa.ties if solved.kappa else frozenset())
    return Case(scales.region.window, bool(ties), kappa, total, solved.limits, found.dominant)


def leading(
    scales: Scales, growth: Quantity, closed: dict[sp.Symbol, sp.Expr], unknowns: tuple[Unknown, ...]
) -> Leading:
    """A growth read along the path, at the window's alpha if that is a point."""
    if growth is None or growth is UNDETERMINED:
        return Leading(None, sp.S.Zero, sp.S.Zero if growth is None else sp.nan)
    window = scales.region.window
    amplitude = compact(window.at(scales.constant_value(growth)))
    if closed:
        amplitude = shorter(amplitude.xreplace(closed))
    log_power = sum((power for _, power in growth.logs), FIELD.zero).as_expr()
    power = scales.along_path(growth.powers).as_expr()
    used = tuple(unknown for unknown in unknowns if unknown.symbol in amplitude.free_symbols)
    return Leading(sp.factor(window.at(power)), sp.factor(window.at(log_power)), amplitude, used)
