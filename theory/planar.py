r"""The planar solution: equation for kappa, traces, test loss with its parts, training loss.

Everything is obtained from `theory.student.planar_student` by solving at J = 0 and by implicit
differentiation in J. Derived in derivations/resolvent.py, loss.py; equal to equations (1), (2) of
Zhang (arXiv:2405.19398), Simon et al. (arXiv:2311.14646), Atanasov et al. (arXiv:2405.00592),
which stand as expectations in tests/theory/test_planar.py.

Freezing a dressing while J varies removes the fluctuations that dress the test loss through it:
with A frozen the predictor is averaged over features, with B frozen over samples, with both over
both. The differences are the variances of the predictor due to features, samples, and their
interaction (an analysis of variance of the signal); label noise adds its own term.
"""

from functools import cache

import sympy as sp

from theory.moments import KAPPA, D, Moment, TeacherMoment, canonical
from theory.rational import linear_root, solve_linear
from theory.student import GAMMA, NOISE, SIGMA_U, A, B, J, M, N, T, planar_student

OUTPUTS = sp.Symbol("C", positive=True)
FEATURE_GAP, SAMPLE_GAP = sp.symbols("a b", nonnegative=True)  # N - D, T - D
PARTS = ("bias", "feature_variance", "sample_variance", "interaction", "label_noise")


@cache
def dressings() -> dict[sp.Symbol, sp.Expr]:
    """A and B at J = 0, by solving the laws of the two counting spaces; B's root B = 0 is unphysical."""
    student = planar_student()
    b_value = linear_root(student.sample_law.subs(J, 0) / B, B)
    on_shell = linear_root(student.kappa_law.subs(J, 0), B)  # B in terms of A and kappa
    a_value = linear_root(student.feature_law.subs(J, 0).subs(B, on_shell), A)
    return {A: canonical(a_value), B: canonical(b_value)}


@cache
def ridge_scale() -> sp.Expr:
    """g = kappa (N - D)(T - D), the right side of the planar equation: gamma M / sigma_u^2."""
    coupling = (planar_student().kappa_law + 1).subs(J, 0)  # kappa A (B + J), equal to 1
    return canonical(KAPPA * (N - D) * (T - D) / coupling.subs(dressings()))


@cache
def planar_equation() -> sp.Eq:
    """kappa (N - D)(T - D) = gamma M / sigma_u^2, with D = df1(kappa) < min(N, T, M).

    Derived in derivations/resolvent.py; Zhang, arXiv:2405.19398.
    """
    return sp.Eq(KAPPA * (N - D) * (T - D), ridge_scale())


@cache
def traces() -> dict[str, sp.Expr]:
    """E tr q and E tr Q, from the Green functions of features and samples: (N - D)/gamma, (T - D)/gamma.

    In the student's pencil G_theta,theta = q and G_c,c = -gamma Q exactly (Schur complements).
    """
    feature_dressing, sample_dressing = dressings()[A] * M / SIGMA_U**2, dressings()[B]
    return {"q": canonical(feature_dressing), "Q": canonical(sample_dressing / GAMMA)}


def response(*, frozen: frozenset[sp.Symbol] = frozenset()) -> sp.Expr:
    """dH/dJ at J = 0 along the planar solution, with some dressings held fixed. C = 1."""
    return canonical(response_in_gaps(frozen).xreplace({FEATURE_GAP: N - D, SAMPLE_GAP: T - D}))


