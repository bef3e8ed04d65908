"""The planar solution in double precision, vectorised over N, T, ridge and noise.

What doubles cannot hold (a result that is no normal double) or reach (a root made ill-conditioned
by a gap in the spectrum) raises PrecisionError when it is read; numerics.evaluate then turns to
multiprecision. Never a silent 0, inf or NaN.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from numerics import formulas
from numerics.compress import Quadrature, compress, log_fraction
from numerics.root import TINY, Array, Points, Root, solve, wide_gap
from numerics.table import MOMENTS, split_moments
from numerics.wide import Wide
from theory.errors import InvalidInput, PrecisionError
from theory.model import Model

MAX_CONDITION = 500.0  # times rounding error leaves a tenth of the 1e-12 that is promised
MAX_SIZE = 2**63 - 1
INGREDIENTS = ("df2", "spread", "bias_sum", "cross_sum")
LARGE = 1e30  # ninth powers of it are doubles
NAMES = (
    "kappa", "delta", "df1", "df2", "feature_gap", "sample_gap", "spread", "bias_sum", "cross_sum",
    "signal", "label_noise", "loss", "train_loss",
)  # fmt: skip


class PlanarValues:
    """Arrays of one shape, read as attributes (NAMES). Losses are summed over outputs.

    delta = min(N, T) kappa; df1 = D, df2 = q; feature_gap = N - D, sample_gap = T - D (inf for an
    infinite size) and spread = D - q are computed without subtraction; bias_sum and cross_sum are the teacher's moments
    V[0,2] and V[1,1]; train_loss is per sample.
    Reading a quantity that somewhere is no normal double (other than a zero or infinity that the
    formula means) raises PrecisionError, as does reading any where some point is `unreliable`.
    """

    kappa: Array
    delta: Array
    df1: Array
    df2: Array
    feature_gap: Array
    sample_gap: Array
    spread: Array
    bias_sum: Array
    cross_sum: Array
    signal: Array
    label_noise: Array
    loss: Array
    train_loss: Array

    def __init__(self, raw: dict[str, Array], abnormal: dict[str, Array], unreliable: Array) -> None:
        self.raw, self.abnormal, self.unreliable = raw, abnormal, unreliable

    def reliable(self, name: str) -> bool:
        """Whether reading `name` gives digits that double precision promises, at every point."""
        return not np.any(self.unreliable | self.abnormal[name])

    def __getattr__(self, name: str) -> Array:
        if name not in NAMES:
            raise AttributeError(name)
        bad = self.unreliable | self.abnormal[name]
        if bad.any():
            where = tuple(int(i[0]) for i in np.nonzero(np.atleast_1d(bad)))
            cause = "is ill-conditioned" if np.atleast_1d(self.unreliable)[where] else "is no normal double"
            raise PrecisionError(f"{name} at point {where} {cause}: ask for --digits 16 (digits=16)")
        return self.raw[name]


def evaluate_grid(template: Model, N: Any = None, T: Any = None, gamma: Any = None, noise: Any = None) -> PlanarValues:
    """The planar solution (numerics.evaluate) on arrays of N, T, gamma, noise (broadcast); None keeps the template's.

    Quantities have the broadcast shape and are good to 1e-12. Spectrum, teacher, scales and outputs are the
    template's. Sizes are integers up to 2^63 - 1 (or the template's infinite one), gamma and noise doubles >= 0.
    Raises InvalidInput for bad entries, PrecisionError on reading what doubles cannot give (see PlanarValues).
    """
    infinite = [name for name, new in (("N", N), ("T", T)) if new is None and getattr(template, name) == math.inf]
    arrays = [
        _sizes("N", N, template.N),
        _sizes("T", T, template.T),
        np.array(_double(template.noise)) if noise is None else _floats("noise", noise),
        _log_ridge(gamma, template if infinite == ["N"] else template.with_(N=1)),
    ]
    try:
        shape = np.broadcast_shapes(*(x.shape for x in arrays))
    except ValueError:
        shapes = ", ".join(str(x.shape) for x in arrays)
        raise InvalidInput("shapes of N, T, noise, gamma", shapes, "arrays that broadcast") from None
    if 0 in shape:
        raise InvalidInput("N, T, gamma, noise", "an empty array", "at least one value each")
    n_size, t_size, sigma2, log_g = (np.broadcast_to(x, shape).ravel() for x in arrays)
    points = Points.of(n_size, t_size, template.M, sigma2, log_g, "".join(infinite))
    return _evaluate(template, points, shape)


def evaluate_float64(model: Model) -> PlanarValues:
    """The planar solution of one model, of any size; arrays of shape (). See `evaluate_grid`."""
    return _evaluate(model, _single(model), ())


def start_log_kappa(model: Model) -> float:
    """ln(kappa) in double precision, however ill-conditioned: where multiprecision starts from."""
    return float(solve(compress(model), _single(model)).log_kappa[0])


def _single(model: Model) -> Points:
    n_size, t_size = (np.array([1 if size == math.inf else size], dtype=object) for size in (model.N, model.T))
    noise, log_g = np.array([_double(model.noise)]), np.array([log_fraction(model.ridge_scale)])
    infinite = "N" if math.inf == model.N else "T" if math.inf == model.T else ""
    return Points.of(n_size, t_size, model.M, noise, log_g, infinite)


def _double(value: Any) -> float:
    """A fraction as a double; one out of range stays marked by a subnormal or an infinity."""
    if value == 0 or TINY <= value <= np.finfo(float).max:
        return float(value)
    return 5e-324 if value < 1 else math.inf


def _sizes(name: str, value: Any, default: int | float) -> Array:
    if value is None and default == math.inf:
        return np.array(1, dtype=np.int64)  # a placeholder: the limit forms do not contain it
    array = np.asarray(default if value is None else value)
    whole = array.dtype.kind == "f" and np.all(np.abs(array) < 2.0**63) and np.all(array == np.floor(array))
    if whole or (array.dtype.kind == "u" and np.all(array <= MAX_SIZE)):
        array = array.astype(np.int64)
    if array.dtype.kind != "i" or np.any(array < 1):
        raise InvalidInput(name, array, f"integers from 1 to {MAX_SIZE} (or a single Model of any size)")
    return array.astype(np.int64)


def _floats(name: str, value: Any) -> Array:
    array = np.asarray(value)
    if array.dtype.kind not in "iuf" or not np.all(np.isfinite(array)) or np.any(array < 0):
        raise InvalidInput(name, value, "finite numbers >= 0")
    return array.astype(float)


def _log_ridge(value: Any, template: Model) -> Array:
    """ln of the right side of the planar equation."""
    if value is None:
        return np.array(log_fraction(template.ridge_scale))
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(_floats("gamma", value)) + log_fraction(template.with_(gamma=1).ridge_scale))


# Solution ----------------------------------------------------------------------------------------


def _evaluate(model: Model, points: Points, shape: tuple[int, ...]) -> PlanarValues:
    rows, condition = planar_rows(compress(model), points, model.outputs)
    abnormal = _abnormal(rows, points)
    values, bad = ({k: row.reshape(shape) for k, row in table.items()} for table in (rows, abnormal))
    return PlanarValues(values, bad, (condition > MAX_CONDITION).reshape(shape))


def planar_rows(
    quadrature: Quadrature, points: Points, outputs: int, solver: Callable[[Quadrature, Points], Root] = solve
) -> tuple[dict[str, Array], Array]:
    """Every quantity of NAMES at each point, unchecked, and the condition number of each root (0 where none is)."""
    rows = {name: np.empty(points.n.size) for name in NAMES}
    condition = np.zeros(points.n.size)
    used_up = points.used_up()
    if used_up.any():
        _fill(rows, used_up, _exhausted(quadrature.count, points[used_up], outputs))
    if not used_up.all():
        inside = points[~used_up]
        root = solver(quadrature, inside)
        condition[~used_up] = root.condition
        _fill(rows, ~used_up, _interior(quadrature, inside, root, outputs))
    return rows, condition


def _fill(rows: dict[str, Array], where: Array, part: dict[str, Array]) -> None:
    for name, value in part.items():
        rows[name][where] = value


def _exhausted(count: float, points: Points, outputs: int) -> dict[str, Array]:
    """gamma = 0 and min(N, T) >= M: kappa = 0, D = M, no signal is lost; noise as in the limit."""
    zero = np.zeros(points.n.size)
    count, b, noise = float(count), points.t_beyond, points.noise
    if points.infinite == "T":
        label_noise, train = zero, outputs * noise / 2
        b = zero + math.inf
    else:
        forms = formulas.exhausted("numpy")
        with np.errstate(divide="ignore", invalid="ignore"):
            label_noise = np.where(noise > 0, forms["label_noise"](outputs, noise, b, count), 0.0)
        train = forms["train_loss"](outputs, noise, b, count) + zero
    a = points.offset if points.infinite != "N" else zero + math.inf
    a = a if points.infinite else np.where(points.features_fewer, a, a + points.excess)
    return {
        "kappa": zero, "delta": zero, "df1": zero + count, "df2": zero + count, "feature_gap": a,
        "sample_gap": b, "spread": zero, "bias_sum": zero, "cross_sum": zero, "signal": zero,
        "label_noise": label_noise, "loss": label_noise, "train_loss": train,
    }  # fmt: skip


def _interior(quadrature: Quadrature, points: Points, root: Root, outputs: int) -> dict[str, Array]:
    """Losses from the compiled formulas; teacher sums enter in units that keep them near one."""
    moments, gap = root.moments, root.gap
    wide = np.full(gap.shape, math.inf) if points.infinite else gap + points.excess
    a, b = np.where(points.features_fewer, gap, wide), np.where(points.features_fewer, wide, gap)
    forms = formulas.losses(points.infinite, "numpy")
    bias_sum, cross_sum = moments["bias_sum"], moments["cross_sum"]
    with np.errstate(all="ignore"):
        unit = np.exp(quadrature.log_power_unit)
        common = (outputs, a, b, moments["df2"], moments["spread"])
        teacher, noise_only = (*common, bias_sum, cross_sum, 0.0), (*common, 0.0, 0.0, points.noise)
        values = {
            "kappa": np.exp(root.log_kappa), "delta": np.exp(root.log_kappa + np.log(points.n)),
            "df1": moments["df1"], "df2": moments["df2"], "feature_gap": a, "sample_gap": b,
            "spread": moments["spread"], "bias_sum": unit * bias_sum, "cross_sum": unit * cross_sum,
            "signal": unit * forms["signal"](*teacher),
            "label_noise": np.where(points.noise > 0, forms["label_noise"](*noise_only), 0.0),
            "train_loss": unit * forms["train_loss"](*teacher) + forms["train_loss"](*noise_only),
        }  # fmt: skip
        sizes = (gap, points.noise, gap * 0 + unit, *(moments[name] for name in INGREDIENTS))
        extreme = np.logical_or.reduce([(x != 0) & ((x < 1 / LARGE) | (x > LARGE)) for x in sizes])
        extreme |= np.isfinite(points.log_g) & ((gap == 0) | (moments["spread"] == 0))  # underflow
        if extreme.any():
            found = _extreme(quadrature, points[extreme], root.log_kappa[extreme], outputs)
            for name, value in found.items():
                values[name][extreme] = value
    pole = (a == 0) & (b == 0) & np.isneginf(points.log_g)
    values["signal"] = np.where(pole, math.inf, values["signal"])
    interpolates = (b == 0) & np.isneginf(points.log_g)
    values["train_loss"] = np.where(interpolates, 0.0, values["train_loss"])  # also at the pole
    with np.errstate(under="ignore"):
        return values | {"loss": values["signal"] + values["label_noise"]}


def _extreme(quadrature: Quadrature, points: Points, log_kappa: Array, outputs: int) -> dict[str, Array]:
    """The same where products of gaps and moments may leave the doubles, although the losses need not."""
    mantissas, log_factor = split_moments(quadrature, log_kappa)
    moments = {name: Wide(mantissas[i]) * Wide.exp(log_factor[i]) for i, name in enumerate(MOMENTS)}
    gap = wide_gap(points, log_kappa)
    infinity = Wide(1.0, 2**40)
    wide = infinity if points.infinite else gap + points.excess
    a, b = gap.where(points.features_fewer, wide), wide.where(points.features_fewer, gap)
    unit, noise, zero = Wide.exp(np.array(quadrature.log_power_unit)), Wide(points.noise), Wide(0.0)
    bias_sum, cross_sum = unit * moments["bias_sum"], unit * moments["cross_sum"]
    arguments = (float(outputs), a, b, moments["df2"], moments["spread"])
    found = {
        "feature_gap": a, "sample_gap": b, "spread": moments["spread"], "bias_sum": bias_sum, "cross_sum": cross_sum,
        "df1": moments["df1"], "df2": moments["df2"],
    }  # fmt: skip
    for name, form in formulas.losses(points.infinite, "numpy").items():
        teacher = (zero, zero) if name == "label_noise" else (bias_sum, cross_sum)
        found[name] = zero + form(*arguments, *teacher, zero if name == "signal" else noise)
    return {name: value.value() for name, value in found.items()}


def _abnormal(rows: dict[str, Array], points: Points) -> dict[str, Array]:
    """Where a value is neither a normal double nor a zero or infinity that the formula means."""
    ridgeless, used_up = np.isneginf(points.log_g), points.used_up()
    never = np.zeros(ridgeless.shape, dtype=bool)
    silent = (points.noise == 0) | (points.infinite == "T")
    pole = ridgeless & (points.excess == 0) & (points.infinite == "")
    zero = {
        "feature_gap": ridgeless, "sample_gap": ridgeless, "label_noise": silent,
        "kappa": used_up, "delta": used_up, "spread": used_up, "signal": used_up, "bias_sum": used_up,
        "cross_sum": used_up,
        "loss": used_up & silent, "train_loss": ridgeless & (rows["sample_gap"] == 0) | used_up & silent,
    }  # fmt: skip
    infinite = dict.fromkeys(("signal", "label_noise", "loss"), pole)
    infinite["label_noise"] = infinite["loss"] = pole | (used_up & (points.t_beyond == 0) & ~silent)
    bad = {}
    for name, value in rows.items():
        normal = (np.abs(value) >= TINY) & np.isfinite(value)
        meant = (value == 0) & zero.get(name, never) | np.isposinf(value) & infinite.get(name, never)
        bad[name] = ~(normal | meant)
    for name, size in (("feature_gap", "N"), ("sample_gap", "T")):
        bad[name] &= points.infinite != size
    return bad
