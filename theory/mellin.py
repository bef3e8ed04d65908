r"""Spectral sums as kappa -> 0 and kappa -> infinity, to any order, by residues.

    F(x) = sum_I w_I u^k/(1 + u)^(j+k),   u = x/lambda_I,    x = kappa/lambda_+
         = (1/2 pi i) int phi(z) Z(z) x^-z dz,    phi(z) = Gamma(k + z) Gamma(j - z)/Gamma(j + k),

Z the Dirichlet series of the spectrum (`theory.dirichlet`), along a line in the strip -k < Re z < j,
to the right of every pole of Z: where none fits in, the sum diverges. Shifting the line left collects,
for small x, the poles of Z (the power law) and those of Gamma(k + z) (the smooth "zeta" terms);
shifting it right, for large x, those of Gamma(j - z). Where two coincide the pole is of higher order
and logarithms appear: residues are taken from Laurent series, so that no coincidence is a special case.

`theory.expansion` puts these terms together, for infinite spectra and for finite ones.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice

import sympy as sp

from theory.dirichlet import DirichletSeries
from theory.errors import InvalidInput

AsInteger = Callable[[sp.Expr], int | None]


def as_integer(value: sp.Expr) -> int | None:
    """The integer that an expression equals identically, or None."""
    value = sp.sympify(value)
    if not value.is_Rational:
        value = sp.cancel(value) if value.free_symbols else sp.simplify(value)
    return int(value) if value.is_Integer else None


@dataclass(frozen=True)
class Kernel:
    """u^k/(1 + u)^(j+k) and its Mellin transform; j, k >= 0 integers, not both 0. Raises InvalidInput."""

    j: int
    k: int

    def __post_init__(self) -> None:
        for name, value in (("j", self.j), ("k", self.k)):
            if not isinstance(value, int) or value < 0:
                raise InvalidInput(name, value, "an integer >= 0")
        if self.j + self.k == 0:
            raise InvalidInput("j + k", 0, "an integer > 0")

    def gamma_factor(self, argument: sp.Expr, slope: int, upto: int, integer: AsInteger) -> tuple[int, list[sp.Expr]]:
        """Gamma(argument + slope d) in powers of d: (order of the pole, coefficients up to d^upto)."""
        at = integer(argument)
        if at is None or at > 0:
            base, pole = (argument if at is None else sp.Integer(at)), 0
        else:
            base, pole = sp.Integer(1), 1
        # ln Gamma(base + h) by polygammas, exponentiated
        log = [sp.polygamma(n - 1, base) * sp.Integer(slope) ** n / sp.factorial(n) for n in range(1, upto + pole + 1)]
        series = _exponential([sp.Integer(0), *log])
        series = [sp.gamma(base) * c for c in series]
        if at is not None and pole:  # Gamma(-m + h) = Gamma(1 + h)/(h (h - 1) ... (h - m)), h = slope d
            for i in range(1, -at + 1):
                series = _product(series, [-sp.Rational(slope**n, i ** (n + 1)) for n in range(len(series))])
            series = [c / slope for c in series]
        return pole, series


def _product(left: Sequence[sp.Expr], right: Sequence[sp.Expr]) -> list[sp.Expr]:
    size = min(len(left), len(right))
    return [sp.Add(*(left[i] * right[n - i] for i in range(n + 1))) for n in range(size)]


def _exponential(series: Sequence[sp.Expr]) -> list[sp.Expr]:
    """exp of a power series without constant term: n e_n = sum_i i s_i e_{n-i}."""
    out = [sp.Integer(1)]
    for n in range(1, len(series)):
        out.append(sp.Add(*(i * series[i] * out[n - i] for i in range(1, n + 1))) / n)
    return out


@dataclass(frozen=True)
class Term:
    """x^power * sum_l coefficients[l] ln(1/x)^l."""

    power: sp.Expr
    coefficients: tuple[sp.Expr, ...]

    @property
    def log_power(self) -> int:
        return len(self.coefficients) - 1

    def expression(self, x: sp.Expr) -> sp.Expr:
        return x**self.power * sp.Add(*(c * sp.log(1 / x) ** n for n, c in enumerate(self.coefficients)))

    def __neg__(self) -> "Term":
        return Term(self.power, tuple(-c for c in self.coefficients))


def residue(
    series: DirichletSeries, kernel: Kernel, z: sp.Expr, order: int = 0, integer: AsInteger = as_integer
) -> Term | None:
    """Residue of phi(z') Z(z') x^-z' at z, where Z has a pole of the given order (0: none); None if it vanishes."""
    counts = [integer(kernel.k + z), integer(kernel.j - z)]
    total = order + sum(count is not None and count <= 0 for count in counts)
    if total == 0:
        return None
    _, left = kernel.gamma_factor(kernel.k + z, 1, total, integer)
    _, right = kernel.gamma_factor(kernel.j - z, -1, total, integer)
    dirichlet = list(series.laurent(z, total - 1 - order))
    regular = _product(_product(left[:total], right[:total]), dirichlet[:total])
    regular = [c / sp.factorial(kernel.j + kernel.k - 1) for c in regular]
    # times x^-z' = x^-z sum_l (L d)^l / l!; wanted: the coefficient of d^(total - 1) in the rest
    coefficients = [regular[total - 1 - n] / sp.factorial(n) for n in range(total)]
    while coefficients and coefficients[-1] == 0:
        coefficients.pop()
    return Term(-z, tuple(coefficients)) if coefficients else None


