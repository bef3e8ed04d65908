"""The two-copy ladder: its kernel is the closure's derivative, its loss at equal ridges the planar loss."""

import pytest
import sympy as sp

from theory import ladder
from theory.moments import KAPPA, Moment, TeacherMoment, canonical
from theory.pencil import Field, GaussianBlock, Pencil
from theory.planar import FEATURE_GAP, SAMPLE_GAP, loss
from theory.student import GAMMA, J, student_pencil


def one_copy(expression: sp.Expr) -> sp.Expr:
    """Both copies made equal."""
    dressings = student_pencil().dressings.values()
    own = (*dressings, KAPPA, FEATURE_GAP, SAMPLE_GAP, GAMMA, J, ladder.ETA)
    return expression.xreplace({ladder.of_copy(x, copy): x for x in own for copy in ladder.COPIES})


@pytest.mark.parametrize("pencil", [student_pencil(), ladder.sourced_pencil()], ids=["student", "sourced"])
def test_kernel_is_the_derivative_of_the_closure(pencil: Pencil) -> None:
    """Entry by entry, with the counts: K is dF/ds for every dressing, zeros included."""
    closure, entries = pencil.closure(), ladder.kernel(pencil)
    for a, unknown in pencil.dressings.items():
        summand, size = closure[unknown]
        for b, other in pencil.dressings.items():
            found, count = entries.get((a, b), (sp.S.Zero, size))
            assert sp.cancel(sp.diff(summand, other) - one_copy(found)) == 0, (a, b)
            assert count == size


def at_equal_ridges(expression: sp.Expr) -> sp.Expr:
    """PairSums as moments: lambda^j/(lambda + kappa)^2 = p^j (1-p)^(2-j) kappa^(j-2)."""
    values = {}
    for kind, moment in ((ladder.PairSum, Moment), (ladder.TeacherPairSum, TeacherMoment)):
        values |= {kind(j): moment(j, 2 - j, KAPPA) * KAPPA ** (j - 2) for j in range(3)}
    return canonical(one_copy(expression).xreplace(values))


def test_equal_ridges_give_the_planar_loss() -> None:
    assert at_equal_ridges(ladder.pair_loss()) == canonical(loss())


def test_a_wrong_rung_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = ladder.kernel

    def wrong(pencil: Pencil) -> dict[tuple[ladder.Key, ladder.Key], ladder.Sum]:
        return {pair: (-s if pair[0] == (1, "c") else s, n) for pair, (s, n) in right(pencil).items()}

    monkeypatch.setattr(ladder, "kernel", wrong)
    assert at_equal_ridges(ladder.pair_loss.__wrapped__()) != canonical(loss())


def test_pair_loss_is_symmetric_on_shell() -> None:
    """The copies may be exchanged: kappa_1 and kappa_2 enter through their product alone."""
    one, two = (ladder.of_copy(KAPPA, copy) for copy in ladder.COPIES)
    swapped = ladder.pair_loss().subs({one: two, two: one}, simultaneous=True)
    assert sp.simplify(swapped - ladder.pair_loss()) == 0


def test_wishart_determinants() -> None:
    """W = x x^T, x N x T: K = N/T at zero ridge, the known terms of ln det W (Jonsson, J. Multivar. Anal. 12 (1982) 1).

    Pencil (a, c) with ridge on a: G_a = 1/(g - T G_c), G_c = -1/(1 + N G_a); as g -> 0 and N < T, N G_a = N/(T - N).
    """
    n, t, g = sp.symbols("N T g", positive=True)
    pencil = Pencil((Field("a", n), Field("c", t)), {("a", "a"): g, ("c", "c"): sp.Integer(-1)},
                    (GaussianBlock("a", "c", sp.S.One),))  # fmt: skip
    determinant, names = ladder.determinant(pencil)
    on_a, on_c = pencil.dressings.values()
    values = {on_a: -(t - n), on_c: n / (t - n), g: sp.S.Zero}
    entries = {}
    for pair, (summand, size) in ladder.kernel(pencil).items():
        plain = summand.xreplace({sp.Symbol(f"{x.name}_{c}", positive=True): x for x in (on_a, on_c) for c in (1, 2)})
        entries[names[pair]] = size * plain.xreplace(values)
    for unknown, (summand, size) in pencil.closure().items():
        assert sp.simplify(unknown.xreplace(values) - size * summand.xreplace(values)) == 0
    assert sp.simplify(determinant.xreplace(entries) - (1 - n / t)) == 0
