"""The model: latent data with a given spectrum, a random linear teacher, random features, ridge.

    x in R^M, Gaussian, covariance eigenvalues lambda_I
    y = w x + eps,          E w_{iI}^2 lambda_I = v_I,       eps ~ N(0, sigma_eps^2),  C outputs
    phi = u x in R^N,       u_{jI} ~ N(0, sigma_u^2 / M)
    theta minimises (1/2) ||theta phi - y||^2 + (gamma/2) ||theta||^2 over T samples
    L(N, T) = (1/2) E ||theta phi - w x||^2 on clean test labels

(MRS, arXiv:2210.16859, section 2.) N = inf stands for ridge regression on x itself (no
projection) with ridge gamma, T = inf for the population problem: see theory.planar.
"""

from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields, replace
from fractions import Fraction
from typing import Any

from theory.errors import InvalidInput
from theory.exact import describe, to_fraction, to_size
from theory.spectrum import Eigenvalues, PowerLaw, Spectrum, positive, real_array


@dataclass(frozen=True, eq=True)
class Powers:
    """An explicit teacher: v_I = E[w_I^2] lambda_I >= 0, one for each eigenvalue, shape (M,), in their listed order.

    A Model sorts both. Raises InvalidInput for negative or infinite numbers; the Model for another length.
    """

    values: tuple[float, ...]

    def __init__(self, values: Iterable[float]) -> None:
        array = real_array("powers", values)
        if (array < 0).any():
            raise InvalidInput("powers", f"[... {array[array < 0][0]} ...]", "numbers >= 0")
        object.__setattr__(self, "values", tuple(array.tolist()))


@dataclass(frozen=True, repr=False)
class Model:
    """One point of the model's parameter space (MRS, arXiv:2210.16859); validated, immutable, hashable.

    Parameters
    ----------
    spectrum : PowerLaw or Eigenvalues
    N, T : number of features and of samples, positive integers (or math.inf)
    gamma : ridge >= 0, not scaled by N or T (0 is the ridgeless limit)
    noise : sigma_eps^2 >= 0, variance of the noise on the training labels
    source : None for the isotropic teacher, v_I = sigma_w^2 lambda_I / M; a number R for
        v_I = sigma_w^2 lambda_+ I^{-R} / M; or Powers (v_I themselves; sigma_w is not applied)
    outputs : C, number of labels
    sigma_w, sigma_u : scales of teacher and features, > 0

    Raises InvalidInput, naming the parameter, its value and what is allowed.
    """

    spectrum: Spectrum
    N: int | float
    T: int | float
    gamma: Fraction = Fraction(0)
    noise: Fraction = Fraction(0)
    source: Fraction | Powers | None = None
    outputs: int = 1
    sigma_w: Fraction = Fraction(1)
    sigma_u: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        put = lambda name, value: object.__setattr__(self, name, value)  # noqa: E731
        if not isinstance(self.spectrum, PowerLaw | Eigenvalues):
            raise InvalidInput("spectrum", self.spectrum, "a PowerLaw or Eigenvalues")
        put("N", to_size("N", self.N, infinite=True))
        put("T", to_size("T", self.T, infinite=True))
        if self.N == self.T == float("inf"):
            raise InvalidInput("N and T", "inf", "at most one of them as inf")
        for name in ("gamma", "noise"):
            number = to_fraction(name, getattr(self, name), "a number >= 0")
            if number < 0:
                raise InvalidInput(name, getattr(self, name), "a number >= 0")
            put(name, number)
        put("outputs", to_size("outputs", self.outputs))
        for name in ("sigma_w", "sigma_u"):
            put(name, positive(name, getattr(self, name)))
        if isinstance(self.source, Powers):
            self._check_powers(self.source)
        elif self.source is not None:
            put("source", to_fraction("source", self.source))

    def _check_powers(self, powers: Powers) -> None:
        if not isinstance(self.spectrum, Eigenvalues):
            raise InvalidInput("source", "Powers", "a number R with a PowerLaw spectrum")
        if len(powers.values) != self.spectrum.M:
            raise InvalidInput(
                "powers",
                f"a list of length {len(powers.values)}",
                f"as many numbers as there are eigenvalues, {self.spectrum.M}",
            )
        order = self.spectrum.order.tolist()
        if order != sorted(order):  # both lists decreasing: models that are equal then compare equal, and only they
            object.__setattr__(self, "source", Powers(powers.values[k] for k in order))
            object.__setattr__(self, "spectrum", Eigenvalues(self.spectrum.values))

    @classmethod
    def power_law(cls, alpha: Any, M: Any, N: Any, T: Any, *, lambda_plus: Any = 1, **others: Any) -> "Model":
        """The model of MRS: `Model(PowerLaw(alpha, M, lambda_plus), N, T, **others)`."""
        return cls(PowerLaw(alpha, M, lambda_plus), N, T, **others)

    def with_(self, **changes: Any) -> "Model":
        """A copy with some fields replaced, validated anew."""
        return replace(self, **changes)

    def __repr__(self) -> str:
        """Numbers shortened; parameters at their default left out."""
        spectrum = self.spectrum
        shown = [
            f"alpha={describe(spectrum.alpha)}, M={spectrum.M}" if isinstance(spectrum, PowerLaw) else repr(spectrum)
        ]
        if spectrum.lambda_plus != 1 and isinstance(spectrum, PowerLaw):
            shown.append(f"lambda_plus={describe(spectrum.lambda_plus)}")
        for field in fields(self)[1:]:
            value = getattr(self, field.name)
            if isinstance(value, Powers):
                shown.append("source=Powers(...)")
            elif field.default is MISSING or value != field.default:
                shown.append(f"{field.name}={describe(value)}")
        return f"Model({', '.join(shown)})"

    @property
    def M(self) -> int:
        """Latent dimension."""
        return self.spectrum.M

    @property
    def teacher_exponent(self) -> Fraction | None:
        """R with v_I proportional to I^{-R}, for a power-law spectrum; None for lists."""
        if isinstance(self.spectrum, PowerLaw):
            return self.spectrum.exponent if self.source is None else self.source  # type: ignore[return-value]
        return None

    @property
    def ridge_scale(self) -> Fraction:
        """The right side g of the planar equation, kappa (N - D)(T - D) = g.

        gamma M / sigma_u^2 with projection, gamma for N = inf (ridge regression on x itself).
        """
        if float("inf") == self.N:
            return self.gamma
        return self.gamma * self.M / self.sigma_u**2
