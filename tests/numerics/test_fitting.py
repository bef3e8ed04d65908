"""From losses back to the model: recovery, intervals, forecasts, the rival fit, tables that are refused."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from numerics import evaluate, evaluate_grid, simulate
from numerics.fitting import (
    PARAMETERS,
    LossTable,
    analyse,
    compare,
    fit_planar,
    held_out,
    limit_at,
    limits,
    parametric_fit,
    plateaus,
    read_losses,
)  # fmt: skip
from numerics.fitting.planar_loss import PlanarLoss, power_law_modes
from theory.errors import InvalidInput
from theory.model import Model

SIZES = tuple(a.ravel() for a in np.meshgrid([20, 50, 100, 200], [20, 35, 70, 130, 260, 500, 1000], indexing="ij"))
TRUE = {"alpha": 0.8, "M": 800.0, "ridge": 0.08, "noise": 1e-5, "scale": 1 / 800}
MODEL = Model.power_law("0.8", 800, 20, 20, gamma="1e-4", noise="1e-5")


def table(model: Model = MODEL, scatter: float = 0.0, seed: int = 0, known: bool = True) -> LossTable:
    """Planar losses on SIZES times exp of Gaussian scatter; with their errors if known."""
    loss = evaluate_grid(model, N=SIZES[0], T=SIZES[1]).loss
    loss = loss * np.exp(scatter * np.random.default_rng(seed).standard_normal(loss.size))
    return LossTable(*SIZES, loss, scatter * loss if scatter and known else None)


# The loss -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("gamma", ["0", "1e-4"])
def test_the_loss_is_the_models_at_integer_m(gamma: str) -> None:
    model = MODEL.with_(gamma=gamma)
    N, T = (np.array(x, dtype=float) for x in ([20, 60, 900, 1000, math.inf, 50], [70, 30, 1000, 30, 40, math.inf]))
    with np.errstate(divide="ignore"):
        signal, noise = PlanarLoss(N, T, np.ones(6)).parts(0.8, math.log(800), np.log(float(gamma) * 800))
    for i, (n, t) in enumerate(zip(N, T, strict=True)):
        ridge = gamma if math.isfinite(n + t) else "0"  # an infinite size makes a ridge that does not grow irrelevant
        sizes = {name: size if size == math.inf else int(size) for name, size in (("N", n), ("T", t))}
        exact = evaluate(model.with_(gamma=ridge, **sizes))
        assert signal[i] / 800 == pytest.approx(float(exact.signal), rel=1e-8)
        assert noise[i] * 1e-5 == pytest.approx(float(exact.label_noise), rel=1e-8, abs=1e-300)


def test_the_loss_is_continuous_in_m_and_reaches_the_infinite_spectrum() -> None:
    losses = PlanarLoss(np.array([30.0]), np.array([80.0]), np.ones(1))
    values = [float(losses.parts(1.0, math.log(m), -3.0)[0][0]) for m in (99.999999, 100, 100.000001, 1e6, 1e11)]
    assert values[0] == pytest.approx(values[1], rel=1e-6)
    assert values[2] == pytest.approx(values[1], rel=1e-6)
    endless = float(losses.parts(1.0, math.inf, -3.0)[0][0])
    assert values[3] == pytest.approx(endless, rel=1e-4)
    assert values[4] == pytest.approx(endless, rel=1e-8)
    assert power_law_modes(1.0, math.log(6.3)).weight.sum() == pytest.approx(6.3)


def test_at_a_size_of_zero_nothing_is_learnt() -> None:
    signal, noise = PlanarLoss(np.array([0.0, 1e-6]), np.array([5.0, 5.0]), np.ones(2)).parts(1.0, math.log(50), 0.0)
    assert signal[0] == pytest.approx(0.5 * np.sum(np.arange(1.0, 51) ** -2), rel=1e-12)
    assert signal[1] == pytest.approx(signal[0], rel=1e-5)
    assert noise[0] == 0


# Recovery -----------------------------------------------------------------------------------------


def test_exact_losses_give_back_every_parameter() -> None:
    fit = fit_planar(table())
    assert fit.values() == pytest.approx(TRUE, rel=1e-4)
    assert np.abs(fit.residuals()).max() < 1e-6


def test_noisy_test_labels_are_part_of_the_loss() -> None:
    clean = table()
    noisy = LossTable(clean.N, clean.T, clean.loss + 0.5 * TRUE["noise"])
    assert fit_planar(noisy, noisy=True).values() == pytest.approx(TRUE, rel=1e-3)


def test_infinite_sizes_and_a_varied_ridge_are_read() -> None:
    N = np.array([*SIZES[0], math.inf, math.inf, 30, 60])
    T = np.array([*SIZES[1], 40, 90, math.inf, math.inf])
    gamma = np.where(np.arange(N.size) % 2, 1e-4, 3e-3)
    losses = PlanarLoss(N, T, gamma)
    signal, noise = losses.parts(TRUE["alpha"], math.log(TRUE["M"]), math.log(800))
    found = fit_planar(LossTable(N, T, TRUE["scale"] * signal + TRUE["noise"] * noise, gamma=gamma))
    assert found.values() == pytest.approx({**TRUE, "ridge": 800.0}, rel=1e-3)


def test_a_ridgeless_table_has_no_ridge_to_fit() -> None:
    keep = SIZES[0] != SIZES[1]
    loss = evaluate_grid(MODEL.with_(gamma=0), N=SIZES[0], T=SIZES[1]).loss
    given = LossTable(SIZES[0][keep], SIZES[1][keep], loss[keep], gamma=np.zeros(keep.sum()))
    assert {k: v for k, v in fit_planar(given).values().items() if k != "ridge"} == pytest.approx(
        {k: v for k, v in TRUE.items() if k != "ridge"}, rel=1e-3
    )
    with pytest.raises(InvalidInput, match="ridgeless loss is infinite"):
        fit_planar(table(), {"ridge": 0.0})


def test_simulated_losses_give_back_the_model() -> None:
    """Intervals of 99.999 % (4.4 errors) hold the truth; above, M is bounded once alpha and the noise are known."""
    rows = []
    for n in (15, 30, 60):
        for t in (20, 45, 90, 180, 360):
            found = simulate(Model.power_law(1, 250, n, t, gamma="1e-4", noise="1e-5"), draws=20, seed=3).loss
            rows.append((n, t, found.mean, found.stderr))
    given = LossTable(*np.array(rows).T)
    fit, (alpha, modes, *_), _ = analyse(fit_planar(given, confidence=0.99999))
    assert alpha.interval.low < 1 < alpha.interval.high  # type: ignore[operator]
    assert modes.interval.low < 250 < (modes.interval.high or math.inf)  # type: ignore[operator]
    assert np.abs(fit.residuals()).max() < 0.5
    known = fit_planar(given, {"alpha": 1.0, "noise": 1e-5}, confidence=0.99999)
    (bounded,) = (one.interval for one in analyse(known, forecast=False)[1] if one.name == "M")
    assert 125 < bounded.low < 250 < bounded.high < 375  # type: ignore[operator]  # to a half: it is an answer


# Intervals ----------------------------------------------------------------------------------------


def covered(replicas: int, known: bool) -> dict[str, int]:
    """In how many replicas the 90 % interval holds the true value."""
    count = dict.fromkeys(PARAMETERS, 0)
    for seed in range(replicas):
        _, parameters, _ = analyse(
            fit_planar(table(scatter=0.03, seed=seed, known=known), confidence=0.9), forecast=False
        )
        for one in parameters:
            low, high = one.interval.low, one.interval.high
            count[one.name] += (low is None or low <= TRUE[one.name]) and (high is None or high >= TRUE[one.name])
    return count


def acceptable(replicas: int, coverage: float, slack: float) -> tuple[float, float]:
    """Counts between the 1e-5 quantiles of the binomial at coverage -+ slack: ten of them, false alarm 2e-4 in all."""
    return (
        float(binom.ppf(1e-5, replicas, coverage - slack)),
        float(binom.isf(1e-5, replicas, min(coverage + slack, 1.0))),
    )


def test_intervals_cover_in_a_few_replicas() -> None:
    least, _ = acceptable(5, 0.9, 0.03)
    assert min(covered(5, known=True).values()) >= least


@pytest.mark.audit
@pytest.mark.parametrize("known", [True, False])
def test_intervals_cover_as_often_as_they_say(known: bool) -> None:
    """Slack 0.03: chi^2 is the asymptotic law; at the noise's bound, 0, intervals cover more."""
    least, most = acceptable(200, 0.9, 0.03)
    count = covered(200, known)
    assert all(least <= count[name] for name in PARAMETERS), count
    assert all(count[name] <= most for name in PARAMETERS if name != "noise"), count


