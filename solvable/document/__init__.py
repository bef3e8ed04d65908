"""A document as blocks, and two renderers of the same blocks: an HTML page and a LaTeX article."""

from solvable.document.article import article
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
from solvable.document.page import page

__all__ = [
    "Block",
    "Column",
    "Contents",
    "Document",
    "Formula",
    "Heading",
    "Picture",
    "Prose",
    "Statement",
    "Summary",
    "Table",
    "article",
    "page",
]
