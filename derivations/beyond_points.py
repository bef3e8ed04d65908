"""Routes for the chapter beyond the equal ridge: exact averages over a finite set of features, simulations at two sizes
without their 1/N term, exact log-determinants of Wishart matrices."""

import itertools
import math
from fractions import Fraction
from functools import cache
from typing import Any

import sympy as sp
from mpmath import mp, mpf

from derivations.checks import Check
from derivations.independent import Draw
from derivations.numeric_checks import Point
from derivations.simulated_checks import Drawn, mean_and_error
from numerics import formulas
from numerics.anisotropic import evaluate_anisotropic, simulate_anisotropic
from numerics.evaluate import evaluate
from theory import ladder
from theory.anisotropic import SHARES, SQUARES
from theory.claim import Evidence
from theory.ensemble import MEMBERS
from theory.model import Model
from theory.pencil import Field, GaussianBlock, Pencil
from theory.spectrum import Eigenvalues

ONE, AVERAGED = sp.Symbol("L", positive=True), sp.Symbol(r"L_{\infty}", positive=True)

# Ensembles -----------------------------------------------------------------------------------------

FEATURES = 3  # matrices u, drawn once: members are independent and uniform among them


@cache
def _predictors() -> tuple[Draw, list[sp.Matrix]]:
    """One draw of samples and labels; theta u of each student."""
    data = Draw(0, (2, 3, 4))
    maps = []
    for seed in range(FEATURES):
        u = Draw(100 + seed, (2, 3, 4)).u
        phi = u * data.x
        maps.append(data.y * phi.T * (data.gamma * sp.eye(data.N) + phi * phi.T).inv() * u)
    return data, maps


def _loss(predictor: sp.Matrix) -> sp.Expr:
    data, _ = _predictors()
    error = predictor - data.w
    return (error * data.lam * error.T)[0] / 2


@cache
def _ensemble_loss(members: int) -> sp.Expr:
    """The average over all members^FEATURES choices, each as likely as any other."""
    _, maps = _predictors()
    chosen = list(itertools.product(maps, repeat=members))
    return sp.Add(*(_loss(sum(some[1:], some[0]) / members) for some in chosen)) / len(chosen)


def by_all_ensembles(members: tuple[int, ...]) -> Check:
    """The loss of K members, averaged over their features, in rational arithmetic."""

    def check(formula: sp.Equality) -> Evidence:
        _, maps = _predictors()
        averaged = _loss(sum(maps[1:], maps[0]) / len(maps))
        for count in members:
            values = {ONE: _ensemble_loss(1), AVERAGED: averaged, MEMBERS: count}
            if sp.nsimplify(formula.rhs.subs(values) - _ensemble_loss(count)) != 0:
                return Evidence("fail", "exact", len(members))
        return Evidence("pass", "exact", len(members))

    return check


# Anisotropic ridge ---------------------------------------------------------------------------------

Z_THRESHOLD = 4.5  # two-sided: 7e-6 of right formulas would fail
WEIGHTS = (0.2, 5.0)
SIZES = (24, 40, 60)  # N, T, M of the smaller system
DRAWS = (800, 200)


