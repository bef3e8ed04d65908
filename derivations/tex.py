"""Words as TeX: special characters escaped, and prose with $mathematics$ and `code` in it."""

import re
from itertools import zip_longest

from theory.errors import UnknownMarkup

_CODE = re.compile(r"`([^`]+)`")
_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"$<$", ">": r"$>$", "|": r"$|$", "²": r"$^2$",
    "·": r"$\cdot$", "×": r"$\times$", "±": r"$\pm$", "≤": r"$\le$", "≥": r"$\ge$", "≪": r"$\ll$", "≫": r"$\gg$",
    "→": r"$\to$", "∞": r"$\infty$", "–": "--", "—": "---", "…": r"\dots{}", "’": "'", "“": "``", "”": "''",
    "α": r"$\alpha$", "γ": r"$\gamma$", "δ": r"$\delta$", "ε": r"$\epsilon$", "κ": r"$\kappa$", "λ": r"$\lambda$",
    "σ": r"$\sigma$", "φ": r"$\phi$", "Δ": r"$\Delta$", "Σ": r"$\Sigma$",
    "\xa0": "~", "é": r"\'e", "ö": r'\"o', "ü": r'\"u',
}  # fmt: skip


def escaped(text: str) -> str:
    """Words with TeX's special characters escaped. Raises UnknownMarkup for a character without rule."""
    for character in text:
        if ord(character) > 126 and character not in _ESCAPES:
            raise UnknownMarkup(f"the character {character}", text)
    return "".join(_ESCAPES.get(character, character) for character in text)


def plain(text: str) -> str:
    """Prose: words escaped, `code` in typewriter, $mathematics$ as it stands. Raises ValueError for a lone dollar."""
    pieces = text.split("$")
    if len(pieces) % 2 == 0:
        raise ValueError(f"a dollar without its other: {text}")
    prose = (_CODE.sub(r"\\texttt{\1}", escaped(piece)) for piece in pieces[::2])
    return "$".join(piece for pair in zip_longest(prose, pieces[1::2]) for piece in pair if piece is not None)
