"""`solvable optimum`: the optimal ridge in closed form, the optimal split of a budget, and both in numbers."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from solvable import options as opt
from solvable import values
from solvable.output import print_json, write
from solvable.phases_command import Alpha, read_alpha

if TYPE_CHECKING:
    import sympy as sp

Cost = Annotated[
    str, typer.Option("--cost", metavar="a,b", help="the budget is N^a T^b; needs a number for alpha unless a = b")
]
Digits = Annotated[str, typer.Option("--digits", metavar="D", help="digits of the numbers, 1 to 10000")]
EQUAL_COST = "1,1"
EQUAL = (
    "At fixed kappa 1/L is proportional to 1 - [q (N + T - 2 D) + D^2]/(N T), whatever the spectrum; "
    "so N = T is the minimum at fixed N T and at fixed N + T, for every alpha > 0."
)


def optimum(
    alpha: Alpha = values.SYMBOLIC,
    cost: Cost = EQUAL_COST,
    latent: Annotated[
        str | None, typer.Option("-M", metavar="M", help="for the optimum in numbers: as in evaluate")
    ] = None,
    features: Annotated[str | None, typer.Option("-N", metavar="N", help="for the optimum in numbers")] = None,
    samples: Annotated[str | None, typer.Option("-T", metavar="T", help="for the optimum in numbers")] = None,
    noise: opt.Noise = "0",
    digits: Digits = "50",
    latex: opt.Latex = False,
    as_json: opt.Json = False,
) -> None:
    """Derive the optimal ridge, its loss, and the optimal split of a budget between N and T.

    Closed forms hold for 1 << N, T << M without label noise, in the units of `solvable exponents`. With a
    number for alpha also the split for the cost N^a T^b, without noise (constant shares) and with label
    noise of order one (powers of the budget). With -M, -N and -T also the exact optimum of the finite
    model, to --digits digits, in the units of `solvable evaluate`.

    JSON: {"closed_form": {df1, gamma, loss, law, ratio}, "equal_split": ..., "split": ..., "noisy_split": ...,
    "finite": {gamma, loss, kappa, df1, digits}}; parts that were not asked for are null.

    Example: solvable optimum --alpha 1/2 --cost 1,2 -M 6000 -N 100 -T 400
    """
    opt.one_form(latex, as_json, **{"-M": latent, "-N": features, "-T": samples, "--cost": cost != EQUAL_COST})
    value = read_alpha(alpha)
    a, b = _cost(cost)
    finite = _finite(alpha, value, latent, features, samples, noise, digits)
    closed = _closed(value)
    split = None if value is None else clean_split(value, a, b)
    noisy = None if value is None else noisy_split(value, a, b)
    if as_json:
        forms = {name: str(form) for name, form in closed.items()}
        print_json({"closed_form": forms, "equal_split": EQUAL, "split": split, "noisy_split": noisy, "finite": finite})
    elif latex:
        from solvable.results_latex import optimum_latex

        write(optimum_latex(closed_forms(value)))
    else:
        write(_text(closed_forms(value), split, noisy, finite, cost))


def _cost(cost: str) -> "tuple[sp.Rational, sp.Rational]":
    import sympy as sp

    from solvable.values import one_real
    from theory.errors import InvalidInput

    parts = cost.split(",")
    allowed = "two numbers > 0 such as 1,1: the budget is N^a T^b"
    if len(parts) != 2:
        raise InvalidInput("--cost", cost, allowed)
    numbers = [one_real("--cost", part.strip(), allowed, 0, 100) for part in parts]
    if not all(numbers):
        raise InvalidInput("--cost", cost, allowed)
    a, b = (sp.Rational(number.numerator, number.denominator) for number in numbers)
    return a, b


def _closed(alpha: "sp.Rational | None") -> "dict[str, sp.Expr]":
    import sympy as sp

    from theory import optimum as theory
    from theory.continuum import ALPHA

    forms = {
        "df1": theory.optimal_df1(),
        "gamma": theory.optimal_ridge(),
        "loss": theory.optimal_loss(),
        "law": theory.paper_law(),
        "ratio": theory.ratio_to_law(),
    }
    if alpha is None:
        return forms

    def is_root(part: sp.Expr) -> bool:
        return part.is_Pow and part.exp == sp.S.Half and part.base.is_Add

    def tidy(form: sp.Expr) -> sp.Expr:  # sp.simplify takes minutes where alpha has many digits
        fraction = sp.together(form.subs(ALPHA, alpha).replace(is_root, sp.factor))
        return sp.factor_terms(sp.powsimp(sp.factor_terms(fraction)), clear=True)

    return {name: tidy(form) for name, form in forms.items()}


def closed_forms(alpha: "sp.Rational | None" = None) -> "dict[str, sp.Expr]":
    """D*, gamma* and L* in terms of it, the paper's law and the ratio to it; for every alpha, or one."""
    import sympy as sp

    from theory import optimum as theory
    from theory.continuum import ALPHA

    at = {} if alpha is None else {ALPHA: alpha}
    loss = theory.continuum_loss()
    if alpha is not None:
        loss = _positive_at_zero(sp.powsimp(loss.subs(at)), theory.DF1)
    return _closed(alpha) | {"gamma": theory.ridge_law().subs(at), "loss": loss}


