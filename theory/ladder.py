r"""Two copies of a pencil on the same Gaussian matrices: planar two-point functions.

The copies share every random matrix and may differ in what is fixed: ridges, sources. With G_1, G_2 their averaged
Green functions, the non-crossing diagrams of E[(P_1^{-1}) X (P_2^{-1})] are ladders: every rung is a Gaussian block
that joins the copies. In the notation of theory.pencil, sides and rungs are labelled by the dressings
a = (block i, end e), o the other end of i, s_a the variance where e is latent:

    K_ab = sum over directions of o:  s_i(o) s_b G_1[o, f] G_2[f, o],      b = (block j, end f),
    x = t + K x,    t_a the same sum with X in place of s_b,    E[...] read off at a field Y:  bare + sum_b x_b (...)

K at equal copies is dF/ds, the derivative of the Dyson closure s = F(s). For real symmetric pencils the ladders
with one copy turned round are equal to these, and closed on themselves they give the next order
beyond planar theory (numerics/finite_size.py; checked there by simulation):

    E ln|det P| = planar + (1/2) ln det(1 - K) + ...,     Cov(ln|det P_1|, ln|det P_2|) = -2 ln det(1 - K_12) + ...
"""

from dataclasses import replace
from functools import cache

import sympy as sp

from theory.moments import KAPPA, LAMBDA
from theory.pencil import Pencil
from theory.planar import FEATURE_GAP, OUTPUTS, SAMPLE_GAP
from theory.rational import linear_root, reduced, solve_linear
from theory.student import GAMMA, NOISE, POWER, SIGMA_U, J, M, N, T, student_pencil

ETA = sp.Symbol("eta", positive=True)  # source of teacher and label noise
COPIES = (1, 2)
Key = tuple[int, str]  # a dressing: Gaussian block and end
Sum = tuple[sp.Expr, sp.Symbol | None]  # summand, and how many directions: a size, or None for the spectrum


class PairSum(sp.Function):
    """sum_I lambda^j/((lambda + kappa_1)(lambda + kappa_2)); the argument is j = 0, 1, 2."""

    nargs = 1
    _weighted = False

    def _sympystr(self, printer: object) -> str:
        return f"{'V' if self._weighted else 'S'}12[{self.args[0]}]"


class TeacherPairSum(PairSum):
    """The same weighted by the teacher's power v_I."""

    _weighted = True


@cache
def sourced_pencil() -> Pencil:
    """The student's pencil with W = v/lambda on (b, b) and sigma_eps^2 on (c, c), times eta.

    Averaged over teacher and label noise, the test loss of one draw of (u, x) is -(1/2) d_J d_eta ln|det P| at
    J = eta = 0, C = 1: theory.student's H is -(1/2) h^T P^{-1} h, and d_eta ln|det P| = E h^T P^{-1} h.
    """
    pencil = student_pencil()
    fixed = dict(pencil.fixed)
    fixed["b", "b"] = ETA * POWER / LAMBDA
    fixed["c", "c"] += ETA * NOISE
    return replace(pencil, fixed=fixed)


def of_copy(expression: sp.Expr, copy: int) -> sp.Expr:
    """The expression in the symbols of one copy: dressings, kappa, gaps, ridge and sources get its number."""
    dressings = student_pencil().dressings.values()
    own = (*dressings, KAPPA, FEATURE_GAP, SAMPLE_GAP, GAMMA, J, ETA)
    return expression.xreplace({symbol: sp.Symbol(f"{symbol.name}_{copy}", positive=True) for symbol in own})


def _green(pencil: Pencil, copy: int) -> dict[tuple[str, str], sp.Expr]:
    return {pair: of_copy(value, copy) for pair, value in pencil.green.items()}


def _sides(pencil: Pencil) -> dict[Key, tuple[str, sp.Expr, sp.Expr]]:
    """For each dressing: the other end, its local variance, and the end's own."""
    found = {}
    for i, end in pencil.dressings:
        block = pencil.blocks[i]
        other = block.column if end == block.row else block.row
        latent = {field.name: field.latent for field in pencil.fields}
        found[i, end] = other, block.variance if not latent[end] else sp.S.One, block.variance if latent[end] else 1
    return found


def kernel(pencil: Pencil) -> dict[tuple[Key, Key], Sum]:
    """The entries of K_12 that do not vanish."""
    one, two = (_green(pencil, copy) for copy in COPIES)
    size = {field.name: field.size for field in pencil.fields}
    entries = {}
    for a, (other, variance, _) in _sides(pencil).items():
        for b, (_, _, local) in _sides(pencil).items():
            product = variance * local * one[other, b[1]] * two[b[1], other]
            if product != 0:
                entries[a, b] = sp.factor(product), size[other]
    return entries


