"""The report: one HTML page that loads nothing from elsewhere, with figures, formulas and checks."""

import html
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from numerics.plots import plain_label
from solvable.checks import Check

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
STYLE = """
body { font: 16px/1.5 Georgia, 'Times New Roman', serif; color: #222; }
body { max-width: 58rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; line-height: 1.2; }
h2 { font-size: 1.25rem; margin-top: 2.2rem; border-bottom: 1px solid #ccc; }
h3 { font-size: 1.05rem; margin-bottom: .2rem; }
.verdict { padding: .6rem 1rem; border-left: 6px solid; background: #f6f6f6; font-size: 1.1rem; }
.verdict.pass { border-color: #009E73; }
.verdict.fail { border-color: #D55E00; }
.verdict.unknown { border-color: #E69F00; }
td.pass { color: #00724f; } td.fail { color: #b04a00; font-weight: bold; } td.unknown, td.drawn { color: #666; }
table { border-collapse: collapse; font-size: .85rem; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .2rem .6rem; border-bottom: 1px solid #e3e3e3; vertical-align: top; }
td.n, th.n { text-align: right; white-space: nowrap; }
figure { margin: 1rem 0; } figure img { width: 100%; height: auto; } figcaption { font-size: .9rem; color: #444; }
.formula { overflow-x: auto; padding: .3rem 0; } .formula svg { max-width: 100%; height: auto; }
.inline svg { height: auto; vertical-align: -0.4em; margin: 0 -0.15em; }
.scroll { overflow-x: auto; } .small { font-size: .9rem; color: #444; }
"""


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
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width, initial-scale=1'>",
        f"<title>solvable: {verdict}</title><style>{STYLE}</style></head><body>",
        "<h1>A solvable model of neural scaling laws: derived, evaluated, simulated</h1>",
        f"<p class='verdict {verdict}'>{summary}</p>",
    ]
    if failed:
        parts += ["<h2>Not passed</h2>", _table(failed)]
    parts += ["<h2>Figures</h2>", *(_picture(picture) for picture in pictures)]
    parts += ["<h2>Formulas</h2>", _symbols(), *_formulas()]
    for stage, (title, prose) in STAGES.items():
        rows = [check for check in checks if check.stage == stage]
        if rows:
            parts += [f"<h2>{title}</h2><p class='small'>{prose}</p>", _table(rows)]
    parts.append("<p class='small'>Written by <code>solvable verify</code>; the numbers are in checks.json.</p>")
    return "\n".join([*parts, "</body></html>"])


def _symbols() -> str:
    return (
        "<p class='small'>D and q are the degrees of freedom df1 and df2 at the renormalised ridge κ: D = Σ λ/(λ+κ), "
        "q = Σ λ²/(λ+κ)². V<sub>j,k</sub> = Σ v λ<sup>j</sup>κ<sup>k</sup>/(λ+κ)<sup>j+k</sup> weighs them with the "
        "teacher's power v. One output (C = 1).</p>"
    )


def _formulas() -> list[str]:
    from derivations import all_claims
    from numerics.plots import formula_svg
    from theory.display import equation

    shown = ("planar-equation", "test-loss", "training-loss", "bias", "feature-variance", "sample-variance", "duality")
    claims = {claim.name: claim for claim in all_claims()}
    blocks = []
    for name in shown:
        claim = claims[name]
        latex = equation(claim.formula())
        blocks.append(
            f"<h3>{html.escape(claim.title)}</h3><p class='small'>{_prose(claim.prose)}</p>"
            f"<div class='formula' role='img' aria-label='{html.escape(latex, quote=True)}'>{formula_svg(latex)}</div>"
        )
    return blocks


def _prose(text: str) -> str:
    """Text with $mathematics$ set between its words."""
    from numerics.plots import formula_svg

    pieces = text.split("$")
    return "".join(
        f"<span class='inline'>{formula_svg(piece, size=10.5, display=False)}</span>"
        if index % 2
        else html.escape(piece)
        for index, piece in enumerate(pieces)
    )


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