@cache
def response_in_gaps(frozen: frozenset[sp.Symbol] = frozenset()) -> sp.Expr:
    """The same in the gaps N - D and T - D."""
    student = planar_student()
    rates = {x: sp.Symbol(f"d{x.name}") for x in (A, B, KAPPA)}

    def along(expression: sp.Expr) -> sp.Expr:
        total = sp.diff(expression, J) + sum(rate * sp.diff(expression, x) for x, rate in rates.items())
        return total.subs(J, 0)

    laws = [along(student.kappa_law)]
    laws.append(rates[A] if A in frozen else along(student.feature_law))
    laws.append(rates[B] if B in frozen else along(student.sample_law))
    # the solution at J = 0, in the gaps N - D and T - D: the linear system stays small
    sizes = {N: FEATURE_GAP + D, T: SAMPLE_GAP + D}
    on_shell = {A: 1 / (KAPPA * SAMPLE_GAP), B: canonical(dressings()[B].subs(sizes))}
    gamma = KAPPA * FEATURE_GAP * SAMPLE_GAP * canonical(GAMMA / ridge_scale())

    def solution(expression: sp.Expr) -> sp.Expr:
        return expression.xreplace(sizes).xreplace({GAMMA: gamma}).xreplace(on_shell)

    solved = solve_linear([canonical(solution(law)) for law in laws], list(rates.values()))
    return canonical(solution(along(student.energy)).xreplace(solved))


@cache
def loss() -> sp.Expr:
    """Test loss on clean labels, summed over C outputs, in N, T and moments.

    2 Z L/C = T (N - q) V[0,2] + T (D - q) V[1,1] + sigma_eps^2 (N q + D^2 - 2 D q), Z = N T - q (N + T) + 2 q D - D^2,
    with V[j,k] = sum_I v_I p^j (1-p)^k and p = lambda_I/(lambda_I + kappa). Derived in derivations/loss.py.
    """
    return OUTPUTS * response()


@cache
def signal() -> sp.Expr:
    """Test loss without label noise."""
    return canonical(loss().subs(NOISE, 0))


@cache
def label_noise() -> sp.Expr:
    """The part of the test loss proportional to sigma_eps^2."""
    return canonical(loss() - signal())


@cache
def loss_parts() -> dict[str, sp.Expr]:
    """The five parts of the test loss, keys PARTS."""
    over_features, over_samples, bias = (
        OUTPUTS * response(frozen=frozenset(held)).subs(NOISE, 0) for held in ({A}, {B}, {A, B})
    )
    parts = {
        "bias": bias,
        "feature_variance": over_samples - bias,
        "sample_variance": over_features - bias,
        "interaction": signal() - over_features - over_samples + bias,
        "label_noise": label_noise(),
    }
    return {name: canonical(part) for name, part in parts.items()}


@cache
def train_loss() -> sp.Expr:
    """Training loss per sample with noisy labels, (H - gamma dH/dgamma)/T at J = 0.

    H is the minimum of data term plus (gamma/2)|theta|^2, so the envelope theorem gives the second
    part as gamma dH/dgamma at fixed N, T, taken along the planar solution.
    """
    student = planar_student()
    energy = canonical(student.energy.subs(J, 0).subs(B, dressings()[B]))
    # d ln(gamma)/dkappa from the planar equation
    slope = canonical(sp.diff(sp.log(KAPPA) + sp.log(N - D) + sp.log(T - D), KAPPA))
    penalty = sp.diff(energy, KAPPA) / slope
    return canonical(OUTPUTS * (energy - penalty) / T)


SIGMA_W = sp.Symbol("sigma_w", positive=True)


def isotropic(expression: sp.Expr) -> sp.Expr:
    """The expression for the isotropic teacher, v = sigma_w^2 lambda / M.

    Since lambda p = kappa (p/(1-p) - p): V[j,0] = V[0,0] - (sigma_w^2 kappa / M) (S[1,0] + ... + S[j,0]).
    """
    expanded = canonical(expression)
    values = {}
    for moment in expanded.atoms(TeacherMoment):
        drop = sp.Add(*(Moment(i, 0, KAPPA) for i in range(1, int(moment.args[0]) + 1)))
        values[moment] = TeacherMoment(0, 0, KAPPA) - SIGMA_W**2 * KAPPA / M * drop
    return canonical(expanded.xreplace(values))
