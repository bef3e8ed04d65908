"""Eigenvalue densities of exact planar models, to check the laws of the features' spectrum with."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from mpmath import mp, mpf

from derivations.checks import Check
from derivations.far_points import FarPoint, alphas
from derivations.numeric_checks import Point, numerically
from numerics.density import FeatureEigenvalues
from numerics.evaluate import evaluate
from numerics.multiprecision import exact
from theory.continuum import ALPHA, LAMBDA_PLUS
from theory.feature_spectrum import DF1, EIGENVALUE, RANK
from theory.local_series import KAPPA_0, SpectralSum
from theory.model import Model
from theory.student import SIGMA_U, M, N, T
from theory.zeta import hurwitz_taylor

DENSITY_DIGITS = 10  # of densities in doubles
RANKS = (1, 2, 7)
SUMMED = 4  # a principal value is summed up to so many times the rank
FIRST_RANK, RANK_DIGITS = 800, 5

SCALES = {"lambda_plus": 3, "sigma_u": 2}
UNITS = {LAMBDA_PLUS: SCALES["lambda_plus"], SIGMA_U: SCALES["sigma_u"]}


def _sizes(model: Model, alpha: Fraction) -> dict[sp.Basic, Any]:
    return {N: model.N, T: model.T, M: model.M, ALPHA: alpha, **UNITS}


def bulk() -> Check:
    """The eigenvalue above which r - 1/2 lie, at sizes so large that each mode of the data has a bulk of its own."""

    def points() -> Sequence[Point]:
        found = []
        for alpha, sizes in zip(alphas(21), ((10**13, 10**12), (10**12, 3 * 10**13)), strict=True):
            model = Model.power_law(alpha, M=50, N=sizes[0], T=sizes[1], **SCALES)
            places = FeatureEigenvalues(model).at_ranks(np.array(RANKS))
            known = _sizes(model, alpha)
            found += [(mpf(x), known | {RANK: r}) for x, r in zip(places, RANKS, strict=True)]
        return found

    return numerically(points, DENSITY_DIGITS)


def bulk_correction() -> Check:
    """The share of the other modes, sum over I != r of lambda_I/(lambda_I - lambda_r), per rank as r grows."""

    def points() -> Sequence[Point]:
        found = []
        for alpha in alphas(22):
            one, two = (_principal_value(alpha, rank) for rank in (FIRST_RANK, 2 * FIRST_RANK))
            size = mpf(10) ** 20
            values = {ALPHA: alpha, N: size, T: 2 * size, RANK: 1}
            found.append((-(two - one) / FIRST_RANK * (1 / size + 1 / (2 * size)), values))
        return found

    return numerically(points, RANK_DIGITS)


def _principal_value(alpha: Fraction, rank: int) -> mpf:
    """sum over I != rank of 1/(1 - (I/rank)^s): term by term, then the tail in powers of (rank/I)^s."""
    s, last = exact(1 + alpha), SUMMED * rank
    total = mp.fsum(1 / (1 - mp.power(mpf(i) / rank, s)) for i in range(1, last + 1) if i != rank)
    n = 1
    while True:
        term = mp.power(rank, s * n) * hurwitz_taylor(s * n, mpf(last + 1), 0)
        total -= term
        if term < mp.eps:
            return total
        n += 1


def lower_edge(quantity: str) -> Check:
    """x stationary in kappa: 1/g = 1/(D - N) - 1/(T - D) with g = D - q, which gives N for chosen kappa and T."""

    def points() -> Sequence[Point]:
        found = []
        for alpha in alphas(23):
            for ratio in (Fraction(3, 2), Fraction(40)):
                point = FarPoint(alpha, mpf(10) ** -100)
                d, spread = point.df1, point.sum(1, 1)
                wide = d * exact(ratio)
                below = 1 / (1 / spread + 1 / wide)
                values = {ALPHA: alpha, M: 7, N: d - below, T: d + wide, DF1: d, **UNITS}
                scale = mpf(SCALES["lambda_plus"]) * SCALES["sigma_u"] ** 2 / 7
                left = {"df1": d, "x": scale * point.kappa * below * wide}[quantity]
                found.append((left, values))
        return found

    return numerically(points)


def hard_edge(order: str) -> Check:
    """N rho at small x, with two of the sizes 30 equal and the others larger."""
    least = order.split("<")[0].split("=")
    sizes = {name: 30 if name in least else 70 for name in "NTM"}
    decades = 36 if len(least) == 3 else 20

    def points() -> Sequence[Point]:
        found = []
        for alpha in alphas(24):
            model = Model.power_law(alpha, **sizes, **SCALES)
            x = float(10) ** -decades
            rho = FeatureEigenvalues(model).at(np.array([x])).density[0]
            inverse = mp.fsum(mp.power(i, exact(1 + alpha)) for i in range(1, model.M + 1)) / SCALES["lambda_plus"]
            values = _sizes(model, alpha) | {EIGENVALUE: mpf(x), SpectralSum(-1): inverse}
            if "M" not in least:
                values[KAPPA_0] = mpf(evaluate(model, 20).kappa)
            found.append((mpf(rho) * sizes["N"], values))
        return found

    return numerically(points, DENSITY_DIGITS)
