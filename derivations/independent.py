"""Routes to the same quantities that share no step with the derivation they check.

* `Draw`: small exact matrices u, x, w, eps over the rationals, for identities at finite size.
* `NumericDyson`: the pencil's Dyson equations solved as they stand, by Newton's iteration at high
  precision on a random spectrum; losses by numerical differentiation of the energy.
"""

import random
from collections.abc import Callable
from functools import cached_property

import sympy as sp
from mpmath import mp, mpf

from theory.moments import KAPPA, LAMBDA, Moment, TeacherMoment
from theory.planar import OUTPUTS
from theory.student import GAMMA, NOISE, SIGMA_U, J, M, N, T, student_pencil

DIGITS = 50
STEP_DIGITS = 27  # numerical differentiation with step 10^-27 at 110 digits: error 10^-54

ZERO = mpf(0)
Form = Callable[..., mpf]


class Draw:
    """Rational matrices of one draw: u (N x M), g (M x T, white), Lambda^(1/2) diagonal, w, eps, gamma."""

    def __init__(self, seed: int, sizes: tuple[int, int, int] = (3, 4, 5)) -> None:
        rng = random.Random(seed)
        self.N, self.M, self.T = sizes

        def rational() -> sp.Rational:
            return sp.Rational(rng.choice([-1, 1]) * rng.randint(1, 9), rng.randint(1, 9))

        def matrix(rows: int, columns: int) -> sp.Matrix:
            return sp.Matrix(rows, columns, lambda *_: rational())

        self.u, self.g = matrix(self.N, self.M), matrix(self.M, self.T)
        self.root = sp.diag(*(abs(rational()) for _ in range(self.M)))
        self.w, self.eps = matrix(1, self.M), matrix(1, self.T)
        self.gamma, self.J = abs(rational()), abs(rational())
        self.lam = self.root**2
        self.x = self.root * self.g
        self.phi = self.u * self.x
        self.q = (self.gamma * sp.eye(self.N) + self.phi * self.phi.T).inv()
        self.Q = (self.gamma * sp.eye(self.T) + self.phi.T * self.phi).inv()
        self.y = self.w * self.x + self.eps
        self.theta = self.y * self.phi.T * self.q

    def pencil(self, source: sp.Expr) -> sp.Matrix:
        """The student's pencil with this draw's blocks in place, fields (theta, b, delta, c)."""
        n, m, t = self.N, self.M, self.T
        zero = sp.zeros
        return sp.Matrix(
            sp.BlockMatrix(
                [
                    [self.gamma * sp.eye(n), self.u, zero(n, m), zero(n, t)],
                    [self.u.T, zero(m, m), -sp.eye(m), zero(m, t)],
                    [zero(m, n), -sp.eye(m), source * self.lam, self.x],
                    [zero(t, n), zero(t, m), self.x.T, -sp.eye(t)],
                ]
            )
        )

    def objective(self, theta: sp.Matrix, source: sp.Expr) -> sp.Expr:
        """(gamma/2)|theta|^2 + (1/2)|theta phi - y|^2 + (J/2)(theta u - w) Lambda (theta u - w)^T."""
        residual, delta = theta * self.phi - self.y, theta * self.u - self.w
        parts = self.gamma * theta * theta.T + residual * residual.T + source * delta * self.lam * delta.T
        return parts[0] / 2

    def error_map(self) -> sp.Matrix:
        """R = (1 - x phi^T q u) Lambda^(1/2), with x = Lambda^(1/2) g: the signal is (sigma_w^2/2M) |R|^2."""
        identity = sp.eye(self.M)
        return self.root * (identity - self.g * self.phi.T * self.q * self.u * self.root)


