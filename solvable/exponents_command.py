"""`solvable exponents`: the law of kappa and of the loss along a path of scales."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvable import options as opt
from solvable.output import print_json, write

if TYPE_CHECKING:
    from theory.asymptotics import Case, Leading

Alpha = Annotated[
    str,
    typer.Option("--alpha", metavar="A", help="exponent of the spectrum, a number > 0, or alpha to keep it a symbol"),
]
PathOption = Annotated[
    str, typer.Option("--path", metavar="PATH", help='sizes and strengths as powers of n: "N=n^1, T=n^2, gamma=n^-1/2"')
]


def exponents(
    alpha: Alpha,
    path: PathOption,
    source: opt.Source = None,
    convention: opt.Convention = None,
    latex: opt.Latex = False,
    as_json: opt.Json = False,
) -> None:
    """Derive how kappa and the test loss scale along a path: exponent, power of ln n, amplitude.

    The path gives N, T, gamma, M and noise as powers of n, with coefficients (T=2*n), as n grows;
    gamma, M and noise default to 0, inf and 0; N or T may be inf, gamma may be optimal. Here the
    teacher is v_I = I^-R without 1/M, and gamma is in units of sigma_u^2/M, so that
    kappa (N - D)(T - D) = gamma; with N = inf gamma is the kernel ridge. Every amplitude is exact. With
    --convention the path's gamma is the paper's ridge instead, and the laws remain in our symbols.

    Example: solvable exponents --alpha alpha --path "N=n, T=n^2, gamma=n^-1/2, noise=n^-2"
    """
    from solvable.convention_command import on_path, path_record, path_text
    from solvable.convention_command import read as read_convention
    from solvable.path_grammar import read_path
    from solvable.values import one_exponent
    from solvable.values import source as read_source
    from theory.asymptotics import asymptotics

    opt.one_form(latex, as_json)
    value = one_exponent("--alpha", alpha)
    teacher = None if source is None else read_source("--source", source)
    given = read_path(path, value, teacher)
    paper = read_convention(convention)
    ours = given if paper is None else on_path(given, paper)
    found = asymptotics(ours)
    if as_json:
        translated = {} if paper is None else {"convention": path_record(given, ours, paper)}
        print_json({"cases": [record(case) for case in found], **translated})
    elif latex:
        from solvable.results_latex import exponents_latex

        write(exponents_latex(found))
    else:
        heading = "" if paper is None else path_text(given, ours, paper)
        write(heading + "\n".join(_text(case) for case in found))


def record(case: "Case") -> dict[str, Any]:
    """A case as the command-line contract has it."""
    return {
        "when": str(case.window),
        "boundary": case.boundary,
        "kappa": law(case.kappa),
        "loss": {**law(case.loss), "dominant": " + ".join(sorted(case.dominant)) or None},
        "limited_by": sorted(case.limits),
    }


def law(leading: "Leading") -> dict[str, Any]:
    """exponent, log_power, amplitude and value; `where` defines symbols without closed form."""
    import sympy as sp

    from solvable.output import json_value

    value = leading.value()
    infinite = leading.amplitude == sp.oo
    found: dict[str, Any] = {
        "exponent": None if leading.exponent is None else str(leading.exponent),
        "log_power": int(leading.log_power) if leading.log_power.is_Integer else str(leading.log_power),
        "amplitude": "inf"
        if infinite
        else None
        if leading.amplitude == sp.nan
        else str(leading.amplitude.rewrite(sp.Sum)),
        "value": "inf" if infinite else None if value is None else json_value(float(value)),
    }
    if leading.unknowns:
        found["where"] = [
            {
                "symbol": str(u.symbol),
                "root_of": str(u.equation.rewrite(sp.Sum)),
                "value": None if value is None else float(u.value(16)),
            }
            for u in leading.unknowns
        ]
    return found


def _text(case: "Case") -> str:
    lines = [f"{case.window}{', on a boundary' if case.boundary else ''}"]
    lines += [f"  kappa ~ {_formula(case.kappa)}", f"  loss  ~ {_formula(case.loss)}"]
    lines += [
        f"  where {u.symbol} solves {u.equation} = 0"
        + ("" if case.loss.value() is None else f", {u.symbol} = {float(u.value(16)):.6g}")
        for u in case.loss.unknowns
    ]
    dominant = " + ".join(sorted(case.dominant))
    lines.append(
        f"  limited by {' and '.join(sorted(case.limits))}" + (f"; dominated by {dominant}" if dominant else "")
    )
    return "\n".join(lines) + "\n"


def _formula(leading: "Leading") -> str:
    import sympy as sp

    if leading.exponent is None:
        return "undetermined" if leading.amplitude == sp.nan else "infinite" if leading.amplitude == sp.oo else "0"
    power = f" n^({leading.exponent})" if leading.exponent != 0 else ""
    log = "" if leading.log_power == 0 else f" (ln n)^({leading.log_power})" if leading.log_power != 1 else " ln n"
    value = leading.value()
    decimal = "" if value is None else f"   [{float(value):.6g}{power}{log}]"
    return f"({leading.amplitude.rewrite(sp.Sum)}){power}{log}{decimal}"