def test_what_the_data_do_not_bound_has_one_end_only() -> None:
    model = Model.power_law(1, 10**8, 20, 20, gamma="1e-9")
    _, parameters, _ = analyse(fit_planar(table(model, scatter=0.02), confidence=0.99999), forecast=False)
    found = {one.name: one for one in parameters}
    assert found["M"].interval.high is None
    assert found["M"].interval.low is not None
    assert 200 < found["M"].interval.low < 1e8
    assert found["M"].estimate is None
    assert found["noise"].interval.low is None
    assert found["noise"].estimate is None
    low, high = found["alpha"].interval.low, found["alpha"].interval.high
    assert 0.9 < low < 1 < high < 1.1  # type: ignore[operator]  # of 99.999 %, and narrow


def test_a_wider_confidence_gives_a_wider_interval_and_fixing_a_narrower_one() -> None:
    given = table(scatter=0.03)
    wide, narrow, fixed = (
        analyse(fit_planar(given, known, confidence=level), forecast=False)[1][0].interval
        for known, level in ((None, 0.99), (None, 0.8), ({"M": 800.0, "noise": 1e-5}, 0.8))
    )
    assert wide.low < narrow.low < narrow.high < wide.high  # type: ignore[operator]
    assert fixed.high - fixed.low < narrow.high - narrow.low  # type: ignore[operator]


