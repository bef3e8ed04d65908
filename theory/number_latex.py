r"""Decimal numbers as LaTeX: powers of ten, long decimals in lines, and errors beside their values."""

from decimal import ROUND_CEILING, Context, Decimal

ROW = 50  # digits to a line of an article
ZEROS = 6  # from which an integer is written with a power of ten


def decimal(value: str) -> str:
    r"""A printed number such as `1.5e-7` as $1.5 \times 10^{-7}$, `1000000` as $10^{6}$, `inf` as $\infty$."""
    if value in ("inf", "-inf"):
        return value.replace("inf", r"\infty")
    digits, _, power = value.lower().partition("e")
    if not power and "." not in digits and digits.endswith("0" * ZEROS):
        digits, power = digits.rstrip("0"), str(len(digits) - len(digits.rstrip("0")))
    if not power:
        return digits
    return rf"10^{{{int(power)}}}" if digits == "1" else rf"{digits} \times 10^{{{int(power)}}}"


def rows(value: str) -> list[str]:
    """A long decimal in lines of ROW digits, the last with its power of ten."""
    if len(value) <= ROW:
        return [decimal(value)]
    digits, _, power = value.lower().partition("e")
    lines = [digits[start : start + ROW] for start in range(0, len(digits), ROW)]
    if power:
        lines[-1] = decimal(f"{lines[-1]}e{power}")
    return lines


def ball(value: str, radius: str) -> list[str]:
    r"""Lines of `value \pm radius`; the radius rounded up to two digits."""
    bound = Context(prec=2, rounding=ROUND_CEILING).create_decimal(Decimal(radius))
    *first, last = rows(value)
    if bound == 0:
        return [*first, last]
    return [*first, rf"{last} \pm {decimal(f'{bound.normalize():e}')}"]


def with_error(value: float, error: float | None) -> str:
    r"""A mean with its standard error's two leading digits in brackets: $1.2345(67) \times 10^{-4}$."""
    if error is None or not error > 0:
        return decimal(f"{value:.6g}")
    exponent = Decimal(value).adjusted() if value else Decimal(error).adjusted()
    scaled, spread = (Decimal(x).scaleb(-exponent) for x in (value, error))
    places = max(1 - spread.adjusted(), 0)
    shown = f"{scaled:.{places}f}({round(spread.scaleb(places))})"
    return shown if exponent == 0 else rf"{shown} \times 10^{{{exponent}}}"
