"""`solvable limits`: the analytic limits, each confirmed on a ladder of small parameters."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvable import options as opt
from solvable.output import json_value, print_json, progress, write

if TYPE_CHECKING:
    from numerics.limit_ladder import Confirmation
    from theory.limit import Limit
    from theory.model import Model

ALPHAS, LARGEST = ("1/10", "10"), 10**6
LEGEND = """\
kappa_0: kappa in the limit. D = sum p, S[j,k] = sum p^j (1-p)^k, V[j,k] = sum v p^j (1-p)^k at kappa_0, with
p = lambda/(lambda+kappa); S[1,1] = D - q. Sums over M modes (infinitely many for M -> infinity), v = E[w^2] lambda.
delta: right side of the planar equation in the limit, kappa (T-D) = delta for N -> infinity, kappa (N-D) = delta for
T -> infinity, kappa (N-D)(T-D) = delta for M -> infinity. deviation: of (quantity - value)/(coefficient small^rate)
from 1 on the last rung of the ladder; the verdict asks that it falls as the derivation promises.
"""


def limits(
    alpha: Annotated[str, typer.Option("--alpha", metavar="A", help="exponent of the spectrum, 1/10 to 10")] = "1",
    M: Annotated[str, typer.Option("-M", metavar="M", help="one size of the model, an integer to 10^6")] = "200",
    N: Annotated[str, typer.Option("-N", metavar="N", help="another size")] = "20",
    T: Annotated[str, typer.Option("-T", metavar="T", help="a third size")] = "50",
    as_json: opt.Json = False,
    latex: opt.Latex = False,
) -> int:
    """Derive the limits of the planar solution, with the rate of approach, and confirm each on a ladder.

    gamma to 0 and infinity, N and T to infinity, N to T, M to infinity, min(N,T) to M, noise to 0, in
    every order of the sizes: quantity = value + coefficient small^rate. The formulas hold for any
    spectrum and teacher, those for M to infinity for the power law. They are confirmed at a power law
    with the isotropic teacher; a limit takes the three sizes in the order that it needs, and gamma = 1/M
    where it keeps the ridge. Exit code 1 if any does not pass; unknown is no pass. This takes a quarter
    of a minute, at sizes of 10^5 and more some minutes.

    Example: solvable limits --alpha 1/2
    """
    opt.one_form(latex, as_json)
    model = confirming_model(alpha, M, N, T)
    from numerics.limit_ladder import confirm
    from solvable.limits_latex import confirmations_latex
    from theory.limits import limits as derived

    found = [confirm(limit, model) for limit in progress(derived(), len(derived()), "limits")]
    if as_json:
        print_json({"limits": [_record(confirmation) for confirmation in found]})
    else:
        write(confirmations_latex(found) if latex else _text(found, model))
    return 0 if all(confirmation.verdict == "pass" for confirmation in found) else 1


def confirming_model(alpha: str = "1", M: str = "200", N: str = "20", T: str = "50") -> "Model":
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
    from theory.limit import PositiveFirstText

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


def _text(rows: list["Confirmation"], model: "Model") -> str:
    from solvable.tables import cell
    from theory.limit import PositiveFirstText

    lines, approach = [f"Confirmed at {model}; a limit orders the sizes as it needs them.", "", LEGEND], None
    for found in rows:
        limit = found.limit
        if limit.approach is not approach:
            approach = limit.approach
            lines.append(f"\n{approach.title}")
        parts, power = _formulas(limit), PositiveFirstText().doprint(approach.small**limit.rate)
        value = "" if parts["value"] in ("0", "inf") else f"{parts['value']} + "
        numbers = f"{cell(found.measured_rate, 8)}, deviation {cell(found.deviation, 2)}, {found.digits} digits"
        lines.append(f"  {found.verdict:8}{limit.quantity}: rate {parts['rate']}, measured {numbers}")
        lines.append(f"          = {value}({parts['coefficient']}) ({power})")
    passed = sum(found.verdict == "pass" for found in rows)
    return "\n".join([*lines, f"\n{passed} of {len(rows)} limits pass"]) + "\n"
