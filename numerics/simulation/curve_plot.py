"""A learning curve in one call: simulated means with error bars over planar theory, residuals below."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from numerics.evaluate import evaluate
from numerics.plots import COLOURS, STYLE
from numerics.simulation.simulate import Simulation
from theory.errors import InvalidInput
from theory.exact import describe
from theory.model import Model
from theory.spectrum import PowerLaw

AXES = {
    "T": "number of training samples $T$", "N": "number of features $N$", "gamma": r"ridge $\gamma$",
    "noise": r"noise $\sigma_\epsilon^2$", "M": "latent dimension $M$", "alpha": r"exponent $\alpha$",
}  # fmt: skip
SYMBOLS = {"alpha": r"\alpha", "gamma": r"\gamma", "noise": r"\sigma_\epsilon^2"}
QUANTITIES = {"loss": "test loss", "signal": "test loss without noise", "train_loss": "training loss per sample",
              "label_noise": "test loss by label noise", "df1": "degrees of freedom"}  # fmt: skip
POINTS = 160  # of a theory line
Evaluator = Callable[[Model], float]
SIZE = (7.4, 5.2)


def learning_curve(
    simulations: Sequence[Simulation], x: str = "", quantity: str = "loss", title: str = "", activation: str = "linear"
) -> Any:
    """A matplotlib Figure: `quantity` against the parameter `x` (default: the one with most values), log-log.

    Lines are planar theory (of the features' kernel, for a nonlinear `activation`), points the simulated means with
    one standard error; below, (mean - theory)/stderr. One curve for each combination of the other parameters, six
    at most. Raises InvalidInput for models without a power-law spectrum, an unknown x or quantity, or more curves
    than colours.
    """
    models = [simulation.model for simulation in simulations]
    if not models or not all(isinstance(model.spectrum, PowerLaw) for model in models):
        raise InvalidInput("simulations", f"{len(models)} models", "one or more, with power-law spectra")
    x = x or max(AXES, key=lambda name: len({_parameter(model, name) for model in models}))
    if x not in AXES:
        raise InvalidInput("x", x, "one of " + ", ".join(AXES))
    if quantity not in QUANTITIES:
        raise InvalidInput("quantity", quantity, "one of " + ", ".join(QUANTITIES))
    if any(_parameter(model, x) == float("inf") for model in models):
        raise InvalidInput(x, "inf", "finite values along the axis of a figure")
    curves: dict[str, list[Simulation]] = {}
    varied = [name for name in AXES if name != x and len({_parameter(model, name) for model in models}) > 1]
    for simulation in simulations:
        label = ", ".join(f"${SYMBOLS.get(name, name)} = {_text(simulation.model, name)}$" for name in varied)
        curves.setdefault(label, []).append(simulation)
    if len(curves) > len(COLOURS):
        raise InvalidInput("simulations", f"{len(curves)} curves", f"at most {len(COLOURS)} to one figure")
    return _figure(curves, x, quantity, title, _evaluator(activation, quantity))


def _evaluator(activation: str, quantity: str) -> Evaluator:
    if activation == "linear":
        return lambda model: float(getattr(evaluate(model), quantity))
    from numerics.kernel_equivalent import kernel_equivalent

    return lambda model: float(getattr(kernel_equivalent(model, activation)[0], quantity))


def _figure(curves: dict[str, list[Simulation]], x: str, quantity: str, title: str, evaluator: Evaluator) -> Any:
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    with rc_context(STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
        below.axhspan(-2, 2, color="0.92", lw=0)
        below.axhline(0, color="0.3", lw=0.8)
        reach = 3.0
        for (label, simulations), colour in zip(curves.items(), COLOURS, strict=False):
            ordered = sorted(simulations, key=lambda simulation: float(_parameter(simulation.model, x)))
            places = np.array([float(_parameter(simulation.model, x)) for simulation in ordered])
            estimates = [simulation.estimate(quantity) for simulation in ordered]
            mean = np.array([estimate.mean for estimate in estimates])
            error = np.array([estimate.stderr or np.nan for estimate in estimates])
            theory = np.array([evaluator(simulation.model) for simulation in ordered])
            axes.plot(*_theory(ordered[0].model, x, places, evaluator), color=colour, lw=1.4, label=label or None)
            shown = np.isfinite(mean) & (mean > 0)
            style = {"color": colour, "ls": "", "marker": "o", "ms": 4, "mec": "black", "mew": 0.4}
            axes.errorbar(places[shown], mean[shown], yerr=np.nan_to_num(error[shown]), capsize=2, **style)
            judged = np.isfinite(mean) & np.isfinite(theory) & (error > 0)
            scores = (mean[judged] - theory[judged]) / error[judged]
            reach = max(reach, *np.abs(scores))
            below.plot(places[judged], scores, **style)
        below.set(ylabel="residual\n(standard errors)", xlabel=AXES[x], ylim=(-1.1 * reach, 1.1 * reach))
        axes.set(yscale="log", ylabel=QUANTITIES[quantity], title=title)
        if all(float(_parameter(one.model, x)) > 0 for group in curves.values() for one in group):
            axes.set_xscale("log")
            if x in ("N", "T", "M"):  # sizes are read as 200, not 2 x 10^2
                below.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
                below.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}".replace(",", " ")))
                below.xaxis.set_minor_formatter(NullFormatter())
        if any(curves):
            axes.legend(loc="best")
        return figure


def _theory(model: Model, x: str, places: np.ndarray, evaluator: Evaluator) -> tuple[np.ndarray, np.ndarray]:
    """The line between the first and the last point; poles are left out."""
    low, high = float(places.min()), float(places.max())
    grid = np.geomspace(low, high, POINTS) if low > 0 else np.linspace(low, high, POINTS)
    grid = np.unique(np.concatenate([np.round(grid) if x in ("N", "T", "M") else grid, places]))
    values = np.array([evaluator(_moved(model, x, value)) for value in grid])
    return grid, np.where(np.isfinite(values) & (values > 0), values, np.nan)


def _moved(model: Model, x: str, value: float) -> Model:
    spectrum = model.spectrum
    assert isinstance(spectrum, PowerLaw)
    if x == "alpha":
        return model.with_(spectrum=PowerLaw(value, spectrum.M, spectrum.lambda_plus))  # type: ignore[arg-type]
    if x == "M":
        return model.with_(spectrum=PowerLaw(spectrum.alpha, int(value), spectrum.lambda_plus))
    return model.with_(**{x: value})


def _parameter(model: Model, name: str) -> Any:
    return model.spectrum.alpha if name == "alpha" else getattr(model, name)  # type: ignore[union-attr]


def _text(model: Model, name: str) -> str:
    value = _parameter(model, name)
    return r"\infty" if value == float("inf") else describe(value)
