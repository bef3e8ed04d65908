"""Laws as the engine of theory/ states them, written out as expressions."""

from dataclasses import replace
from functools import cache

import sympy as sp

from derivations.expansion_points import SOURCE, S, read, tidied
from theory import losses, positive
from theory.approach import approaches
from theory.continuum import ALPHA, LAMBDA_PLUS, SIZE, df2_share
from theory.dirichlet import PowerLawSeries
from theory.growth import Growth, positive_power
from theory.limits import derive
from theory.mellin import Kernel, Term, left_terms
from theory.moments import KAPPA
from theory.optimum import DF1, isotropic_signal
from theory.phases import Phase, phases
from theory.planar import FEATURE_GAP, SAMPLE_GAP
from theory.positive import BIAS_SUM, CROSS_SUM, DF2, SPREAD
from theory.power_law import corrections, law
from theory.student import GAMMA, NOISE, M, N, T

E = sp.Symbol("E", positive=True)  # T - N
SETTING = r"planar limit; $v_I=\lambda_I=I^{-(1+\alpha)}$, $C=1$, $\gamma$ in units of $\sigma_u^2/M$"  # of the laws
SYMBOLS = {"N": N, "T": T, "gamma": GAMMA, "M": M, "noise": NOISE, "E": E}
PLANAR = ("N", "T", "gamma", "M", "noise")
EDGE = ("N", "E", "gamma", "noise")


@cache
def _phases(names: tuple[str, ...]) -> tuple[Phase, ...]:
    return phases(names)


def phase(
    limits: str, dominant: str, *, names: tuple[str, ...] = PLANAR, scale: str = "", top: bool | None = None
) -> Phase:
    """The phase that is limited by this and dominated by that.

    Where that leaves more than one: `scale` is in the law, or its amplitude is of the spectrum's `top`, a zeta value.
    """
    found = []
    for one in _phases(names):
        if one.loss is None or limits not in one.limits or one.dominant != {dominant}:
            continue
        present = {name for name, power in zip(one.names, one.loss.powers, strict=True) if power}
        if (not scale or scale in present) and top in (None, one.loss.amplitude.has(sp.zeta)):
            found.append(one)
    (only,) = found
    return only


def monomial(growth: Growth | None, names: tuple[str, ...]) -> sp.Expr:
    """amplitude * prod scales^powers. Raises ValueError for a growth with logarithms, or none."""
    if growth is None or growth.logs:
        raise ValueError(f"no monomial: {growth}")
    powers = (SYMBOLS[name] ** sp.factor(p.as_expr()) for name, p in zip(names, growth.powers, strict=True))
    return growth.amplitude * sp.Mul(*powers)


def loss_law(limits: str, dominant: str, *, scale: str = "", top: bool | None = None) -> sp.Expr:
    """The leading law of the test loss."""
    one = phase(limits, dominant, scale=scale, top=top)
    return monomial(one.loss, one.names)


def edge_law(dominant: str, scale: str) -> sp.Expr:
    """The test loss at the interpolation edge, T = N + E, E << N: where E keeps it finite, or the ridge."""
    one = phase("interpolation edge", dominant, names=EDGE, scale=scale)
    return monomial(one.loss, one.names)


def kappa_law(limits: str, dominant: str) -> sp.Expr:
    """The leading law of kappa."""
    one = phase(limits, dominant)
    return monomial(one.kappa, one.names)


def ridge_border(limits: str) -> sp.Expr:
    """The ridge at which the two laws of kappa cross."""
    one = phase(limits, "signal")
    (border,) = (border for border in one.borders if border.variable == "gamma")
    return monomial(Growth(border.amplitude, border.powers), one.names)


def corrected_delta() -> sp.Expr:
    """Delta_n with its first corrections."""
    return law() * (1 + sp.Add(*corrections().values()))