def test_fixed_parameters_stay_where_they_are() -> None:
    _, parameters, _ = analyse(
        fit_planar(table(scatter=0.03), {"M": math.inf, "noise": 0.0, "alpha": 0.8}), forecast=False
    )
    values = {one.name: one for one in parameters}
    assert (values["M"].value, values["noise"].value, values["alpha"].value) == (math.inf, 0.0, 0.8)
    assert [one.name for one in parameters if not one.fixed] == ["ridge", "scale"]


# Forecasts ----------------------------------------------------------------------------------------


def test_plateaus_are_the_models_and_their_intervals_hold_it() -> None:
    """One seed, 99.9 % intervals: false alarm 1e-3."""
    found = fit_planar(table(scatter=0.02), confidence=0.999)
    beyond, _ = plateaus(found)
    exact = float(evaluate(MODEL.with_(N=200, T=math.inf, gamma=0)).loss)
    assert (200, math.inf) == (beyond.N, beyond.T)
    assert beyond.interval.low < exact < beyond.interval.high  # type: ignore[operator]
    assert beyond.interval.low < beyond.loss < beyond.interval.high  # type: ignore[operator]


def central_slope(n: int, t: int, step: int) -> float:
    """d ln L/d ln N of MODEL itself, between n - step and n + step."""
    less, more = (float(evaluate(MODEL.with_(N=n + side, T=t)).loss) for side in (-step, step))
    return math.log(more / less) / math.log((n + step) / (n - step))


def test_what_ends_the_law_is_told() -> None:
    fit = fit_planar(table())
    assert limit_at(fit, 30, 5000).by == "N"
    assert limit_at(fit, 5000, 30).by == "T"
    assert limit_at(fit, 3000, 4000).by == "noise"
    near, far = (central_slope(200, 100_000, step) for step in (1, 2))
    # the error of either difference is of second order in its step: `near` has a third of what lies between them
    assert limit_at(fit, 200, 100_000).slopes["N"] == pytest.approx(near, abs=abs(far - near))
    heavy = fit_planar(table(MODEL.with_(gamma="10")))
    assert limits(heavy).by == "ridge"
    assert limit_at(fit_planar(table(MODEL.with_(noise=0)), {"noise": 0.0}), 780, math.inf).by == "M"


