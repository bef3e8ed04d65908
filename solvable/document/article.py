"""A document as a LaTeX article (amsmath, booktabs, longtable, graphicx, hyperref)."""

from pathlib import Path

from derivations.tex import escaped
from solvable.document import markdown
from solvable.document.blocks import (
    Block,
    Column,
    Contents,
    Document,
    Formula,
    Heading,
    Picture,
    Prose,
    Statement,
    Summary,
    Table,
)
from solvable.document.preamble import PREAMBLE
from theory.claim import Evidence
from theory.display import equation


def code(text: str) -> str:
    r"""Typewriter that may break after `-`, `/`, `,` and blanks."""
    set_text = escaped(text).replace("--", "-{}-")
    for mark in "-/,_=":
        set_text = set_text.replace(mark, rf"{mark}\allowbreak{{}}")
    return rf"{{\small\ttfamily {set_text}}}"


def article(document: Document, folder: Path) -> str:
    """The article, to be compiled in `folder`: figures' files are relative to it."""
    setter = _Article(folder)
    body = "\n\n".join(setter.block(block) for block in document.blocks)
    title = rf"{{\LARGE\bfseries\raggedright {escaped(document.title)}\par}}"
    subtitle = rf"{{\large\raggedright {escaped(document.subtitle)}\par}}"
    meta = rf"\hypersetup{{pdftitle={{{escaped(document.title)}}}}}"
    parts = (PREAMBLE + meta, r"\begin{document}", title, subtitle, r"\vspace{1em}", body, r"\end{document}")
    return "\n".join(parts) + "\n"


class Text:
    """Markdown as LaTeX; `math` is how a formula among the words is written."""

    def __init__(self, math: str = "${}$") -> None:
        self._rules: dict[str, markdown.Rule] = {
            "text": lambda t: escaped(t.content),
            "softbreak": lambda t: "\n",
            "hardbreak": lambda t: r"\newline ",
            "code_inline": lambda t: code(t.content),
            "code_block": lambda t: _verbatim(t.content),
            "fence": lambda t: _verbatim(t.content),
            "math_inline": lambda t: math.replace("{}", t.content),
            "math_inline_double": lambda t: rf"\shown{{{t.content.strip()}}}",
            "math_block": lambda t: f"\\shown{{{t.content.strip()}}}\n",
            "paragraph_open": lambda t: "",
            "paragraph_close": lambda t: "\n" if t.hidden else "\n\n",
            "bullet_list_open": lambda t: "\\begin{itemize}\n",
            "bullet_list_close": lambda t: "\\end{itemize}\n",
            "ordered_list_open": lambda t: "\\begin{enumerate}\n",
            "ordered_list_close": lambda t: "\\end{enumerate}\n",
            "list_item_open": lambda t: r"\item ",
            "list_item_close": lambda t: "",
            "em_open": lambda t: r"\emph{",
            "strong_open": lambda t: r"\textbf{",
            "em_close": lambda t: "}",
            "strong_close": lambda t: "}",
            "link_open": _link,
            "link_close": lambda t: "}",
        }

    def blocks(self, text: str) -> str:
        return markdown.render(markdown.tokens(text), self._rules).strip()

    def words(self, text: str) -> str:
        return markdown.render(markdown.words(text), self._rules)


def _link(token: markdown.Token) -> str:
    href = markdown.attribute(token, "href")
    return rf"\link{{{href[1:]}}}{{" if href.startswith("#") else rf"\href{{{href}}}{{"


def _verbatim(text: str) -> str:
    return "{\\parskip=0pt\\raggedright " + r"\\".join(code(line) for line in text.rstrip().split("\n")) + "\\par}\n"


