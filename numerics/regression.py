r"""Learning curves on a finite population: planar theory, ridge regression, and its Gaussian double.

T of the n patches of a FeatureProblem are drawn without replacement, ridge regression (no intercept) is
fitted to them, and the error (1/2) E (y - theta f)^2 is measured on the n - T patches held out.

Theory. Planar theory knows the population only through lambda, v, sigma_eps^2, with E over all n
patches; T of them are no independent draws, and the population has them too. If the population's principal
axes are Haar distributed (exactly so for a Gaussian population with the given moments), sampling is a free
compression: with weight w = 1 on the T patches and w = J on the others the population's weights have the
S-transform S_w, kappa = (gamma/n) S_w(-D/n), and the minimum of the training objective is

    H(J) = (gamma/2) [ sigma_eps^2 / kappa + sum_k v_k / (lambda_k + kappa) ].

At J = 0, and with dH/dJ = (n - T) times the held-out error there,

    kappa (T - D) = gamma (1 - D/n),
    R = R_inf n (T - q) / [ (n - D)(T - D) + (D - q)(n - T) ],       R_inf = L + sigma_eps^2 / 2,

L the planar test loss at N = inf and ridge gamma (1 - D/n). n -> infinity is planar theory itself, and
T -> n is generalised cross-validation, R = R_train / (1 - D/n)^2. Derived here, tested by the double.

The double. `surrogate` draws Gaussian populations whose moments over all n patches equal the data's exactly,
and learns from them likewise. Planar theory must agree with it within standard errors; what the data differ by beyond
that is their non-Gaussianity. Its scale is known before any fit: with e the residual of the population's
ridge at kappa, h = f (Lambda + kappa)^{-1} f and l = f Lambda (Lambda + kappa)^{-2} f of a patch, a Gaussian has
E e^2 l = E e^2 E l; for the data, with rho_l = E e^2 l / (E e^2 E l) and rho_h likewise, to first order in D/T,

    shift = (E e^2 / 2R) [ (rho_l - 1) q (1/T - 1/n) + (rho_h - 1) 2 D/n ].

Acceptance, declared before measuring (`LearningCurve.agrees`): theory within FALSE_ALARM of the double at all
T together, and data within MAX_DEVIATION of theory at every T and MEDIAN_DEVIATION in the median. On the default
problem the shift is up to 5 %; the bound is twice that, the expansion being of first order at D/T up to 0.9,
and a third of what dropping the variance factor T/(T - q) changes. A standard error of 2 % keeps it apart from chance.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from numerics.float64 import evaluate_grid
from numerics.images import FeatureProblem
from theory.errors import InvalidInput, NotConverged

SIZES = (16, 32, 64, 128, 256, 512, 1024, 2048)
RIDGE = 10.0
RIDGES = 10.0 ** np.linspace(-2, 5, 113)  # searched for the optimum: factors of 10^(1/16)
MAX_DEVIATION = 0.10
MEDIAN_DEVIATION = 0.05
FALSE_ALARM = 1e-4  # of the test against the double, all T together
ROUNDS = 200
TOLERANCE = 1e-13


@dataclass(frozen=True, eq=False)
class Prediction:
    """Planar theory at each T, arrays of one shape: held-out error `loss`, ridge gamma, kappa, df1, df2.

    `infinite` is the error R_inf that the same moments would give at ridge gamma for n = infinity.
    """

    sizes: np.ndarray
    gamma: np.ndarray
    loss: np.ndarray
    infinite: np.ndarray
    kappa: np.ndarray
    df1: np.ndarray
    df2: np.ndarray


@dataclass(frozen=True, eq=False)
class LearningCurve:
    """Theory, data and Gaussian double at each T (arrays of one length); errors include the noise floor.

    predicted, measured +- stderr (data), surrogate +- surrogate_stderr (double): held-out error
    (1/2) E (y - theta f)^2. shift: what fourth moments of the data let one expect of measured/predicted - 1.
    """

    sizes: np.ndarray
    gamma: np.ndarray
    predicted: np.ndarray
    measured: np.ndarray
    stderr: np.ndarray
    surrogate: np.ndarray
    surrogate_stderr: np.ndarray
    shift: np.ndarray
    draws: int

    @property
    def relative_error(self) -> np.ndarray:
        """measured/predicted - 1."""
        return self.measured / self.predicted - 1

    @property
    def z(self) -> np.ndarray:
        """(surrogate - predicted)/stderr: planar theory against the model that it solves."""
        return (self.surrogate - self.predicted) / self.surrogate_stderr

    @property
    def z_limit(self) -> float:
        """Student's t at draws - 1 degrees of freedom and FALSE_ALARM shared among the T."""
        from scipy.special import stdtrit

        return float(stdtrit(self.draws - 1, 1 - FALSE_ALARM / 2 / self.sizes.size))

    @property
    def theory_agrees(self) -> bool:
        """Theory against the double, at every T."""
        return bool(np.all(np.abs(self.z) <= self.z_limit))

    @property
    def data_agree(self) -> bool:
        """Theory against the data, in the largest and the median deviation."""
        off = np.abs(self.relative_error)
        return bool(off.max() <= MAX_DEVIATION and np.median(off) <= MEDIAN_DEVIATION)

    @property
    def agrees(self) -> bool:
        """Both."""
        return self.theory_agrees and self.data_agree


