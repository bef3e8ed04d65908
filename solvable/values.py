"""What an option's text means: exact numbers, lists `a,b,c`, log-spaced ranges `A:B:K`, bounds on both.

Decimals and fractions become exact Fractions. Every refusal is an InvalidInput that names the
option, the part of its value at fault, and what is allowed. One string can ask for bounded work only.
"""

from collections.abc import Callable
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from fractions import Fraction
from typing import TypeVar

MAX_RECORDS = 1_000_000
MAX_SIZE = 10**18
MAX_EXPONENT = 100  # alpha, and R either way: the work grows with the square of alpha
MAX_TEXT = 10_000_000
OPTIMAL = "optimal"
SYMBOLIC = "alpha"
MAX_EXACT = 100  # of an exponent that exact laws hold as a fraction
_SHORT = Context(prec=17, Emax=MAX_EMAX, Emin=MIN_EMIN)  # values inside a range of real numbers

_LISTS = ", a list {0}, or a log-spaced range {1}"
_SIZE = "an integer from 1 to 10^18"
_SIZE_LISTS = _LISTS.format("100,400", "1:5000:40")
_REAL_LISTS = _LISTS.format("0.5,1", "0.1:10:3")
Value = TypeVar("Value")
Reader = Callable[[str], Value]


def sizes(option: str, text: str, *, infinite: bool = False) -> tuple[int | float, ...]:
    """Positive integers up to 10^18; with `infinite` also `inf`."""
    allowed = _SIZE + (", inf" if infinite else "") + _SIZE_LISTS
    return _expand(option, text, allowed, lambda item: _size(option, item, allowed, infinite), _rounded)


def one_size(option: str, text: str, largest: int = MAX_SIZE, smallest: int = 1) -> int:
    """A single integer from `smallest` to `largest`."""
    from theory.errors import InvalidInput
    from theory.exact import to_fraction

    bound = "10^18" if largest == MAX_SIZE else str(largest)
    allowed = f"an integer from {smallest} to {bound}"
    number = to_fraction(option, text, allowed)
    if number.denominator != 1 or not smallest <= number <= largest:
        raise InvalidInput(option, text, allowed)
    return int(number)


def exponents(option: str, text: str) -> tuple[Fraction, ...]:
    """Values of alpha: numbers > 0, at most 100."""
    allowed = f"a number > 0 and <= {MAX_EXPONENT}{_REAL_LISTS}"
    return _expand(option, text, allowed, lambda item: _real(option, item, allowed, 0, MAX_EXPONENT), _decimal)


def one_exponent(option: str, text: str) -> Fraction | None:
    """A single alpha > 0 for exact laws, or None for the word `alpha`, which keeps it a symbol."""
    from theory.errors import InvalidInput

    if text.strip() == SYMBOLIC:
        return None
    value, *more = exponents(option, text)
    if more or len(str(value)) > MAX_EXACT:
        allowed = f"a single number > 0, in at most {MAX_EXACT} characters as a fraction, or alpha to keep it a symbol"
        raise InvalidInput(option, text, allowed)
    return value


def source(option: str, text: str) -> Fraction:
    """The teacher's exponent R: any number from -100 to 100."""
    return one_real(option, text, f"a number from -{MAX_EXPONENT} to {MAX_EXPONENT}", -MAX_EXPONENT, MAX_EXPONENT)


def scale(option: str, text: str) -> Fraction:
    """A single number > 0."""
    from theory.errors import InvalidInput

    number = one_real(option, text, "a number > 0", 0)
    if number == 0:
        raise InvalidInput(option, text, "a number > 0")
    return number


def levels(option: str, text: str) -> tuple[Fraction, ...]:
    """Numbers >= 0."""
    allowed = f"a number >= 0{_REAL_LISTS}"
    return _expand(option, text, allowed, lambda item: one_real(option, item, allowed, 0), _decimal)


def ridges(option: str, text: str) -> tuple[Fraction | str, ...]:
    """Numbers >= 0, or the word `optimal`."""
    allowed = f"a number >= 0, optimal{_REAL_LISTS}"

    def read(item: str) -> Fraction | str:
        return OPTIMAL if item == OPTIMAL else one_real(option, item, allowed, 0)

    return _expand(option, text, allowed, read, _decimal)


