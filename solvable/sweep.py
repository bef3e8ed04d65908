"""The models that a command line asks for: every combination of its lists, in the contract's order."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from solvable import values

if TYPE_CHECKING:
    from theory.model import Model

TINY, HUGE = 2.3e-308, 1.79e308


@dataclass(frozen=True)
class Sweep:
    """Lists of alpha, M, N, T, gamma, noise and single values of the other parameters; validated."""

    alpha: tuple[Fraction, ...]
    M: tuple[int | float, ...]
    N: tuple[int | float, ...]
    T: tuple[int | float, ...]
    gamma: tuple[Fraction | str, ...]
    noise: tuple[Fraction, ...]
    source: Fraction | None
    sigma_w: Fraction
    sigma_u: Fraction
    lambda_plus: Fraction
    outputs: int

    @classmethod
    def read(
        cls, *, alpha: str, M: str, N: str, T: str, gamma: str, noise: str, source: str | None,
        sigma_w: str, sigma_u: str, lambda_plus: str, outputs: str,
    ) -> "Sweep":  # fmt: skip
        """From the options' texts. Raises InvalidInput, naming the option."""
        sweep = cls(
            values.exponents("--alpha", alpha),
            values.sizes("-M", M),
            values.sizes("-N", N, infinite=True),
            values.sizes("-T", T, infinite=True),
            values.ridges("--gamma", gamma),
            values.levels("--noise", noise),
            None if source is None else values.source("--source", source),
            values.scale("--sigma-w", sigma_w),
            values.scale("--sigma-u", sigma_u),
            values.scale("--lambda-plus", lambda_plus),
            values.one_size("--outputs", outputs),
        )
        sweep._check()
        return sweep

    def _check(self) -> None:
        from theory.errors import InvalidInput

        if len(self) > values.MAX_RECORDS:
            raise InvalidInput(
                "--alpha, -M, -N, -T, --gamma, --noise",
                f"{len(self)} combinations",
                f"lists of at most {values.MAX_RECORDS} combinations",
            )
        if math.inf in self.N and math.inf in self.T:
            raise InvalidInput("-N and -T", "inf", "inf in at most one of the two")
        if values.OPTIMAL in self.gamma and math.inf in (*self.N, *self.T):
            raise InvalidInput("--gamma", values.OPTIMAL, "a number where -N or -T is inf")

    def __len__(self) -> int:
        return math.prod(len(axis) for axis in self._axes())

    def _axes(self) -> tuple[tuple[Any, ...], ...]:
        return self.alpha, self.M, self.N, self.T, self.gamma, self.noise

    def models(self, digits: int | None = None) -> Iterator["Model"]:
        """One Model a combination, noise running fastest. `digits` is for the optimal ridge.

        Raises InvalidInput where no optimal ridge can be computed.
        """
        from theory.model import Model
        from theory.spectrum import PowerLaw

        for alpha, M in product(self.alpha, self.M):
            spectrum = PowerLaw(alpha, int(M), self.lambda_plus)
            for N, T, gamma, noise in product(self.N, self.T, self.gamma, self.noise):
                optimal = isinstance(gamma, str)
                ridge = Fraction(0) if isinstance(gamma, str) else gamma
                model = Model(
                    spectrum, N, T, ridge, noise, self.source, self.outputs, self.sigma_w, self.sigma_u
                )  # fmt: skip
                yield model.with_(gamma=best_ridge(model, digits)) if optimal else model


def best_ridge(model: "Model", digits: int | None) -> Fraction:
    """The optimal ridge as a number that the record can show: a double's shortest decimal, or `digits` decimals."""
    from numerics.optimum import optimal_ridge
    from solvable.decimals import rounded
    from theory.errors import InvalidInput

    try:
        gamma = optimal_ridge(model, max(15, digits or 15))
    except ArithmeticError as error:
        raise InvalidInput("--gamma", values.OPTIMAL, f"a number here, the optimum is out of reach ({error})") from None
    if digits is not None:
        return rounded(gamma, max(17, digits))
    return Fraction(repr(float(gamma))) if gamma == 0 or TINY < gamma < HUGE else rounded(gamma, 17)
