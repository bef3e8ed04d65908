"""The phase diagram: it covers the cone, agrees with single paths, and has the expected phases and borders."""

import random
from fractions import Fraction

import pytest
import sympy as sp

from theory.asymptotics import asymptotics
from theory.continuum import ALPHA, c_alpha
from theory.errors import InvalidInput
from theory.order import exponent
from theory.path import Path, Power
from theory.phases import Phase, phases
from theory.plateaus import plateaus


def inside(phase: Phase, powers: dict[str, Fraction], alpha: Fraction) -> bool:
    heights = (
        sum(
            sp.Rational(str(powers[n])) * w.as_expr().subs(ALPHA, alpha) for n, w in zip(phase.names, wall, strict=True)
        )
        for wall in phase.walls
    )
    return all(height > 0 for height in heights)


@pytest.mark.parametrize("source", [None, Fraction(3)])
@pytest.mark.parametrize("alpha", [Fraction(1, 2), Fraction(2)])
def test_every_path_lies_in_one_phase_with_its_law(alpha: Fraction, source: Fraction | None) -> None:
    rng = random.Random(f"{alpha} {source}")
    found = phases(
        ("N", "T", "gamma", "noise"), sp.Rational(str(alpha)), None if source is None else sp.Rational(str(source))
    )
    for _ in range(12):
        # odd denominators, different for each scale: no point on a border
        powers = {
            "N": Fraction(rng.randint(1, 40), 17), "T": Fraction(rng.randint(1, 40), 19),
            "gamma": Fraction(rng.randint(-60, 60), 23), "noise": Fraction(rng.randint(-60, 20), 29),
        }  # fmt: skip
        holds = [phase for phase in found if inside(phase, powers, alpha)]
        assert len(holds) == 1, powers
        (case,) = asymptotics(Path(**{n: Power(p) for n, p in powers.items()}, alpha=alpha, source=source))
        (phase,) = holds
        assert case.limits == phase.limits
        assert case.dominant == phase.dominant
        along = sum(
            sp.Rational(str(powers[n])) * w.as_expr() for n, w in zip(phase.names, phase.loss.powers, strict=True)
        )
        assert sp.simplify(along.subs(ALPHA, sp.Rational(str(alpha))) - case.loss.exponent) == 0
        assert abs(sp.N(phase.loss.amplitude - case.loss.amplitude)) < 1e-12


def test_noiseless_phases_for_every_alpha() -> None:
    """MRS (arXiv:2210.16859): features or samples limit, with c_alpha/2 n^-alpha; else the ridge does."""
    found = phases(("N", "T", "gamma"))
    assert {(phase.limits, *sorted(phase.dominant)) for phase in found} == {
        (frozenset({"features"}), "signal"), (frozenset({"samples"}), "signal"),
        (frozenset({"ridge"}), "signal"), (frozenset({"ridge"}), "signal (top of spectrum)"),
    }  # fmt: skip
    (features,) = (phase for phase in found if phase.limits == {"features"})
    assert sp.simplify(features.loss.amplitude - c_alpha() / 2) == 0
    assert features.loss.powers == tuple(exponent(p) for p in (-ALPHA, 0, 0))
    (ridge_wall,) = (border for border in features.borders if border.variable == "gamma")
    assert not ridge_wall.above
    assert sp.simplify(ridge_wall.amplitude - c_alpha()) == 0  # gamma/(N T) = c_alpha N^-(1+alpha)
    assert ridge_wall.powers == tuple(exponent(p) for p in (-ALPHA, 1, 0))


def test_double_descent_peak() -> None:
    """Height ~ kappa N^2/(4 sqrt(gamma/kappa)) within |T - N| << sqrt(gamma/kappa), the width."""
    found = phases(("N", "E", "gamma"), sp.Integer(1))
    peak = next(p for p in found if "interpolation edge" in p.limits and not p.loss.powers[1])
    assert peak.loss.powers == tuple(exponent(p) for p in (sp.Rational(-1), 0, sp.Rational(-1, 2))) or (
        [x.as_expr().subs(ALPHA, 1) for x in peak.loss.powers] == [-1, 0, sp.Rational(-1, 2)]
    )
    assert sp.simplify(peak.loss.amplitude - sp.pi**3 / 32) == 0
    width = next(border for border in peak.borders if border.variable == "E")
    assert sp.simplify(width.amplitude - 2 / sp.pi) == 0
    assert not width.above


def test_unknown_scales_are_refused() -> None:
    for names in (("N",), ("N", "T", "K"), ("T", "gamma"), ("N", "T", "E"), ("N", "E", "M")):
        with pytest.raises(InvalidInput):
            phases(names)


def test_plateau_is_approached_as_the_exact_loss_does() -> None:
    """(L - L_plateau)/L_plateau at alpha = 1, N = 400 << T, against the planar loss with M = 10^9."""
    from numerics import evaluate
    from theory import Model

    flat, ends = plateaus(("N", "T", "gamma"), sp.Integer(1))
    in_samples = next(p for p in flat if p.resource == "T" and p.phase.limits == {"features"})
    assert in_samples.onset
    small = next(a for a in in_samples.approach if not a.relative.powers[2])
    assert small.falls
    assert small.relative.amplitude == 1
    in_ridge = next(p for p in flat if p.resource == "gamma" and p.phase.limits == {"features"})
    size, n, t = 10**12, 400, 4_000_000

    def loss(gamma: Fraction) -> float:
        return float(evaluate(Model.power_law(alpha=1, M=size, N=n, T=t, gamma=gamma / size), digits=25).loss)

    for approach in in_ridge.approach:
        # linear and falling below gamma ~ N^(1-alpha), quadratic and rising above
        gamma = Fraction(1, 200) if approach.relative.powers[2] == exponent(1) else Fraction(200)
        power = {"N": n, "T": t, "gamma": gamma}
        predicted = float(approach.relative.amplitude) * float(
            sp.Mul(
                *(
                    sp.Integer(1) * sp.Rational(str(power[k])) ** w.as_expr().subs(ALPHA, 1)
                    for k, w in zip(("N", "T", "gamma"), approach.relative.powers, strict=True)
                )
            )
        )
        change = loss(gamma) / loss(Fraction(0)) - 1
        assert change * (1 if approach.falls else -1) > 0
        assert abs(abs(change) / predicted - 1) < 0.15  # finite N, and the other term
    assert {end.resource for end in ends} == {"N", "T", "gamma"}


def test_plateaus_are_cut_where_alpha_turns_the_loss() -> None:
    """At the edge the signal is N^(1 - alpha)/E: growing, flat or falling with N, as its phase is not. At gamma = 0."""
    _, ends = plateaus(("N", "E"))
    windows = {(end.resource, str(end.phase.region.window)) for end in ends}
    assert windows == {("N", "alpha > 1")}
    for alpha, falls in ((sp.Rational(1, 2), False), (sp.Integer(2), True)):
        _, ends = plateaus(("N", "E"), alpha)
        assert ("N" in {end.resource for end in ends}) == falls


def test_the_end_of_a_law_is_cut_where_alpha_turns_its_wall() -> None:
    """The wall gamma ~ N^(1 - alpha) ends a law in N from one side for alpha > 1, from the other below."""
    _, ends = plateaus(("N", "E", "gamma"))
    by_ridge = [end for end in ends if end.resource == "N" and "ridge" in end.phase.limits]
    assert {str(end.phase.region.window): len(end.ends) for end in by_ridge} == {"0 < alpha < 1": 1, "alpha > 1": 0}