def one_real(option: str, text: str, allowed: str, least: int, most: int | None = None) -> Fraction:
    """A single exact number in [least, most]."""
    from theory.errors import InvalidInput
    from theory.exact import to_fraction

    number = to_fraction(option, text, allowed)
    if number < least or (most is not None and number > most):
        raise InvalidInput(option, text, allowed)
    return number


def _real(option: str, text: str, allowed: str, above: int, most: int) -> Fraction:
    from theory.errors import InvalidInput

    number = one_real(option, text, allowed, above, most)
    if number == above:
        raise InvalidInput(option, text, allowed)
    return number


def _size(option: str, text: str, allowed: str, infinite: bool) -> int | float:
    from theory.errors import InvalidInput
    from theory.exact import to_size

    try:
        number = to_size(option, text, infinite=infinite)
    except InvalidInput:
        raise InvalidInput(option, text, allowed) from None
    if MAX_SIZE < number < float("inf"):
        raise InvalidInput(option, text, allowed)
    return number


# Lists and ranges --------------------------------------------------------------------------------


def _expand(
    option: str, text: str, allowed: str, read: Reader[Value], between: Callable[[Decimal], Value]
) -> tuple[Value, ...]:
    """The values of a list whose items may be ranges."""
    from theory.errors import InvalidInput

    if len(text) > MAX_TEXT or text.count(",") >= MAX_RECORDS:
        raise InvalidInput(option, text, f"at most {MAX_RECORDS} values in {MAX_TEXT} characters")
    values: list[Value] = []
    for item in text.split(","):
        fields = item.split(":")
        if not all(field.strip() for field in fields):
            raise InvalidInput(option, text, f"{allowed}, without empty places")
        if len(fields) == 1:
            values.append(read(item.strip()))
        else:
            values.extend(_range(option, item, allowed, read, between, MAX_RECORDS - len(values)))
        if len(values) > MAX_RECORDS:
            raise InvalidInput(option, text, f"at most {MAX_RECORDS} values")
    return tuple(values)


def _range(
    option: str, item: str, allowed: str, read: Reader[Value], between: Callable[[Decimal], Value], room: int
) -> list[Value]:
    """A:B:K; the ends as given, repeated values once. K is at most `room`."""
    from theory.errors import InvalidInput

    fields = item.split(":")
    if len(fields) != 3:
        raise InvalidInput(option, item.strip(), f"{allowed}: a range has three fields A:B:K")
    first, last = read(fields[0].strip()), read(fields[1].strip())
    low, high = _range_end(option, first, item), _range_end(option, last, item)
    count = one_size(f"{option}: K in the range {item.strip()[:60]}", fields[2].strip(), MAX_RECORDS)
    if low == high:
        return [first]
    if count == 1:
        raise InvalidInput(option, item.strip(), "K >= 2 in a range A:B:K from A to another B")
    if count > room:
        raise InvalidInput(option, item.strip(), f"at most {MAX_RECORDS} values")
    values = [first]
    for inner in _log_spaced(low, high, count):
        value = between(inner)
        if value != values[-1]:
            values.append(value)
    return [*values, last] if values[-1] != last else values


def _range_end(option: str, value: object, item: str) -> Fraction:
    from theory.errors import InvalidInput

    if not isinstance(value, int | Fraction) or value <= 0:
        raise InvalidInput(option, item.strip(), "finite ends > 0 in a log-spaced range A:B:K")
    return Fraction(value)


def _log_spaced(first: Fraction, last: Fraction, count: int) -> list[Decimal]:
    """The count - 2 values strictly inside, to about 50 digits."""
    with localcontext(Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN)):
        start, stop = (Decimal(end.numerator) / Decimal(end.denominator) for end in (first, last))
        step = ((stop / start).ln() / (count - 1)).exp()
        values = []
        for _ in range(count - 2):
            start *= step
            values.append(start)
    return values


def _rounded(value: Decimal) -> int:
    return int(value.to_integral_value())


def _decimal(value: Decimal) -> Fraction:
    return Fraction(_SHORT.plus(value))
