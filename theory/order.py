r"""Which of two products of powers is larger, decided exactly: the order behind every asymptotic law.

Scales N, T, gamma, ... are taken large or small together. A monomial N^e1 T^e2 ... is the vector
e of its exponents, each in the field Q(alpha). A `Region` says what is assumed about the scales'
logarithms (a cone, in the interior of which they lie) and about alpha (a `Window`: an open interval
or one point). A path N = n^2, T = n, ... is the cone with one ray (2, 1, ...). e.log(scales) is
then positive, negative, zero, or not decided: undecided questions raise `Undecided`, and `explore`
answers them by cutting the region along the question and asking again in each piece. The pieces
that result are phases: inside one, every comparison that the solution needed has one answer.

Cones are held by their rays and lines (double description method; Motzkin, Raiffa, Thompson and
Thrall 1953).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise, product
from typing import Any, TypeVar

import sympy as sp
from sympy.polys.fields import FracElement, FracField
from sympy.polys.orderings import lex

from theory.continuum import ALPHA

FIELD = FracField([ALPHA], sp.QQ, lex)
Vector = tuple[FracElement, ...]
Answer = TypeVar("Answer")


def exponent(value: Any) -> FracElement:
    """A number or rational function of alpha as an element of Q(alpha)."""
    return value if isinstance(value, FracElement) else FIELD.from_expr(sp.sympify(value))


class UndecidedError(Exception):
    """A comparison that the region leaves open.

    `pieces` are the regions in which it is settled; `windows` those of alpha, if alpha decides it.
    """

    def __init__(self, pieces: Sequence["Region"], windows: Sequence["Window"] = ()) -> None:
        super().__init__("the region leaves a comparison open")
        self.pieces, self.windows = pieces, windows


class _SplitError(Exception):
    def __init__(self, roots: Sequence[sp.Expr]) -> None:
        self.roots = roots


@dataclass(frozen=True)
class Window:
    """low < alpha < high, or alpha = low when both agree. Ends are algebraic numbers, 0 or infinity."""

    low: sp.Expr = sp.S.Zero
    high: sp.Expr = sp.oo

    @property
    def point(self) -> bool:
        return bool(self.low == self.high)

    @property
    def sample(self) -> sp.Expr:
        """One alpha inside."""
        if self.point:
            return self.low
        if self.high == sp.oo:
            return sp.ceiling(self.low) + 1
        middle = (self.low + self.high) / 2
        return middle if middle.is_Rational else sp.nsimplify(middle.evalf(30), rational=True)

    def at(self, expression: sp.Expr) -> sp.Expr:
        """The expression at the window's alpha, if that is a point."""
        return expression.subs(ALPHA, self.low) if self.point else expression

    def sign(self, value: FracElement) -> int:
        """Sign of a rational function all over the window; raises _SplitError at its zeros inside."""
        return _sign(self, exponent(value))  # SymPy's zero minus an integer is an integer

    def split(self, roots: Sequence[sp.Expr]) -> list["Window"]:
        """The open intervals between the roots, and the roots."""
        ends = [self.low, *roots, self.high]
        intervals = [Window(low, high) for low, high in pairwise(ends)]
        return [*intervals, *(Window(root, root) for root in roots)]

    def __str__(self) -> str:
        if self.point:
            return f"alpha = {self.low}"
        if self.high == sp.oo:
            return f"alpha > {self.low}"
        return f"{self.low} < alpha < {self.high}"


@cache
def _sign(window: Window, value: FracElement) -> int:
    if not value:
        return 0
    expression = (value.numer * value.denom).as_expr()
    if expression.is_number:
        return int(sp.sign(expression))
    if window.point:
        at_point = sp.expand(expression.subs(ALPHA, window.low))
        return int(sp.sign(at_point if at_point.is_Rational else sp.radsimp(sp.nsimplify(at_point))))
    inside = [root for root in _real_roots(expression) if window.low < root < window.high]
    if inside:
        raise _SplitError(inside)
    return int(sp.sign(expression.subs(ALPHA, window.sample)))


@cache
def _real_roots(expression: sp.Expr) -> tuple[sp.Expr, ...]:
    return tuple(sp.Poly(expression, ALPHA).sqf_part().real_roots())


def dot(left: Vector, right: Vector) -> FracElement:
    return sum((x * y for x, y in zip(left, right, strict=True) if x and y), FIELD.zero)


