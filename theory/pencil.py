r"""Linear pencils with Gaussian blocks and their planar (large-size) Dyson equations.

A student that minimises a quadratic form of linear maps is a saddle point of

    S(psi) = (1/2) psi^T P psi - h^T psi,      S* = -(1/2) h^T G h,      G = P^{-1},

where P is linear in every random matrix. Fields live in one of two kinds of space: *counting*
spaces (features, samples), in which all directions are alike, and the *latent* space, whose
directions are labelled by lambda. A Gaussian block W with independent entries of variance
s(lambda) between fields r and c gives, when sizes grow in proportion,

    E G = (P_0 - Sigma)^{-1},    Sigma_rr = sum_c-directions s G_cc,    Sigma_cc = sum_r-directions s G_rr

(the non-crossing diagrams; crossed ones are down by one power of the size). P_0 couples a direction
only to itself, so the inverse is a small matrix for each kind of direction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from theory.rational import inverse


@dataclass(frozen=True)
class Field:
    """A block of the pencil; `size` is its number of directions, None for the latent space."""

    name: str
    size: sp.Symbol | None = None

    @property
    def latent(self) -> bool:
        return self.size is None


@dataclass(frozen=True)
class GaussianBlock:
    """Independent centred Gaussian entries between two fields, of variance s (may contain lambda)."""

    row: str
    column: str
    variance: sp.Expr


@dataclass(frozen=True)
class Pencil:
    """Fields, the deterministic part P_0 (entries by name pair, symmetric) and Gaussian blocks.

    `dressing` maps (block index, field name) to the unknown scalar in the self-energy of that field:
    Sigma_ff = s_f * unknown, where s_f keeps the lambda dependence of the variance if f is latent.
    """

    fields: tuple[Field, ...]
    fixed: Mapping[tuple[str, str], sp.Expr]
    blocks: tuple[GaussianBlock, ...]

    def __post_init__(self) -> None:
        for block in self.blocks:
            if self._field[block.row].latent and self._field[block.column].latent:
                raise ValueError(f"{block}: one end of a Gaussian block must be a counting space")

    @cached_property
    def _field(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    @cached_property
    def dressings(self) -> dict[tuple[int, str], sp.Symbol]:
        """The unknown scalars, one for each end of each Gaussian block."""
        return {
            (i, end): sp.Symbol(f"Sigma_{i}_{end}")
            for i, block in enumerate(self.blocks)
            for end in (block.row, block.column)
        }

    def matrix(self) -> sp.Matrix:
        """P_0 - Sigma in the space of fields, at one latent direction lambda."""
        names = [field.name for field in self.fields]
        entries = sp.zeros(len(names))
        for (row, column), value in self.fixed.items():
            i, j = names.index(row), names.index(column)
            entries[i, j] = entries[j, i] = value
        for (i_block, end), unknown in self.dressings.items():
            block = self.blocks[i_block]
            local = block.variance if self._field[end].latent else 1
            entries[names.index(end), names.index(end)] -= local * unknown
        return entries

    @cached_property
    def green(self) -> dict[tuple[str, str], sp.Expr]:
        """E G between fields, in terms of the dressings and of lambda."""
        names = [field.name for field in self.fields]
        entries = inverse(self.matrix()).applyfunc(sp.factor)
        return {(a, b): entries[i, j] for i, a in enumerate(names) for j, b in enumerate(names)}

    def closure(self) -> dict[sp.Symbol, tuple[sp.Expr, sp.Symbol | None]]:
        """For each dressing: the summand s G of the other end, and how many directions it sums.

        The count is a size symbol, or None for a sum over the latent spectrum.
        """
        equations = {}
        for (i_block, end), unknown in self.dressings.items():
            block = self.blocks[i_block]
            other = block.column if end == block.row else block.row
            local = 1 if self._field[end].latent else block.variance
            equations[unknown] = (sp.factor(local * self.green[other, other]), self._field[other].size)
        return equations
