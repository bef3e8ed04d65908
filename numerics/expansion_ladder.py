r"""Expansions against exact sums on a ladder of kappa: is the order of the first omitted term confirmed?

With t1 the first omitted terms of an expansion (one for each side it was shifted to) and |t2| the sizes
of the next two added up, the error e(x) = F(x) - (sum of the terms) is measured with as many digits as
it takes to see t2. The claim holds at a rung if

    |e - t1| <= 2 |t2|,

which the theory of asymptotic series promises for all x beyond some point, with 1 in place of 2 in
the limit (two terms, because the coefficient of one may happen to be small). A wrong digit anywhere in
the terms, a wrong sign, a lost logarithm or a wrong power breaks it on rungs deep enough. Rungs where
|t2| > |t1|/4 decide nothing, and fail. Local slopes d ln|e| / d ln x between neighbouring rungs are
reported beside those of t1, logarithms included. Rounding is kept 15 digits below t2.

An expansion whose omitted terms all vanish leaves an error smaller than every power: there it must fall
faster than the power up to which terms are known to vanish.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import sympy as sp
from mpmath import mp, mpf

from theory.errors import InvalidInput, NotConverged
from theory.expansion import Expansion
from theory.mellin import Term

GUARD = 25  # digits beyond those that cancel: of these,
LOST = 10  # so many may be lost in rounding
ROOM = 4  # t1 must be so many times t2
MAX_DIGITS = 5000


@dataclass(frozen=True)
class Rung:
    """At x: F(x), the partial sum's error e, the first omitted terms t1, the next ones' |t2|, rounding, e/t1 - 1."""

    x: mpf
    value: mpf
    error: mpf
    first: mpf
    second: mpf
    noise: mpf
    excess: mpf


@dataclass(frozen=True)
class Ladder:
    """`reason` is empty exactly if the claim holds on every rung. Slopes are d ln|e|/d ln x between rungs."""

    rungs: tuple[Rung, ...]
    slopes: tuple[mpf, ...]
    claimed: tuple[mpf, ...]
    digits: int
    reason: str

    def __bool__(self) -> bool:
        return not self.reason

    @property
    def deviation(self) -> mpf:
        """|slope - claimed slope| on the last pair of rungs."""
        return abs(self.slopes[-1] - self.claimed[-1])


def check(
    expansion: Expansion, exact: Callable[[mpf], mpf], ladder: Sequence[str | mpf], *, digits: int = 50
) -> Ladder:
    """Compare on the values x of `ladder`, in the order given, with at least `digits` digits.

    `exact` is called with x at the working precision and must return F(x) to about mp.prec bits.
    Raises InvalidInput for an expansion with symbols or a ladder of fewer than two rungs, NotConverged if
    it takes more than 5000 digits to see the omitted terms.
    """
    if len(ladder) < 2:
        raise InvalidInput("ladder", ladder, "two values of x or more")
    symbols = set().union(*(c.free_symbols for t in expansion.terms for c in (t.power, *t.coefficients)))
    if symbols:
        raise InvalidInput("expansion", symbols, "numbers for these")
    firsts = [o.terms[0] for o in expansion.omitted if o.terms]
    seconds = [term for o in expansion.omitted for term in o.terms[1:]]
    floors = [abs(o.limit) for o in expansion.omitted if not o.terms]
    digits = _working_digits(expansion, exact, firsts, seconds, floors, ladder, digits)
    with mp.workdps(digits):
        terms, firsts_, seconds_ = (_compiled(group) for group in (expansion.terms, firsts, seconds))
        rungs = tuple(_rung(mpf(x), exact, terms, firsts_, seconds_) for x in ladder)
        logs = [mp.log(b.x / a.x) for a, b in pairwise(rungs)]
        slopes = tuple(_slope(a.error, b.error, log) for (a, b), log in zip(pairwise(rungs), logs, strict=True))
        claimed = tuple(_slope(a.first, b.first, log) for (a, b), log in zip(pairwise(rungs), logs, strict=True))
        reason = _vanishing(rungs, floors) if not firsts else _judged(rungs)
    return Ladder(rungs, slopes, claimed, digits, reason)


Compiled = list[tuple[mpf, list[mpf]]]


def _compiled(terms: Sequence[Term]) -> Compiled:
    def number(value: sp.Expr) -> mpf:
        return sp.N(value, mp.dps + 10)._to_mpmath(mp.prec)

    return [(number(term.power), [number(c) for c in term.coefficients]) for term in terms]


def _values(terms: Compiled, x: mpf) -> list[mpf]:
    log = -mp.log(x)
    return [mp.power(x, power) * mp.polyval(coefficients[::-1], log) for power, coefficients in terms]


def _rung(x: mpf, exact: Callable[[mpf], mpf], terms: Compiled, firsts: Compiled, seconds: Compiled) -> Rung:
    value, partial = exact(x), _values(terms, x)
    first, second = mp.fsum(_values(firsts, x)), mp.fsum(map(abs, _values(seconds, x)))
    error = value - mp.fsum(partial)
    noise = max(map(abs, [value, *partial])) * mpf(10) ** (LOST - mp.dps)
    return Rung(x, value, error, first, second, noise, error / first - 1 if first else mp.inf)


def _slope(one: mpf, other: mpf, log: mpf) -> mpf:
    return mp.log(abs(other / one)) / log if one and other else mp.nan


def _working_digits(
    expansion: Expansion,
    exact: Callable[[mpf], mpf],
    firsts: Sequence[Term],
    seconds: Sequence[Term],
    floors: Sequence[sp.Expr],
    ladder: Sequence[str | mpf],
    digits: int,
) -> int:
    """Digits to see t2 on every rung, after all that cancels in F - terms."""
    with mp.workdps(20):
        terms, last = _compiled(expansion.terms), _compiled(seconds or firsts)
        needed = digits
        for x in map(mpf, ladder):
            largest = max([mpf(1), *map(abs, _values(terms, x))])
            smallest = [abs(v) for v in _values(last, x) if v] + [min(x, 1 / x) ** int(power) for power in floors]
            needed = max(needed, GUARD + int(mp.log10(largest / min(smallest))))
    if needed > MAX_DIGITS:
        raise NotConverged(f"it takes {needed} digits to see the omitted terms: take x less extreme, or fewer terms")
    return needed


def _judged(rungs: Sequence[Rung]) -> str:
    for rung in rungs:
        at = f"at x = {mp.nstr(rung.x, 5)}"
        if ROOM * rung.second > abs(rung.first):
            return f"{at} the first omitted term does not dominate the next: nothing is decided"
        if abs(rung.error - rung.first) > 2 * rung.second + rung.noise:
            allowed = 2 * rung.second / abs(rung.first)
            return f"{at} error/(first omitted term) - 1 = {mp.nstr(rung.excess, 5)}, above {mp.nstr(allowed, 3)}"
    return ""


def _vanishing(rungs: Sequence[Rung], floors: Sequence[sp.Expr]) -> str:
    """Errors fall faster than the power, or are lost in rounding already."""
    power = int(min(floors))
    for a, b in pairwise(rungs):
        if abs(b.error) > max(abs(a.error) * min(b.x / a.x, a.x / b.x) ** power, b.noise):
            return f"from x = {mp.nstr(a.x, 5)} to {mp.nstr(b.x, 5)} the error falls more slowly than power {power}"
    return ""
