"""Captions in plain characters as Markdown with mathematics."""

import re

_GREEK = {
    "α": r"\alpha", "γ": r"\gamma", "δ": r"\delta", "ε": r"\epsilon", "κ": r"\kappa", "λ": r"\lambda",
    "σ": r"\sigma", "φ": r"\phi", "Δ": r"\Delta", "Σ": r"\Sigma",
}  # fmt: skip
_POWERS = {"²": "^2", "³": "^3", "⁻": "^-"}
_SYMBOL = re.compile(r"([αγδεκλσφΔΣ])(_\w)?(²|³)?")


def markdown_of(caption: str) -> str:
    """Greek letters, with their index and power, set as mathematics."""

    def maths(match: re.Match[str]) -> str:
        index = f"_{match[2][1:].translate(str.maketrans(_GREEK))}" if match[2] else ""
        return f"${_GREEK[match[1]]}{index}{_POWERS.get(match[3] or '', '')}$"

    return _SYMBOL.sub(maths, caption)
