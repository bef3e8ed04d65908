"""The exact optimal loss and ridge against the paper's law L_0 (1/N + 1/T)^alpha."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numerics.evaluate import evaluate
from numerics.figures.drawing import Drawing, Row, Settings, Tick, curve_rows
from numerics.optimum import optimal_ridge
from numerics.plots import COLOURS, STARS, STYLE, legend_outside
from numerics.scores import normal_score
from numerics.simulation.ladder import judge_all
from theory import optimum
from theory.continuum import ALPHA, LAMBDA_PLUS, c_alpha
from theory.model import Model
from theory.student import N, T

ALPHAS = (Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(2), Fraction(3))
WIDEST = 100  # N/T from 1/100 to 100
MEAN = 10**4  # sqrt(N T) of the exact points, at
LATENT = 10**18
SIMULATED = {Fraction(1): 4000, Fraction(2): 1000}  # latent dimension of the stars, by alpha
ROOTS = (Fraction(1, 10), Fraction(1), Fraction(2))  # sqrt(N/T)
PLACES = ((240, 60), (160, 160), (60, 240))  # N, T
CIRCLES: dict[str, Any] = {"marker": "o", "ms": 5, "mfc": "white", "mew": 1.1}
DASHES: dict[str, Any] = {"marker": "_", "ms": 13, "mew": 1.2}
LOSS, RIDGE = "loss / law", "scaled ridge"


def optimum_drawing(settings: Settings, tick: Tick) -> Drawing:
    """Two panels over N/T: optimal loss over the law, and the optimal ridge in the units in which it has a limit."""
    rows: list[Row] = []
    for alpha in ALPHAS:
        tick(f"optimal-ridge-law: alpha = {alpha}")
        rows += _closed(alpha) + _exact(alpha)
    rows += _stars(settings, tick)
    caption = (
        "Optimal ridge without label noise, against N/T. Left: exact optimal loss over the paper's law L_0 (1/N + "
        "1/T)^α. Right: optimal ridge γM (1/N + 1/T)^(1-α)/(σ_u² λ_+ c_α). Lines: closed "
        f"form for 1 << N, T << M; circles: exact planar optimum at N T = {MEAN}^2, M = 10^18; stars: "
        f"{settings.draws} simulated draws at the exact optimal ridge of finite models, α = 1 and 2, N T up to "
        "160^2; dashes: the planar loss of those."
    )
    return Drawing("optimal-ridge-law", caption, _figure(rows), tuple(rows))


def _closed(alpha: Fraction) -> list[Row]:
    """The closed forms, which depend on N/T alone."""
    value, ratio = sp.Rational(alpha.numerator, alpha.denominator), sp.Symbol("x", positive=True)
    at = {ALPHA: value, LAMBDA_PLUS: 1}
    loss = (optimum.optimal_loss() / optimum.paper_law()).subs(at).subs({N: ratio, T: 1})
    ridge = (optimum.optimal_ridge() / c_alpha() * (1 / N + 1 / T) ** (1 - ALPHA)).subs(at).subs({N: ratio, T: 1})
    x = np.geomspace(1 / WIDEST, WIDEST, 101)
    label = _label(alpha)
    rows = []
    for panel, form in ((LOSS, loss), (RIDGE, ridge)):
        values = np.broadcast_to(sp.lambdify(ratio, form, "numpy")(x), x.shape)
        rows += curve_rows(f"{panel}, {label}", "theory", x, values)
    return rows


def _exact(alpha: Fraction) -> list[Row]:
    """The planar optimum of large models."""
    rows = []
    for root in ROOTS:
        n, t = int(MEAN * root), int(MEAN / root)
        model = Model.power_law(alpha, LATENT, n, t)
        gamma = optimal_ridge(model, digits=6)
        loss, law = float(evaluate(model.with_(gamma=gamma)).loss), _law(alpha, LATENT, n, t)
        unit = float(c_alpha().subs(ALPHA, sp.Rational(alpha.numerator, alpha.denominator))) / LATENT
        scaled = float(gamma) / unit * (1 / n + 1 / t) ** float(1 - alpha)
        rows.append(Row(f"{LOSS}, {_label(alpha)}", "exact", n / t, loss / law))
        rows.append(Row(f"{RIDGE}, {_label(alpha)}", "exact", n / t, scaled))
    return rows


def _stars(settings: Settings, tick: Tick) -> list[Row]:
    """Simulated losses at the optimal ridge over the law, judged against the planar loss of the same model."""
    places = [(alpha, latent, n, t) for alpha, latent in SIMULATED.items() for n, t in PLACES]
    models = [Model.power_law(alpha, latent, n, t) for alpha, latent, n, t in places]
    models = [model.with_(gamma=optimal_ridge(model, digits=8)) for model in models]
    points = judge_all(
        models, settings.draws, settings.seed_of("optimal-ridge-law"), jobs=settings.jobs,
        progress=lambda done, total: tick(f"optimal-ridge-law: {done} of {total} draws"),
    )  # fmt: skip
    rows = []
    for (alpha, latent, n, t), point in zip(places, points, strict=True):
        law = _law(alpha, latent, n, t)
        known = point.z_corrected is not None and point.dof is not None
        score = normal_score(point.z_corrected or 0.0, point.dof or 1.0) if known else None
        error = (point.stderr or math.nan) / law
        curve = f"{LOSS}, {_label(alpha)}"
        rows.append(Row(curve, "simulated", n / t, point.mean / law, error, point.theory / law, score))
    return rows


def _law(alpha: Fraction, latent: int, n: int, t: int) -> float:
    """L_0 (1/N + 1/T)^alpha, with the teacher's 1/M that theory.optimum leaves out."""
    at = {ALPHA: sp.Rational(alpha.numerator, alpha.denominator), N: n, T: t}
    return float(optimum.paper_law().subs(at)) / latent


