"""A document as one HTML page that loads nothing from elsewhere."""

import base64
import html
from pathlib import Path

from solvable.document import markdown
from solvable.document.blocks import (
    Block,
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
from solvable.document.mathematics import Formulas
from solvable.document.style import STYLE
from theory.claim import Evidence
from theory.display import equation

MARKS = {"pass": "✓ pass", "fail": "✗ FAIL", "unknown": "? unknown"}


def page(document: Document, folder: Path) -> str:
    """The page, to be written into `folder`: links to figures' files are relative to it."""
    set_page = _Page(document, folder)
    body = "\n".join(set_page.block(block) for block in document.blocks)
    title = html.escape(document.title)
    return "\n".join(
        (
            "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
            "<meta name='viewport' content='width=device-width, initial-scale=1'>",
            f"<title>{title}</title><style>{STYLE}</style></head><body>",
            set_page.formulas.sheet(),
            f"<h1>{title}</h1><p class='subtitle'>{html.escape(document.subtitle)}</p>",
            body,
            "</body></html>\n",
        )
    )


class Text:
    """Markdown as HTML, mathematics as SVG; `large`: with fractions as in displays, for cells of tables."""

    def __init__(self, formulas: Formulas, *, large: bool = False) -> None:
        self.formulas = formulas
        self._rules: dict[str, markdown.Rule] = {
            "text": lambda t: html.escape(t.content),
            "softbreak": lambda t: "\n",
            "hardbreak": lambda t: "<br>",
            "code_inline": lambda t: f"<code>{html.escape(t.content)}</code>",
            "code_block": lambda t: f"<pre><code>{html.escape(t.content)}</code></pre>",
            "fence": lambda t: f"<pre><code>{html.escape(t.content)}</code></pre>",
            "math_inline": lambda t: formulas.inline(t.content, large=large),
            "math_inline_double": lambda t: formulas.display(t.content),
            "math_block": lambda t: formulas.display(t.content),
            "link_open": lambda t: f"<a href='{html.escape(markdown.attribute(t, 'href'), quote=True)}'>",
            "link_close": lambda t: "</a>",
        }
        for name in ("paragraph", "bullet_list", "ordered_list", "list_item", "em", "strong"):
            self._rules[f"{name}_open"] = lambda t: "" if t.hidden else f"<{t.tag}>"
            self._rules[f"{name}_close"] = lambda t: "" if t.hidden else f"</{t.tag}>"

    def blocks(self, text: str) -> str:
        return markdown.render(markdown.tokens(text), self._rules)

    def words(self, text: str) -> str:
        return markdown.render(markdown.words(text), self._rules)


class _Page:
    def __init__(self, document: Document, folder: Path) -> None:
        self.document, self.folder = document, folder
        self.formulas = Formulas()
        self.text, self.cell = Text(self.formulas), Text(self.formulas, large=True)

    def block(self, block: Block) -> str:
        match block:
            case Heading():
                return self._heading(block)
            case Prose():
                text = self.text.blocks(block.text)
                return f"<div class='small'>{text}</div>" if block.small else text
            case Contents():
                return self._contents()
            case Summary():
                return f"<p class='verdict {block.verdict}'>{self.text.words(block.text)}</p>"
            case Statement():
                return self._statement(block)
            case Formula():
                remark = f"<p class='small'>{self.text.words(block.remark)}</p>" if block.remark else ""
                return self.formulas.display(block.latex) + remark
            case Table():
                return self._table(block)
            case Picture():
                return self._picture(block)

    def _heading(self, heading: Heading) -> str:
        number = f"<span class='number'>{heading.number}</span>&ensp;" if heading.number else ""
        tag = "h3" if heading.level == 3 else "h2"
        part = " class='part'" if heading.level == 1 else ""
        anchor = f" id='{heading.anchor}'" if heading.anchor else ""
        return f"<{tag}{part}{anchor}>{number}{self.text.words(heading.text)}</{tag}>"

    def _contents(self) -> str:
        items = "".join(
            f"<li{' class=part' if one.level == 1 else ''}><a href='#{one.anchor}'>"
            f"{f'<span class=number>{one.number}</span>' if one.number else ''}{self.text.words(one.text)}</a></li>"
            for one in self.document.contents
        )
        return f"<nav class='contents' aria-label='Contents'><ol>{items}</ol></nav>"

    def _statement(self, one: Statement) -> str:
        found = one.evidence
        return (
            f"<section class='claim {found.verdict}' id='{one.anchor}'>"
            f"<h4><span class='number'>{one.number}</span> {self.text.words(one.title)}</h4>"
            f"<p>{self.text.words(one.rule)}</p>{self.formulas.display(equation(one.formula))}"
            f"<p class='small'>{self.text.words(one.conditions)}</p>"
            f"<p class='small'>{_verdict(found)} <code>{one.command}</code></p></section>"
        )

    def _table(self, table: Table) -> str:
        kinds = [" class='n'" if column.number else "" for column in table.columns]
        head = "".join(
            f"<th{kind}>{self.text.words(column.head)}</th>" for kind, column in zip(kinds, table.columns, strict=True)
        )
        rows = "".join(
            "<tr>"
            + "".join(f"<td{kind}>{self._cell(cell)}</td>" for kind, cell in zip(kinds, row, strict=True))
            + "</tr>"
            for row in table.rows
        )
        return (
            f"<p class='caption' id='table-{table.number}'><strong>Table {table.number}.</strong> "
            f"{self.text.words(table.caption)}{_made_by(table.command)}</p>"
            f"<div class='scroll'><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )

    def _cell(self, cell: str) -> str:
        lines = [self.cell.words(line) for line in cell.split("\n")]
        return lines[0] if len(lines) == 1 else "".join(f"<div class='line'>{line}</div>" for line in lines)

    def _picture(self, picture: Picture) -> str:
        alt = html.escape(picture.caption.replace("$", ""), quote=True)
        data = base64.b64encode(picture.png.read_bytes()).decode("ascii")
        files = {"PDF": picture.pdf, "numbers as CSV": picture.csv}
        links = ", ".join(
            f"<a href='{html.escape(path.relative_to(self.folder).as_posix(), quote=True)}'>{kind}</a>"
            for kind, path in files.items()
            if path is not None
        )
        return (
            f"<figure id='figure-{picture.number}'><img src='data:image/png;base64,{data}' "
            f"style='width:{100 * picture.share:g}%' alt='{alt}'>"
            f"<figcaption><strong>Figure {picture.number}.</strong> {self.text.words(picture.caption)} "
            f"({links}){_made_by(picture.command)}</figcaption></figure>"
        )


def _verdict(found: Evidence) -> str:
    return f"<span class='{found.verdict}'>{MARKS[found.verdict]}</span>: {html.escape(found.described())}."


def _made_by(command: str) -> str:
    return f" <code>{html.escape(command)}</code>" if command else ""
