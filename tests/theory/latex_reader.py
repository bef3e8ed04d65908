r"""Reads back the LaTeX that theory.latex prints, as numbers: the value of a formula at a point.

A recursive-descent reader of the printed grammar alone (fractions, roots, powers, functions, juxtaposition). It knows
nothing of SymPy: `values` gives each printed symbol its number, or its mpmath matrix.
"""

import re
from collections.abc import Mapping
from typing import Any

from mpmath import matrix, mp, mpf

TOKEN = re.compile(r"@\d+|\\[A-Za-z]+|\\.|\d+|[A-Za-z]|[{}^_()+\-/,]|\[|\]")
FUNCTIONS = {
    r"\sin": mp.sin,
    r"\cos": mp.cos,
    r"\cot": mp.cot,
    r"\ln": mp.log,
    r"\arcsin": mp.asin,
    r"\Gamma": mp.gamma,
}
SEVERAL = {r"\zeta": mp.zeta, r"\min": min}  # of one argument or more, in brackets
CLOSING = {"}", ")", "]", r"\right", "&", ",", "+", "-", "/"}


class Reader:
    """One formula, without its left side."""

    def __init__(self, text: str, values: Mapping[str, Any]) -> None:
        self._values: dict[str, Any] = {}
        for number, name in enumerate(sorted(values, key=len, reverse=True)):  # the longest first: V_{0,2} before V
            if len(name) > 1:
                bounded = re.escape(name) + (r"(?![A-Za-z])" if name[-1].isalpha() else "")
                text = re.sub(bounded, f" @{number} ", text)
                self._values[f"@{number}"] = values[name]
            else:
                self._values[name] = values[name]
        self._tokens = TOKEN.findall(text)
        left = re.sub(r"\s", "", TOKEN.sub("", text))
        if left:
            raise ValueError(f"cannot read {left!r} in {text}")
        self._at = 0

    def value(self) -> Any:
        found = self._sum()
        if self._at != len(self._tokens):
            raise ValueError(f"left over: {self._tokens[self._at :]}")
        return found

    def _peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, expected: str | None = None) -> str:
        token = self._peek()
        if token is None or (expected is not None and token != expected):
            raise ValueError(f"{token} where {expected} should stand, after {self._tokens[: self._at]}")
        self._at += 1
        return token

    def _sum(self) -> Any:
        total = self._signed()
        while self._peek() in ("+", "-"):
            total = total + self._product() if self._take() == "+" else total - self._product()
        return total

    def _signed(self) -> Any:
        if self._peek() == "-":
            self._take()
            return -self._product()
        return self._product()

    def _product(self) -> Any:
        total = self._power()
        while (token := self._peek()) is not None and (token not in CLOSING or token == "/"):
            if token == "/":
                self._take()
                total = total / self._power()
            else:
                total = total * self._power()
        return total

    def _power(self) -> Any:
        base = self._atom()
        while self._peek() == "^":
            self._take()
            self._take("{")
            if self._peek() == r"\top":
                self._take()
                base = base.T
            else:
                base = base ** self._exponent(base)
            self._take("}")
        return base

    def _exponent(self, base: Any) -> Any:
        exponent = self._sum()
        return int(exponent) if isinstance(base, matrix) else exponent

    def _atom(self) -> Any:
        token = self._take()
        if token in self._values:
            return self._values[token]
        if token.isdigit():
            return mpf(token)
        if token == r"\pi":
            return mp.pi
        if token == "e":
            return mp.e
        if token in ("{", "("):
            return self._enclosed({"{": "}", "(": ")"}[token])
        if token == r"\left":
            self._take("(")
            found = self._enclosed(r"\right")
            self._take(")")
            return found
        if token == r"\frac":
            return self._group() / self._group()
        if token == r"\sqrt":
            degree = 2
            if self._peek() == "[":
                self._take()
                degree = int(self._take())
                self._take("]")
            return self._group() ** (mpf(1) / degree)
        if token in SEVERAL:
            return SEVERAL[token](*self._arguments())
        if token in FUNCTIONS:
            return self._function(token)
        raise ValueError(f"unknown: {token} after {self._tokens[: self._at]}")

    def _enclosed(self, closing: str) -> Any:
        found = self._sum()
        self._take(closing)
        return found

    def _group(self) -> Any:
        self._take("{")
        return self._enclosed("}")

    def _arguments(self) -> list[Any]:
        self._take(r"\left")
        self._take("(")
        arguments = [self._sum()]
        while self._peek() == ",":
            self._take()
            arguments.append(self._sum())
        self._take(r"\right")
        self._take(")")
        return arguments

    def _function(self, name: str) -> Any:
        exponent = 1
        if self._peek() == "^":
            self._take()
            exponent = self._group()
        return FUNCTIONS[name](self._atom()) ** exponent