def predict_and_measure(
    problem: FeatureProblem,
    sizes: Sequence[int] = SIZES,
    gamma: float | Literal["optimal"] = RIDGE,
    draws: int = 48,
    seed: int = 0,
) -> LearningCurve:
    """The learning curve at a fixed ridge, or at each T's ridge of least predicted error (of RIDGES).

    Raises InvalidInput for sizes that are not 1 <= T < n - p, gamma <= 0, draws < 2 or seed < 0.
    """
    for name, value, least in (("draws", draws, 2), ("seed", seed, 0)):
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise InvalidInput(name, value, f"an integer >= {least}")
    prediction = predict(problem, sizes, best_ridge(problem, sizes) if gamma == "optimal" else gamma)
    results = [
        [_average(run, problem, int(T), ridge, draws, seed) for T, ridge in zip(sizes, prediction.gamma, strict=True)]
        for run in (_measured, _surrogate)
    ]
    (measured, stderr), (double, double_stderr) = (np.array(result).T for result in results)
    shift = fourth_moment_shift(problem, prediction)
    return LearningCurve(
        prediction.sizes, prediction.gamma, prediction.loss, measured, stderr, double, double_stderr, shift, draws
    )


# Theory ------------------------------------------------------------------------------------------


def predict(problem: FeatureProblem, sizes: Sequence[int], gamma: float | np.ndarray) -> Prediction:
    """Planar theory of the held-out error, population finite; gamma > 0 broadcasts with sizes.

    Raises InvalidInput, NotConverged.
    """
    n, p = problem.population, problem.eigenvalues.size
    shape_sizes, ridge = np.broadcast_arrays(np.asarray(sizes), np.asarray(gamma, dtype=float))
    if shape_sizes.dtype.kind != "i" or shape_sizes.min() < 1 or shape_sizes.max() >= n - p:
        raise InvalidInput("sizes", sizes, f"integers from 1 to {n - p - 1} (fewer than n - p patches)")
    if not (np.all(np.isfinite(ridge)) and np.all(ridge > 0)):
        raise InvalidInput("gamma", gamma, "numbers > 0")
    model, used = problem.model(1, 1.0), ridge
    infinite = evaluate_grid(model, T=shape_sizes, gamma=ridge).loss + problem.noise / 2
    for _ in range(ROUNDS):
        values = evaluate_grid(model, T=shape_sizes, gamma=used)
        last, used = used, ridge * (1 - values.df1 / n)
        if np.all(np.abs(used - last) <= TOLERANCE * ridge):
            break
    else:
        residual = float(np.max(np.abs(used - last) / ridge))
        raise NotConverged(
            f"ridge of a population of {n}: residual {residual:.3g} above {TOLERANCE:.3g}, double precision"
        )
    gap, spread = values.sample_gap, values.spread
    factor = n * (gap + spread) / ((n - values.df1) * gap + spread * (n - shape_sizes))
    loss = factor * (values.loss + problem.noise / 2)
    return Prediction(shape_sizes, ridge, loss, infinite, values.kappa, values.df1, values.df2)


