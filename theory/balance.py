r"""Dominant balance: the leading growth of kappa, and with it of everything in the planar losses.

kappa (N - D)(T - D) = gamma has one root with D < min(N, T), because the left side rises from 0 with
kappa. Which term of it wins is decided by comparing D at the ridge-limited root kappa = gamma/(N T)
with n = min(N, T):

    D << n   the ridge limits kappa: it is that root
    D >> n   n limits kappa: D(kappa) = n, the gap that vanishes is gamma/(kappa gap)
    D ~ n    both: one unknown number, the root of an equation without large parameters

N = T and n = M make further gaps vanish; these too are balances. The gaps a = N - D, b = T - D come
out without subtraction of nearly equal growths, so the losses follow from products and sums.
"""

from dataclasses import dataclass, field, replace

import sympy as sp
from sympy.polys.fields import FracElement

from theory.growth import Growth, Scales
from theory.order import exponent
from theory.planar import FEATURE_GAP, SAMPLE_GAP
from theory.positive import BIAS_SUM, CROSS_SUM, DF2, SPREAD
from theory.sums import Spectrum
from theory.unknown import EDGE, SHARE, Unknown

FEATURES, SAMPLES, RIDGE, SPECTRUM = "features", "samples", "ridge", "spectrum"
INTERPOLATION = "interpolation edge"
Quantity = Growth | None  # None: exactly zero
UNDETERMINED = Growth(sp.nan, ())  # a kappa on which the leading order of the loss does not depend


@dataclass(frozen=True)
class Setting:
    """Sizes and ridge as growths: N or T None means infinite, ridge None means 0.

    `excess` is |T - N| where N and T agree to leading order and their difference is a scale of its
    own (the neighbourhood of the interpolation edge), with `larger` the one that is larger.
    """

    spectrum: Spectrum
    features: Growth | None
    samples: Growth | None
    ridge: Growth | None
    source: FracElement
    excess: Growth | None = None

    @property
    def scales(self) -> Scales:
        return self.spectrum.scales


@dataclass(frozen=True)
class Balance:
    """kappa and the positive sums of the planar losses, to leading order.

    `limits` names what limits kappa; `values` is keyed by the symbols of
    `theory.positive.subtraction_free`. A kappa or value None is exactly zero (kappa: the spectrum is
    used up); sums missing from `values` diverge.
    """

    kappa: Quantity
    limits: frozenset[str]
    values: dict[sp.Symbol, Quantity] = field(default_factory=dict)
    unknowns: tuple[Unknown, ...] = ()


def balance(setting: Setting) -> Balance:
    """Solve the planar equation to leading order."""
    scales, (least, names) = setting.scales, smaller(setting)
    full = setting.spectrum.full
    if setting.ridge is None:
        if full is not None and compare_sizes(scales, least, full) >= 0:
            return Balance(None, frozenset([SPECTRUM]))
        return _size_limited(setting, least, names)
    ridge_limited = setting.ridge
    for size in (setting.features, setting.samples):
        ridge_limited = ridge_limited if size is None else ridge_limited / size
    order = scales.compare(df1(setting, ridge_limited), least)
    if order > 0:
        return _size_limited(setting, least, names)
    if order < 0:
        return at_kappa(setting, ridge_limited, frozenset([RIDGE]))
    if full is None or scales.sign(setting.spectrum.edge(ridge_limited)) >= 0:
        return _proportional(setting, least, names)
    order = compare_sizes(scales, full, least)
    if order > 0:
        return _size_limited(setting, least, names)
    if order < 0:
        gaps = [gap(scales, size, full) for size in (setting.features, setting.samples) if size is not None]
        return at_kappa(setting, setting.ridge / _product(gaps), frozenset([RIDGE, SPECTRUM]))
    return _as_large_as_spectrum(setting, ridge_limited, names)


def df1(setting: Setting, kappa: Growth) -> Growth:
    """D(kappa)."""
    growth = setting.spectrum.sum(kappa, 1, 0, exponent(0))
    if growth is None:
        raise ValueError("df1 diverges: the spectrum must fall faster than 1/I")
    return growth