def finite_signal() -> sp.Expr:
    """The ridgeless isotropic signal, N < T, with the first corrections of Delta_N."""
    ridgeless = isotropic_signal().subs(DF1, N)
    return (sp.cancel(ridgeless * (T - N)) / (T - N)).subs(KAPPA, corrected_delta().subs({SIZE: N, LAMBDA_PLUS: 1}) / N)


# Teachers v_I = I^-R ---------------------------------------------------------------------------------


def _terms(kernel: Kernel) -> list[Term]:
    """The pole's term, and the first zeta term."""
    terms = left_terms(PowerLawSeries(S, SOURCE), kernel, 1)
    return [Term(sp.cancel(term.power), tuple(read(c) for c in term.coefficients)) for term in terms]


def _limited(by: str) -> tuple[sp.Expr, sp.Symbol]:
    """The signal at D = T with N infinite, or at D = N with T infinite, and that size."""
    size, infinite, gap = {"samples": (T, N, SAMPLE_GAP), "features": (N, T, FEATURE_GAP)}[by]
    parts = losses.terms(infinite)
    total = sp.factor((parts[losses.SIGNAL] + parts[losses.FEATURE_VARIANCE]).subs(gap, 0))
    share = df2_share()
    return sp.simplify(total.subs({DF2: share * size, SPREAD: (1 - share) * size})), size


def source_law(by: str, *, saturated: bool) -> sp.Expr:
    """The signal's leading law when `by` limits: that of the pole, or of the first zeta term."""
    signal, size = _limited(by)
    kappa = phase(by, "signal").kappa
    if kappa is None:
        raise ValueError("no kappa")
    values = {BIAS_SUM: _terms(Kernel(0, 2))[saturated], CROSS_SUM: _terms(Kernel(1, 1))[saturated]}
    present = {symbol: term for symbol, term in values.items() if signal.has(symbol)}
    least = min((term.power for term in present.values()), key=lambda power: power.subs({SOURCE: 1, ALPHA: 1}))
    leading = {s: term.coefficients[0] if term.power == least else sp.S.Zero for s, term in present.items()}
    amplitude = tidied(sp.factor(signal.subs(leading))) * positive_power(kappa.amplitude, least)
    return amplitude * size ** sp.cancel(-S * least)


def source_exponent(by: str) -> sp.Expr:
    """The signal falls as size^-exponent: the smallest of the branches' exponents."""
    signal, _ = _limited(by)
    sums = {BIAS_SUM: Kernel(0, 2), CROSS_SUM: Kernel(1, 1)}
    powers = [term.power for symbol, kernel in sums.items() if signal.has(symbol) for term in _terms(kernel)]
    return sp.Min(*(sp.expand(sp.cancel(S * power)) for power in powers))


def kernel_ridge_signal(*, saturated: bool) -> sp.Expr:
    """N infinite, the ridge limits kappa = gamma/T: the signal's two branches."""
    signal = positive.leading_in(losses.terms(N)[losses.SIGNAL], SAMPLE_GAP)
    term = _terms(Kernel(0, 2))[saturated]
    return signal.subs(BIAS_SUM, term.coefficients[0]) * (GAMMA / T) ** term.power


def kernel_ridge_noise() -> sp.Expr:
    """The same of the label noise, to first order in q/T."""
    noise = positive.leading_in(losses.terms(N)[losses.LABEL_NOISE] * SAMPLE_GAP, SAMPLE_GAP) / T
    (pole,) = left_terms(PowerLawSeries(S), Kernel(2, 0), 0)
    return noise.subs(DF2, read(pole.coefficients[0]) * (GAMMA / T) ** pole.power)


def variance_limited() -> sp.Expr:
    """(L - L_plateau)/L_plateau for T -> infinity, to first order: for every teacher and spectrum."""
    (way,) = (approach for approach in approaches() if approach.name == "T -> infinity, N < M")
    (limit,) = derive(replace(way, quantities=("signal",)))
    return sp.simplify(limit.coefficient / limit.value) * way.small**limit.rate
