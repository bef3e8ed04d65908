"""The two evaluators against brute force, against each other, and in every corner of the model."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

from numerics import evaluate, evaluate_grid, evaluate_mp, multiprecision, split
from numerics.enclosure import enclose, exact_numbers
from numerics.float64 import NAMES, evaluate_float64
from theory import Eigenvalues, InvalidInput, Model, NotConverged, Powers, PrecisionError

PROMISE = 1e-12  # of double precision, relative, wherever a result is a normal double
NORMAL = (mpf("2.3e-308"), mpf("1.79e308"))
law = Model.power_law


def brute_force(model: Model, digits: int) -> dict[str, mpf]:
    """Equations (1) and (2) of the model sheet as they stand: direct sums, bisection in ln(kappa)."""
    with mp.workdps(3 * digits):
        alpha, gamma = (mpf(x.numerator) / x.denominator for x in (model.spectrum.alpha, model.gamma))  # type: ignore[union-attr]
        lam = [mp.power(i, -1 - alpha) for i in range(1, model.M + 1)]
        noise = mpf(model.noise.numerator) / model.noise.denominator

        def sums(kappa: mpf) -> tuple[mpf, mpf]:
            p = [x / (x + kappa) for x in lam]
            return mp.fsum(p), mp.fsum(x * x for x in p)

        low, high = mpf(-400), mpf(400)
        for _ in range(12 * digits):
            middle = (low + high) / 2
            kappa = mp.exp(middle)
            d = sums(kappa)[0]
            above = d < min(model.N, model.T) and kappa * (model.N - d) * (model.T - d) > gamma * model.M
            low, high = (low, middle) if above else (middle, high)
        kappa = mp.exp(low)
        d, q = sums(kappa)
        n, t = model.N, model.T
        z = n * t - q * (n + t) + 2 * q * d - d * d
        signal = kappa * (d - q) * n * t / z / (2 * model.M)
        label_noise = noise / 2 * (q * (n - 2 * d) + d * d) / z
        train = (1 - d / t) ** 2 * (signal + label_noise + noise / 2)
        return {"kappa": kappa, "df1": d, "df2": q, "signal": signal, "label_noise": label_noise, "train_loss": train}


@pytest.mark.parametrize(
    "model",
    [
        law("0.7", 60, 12, 31, gamma="0.01", noise="0.001"),
        law(3, 40, 25, 25, gamma="1e-8", noise="0.001"),
        law("0.25", 50, 70, 90, gamma="0.3"),
    ],
    ids=["ridge", "square", "wide"],
)
def test_against_brute_force(model: Model) -> None:
    expected, found = brute_force(model, 45), evaluate_mp(model, 45)
    with mp.workdps(50):
        for name, value in expected.items():
            if value:
                assert abs(getattr(found, name) / value - 1) < mpf(10) ** -44, name


def relative_errors(model: Model) -> dict[str, float]:
    """Error of each double against a proved enclosure; inf for a silent wrong zero, infinity or NaN."""
    fast, exact = evaluate_float64(model), enclose(model, 20)
    errors = {}
    for name in NAMES:
        value, _ = exact_numbers(getattr(exact, name))
        normal = NORMAL[0] < abs(value) < NORMAL[1]
        try:
            found = float(getattr(fast, name))
        except PrecisionError as error:
            assert "--digits" in str(error)
            # refusing is right outside the doubles, and where the spectrum has a gap
            assert not normal or bool(fast.unreliable), f"{name} refused: {model}"
            continue
        if value == 0 or mp.isinf(value):
            errors[name] = 0.0 if found == value else math.inf
        else:
            errors[name] = float(abs(mpf(found) / value - 1)) if normal else math.inf
    return errors


def random_models(count: int, seed: int) -> list[Model]:
    """Models over the whole range, with the coincidences of sizes where codes fail."""
    rng = np.random.default_rng(seed)
    models = []
    for _ in range(count):
        alpha = Fraction(f"{10 ** rng.uniform(-3, 1):.5g}")
        m, n, t = (int(10 ** rng.uniform(0, 18)) for _ in range(3))
        kind = rng.integers(12)
        if kind < 6:
            n, t = [(n, n), (m, t), (n, m), (max(1, m - 1), t), (n, n + 1), (max(1, m // 2), t)][kind]
        elif kind == 6:
            m = n = t = int(10 ** rng.uniform(0, 3))
        gamma = [Fraction(0), "1e-300", "1e300", *[f"{10 ** rng.uniform(-40, 10):.6g}"] * 4][rng.integers(7)]
        extras: dict[str, Any] = {"noise": f"{10 ** rng.uniform(-30, 5):.4g}"} if rng.random() < 0.5 else {}
        if rng.random() < 0.5:
            extras["source"] = f"{rng.uniform(0, 6) ** rng.integers(1, 3):.4g}"
        if kind >= 6 and rng.random() < 0.1:
            n, t = (math.inf, t) if rng.random() < 0.5 else (n, math.inf)
        if rng.random() < 0.3:
            extras |= {"lambda_plus": "3e5", "sigma_u": "0.02", "sigma_w": "7", "outputs": 3}
        models.append(law(alpha, m, n, t, gamma=gamma, **extras))
    return models


def worst_cases(models: list[Model]) -> list[str]:
    return [f"{name} {e:.1e} {m}" for m in models for name, e in relative_errors(m).items() if not e <= PROMISE]


def test_doubles_keep_their_promise() -> None:
    assert worst_cases(random_models(400, 1)) == []


@pytest.mark.audit
def test_doubles_keep_their_promise_over_thousands_of_models() -> None:
    assert worst_cases(random_models(10_000, 2)) == []


def outside(model: Model, digits: int) -> list[str]:
    """Quantities of evaluate_mp farther from the enclosure than its digits allow."""
    found, proved = evaluate_mp(model, digits), enclose(model, digits + 5)
    wrong = []
    with mp.workdps(digits + 20):
        for name in NAMES:
            (middle, radius), value = exact_numbers(getattr(proved, name)), getattr(found, name)
            if value != middle and not abs(value - middle) <= radius + abs(middle) * mpf(10) ** -digits:
                wrong.append(f"{name} of {model} at {digits} digits: {mp.nstr(value, 20)}, not {mp.nstr(middle, 20)}")
    return wrong


def test_multiprecision_lies_in_the_enclosures() -> None:
    models = random_models(30, 3)
    assert [line for i, model in enumerate(models) for line in outside(model, (15, 30, 50)[i % 3])] == []


@pytest.mark.audit
def test_multiprecision_lies_in_the_enclosures_of_thousands() -> None:
    models = random_models(2000, 4)
    assert [line for i, model in enumerate(models) for line in outside(model, (15, 30, 50, 100)[i % 4])] == []


def test_lists_with_gaps_clusters_and_one_value() -> None:
    rng = np.random.default_rng(3)
    spectra = [[1.0, 1.0, 1e-30], [5.0], np.ones(40), [1, 1e-5, 1e-10, 1e-15], rng.lognormal(0, 3, 300)]
    for values in spectra:
        for n, t, gamma in ((1, 1, "1e-9"), (2, 5, 0), (5, 2, "1e-300"), (3, 40, 0), (40, 41, 0), (7, 7, "0.1")):
            model = Model(Eigenvalues(values), n, t, gamma=gamma, noise="0.1")
            exact, found = evaluate_mp(model, 20), evaluate(model)
            for name in ("kappa", "loss", "train_loss"):
                expected = getattr(exact, name)
                same = getattr(found, name) == expected
                assert same or abs(mpf(getattr(found, name)) / expected - 1) < PROMISE, (name, model)


def test_precision_ladder() -> None:
    for model in (
        law("0.5", 10**15, 10**6, 3 * 10**6, gamma="1e-3", noise=1),
        law(10, 10**18, 9, 9, gamma="1e-300", noise=1),
    ):
        levels = [evaluate_mp(model, digits) for digits in (15, 30, 60)]
        with mp.workdps(60):
            for name in NAMES:
                values = [getattr(level, name) for level in levels]
                assert abs(values[0] / values[1] - 1) < mpf(10) ** -14
                assert abs(values[1] / values[2] - 1) < mpf(10) ** -29


def test_planted_wrong_root_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    root = multiprecision._root

    def wrong(*arguments: Any) -> tuple[mpf, mpf]:
        kappa, condition = root(*arguments)
        return kappa * (1 + mpf(10) ** -10), condition

    monkeypatch.setattr(multiprecision, "_root", wrong)
    with pytest.raises(NotConverged, match="could not be verified"):
        evaluate_mp(law(1, 50, 10, 20, gamma="0.1"), 30)


@pytest.mark.parametrize(
    ("n", "t", "noise", "loss"),
    [
        (20, 30, "0", 0.0), (20, 30, "0.5", 0.5 / 2 * 20 / 10), (30, 40, "0.5", 0.5 / 2 * 20 / 20),
        (10, 10, "0", math.inf), (30, 20, "0.5", math.inf), (20, 20, "0.5", math.inf), (20, 20, "0", 0.0),
        (30, 20, "0", 0.0), (10, 10, "0.5", math.inf),
    ],
)  # fmt: skip
def test_ridgeless_corners(n: int, t: int, noise: str, loss: float) -> None:
    """M = 20: the places where a naive evaluation gives NaN (model sheet, section 2)."""
    model = law(1, 20, n, t, noise=noise)
    assert evaluate(model).loss == pytest.approx(loss, rel=PROMISE)
    assert float(evaluate(model, digits=20).loss) == pytest.approx(loss, rel=PROMISE)


def test_reference_values_of_the_model_sheet() -> None:
    """Section 6: exact planar values at T = 1 and at the optimum (two digits were given)."""
    for alpha, value in (("1/2", 1.83e-4), (1, 9.24e-5), (2, 4.29e-5)):
        assert evaluate(law(alpha, 6000, 1000, 1)).loss == pytest.approx(value, rel=3e-3)


def test_results_outside_the_doubles_are_refused_or_exact() -> None:
    model = law(1, 6000, 100, 50, gamma="1e-300", sigma_w="1e-150")
    values = evaluate_float64(model)
    with pytest.raises(PrecisionError, match=r"train_loss .* is no normal double: ask for --digits 16"):
        _ = values.train_loss
    assert 0 < evaluate(model).train_loss < mpf("1e-300")
    tiny = law(1, 6000, 100, 400, sigma_w="1e-300")
    assert evaluate(tiny).train_loss == evaluate(tiny, digits=20).train_loss > 0


def test_grid_is_pointwise_and_broadcasts() -> None:
    model = law("0.8", 5000, 1, 1, noise="1e-6")
    sizes = np.array([3, 50, 4999, 5000, 70_000])
    gamma = np.array([0.0, 1e-12, 1.0])[:, None, None]
    grid = evaluate_grid(model, N=sizes[:, None], T=sizes + 1, gamma=gamma)
    assert grid.loss.shape == (3, 5, 5)
    for index in np.ndindex(grid.loss.shape):
        one = model.with_(N=int(sizes[index[1]]), T=int(sizes[index[2]] + 1), gamma=float(gamma[index[0], 0, 0]))
        assert grid.loss[index] == pytest.approx(float(evaluate_float64(one).loss), rel=PROMISE)


@pytest.mark.parametrize(
    "bad",
    [
        {"N": 0},
        {"N": [1.5]},
        {"T": []},
        {"gamma": -1.0},
        {"gamma": math.nan},
        {"noise": "x"},
        {"N": [1, 2], "T": [1, 2, 3]},
        {"N": 2.0**70},
        {"gamma": [math.inf]},
        {"T": None, "N": "7"},
    ],
    ids=str,
)
def test_bad_arrays_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="is not allowed: give"):
        evaluate_grid(law(1, 100, 10, 20), **bad)


@pytest.mark.parametrize("digits", [0, -1, 1.5, 10_001, True, "20"])
def test_bad_digits_are_refused(digits: Any) -> None:
    with pytest.raises(InvalidInput, match=r"digits = .* give an integer from 1 to 10000"):
        evaluate_mp(law(1, 10, 2, 3), digits)


@pytest.mark.parametrize("size", ["N", "T"])
def test_infinite_size_is_the_limit_of_large_ones(size: str) -> None:
    """At fixed kernel ridge: kappa (T - D) = delta with gamma = delta N sigma_u^2 / M, and mirrored."""
    big, delta = 10**14, Fraction(1, 50)
    other = {"N": "T", "T": "N"}[size]
    rest = {other: 40, "noise": "0.01", "source": "1.5"}
    gamma = delta if size == "N" else delta / 300
    limit = law(1, 300, **{size: math.inf}, gamma=gamma, **rest)
    finite = law(1, 300, **{size: big}, gamma=delta * big / 300, **rest)
    for name in ("kappa", "loss"):
        assert float(getattr(evaluate(limit), name)) == pytest.approx(float(getattr(evaluate(finite), name)), rel=1e-9)
        exact = getattr(evaluate(limit, digits=20), name)
        assert float(getattr(evaluate(limit), name)) == pytest.approx(float(exact), rel=PROMISE)


def test_explicit_list_equals_power_law() -> None:
    values = np.arange(1.0, 2001.0) ** -2
    for source in (None, "1.4"):
        for gamma in (0, "1e-4"):
            a = law(1, 2000, 150, 400, gamma=gamma, noise="1e-6", source=source)
            b = Model(Eigenvalues(values), 150, 400, gamma=gamma, noise="1e-6", source=source)
            assert float(evaluate(a).loss) == pytest.approx(float(evaluate(b).loss), rel=1e-12)
    isotropic = Model(Eigenvalues(values), 150, 400)
    powers = isotropic.with_(source=Powers(values / 2000))
    assert float(evaluate(isotropic).loss) == pytest.approx(float(evaluate(powers).loss), rel=1e-12)


@pytest.mark.parametrize(
    "model",
    [
        law(1, 300, 40, 90, gamma="1e-3", noise="1e-4", outputs=2),
        law(2, 300, 90, 40, noise="1e-4"),
        law(1, 300, math.inf, 40, gamma="0.01", noise="1e-4"),
        law(1, 300, 40, math.inf, gamma="0.01", noise="1e-4"),
        law(1, 20, 30, 40, noise="1"),
        law(1, 300, 40, 40, noise="1"),
        law(1, 300, 40, 40),
        law(1, 20, 20, 20, gamma="1e-300"),
    ],
    ids=repr,
)
def test_split_adds_up_and_is_never_negative(model: Model) -> None:
    for digits in (None, 25):
        result = evaluate(model, digits)
        parts = split(result)
        assert set(parts) == {"bias", "feature_variance", "sample_variance", "interaction", "label_noise"}
        assert all(part >= 0 for part in parts.values())
        total = sum(parts.values())
        assert total == result.loss or abs(total / result.loss - 1) < PROMISE
