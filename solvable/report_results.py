"""The results of the report: what `solvable phases`, `plateaus`, `optimum` and `limits` derive, as tables."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import sympy as sp

from solvable.document.blocks import Block, Column, Formula, Heading, Prose, Table
from theory.latex import equation, latex
from theory.law_latex import SYMBOLS, approach_latex, border_latex, law, loss_latex, window_latex

if TYPE_CHECKING:
    from theory.phases import Border, Phase
    from theory.plateaus import Plateau, PowerLawEnd

Tick = Callable[[str], None]
UNITS = r"Units: $1\ll N,T\ll M$, $C=\sigma_w=\sigma_u=\lambda_+=1$, $L$ without the teacher's $1/M$, $\gamma$ in units of $\sigma_u^2/M$."
ALPHAS = ("1/4", "1/2", "1", "2")


def result_blocks(tick: Tick = lambda text: None) -> Iterator[Block]:
    """All tables; a quarter of a minute."""
    tick("derive the phases")
    yield from phase_blocks()
    tick("derive the plateaus")
    yield from plateau_blocks()
    tick("derive the optimum")
    yield from optimum_blocks()
    tick("confirm the limits")
    yield from limit_blocks(tick)


def phase_blocks() -> Iterator[Block]:
    from theory.phases import phases

    yield Heading("Phases", 2, "result-phases")
    yield Prose(
        "In each phase one scale limits $\\kappa$ and one term dominates the loss; both are monomials, with exponents and "
        f"amplitudes derived by dominant balance. A border is where the laws of its two sides cross. {UNITS}"
    )
    columns = (
        Column("Limited by", 0.12), Column("Dominated by", 0.14), Column("Where", 0.32), Column(r"$\kappa\sim$", 0.2),
        Column(r"$L\sim$", 0.22),
    )  # fmt: skip
    cases = (
        (None, ("N", "T", "gamma"), r"every $\alpha$, no noise", ""),
        (sp.Rational(1, 2), ("N", "T", "gamma"), r"$\alpha=1/2$, no noise", ""),
        (sp.Rational(1, 2), ("N", "T", "noise"), r"$\alpha=1/2$, label noise, no ridge", " --scales N,T,noise"),
    )
    for alpha, scales, words, option in cases:
        rows = tuple(_phase_row(phase) for phase in phases(scales, alpha))
        given = "" if alpha is None else f" --alpha {alpha}"
        yield Table(0, f"Phases for {words}.", columns, rows, f"solvable phases{given}{option}")


def _phase_row(phase: "Phase") -> tuple[str, ...]:
    window = window_latex(phase.region.window)
    borders = [_maths(border_latex(phase, wall)) for wall in phase.borders]
    borders += [f"(for {_maths(window)})"] if "<" in window or ">" in window else []
    return (
        " and ".join(sorted(phase.limits)), " + ".join(sorted(phase.dominant)), "\n".join(borders) or "everywhere",
        _maths(latex(law(phase, phase.kappa))), _maths(loss_latex(phase)),
    )  # fmt: skip


def plateau_blocks() -> Iterator[Block]:
    from theory.plateaus import plateaus

    alpha = sp.Rational(1, 2)
    flat, ends = plateaus(("N", "T", "gamma"), alpha)
    command = f"solvable plateaus --alpha {alpha}"
    yield Heading("Plateaus", 2, "result-plateaus")
    yield Prose(
        "A resource that the loss of its phase does not contain has stopped helping: the loss is on a plateau, which it "
        f"approaches as the last column says. {UNITS}"
    )
    columns = (
        Column("In", 0.06), Column("Limited by", 0.12), Column("From", 0.27), Column(r"$L\sim$", 0.18),
        Column(r"$\delta L/L\sim$", 0.37),
    )  # fmt: skip
    yield Table(0, rf"Plateaus for $\alpha={alpha}$, no noise.", columns, tuple(map(_plateau_row, flat)), command)
    columns = (Column("In", 0.08), Column("Limited by", 0.16), Column(r"$L\sim$", 0.34), Column("Ends at", 0.42))
    yield Table(0, rf"Power laws and their ends for $\alpha={alpha}$, no noise.", columns, tuple(map(_end_row, ends)), command)


def _plateau_row(found: "Plateau") -> tuple[str, ...]:
    phase = found.phase
    approach = [
        _maths(approach_latex(phase, one))
        + (f" if {' and '.join(_maths(border_latex(phase, wall)) for wall in one.when)}" if one.when else "")
        for one in found.approach
    ]
    return (
        _resource(found.resource), " and ".join(sorted(phase.limits)),
        "\n".join(_maths(border_latex(phase, wall)) for wall in found.onset) or "everywhere",
        _maths(loss_latex(phase)), "\n".join(approach),
    )  # fmt: skip


def _end_row(found: "PowerLawEnd") -> tuple[str, ...]:
    phase = found.phase
    return (
        _resource(found.resource), " and ".join(sorted(phase.limits)), _maths(loss_latex(phase)),
        "\n".join(_maths(border_latex(phase, wall, r"\sim")) for wall in found.ends) or "no other scale",
    )  # fmt: skip


def _resource(name: str) -> str:
    return _maths(latex(SYMBOLS[name]))


def _maths(latex: str) -> str:
    return f"${latex}$"


def optimum_blocks() -> Iterator[Block]:
    from solvable.optimum_command import clean_split, closed_forms, noisy_split

    yield Heading("The optimal ridge and the optimal split", 2, "result-optimum")
    yield Prose(
        f"Closed forms without label noise; $D$ in the last ones is $D^*$. {UNITS} `solvable optimum` prints them."
    )
    heads = {"df1": "D^*", "gamma": r"\gamma^*", "loss": "L^*", "law": r"L_{\mathrm{law}}", "ratio": r"\left.L^*/L_{\mathrm{law}}\right|_{N=T}"}
    remarks = {"law": "The law that the paper states for the optimal loss.", "ratio": "What it is off by, at equal sizes."}
    for name, form in closed_forms().items():
        yield Formula(equation(sp.Eq(sp.Symbol(heads[name]), form, evaluate=False)), remarks.get(name, ""))
    yield Prose(
        "At a fixed product $NT$, and at a fixed sum $N+T$, equal sizes are optimal for every spectrum. A cost that weighs "
        "them otherwise moves the optimum by a constant factor without label noise, and by a power of the budget with it."
    )
    one, two = sp.Integer(1), sp.Integer(2)
    rows = []
    for text in ALPHAS:
        alpha = sp.Rational(text)
        clean, noisy = clean_split(alpha, one, two), noisy_split(alpha, one, one)
        rows.append((f"${text}$", f"{clean['value']:.6f}", *(f"${_power(noisy[key])}$" for key in ("N", "T", "T_of_N", "loss"))))
    columns = (
        Column(r"$\alpha$", 0.1), Column(r"$N/T$ at fixed $NT^2$, no noise", 0.3, True), Column("$N$", 0.15), Column("$T$", 0.15),
        Column("$T$ of $N$", 0.15), Column("$L$", 0.15),
    )  # fmt: skip
    yield Table(
        0,
        "The optimal split: for the cost $NT^2$ without noise, and in the columns to the right for the cost $NT=C$ with "
        "label noise of order one. Second command for the latter.",
        columns, tuple(rows), "solvable optimum --alpha A --cost 1,2; solvable optimum --alpha A --cost 1,1",
    )  # fmt: skip


def _power(text: str) -> str:
    """C^(2/5) in LaTeX."""
    return text.replace("(", "{").replace(")", "}")


def limit_blocks(tick: Tick) -> Iterator[Block]:
    from numerics.limit_ladder import confirm
    from solvable.limits_command import confirming_model
    from solvable.limits_latex import LEGEND, limit_equation, words
    from theory.limits import limits

    model = confirming_model()
    yield Heading("Limits", 2, "result-limits")
    yield Prose(
        f"{LEGEND.strip()} Each limit is confirmed on a ladder of ever smaller parameters at a model with $\\alpha=1$ and "
        "sizes 20, 50 and 200, in the order that the limit needs; the digits are those to which the ladder confirms the "
        "coefficient of the approach. `solvable limits`"
    )
    approach = None
    for limit in limits():
        if limit.approach is not approach:
            approach = limit.approach
            yield Heading(words(approach.title), 3)
        tick(f"confirm the limits: {limit.name}")
        found = confirm(limit, model)
        rate = "" if found.measured_rate is None else f"measured rate {found.measured_rate:.6f}, "
        yield Formula(limit_equation(limit), f"{rate}{found.digits} digits: {found.verdict}.")
