"""The derived planar solution against formulas of the literature, which appear only here."""

import pytest
import sympy as sp

from theory import planar, positive
from theory.moments import KAPPA, D, Moment, Q, TeacherMoment, canonical, is_zero
from theory.student import GAMMA, NOISE, SIGMA_U, M, N, T

C = planar.OUTPUTS
B1 = TeacherMoment(0, 1, KAPPA)  # sum v kappa/(lambda + kappa)
B2 = TeacherMoment(1, 1, KAPPA)  # sum v kappa lambda/(lambda + kappa)^2
Z = N * T - Q * (N + T) + 2 * Q * D - D**2


def test_planar_equation_of_the_model_sheet() -> None:
    """kappa (N - D)(T - D) = gamma M / sigma_u^2: Zhang, arXiv:2405.19398."""
    equation = planar.planar_equation()
    assert is_zero(equation.lhs - KAPPA * (N - D) * (T - D))
    assert is_zero(equation.rhs - GAMMA * M / SIGMA_U**2)


def test_general_teacher_loss() -> None:
    """model sheet section 2, equal to Simon et al., arXiv:2311.14646."""
    bracket = B1 - B2 * (N - D) / (N - Q) + NOISE
    expected = C / 2 * T * (N - Q) / Z * bracket - C / 2 * NOISE
    assert is_zero(planar.loss() - expected)


def test_isotropic_loss() -> None:
    """Equation (2) of the model sheet; signal part Zhang, arXiv:2405.19398."""
    signal = C * planar.SIGMA_W**2 / (2 * M) * KAPPA * (D - Q) * N * T / Z
    noise = C * NOISE / 2 * (Q * (N - 2 * D) + D**2) / Z
    assert is_zero(planar.isotropic(planar.signal()) - signal)
    assert is_zero(planar.label_noise() - noise)


def test_atanasov_form() -> None:
    """E_g = (E_det + sigma^2)/(1 - g1) - sigma^2 with df's: Atanasov et al., arXiv:2405.00592, in our symbols.

    1/(1 - g1) = T (N - q)/Z, and E_det = -kappa^2 tf'(kappa) with the feature share of the variance.
    """
    deterministic = TeacherMoment(0, 2, KAPPA) + B2 * (D - Q) / (N - Q)
    inflation = T * (N - Q) / Z
    assert is_zero(planar.loss() - C / 2 * ((deterministic + NOISE) * inflation - NOISE))


def test_traces() -> None:
    assert is_zero(planar.traces()["q"] - (N - D) / GAMMA)
    assert is_zero(planar.traces()["Q"] - (T - D) / GAMMA)


def test_parts_sum_to_the_loss_and_none_is_negative() -> None:
    parts = planar.loss_parts()
    assert set(parts) == set(planar.PARTS)
    assert is_zero(sum(parts.values()) - planar.loss())
    for part in parts.values():
        positive.subtraction_free(part)  # raises if any coefficient is negative


def test_subtraction_free_refuses_a_difference() -> None:
    with pytest.raises(ValueError, match="not subtraction-free"):
        positive.subtraction_free(planar.signal() - planar.label_noise())


@pytest.mark.parametrize("size", [N, T])
def test_infinite_size_is_the_limit(size: sp.Symbol) -> None:
    back = {
        planar.FEATURE_GAP: N - D,
        planar.SAMPLE_GAP: T - D,
        positive.DF2: Q,
        positive.SPREAD: D - Q,
        positive.BIAS_SUM: TeacherMoment(0, 2, KAPPA),
        positive.CROSS_SUM: B2,
    }
    derived = positive.infinite_size(size)
    names = {"signal": planar.signal(), "label_noise": planar.label_noise(), "train_loss": planar.train_loss()}
    for name, expression in names.items():
        dummies = {m: sp.Dummy(positive=True) for m in canonical(expression).atoms(Moment)}
        limit = sp.limit(canonical(expression).xreplace(dummies), size, sp.oo)
        limit = limit.xreplace({dummy: m for m, dummy in dummies.items()})
        assert is_zero(derived[name].xreplace(back) - limit)


def test_kernel_limit_of_the_literature() -> None:
    """N infinite: L + sigma^2/2 = (B + sigma^2/2)/(1 - q/T), B = sum v kappa^2/(lambda + kappa)^2 / 2."""
    forms = positive.infinite_size(N)
    total = forms["signal"] + forms["label_noise"] + C * NOISE / 2
    expected = C / 2 * (positive.BIAS_SUM + NOISE) / (1 - positive.DF2 / T)
    samples = planar.SAMPLE_GAP + positive.SPREAD + positive.DF2
    assert sp.simplify(total - expected.subs(T, samples)) == 0


def test_exhausted_limit_is_the_same_at_equal_sizes() -> None:
    """At N = M < T the noise keeps the form M/(T - M), although two terms survive there."""
    e, b = sp.symbols("epsilon b", positive=True)
    values = {planar.FEATURE_GAP: e, planar.SAMPLE_GAP: b + e, positive.SPREAD: e, positive.DF2: M - 2 * e}
    limit = sp.limit(positive.evaluated()["label_noise"].subs(values), e, 0)
    assert sp.simplify(limit - positive.exhausted()["label_noise"].subs(planar.SAMPLE_GAP, b)) == 0


def test_compact_form_is_the_same_expression() -> None:
    for expression in (planar.loss(), planar.train_loss(), planar.loss_parts()["interaction"]):
        assert is_zero(positive.compact(expression) - expression)
