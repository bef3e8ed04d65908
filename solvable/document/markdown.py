"""Markdown with $mathematics$, parsed once for both renderers."""

from collections.abc import Callable
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from theory.errors import UnknownMarkup

Rule = Callable[[Token], str]


@cache
def _parser() -> MarkdownIt:
    """CommonMark without raw HTML; mathematics keeps its LaTeX as it stands."""
    parser = MarkdownIt("commonmark", {"html": False})
    return parser.use(dollarmath_plugin, allow_labels=False, double_inline=True)


def tokens(text: str) -> list[Token]:
    """The blocks of a text; an `inline` token holds its words as children."""
    return _parser().parse(text)


def words(text: str) -> list[Token]:
    """The tokens of one paragraph's words, without the paragraph."""
    (inline,) = _parser().parseInline(text)
    return inline.children or []


def render(parsed: list[Token], rules: dict[str, Rule]) -> str:
    """Each token by the rule of its type. Raises UnknownMarkup for a type without rule: nothing is dropped."""
    parts = []
    for token in parsed:
        if token.type == "inline":
            parts.append(render(token.children or [], rules))
        elif token.type in rules:
            parts.append(rules[token.type](token))
        else:
            raise UnknownMarkup(token.type, token.content or token.markup)
    return "".join(parts)


def attribute(token: Token, name: str) -> str:
    value: Any = token.attrGet(name)
    return "" if value is None else str(value)