class _Article:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.text, self.cell = Text(), Text(r"\incell{{}}")

    def block(self, block: Block) -> str:
        match block:
            case Heading():
                return self._heading(block)
            case Prose():
                text = self.text.blocks(block.text)
                return rf"{{\small {text}\par}}" if block.small else text
            case Contents():
                return r"{\parskip=0pt\makeatletter\@starttoc{toc}\makeatother}"
            case Summary():
                return rf"\verdictbox{{{block.verdict}}}{{{self.text.words(block.text)}}}"
            case Statement():
                return self._statement(block)
            case Formula():
                if not block.remark:
                    return rf"\shown{{{block.latex}}}"
                return rf"\remarked{{{block.latex}}}{{{self.text.words(block.remark)}}}"
            case Table():
                return self._table(block)
            case Picture():
                return self._picture(block)

    def _heading(self, heading: Heading) -> str:
        words = self.text.words(heading.text)
        if heading.level == 1:
            return rf"\partheading{{{heading.anchor}}}{{{words}}}{{{words}}}"
        if heading.level == 2:
            return rf"\chapterheading{{{heading.anchor}}}{{{heading.number}}}{{{words}}}{{{words}}}"
        return rf"\sectionheading{{{words}}}"

    def _statement(self, one: Statement) -> str:
        arguments = (
            one.anchor, one.number, self.text.words(one.title), self.text.words(one.rule), equation(one.formula),
            self.text.words(one.conditions), f"{_verdict(one.evidence)} {code(one.command)}",
        )  # fmt: skip
        return r"\claim" + "%\n".join(f"{{{argument}}}" for argument in arguments)

    def _table(self, table: Table) -> str:
        """A long table; its caption is its first row, so that no page break parts them."""
        head = " & ".join(rf"\textbf{{{self.text.words(column.head)}}}" for column in table.columns)
        rows = [" & ".join(map(self._cell, row)) + r" \\" for row in table.rows]
        tall = any("$" in cell for row in table.rows for cell in row)
        between = "\n\\addlinespace[3pt]\n" if tall else "\n"  # none after the last: a page could break there
        shape = "".join(map(_column, table.columns))
        caption = self._caption(f"table-{table.number}", f"Table {table.number}", table.caption, table.command)
        return "\n".join(
            (
                r"{\footnotesize\setlength{\LTpre}{0.6em}\setlength{\LTpost}{1em}\setlength{\tabcolsep}{3pt}\parskip=0pt",
                rf"\setlength{{\extrarowheight}}{{2pt}}\begin{{longtable}}{{@{{}}{shape}@{{}}}}",
                rf"\multicolumn{{{len(table.columns)}}}{{@{{}}p{{\linewidth}}@{{}}}}{{{caption}}} \\[3pt]",
                rf"\toprule {head} \\ \midrule \endfirsthead",
                rf"\toprule {head} \\ \midrule \endhead",
                r"\bottomrule \endfoot",
                between.join(rows),
                r"\end{longtable}}",
            )
        )

    def _cell(self, cell: str) -> str:
        return r"\newline ".join(self.cell.words(line) for line in cell.split("\n"))

    def _picture(self, picture: Picture) -> str:
        path = picture.pdf.relative_to(self.folder).as_posix()
        return "\n".join(
            (
                r"\begin{center}\begin{minipage}{\linewidth}\centering",
                rf"\includegraphics[width={picture.share:g}\linewidth,height=0.62\textheight,keepaspectratio]{{{path}}}\par",
                r"\raggedright\vspace{0.4em}",
                self._caption(f"figure-{picture.number}", f"Figure {picture.number}", picture.caption, picture.command),
                r"\end{minipage}\end{center}",
            )
        )

    def _caption(self, anchor: str, label: str, caption: str, command: str) -> str:
        made = f" {code(command)}" if command else ""
        words = self.text.words(caption)
        return rf"{{\small\raggedright\target{{{anchor}}}\textbf{{{label}.}} {words}{made}\par}}\nobreak"


def _column(column: Column) -> str:
    side = r"\raggedleft" if column.number else r"\raggedright"
    return rf">{{{side}\arraybackslash\apart}}p{{\dimexpr {column.share:.4f}\linewidth-2\tabcolsep}}"


def _verdict(found: Evidence) -> str:
    shown = {"pass": "pass", "fail": "FAIL", "unknown": "unknown"}[found.verdict]
    return rf"\textcolor{{{found.verdict}}}{{\textbf{{{shown}}}}}: {escaped(found.described())}."
