"""Draws as columns for people and programs: parameters as numbers, in the order of the command line."""

import json
import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from numerics.simulation.tasks import Row

PARAMETERS = (
    "alpha", "M", "N", "T", "gamma", "noise", "source", "sigma_w", "sigma_u", "lambda_plus", "outputs", "eigenvalues",
    "latent", "features", "device", "precision", "torch", "activation",
)  # fmt: skip
TEXTS = (
    "source",
    "eigenvalues",
    "latent",
    "features",
    "device",
    "precision",
    "torch",
    "activation",
)  # source: isotropic, the exponent R, or a list's digest

AXES = ("alpha", "M", "N", "T", "gamma", "noise")
MEANINGS = {
    "alpha": "exponent of the spectrum, lambda_I = lambda_plus I^-(1+alpha)",
    "M": "latent dimension",
    "N": "number of features",
    "T": "number of training samples",
    "gamma": "ridge",
    "noise": "variance of the label noise",
    "draw": "index of the draw",
    "signal": "test loss without label noise",
    "label_noise": "test loss due to label noise",
    "loss": "test loss on clean labels, summed over outputs",
    "train_loss": "training loss per sample, noisy labels",
    "df1": "degrees of freedom of the student",
}
UNITS = {"signal": "label^2", "label_noise": "label^2", "loss": "label^2", "train_loss": "label^2", "noise": "label^2"}

Table = dict[str, list[Any]]  # columns of equal length


def columns(rows: Iterable[tuple[str, int, int, Row, str]], quantities: Sequence[str]) -> Table:
    """From (key of the point, seed, draw, values, code version). A parameter that no point has gets no column."""
    table: Table = {name: [] for name in (*PARAMETERS, "seed", "draw", *quantities, "code")}
    numbers: dict[str, dict[str, Any]] = {}
    for key, seed, draw, values, code in rows:
        if key not in numbers:
            exact = json.loads(key)
            numbers[key] = {name: _value(name, exact.get(name)) for name in PARAMETERS}
        for name, value in numbers[key].items():
            table[name].append(value)
        table["seed"].append(seed)
        table["draw"].append(draw)
        table["code"].append(code)
        for name, value in zip(quantities, values, strict=True):
            table[name].append(math.nan if value is None else value)
    return {name: found for name, found in table.items() if not found or any(value is not None for value in found)}


def order(key: str) -> tuple[tuple[float, str], ...]:
    """By which points are sorted: the parameters as numbers, then as text."""
    exact = json.loads(key)
    found = {name: _value(name, exact.get(name)) for name in PARAMETERS}
    return tuple((0.0, value or "") if name in TEXTS else (value or 0.0, "") for name, value in found.items())


def _value(name: str, text: str | None) -> Any:
    """An integer, else the nearest double; inf; the text itself for TEXTS."""
    if text is None or name in TEXTS:
        return text
    if text == "inf":
        return math.inf
    numerator, _, denominator = text.partition("/")
    number = Fraction(int(numerator, 0), int(denominator or "1", 0))
    return int(number) if name in ("M", "N", "T", "outputs") else float(number)
