r"""Expansions of spectral sums in each regime of kappa, with the order of what they leave out.

A finite spectrum I <= M is Z minus the tail Z_M (first = M + 1), and Z - Z_M is entire. So with
x = kappa/lambda_+, in units of u = x/lambda_I,

    WITHIN  lambda_M << kappa << lambda_1    Z to the left, Z_M to the right (Hurwitz zeta terms, convergent)
    BELOW   kappa << lambda_M                both to the left (generalised harmonic numbers, convergent)
    ABOVE   kappa >> lambda_1                both to the right (the same numbers at positive arguments)

without M, the first is the infinite spectrum and has no right side, the second does not exist. More
generally Z = (what goes left) - (what goes right), each a Dirichlet series: `shifted` takes any two,
so a broken power law between its break and its top is the first law to the left and the difference of
the two tails to the right.

Left expansions of infinite spectra are asymptotic series, their coefficients growing like Gamma(s i); for
p-fold products like its p-th power. The others converge.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

import sympy as sp

from theory.dirichlet import Combination, DirichletSeries, truncated
from theory.errors import InvalidInput
from theory.mellin import AsInteger, Kernel, Term, as_integer, gamma_terms, pole_terms

KEPT = 3  # omitted terms kept: the first gives the order, the others the size of what it leaves
LOOKAHEAD = 8  # gamma terms searched for those; see `Omitted`


class Regime(StrEnum):
    """Where kappa lies with respect to the spectrum."""

    WITHIN = "lambda_M << kappa << lambda_1"
    BELOW = "kappa << lambda_M"
    ABOVE = "kappa >> lambda_1"


@dataclass(frozen=True)
class Omitted:
    """The first terms left out on one side, zeros skipped; `side` -1 in powers of x, 1 in powers of 1/x.

    Without terms, all those up to the power `limit` vanish. (zeta(R - s m) = 0 for two m in a row only if s
    is even: it is then zero from there on, and the remainder is smaller than every power of x.)
    """

    side: int
    terms: tuple[Term, ...]
    limit: sp.Expr

    @property
    def order(self) -> tuple[sp.Expr, int] | None:
        """(power of x, power of ln(1/x)) of the first term left out."""
        return (self.terms[0].power, self.terms[0].log_power) if self.terms else None


@dataclass(frozen=True)
class Expansion:
    """F(x) = sum of `terms`, up to what is `omitted` on each side that was shifted to."""

    kernel: Kernel
    terms: tuple[Term, ...]
    omitted: tuple[Omitted, ...]

    def expression(self, x: sp.Expr) -> sp.Expr:
        return sp.Add(*(term.expression(x) for term in self.terms))

    def subs(self, values: Mapping[sp.Expr, sp.Expr]) -> "Expansion":
        """With numbers for symbols. Raises ValueError where they make poles coincide: expand at these numbers then."""

        def put(term: Term) -> Term:
            new = Term(*(sp.sympify(term.power).subs(values), tuple(c.subs(values) for c in term.coefficients)))
            if any(c.has(sp.zoo, sp.nan, sp.oo) for c in new.coefficients):
                raise ValueError(f"poles coincide at {values} in the term of x^({term.power}): expand at these values")
            return new

        omitted = (Omitted(o.side, tuple(map(put, o.terms)), o.limit) for o in self.omitted)
        return Expansion(self.kernel, tuple(map(put, self.terms)), tuple(omitted))


def expansion(
    series: DirichletSeries,
    kernel: Kernel,
    count: int,
    *,
    regime: Regime = Regime.WITHIN,
    length: sp.Expr | None = None,
    integer: AsInteger = as_integer,
) -> Expansion:
    """F in a regime, with all poles of Z and `count` terms of each gamma function.

    `series` is the infinite spectrum, cut off at I = `length` if given (`length` may be a symbol); for
    products, each index is, lambda_M is the last eigenvalue of the base, and BELOW lies below lambda_M^p.
    sum_I I^-p (1 + x I^s)^-m is PowerLawSeries(s, p) with Kernel(m, 0). Raises ValueError for a sum
    that diverges, naming the pole, and InvalidInput for a regime that needs a length.
    """
    if count < 0:
        raise InvalidInput("count", count, "an integer >= 0")
    whole = series if length is None else truncated(series, length)
    if regime is Regime.BELOW:
        if whole.poles():
            raise InvalidInput("regime", regime, "another regime, or a length: an infinite spectrum has no end")
        return shifted(whole, None, kernel, count, integer)
    if regime is Regime.ABOVE:
        return shifted(None, whole, kernel, count, integer)
    if length is None:
        return shifted(series, None, kernel, count, integer)
    return shifted(series, series.beyond(length), kernel, count, integer)


def shifted(
    left: DirichletSeries | None,
    right: DirichletSeries | None,
    kernel: Kernel,
    count: int,
    integer: AsInteger = as_integer,
) -> Expansion:
    """Z = left - right, the line shifted accordingly; with left = None, Z = right.

    Poles that both have cancel in Z. Raises ValueError for a pole of Z at or right of z = j.
    """
    terms: list[Term] = []
    omitted = []
    whole = Combination(((1, left), (-1, right))) if left is not None and right is not None else left or right
    if whole is None:
        raise InvalidInput("left, right", None, "one Dirichlet series or two")
    pole_terms(whole, kernel, integer)  # raises for a divergent sum
    if left is not None:
        terms = pole_terms(left, kernel, integer, shared=right is not None)
        found, rest = _split(gamma_terms(left, kernel, -1, integer), count)
        terms += found
        omitted.append(Omitted(-1, rest, sp.Integer(kernel.k + count + LOOKAHEAD)))
    if right is not None:
        sign = 1 if left is None else -1
        found, rest = _split(gamma_terms(right, kernel, 1, integer), count)
        terms += found if sign > 0 else [-term for term in found]
        rest = rest if sign > 0 else tuple(-term for term in rest)
        omitted.append(Omitted(1, rest, -sp.Integer(kernel.j + count + LOOKAHEAD)))
    if all(term.power.is_number for term in terms):
        terms.sort(key=lambda term: term.power)
    return Expansion(kernel, tuple(terms), tuple(omitted))


def _split(terms: Iterator[Term | None], count: int) -> tuple[list[Term], tuple[Term, ...]]:
    """The first `count` terms and those after them, zeros left out."""
    found = [term for term in islice(terms, count) if term is not None]
    rest = (term for term in islice(terms, LOOKAHEAD) if term is not None)
    return found, tuple(islice(rest, KEPT))