def _system(copies: int) -> tuple[Model, list[float]]:
    """`copies` times as many of everything: the planar loss is the same."""
    n, t, m = (copies * size for size in SIZES)
    spectrum = Eigenvalues([1 / (i + 1) ** 0.8 for i in range(m // copies) for _ in range(copies)])
    model = Model(spectrum, n, t, gamma=Fraction(copies, 2), noise=Fraction(1, 40))
    return model, [weight for weight in WEIGHTS for _ in range(n // 2)]


def effective_features() -> list[Drawn]:
    """(N_eff, its standard error, values): the number of equal features that has the loss of draws at the same kappa.

    Twice the loss at double size less that at single size has no 1/N term.
    """
    found = [simulate_anisotropic(*_system(copies), draws=draws) for copies, draws in zip((1, 2), DRAWS, strict=True)]
    (small, small_error), (large, large_error) = (mean_and_error(estimates["loss"]) for estimates in found)
    mean, error = 2 * large - small, math.hypot(2 * large_error, small_error)
    model, weights = _system(1)
    solved = evaluate_anisotropic(model, weights)
    e = evaluate(model.with_(gamma=solved.ridge))
    forms = formulas.losses("", "mpmath")

    def loss(features: mpf) -> mpf:
        sums = (e.sample_gap, e.df2, e.spread, e.bias_sum, e.cross_sum)
        arguments = (1, features - e.df1, *(mpf(x) for x in sums), mpf(1) / 40)
        return forms["signal"](*arguments) + forms["label_noise"](*arguments)

    inferred = mp.findroot(lambda n: loss(n) - mean, mpf(SIZES[0]) * mpf("0.9"))
    spread = error / abs(mp.diff(loss, inferred))
    pull = float(e.kappa) * float(e.df1) * float(e.sample_gap) / model.M  # t
    shares = [pull / (float(model.gamma) * weight + pull) for weight in weights]
    sums = {SHARES: mpf(sum(shares)), SQUARES: mpf(sum(share**2 for share in shares))}
    return [(float(inferred), float(spread), sums)]


# Wishart determinants ------------------------------------------------------------------------------

ROWS, COLUMNS = sp.symbols("N T", positive=True)
FIRST, LEVELS = 3, 8  # sizes 2^3, ..., 2^10 times the smallest


@cache
def ladder_determinant() -> sp.Expr:
    """det(1 - K) of W = x x^T, x of N x T unit Gaussians, without ridge, N < T."""
    ridge = sp.Symbol("g", positive=True)
    pencil = Pencil(
        (Field("a", ROWS), Field("c", COLUMNS)),
        {("a", "a"): ridge, ("c", "c"): sp.Integer(-1)},
        (GaussianBlock("a", "c", sp.S.One),),
    )
    on_a, on_c = pencil.dressings.values()
    laws = [unknown - size * summand for unknown, (summand, size) in pencil.closure().items()]
    (solved,) = sp.solve([law.subs(ridge, 0) for law in laws], [on_a, on_c], dict=True)
    determinant, names = ladder.determinant(pencil)
    same = {ladder_symbol(x, copy): x for x in (on_a, on_c) for copy in ladder.COPIES}
    entries = {
        names[pair]: size * summand.xreplace(same).xreplace(solved).subs(ridge, 0)
        for pair, (summand, size) in ladder.kernel(pencil).items()
    }
    return sp.expand(sp.simplify(determinant.xreplace(entries)))


def ladder_symbol(symbol: sp.Symbol, copy: int) -> sp.Symbol:
    """A dressing of one copy."""
    return sp.Symbol(f"{symbol.name}_{copy}", positive=True)


def mean_determinant() -> list[Point]:
    """E ln det W less its planar part T ln T - (T - N) ln(T - N) - N, at 1/N -> 0.

    E ln det W = sum_i [psi((T - i)/2) + ln 2], i < N (Bartlett).
    """

    def exact(n: int, t: int) -> mpf:
        whole = mp.fsum(mp.psi(0, mpf(t - i) / 2) + mp.log(2) for i in range(n))
        return whole - (t * mp.log(t) - (t - n) * mp.log(t - n) - n)

    return _extrapolated(exact)


def variance_of_determinant() -> list[Point]:
    """Var ln det W = sum_i psi'((T - i)/2) at 1/N -> 0."""
    return _extrapolated(lambda n, t: mp.fsum(mp.psi(1, mpf(t - i) / 2) for i in range(n)))


def _extrapolated(quantity: Any) -> list[Point]:
    """Richardson in powers of 1/N over sizes that double."""
    found: list[Point] = []
    for n, t in ((2, 3), (3, 7)):
        row = [quantity(n * 2**k, t * 2**k) for k in range(FIRST, FIRST + LEVELS)]
        for order in range(1, LEVELS):
            row = [(2**order * after - before) / (2**order - 1) for before, after in itertools.pairwise(row)]
        found.append((row[0], {ROWS: n, COLUMNS: t}))
    return found
