"""`solvable phases`: the derived phase diagram as a table, as LaTeX and as a figure."""

from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvable import options as opt
from solvable.exponents_command import SYMBOLIC, Latex
from solvable.output import print_json, write

if TYPE_CHECKING:
    from theory.growth import Growth
    from theory.order import Vector
    from theory.phases import Border, Phase

Alpha = Annotated[
    str,
    typer.Option("--alpha", metavar="A", help="exponent of the spectrum, a number > 0, or alpha to keep it a symbol"),
]
ScaleNames = Annotated[
    str,
    typer.Option(
        "--scales", metavar="NAMES", help="the free scales: N, T and any of gamma, M, noise; or N, E, gamma, noise"
    ),
]
Plot = Annotated[
    str | None,
    typer.Option(
        "--plot", metavar="FILE", help="draw ridge and N against T as FILE.png and FILE.pdf; needs a number for alpha"
    ),
]
Fixed = Annotated[
    str,
    typer.Option("--at", metavar="POWERS", help='for --plot: M and noise as powers of T, such as "M=T^2, noise=T^-1"'),
]


def phases(
    alpha: Alpha = SYMBOLIC,
    scales: ScaleNames = "N,T,gamma",
    source: opt.Source = None,
    plot: Plot = None,
    at: Fixed = "",
    latex: Latex = False,
    as_json: opt.Json = False,
) -> None:
    """Derive the phase diagram: what limits kappa, what dominates the loss, both laws, and the borders.

    The scales named are free and large (gamma and noise may be small); the others are absent: gamma and
    noise 0, M infinite. A border "gamma << c N^a T^b" has the amplitude at which the forms on its two
    sides cross. With E for T, E = |T - N| << N: the double-descent peak, its height and its width.
    Units as in `solvable exponents`.

    JSON: {"phases": [{when, limited_by, dominant, kappa, loss, borders}]}, where kappa and loss have an
    amplitude and the powers of every scale.

    Example: solvable phases --alpha 1/2 --plot phases.png
    """
    from solvable.values import source as read_source
    from theory.phases import phases as derive

    value = _alpha(alpha, plot)
    names = tuple(name.strip() for name in scales.split(","))
    found = derive(names, value, None if source is None else read_source("--source", source))
    if plot is not None:
        _draw(found, value, plot, at)
    if as_json:
        print_json({"phases": [record(phase) for phase in found]})
    elif latex:
        write(_latex(found))
    else:
        write("\n".join(_text(phase) for phase in found))


def _alpha(alpha: str, plot: str | None) -> Any:
    from solvable.values import exponents as read_alphas
    from theory.errors import InvalidInput

    if alpha.strip() == SYMBOLIC:
        if plot is not None:
            raise InvalidInput("--alpha", alpha, "a number > 0 together with --plot")
        return None
    import sympy as sp

    value, *more = read_alphas("--alpha", alpha)
    if more:
        raise InvalidInput("--alpha", alpha, "a single number > 0, or alpha to keep it a symbol")
    return sp.Rational(value.numerator, value.denominator)


def _draw(found: "tuple[Phase, ...]", alpha: Any, plot: str, at: str) -> None:
    from numerics.phase_plot import phase_figure
    from numerics.plots import save

    target = FilePath(plot)
    folder, name = (target, "phases") if target.is_dir() else (target.parent, target.stem)
    save(phase_figure(found, alpha, _fixed(at)), folder, name)


def _fixed(at: str) -> dict[str, Any]:
    from solvable.path_grammar import read_power
    from theory.errors import InvalidInput

    powers: dict[str, Any] = {}
    for item in filter(None, (part.strip() for part in at.split(","))):
        name, _, value = (part.strip() for part in item.partition("="))
        if name not in ("M", "noise"):
            raise InvalidInput("--at", item, 'M and noise as powers of T, such as "M=T^2, noise=T^-1"')
        powers[name] = read_power(name, value.replace("T", "n"), "--at").exponent
    return powers


def record(phase: "Phase") -> dict[str, Any]:
    return {
        "when": str(phase.region.window),
        "limited_by": sorted(phase.limits),
        "dominant": sorted(phase.dominant),
        "kappa": _law(phase, phase.kappa),
        "loss": {"amplitude": "inf", "powers": None} if phase.infinite else _law(phase, phase.loss),
        "borders": [
            {
                "scale": border.variable,
                "relation": ">>" if border.above else "<<",
                "amplitude": str(border.amplitude),
                "powers": _powers(phase, border.powers),
            }
            for border in phase.borders
        ],
    }