def _label(alpha: Fraction) -> str:
    return rf"$\alpha = {alpha}$"


def _figure(rows: list[Row]) -> Any:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure(figsize=(8.8, 3.9), layout="constrained")
        panels = dict(zip((LOSS, RIDGE), figure.subplots(1, 2), strict=True))
        for panel, axes in panels.items():
            for alpha, colour in zip(ALPHAS, COLOURS, strict=False):
                label = _label(alpha)
                own = {
                    kind: [(r.x, r.y) for r in rows if (r.curve, r.kind) == (f"{panel}, {label}", kind)]
                    for kind in ("theory", "exact")
                }
                x, y = zip(*own["theory"], strict=True)
                axes.plot(x, y, color=colour, lw=1.4, label=label)
                x, y = zip(*own["exact"], strict=True)
                axes.plot(x, y, color=colour, ls="", **CIRCLES)
                stars = [row for row in rows if (row.curve, row.kind) == (f"{panel}, {label}", "simulated")]
                at = [row.x for row in stars]
                axes.errorbar(at, [r.y for r in stars], yerr=[r.error for r in stars], color=colour, **STARS)
                axes.plot(at, [r.theory for r in stars], color="black", ls="", zorder=5, **DASHES)
            axes.set(xscale="log", xlabel="$N/T$")
        panels[RIDGE].set(yscale="log")
        panels[LOSS].set_ylabel(r"$L^*/\,L_0\,(1/N + 1/T)^\alpha$")
        panels[RIDGE].set_ylabel(r"$\gamma^* M\,(1/N + 1/T)^{1-\alpha}/\,\sigma_u^2\lambda_+ c_\alpha$")
        panels[LOSS].set_title("optimal loss over the paper's law")
        panels[RIDGE].set_title("optimal ridge, scaled")
        kinds = {
            "closed form": {"lw": 1.4},
            "exact, planar": {"ls": "", **CIRCLES},
            "simulated ±\nstandard error": {"ls": "", "marker": "*", "ms": 8},
            "planar at the\nstars' sizes": {"ls": "", **DASHES},
        }
        legend_outside(figure, panels[LOSS], kinds)
        return figure
