"""The conventions of five papers, as data; what follows from each is derived in theory.conventions."""

import sympy as sp

from theory.conventions import DECAY, E1, E2, K1, K2, NORM, RIDGE, SQUARES, Convention
from theory.errors import InvalidInput
from theory.moments import D
from theory.student import SIGMA_U, M, N, T

# fmt: off
_PAPERS = (
    Convention(
        "mrs", "Maloney, Roberts, Sully, arXiv:2210.16859",
        objective=SQUARES / 2 + RIDGE * NORM / 2, entry_variance=SIGMA_U**2 / M,
        effective=K1 / sp.Min(N, T), equations=(),  # Delta is defined without a ridge
        ridge="gamma", renormalised=("Delta",), risk="L", risk_weight=sp.S.Half,
        exponents=("alpha", "R"), capacity=1 + E1, source=E2,
        sizes={"M": "M", "N": "N", "T": "T", "noise": "sigma_eps^2"},
    ),
    Convention(
        "simon", "Simon et al., arXiv:2311.14646",
        objective=SQUARES + RIDGE * NORM,  # delta is added to the kernel matrix, a mean over features
        entry_variance=sp.S.One, prefactor=1 / sp.sqrt(N),
        effective=K1, equations=(D + N * K2 / K1 - N, D + RIDGE / K2 - T),
        ridge="delta", renormalised=("gamma", "kappa"), risk="E_test", noisy_labels=True,
        exponents=("alpha", "beta"), source=E2,
        sizes={"N": "k", "T": "n", "noise": "sigma^2"},
    ),
    Convention(
        "atanasov", "Atanasov et al., arXiv:2405.00592",
        objective=SQUARES / T + RIDGE * NORM, entry_variance=1 / N,
        effective=K1, equations=(K1 * (1 - D / N) - K2, K2 * (1 - D / T) - RIDGE),
        ridge="lambda", renormalised=("kappa_2", "kappa_1"), risk="E_g",
        sizes={"M": "D", "N": "N", "T": "P", "noise": "sigma_eps^2"},
    ),
    Convention(
        "cui", "Cui et al., arXiv:2105.15004",
        objective=SQUARES / T + RIDGE * NORM, entry_variance=None,
        effective=K1 / T, equations=(T * RIDGE + K1 * D / T - K1,),
        ridge="lambda", renormalised=("z",), risk="excess_error",  # epsilon_g - sigma^2
        sizes={"T": "n", "noise": "sigma^2"},
    ),
    Convention(
        "defilippis", "Defilippis et al., arXiv:2405.15699",
        objective=SQUARES + RIDGE * NORM, entry_variance=sp.S.One, prefactor=1 / sp.sqrt(N),
        effective=K1, equations=(N - N * K2 / K1 - D, T - RIDGE / K2 - D),
        ridge="lambda", renormalised=("nu_2", "nu_1"), risk="R", ridge_power=1 - DECAY,
        sizes={"N": "p", "T": "n", "noise": "sigma_eps^2"},
    ),
)
# fmt: on
CONVENTIONS = {paper.name: paper for paper in _PAPERS}


def convention(name: str, parameter: str = "convention") -> Convention:
    """The convention of that name. Raises InvalidInput, naming `parameter`."""
    if name not in CONVENTIONS:
        raise InvalidInput(parameter, name, ", ".join(CONVENTIONS))
    return CONVENTIONS[name]
