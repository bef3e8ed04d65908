"""Figures of an eigenvalue density: density with its edges over simulated eigenvalues, and eigenvalues by rank."""

from typing import Any

import numpy as np

from numerics.density import Density, FeatureEigenvalues
from numerics.plots import COLOURS, SIZE, STYLE
from theory.errors import InvalidInput
from theory.exact import describe
from theory.model import Model
from theory.spectrum import PowerLaw

BINS = 60
MARKED = 12  # bulks whose edges are all marked; beyond, the outermost two


def check_simulable(model: Model) -> None:
    """Raises InvalidInput for sizes beyond memory or patience."""
    n, t, count = int(model.N), int(model.T), model.M
    if n * t * count > 10**12 or count * (n + t) + n * t > 10**9:
        raise InvalidInput("M, N, T", f"{count}, {n}, {t}", "sizes that can be simulated: M N T up to 1e12")


def simulated_eigenvalues(model: Model, draws: int, seed: int = 0) -> np.ndarray:
    """Non-zero eigenvalues of phi phi^T, decreasing along each row, one row a draw; draw k depends on (seed, k) alone.

    Singular values of phi = u x, so that small eigenvalues keep their digits. Raises InvalidInput as
    `numerics.simulate` does for sizes beyond memory.
    """
    from scipy.linalg import qr, svdvals
    from threadpoolctl import threadpool_limits

    from numerics.simulation.problem import spectrum_arrays

    check_simulable(model)
    n, t, count = int(model.N), int(model.T), model.M
    work = n * t * count
    lam, _ = spectrum_arrays(model)
    scale = float(model.sigma_u) / np.sqrt(count)
    least = min(n, t, count)
    rows = np.empty((draws, least))
    with threadpool_limits(1 if work < 10**9 else None):
        for k, child in enumerate(np.random.SeedSequence(seed).spawn(draws)):
            rng = np.random.default_rng(child)
            x = rng.standard_normal((count, t)) * np.sqrt(lam)[:, None]
            u = rng.standard_normal((n, count)) * scale
            if least == count < min(n, t):  # orthogonal factors drop out: (R_u)(R_x)^T is M x M
                (left,), (right,) = qr(u, mode="r"), qr(x.T, mode="r")
                phi = left[:count] @ right[:count].T
            else:
                phi = u @ x
            rows[k] = svdvals(phi, check_finite=False)[:least] ** 2
    return rows


def histogram(density: Density, simulated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bins (BINS + 1 ends), log-spaced, and x rho(x) in each of them, one row a draw."""
    size = float(density.model.T if density.gram else density.model.N)
    values = simulated[simulated > 0]
    low = min(float(values.min()), density.x[0]) / 1.01
    bins = np.geomspace(low, float(values.max()) * 1.01, BINS + 1)
    counts = np.array([np.histogram(row, bins)[0] for row in simulated])
    return bins, counts / (np.diff(np.log(bins)) * size)


def density_figure(density: Density, simulated: np.ndarray | None = None) -> Any:
    """Eigenvalues per unit of ln x, as a share of all, against x; edges marked; simulated ones as a histogram."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        if simulated is not None:
            bins, heights = histogram(density, simulated)
            label = f"simulated, {simulated.shape[0]} draw{'s' if simulated.shape[0] > 1 else ''}"
            axes.stairs(heights.mean(axis=0), bins, fill=True, color="0.82", label=label)
        per_log = density.x * density.density
        shown = _broken(density, per_log)
        axes.plot(density.x, shown, color=COLOURS[0], lw=1.3, label="planar theory")
        edges = [edge.x for edge in density.edges if edge.x > 0]
        marked = edges if len(edges) <= 2 * MARKED else [edges[0], edges[-1]]
        name = "edges" if len(marked) == len(edges) else "outermost edges"
        axes.plot(marked, np.zeros(len(marked)), ls="", marker="|", ms=11, mew=1.3, color=COLOURS[1], clip_on=False,
                  label=name, zorder=5)  # fmt: skip
        axes.set(xscale="log", xlabel=r"eigenvalue $x$", ylabel=r"$x\,\rho(x)$")
        axes.set_ylim(0, 1.08 * _ceiling(density, per_log))
        axes.set_title(_title(density.model, gram=density.gram, atom=density.atom))
        figure.legend(loc="outside right upper")
        return figure


def rank_figure(spectrum: FeatureEigenvalues, simulated: np.ndarray | None = None, points: int = 160) -> Any:
    """Log-log eigenvalue against rank: the planar law, means of simulated ones with errors, the latent power law."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    ranks = np.round(np.geomspace(1, spectrum.nonzero, points))
    ranks = np.unique(np.concatenate([ranks, spectrum.nonzero + 1 - ranks]))  # dense where eigenvalues end, too
    values = spectrum.at_ranks(ranks)
    with rc_context(STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        axes.plot(ranks, values, color=COLOURS[0], lw=1.4, label="planar theory")
        if simulated is not None:
            some = np.unique(np.round(np.geomspace(1, simulated.shape[1], 40))).astype(int)
            chosen = simulated[:, some - 1]
            spread = chosen.std(axis=0, ddof=1) / np.sqrt(len(chosen)) if len(chosen) > 1 else None
            label = "simulated" if spread is None else "simulated ± standard error"
            axes.errorbar(
                some, chosen.mean(axis=0), yerr=spread, color=COLOURS[1], ls="", marker="*", ms=7, mec="black", mew=0.4,
                elinewidth=0.8, capsize=2, label=label,
            )  # fmt: skip
        latent = _latent(spectrum.model, ranks)
        scale = values[0] / latent[0]
        axes.plot(ranks, scale * latent, color="0.45", lw=1.0, ls=":", label="latent spectrum, same top")
        axes.set(xscale="log", yscale="log", xlabel="rank", ylabel=r"eigenvalue of $\phi\,\phi^T$")
        both = values if simulated is None else np.concatenate([values, simulated.mean(axis=0)])
        axes.set_ylim(max(both.min(), both.max() * 1e-25) / 2, both.max() * 2)
        axes.set_title(_title(spectrum.model, gram=spectrum.gram))
        figure.legend(loc="outside right upper")
        return figure


def _latent(model: Model, ranks: np.ndarray) -> np.ndarray:
    if isinstance(model.spectrum, PowerLaw):
        return ranks ** -float(model.spectrum.exponent)
    return np.asarray(model.spectrum.values[ranks.astype(int) - 1])


def _broken(density: Density, values: np.ndarray) -> np.ndarray:
    """The curve without a line along the gaps between bulks: broken at the lower edge of each."""
    return np.where(np.isin(density.x, [edge.x for edge in density.edges[2::2]]), np.nan, values)


def _ceiling(density: Density, values: np.ndarray) -> float:
    """The greatest height, or 1 where the points miss the support."""
    return float(values.max()) if values.max() > 0 else 1.0


def _title(model: Model, *, gram: bool, atom: float = 0.0) -> str:
    spectrum = model.spectrum
    kind = rf"$\alpha = {describe(spectrum.alpha)}$" if isinstance(spectrum, PowerLaw) else "listed spectrum"
    matrix = r"$\phi^T\phi$" if gram else r"$\phi\,\phi^T$"
    extra = f", weight {atom:.3g} at 0" if atom else ""
    return f"{matrix}: {kind}, $M = {model.M}$, $N = {model.N}$, $T = {model.T}${extra}"
