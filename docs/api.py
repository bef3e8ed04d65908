"""Writes docs/api.md from the docstrings of the public names: `python -m docs.api`, or `make docs`.

Public are the names in `__all__` of PACKAGES, and the names of MODULES that the pages use.
"""

import inspect
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from numerics.simulation import GAUSSIAN_DESIGN

PAGE = Path(__file__).with_name("api.md")
PACKAGES = (
    "theory", "numerics", "numerics.simulation", "numerics.data", "numerics.spectra", "numerics.prediction",
    "numerics.fitting", "numerics.figures", "derivations", "solvable",
)  # fmt: skip
MODULES = {
    "theory.asymptotics": ("asymptotics", "Case", "Leading"),
    "theory.phases": ("phases", "Phase", "Border"),
    "theory.plateaus": ("plateaus", "Plateau"),
    "theory.limits": ("limits",),
    "theory.limit": ("Limit",),
    "theory.planar": ("planar_equation", "loss"),
    "theory.claim": ("Claim", "Evidence", "mutations"),
    "numerics.limit_ladder": ("confirm", "Confirmation"),
    "numerics.simulation.universality": ("universality", "Universality", "designs"),
    "numerics.fitting.estimator": ("PlanarScalingRegressor",),
    "derivations.checks": ("exact_in_moments", "exact_by_draws", "by_dyson"),
    "derivations.numeric_checks": ("numerically", "both_sides"),
    "derivations.ladders": ("by_ladder", "to_order"),
    "derivations.enclosed_checks": ("enclosed",),
    "derivations.simulated_checks": ("simulated",),
    "theory.latex": ("latex",),
    "theory.display": ("equation", "equations"),
    "derivations.render": ("claim_latex", "evidence_latex"),
}
CONSTANTS = {
    "CONVENTIONS": "five papers' conventions by name, theory/papers.py",
    "OPTIMAL": "as the gamma of a Path, the ridge that minimises the loss",
    "GAUSSIAN_DESIGN": "Gaussian entries, linear features, double precision on the CPU",
    "QUANTITIES": "what a draw yields, in this order",
    "MAX_SIDE": "largest side of a covariance, 2 GiB",
    "CONTRAST": "least standard deviation of an image patch that is used, grey 0..1",
    "MAX_WIDTH": "largest number of features whose spectrum is measured",
    "WIDTH": "number of features whose spectrum is measured by default",
    "PARAMETERS": "of a planar fit, in this order",
    "CHAPTERS": "the chapters of derivations/, in reading order",
}
HEAD = """\
# Python interface

Generated from the docstrings by `make docs`; a test asserts that it is up to date. For each package the names that it
exports, types first, then functions and constants; then further modules that the [pages](index.md) use. Conventions
that hold everywhere are in the [overview](index.md#conventions-used-everywhere).
"""
ITEM = re.compile(r"[\w, .\[\]]+ ?: \S")  # `name : meaning`


def page() -> str:
    """The whole page. Raises KeyError for a constant that CONSTANTS does not explain."""
    parts, written = [HEAD], dict[str, str]()
    for package in PACKAGES:
        module = import_module(package)
        names = sorted(module.__all__, key=lambda name: _rank(getattr(module, name), name))
        parts.append(_module(package, names, written))
    parts += [_module(name, names, written) for name, names in MODULES.items()]
    return "\n\n".join(parts) + "\n"


def _rank(value: Any, name: str) -> tuple[int, str]:
    kind = 0 if inspect.isclass(value) else 1 if callable(value) else 2
    return kind, name.lower()


def _module(name: str, names: Iterable[str], written: dict[str, str]) -> str:
    """A section; names that another one describes are only listed."""
    module = import_module(name)
    parts = [f"## {name}", _markdown(inspect.getdoc(module) or "", first=True)]
    origins = {public: _origin(getattr(module, public), public) for public in names}
    again = [public for public, origin in origins.items() if origin in written]
    if again:
        parts.append(f"Also {', '.join(_code(public) for public in again)}: see {written[origins[again[0]]]}.")
    for public in names:
        if public not in again:
            written[origins[public]] = name
            parts.append(_entry(public, getattr(module, public)))
    return "\n\n".join(parts)


def _origin(value: Any, name: str) -> str:
    """Where a name is defined; types and functions know it."""
    return f"{getattr(value, '__module__', '')}.{name}"


def _entry(name: str, value: Any) -> str:
    if inspect.isclass(value):
        parts = [_code(_class_signature(name, value)), _markdown(_doc(value)), _members(value)]
    elif callable(value):
        parts = [_code(name + _signature(value)), _markdown(_doc(value))]
    else:
        parts = [f"{_code(f'{name} = {_constant(value)}')}: {_escaped(CONSTANTS[name])}"]
    return "\n\n".join([f"### {name}", *filter(None, parts)])


