"""Feature bagging: the average of K students with independent features, on the same samples and labels.

The average of K predictors that differ in u alone has the loss

    L_K = L_inf + (L - L_inf)/K,

L that of one student and L_inf that of the predictor averaged over features: the planar response with the
features' dressing frozen (theory.planar.response). Nothing else enters: two members share x, w and eps.
"""

from functools import cache

import sympy as sp

from theory.planar import OUTPUTS, response_in_gaps
from theory.positive import subtraction_free
from theory.student import NOISE, A

MEMBERS = sp.Symbol("K", positive=True)


@cache
def averaged_over_features() -> dict[str, sp.Expr]:
    """signal and label_noise of the predictor averaged over features (K infinite), subtraction-free."""
    whole = sp.expand(OUTPUTS * response_in_gaps(frozenset({A})))
    signal = whole.subs(NOISE, 0)
    return {
        "signal": subtraction_free(sp.factor(signal)),
        "label_noise": subtraction_free(sp.factor(sp.expand(whole - signal))),
    }


def bagged(one: sp.Expr, averaged: sp.Expr) -> sp.Expr:
    """The loss of K members from that of one and of infinitely many; a sum of positive terms."""
    return one / MEMBERS + averaged * (1 - 1 / MEMBERS)