def test_the_planar_fit_forecasts_better_than_the_parametric_one() -> None:
    """At six random models with 2 % scatter; losing once would already be odd, two are allowed."""
    rng, wins = np.random.default_rng(5), 0
    for seed in range(6):
        model = Model.power_law(
            round(rng.uniform(0.4, 1.6), 3), int(10 ** rng.uniform(2.7, 4)), 20, 20,
            gamma=f"{10 ** rng.uniform(-6, -4):.6f}", noise=f"{10 ** rng.uniform(-8, -5):.8f}",
        )  # fmt: skip
        found = compare(table(model, scatter=0.02, seed=seed))
        assert found is not None
        wins += found.planar_error < found.parametric_error
    assert wins >= 4


@pytest.mark.parametrize(("rule", "count"), [("0.25", 7), ("N>=200", 7), ("T >= 500", 8), ("none", 0)])
def test_rows_are_held_out_by_rule(rule: str, count: int) -> None:
    given = table()
    held, words = held_out(given, rule)
    assert held.sum() == count
    assert words
    if rule == "0.25":
        assert np.minimum(given.N, given.T)[held].min() >= np.minimum(given.N, given.T)[~held].max()


@pytest.mark.parametrize("rule", ["", "0", "0.6", "-1", "nan", "N>1", "M>=3", "N>=1", "N>=1e9", "N>=x", "inf"])
def test_other_rules_are_refused(rule: str) -> None:
    with pytest.raises(InvalidInput, match="--holdout"):
        held_out(table(), rule)


def test_the_parametric_fit_recovers_its_own_form() -> None:
    N, T = (size.astype(float) for size in SIZES)
    found = parametric_fit(N, T, 0.3 + 8 / N**0.6 + 15 / T**0.9)
    assert (found.E, found.A, found.B, found.a, found.b) == pytest.approx((0.3, 8, 15, 0.6, 0.9), rel=1e-4)
    assert float(found.log_loss(np.array(math.inf), np.array(math.inf))) == pytest.approx(math.log(0.3), rel=1e-4)


# Tables -------------------------------------------------------------------------------------------

GOOD = "N,T,loss,note\n10,20,0.5,a\ninf,30,0.4,b\n"


def test_a_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "losses.csv"
    path.write_text(GOOD)
    found = read_losses(path)
    assert list(found.N) == [10, math.inf]
    assert list(found.loss) == [0.5, 0.4]
    assert found.stderr is None
    assert found.unread == ("note",)


BAD = {
    "N,T,loss\n1,2\n": "3 fields in every line", "N,T\n1,2\n": "loss is missing", "": "not empty",
    "N,T,loss\n": "one row",
    "N,T,loss,N\n1,2,3,1\n": "N stands 2 times", "N,T,loss\n1,2,nan\n": "loss in line 2 = 'nan'",
    "N,T,loss\n1,2,0\n": "losses > 0", "N,T,loss\n1,2,-1\n": "losses > 0", "N,T,loss\n0,2,1\n": "sizes from 1",
    "N,T,loss\n1,-2,1\n": "sizes from 1", "N,T,loss\ninf,inf,1\n": "a finite N or T", "N,T,loss\n1,2,x\n": "losses > 0",
    "N,T,loss,stderr\n1,2,1,0\n": "standard errors > 0", "N,T,loss,gamma\n1,2,1,-1\n": "ridges >= 0",
    'N,T,loss\n1,2,"3\n': "comma-separated", "N,T,loss\n1,2,inf\n": "losses > 0", "N,T,loss\n1,,2\n": "sizes from 1",
}  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_a_bad_table_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "losses.csv"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=BAD[text]):
        read_losses(path)


def test_binary_files_and_too_few_rows_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "losses.csv"
    path.write_bytes(b"\x93NUMPY\xff\xfe")
    with pytest.raises(InvalidInput, match="UTF-8"):
        read_losses(path)
    with pytest.raises(InvalidInput, match="rows = 1 is not allowed: give at least 6 rows for 5 parameters"):
        fit_planar(table().subset(np.arange(1)))
    with pytest.raises(InvalidInput, match="leaves at least 6 rows"):
        compare(table().subset(np.arange(6)))


@pytest.mark.parametrize(("name", "value"), [("beta", 1), ("alpha", 0), ("M", 0.5), ("noise", -1), ("scale", math.inf)])
def test_impossible_fixed_values_are_refused(name: str, value: float) -> None:
    with pytest.raises(InvalidInput, match="--fix"):
        fit_planar(table(), {name: value})
