"""Captions in plain characters as Markdown with mathematics."""

import re

_GREEK = {
    "α": r"\alpha", "γ": r"\gamma", "δ": r"\delta", "ε": r"\epsilon", "κ": r"\kappa", "λ": r"\lambda",
    "σ": r"\sigma", "φ": r"\phi", "Δ": r"\Delta", "Σ": r"\Sigma",
}  # fmt: skip
_LETTER = "[αγδεκλσφΔΣ]"
_POWER = rf"²|³|\^(?:\([^)]*\)|-?\w+|{_LETTER})"
_BASE = rf"{_LETTER}|(?<![A-Za-z])(?:[CDLMNTdknrx](?![A-Za-z])|c(?=_))|(?<![\w.])\d+(?=\^)|\)(?=\^)|<<"
_SYMBOL = re.compile(rf"(?P<base>{_BASE})(?P<index>_(?:[\w+]|{_LETTER}))?(?P<power>{_POWER})?")


def markdown_of(caption: str) -> str:
    """Letters that name quantities, with their index and power, set as mathematics."""
    return _SYMBOL.sub(lambda match: f"${_latex(match)}$", caption).replace("$$", " ")


def _latex(match: re.Match[str]) -> str:
    if match["base"] == "<<":
        return r"\ll"
    base = _GREEK.get(match["base"], match["base"])
    index, power = (match["index"] or "")[1:], match["power"] or ""
    power = {"²": "2", "³": "3"}.get(power, power.removeprefix("^").removeprefix("(").removesuffix(")"))
    return base + (f"_{{{_spelt(index)}}}" if index else "") + (f"^{{{_spelt(power)}}}" if power else "")


def _spelt(text: str) -> str:
    return "".join(_GREEK.get(character, character) for character in text)
