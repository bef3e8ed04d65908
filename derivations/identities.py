"""Both sides of identities at finite size: exact in one draw of rational matrices, or averaged over all signs."""

import itertools
from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import sympy as sp

from derivations.independent import Draw
from theory.claim import Evidence
from theory.planar import SIGMA_W
from theory.student import GAMMA, NOISE, SIGMA_U, M, N, T
from theory.wick import trace_power

n, m, t = sp.symbols("N M T", integer=True, positive=True)
U, PHI, LAMBDA_MATRIX = sp.MatrixSymbol("u", n, m), sp.MatrixSymbol("phi", n, t), sp.MatrixSymbol("Lambda", m, m)
RESOLVENT, DUAL = sp.MatrixSymbol("q", n, n), sp.MatrixSymbol("Q", t, t)
LABELS, TEACHER, STUDENT = sp.MatrixSymbol("y", 1, t), sp.MatrixSymbol("w", 1, m), sp.MatrixSymbol(r"\hat\theta", 1, n)
SADDLE = sp.Symbol(r"h^{\top} P^{-1} h")
TEST_ERROR = sp.Symbol(r"\left|(\hat\theta u - w)\Lambda^{1/2}\right|^2")
ERROR_NT, ERROR_TN = sp.MatrixSymbol("R", m, m), sp.MatrixSymbol("R'", m, m)
Sides = tuple[object, Mapping[sp.Basic, object]]


def matrices(draw: Draw) -> dict[sp.Basic, object]:
    """Values of the matrix symbols in a draw."""
    return {
        U: draw.u, PHI: draw.phi, LAMBDA_MATRIX: draw.lam, RESOLVENT: draw.q, DUAL: draw.Q, LABELS: draw.y,
        TEACHER: draw.w, STUDENT: draw.theta, GAMMA: draw.gamma, n: draw.N, m: draw.M, t: draw.T,
    }  # fmt: skip


def pencil_block(draw: Draw, field: str) -> sp.Matrix:
    """A diagonal block of P^{-1} at J = 0."""
    inverse = draw.pencil(sp.Integer(0)).inv()
    start = 0 if field == "theta" else draw.N + 2 * draw.M
    size = draw.N if field == "theta" else draw.T
    return inverse[start : start + size, start : start + size]


def student_sides(draw: Draw) -> Sides:
    """The zero of the objective's gradient."""
    unknown = sp.Matrix(1, draw.N, sp.symbols(f"theta:{draw.N}"))
    objective = sp.expand(draw.objective(unknown, sp.Integer(0)))
    (solution,) = sp.linsolve([sp.diff(objective, x) for x in unknown], list(unknown))
    return sp.Matrix([solution]), matrices(draw)


def energy_sides(draw: Draw) -> Sides:
    """H = min of the objective, against the pencil's -(1/2) h^T P^{-1} h with h = (0, w, 0, eps)."""
    student = sp.Matrix(draw.y * draw.phi.T + draw.J * draw.w * draw.lam * draw.u.T)
    hessian = draw.gamma * sp.eye(draw.N) + draw.phi * draw.phi.T + draw.J * draw.u * draw.lam * draw.u.T
    minimum = draw.objective(student * hessian.inv(), draw.J)
    source = sp.Matrix([[sp.zeros(1, draw.N), draw.w, sp.zeros(1, draw.M), draw.eps]])
    form = (source * draw.pencil(draw.J).inv() * source.T)[0]
    return minimum, {SADDLE: form}


def envelope_sides(draw: Draw) -> Sides:
    """d(-h P^{-1} h/2)/dJ from the saddle's delta, with dP/dJ = Lambda there, against the test error."""
    source = sp.Matrix([[sp.zeros(1, draw.N), draw.w, sp.zeros(1, draw.M), draw.eps]])
    saddle = draw.pencil(sp.Integer(0)).inv() * source.T
    start = draw.N + draw.M
    delta = saddle[start : start + draw.M, :]
    error = draw.theta * draw.u - draw.w
    return (delta.T * draw.lam * delta)[0] / 2, {TEST_ERROR: (error * draw.lam * error.T)[0]}