@dataclass(frozen=True)
class Region:
    """Interior of the cone of `rays` (plus multiples of `lines`), with alpha in `window`.

    `facets` are the inequalities e.log(scales) > 0 that cut the cone out, `equalities` those that
    hold with = 0; both in the order of the cuts.
    """

    rays: tuple[Vector, ...]
    lines: tuple[Vector, ...] = ()
    facets: tuple[Vector, ...] = ()
    equalities: tuple[Vector, ...] = ()
    window: Window = field(default_factory=Window)

    def sign_of(self, value: FracElement) -> int:
        """Sign of a rational function of alpha over the region; raises Undecided."""
        try:
            return self.window.sign(value)
        except _SplitError as split:
            windows = self.window.split(split.roots)
            raise UndecidedError([replace(self, window=w) for w in windows], windows) from None

    def sign(self, question: Vector) -> int:
        """Sign of question.log(scales) over the region; raises Undecided."""
        if not any(question):
            return 0
        if any(self.sign_of(dot(question, line)) for line in self.lines):
            signs = {1, -1}
        else:
            signs = {self.sign_of(dot(question, ray)) for ray in self.rays} - {0}
        if len(signs) == 2:
            opposite = tuple(-x for x in question)
            raise UndecidedError([self.cut(question), self.cut(opposite), self.face(question)])
        return signs.pop() if signs else 0

    def cut(self, normal: Vector) -> "Region":
        """The part where normal.log(scales) > 0."""
        rays, lines = self._halves(normal, keep_positive=True)
        return replace(self, rays=rays, lines=lines, facets=(*self.facets, normal))

    def face(self, normal: Vector) -> "Region":
        """The part where normal.log(scales) = 0."""
        rays, lines = self._halves(normal, keep_positive=False)
        return replace(self, rays=rays, lines=lines, equalities=(*self.equalities, normal))

    def _halves(self, normal: Vector, *, keep_positive: bool) -> tuple[tuple[Vector, ...], tuple[Vector, ...]]:
        crossing = next((line for line in self.lines if dot(normal, line)), None)
        if crossing is not None:  # all the rest slides along this line into the plane
            height = dot(normal, crossing)
            up = crossing if self.sign_of(height) > 0 else tuple(-x for x in crossing)

            def slide(vector: Vector) -> Vector:
                factor = dot(normal, vector) / height
                return tuple(x - factor * y for x, y in zip(vector, crossing, strict=True))

            rays = tuple(slide(ray) for ray in self.rays)
            lines = tuple(slide(line) for line in self.lines if line is not crossing)
            return ((*rays, up) if keep_positive else rays), lines
        heights = {ray: dot(normal, ray) for ray in self.rays}
        sides = {ray: self.sign_of(height) for ray, height in heights.items()}
        kept = [ray for ray in self.rays if sides[ray] == 0 or (sides[ray] > 0 and keep_positive)]
        above = [ray for ray in self.rays if sides[ray] > 0]
        below = [ray for ray in self.rays if sides[ray] < 0]
        for high, low in product(above, below):
            if self._adjacent(high, low):
                kept.append(
                    tuple(heights[high] * y - heights[low] * x for x, y in zip(high, low, strict=True))  # in the plane
                )
        return tuple(kept), self.lines

    def _adjacent(self, first: Vector, second: Vector) -> bool:
        """Whether the two rays span a two-dimensional face: no third ray lies on all their common facets."""
        common = self._tight(first) & self._tight(second)
        others = (ray for ray in self.rays if ray not in (first, second))
        return not any(common <= self._tight(ray) for ray in others)

    def _tight(self, ray: Vector) -> frozenset[int]:
        return frozenset(i for i, facet in enumerate(self.facets) if not dot(facet, ray))

    def essential(self) -> tuple[Vector, ...]:
        """The facets that bound the region: those tight on as many independent rays as a wall has."""
        dimension = self._rank(self.rays)
        walls: dict[frozenset[Vector], Vector] = {}
        for facet in self.facets:
            on_it = [ray for ray in self.rays if not dot(facet, ray)]
            if self._rank(on_it) == dimension - 1:
                walls.setdefault(frozenset(on_it), facet)
        return tuple(walls.values())

    def _rank(self, vectors: Sequence[Vector]) -> int:
        rows = [*vectors, *self.lines]
        if not rows:
            return 0
        at = self.window.sample
        matrix = sp.Matrix([[x.as_expr().subs(ALPHA, at) for x in row] for row in rows])
        return int(matrix.rank())


def explore(
    solve: Callable[[Region], Answer], region: Region, *, alpha: bool = True, borders: bool = True
) -> Iterator[tuple[Region, Answer]]:
    """The answers of `solve` in every piece of the region in which all its comparisons are decided.

    With alpha=False questions that only alpha decides are passed on to the caller; with borders=False
    the pieces of lower dimension are left out.
    """
    waiting = [region]
    while waiting:
        piece = waiting.pop()
        try:
            yield piece, solve(piece)
        except UndecidedError as open_question:
            if open_question.windows and not alpha:
                raise
            pieces = open_question.pieces
            waiting.extend(
                p
                for p in reversed(pieces)
                if borders or not (p.equalities or (p.window != piece.window and p.window.point))
            )
