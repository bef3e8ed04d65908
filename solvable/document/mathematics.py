"""LaTeX as inline SVG: outlines of STIX Two, so that a page needs neither a network nor scripts.

Glyphs repeat: each is drawn once per page, in a sheet, and used by reference. Sizes are in em, the baseline is the
text's.
"""

import html
import re
import warnings
from functools import cache
from typing import Any
from xml.etree import ElementTree

SIZE = 16  # pixels an em, the unit in which ziamath draws
SCALE = 1.04  # of STIX Two against the page's letters
MATHML = "http://www.w3.org/1998/Math/MathML"
ROW_GAP = "0.8em"  # between the lines of a display
SVG = "{http://www.w3.org/2000/svg}"
# what the converter to MathML does not know, or does not space as TeX does
_NAMED = r"\\operatorname\{\w+\}|\\(?:ln|log|sin|cos|cot|tan|exp|det|min|max)(?![a-zA-Z])"
_SPELLING = (
    (re.compile(r"\\\\\[[\w.]+\]"), r"\\\\"),
    (re.compile(r"\\tfrac(?![a-zA-Z])"), r"\\frac"),
    (re.compile(r"\\sim(?![a-zA-Z])"), "\u223c"),
    (re.compile(r"(\\lim_\{(?:[^{}]|\{[^{}]*\})*\})"), r"\1\\,"),
    (re.compile(rf"((?:{_NAMED})(?:\^\{{\w+\}})?)(?! *(?:[(_^}}]|\\left|\\big))"), r"\1\\,"),
    (re.compile(rf"(?<=[\w}})])( *)({_NAMED})"), r"\1\\,\2"),
)


class Formulas:
    """Sets the formulas of one page, and holds their glyphs."""

    def __init__(self) -> None:
        self._glyphs: dict[str, str] = {}  # outline -> id
        self._set: dict[tuple[str, bool], str] = {}

    def inline(self, latex: str, *, large: bool = False) -> str:
        """A formula among words; `large`: with fractions as in a display."""
        return f"<span class='m'>{self._svg(latex, display=large)}</span>"

    def display(self, latex: str) -> str:
        """A formula on its own line, in a box that scrolls if it is wider than the page."""
        return f"<div class='formula'>{self._svg(latex, display=True)}</div>"

    def sheet(self) -> str:
        """The glyphs of all formulas set so far, to stand in the page once."""
        symbols = "".join(f"<symbol id='{name}' {outline}</symbol>" for outline, name in self._glyphs.items())
        return f"<svg class='sheet' width='0' height='0' aria-hidden='true'>{symbols}</svg>"

    def _svg(self, latex: str, *, display: bool) -> str:
        key = (latex.strip(), display)
        if key not in self._set:
            self._set[key] = self._drawn(*key)
        return self._set[key]

    def _drawn(self, latex: str, display: bool) -> str:
        root = ElementTree.fromstring(_ziamath().Math(mathml(latex, display), size=SIZE).svg())
        names: dict[str, str] = {}
        body = []
        for part in root:
            tag = part.tag.removeprefix(SVG)
            if tag == "symbol":
                names[part.attrib.pop("id")] = self._glyph(part)
            elif tag != "use":
                body.append(_element(tag, part.attrib))
            elif glyph := names[part.attrib["href"].removeprefix("#")]:
                body.append(_element(tag, part.attrib | {"href": f"#{glyph}"}))
        left, top, width, height = map(float, root.attrib["viewBox"].split())
        em = SCALE / SIZE
        label = html.escape(latex, quote=True)
        return (
            f"<svg role='img' viewBox='{left:g} {top:g} {width:g} {height:g}' "
            f"style='width:{width * em:.3f}em;height:{height * em:.3f}em;vertical-align:{-(top + height) * em:.3f}em'>"
            f"<title>{label}</title>{''.join(body)}</svg>"
        )

    def _glyph(self, symbol: ElementTree.Element) -> str:
        """The name of an outline in the sheet, of one piece or put together from several; none for a blank."""
        paths = "".join(_element("path", path.attrib) for path in symbol.iter(f"{SVG}path"))
        if not paths:
            return ""
        outline = f"viewBox='{symbol.attrib['viewBox']}'>{paths}"
        return self._glyphs.setdefault(outline, f"g{len(self._glyphs)}")


@cache
def _ziamath() -> Any:
    """The library, which at its import uses what Python 3.11 calls deprecated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import ziamath
        import ziamath.tex
    return ziamath


def mathml(latex: str, display: bool) -> ElementTree.Element:
    """MathML with TeX's spaces: signs bound to what follows them, thin spaces after commas, lines apart."""
    for written, known in _SPELLING:
        latex = written.sub(known, latex)
    root = ElementTree.fromstring(_ziamath().tex.tex2mml(latex, inline=not display).replace(f' xmlns="{MATHML}"', ""))
    for table in root.iter("mtable"):
        table.set("rowspacing", ROW_GAP)
    for row in root.iter():
        before: ElementTree.Element | None = None
        for part in row:
            if part.tag == "mo" and part.text in ("-", "\u2212", "+", "\u00b1") and _opens(before):
                part.set("form", "prefix")
            elif part.tag == "mo" and part.text == ",":
                part.set("rspace", "0.17em")
            elif part.tag == "mo" and part.text == "\u2211":  # or it and the brackets around it stretch each other
                part.set("stretchy", "false")
            before = part
    return root


def _opens(part: ElementTree.Element | None) -> bool:
    """Whether a sign after this is a number's, and no sum's."""
    return part is None or part.text == "\u223c" or (part.tag == "mo" and part.text not in (")", "]", "|", "!"))


def _element(tag: str, attributes: dict[str, str]) -> str:
    """A drawn element in the colour of the text."""
    shown = "".join(f" {name}='{value}'" for name, value in attributes.items() if (name, value) != ("fill", "black"))
    return f"<{tag}{shown}/>"