def trace_sides(draw: Draw) -> Sides:
    return draw.q.trace() - draw.Q.trace(), {N: draw.N, T: draw.T, GAMMA: draw.gamma}


def duality_sides(draw: Draw) -> Sides:
    """R of (u, g) against R of the exchanged draw (g^T, u^T)."""
    exchanged = Draw.__new__(Draw)
    exchanged.__dict__.update(draw.__dict__)
    exchanged.N, exchanged.T = draw.T, draw.N
    exchanged.u, exchanged.g = draw.g.T, draw.u.T
    exchanged.phi, exchanged.q = draw.phi.T, draw.Q
    return draw.error_map(), {ERROR_TN: exchanged.error_map(), m: draw.M}


def fresh_error_sides(draw: Draw) -> Sides:
    """(theta u x - w x)^2 averaged over all signs of a fresh x: second moments are those of a Gaussian."""
    error = draw.theta * draw.u - draw.w
    total = sp.S.Zero
    for signs in itertools.product((-1, 1), repeat=draw.M):
        total += (error * draw.root * sp.Matrix(signs))[0] ** 2
    return total / 2**draw.M, matrices(draw)


SIZES = ((1, 2, 2), (2, 2, 1), (3, 1, 2), (2, 2, 2))  # N, M, T


def by_three_points(k: int) -> Callable[[sp.Equality], Evidence]:
    """E tr (phi phi^T)^k, k = 1 or 2, over entries of three values: Gaussian moments up to the fifth, exactly."""

    def check(formula: sp.Equality) -> Evidence:
        for sizes in SIZES:
            size_n, size_m, size_t = sizes
            values = {N: size_n, M: size_m, T: size_t, SIGMA_U: sp.sqrt(size_m)}
            powers = {trace_power(p): sum((root + 1) ** (2 * p) for root in range(size_m)) for p in (1, 2)}
            if sp.simplify(formula.rhs.subs(values | powers) - _mean_gram(k, sizes)) != 0:
                return Evidence("fail", "exact", len(SIZES))
        return Evidence("pass", "exact", len(SIZES))

    return check


@cache
def _mean_gram(k: int, sizes: tuple[int, int, int]) -> sp.Rational:
    """u and g have entries sqrt(3) s, s = 0, 1, -1 with weights 4, 1, 1; Lambda^(1/2) = diag(1, 2, ...)."""
    size_n, size_m, size_t = sizes
    features, total = size_n * size_m, 0
    count = features + size_m * size_t
    for entries in itertools.product((0, 1, -1), repeat=count):
        u, g = np.array(entries[:features], int), np.array(entries[features:], int)
        phi = u.reshape(size_n, size_m) * np.arange(1, size_m + 1) @ g.reshape(size_m, size_t)
        gram = phi @ phi.T
        total += 4 ** entries.count(0) * int(np.trace(gram) if k == 1 else (gram * gram).sum())
    return sp.Rational(9**k * total, 6**count)  # sqrt(3) comes 4k times


def by_signs(formula: sp.Equality) -> Evidence:
    """E y^2 over all signs of w, x and eps: second moments are those of Gaussians. M = 4, Lambda^(1/2) = 1, 2, 3, 4."""
    sigma_w, noise, count = sp.Rational(3, 5), sp.Rational(4, 9), 4
    total = sp.S.Zero
    for signs in itertools.product((1, -1), repeat=2 * count + 1):
        linear = sum(signs[i] * (i + 1) * signs[count + i] for i in range(count))
        total += (sigma_w / 2 * linear + sp.Rational(2, 3) * signs[-1]) ** 2
    values = {SIGMA_W: sigma_w, NOISE: noise, M: count, trace_power(1): 1 + 4 + 9 + 16}
    good = formula.rhs.subs(values) == total / 2 ** (2 * count + 1)
    return Evidence("pass" if good else "fail", "exact", 1)
