"""`solvable plateaus`: where a resource stops helping, and what ends a power law."""

from typing import TYPE_CHECKING, Any

from solvable import options as opt
from solvable import values
from solvable.growth_text import border, border_text, growth_text, law
from solvable.output import print_json, write
from solvable.phases_command import Alpha, ScaleNames, diagram, heading, read_alpha

if TYPE_CHECKING:
    from theory.plateaus import Approach, Plateau, PowerLawEnd


def plateaus(
    alpha: Alpha = values.SYMBOLIC,
    scales: ScaleNames = "N,T,gamma",
    source: opt.Source = None,
    latex: opt.Latex = False,
    as_json: opt.Json = False,
) -> None:
    """Derive the plateaus: the resource that stops helping, from which scale, at what loss, how fast.

    In each phase of `solvable phases`: the resources that the loss does not depend on, with the scales
    from which that is so and (L - plateau)/plateau to leading order; and for the others, the walls that
    end their power law. Units as in `solvable exponents`.

    JSON: {"plateaus": [{resource, when, limited_by, dominant, value, onset, approach}],
    "ends": [{resource, ..., loss, ends}]}.

    Example: solvable plateaus --scales N,T,noise --alpha 1
    """
    from theory.plateaus import plateaus as derive

    opt.one_form(latex, as_json)
    flat, ends = diagram(derive, scales, read_alpha(alpha), source)
    if as_json:
        print_json({"plateaus": [_plateau(p) for p in flat], "ends": [_end(p) for p in ends]})
    elif latex:
        from solvable.results_latex import plateaus_latex

        write(plateaus_latex(flat, ends))
    else:
        write("\n".join([*(_plateau_text(p) for p in flat), *(_end_text(p) for p in ends)]))


def _place(found: "Plateau | PowerLawEnd") -> dict[str, Any]:
    phase = found.phase
    return {
        "resource": found.resource,
        "when": str(phase.region.window),
        "limited_by": sorted(phase.limits),
        "dominant": sorted(phase.dominant),
        "loss": law(phase, phase.loss),
    }


def _plateau(found: "Plateau") -> dict[str, Any]:
    phase = found.phase
    return {
        **_place(found),
        "onset": [border(phase, wall) for wall in found.onset],
        "approach": [
            {
                "relative": law(phase, a.relative),
                "from": "above" if a.falls else "below",
                "when": [border(phase, w) for w in a.when],
            }
            for a in found.approach
        ],
    }


def _end(found: "PowerLawEnd") -> dict[str, Any]:
    return {**_place(found), "ends": [border(found.phase, wall) for wall in found.ends]}


def _plateau_text(found: "Plateau") -> str:
    phase = found.phase
    onset = " and ".join(border_text(phase, wall) for wall in found.onset) or "everywhere in the phase"
    lines = [f"plateau in {found.resource}: {heading(phase)}   ({phase.region.window})", f"  from {onset}"]
    lines.append(f"    loss ~ {growth_text(phase, phase.loss)}")
    lines += [f"    {_approach_text(found, approach)}" for approach in found.approach]
    return "\n".join(lines) + "\n"


def _approach_text(found: "Plateau", approach: "Approach") -> str:
    phase = found.phase
    sign = "+" if approach.falls else "-"
    when = " and ".join(border_text(phase, wall) for wall in approach.when)
    return f"{sign} relative {growth_text(phase, approach.relative)}" + (f"   if {when}" if when else "")


def _end_text(found: "PowerLawEnd") -> str:
    phase = found.phase
    ends = " or ".join(border_text(phase, wall).replace("<<", "~").replace(">>", "~") for wall in found.ends)
    return (
        f"power law in {found.resource}: {heading(phase)}   ({phase.region.window})\n"
        f"    loss ~ {growth_text(phase, phase.loss)}\n    ends at {ends or 'no other scale'}\n"
    )