def smaller(setting: Setting) -> tuple[Growth, frozenset[str]]:
    """min(N, T), and which of the two it is (both, if they agree)."""
    sizes = {FEATURES: setting.features, SAMPLES: setting.samples}
    (name, least), *rest = ((name, size) for name, size in sizes.items() if size is not None)
    names = {name}
    for other, size in rest:
        order = compare_sizes(setting.scales, size, least)
        if order < 0:
            names, least = {other}, size
        elif order == 0:
            names.add(other)
            least = replace(least, ties=least.ties | setting.scales.tie(least, size))
    return least, frozenset(names)


def compare_sizes(scales: Scales, left: Growth, right: Growth) -> int:
    """Which size is larger, by the constant in their ratio if they grow alike; 0 if they are equal."""
    order = scales.compare(left, right)
    return order if order else int(sp.sign(scales.constant_value(left / right) - 1))


def gap(scales: Scales, size: Growth, df: Growth) -> Growth:
    """size - df, for size > df."""
    if scales.compare(size, df) > 0:
        return size
    share = scales.constant_value(size / df) - 1
    return replace(df, amplitude=df.amplitude * share, ties=df.ties | size.ties | scales.tie(size, df))


def at_kappa(
    setting: Setting,
    kappa: Growth,
    limits: frozenset[str],
    gaps: dict[sp.Symbol, Quantity] | None = None,
    unknowns: tuple[Unknown, ...] = (),
) -> Balance:
    """Every sum at a given kappa, and the gaps that are not given, by subtraction of df1."""
    values = {} if gaps is None else dict(gaps)
    if gaps is None:
        for symbol, size in ((FEATURE_GAP, setting.features), (SAMPLE_GAP, setting.samples)):
            if size is not None:
                values[symbol] = _gap_at(setting, size, kappa)
    for symbol, (j, k, weight) in {
        DF2: (2, 0, exponent(0)),
        SPREAD: (1, 1, exponent(0)),
        BIAS_SUM: (0, 2, setting.source),
        CROSS_SUM: (1, 1, setting.source),
    }.items():
        growth = setting.spectrum.sum(kappa, j, k, weight)
        if growth is not None:
            values[symbol] = growth
    return Balance(kappa, limits, values, unknowns)


def _gap_at(setting: Setting, size: Growth, kappa: Growth) -> Growth:
    """size - D(kappa); for size = M the sum of kappa/(lambda + kappa), which needs no subtraction."""
    full, df = setting.spectrum.full, df1(setting, kappa)
    if full is not None and setting.scales.compare(size, df) == 0 and compare_sizes(setting.scales, size, full) == 0:
        deficit = setting.spectrum.sum(kappa, 0, 1, exponent(0))
        if deficit is not None:
            return replace(deficit, ties=deficit.ties | setting.scales.tie(size, full))
    return gap(setting.scales, size, df)


def _product(growths: list[Growth]) -> Growth:
    first, *rest = growths
    for growth in rest:
        first = first * growth
    return first


def _size_limited(setting: Setting, least: Growth, names: frozenset[str]) -> Balance:
    """D(kappa) = min(N, T): the smaller size's gap is gamma/(kappa * the other gap), or both are its root."""
    kappa, unknowns = _inverse_df1(setting, least)
    small, large = (FEATURE_GAP, SAMPLE_GAP) if FEATURES in names else (SAMPLE_GAP, FEATURE_GAP)
    other = setting.samples if small is FEATURE_GAP else setting.features
    product = None if setting.ridge is None else setting.ridge / kappa
    limits = names
    if other is None:
        return at_kappa(setting, kappa, limits, {small: product}, unknowns)
    if len(names) == 1:
        wide = gap(setting.scales, other, least)
        gaps = {small: None if product is None else product / wide, large: wide}
    else:
        limits = names | {INTERPOLATION}
        gaps = _edge_gaps(setting, product)
    return at_kappa(setting, kappa, limits, gaps, unknowns)


def _edge_gaps(setting: Setting, product: Quantity) -> dict[sp.Symbol, Quantity]:
    """a b = product with b - a the excess of T over N: whichever is larger, excess or root, decides."""
    excess = setting.excess
    if excess is None or product is None:
        root = None if product is None else product ** exponent(sp.Rational(1, 2))
        return {FEATURE_GAP: root, SAMPLE_GAP: root if excess is None else excess}
    order = setting.scales.compare(product, excess**2)
    if order < 0:
        return {FEATURE_GAP: product / excess, SAMPLE_GAP: excess}
    if order > 0:
        root = product ** exponent(sp.Rational(1, 2))
        return {FEATURE_GAP: root, SAMPLE_GAP: root}
    ratio = setting.scales.constant_value(product / excess**2)
    share = (sp.sqrt(1 + 4 * ratio) - 1) / 2
    tie = setting.scales.tie(product, excess**2)
    tied = replace(excess, ties=excess.ties | product.ties | tie)
    return {FEATURE_GAP: tied.times(share), SAMPLE_GAP: tied.times(1 + share)}


