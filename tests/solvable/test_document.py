"""Blocks and their two renderers: cells, Markdown, mathematics, tables, graphs."""

import re
from pathlib import Path

import jupytext
import pytest
from document_reader import Page

from derivations import CHAPTERS, all_claims
from derivations.chapter import Chapter
from derivations.tex import escaped
from solvable.document import Column, Document, Heading, Prose, Table, article, page
from solvable.document.captions import markdown_of
from solvable.document.chapters import cells
from solvable.document.mathematics import SIZE, Formulas, mathml
from solvable.document.pdf import available, compiled
from solvable.graph_layers import layout, reduced
from solvable.limits_latex import limit_equation
from theory.claim import Claim
from theory.display import equation
from theory.errors import UnknownMarkup
from theory.limits import limits

NOWHERE = Path("nowhere")
EM_A_LINE = 8  # a fraction of sums with their indices takes 6.4


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_cells_are_those_that_jupytext_reads(chapter: Chapter) -> None:
    expected = [(cell.cell_type, cell.source.strip()) for cell in jupytext.read(chapter.path).cells]
    assert [(cell.kind, cell.source) for cell in cells(chapter.path)] == expected


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_every_claim_is_stated_in_a_code_cell(chapter: Chapter) -> None:
    code = [cell for cell in cells(chapter.path) if cell.kind == "code"]
    for claim in chapter.claims():
        assert any(cell.first <= chapter.line(claim) < cell.end for cell in code), claim.name


def _both(text: str) -> tuple[str, str]:
    document = Document("Title", "", (Prose(text),))
    return page(document, NOWHERE), article(document, NOWHERE)


def test_markdown_reaches_both_renderers() -> None:
    web, paper = _both("*a* **b** `c_d` $x<y$\n\n- one\n- two\n\n$$\n\\frac{1}{2}\n$$\n\n[there](#here)")
    for part in ("<em>a</em>", "<strong>b</strong>", "<code>c_d</code>", "<title>x&lt;y</title>", "<li>one</li>",
                 "<title>\\frac{1}{2}</title>", "<a href='#here'>there</a>"):  # fmt: skip
        assert part in web
    for part in (r"\emph{a}", r"\textbf{b}", r"c\_\allowbreak{}d", "$x<y$", r"\item one", r"\shown{\frac{1}{2}}",
                 r"\link{here}{there}"):  # fmt: skip
        assert part in paper


@pytest.mark.parametrize("text", ["> a quotation", "![a picture](x.png)", "---"])
def test_what_no_rule_sets_is_refused(text: str) -> None:
    with pytest.raises(UnknownMarkup, match="no rule to set"):
        _both(text)


def test_tex_is_escaped() -> None:
    assert escaped(r"50% of $x_1 & {y}") == r"50\% of \$x\_1 \& \{y\}"
    with pytest.raises(UnknownMarkup, match="character ☃"):
        escaped("a ☃")


def test_glyphs_are_shared_and_all_there() -> None:
    formulas = Formulas()
    body = formulas.inline("x+x") + formulas.inline("x") + formulas.display("x")
    parsed = Page(f"<p>{formulas.sheet()}</p>{body}")
    assert parsed.used == parsed.glyphs
    assert len(parsed.glyphs) == 2
    assert parsed.formulas == ["x+x", "x", "x"]


@pytest.mark.parametrize("delimiters", ["()", "[]", "||", ".|"])
def test_tall_delimiters_are_drawn(delimiters: str) -> None:
    """The tallest are put together from pieces: their outlines hold paths too."""
    formulas = Formulas()
    left, right = delimiters
    formulas.display(rf"\left{left} \frac{{\frac{{a}}{{b}}}}{{\frac{{c}}{{d}}}} \right{right}")
    outlines = formulas.sheet().split("<symbol ")[1:]
    assert len(outlines) == 4 + len(set(delimiters) - {"."})
    assert all("<path d=" in outline for outline in outlines)


def test_the_space_between_lines_is_not_printed() -> None:
    one, other = Formulas(), Formulas()
    one.display(r"\begin{gathered} a \\[1ex] b \end{gathered}")
    other.display(r"\begin{gathered} a \\ b \end{gathered}")
    assert one.sheet() == other.sheet()


def test_captions_in_mathematics() -> None:
    assert markdown_of("n^(α-1) γM/(σ_u² c_α) at N = 10^-6") == (
        r"$n^{\alpha-1}$ $\gamma M$/($\sigma_{u}^{2}$ $c_{\alpha}$) at $N$ = $10^{-6}$"
    )
    assert markdown_of("Loss against N, an index and a word") == "Loss against $N$, an index and a word"


@pytest.mark.skipif(not available(), reason="pdflatex is not installed")
def test_a_wide_line_is_counted(tmp_path: Path) -> None:
    blocks = (Heading("Part", 1, "part"), Prose("word `" + "x" * 200 + "` word"))
    assert compiled(article(Document("Title", "", blocks[:1]), tmp_path), tmp_path).overfull == ()
    assert len(compiled(article(Document("Title", "", blocks), tmp_path), tmp_path).overfull) == 1


@pytest.mark.skipif(not available(), reason="pdflatex is not installed")
def test_a_wide_formula_in_a_cell_is_scaled_and_counted(tmp_path: Path) -> None:
    table = Table(
        1, "Wide.", (Column("one", 0.1), Column("two", 0.9)), (("$" + "x+" * 30 + "x$", "words"),), "a command"
    )
    found = compiled(article(Document("Title", "", (table,)), tmp_path), tmp_path)
    assert (found.overfull, found.fitted > 0) == ((), True)


def test_graphs_are_reduced_and_layered() -> None:
    graph = {"a": frozenset[str](), "b": frozenset({"a"}), "c": frozenset({"a", "b"}), "d": frozenset({"a", "c"})}
    assert reduced(graph) == {"a": frozenset(), "b": frozenset("a"), "c": frozenset("b"), "d": frozenset("c")}
    found = layout(graph)
    layer = {place: index for index, places in enumerate(found.layers) for place in places}
    for node, uses in graph.items():
        assert all(layer[used] < layer[node] for used in uses)
    for line in found.lines:
        assert [layer[place] for place in line] == list(range(layer[line[0]], layer[line[-1]] + 1))


def _written(latex: str) -> str:
    """The characters of the formula's MathML."""
    return "".join(mathml(latex, True).itertext())


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_the_converter_knows_every_command_of_the_texts(chapter: Chapter) -> None:
    prose = " ".join(cell.source for cell in cells(chapter.path) if cell.kind == "markdown")
    for claim in chapter.claims():
        prose += f" {claim.title} {claim.prose} {claim.assumptions}"
    for formula in prose.replace("$$", "$").split("$")[1::2]:
        assert "\\" not in _written(formula), formula


@pytest.mark.audit
@pytest.mark.parametrize("claim", all_claims(), ids=lambda claim: claim.name)
def test_the_converter_knows_every_command_of_the_formulas(claim: Claim) -> None:
    assert not {"\\", "&"} & set(_written(equation(claim.formula())))


def test_no_formula_is_taller_than_its_lines() -> None:
    """Stretched brackets around a sum once made displays of two thousand pixels."""
    formulas = Formulas()
    displays = [equation(claim.formula()) for claim in all_claims()] + [limit_equation(limit) for limit in limits()]
    for latex in displays:
        (height,) = re.findall(r"svg role='img' viewBox='\S+ \S+ \S+ (\S+)'", formulas.display(latex))
        assert float(height) < EM_A_LINE * SIZE * (1 + latex.count(r"\\")), latex
