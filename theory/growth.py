r"""Growths: leading monomials with logarithms in several scales, and their exact algebra.

A `Growth` is  A N^e1 T^e2 ... (ln m_1)^p1 (ln m_2)^p2 ...  with an amplitude A that stays finite, exponents
in Q(alpha), and logarithms of monomials m_i. Products, powers and logarithms need no order of the
scales; `Scales` holds that order (`theory.order.Region`) and compares, adds and subtracts. A sum of
positive growths keeps the largest; equal ones add their amplitudes. Nothing else ever cancels,
because the planar losses are subtraction-free (`theory.positive.subtraction_free`).

`origin` says where the leading term of a growth comes from ("pole", "saturated", ...); `ties`
holds the comparisons that came out equal without being identities: the growth lies on a boundary.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.polys.fields import FracElement

from theory.order import FIELD, Region, Vector, dot, exponent

Logs = tuple[tuple[Vector, FracElement], ...]
NOWHERE: frozenset[Any] = frozenset()


@dataclass(frozen=True)
class Growth:
    """amplitude * prod scales^powers * prod ln(scales^vector)^power; see the module's text."""

    amplitude: sp.Expr
    powers: Vector
    logs: Logs = ()
    origin: frozenset[str] = NOWHERE
    ties: frozenset[Vector] = NOWHERE

    def __mul__(self, other: "Growth") -> "Growth":
        return Growth(
            self.amplitude * other.amplitude,
            tuple(x + y for x, y in zip(self.powers, other.powers, strict=True)),
            _joined(self.logs, other.logs),
            self.origin | other.origin,
            self.ties | other.ties,
        )

    def __truediv__(self, other: "Growth") -> "Growth":
        return self * other**-1

    def __pow__(self, power: Any) -> "Growth":
        power = exponent(power)
        return replace(
            self,
            amplitude=positive_power(self.amplitude, power.as_expr()),
            powers=tuple(x * power for x in self.powers),
            logs=tuple((vector, power * p) for vector, p in self.logs),
        )

    def times(self, factor: Any) -> "Growth":
        """Multiplied by a positive constant."""
        return replace(self, amplitude=self.amplitude * factor)

    def log(self) -> "Growth":
        """ln of the growth, to leading order: the logarithm of its power part, which must not be constant."""
        return Growth(sp.Integer(1), (FIELD.zero,) * len(self.powers), ((self.powers, FIELD.one),), NOWHERE, self.ties)

    def named(self, *origin: str) -> "Growth":
        return replace(self, origin=frozenset(origin))


@lru_cache(maxsize=20_000)
def positive_power(base: sp.Expr, power: sp.Expr) -> sp.Expr:
    """base^power for base > 0, exponents of exponents multiplied out.

    A factor of unknown sign may be negative together with another: such factors stay in one base. One
    that has a fractional power already is positive, or the amplitude would not be real.
    """
    settled, rest = [], []
    for factor in sp.Mul.make_args(base):
        if factor.is_Pow and not factor.exp.is_integer:
            product = factor.exp * power
            settled.append(factor.base ** (product if power.is_Integer else sp.cancel(product)))
        elif factor.is_positive:
            settled.append(factor**power)
        else:
            rest.append(factor)
    if len(rest) == 1 and rest[0].is_Pow and rest[0].exp.is_odd:  # alone, it is positive
        return sp.Mul(*settled, rest[0].base ** (rest[0].exp * power))
    return sp.Mul(*settled, sp.Mul(*rest) ** power)


def _joined(left: Logs, right: Logs) -> Logs:
    total: dict[Vector, FracElement] = {}
    for vector, power in (*left, *right):
        total[vector] = total.get(vector, FIELD.zero) + power
    return tuple((vector, power) for vector, power in total.items() if power)


@dataclass(frozen=True)
class Scales:
    """The scales' names, the region their logarithms lie in, and coefficients c of scale = c n^ray on a path."""

    names: tuple[str, ...]
    region: Region
    coefficients: Mapping[str, sp.Expr] = field(default_factory=dict)
    compared: dict[Vector, tuple[Growth, Growth]] = field(default_factory=dict, compare=False)  # by powers of the ratio

    def scale(self, name: str) -> Growth:
        return Growth(sp.Integer(1), tuple(FIELD.one if name == other else FIELD.zero for other in self.names))

    def constant(self, value: Any) -> Growth:
        return Growth(sp.sympify(value), (FIELD.zero,) * len(self.names))

    def sign(self, growth: Growth) -> int:
        """Whether a growth tends to infinity (1), stays constant (0) or tends to zero (-1), logarithms included."""
        return self.compare(growth, self.constant(1))

    def compare(self, left: Growth, right: Growth) -> int:
        """Sign of left/right in the same sense; amplitudes do not matter."""
        powers = tuple(x - y for x, y in zip(left.powers, right.powers, strict=True))
        self.compared.setdefault(powers, (left, right))
        sign = self.region.sign(powers)
        if sign or not (left.logs or right.logs):
            return sign
        logs = sum((p for _, p in left.logs), FIELD.zero) - sum((p for _, p in right.logs), FIELD.zero)
        return self.region.sign_of(logs)

    def constant_value(self, growth: Growth) -> sp.Expr:
        """The amplitude of a growth whose `sign` is 0, with the path's coefficients in it."""
        amplitude = growth.amplitude * self._coefficient(growth.powers)
        for vector, power in growth.logs:
            amplitude *= self.along_path(vector).as_expr() ** power.as_expr()
        return amplitude

    def _coefficient(self, powers: Vector) -> sp.Expr:
        return sp.Mul(
            *(
                positive_power(self.coefficients[name], power.as_expr())
                for name, power in zip(self.names, powers, strict=True)
                if power and name in self.coefficients
            )
        )

    def along_path(self, vector: Vector) -> FracElement:
        """Exponent of n, on a path (a region with a single ray)."""
        (ray,) = self.region.rays
        return dot(vector, ray)

    def tie(self, left: Growth, right: Growth) -> frozenset[Vector]:
        """The boundary that two equal growths lie on; empty if they are equal identically."""
        vector = (left / right).powers
        return frozenset([vector]) if any(vector) else NOWHERE

    def sum(self, terms: Iterable[Growth]) -> Growth:
        """Leading growth of a sum of positive growths."""
        terms = list(terms)
        total = terms[0]
        for term in terms[1:]:
            order = self.compare(term, total)
            if order > 0:
                total = term
            elif order == 0:
                share = self.constant_value(
                    replace(term, amplitude=sp.Integer(1)) / replace(total, amplitude=sp.Integer(1))
                )
                total = replace(
                    total,
                    amplitude=total.amplitude + term.amplitude * share,
                    origin=total.origin | term.origin,
                    ties=total.ties | term.ties | self.tie(term, total),
                )
        return total
