"""A limit as a statement: what it is of, its value, and the rate and the coefficient of the approach."""

from dataclasses import dataclass

import sympy as sp
from sympy.printing.str import StrPrinter

from theory.approach import EFFECT, Approach
from theory.latex import PositiveFirst, latex

_LOSSES = {"signal": r"L_{\mathrm{signal}}", "label_noise": r"L_{\mathrm{noise}}"}
SYMBOLS = {"kappa": r"\kappa", "loss": "L", "M signal": rf"M {_LOSSES['signal']}"} | _LOSSES
DELTA_LAW, DELTA_DRAWN = "Delta_N/law", "Delta_N/drawn law"
SYMBOLS |= {f"{EFFECT}{name}": rf"{symbol} - \left.{symbol}\right|_{{\gamma=0}}" for name, symbol in _LOSSES.items()}
_LAW = r"\lambda_+ c_\alpha"
SYMBOLS[DELTA_LAW] = rf"\frac{{N \kappa}}{{{_LAW} N^{{-\alpha}}}}"
SYMBOLS[DELTA_DRAWN] = rf"\frac{{N \kappa}}{{{_LAW} \left(N^{{-\alpha}} - M^{{-\alpha}}\right)}}"


@dataclass(frozen=True)
class Limit:
    """quantity = value + coefficient small^rate (1 + O(small^step)), small = approach.small.

    value is oo where the quantity diverges (rate < 0). Moments are at kappa_0, the limit of kappa.
    """

    approach: Approach
    quantity: str
    value: sp.Expr
    rate: sp.Expr
    coefficient: sp.Expr
    step: sp.Expr

    @property
    def name(self) -> str:
        """The approach, then the quantity."""
        return f"{self.approach.name}: {self.quantity}"

    @property
    def statement(self) -> str:
        """The limit as LaTeX, without delimiters."""
        left, *terms = self.parts()
        return rf"{left} = {' '.join(terms)}"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.statement}$"

    def parts(self) -> tuple[str, ...]:
        """LaTeX of the quantity, of its limit (left out if 0 or oo), and of the approach."""
        small = self.approach.small
        power = rf"\left({latex(small)}\right)" if small.is_Add and self.rate == 1 else latex(small**self.rate)
        series = rf"{latex(self.coefficient)} \, {power} \left(1 + O\left({latex(small**self.step)}\right)\right)"
        if self.value in (0, sp.oo):
            return SYMBOLS[self.quantity], series
        return SYMBOLS[self.quantity], latex(self.value), series if series.startswith("-") else f"+ {series}"


class PositiveFirstText(PositiveFirst, StrPrinter):
    """Plain text that writes T - N rather than -N + T."""
