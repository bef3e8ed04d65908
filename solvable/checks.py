"""The checks of the verdict: each compares a theory value with one from elsewhere."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Check:
    """One row of the verdict. z is null where the error is no standard error."""

    name: str
    theory: float | str | None
    value: float | str | None
    error: float | None
    z: float | None
    verdict: str
    stage: str
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The fields; infinities (the loss at a pole) as text, as JSON has none."""
        from solvable.output import json_value

        return {name: json_value(value) if isinstance(value, float) else value for name, value in asdict(self).items()}


def derivation_checks(tick: Progress) -> Iterator[Check]:
    """Every claim by its own check."""
    from derivations import all_claims

    for claim in all_claims():
        tick(f"derive: {claim.title}")
        evidence = claim.evidence()
        value = f"{evidence.digits} digits" if evidence.digits else "exact"
        yield Check(
            claim.name, str(claim.formula().rhs)[:200], value, None, None, evidence.verdict, "derive",
            evidence.described(),
        )  # fmt: skip


def evaluation_checks(tick: Progress, points: int, seed: int = 0) -> Iterator[Check]:
    """Double precision against multiprecision at random models; 1e-12 is the promise."""
    from numerics.evaluate import evaluate
    from theory.model import Model

    rng = np.random.default_rng(seed)
    for index in range(points):
        tick(f"evaluate: random model {index + 1} of {points}")
        sizes = {name: int(10 ** rng.uniform(0, 15)) for name in ("M", "N", "T")}
        if index % 4 == 3:
            sizes["T"] = sizes["N"]
        gamma = ["1e-300", f"{10 ** rng.uniform(-12, 6):.6g}", "1"][index % 3]
        alpha = f"{10 ** rng.uniform(-1.5, 1):.4g}"
        model = Model.power_law(alpha, **sizes, gamma=gamma, noise="1e-6")
        fast, exact = evaluate(model).loss, evaluate(model, digits=20).loss
        error = float(abs(fast / exact - 1))
        where = ", ".join(f"{k} = {v:.3g}" for k, v in sizes.items())
        yield Check(
            f"float64-{index + 1}", float(exact), float(fast), error, None,
            "pass" if error <= 1e-12 else "fail", "evaluate", f"alpha = {alpha}, {where}, gamma = {gamma}",
        )  # fmt: skip


def reading_checks() -> Iterator[Check]:
    """The paper's continuum form against the numbers read off its figures."""
    from numerics.mrs import FIGURES, READING

    for figure in FIGURES:
        for curve in figure.curves:
            for form, read in (("drawn", curve.read), ("exact", curve.read_exact)):
                for x, value in read:
                    loss = curve.drawn_loss if form == "drawn" else curve.exact_loss
                    theory = float(loss(np.array([x]))[0])
                    off = abs(math.log10(theory / value))
                    yield Check(
                        f"{figure.name}, {curve.label} at {x}", theory, value, value * (10**READING - 1), None,
                        "pass" if off <= READING else "fail", "read",
                        f"{form} form; off by {off:.4f} of {READING} decades",
                    )  # fmt: skip


def verdict_of(checks: Iterable[Check]) -> str:
    """pass only if there are checks and every one that is judged passes; unknown is no pass."""
    verdicts = [check.verdict for check in checks if check.verdict != "drawn"]
    if not verdicts or "fail" in verdicts:
        return "fail"
    return "pass" if set(verdicts) == {"pass"} else "unknown"
