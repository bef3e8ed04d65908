r"""The grammar of scaling paths: "N=n^1, T=2*n^3/2, gamma=n^-1/2, M=inf, noise=0".

    path      = item {"," item}           item   = name "=" value,  name: N T gamma M noise
    value     = "inf" | "0" | "optimal" | factor {["*" | "/"] factor}
    factor    = number | "n" ["^" exponent]
    exponent  = "(" rational ")" | rational,   rational = ["-" | "+"] number ["/" number]

n^-8/5 is n^(-8/5): a slash between two numbers belongs to the exponent. Numbers are exact. Nothing is
ever evaluated as code.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from theory.path import Path, Power

OPTION = "--path"
ALLOWED = 'powers of n such as "N=n^1, T=2*n^3/2, gamma=n^-1/2, M=inf, noise=0"'
NAMES = ("N", "T", "gamma", "M", "noise")
ABSENT = {"N": "inf", "T": "inf", "M": "inf", "gamma": "0", "noise": "0"}
MAX_TEXT, MAX_DIGITS, MAX_EXPONENT = 1000, 40, 1000
_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d{1,2}(?!\d))?|\.\d+)|(\*\*|[-+*/^()])|(n)(?![A-Za-z_]))", re.ASCII)


def read_path(text: str, alpha: Fraction | None = None, source: Fraction | None = None) -> "Path":
    """The path that a text describes. Raises InvalidInput, naming --path, for anything outside the grammar."""
    from theory.errors import InvalidInput
    from theory.path import OPTIMAL, Path

    if len(text) > MAX_TEXT:
        raise InvalidInput(OPTION, text[:40] + "...", f"at most {MAX_TEXT} characters")
    values: dict[str, str] = {}
    for item in text.split(","):
        name, equals, value = (part.strip() for part in item.partition("="))
        if not equals or name not in NAMES:
            raise InvalidInput(OPTION, item.strip(), f"{ALLOWED}; the names are {', '.join(NAMES)}")
        if name in values:
            raise InvalidInput(OPTION, item.strip(), f"{name} once")
        values[name] = value
    for name in ("N", "T"):
        if name not in values:
            raise InvalidInput(OPTION, text, f"{name}= a power of n, or inf")

    def read(name: str) -> "Power | None":
        value = values.get(name, ABSENT[name])
        return None if value == ABSENT[name] else read_power(name, value)

    try:
        gamma = OPTIMAL if values.get("gamma") == OPTIMAL else read("gamma")
        return Path(read("N"), read("T"), gamma, read("M"), read("noise"), alpha=alpha, source=source)
    except InvalidInput as refusal:
        if refusal.name in NAMES:
            raise InvalidInput(OPTION, f"{refusal.name}={values.get(refusal.name)}", refusal.allowed) from None
        raise


def read_power(name: str, text: str, option: str = OPTION) -> "Power":
    """One product of powers of n. Raises InvalidInput, naming the option."""
    return _Reader(name, text, option).power()


class _Reader:
    """One value, read left to right."""

    def __init__(self, name: str, text: str, option: str) -> None:
        self.name, self.text, self.option = name, text, option
        self.tokens = self._tokens(text)

    def _refusal(self) -> Exception:
        from theory.errors import InvalidInput

        absent = f"{ABSENT[self.name]}, " + ("optimal, " if self.name == "gamma" else "")
        return InvalidInput(
            self.option, f"{self.name}={self.text}", f"{absent}or a product of powers of n such as 2*n^-1/2"
        )

    def _tokens(self, text: str) -> list[str]:
        tokens, at = [], 0
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            if match is None:
                raise self._refusal()
            tokens.append(match[0].strip().replace("**", "^"))
            at = match.end()
        return tokens

    def power(self) -> "Power":
        """coefficient n^exponent; at least one factor."""
        from theory.path import Power

        coefficient, exponent = Fraction(1), Fraction(0)
        sign = 1
        while True:
            if self._next("n"):
                exponent += sign * (self._exponent() if self._next("^") else 1)
            else:
                factor = self._number()
                if factor <= 0:
                    raise self._refusal()
                coefficient *= factor**sign
            if not self.tokens:
                break
            sign = -1 if self.tokens[0] == "/" else 1
            if self.tokens[0] in "*/":
                self.tokens.pop(0)
        if abs(exponent) > MAX_EXPONENT or len(str(exponent)) > MAX_DIGITS or len(str(coefficient)) > 8 * MAX_DIGITS:
            raise self._refusal()
        return Power(exponent, coefficient)

    def _next(self, token: str) -> bool:
        if self.tokens and self.tokens[0] == token:
            self.tokens.pop(0)
            return True
        return False

    def _number(self) -> Fraction:
        if not self.tokens or not (self.tokens[0][0].isdigit() or self.tokens[0][0] == "."):
            raise self._refusal()
        token = self.tokens.pop(0)
        if len(token) > MAX_DIGITS:
            raise self._refusal()
        return Fraction(token)

    def _exponent(self) -> Fraction:
        if not self._next("("):
            return self._rational()
        value = self._rational()
        if not self._next(")"):
            raise self._refusal()
        return value

    def _rational(self) -> Fraction:
        sign = -1 if self._next("-") else 1
        if sign > 0:
            self._next("+")
        value = self._number()
        if len(self.tokens) >= 2 and self.tokens[0] == "/" and self.tokens[1][0].isdigit():
            self.tokens.pop(0)
            divisor = self._number()
            if divisor == 0:
                raise self._refusal()
            value /= divisor
        return sign * value


def describe(path: "Path", names: Sequence[str] = NAMES) -> str:
    """The path in the grammar."""
    return ", ".join(f"{name}={getattr(path, name) or ABSENT[name]}" for name in names)