def _inverse_df1(setting: Setting, least: Growth) -> tuple[Growth, tuple[Unknown, ...]]:
    """kappa with D(kappa) = least, for least < M."""
    full = setting.spectrum.full
    if full is None or setting.scales.compare(least, full) < 0:
        return _power_law_kappa(setting, least), ()
    kappa = _kappa_at_edge(setting)
    kappa = replace(kappa, ties=least.ties | setting.scales.tie(least, full))
    return kappa, (Unknown(EDGE, _edge_deficit(setting, kappa, least)),)


def _power_law_kappa(setting: Setting, df: Growth) -> Growth:
    """kappa with D(kappa) = df on the power law: D = d kappa^(-1/s), d the pole's residue."""
    unit = setting.spectrum.power_law(setting.scales.constant(1), 1, 0, exponent(0))
    return (replace(unit, origin=frozenset()) / df) ** setting.spectrum.s


def _kappa_at_edge(setting: Setting) -> Growth:
    """y lambda_M, with y unknown."""
    return (setting.spectrum.length**-setting.spectrum.s).times(EDGE)


def kappa_at_share(setting: Setting, least: Growth) -> tuple[Growth, Unknown]:
    """kappa where D is a finite share of min(N, T): by that share x < 1, or by y = kappa/lambda_M if M ~ min(N, T).

    The unknown has its range, and no equation yet.
    """
    full = setting.spectrum.full
    if full is None or setting.scales.compare(least, full) < 0:
        kappa = _power_law_kappa(setting, least.times(SHARE))
        return kappa, Unknown(SHARE, sp.S.Zero, sp.S.Zero, sp.S.One)
    kappa, low = _kappa_at_edge(setting), sp.S.Zero
    if compare_sizes(setting.scales, least, full) < 0:
        low = Unknown(EDGE, _edge_deficit(setting, kappa, least))
    return kappa, Unknown(EDGE, sp.S.Zero, low)


def _edge_deficit(setting: Setting, kappa: Growth, least: Growth) -> sp.Expr:
    """1 - D(kappa)/least: rises with y."""
    return 1 - setting.scales.constant_value(df1(setting, kappa) / least)


def _proportional(setting: Setting, least: Growth, names: frozenset[str]) -> Balance:
    """Ridge and size limit kappa together, and the end of the spectrum with them if M ~ min(N, T)."""
    if setting.ridge is None:
        raise ValueError("no ridge to balance")
    kappa, unknown = kappa_at_share(setting, least)
    gaps = [_gap_at(setting, size, kappa) for size in (setting.features, setting.samples) if size is not None]
    left = _product([kappa, *gaps])
    equation = setting.scales.constant_value(left / setting.ridge) - 1
    kappa = replace(kappa, ties=kappa.ties | least.ties | setting.ridge.ties | setting.scales.tie(left, setting.ridge))
    limits = names | {RIDGE} | ({SPECTRUM} if unknown.symbol is EDGE else set())
    return at_kappa(setting, kappa, limits, None, (replace(unknown, equation=equation),))


def _as_large_as_spectrum(setting: Setting, ridge_limited: Growth, names: frozenset[str]) -> Balance:
    """min(N, T) = M and D -> M: the gaps that vanish are M - D, proportional to kappa while kappa << lambda_M."""
    if setting.ridge is None:
        raise ValueError("no ridge to balance")
    sizes = [size for size in (setting.features, setting.samples) if size is not None]
    slopes = [_gap_at(setting, size, ridge_limited) for size in sizes]
    left = _product([ridge_limited, *slopes])
    kappa = ridge_limited * (setting.ridge / left) ** exponent(sp.Rational(1, 1 + len(names)))
    return at_kappa(setting, replace(kappa, origin=frozenset()), names | {RIDGE, SPECTRUM})