def best_ridge(problem: FeatureProblem, sizes: Sequence[int]) -> np.ndarray:
    """The ridge of RIDGES with the least predicted error at each T; flat to second order between them."""
    table = predict(problem, np.asarray(sizes)[:, None], RIDGES)  # type: ignore[arg-type]
    return RIDGES[np.argmin(table.loss, axis=1)]  # type: ignore[no-any-return]


def fourth_moment_shift(problem: FeatureProblem, prediction: Prediction) -> np.ndarray:
    """First-order relative change of the held-out error by the data's fourth moments; 0 for a Gaussian."""
    lam, n = problem.eigenvalues, problem.population
    squares = np.square(problem.features)
    slope = problem.features.T @ problem.labels / n / lam
    out = []
    for T, loss, kappa, df1, df2 in zip(
        *(prediction.sizes, prediction.loss, prediction.kappa, prediction.df1, prediction.df2), strict=True
    ):
        residual = np.square(problem.labels - problem.features @ (slope * lam / (lam + kappa)))
        weight = residual / residual.mean()
        rho_h = float(weight @ (squares @ (1 / (lam + kappa)))) / n / df1
        rho_l = float(weight @ (squares @ (lam / (lam + kappa) ** 2))) / n / df2
        first = (rho_l - 1) * df2 * (1 / T - 1 / n) + (rho_h - 1) * 2 * df1 / n
        out.append(residual.mean() / (2 * loss) * first)
    return np.array(out)


# Experiment --------------------------------------------------------------------------------------


def ridge_coefficients(features: np.ndarray, labels: np.ndarray, gamma: float) -> np.ndarray:
    """The minimiser of (1/2)|features theta - labels|^2 + (gamma/2)|theta|^2, by the smaller Gram matrix.

    The same as sklearn.linear_model.Ridge(alpha=gamma, fit_intercept=False), whose checks cost more than the solution.
    """
    T, p = features.shape
    if p > T:
        return features.T @ np.linalg.solve(features @ features.T + gamma * np.eye(T), labels)  # type: ignore[no-any-return]
    return np.linalg.solve(features.T @ features + gamma * np.eye(p), features.T @ labels)


def _average(
    run: Callable[[FeatureProblem, int, float, np.random.Generator], float],
    *at: *tuple[FeatureProblem, int, float],
    draws: int,
    seed: int,
) -> tuple[float, float]:
    """Mean and standard error over draws; draw k at T depends on (seed, T, k) alone."""
    values = [run(problem, T, gamma, np.random.default_rng([seed, T, k])) for k in range(draws)]
    return float(np.mean(values)), float(np.std(values, ddof=1)) / math.sqrt(draws)


def _measured(problem: FeatureProblem, T: int, gamma: float, rng: np.random.Generator) -> float:
    """Held-out error of one training set of T patches."""
    order = rng.permutation(problem.population)
    train, test = order[:T], order[T:]
    theta = ridge_coefficients(problem.features[train], problem.labels[train], gamma)
    return float(np.square(problem.labels - problem.features @ theta)[test].mean()) / 2


def _surrogate(problem: FeatureProblem, T: int, gamma: float, rng: np.random.Generator) -> float:
    """The same for a Gaussian population with the same moments over its n members, of which T rows are drawn.

    Features and residual are sqrt(n) times the columns of a Haar matrix, n x (p + 1), times their scales:
    G R^{-1} with G Gaussian and R the Cholesky triangle of G^T G. The n - T rows outside the training set enter
    by their part of G^T G alone (Bartlett: a triangle of normals, roots of chi^2 on its diagonal).
    """
    n, lam = problem.population, problem.eigenvalues
    count = lam.size + 1
    others = np.triu(rng.standard_normal((count, count)), 1)
    np.fill_diagonal(others, np.sqrt(rng.chisquare(n - T - np.arange(count))))
    normal = rng.standard_normal((T, count))
    triangle = np.linalg.cholesky(normal.T @ normal + others.T @ others)
    rows = math.sqrt(n) * np.linalg.solve(triangle, normal.T).T
    x, residual = rows[:, :-1] * np.sqrt(lam), math.sqrt(problem.noise) * rows[:, -1]
    slope = np.sqrt(problem.powers / lam)
    y = x @ slope + residual
    theta = ridge_coefficients(x, y, gamma)
    everyone = n * (lam @ np.square(theta - slope) + problem.noise)
    return float(everyone - np.square(y - x @ theta).sum()) / (n - T) / 2
