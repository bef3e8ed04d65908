r"""Spectral moments: the only functions of the spectrum that planar theory needs.

With p_I = lambda_I/(lambda_I + kappa) and 1 - p_I = kappa/(lambda_I + kappa),

    Moment(j, k, kappa)  = sum_I       p_I^j (1 - p_I)^k
    TeacherMoment(j, k, kappa) = sum_I v_I p_I^j (1 - p_I)^k

so df1 = D = Moment(1, 0), df2 = q = Moment(2, 0), M - D = Moment(0, 1), D - q = Moment(1, 1).
They are closed under differentiation, because kappa dp/dkappa = -p (1 - p), and obey one linear
relation, because p + (1 - p) = 1: every expression reduces to a canonical one. Both facts are
checked against the summand in tests/theory/test_moments.py.
"""

from typing import Any, ClassVar

import sympy as sp

from theory.rational import reduced

LAMBDA, KAPPA = sp.symbols("lambda kappa", positive=True)
P = sp.Symbol("p")


class Moment(sp.Function):
    """Sum over the spectrum of p^j (1 - p)^k; arguments (j, k, kappa), j and k integers >= 0."""

    nargs = 3

    def fdiff(self, argindex: int = 3) -> sp.Expr:
        """d/dkappa = (1/kappa) (k [j+1, k] - j [j, k+1]); j and k are indices, not variables."""
        if argindex != 3:
            raise sp.core.function.ArgumentIndexError(self, argindex)
        j, k, kappa = self.args
        return (k * self.func(j + 1, k, kappa) - j * self.func(j, k + 1, kappa)) / kappa

    def canonical(self) -> sp.Expr:
        """The same sum in pure powers of p: sum_i binom(k, i) (-1)^i [j + i, 0]."""
        j, k, kappa = self.args
        return sp.Add(*(sp.binomial(k, i) * (-1) ** i * self.func(j + i, 0, kappa) for i in range(int(k) + 1)))

    def summand(self) -> sp.Expr:
        """The term of the sum, as a function of lambda and kappa (without the weight v)."""
        j, k, kappa = self.args
        return LAMBDA**j * kappa**k / (LAMBDA + kappa) ** (j + k)

    _names: ClassVar[dict[tuple[int, int], str]] = {(1, 0): "D", (2, 0): "q", (0, 1): r"\overline{D}", (1, 1): "g"}
    _letter = "S"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        j, k, _ = self.args
        name = self._names.get((int(j), int(k)), f"{self._letter}_{{{j},{k}}}")
        return name if exp is None else f"{name}^{{{exp}}}"

    def _sympystr(self, printer: Any) -> str:
        j, k, _ = self.args
        plain = {(1, 0): "D", (2, 0): "q"} if self._letter == "S" else {}
        return plain.get((int(j), int(k)), f"{self._letter}[{j},{k}]")


class TeacherMoment(Moment):
    """Sum over the spectrum of v p^j (1 - p)^k, the teacher's power seen through the filter."""

    _names: ClassVar[dict[tuple[int, int], str]] = {}
    _letter = "V"


D = Moment(1, 0, KAPPA)
Q = Moment(2, 0, KAPPA)


def sum_over_spectrum(expression: sp.Expr, kind: type[Moment] = Moment) -> sp.Expr:
    """sum_I of an expression in lambda and kappa, as moments; `expression` must be a polynomial in p.

    Substitutes lambda = kappa p / (1 - p). Raises ValueError when the result is no polynomial in p,
    that is, when the sum is no combination of moments.
    """
    in_p = reduced(expression.subs(LAMBDA, KAPPA * P / (1 - P)))
    if not in_p.is_polynomial(P):
        raise ValueError(f"not a combination of spectral moments: {expression}")
    terms = sp.Poly(in_p, P).terms()
    return sp.Add(*(coefficient * kind(power, 0, KAPPA) for (power,), coefficient in terms))


def canonical(expression: sp.Expr) -> sp.Expr:
    """Every moment written in pure powers of p, then brought over one cancelled denominator."""
    moments = expression.atoms(Moment)
    expanded = expression.xreplace({m: m.canonical() for m in moments})
    return reduced(expanded)


def is_zero(expression: sp.Expr) -> bool:
    """Exact zero test for rational functions of symbols and moments."""
    return bool(canonical(sp.sympify(expression)) == 0)
