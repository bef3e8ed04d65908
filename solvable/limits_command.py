"""`solvable limits`: the analytic limits, each confirmed on a ladder of small parameters."""

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvable import options as opt
from solvable.output import json_value, print_json, progress, write

if TYPE_CHECKING:
    from numerics.limit_ladder import Confirmation
    from theory.limits import Limit
    from theory.model import Model

ALPHAS, LARGEST = ("1/10", "10"), 10**6
WIDE, LONG = 66, 28  # printed characters from which a line is broken, and a sum gets a name, in LaTeX
LEGEND = """\
kappa_0: kappa in the limit. D = sum p, S[j,k] = sum p^j (1-p)^k, V[j,k] = sum v p^j (1-p)^k at kappa_0, with
p = lambda/(lambda+kappa); S[1,1] = D - q. Sums over M modes (infinitely many for M -> infinity), v = E[w^2] lambda.
delta: right side of the planar equation in the limit, kappa (T-D) = delta for N -> infinity, kappa (N-D) = delta for
T -> infinity, kappa (N-D)(T-D) = delta for M -> infinity. deviation: of (quantity - value)/(coefficient small^rate)
from 1 on the last rung of the ladder; the verdict asks that it falls as the derivation promises.
"""
LATEX_LEGEND = r"""Moments at $\kappa_0$, the limit of $\kappa$, with $p = \lambda/(\lambda+\kappa_0)$: $D = \sum p$,
$g = \sum p(1-p)$, $S_{j,k} = \sum p^j(1-p)^k$, $V_{j,k} = \sum v\,p^j(1-p)^k$. The right side of the planar equation in
the limit is $\delta$.
"""


def limits(
    alpha: Annotated[str, typer.Option("--alpha", metavar="A", help="exponent of the spectrum, 1/10 to 10")] = "1",
    M: Annotated[str, typer.Option("-M", metavar="M", help="one size of the model, an integer to 10^6")] = "200",
    N: Annotated[str, typer.Option("-N", metavar="N", help="another size")] = "20",
    T: Annotated[str, typer.Option("-T", metavar="T", help="a third size")] = "50",
    as_json: opt.Json = False,
    as_latex: Annotated[bool, typer.Option("--latex", help="A LaTeX fragment for article, amsmath, booktabs.")] = False,
) -> int:
    """Derive the limits of the planar solution, with the rate of approach, and confirm each on a ladder.

    gamma to 0 and infinity, N and T to infinity, N to T, M to infinity, min(N,T) to M, noise to 0, in
    every order of the sizes: quantity = value + coefficient small^rate. The formulas hold for any
    spectrum and teacher, those for M to infinity for the power law. They are confirmed at a power law
    with the isotropic teacher; a limit takes the three sizes in the order that it needs, and gamma = 1/M
    where it keeps the ridge. Exit code 1 if any does not pass; unknown is no pass.

    Example: solvable limits --alpha 1/2
    """
    model = _model(alpha, M, N, T)
    from numerics.limit_ladder import confirm
    from theory.limits import limits as derived

    found = [confirm(limit, model) for limit in progress(derived(), len(derived()), "limits")]
    if as_json:
        print_json({"limits": [_record(confirmation) for confirmation in found]})
    else:
        write(_latex(found) if as_latex else _text(found, model))
    return 0 if all(confirmation.verdict == "pass" for confirmation in found) else 1


def _model(alpha: str, M: str, N: str, T: str) -> "Model":
    from fractions import Fraction

    from solvable import values
    from theory.errors import InvalidInput
    from theory.model import Model

    allowed = f"a number from {ALPHAS[0]} to {ALPHAS[1]}"
    low, high = map(Fraction, ALPHAS)
    exponent = values.one_real("--alpha", alpha, allowed, 0, int(high))
    if exponent < low:
        raise InvalidInput("--alpha", alpha, allowed)
    sizes: dict[str, int] = {}
    for option, text in (("-M", M), ("-N", N), ("-T", T)):
        size = values.one_size(option, text, LARGEST)
        if size in sizes.values():
            raise InvalidInput(option, text, f"an integer other than {', '.join(sizes)}: limits need three sizes")
        sizes[option] = size
    return Model.power_law(exponent, *sizes.values(), gamma=Fraction(1, sizes["-M"]), noise=1)


def _formulas(limit: "Limit") -> dict[str, str]:
    from theory.limits import PositiveFirstText

    text = PositiveFirstText().doprint
    return {
        "value": text(limit.value).replace("oo", "inf"), "small": text(limit.approach.small),
        "rate": text(limit.rate), "coefficient": text(limit.coefficient),
    }  # fmt: skip


