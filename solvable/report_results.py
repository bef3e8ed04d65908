"""The results of the report: what `solvable phases`, `plateaus`, `optimum` and `limits` derive, as blocks."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import sympy as sp

from solvable.document.blocks import Block, Column, Formula, Heading, Prose, Table
from theory.display import equation
from theory.latex import latex
from theory.law_latex import SYMBOLS, approach_latex, border_latex, kappa_latex, loss_latex, window_latex

if TYPE_CHECKING:
    from theory.phases import Phase
    from theory.plateaus import Plateau, PowerLawEnd

Tick = Callable[[str], None]
SCALES = ("N", "T", "gamma")
HALF = sp.Rational(1, 2)
ALPHAS = ("1/4", "1/2", "1", "2")  # of the optimal split
UNITS = (
    r"Units: $C=\sigma_w=\sigma_u=\lambda_+=1$, $L$ without the teacher's $1/M$, $\gamma$ in units of $\sigma_u^2/M$; "
    r"$1\ll N,T\ll M$."
)


def result_blocks(tick: Tick = lambda text: None) -> Iterator[Block]:
    """All of them; half a minute. `tick` is told what is being done."""
    tick("derive the phases")
    yield from phase_blocks()
    tick("derive the plateaus")
    yield from plateau_blocks()
    tick("derive the optimum")
    yield from optimum_blocks()
    yield from limit_blocks(tick)


def phase_blocks() -> Iterator[Block]:
    from theory.phases import phases

    yield Heading("Phases", 2, "result-phases")
    yield Prose(
        r"In each phase one scale limits $\kappa$ and one term dominates the loss; both are monomials, with exponents "
        rf"and amplitudes derived by dominant balance. A border is where the laws of its two sides cross. {UNITS}"
    )
    noisy = ("N", "T", "noise")
    for alpha, scales, words, command in (
        (None, SCALES, r"every $\alpha$, no noise", "solvable phases"),
        (HALF, SCALES, r"$\alpha=1/2$, no noise", "solvable phases --alpha 1/2"),
        (HALF, noisy, r"$\alpha=1/2$, label noise, no ridge", "solvable phases --alpha 1/2 --scales N,T,noise"),
    ):
        where, kappa, loss = (0.21, 0.17, 0.36) if alpha is None else (0.3, 0.2, 0.24)
        columns = (
            Column("Limited by", 0.12), Column("Dominated by", 0.14), Column("Where", where),
            Column(r"$\kappa\sim$", kappa), Column(r"$L\sim$", loss),
        )  # fmt: skip
        rows = tuple(map(_phase_row, phases(scales, alpha)))
        yield Table(0, f"Phases for {words}.", columns, rows, command)


def _phase_row(phase: "Phase") -> tuple[str, ...]:
    window = window_latex(phase.region.window)
    borders = [border_latex(phase, wall) for wall in phase.borders]
    borders += [window] if "<" in window else []
    return (
        " and ".join(sorted(phase.limits)), " + ".join(sorted(phase.dominant)), _stacked(borders) or "everywhere",
        f"${kappa_latex(phase)}$", f"${loss_latex(phase)}$",
    )  # fmt: skip


def plateau_blocks() -> Iterator[Block]:
    from theory.plateaus import plateaus

    flat, ends = plateaus(SCALES, HALF)
    command = "solvable plateaus --alpha 1/2"
    yield Heading("Plateaus", 2, "result-plateaus")
    yield Prose(
        "A resource that the loss of its phase does not contain has stopped helping: the loss is on a plateau, which "
        f"it approaches as the last column says. {UNITS}"
    )
    columns = (
        Column("In", 0.05), Column("Limited by", 0.12), Column("From", 0.24), Column(r"$L\sim$", 0.19),
        Column(r"$L/L_\infty-1\sim$", 0.4),
    )  # fmt: skip
    rows = tuple(map(_plateau_row, flat))
    yield Table(0, r"Plateaus for $\alpha=1/2$, no noise.", columns, rows, command)
    heads = (Column("In", 0.08), Column("Limited by", 0.16), Column(r"$L\sim$", 0.34), Column("Ends at", 0.42))
    rows = tuple(map(_end_row, ends))
    yield Table(0, r"Power laws and their ends for $\alpha=1/2$, no noise.", heads, rows, command)


def _plateau_row(found: "Plateau") -> tuple[str, ...]:
    phase = found.phase
    approach = []
    for one in found.approach:
        when = " and ".join(f"${border_latex(phase, wall)}$" for wall in one.when)
        approach.append(f"${approach_latex(phase, one)}$" + (f" for {when}" if when else ""))
    return (
        f"${latex(SYMBOLS[found.resource])}$", " and ".join(sorted(phase.limits)),
        _stacked([border_latex(phase, wall) for wall in found.onset]) or "everywhere",
        f"${loss_latex(phase)}$", "\n".join(approach),
    )  # fmt: skip


def _end_row(found: "PowerLawEnd") -> tuple[str, ...]:
    phase = found.phase
    return (
        f"${latex(SYMBOLS[found.resource])}$", " and ".join(sorted(phase.limits)), f"${loss_latex(phase)}$",
        _stacked([border_latex(phase, wall, r"\sim") for wall in found.ends]) or "no other scale",
    )  # fmt: skip


def _stacked(lines: list[str]) -> str:
    return "\n".join(f"${line}$" for line in lines)


def optimum_blocks() -> Iterator[Block]:
    from solvable.optimum_command import clean_split, closed_forms, noisy_split
    from solvable.results_latex import OPTIMUM

    yield Heading("The optimal ridge and the optimal split", 2, "result-optimum")
    yield Prose(
        rf"Closed forms without label noise, as `solvable optimum` derives them; $D$ is that of the optimum. {UNITS}"
    )
    remarks = {"law": "The law that the paper states for the optimal loss.", "ratio": "The two, at equal sizes."}
    for name, form in closed_forms().items():
        yield Formula(equation(sp.Eq(sp.Symbol(OPTIMUM[name]), form, evaluate=False)), remarks.get(name, ""))
    yield Prose(
        "At a fixed product $NT$, and at a fixed sum $N+T$, equal sizes are optimal for every spectrum. A cost that "
        "weighs them otherwise moves the optimum by a constant factor; label noise moves it by a power of the budget."
    )
    one, two = sp.Integer(1), sp.Integer(2)
    rows = []
    for text in ALPHAS:
        clean, noisy = clean_split(sp.Rational(text), one, two), noisy_split(sp.Rational(text), one, one)
        powers = (f"${noisy[key].replace('(', '{').replace(')', '}')}$" for key in ("N", "T", "T_of_N", "loss"))
        rows.append((f"${text}$", f"{clean['value']:.6f}", "", *powers))
    columns = (
        Column(r"$\alpha$", 0.1), Column("$N/T$", 0.2, True), Column("", 0.1),
        Column(r"$N\sim$", 0.15), Column(r"$T\sim$", 0.15), Column(r"$T\sim$", 0.15), Column(r"$L\sim$", 0.15),
    )  # fmt: skip
    caption = (
        "The optimal split at fixed $NT^2$ without noise, and, to the right, at fixed $C=NT$ with label noise of order "
        "one (there `--cost 1,1`)."
    )
    yield Table(0, caption, columns, tuple(rows), "solvable optimum --alpha A --cost 1,2")


def limit_blocks(tick: Tick) -> Iterator[Block]:
    from numerics.limit_ladder import confirm
    from solvable.limits_command import confirming_model
    from solvable.limits_latex import LEGEND, limit_equation, words
    from theory.limits import limits

    model = confirming_model()
    yield Heading("Limits", 2, "result-limits")
    yield Prose(
        rf"{LEGEND.strip()} Each limit is confirmed on a ladder of ever smaller parameters at a model with $\alpha=1$ "
        "and sizes 20, 50 and 200, in the order that the limit needs; the digits are those to which the ladder "
        "confirms the coefficient of the approach. `solvable limits`"
    )
    approach = None
    for limit in limits():
        if limit.approach is not approach:
            approach = limit.approach
            yield Heading(words(approach.title), 3)
        tick(f"confirm the limits: {limit.name}")
        found = confirm(limit, model)
        rate = "" if found.measured_rate is None else f"measured rate ${found.measured_rate:.6f}$, "
        yield Formula(limit_equation(limit), f"{rate}{found.digits} digits: {found.verdict}.")