class NumericDyson:
    """Random sizes, spectrum, teacher, ridge and noise; E G by direct solution of the Dyson equations."""

    def __init__(self, seed: int, digits: int = 2 * DIGITS + 10) -> None:
        self.digits = digits
        rng = random.Random(seed)
        with mp.workdps(digits):
            count = rng.randint(4, 9)
            self.spectrum = [(mpf(rng.uniform(0.1, 3)), mpf(rng.uniform(0, 2))) for _ in range(count)]
            self.values = {
                M: mpf(count),
                N: mpf(rng.uniform(2, 12)),
                T: mpf(rng.uniform(2, 12)),
                GAMMA: mpf(rng.uniform(0.05, 3)),
                SIGMA_U: mpf(rng.uniform(0.5, 2)),
                NOISE: mpf(rng.uniform(0.1, 2)),
            }

    @cached_property
    def _system(self) -> tuple[list[sp.Symbol], list[tuple[Form, sp.Symbol | None]], dict[str, Form]]:
        pencil = student_pencil()
        unknowns = list(pencil.dressings.values())
        arguments = [*unknowns, LAMBDA, J, GAMMA, SIGMA_U, M]
        closure = [
            (sp.lambdify(arguments, summand, "mpmath"), size)
            for summand, size in (pencil.closure()[unknown] for unknown in unknowns)
        ]
        entries = {pair: pencil.green[pair] for pair in (("b", "b"), ("b", "delta"), ("c", "c"), ("theta", "theta"))}
        green = {" ".join(pair): sp.lambdify(arguments, value, "mpmath") for pair, value in entries.items()}
        return unknowns, closure, green

    def _arguments(self, dressing: list[mpf], lam: mpf, j: mpf, gamma: mpf) -> list[mpf]:
        return [*dressing, lam, j, gamma, self.values[SIGMA_U], self.values[M]]

    def dressing(self, j: mpf = ZERO, gamma: mpf | None = None, frozen: dict[int, mpf] | None = None) -> list[mpf]:
        """The self-energy scalars at (J, gamma), some held fixed; damped iteration, then Newton's."""
        gamma = self.values[GAMMA] if gamma is None else gamma
        closure = self._system[1]
        held = frozen or {}

        def update(at: list[mpf]) -> list[mpf]:
            new = []
            for index, (summand, size) in enumerate(closure):
                if index in held:
                    new.append(held[index])
                elif size is None:
                    new.append(mp.fsum(summand(*self._arguments(at, lam, j, gamma)) for lam, _ in self.spectrum))
                else:
                    new.append(self.values[size] * summand(*self._arguments(at, mpf(1), j, gamma)))
            return new

        # signs of the physical branch: Sigma_theta < 0 < Sigma_b, Sigma_delta < 0 < Sigma_c
        start = [mpf(-1), mpf(1), mpf(-1), mpf(1)]
        with mp.workdps(15):
            for _ in range(400):
                start = [(a + b) / 2 for a, b in zip(start, update(start), strict=True)]

        def residual(*at: mpf) -> list[mpf]:
            return [a - b for a, b in zip(at, update(list(at)), strict=True)]

        with mp.workdps(self.digits):
            return list(mp.findroot(residual, start, tol=mpf(10) ** (-2 * self.digits + 20)))

    def green(self, pair: str, lam: mpf, j: mpf = ZERO) -> mpf:
        """One entry of E G at a latent direction."""
        return self._system[2][pair](*self._arguments(self.dressing(j), lam, j, self.values[GAMMA]))

    def energy(
        self, j: mpf, *, noise: bool = True, gamma: mpf | None = None, frozen: dict[int, mpf] | None = None
    ) -> mpf:
        """H = -(1/2) [sum (v/lambda) G_bb + sigma^2 T G_cc]."""
        gamma = self.values[GAMMA] if gamma is None else gamma
        dressing = self.dressing(j, gamma, frozen)
        forms = self._system[2]
        signal = mp.fsum(v / lam * forms["b b"](*self._arguments(dressing, lam, j, gamma)) for lam, v in self.spectrum)
        samples = self.values[T] * forms["c c"](*self._arguments(dressing, mpf(1), j, gamma))
        return -(signal + (self.values[NOISE] * samples if noise else 0)) / 2

    def slope(self, *, noise: bool = True, frozen_ends: tuple[int, ...] = ()) -> mpf:
        """dH/dJ at J = 0 by central differences; the dressings in frozen_ends keep their J = 0 values."""
        with mp.workdps(self.digits):
            held = {i: self.dressing()[i] for i in frozen_ends}
            h = mpf(10) ** -STEP_DIGITS
            ahead, behind = (self.energy(sign * h, noise=noise, frozen=held) for sign in (1, -1))
            return (ahead - behind) / (2 * h)

    def training(self) -> mpf:
        """(H - gamma dH/dgamma)/T at J = 0."""
        with mp.workdps(self.digits):
            gamma, h = self.values[GAMMA], mpf(10) ** -STEP_DIGITS
            change = (self.energy(mpf(0), gamma=gamma + h) - self.energy(mpf(0), gamma=gamma - h)) / (2 * h)
            return (self.energy(mpf(0)) - gamma * change) / self.values[T]

    @cached_property
    def kappa(self) -> mpf:
        """From the off-diagonal entry, G_b,delta = -kappa/(kappa + lambda), at the first eigenvalue."""
        with mp.workdps(self.digits):
            lam = self.spectrum[0][0]
            entry = -self.green("b delta", lam)
            return lam * entry / (1 - entry)

    def evaluate(self, expression: sp.Expr) -> mpf:
        """An expression in the model's symbols and spectral moments, at this point."""
        with mp.workdps(self.digits):
            values = self.values | {KAPPA: self.kappa, OUTPUTS: mpf(1)}
            for moment in expression.atoms(Moment):
                j, k = (int(a) for a in moment.args[:2])
                weights = [v if isinstance(moment, TeacherMoment) else 1 for _, v in self.spectrum]
                terms = (lam**j * self.kappa**k / (lam + self.kappa) ** (j + k) for lam, _ in self.spectrum)
                values[moment] = mp.fdot(weights, terms)
            dummies = {key: sp.Dummy() for key in values}
            form = sp.lambdify(list(dummies.values()), expression.xreplace(dummies), "mpmath")
            return form(*values.values())