def _law(phase: "Phase", growth: "Growth | None") -> dict[str, Any]:
    if growth is None:
        return {"amplitude": "0", "powers": None}
    logs = [{"of": _powers(phase, vector), "power": str(power.as_expr())} for vector, power in growth.logs]
    return {"amplitude": str(growth.amplitude), "powers": _powers(phase, growth.powers), "logs": logs}


def _powers(phase: "Phase", vector: "Vector") -> dict[str, str]:
    at = phase.region.window.at
    return {name: str(at(power.as_expr())) for name, power in zip(phase.names, vector, strict=True) if power}


def _text(phase: "Phase") -> str:
    limits, dominant = " and ".join(sorted(phase.limits)), " + ".join(sorted(phase.dominant))
    lines = [f"limited by {limits}; dominated by {dominant}   ({phase.region.window})"]
    lines += [f"  {_border_text(phase, border)}" for border in phase.borders]
    lines.append(f"    kappa ~ {_growth_text(phase, phase.kappa)}")
    lines.append(f"    loss  ~ {'infinite' if phase.infinite else _growth_text(phase, phase.loss)}")
    return "\n".join(lines) + "\n"


def _monomial(phase: "Phase", amplitude: Any, powers: "Vector") -> str:
    parts = [] if amplitude == 1 else [str(amplitude) if amplitude.is_Atom else f"({amplitude})"]
    for name, power in zip(phase.names, powers, strict=True):
        if power:
            text = str(phase.region.window.at(power.as_expr()))
            parts.append(name if text == "1" else f"{name}^{text}" if text.isalnum() else f"{name}^({text})")
    return " ".join(parts) or "1"


def _growth_text(phase: "Phase", growth: "Growth | None") -> str:
    if growth is None:
        return "0"
    logs = "".join(f" ln({_monomial(phase, _one(), vector)})^({power.as_expr()})" for vector, power in growth.logs)
    return _monomial(phase, growth.amplitude, growth.powers) + logs


def _one() -> Any:
    import sympy as sp

    return sp.S.One


def _border_text(phase: "Phase", border: "Border") -> str:
    relation = ">>" if border.above else "<<"
    return f"{border.variable} {relation} {_monomial(phase, border.amplitude, border.powers)}"


def _latex(found: "tuple[Phase, ...]") -> str:
    rows = []
    for phase in found:
        conditions = ",\\; ".join(_border_latex(phase, border) for border in phase.borders)
        limits = " and ".join(sorted(phase.limits))
        dominant = ", ".join(sorted(phase.dominant))
        loss = r"\infty" if phase.infinite else _growth_latex(phase, phase.loss)
        rows.append(
            f"\\noindent\\textbf{{Limited by {limits}}} ({dominant}):\n"
            f"\\begin{{gather*}}\n{conditions},\\\\\n"
            f"\\kappa \\sim {_growth_latex(phase, phase.kappa)}, \\qquad L \\sim {loss}\n\\end{{gather*}}"
        )
    return "\n".join(rows) + "\n"


SYMBOLS = {"gamma": r"\gamma", "noise": r"\sigma_\epsilon^2", "E": r"|T-N|"}


def _monomial_latex(phase: "Phase", amplitude: Any, powers: "Vector") -> str:
    import sympy as sp

    parts = [] if amplitude == 1 else [sp.latex(amplitude)]
    for name, power in zip(phase.names, powers, strict=True):
        if power:
            base = SYMBOLS.get(name, name)
            exponent = phase.region.window.at(power.as_expr())
            parts.append(
                base
                if exponent == 1
                else f"{{({base})}}^{{{sp.latex(exponent)}}}"
                if name in ("noise", "E")
                else f"{base}^{{{sp.latex(exponent)}}}"
            )
    return " ".join(parts) or "1"


def _growth_latex(phase: "Phase", growth: "Growth | None") -> str:
    if growth is None:
        return "0"
    return _monomial_latex(phase, growth.amplitude, growth.powers)


def _border_latex(phase: "Phase", border: "Border") -> str:
    relation = r"\gg" if border.above else r"\ll"
    return f"{SYMBOLS.get(border.variable, border.variable)} {relation} {_monomial_latex(phase, border.amplitude, border.powers)}"