def _record(found: "Confirmation") -> dict[str, Any]:
    limit = found.limit
    approach = limit.approach
    return {
        "name": limit.name, "variable": str(approach.variable), "target": str(approach.target).replace("oo", "inf"),
        "quantity": limit.quantity, "assumptions": approach.assumptions, "statement": limit.statement,
        **_formulas(limit), "value_at_model": json_value(found.value, 15),
        "coefficient_at_model": json_value(found.coefficient, 15), "measured_rate": found.measured_rate,
        "deviation": json_value(found.deviation, 3), "digits": found.digits, "verdict": found.verdict,
    }  # fmt: skip


# For people and for LaTeX -------------------------------------------------------------------------


def _text(rows: list["Confirmation"], model: "Model") -> str:
    from solvable.tables import cell

    lines, approach = [f"Confirmed at {model}; a limit orders the sizes as it needs them.", "", LEGEND], None
    for found in rows:
        limit = found.limit
        if limit.approach is not approach:
            approach = limit.approach
            lines.append(f"\n{approach.name}    [{approach.assumptions}]")
        parts = _formulas(limit)
        value = "" if parts["value"] in ("0", "inf") else f"{parts['value']} + "
        small = parts["small"] if parts["small"].isalnum() else f"({parts['small']})"
        measured = (
            f"measured {cell(found.measured_rate, 8)}, deviation {cell(found.deviation, 2)}, {found.digits} digits"
        )
        lines.append(f"  {found.verdict:8}{limit.quantity}: rate {parts['rate']}, {measured}")
        lines.append(f"          = {value}({parts['coefficient']}) {small}^({parts['rate']})")
    passed = sum(found.verdict == "pass" for found in rows)
    return "\n".join([*lines, f"\n{passed} of {len(rows)} limits pass"]) + "\n"


def _latex(rows: list["Confirmation"]) -> str:
    lines, approach = [LATEX_LEGEND], None
    for found in rows:
        if found.limit.approach is not approach:
            approach = found.limit.approach
            lines.append(rf"\paragraph{{{_words(approach.name)} [{_words(approach.assumptions)}].}}")
        checked = f"rate {found.measured_rate:.6f}, {found.digits} digits" if found.rungs else "not reached"
        lines += [*_display(found.limit), rf"{{\footnotesize Ladder: {checked}, {found.verdict}.\par}}"]
    passed = sum(found.verdict == "pass" for found in rows)
    return "\n".join([*lines, f"{passed} of {len(rows)} limits pass."]) + "\n"


def _display(limit: "Limit") -> list[str]:
    """The statement as displays; long sums in it have names, and lines of their own."""
    from dataclasses import replace

    import sympy as sp

    from theory.limits import PositiveFirstLatex

    printer = PositiveFirstLatex()
    factors = [factor for side in (limit.value, limit.coefficient) for factor in sp.Mul.make_args(side)]
    sums = dict.fromkeys(factor.as_base_exp()[0] for factor in factors)
    names = {x: sp.Symbol(f"P_{i}") for i, x in enumerate((x for x in sums if _width(printer.doprint(x)) > LONG), 1)}
    shown = replace(limit, value=limit.value.xreplace(names), coefficient=limit.coefficient.xreplace(names))
    left, *terms = shown.parts()
    displays = [_equation(left, terms)]
    for total, name in names.items():
        first, *others = (printer.doprint(term) for term in printer._as_ordered_terms(total))
        displays.append(_equation(sp.latex(name), [first, *(x if x.startswith("-") else f"+ {x}" for x in others)]))
    return displays


def _equation(left: str, terms: list[str]) -> str:
    """left = terms, broken before a term where a line gets long."""
    lines = [f"{left} ="]
    for term in terms:
        if _width(lines[-1] + term) > WIDE and not lines[-1].endswith("="):
            lines.append("")
        lines[-1] += f" {term}"
    kind = "equation*" if len(lines) == 1 else "multline*"
    return rf"{{\small\begin{{{kind}}}" + " \\\\\n".join(lines) + rf"\end{{{kind}}}}}"


def _width(latex: str) -> int:
    """About how many characters print."""
    return len(
        re.sub(
            r"\\(left|right|frac|mathrm|sqrt)|[{}^_ ]",
            "",
            re.sub(r"\\(?!left|right|frac|mathrm|sqrt)[a-z]+", "x", latex),
        )
    )


def _words(text: str) -> str:
    """Text such as `N -> infinity, gamma > 0 fixed` with its symbols in math mode."""
    tex = {"->": r"$\to$", "infinity": r"$\infty$", "gamma": r"$\gamma$", "delta": r"$\delta$"}
    tex |= {"sigma_u**2/M": r"$\sigma_u^2/M$", "<": "$<$", ">": "$>$", "=": "$=$"}
    words = re.split(r"(->|sigma_u\*\*2/M|\w+|[<>=*])", text)
    return "".join(tex.get(x, rf"${x}$" if x in "NTM" and x else "" if x == "*" else x) for x in words)
