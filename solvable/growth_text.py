"""Growths and borders of the phase diagram as text and JSON."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from theory.growth import Growth
    from theory.order import Vector
    from theory.phases import Border, Phase


def powers(phase: "Phase", vector: "Vector") -> dict[str, str]:
    """The nonzero exponents by scale."""
    at = phase.region.window.at
    found = {name: at(power.as_expr()) for name, power in zip(phase.names, vector, strict=True)}
    return {name: str(power) for name, power in found.items() if power != 0}


def law(phase: "Phase", growth: "Growth | None") -> dict[str, Any]:
    """A growth for JSON; zero has no powers."""
    if growth is None:
        return {"amplitude": "0", "powers": None, "logs": []}
    logs = [{"of": powers(phase, vector), "power": str(power.as_expr())} for vector, power in growth.logs]
    return {"amplitude": str(growth.amplitude), "powers": powers(phase, growth.powers), "logs": logs}


def border(phase: "Phase", wall: "Border") -> dict[str, Any]:
    """scale >> or << amplitude * powers, for JSON."""
    return {
        "scale": wall.variable,
        "relation": ">>" if wall.above else "<<",
        "amplitude": str(wall.amplitude),
        "powers": powers(phase, wall.powers),
    }


def growth_text(phase: "Phase", growth: "Growth | None") -> str:
    """A growth on one line."""
    if growth is None:
        return "0"
    logs = "".join(f" ln({_monomial(phase, None, vector)})^({power.as_expr()})" for vector, power in growth.logs)
    return _monomial(phase, growth.amplitude, growth.powers) + logs


def border_text(phase: "Phase", wall: "Border") -> str:
    """A border on one line."""
    return f"{wall.variable} {'>>' if wall.above else '<<'} {_monomial(phase, wall.amplitude, wall.powers)}"


def _monomial(phase: "Phase", amplitude: Any, vector: "Vector") -> str:
    parts = []
    if amplitude is not None and amplitude != 1:
        text = str(amplitude)
        parts.append(text if amplitude.is_Atom or amplitude.is_Function else f"({text})")
    for name, power in powers(phase, vector).items():
        parts.append(name if power == "1" else f"{name}^{power}" if power.isalnum() else f"{name}^({power})")
    return " ".join(parts) or "1"
