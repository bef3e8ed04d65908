"""The exceptions of the toolkit. Every message says what, where, and what to do."""


class SolvableError(Exception):
    """Base of every error the toolkit raises on purpose."""


class InvalidInput(SolvableError, ValueError):
    """A parameter outside its domain: names the parameter, its value and what is allowed."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        try:
            text = repr(value) if isinstance(value, str) else str(value)
        except ValueError:  # Python refuses to print integers of over 4300 digits
            text = "a number of thousands of digits"
        if len(text) > 60:
            text = f"{text[:57]}..."
        super().__init__(f"{name} = {text} is not allowed: give {allowed}")
        self.name, self.value, self.allowed = name, value, allowed

    def __reduce__(self) -> tuple[type, tuple[str, object, str]]:
        return type(self), (self.name, self.value, self.allowed)  # so that worker processes can raise it


class PrecisionError(SolvableError, ArithmeticError):
    """Double precision cannot hold or reach the answer; says how many digits to ask for."""


class CheckFailed(SolvableError):
    """A claim does not pass its own check: names it, with the verdict and the formula."""


class NotConverged(SolvableError, ArithmeticError):
    """An iteration ended without meeting its tolerance; carries residual, tolerance, precision."""


class UnknownMarkup(SolvableError):
    """A text of the documents holds what a renderer cannot set: names it, with the text."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"no rule to set {kind} in {text[:60]!r}: write it otherwise, or add a rule")
        self.kind, self.text = kind, text

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.kind, self.text)