def pole_terms(
    series: DirichletSeries, kernel: Kernel, integer: AsInteger = as_integer, *, shared: bool = False
) -> list[Term]:
    """Residues at the poles of Z left of z = j.

    With `shared`, poles of Z that a subtracted series has too may lie anywhere: the line passes on
    either side of them, and their residues count once, here, unless they meet a pole of Gamma(j - z):
    there they are the other's. Otherwise raises ValueError for a pole at or right of z = j.
    """
    terms = []
    for z, order in series.poles().items():
        beyond = integer(kernel.j - z)
        right = beyond is not None and beyond <= 0
        if not shared and (right or sp.cancel(kernel.j - z).is_nonpositive):
            raise ValueError(f"sum diverges: pole of the Dirichlet series at z = {z}, j = {kernel.j}")
        terms.append(None if right else residue(series, kernel, z, order, integer))
    return [term for term in terms if term is not None]


def gamma_terms(
    series: DirichletSeries, kernel: Kernel, side: int, integer: AsInteger = as_integer
) -> Iterator[Term | None]:
    """Without end, for i = 0, 1, ...: residues at z = -(k + i) if `side` is -1, minus those at z = j + i if it is 1.

    None where Z vanishes; on the left also where it has a pole, which is among `pole_terms`.
    """
    for i in count():
        z, order = sp.Integer(kernel.j + i) if side > 0 else -sp.Integer(kernel.k + i), 0
        for pole, its_order in series.poles().items():
            if integer(pole - z) == 0:
                z, order = pole, its_order
        term = None if side < 0 and order else residue(series, kernel, z, order, integer)
        yield -term if term is not None and side > 0 else term


def left_terms(series: DirichletSeries, kernel: Kernel, count: int, integer: AsInteger = as_integer) -> list[Term]:
    """Terms of F for small x: every pole of Z left of z = j, and the first `count` zeta terms, zeros left out.

    Raises ValueError if a pole of Z at or right of z = j makes the infinite sum diverge.
    """
    zetas = islice(gamma_terms(series, kernel, -1, integer), count)
    return pole_terms(series, kernel, integer) + [term for term in zetas if term is not None]


def right_terms(series: DirichletSeries, kernel: Kernel, count: int, integer: AsInteger = as_integer) -> list[Term]:
    """-1 times the residues at z = j, j + 1, ...: terms for large x, x^-(j+i), zeros left out."""
    return [term for term in islice(gamma_terms(series, kernel, 1, integer), count) if term is not None]