def _doc(value: Any) -> str:
    return inspect.cleandoc(value.__doc__ or "")


def _class_signature(name: str, value: type) -> str:
    if issubclass(value, Exception):
        return f"exception {name}({', '.join(base.__name__ for base in value.__bases__)})"
    return name + _signature(value)


def _signature(value: Any) -> str:
    """With short types; defaults that have no literal are `...`."""
    signature = inspect.signature(value)
    parameters = [
        parameter.replace(default=_Shown(parameter.default))
        if parameter.default is not inspect.Parameter.empty
        else parameter
        for parameter in signature.parameters.values()
        if parameter.name != "self"
    ]
    returns = inspect.Signature.empty if inspect.isclass(value) else signature.return_annotation
    text = str(signature.replace(parameters=parameters, return_annotation=returns))
    text = re.sub(r"Optional\[ForwardRef\('(\w+)'\)\]", r"\1 | None", text)
    text = re.sub(r"Literal\[[^\]]*\]|'", lambda found: found[0].replace("'", '"') if len(found[0]) > 1 else "", text)
    return re.sub(r"\b(?:[A-Za-z_]\w*\.)+(?=[A-Za-z_])", "", text.replace("NoneType", "None"))


class _Shown:
    """A default as the signature prints it."""

    def __init__(self, value: Any) -> None:
        text = repr(value)
        rational = re.fullmatch(r"Fraction\((-?\d+), 1\)", text)
        self.text = rational[1] if rational else "..." if callable(value) or " at 0x" in text else text
        if value == GAUSSIAN_DESIGN:
            self.text = "GAUSSIAN_DESIGN"

    def __repr__(self) -> str:
        return self.text.replace("'", '"')


def _constant(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}": ...' for key in value) + "}"
    if isinstance(value, tuple) and not all(isinstance(entry, str | int | float) for entry in value):
        return "(...)"
    return repr(value).replace("'", '"')


def _members(value: type) -> str:
    """Public methods and properties with the first paragraph of their docstrings."""
    lines = []
    for name, member in vars(value).items():
        function = getattr(member, "__func__", member)
        if name.startswith("_"):
            continue
        if isinstance(member, property) or inspect.isfunction(function):
            called = "" if isinstance(member, property) else _signature(getattr(value, name))
            first = " ".join(_doc(member).partition("\n\n")[0].split())
            lines.append(f"* {_code(name + called)}" + (f": {_escaped(first)}" if first else ""))
    return "\n".join(lines)


# Docstrings as Markdown ---------------------------------------------------------------------------


def _code(text: str) -> str:
    return f"`{text}`"


def _escaped(text: str) -> str:
    """What Markdown would read as markup, outside of `code`."""
    pieces = text.split("`")
    pieces[::2] = [re.sub(r"([*<\\|]|(?<!\w)_|_(?!\w)|\](?=\())", r"\\\1", piece) for piece in pieces[::2]]
    return "`".join(pieces)


def _markdown(text: str, first: bool = False) -> str:
    """Paragraphs; `name : meaning` lines and bullets as lists; indented formulas as code; `first`: one paragraph."""
    text = re.sub(r"^(\w+)\n-+$", r"**\1**\n", text, flags=re.MULTILINE)
    paragraphs = text.split("\n\n")[: 1 if first else None]
    return "\n\n".join(filter(None, map(_paragraph, paragraphs)))


def _paragraph(text: str) -> str:
    lines = text.strip("\n").split("\n")
    if all(line.startswith("    ") for line in lines):
        return "\\\n".join(_code(line.strip()) for line in lines)
    if len(lines) == 1 and re.fullmatch(r"\*\*\w+\*\*", lines[0]):
        return lines[0]
    joined = list(_joined(lines))
    if any(bullet for bullet, _ in joined):
        return "\n".join(f"* {_escaped(line)}" if bullet else _escaped(line) for bullet, line in joined)
    return _escaped(" ".join(line for _, line in joined))


def _joined(lines: list[str]) -> Iterator[tuple[bool, str]]:
    """Logical lines: a bullet or a `name : meaning` with what is indented below it, or a run of plain lines."""
    current: list[str] = []
    bullet = False
    for line in lines:
        begins = line.startswith("* ") or bool(ITEM.match(line) and " : " in line)
        if current and (begins or (bullet and not line.startswith(" ") and not current[-1].endswith(","))):
            yield bullet, " ".join(current)
            current, bullet = [], False
        bullet = bullet or begins
        current.append(line.removeprefix("* ").strip())
    if current:
        yield bullet, " ".join(current)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