def vertex(pencil: Pencil, field: str, insertion: sp.Expr) -> dict[Key, Sum]:
    """t: the sums with `insertion` (which may contain lambda and v) at the field."""
    one, two = (_green(pencil, copy) for copy in COPIES)
    size = {f.name: f.size for f in pencil.fields}
    return {
        a: (sp.factor(variance * insertion * one[other, field] * two[field, other]), size[other])
        for a, (other, variance, _) in _sides(pencil).items()
        if one[other, field] != 0
    }


def determinant(pencil: Pencil) -> tuple[sp.Expr, dict[tuple[Key, Key], sp.Symbol]]:
    """det(1 - K) in symbols of K's entries, and the symbols."""
    keys = list(pencil.dressings)
    names = {pair: sp.Symbol(f"K_{keys.index(pair[0])}{keys.index(pair[1])}") for pair in kernel(pencil)}
    matrix = sp.Matrix(len(keys), len(keys), lambda i, j: int(i == j) - names.get((keys[i], keys[j]), 0))
    return sp.expand(matrix.det()), names


@cache
def pair_loss() -> sp.Expr:
    """(1/2) E tr W E_1 Lambda E_2^T plus noise: the loss's bilinear form between students of two ridges.

    E_k = 1 - x phi^T (gamma_k + phi phi^T)^{-1} u is the error map of ridge gamma_k on the same u, x, w, eps. In
    PairSums, and gaps a_k = N - D_k, b_k = T - D_k; times C. At equal ridges it is theory.planar.loss. Students that
    are linear in resolvents (gradient flow, spectral cutoff) have sums of it as their losses.
    """
    pencil = student_pencil()
    keys = list(pencil.dressings)
    unknowns = {key: sp.Symbol(f"x_{keys.index(key)}") for key in keys}
    entries = {pair: _on_shell(value) for pair, value in kernel(pencil).items()}
    source = dict.fromkeys(keys, sp.S.Zero)
    for field, insertion in (("b", POWER / LAMBDA), ("c", NOISE)):
        for key, value in vertex(pencil, field, insertion).items():
            source[key] += _on_shell(value)
    equations = [unknowns[a] - source[a] - sp.Add(*(entries.get((a, b), 0) * unknowns[b] for b in keys)) for a in keys]
    ladder = solve_linear(equations, list(unknowns.values()))
    one, two = (_green(pencil, copy) for copy in COPIES)
    bare = POWER / LAMBDA * LAMBDA * one["delta", "b"] * two["b", "delta"]
    total = _on_shell((bare, None))
    for key, (_, _, local) in _sides(pencil).items():
        read = LAMBDA * local * one["delta", key[1]] * two[key[1], "delta"]
        if read != 0:
            total += ladder[unknowns[key]] * _on_shell((read, None))
    return sp.factor(reduced(OUTPUTS * total / 2))


@cache
def solution() -> dict[sp.Symbol, sp.Expr]:
    """The dressings along the planar solution without sources, in kappa, T - D and gamma."""
    pencil = student_pencil()
    by_features, by_samples = M / SIGMA_U**2 / (KAPPA * SAMPLE_GAP), -SAMPLE_GAP  # kappa A B = 1, B = T - D
    theta, b, delta, c = (pencil.dressings[key] for key in ((0, "theta"), (0, "b"), (1, "delta"), (1, "c")))
    closure = pencil.closure()  # what dresses b and delta are the counting spaces' own Green functions
    return {
        theta: linear_root(by_features - N * closure[b][0], theta),
        b: by_features,
        delta: by_samples,
        c: linear_root(by_samples - T * closure[delta][0], c),
    }


def _on_shell(value: Sum) -> sp.Expr:
    """A sum along the planar solution of both copies, in PairSums."""
    summand, size = value
    for copy in COPIES:
        values = {of_copy(x, copy): of_copy(y, copy) for x, y in solution().items()}
        summand = summand.xreplace(values | {of_copy(J, copy): sp.S.Zero})
    summand = reduced(summand)
    if size is not None:
        return size * summand
    kappas = [of_copy(KAPPA, copy) for copy in COPIES]
    polynomial = sp.Poly(reduced(summand * (LAMBDA + kappas[0]) * (LAMBDA + kappas[1])), LAMBDA, POWER)
    kinds = {0: PairSum, 1: TeacherPairSum}
    return sp.Add(*(c * kinds[power](j) for (j, power), c in polynomial.terms()))
