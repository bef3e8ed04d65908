r"""Evaluated numbers as LaTeX: the symbols of the quantities, and one evaluation as a display for notebooks."""

from typing import TYPE_CHECKING

from mpmath import mp, mpf

from theory.display import aligned
from theory.number_latex import ball, rows

if TYPE_CHECKING:
    from numerics.evaluate import Evaluation

SYMBOLS = {
    "loss": "L", "kappa": r"\kappa", "df1": "D", "label_noise": r"L_{\mathrm{noise}}", "signal": r"L_{\mathrm{signal}}",
    "train_loss": r"L_{\mathrm{train}}", "df2": "q",
}  # fmt: skip  # in order of importance
DOUBLE = 12  # digits that double precision promises


def evaluation_latex(evaluation: "Evaluation") -> str:
    r"""Every quantity on a line, `\pm` its proved error where there is one, that of the printed decimal included."""
    lines = []
    for name, symbol in SYMBOLS.items():
        value = getattr(evaluation, name)
        radius = None if evaluation.radius is None else evaluation.radius[name]
        first, *others = _printed(value, evaluation.digits or DOUBLE, radius)
        lines += [(symbol, f"= {first}"), *(("", rf"\phantom{{=}} {more}") for more in others)]
    return aligned(lines)


def _printed(value: float | mpf, digits: int, radius: mpf | None) -> list[str]:
    if not mp.isfinite(value):
        return [r"\infty" if value == mp.inf else "--"]
    with mp.workdps(digits + 30):
        value = mpf(value)
        text = mp.nstr(value, digits, strip_zeros=radius is None, min_fixed=-4).removesuffix(".0")
        if radius is None:
            return rows(text)
        error = (abs(mpf(text) - value) + radius) * (1 + mpf(10) ** -12)
        return ball(text, mp.nstr(error, 15))
