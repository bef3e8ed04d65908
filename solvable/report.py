"""The report: one HTML page that loads nothing from elsewhere, with figures, formulas and checks."""

import html
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from numerics.plots import plain_label
from solvable.checks import Check
from solvable.document.mathematics import Formulas
from solvable.document.page import Text
from solvable.document.style import STYLE
from solvable.symbols import SYMBOLS

STAGES = {
    "derive": ("Derivation", "Each formula is derived from the model's definition and checked by a route of its own."),
    "evaluate": ("Evaluation", "Double precision against multiprecision at random models; the promise is 1e-12."),
    "read": ("The paper's figures", "Numbers read off the drawn lines against the form that the paper draws."),
    "simulate": (
        "Simulation",
        "Random features and samples drawn; teacher, noise and test point averaged exactly. z refers to the value "
        "extrapolated in 1/N from two sizes. Points at the pole, or with fewer than 20 features or samples, are "
        "drawn and not judged.",
    ),
    "data": (
        "Real data",
        "Ridge regression on random ReLU features of natural-image patches, against the planar prediction from the "
        "features' measured spectrum.",
    ),
}


@dataclass(frozen=True)
class Picture:
    """A figure in the report's folder: name without suffix, and its caption."""

    name: str
    caption: str


def write_report(
    folder: Path, verdict: str, checks: Sequence[Check], pictures: Sequence[Picture], seconds: float
) -> Path:
    """Write index.html and checks.json beside the figures; returns the page's path."""
    document = {"verdict": verdict, "checks": [check.as_json() for check in checks]}
    (folder / "checks.json").write_text(json.dumps(document, indent=1, allow_nan=False), encoding="utf-8")
    page = folder / "index.html"
    page.write_text(_page(verdict, checks, pictures, seconds), encoding="utf-8")
    return page


def _page(verdict: str, checks: Sequence[Check], pictures: Sequence[Picture], seconds: float) -> str:
    judged = [check for check in checks if check.verdict != "drawn"]
    failed = [check for check in judged if check.verdict != "pass"]
    summary = f"Verdict: <strong>{verdict}</strong>. {len(judged)} checks, {len(failed)} not passed, {seconds:.0f} s."
    formulas = Formulas()
    shown = _formulas(formulas)
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width, initial-scale=1'>",
        f"<title>solvable: {verdict}</title><style>{STYLE}</style></head><body>",
        formulas.sheet(),
        "<h1>A solvable model of neural scaling laws: derived, evaluated, simulated</h1>",
        f"<p class='verdict {verdict}'>{summary}</p>",
    ]
    if failed:
        parts += ["<h2>Not passed</h2>", _table(failed)]
    parts += ["<h2>Figures</h2>", *(_picture(picture) for picture in pictures)]
    parts += ["<h2>Formulas</h2>", *shown]
    for stage, (title, prose) in STAGES.items():
        rows = [check for check in checks if check.stage == stage]
        if rows:
            parts += [f"<h2>{title}</h2><p class='small'>{prose}</p>", _table(rows)]
    parts.append("<p class='small'>Written by <code>solvable verify</code>; the numbers are in checks.json.</p>")
    return "\n".join([*parts, "</body></html>"])


def _formulas(formulas: Formulas) -> list[str]:
    """The symbols, and the formulas that the checks rest on."""
    from derivations import all_claims
    from theory.display import equation

    text = Text(formulas)
    shown = ("planar-equation", "test-loss", "training-loss", "bias", "feature-variance", "sample-variance", "duality")
    claims = {claim.name: claim for claim in all_claims()}
    blocks = [f"<div class='small'>{text.blocks(f'{SYMBOLS} One output ($C=1$).')}</div>"]
    for name in shown:
        claim = claims[name]
        blocks.append(
            f"<h3>{text.words(claim.title)}</h3><p class='small'>{text.words(claim.prose)}</p>"
            f"{formulas.display(equation(claim.formula()))}"
        )
    return blocks


def _picture(picture: Picture) -> str:
    caption = html.escape(picture.caption)
    return (
        f"<figure><img src='{picture.name}.png' alt='{caption}'><figcaption>{caption} "
        f"(<a href='{picture.name}.pdf'>PDF</a>)</figcaption></figure>"
    )


def _table(checks: Sequence[Check]) -> str:
    columns = ("theory", "value", "error", "z")
    shown = [c for c in columns if any(isinstance(getattr(check, c), float) for check in checks)]
    head = "<th>check</th>" + "".join(f"<th class='n'>{c}</th>" for c in shown) + "<th>verdict</th><th>note</th>"
    rows = []
    for check in checks:
        cells = "".join(f"<td class='n'>{_number(getattr(check, c))}</td>" for c in shown)
        name, note = html.escape(plain_label(check.name)), html.escape(check.note)
        rows.append(f"<tr><td>{name}</td>{cells}<td class='{check.verdict}'>{check.verdict}</td><td>{note}</td></tr>")
    return f"<div class='scroll'><table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"


def _number(value: float | str | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return html.escape(value)
    if value == 0 or not math.isfinite(value):
        return str(value)
    return f"{value:.4g}" if 1e-3 <= abs(value) < 1e5 else f"{value:.3e}"
