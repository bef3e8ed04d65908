r"""The student of the model as a linear pencil, and its planar solution up to implicit unknowns.

Ridge regression on random features, with a source J for the test loss, minimises

    H = (gamma/2) |theta|^2 + (1/2) |r|^2 + (J/2) delta Lambda delta^T,
    delta = theta u - w  (error of the effective linear map),    r = delta x - eps  (residual).

Multipliers b (for delta) and c (for r) turn it into the saddle of a quadratic form in the fields
(theta, b, delta, c) with matrix `student_pencil()` and sources w on b, eps on c. By the envelope
theorem dH/dJ at J = 0 is the test error of the minimiser, and H - gamma dH/dgamma its training
error: one planar one-point function holds both, for every teacher. C = 1 here; C outputs add up.
"""

from dataclasses import dataclass
from functools import cache

import sympy as sp

from theory.moments import (
    KAPPA,
    LAMBDA,
    TeacherMoment,
    canonical,
    sum_over_spectrum,
)
from theory.pencil import Field, GaussianBlock, Pencil
from theory.rational import linear_root, reduced

N, T, M = sp.symbols("N T M", positive=True)
GAMMA, J = sp.symbols("gamma J", positive=True)
SIGMA_U = sp.Symbol("sigma_u", positive=True)
NOISE = sp.Symbol("sigma_epsilon^2", positive=True)
POWER = sp.Symbol("v", positive=True)  # v = E[w^2] lambda
A, B = sp.symbols("A B", positive=True)  # dressing of the latent fields by features, by samples


@cache
def student_pencil() -> Pencil:
    """Fields theta, b, delta, c; u couples theta and b, x couples delta and c."""
    return Pencil(
        fields=(Field("theta", N), Field("b"), Field("delta"), Field("c", T)),
        fixed={
            ("theta", "theta"): GAMMA,
            ("b", "delta"): sp.Integer(-1),
            ("delta", "delta"): J * LAMBDA,
            ("c", "c"): sp.Integer(-1),
        },
        blocks=(
            GaussianBlock("theta", "b", SIGMA_U**2 / M),
            GaussianBlock("delta", "c", LAMBDA),
        ),
    )


@dataclass(frozen=True)
class PlanarStudent:
    """What the Dyson equations reduce to.

    A and B are the dressings of the latent fields, up to sign and scale those of student_pencil();
    `kappa_law`, `feature_law` and `sample_law` are expressions that vanish; `energy` is H.
    """

    kappa_law: sp.Expr
    feature_law: sp.Expr
    sample_law: sp.Expr
    energy: sp.Expr


@cache
def planar_student() -> PlanarStudent:
    """Dyson equations of the student's pencil, reduced to kappa, A, B and spectral moments.

    kappa is *defined* as minus the root in lambda of the Green function's denominator; sums over
    the spectrum are then combinations of moments.
    """
    pencil = student_pencil()
    on_theta, on_b = pencil.dressings[0, "theta"], pencil.dressings[0, "b"]
    on_delta, on_c = pencil.dressings[1, "delta"], pencil.dressings[1, "c"]
    named = {on_b: A * M / SIGMA_U**2, on_delta: -B}  # the signs that make A, B > 0
    kappa = -linear_root(1 / pencil.green["b", "b"].subs(named), LAMBDA)
    coupling = linear_root(kappa - KAPPA, A)  # A in terms of kappa, to expose the moments

    def reduce(expression: sp.Expr) -> sp.Expr:
        return sp.factor(reduced(expression.subs(named).subs(A, coupling)))

    closure = pencil.closure()

    def closed(unknown: sp.Symbol) -> sp.Expr:
        summand, size = closure[unknown]
        reduced = reduce(summand)
        return sum_over_spectrum(reduced) if size is None else size * reduced

    theta_value, c_value = closed(on_theta), closed(on_c)
    with_theta = {on_theta: theta_value, on_c: c_value}
    # A and B are fixed by the counting spaces' own Green functions
    feature_law = A * M / SIGMA_U**2 - closed(on_b).subs(with_theta)
    sample_law = B + closed(on_delta).subs(with_theta)
    teacher = sum_over_spectrum(reduce(POWER / LAMBDA * pencil.green["b", "b"]) / POWER, TeacherMoment)
    noise = NOISE * closed(on_delta).subs(with_theta)
    return PlanarStudent(
        kappa_law=sp.numer(reduced(KAPPA - kappa)),
        feature_law=sp.numer(reduced(feature_law)),
        sample_law=sp.numer(reduced(sample_law)),
        energy=canonical(-(teacher + noise) / 2),
    )
