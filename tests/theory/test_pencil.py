"""The pencil engine on a textbook case, Marchenko-Pastur, so that it is no one-model machine."""

import pytest
import sympy as sp

from theory.pencil import Field, GaussianBlock, Pencil

n, t, gamma = sp.symbols("n t gamma", positive=True)


def test_marchenko_pastur_from_the_pencil() -> None:
    """P = [[gamma, X], [X^T, -1]] has upper block (gamma + X X^T)^{-1}; X is n x t, unit variance."""
    pencil = Pencil(
        fields=(Field("row", n), Field("column", t)),
        fixed={("row", "row"): gamma, ("column", "column"): sp.Integer(-1)},
        blocks=(GaussianBlock("row", "column", sp.Integer(1)),),
    )
    unknown = pencil.dressings
    closure = pencil.closure()
    g = sp.Symbol("g", positive=True)  # normalised trace of the resolvent
    column_sum = closure[unknown[0, "row"]][0] * closure[unknown[0, "row"]][1]
    row_law = closure[unknown[0, "column"]][0]
    law = g - row_law.subs(unknown[0, "row"], column_sum.subs(unknown[0, "column"], n * g))
    # Marchenko-Pastur: gamma n g^2 + (gamma + t - n) ... = 1/g = gamma + t/(1 + n g)
    expected = g - 1 / (gamma + t / (1 + n * g))
    assert sp.simplify(law - expected) == 0


def test_two_latent_ends_are_refused() -> None:
    with pytest.raises(ValueError, match="counting space"):
        Pencil((Field("a"), Field("b")), {}, (GaussianBlock("a", "b", sp.Integer(1)),))
