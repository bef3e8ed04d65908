"""`solvable phases`: the derived phase diagram as a table, as LaTeX and as a figure."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from solvable import options as opt
from solvable import values
from solvable.growth_text import border, border_text, growth_text, law
from solvable.output import print_json, write

if TYPE_CHECKING:
    from theory.phases import Phase

PICTURE = "phases"  # the name of a figure put into a folder
Found = TypeVar("Found")
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
    alpha: Alpha = values.SYMBOLIC,
    scales: ScaleNames = "N,T,gamma",
    source: opt.Source = None,
    plot: Plot = None,
    at: Fixed = "",
    latex: opt.Latex = False,
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
    from solvable.plot_file import draw, plot_file
    from theory.errors import InvalidInput
    from theory.phases import phases as derive

    opt.one_form(latex, as_json)
    value = read_alpha(alpha, plot)
    if at and plot is None:
        raise InvalidInput("--at", at, "it together with --plot")
    target, fixed = None if plot is None else plot_file(plot, PICTURE), _fixed(at)
    found = diagram(derive, scales, value, source)
    if target is not None:
        from numerics.phase_plot import phase_figure

        try:
            draw(phase_figure(found, value, fixed), target)
        except InvalidInput as error:
            allowed = f"it for N, T and gamma: M and noise are powers of T by --at, here {error.name} is {error.value}"
            raise InvalidInput("--plot", plot, allowed) from None
    if as_json:
        print_json({"phases": [record(phase) for phase in found]})
    elif latex:
        from solvable.results_latex import phases_latex

        write(phases_latex(found))
    else:
        write("\n".join(_text(phase) for phase in found))


def read_alpha(alpha: str, plot: str | None = None) -> Any:
    """The number, or None for the symbol."""
    from solvable.values import one_exponent
    from theory.errors import InvalidInput

    value = one_exponent("--alpha", alpha)
    if value is None:
        if plot is not None:
            raise InvalidInput("--alpha", alpha, "a number > 0 together with --plot")
        return None
    import sympy as sp

    return sp.Rational(value.numerator, value.denominator)


def diagram(derive: Callable[..., Found], scales: str, alpha: Any, source: str | None) -> Found:
    """What theory derives for the scales named; refusals name the options."""
    from solvable.values import source as read_source
    from theory.errors import InvalidInput

    teacher = None if source is None else read_source("--source", source)
    try:
        return derive(tuple(name.strip() for name in scales.split(",")), alpha, teacher)
    except InvalidInput as error:
        raise InvalidInput(f"--{error.name}", scales, error.allowed) from None


def _fixed(at: str) -> dict[str, Any]:
    from solvable.path_grammar import read_power
    from theory.errors import InvalidInput

    powers: dict[str, Any] = {}
    for item in filter(None, (part.strip() for part in at.split(","))):
        name, _, value = (part.strip() for part in item.partition("="))
        refusal = InvalidInput("--at", item, 'M and noise as powers of T, such as "M=T^2, noise=T^-1"')
        if name not in ("M", "noise") or "n" in value:
            raise refusal
        try:
            power = read_power(name, value.replace("T", "n"), "--at")
        except InvalidInput:
            raise refusal from None
        if power.coefficient != 1:
            raise refusal
        powers[name] = power.exponent
    return powers


def record(phase: "Phase") -> dict[str, Any]:
    """A phase for JSON."""
    return {
        "when": str(phase.region.window),
        "limited_by": sorted(phase.limits),
        "dominant": sorted(phase.dominant),
        "kappa": law(phase, phase.kappa),
        "loss": {"amplitude": "inf", "powers": None, "logs": []} if phase.infinite else law(phase, phase.loss),
        "borders": [border(phase, wall) for wall in phase.borders],
    }


def heading(phase: "Phase") -> str:
    """What limits and what dominates."""
    return f"limited by {' and '.join(sorted(phase.limits))}; dominated by {' + '.join(sorted(phase.dominant))}"


def _text(phase: "Phase") -> str:
    lines = [f"{heading(phase)}   ({phase.region.window})"]
    lines += [f"  {border_text(phase, wall)}" for wall in phase.borders]
    lines.append(f"    kappa ~ {growth_text(phase, phase.kappa)}")
    lines.append(f"    loss  ~ {'infinite' if phase.infinite else growth_text(phase, phase.loss)}")
    return "\n".join(lines) + "\n"