def _positive_at_zero(quotient: "sp.Expr", symbol: "sp.Symbol") -> "sp.Expr":
    """With the sum in the denominator written so that it is positive where the symbol is zero."""
    import sympy as sp

    numerator, denominator = sp.fraction(quotient)
    total = sp.S.One
    for factor in sp.Mul.make_args(sp.factor(denominator)):
        wrong = factor.is_Add and factor.subs(symbol, 0).could_extract_minus_sign()
        total = total * (-factor if wrong else factor)
        numerator = -numerator if wrong else numerator
    return numerator / total


def clean_split(alpha: "sp.Rational", a: "sp.Rational", b: "sp.Rational") -> dict[str, Any]:
    import sympy as sp

    from theory.optimum import optimal_split

    by_n, by_t = optimal_split(alpha, a, b)
    ratio = sp.radsimp(by_t / by_n)
    return {
        "cost": f"N^{a} T^{b}", "df1_over_N": str(by_n), "df1_over_T": str(by_t),
        "N_over_T": str(ratio), "value": float(ratio),
    }  # fmt: skip


def noisy_split(alpha: "sp.Rational", a: "sp.Rational", b: "sp.Rational") -> dict[str, str]:
    from theory.budget import best_split
    from theory.path import Power

    best = best_split(alpha, a, b, Power(0))
    return {
        "cost": f"N^{a} T^{b} = C", "N": f"C^({best.features})", "T": f"C^({best.samples})", "loss": f"C^({best.loss})",
        "T_of_N": f"N^({best.samples / best.features})",
    }  # fmt: skip


def _finite(
    alpha: str, value: Any, latent: str | None, features: str | None, samples: str | None, noise: str, digits: str
) -> dict[str, Any] | None:
    from solvable.decimals import significant
    from solvable.values import levels, one_size
    from theory.errors import InvalidInput
    from theory.exact import to_fraction

    sizes = {"-M": latent, "-N": features, "-T": samples}
    if all(size is None for size in sizes.values()):
        return None
    for option, size in sizes.items():
        if size is None:
            raise InvalidInput(option, "nothing", "a positive integer, as -M, -N and -T go together")
    if value is None:
        raise InvalidInput("--alpha", alpha, "a number > 0 together with -M, -N and -T")
    count = one_size("--digits", digits, 10_000)
    level, *more = levels("--noise", noise)
    if more:
        raise InvalidInput("--noise", noise, "a single number >= 0")
    from numerics.evaluate import evaluate
    from numerics.optimum import optimal_ridge
    from theory.model import Model
    from theory.spectrum import PowerLaw

    m, n, t = (one_size(option, str(size)) for option, size in sizes.items())
    model = Model(PowerLaw(to_fraction("--alpha", value), m), N=n, T=t, noise=level)
    ridge = optimal_ridge(model, count + 5)
    found = evaluate(model.with_(gamma=ridge), digits=count)
    return {
        "gamma": significant(ridge, count), "loss": significant(found.loss, count),
        "kappa": significant(found.kappa, count), "df1": significant(found.df1, count), "digits": count,
    }  # fmt: skip


def _text(closed: "dict[str, sp.Expr]", split: Any, noisy: Any, finite: dict[str, Any] | None, cost: str) -> str:
    from theory.limit import PositiveFirstText

    text = PositiveFirstText().doprint
    lines = ["Optimal ridge for 1 << N, T << M, no label noise (v_I = I^-(1+alpha), gamma in units of sigma_u^2/M)"]
    names = {"df1": "D*", "gamma": "gamma*", "loss": "L*", "law": "paper's law", "ratio": "L*/law at N = T"}
    lines[0] += "; D is D*"
    lines += [f"  {names[name]} = {text(form)}" for name, form in closed.items()]
    lines += ["", "Equal split", f"  {EQUAL}"]
    if split is not None:
        lines += [
            "",
            f"Split at fixed {split['cost']}, no noise",
            f"  N/T = {split['N_over_T']}" + ("" if "sqrt" not in split["N_over_T"] else f" = {split['value']:.6g}"),
        ]
        lines.append(f"  D*/N = {split['df1_over_N']}, D*/T = {split['df1_over_T']}")
    if noisy is not None:
        lines += ["", f"Split at fixed {noisy['cost']}, label noise of order one"]
        lines.append(f"  N = {noisy['N']}, T = {noisy['T']} = {noisy['T_of_N']}, loss ~ {noisy['loss']}")
    if finite is not None:
        lines += ["", f"The finite model, {finite['digits']} digits"]
        lines += [f"  {name} = {finite[name]}" for name in ("gamma", "loss", "kappa", "df1")]
    return "\n".join(lines) + "\n"
