"""Ways to a limit: which symbols move, how, and in what order the sizes stand on the way.

Only the ways are written here. What kappa and the losses tend to, and how fast, `theory.limits`
derives from the planar equation.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from theory.student import GAMMA, NOISE, SIGMA_U, M, N, T

SMALL = sp.Symbol("epsilon", positive=True)
DELTA = sp.Symbol("delta", positive=True)  # right side of the planar equation in the limit
EFFECT = "ridge effect on "  # a quantity less the same at gamma = 0


@dataclass(frozen=True)
class Approach:
    """A way to a limit: `path` gives symbols as functions of SMALL, `order` that of the sizes on it.

    `order` is such as "N=T<M": equal sizes stay so. gamma is fixed and positive unless on the path.
    """

    name: str
    variable: sp.Symbol
    order: str
    path: Mapping[sp.Symbol, sp.Expr]
    quantities: tuple[str, ...]
    parameter: sp.Expr | None = None

    @property
    def small(self) -> sp.Expr:
        """SMALL in terms of the variable: gamma, 1/N, T - N, ...; `parameter` if given."""
        if self.parameter is not None:
            return self.parameter
        (root,) = sp.solve(self.path[self.variable] - self.variable, SMALL)
        return root

    @property
    def target(self) -> sp.Expr:
        """What the variable tends to."""
        return self.path[self.variable].subs(SMALL, 0).replace(sp.zoo, sp.oo)

    @property
    def equal(self) -> dict[sp.Symbol, sp.Symbol]:
        """Sizes that equal another one, which stands for both: M, if it is among them."""
        same: dict[sp.Symbol, sp.Symbol] = {}
        for group in self.order.split("<"):
            sizes = [sp.Symbol(x, positive=True) for x in group.split("=")]
            leader = M if M in sizes else sizes[0]
            same |= {size: leader for size in sizes if size != leader}
        return same

    @property
    def smallest(self) -> sp.Symbol:
        """The smallest size on the path."""
        first = sp.Symbol(self.order[0], positive=True)
        return self.equal.get(first, first)

    @property
    def large_m(self) -> bool:
        """Whether M is taken to infinity: no substitution in the planar equation, see `_law`."""
        return M in self.path

    def on(self, expression: sp.Expr) -> sp.Expr:
        """The expression on the path, in SMALL."""
        ridge = {GAMMA: self.path.get(GAMMA, GAMMA)}  # may be in terms of sizes on the path
        for values in (ridge, self.path, self.equal):
            expression = expression.xreplace({k: v for k, v in values.items() if k != M})
        return expression

    @property
    def assumptions(self) -> str:
        """Order of the sizes, and the ridge."""
        order = self.order.replace("<", " < ").replace("=", " = ")
        ridge = f"gamma = {self.path[GAMMA]}" if GAMMA in self.path else "gamma > 0 fixed"
        return order if self.variable == GAMMA else f"{order}, {ridge}"

    @property
    def title(self) -> str:
        """The name, with those assumptions that it does not tell."""
        untold = [part for part in self.assumptions.split(", ") if part not in self.name]
        return f"{self.name} ({', '.join(untold)})" if untold else self.name


def approaches() -> tuple[Approach, ...]:
    """The limits that are taken; the order of the sizes says from which side.

    At N = T = M the planar signal has a positive limit as gamma -> 0, whereas without ridge a finite
    model has none: there the limits of large size and of no ridge do not commute.
    """
    e, zero, per_size = SMALL, sp.Integer(0), DELTA * SIGMA_U**2 / M
    two, effects = ("signal", "label_noise"), (f"{EFFECT}signal", f"{EFFECT}label_noise")
    three = ("kappa", *two)
    return (
        Approach("gamma -> 0, N < T < M", GAMMA, "N<T<M", {GAMMA: e}, three),
        Approach("gamma -> 0, T < N < M", GAMMA, "T<N<M", {GAMMA: e}, two),
        Approach("gamma -> 0, N = T < M", GAMMA, "N=T<M", {GAMMA: e}, three),
        Approach("gamma -> 0, M < N < T", GAMMA, "M<N<T", {GAMMA: e}, three),
        Approach("gamma -> 0, N = M < T", GAMMA, "N=M<T", {GAMMA: e}, three),
        Approach("gamma -> 0, T = M < N", GAMMA, "T=M<N", {GAMMA: e}, two),
        Approach("gamma -> 0, N = T = M", GAMMA, "N=T=M", {GAMMA: e}, three),
        Approach("gamma -> infinity", GAMMA, "N<T<M", {GAMMA: 1 / e}, three),
        Approach("N -> infinity, T < M", N, "T<M<N", {N: 1 / e}, three),
        Approach("N -> infinity, M < T", N, "M<T<N", {N: 1 / e}, three),
        Approach("N -> infinity, kernel ridge delta", N, "T<M<N", {N: 1 / e, GAMMA: N * per_size}, three),
        Approach("T -> infinity, N < M", T, "N<M<T", {T: 1 / e}, (*three, *effects)),
        Approach("T -> infinity, M < N", T, "M<N<T", {T: 1 / e}, three),
        Approach("T -> infinity, ridge delta per sample", T, "N<M<T", {T: 1 / e, GAMMA: T * per_size}, three),
        Approach("N -> T from below, gamma = 0", N, "N<T<M", {GAMMA: zero, N: T - e}, two),
        Approach("N -> T from above, gamma = 0", N, "T<N<M", {GAMMA: zero, N: T + e}, two),
        Approach("N -> T from below, gamma > 0", N, "N<T<M", {N: T - e}, three),
        Approach("N -> T from above, gamma > 0", N, "T<N<M", {N: T + e}, three),
        Approach("M -> infinity, gamma = 0", M, "N<T<M", {M: 1 / e, GAMMA: zero}, ("kappa", "M signal")),
        Approach("M -> infinity, gamma M fixed", M, "N<T<M", {M: 1 / e, GAMMA: per_size}, ("kappa", "M signal")),
        Approach("N -> M < T, gamma = 0", N, "N<M<T", {GAMMA: zero, N: M - e}, three),
        Approach("T -> M < N, gamma = 0", T, "T<M<N", {GAMMA: zero, T: M - e}, two),
        Approach("noise -> 0", NOISE, "N<T<M", {NOISE: e}, ("loss",)),
    )
