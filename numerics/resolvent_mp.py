"""The resolvent at any number of digits (mpmath), by direct sums: a check on doubles, and their refuge.

Same equation and same criterion as numerics.resolvent: the physical root is the only p with Im p > 0 and
ln p + ln(N - D) + ln(T - D) = ln y, so Newton's iteration from a double's root is verified by its end.
One step costs O(M).
"""

from dataclasses import dataclass
from typing import Any

from mpmath import mp, mpc, mpf

from numerics.pole_sums import distinct
from theory.errors import InvalidInput, NotConverged
from theory.model import Model
from theory.spectrum import PowerLaw

GUARD_DIGITS = 15
MAX_STEPS = 60
MAX_TERMS = 1_000_000


@dataclass(frozen=True)
class Root:
    """p and D (p in units of lambda_1), Im D/(pi x) = number density, eigenvalues above x; good to `digits`."""

    p: mpc
    d: mpc
    number_density: mpf
    above: mpf
    digits: int


def solve_mp(model: Model, zeta: Any, start: complex, digits: int = 30) -> Root:
    """The physical root at zeta (Im zeta > 0, or real inside the support), from a guess of p.

    zeta, a number that mpmath reads, is an eigenvalue of phi phi^T in the model's units.
    `number_density` and `above` are for real zeta: N rho(x) and n(x). Raises InvalidInput for over
    10^6 eigenvalues, NotConverged if no root can be verified.
    """
    if model.M > MAX_TERMS:
        raise InvalidInput("M", model.M, f"at most {MAX_TERMS} eigenvalues for direct sums")
    with mp.workdps(digits + GUARD_DIGITS):
        terms = _inverses(model)
        unit = model.sigma_u**2 * model.spectrum.lambda_plus / model.M
        target = mp.log(mp.mpmathify(zeta) * unit.denominator / unit.numerator)
        v, best = mp.log(mpc(start)), mp.inf
        goal = mp.mpf(10) ** (-digits - 3)
        for _ in range(MAX_STEPS):
            level, slope, d = _image(model, terms, mp.exp(v))
            miss = target - level
            step = miss / slope
            if abs(miss) < goal and abs(step) < goal * mp.im(v):
                p = mp.exp(v)
                x = mp.re(mp.mpmathify(zeta))
                return Root(p, d, mp.im(d) / (mp.pi * x), _above(model, terms, p, d), digits)
            best = min(best, abs(miss))
            room = mp.im(v) if mp.im(step) < 0 else mp.pi - mp.im(v)
            shorten = min(mpf(1), 1 / abs(step), mpf("0.9") * room / (abs(mp.im(step)) + mpf(10) ** -1000))
            v += step * shorten
    raise NotConverged(
        f"no physical root verified at zeta = {mp.nstr(zeta, 17)}: residual {mp.nstr(best, 3)} above 1e-{digits + 3} "
        f"at {digits + GUARD_DIGITS} digits; the point lies outside the support, or the guess is poor"
    )


Terms = list[tuple[mpf, int]]


def _inverses(model: Model) -> Terms:
    """lambda_1/lambda and its multiplicity."""
    spectrum = model.spectrum
    if isinstance(spectrum, PowerLaw):
        s = mpf(spectrum.exponent.numerator) / spectrum.exponent.denominator
        return [(mp.power(i, s), 1) for i in range(1, spectrum.M + 1)]
    value, times = distinct(spectrum)
    return [(mpf(float(value[0])) / mpf(float(v)), int(k)) for v, k in zip(value, times, strict=True)]


def _image(model: Model, terms: Terms, p: mpc) -> tuple[mpc, mpc, mpc]:
    """L, dL/d ln p, D."""
    d, e = mpc(0), mpc(0)
    for inverse, times in terms:
        z = p * inverse
        f = 1 / (1 - z)
        d += times * f
        e += times * z * f * f
    n, t = model.N - d, model.T - d
    return mp.log(p) + mp.log(n) + mp.log(t), 1 - e / n - e / t, d


def _above(model: Model, terms: Terms, p: mpc, d: mpc) -> mpf:
    """n(x) of numerics.resolvent."""
    total = model.N * mp.arg(p) - 2 * mp.im(d) + (model.N - model.T) * mp.arg(model.T - d)
    total += mp.fsum(times * mp.arg(1 - 1 / (p * inverse)) for inverse, times in terms)
    return total / mp.pi
