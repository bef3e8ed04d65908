r"""What is printed as LaTeX compiles under pdflatex with amsmath and booktabs alone, no line too long, and under KaTeX.

Both programs are asked, where they are installed; elsewhere the tests say what is missing.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from derivations import all_claims
from derivations.render import claim_latex, evidence_latex
from solvable.cli import main
from theory.claim import Evidence

KATEX = Path(__file__).parent.parent / "katex"
LIMIT = 300  # seconds; bounds a hang
OVERFULL = 0.5  # points over the line that nobody sees; TeX reports all
LONG = "1." + "37" * 40
RESULTS = {
    "phases": "latex phases",
    "phases of all scales": "phases --alpha 1/2 --scales N,T,gamma,M,noise --latex",
    "phases at the edge": "phases --alpha alpha --scales N,E,gamma,noise --latex",
    "plateaus": "latex plateaus",
    "optimum": "latex optimum",
    "optimum at 1/2": "optimum --alpha 1/2 --latex",
    "limits": "latex limits",
    "exponents": "exponents --alpha alpha --path N=n,T=n^2,gamma=n^-1/2,noise=n^-1 --latex",
    "exponents at a tie": "exponents --alpha alpha --path N=n,T=n,M=n,noise=1,gamma=1 --latex",
    "exponents with coefficients": "exponents --alpha alpha --path N=3*n,T=2*n,M=5*n,noise=1 --latex",
    "table": "evaluate --alpha 1/2,1 -M 1e9 -N 100,400 -T 1:500:4 --gamma 0,1e-3 --noise 1e-7 --latex",
    "decimals": "evaluate --alpha 1/2 -M 1e12 -N 100,200 -T 300 --gamma 1e-6 --certify --digits 120 --latex",
    "parts": "evaluate --alpha 1 -M 1e9 -N 100,400 -T 500 --split --latex",
    "long inputs": f"evaluate --alpha 1 -M 1e18 -N {10**18 - 1} -T {10**18 - 3} --gamma {LONG[:18]}e-200 --latex",
    "longer": f"evaluate --alpha 1 -M 6000 -N 9 -T 7 --gamma {LONG} --noise 0.{'41' * 60} --digits 90 --latex",
    "wide axes": f"evaluate --alpha 1,2 -M 1e18 -N {10**18 - 1},9 -T 5,{10**18 - 3} --gamma 0,{LONG[:18]}e-200 --latex",
    "tall": "evaluate --alpha 1 -M 600 -N 9 -T 7 --gamma 1 --digits 1500 --latex",
    "infinite": "evaluate --alpha 1 -M 100 -N 20,inf -T 20 --latex",
}


@pytest.fixture
def fragments(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Every claim, and each kind of result, as the command line prints it."""
    found = {claim.name: claim_latex(claim) for claim in all_claims()}
    evidence = Evidence("pass", "checked numerically", 3, 12)
    found["evidence"] = evidence_latex([(claim, evidence) for claim in all_claims()])
    for name, command in RESULTS.items():
        assert main(command.split()) == 0, command
        found[name] = capsys.readouterr().out
    return found


def document(fragments: dict[str, str]) -> str:
    head = r"\documentclass{article}\usepackage{amsmath,booktabs}\begin{document}"
    marked = (f"\\typeout{{fragment: {name}}}\n{text}\n\\par" for name, text in fragments.items())
    return "\n".join((head, *marked, r"\end{document}"))


def compiled(text: str, folder: Path) -> str:
    """What TeX says; the run must succeed."""
    (folder / "all.tex").write_text(text)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "all.tex"]
    found = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LIMIT, errors="replace")
    assert found.returncode == 0, found.stdout[-2000:]
    return found.stdout


def overfull(log: str) -> list[str]:
    """The fragments that hold a line too long, and by how much."""
    name, wide = "", []
    for line in log.splitlines():
        if line.startswith("fragment: "):
            name = line.removeprefix("fragment: ")
        amount = re.match(r"Overfull \\[hv]box \(([\d.]+)pt too (?:wide|high)\)", line)
        if amount and float(amount[1]) > OVERFULL:
            wide.append(f"{name}: {amount[1]}pt")
    return wide


needs_tex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex is not installed: texlive-latex-base and -recommended"
)


@needs_tex
def test_pdflatex_sets_everything_and_no_line_is_too_long(fragments: dict[str, str], tmp_path: Path) -> None:
    assert overfull(compiled(document(fragments), tmp_path)) == []


@needs_tex
def test_a_long_line_is_seen(tmp_path: Path) -> None:
    wide = {"short": "$x$", "long": r"\begin{equation}\hbox to 400pt{\hfil}\end{equation}"}
    assert [text.split(":")[0] for text in overfull(compiled(document(wide), tmp_path))] == ["long"]


def formulas(fragments: dict[str, str]) -> dict[str, str]:
    """Every piece of mathematics in the fragments, without delimiters."""
    found = {}
    for name, text in fragments.items():
        displays = re.findall(r"\\begin\{equation\*?\}(.*?)\\end\{equation\*?\}", text, re.DOTALL)
        rest = re.sub(r"\\begin\{equation\*?\}.*?\\end\{equation\*?\}", "", text, flags=re.DOTALL)
        inline = re.findall(r"\$(.*?)\$", rest, re.DOTALL)
        for index, formula in enumerate(displays + inline):
            found[f"{name} {index}"] = re.sub(r"\\label\{.*?\}", "", formula)
    return found


def refused(formulas: dict[str, str]) -> dict[str, str]:
    """Those that KaTeX in strict mode does not take, with its reasons."""
    found = subprocess.run(
        ["node", "check.js"], input=json.dumps(formulas), cwd=KATEX, capture_output=True, text=True, timeout=LIMIT
    )
    assert found.returncode == 0, found.stderr
    answer: dict[str, str] = json.loads(found.stdout)
    return answer


needs_katex = pytest.mark.skipif(
    shutil.which("node") is None or not (KATEX / "node_modules" / "katex").is_dir(),
    reason="KaTeX is not installed: `npm install --no-package-lock` in tests/katex",
)


@needs_katex
def test_katex_takes_every_formula_in_strict_mode(fragments: dict[str, str]) -> None:
    assert refused(formulas(fragments)) == {}


@needs_katex
@pytest.mark.parametrize("wrong", [r"\undefined{x}", r"\frac{1}", "x^2^3", "é"])
def test_katex_refuses_what_it_should(wrong: str) -> None:
    assert list(refused({"wrong": wrong, "right": "x^2"})) == ["wrong"]


def test_formulas_are_found() -> None:
    fragment = claim_latex(all_claims()[0])
    assert len(formulas({"first": fragment})) >= 2
    assert not any("$" in text or "label" in text for text in formulas({"first": fragment}).values())
