r"""From the definition of the model to its planar solution.

**Assumptions.** x Gaussian with covariance Lambda; u, w, eps Gaussian and independent; ridge
regression with ridge gamma > 0; sizes N, T, M large in proportion (planar limit).

**Main results.** The equation kappa (N - D)(T - D) = gamma M / sigma_u^2; E tr q, E tr Q; the test
loss for any teacher with its split into bias, feature variance, sample variance, interaction and
label noise; the training loss; the exchange N <-> T as a theorem; the ridgeless limit.

**Route.** The student's optimisation problem is itself a linear pencil. Its energy H, with a source
J on the test error, is a one-point function; the loss is dH/dJ (envelope theorem), so two-point
functions are never needed. Steps 1-5 are identities at finite size, proved on rational matrices;
6-9 are the planar limit; from 10 on everything follows by algebra.
"""

import sympy as sp
from mpmath import mpf

from derivations.checks import by_dyson, exact_by_draws, exact_in_moments
from derivations.independent import Draw, NumericDyson
from theory import planar, positive
from theory.claim import Claim
from theory.moments import KAPPA, D, Q
from theory.student import GAMMA, NOISE, SIGMA_U, A, B, M, N, T

DERIVED = "derived in derivations/planar_solution.py"
FINITE = "any N, M, T >= 1; gamma > 0; any matrices u, x, w, eps"
PLANAR = "planar limit: N, M, T large in proportion; gamma > 0; independent Gaussian u, x, w, eps"

n, m, t = sp.symbols("N M T", integer=True, positive=True)
U, PHI = sp.MatrixSymbol("u", n, m), sp.MatrixSymbol("phi", n, t)
RESOLVENT, DUAL = sp.MatrixSymbol("q", n, n), sp.MatrixSymbol("Q", t, t)
ENERGY, SOURCE_LOSS = sp.Symbol("H"), sp.Symbol(r"\left.\partial_J H\right|_{J=0}")
L_SIGNAL, L_NOISE, L_TRAIN = sp.symbols("L_signal L_noise L_train")
LOSS = sp.Symbol("L", positive=True)


def _equality(left: sp.Basic, right: sp.Basic) -> sp.Equality:
    return sp.Eq(left, right, evaluate=False)


def _matrices(draw: Draw) -> dict[sp.Basic, object]:
    return {PHI: draw.phi, RESOLVENT: draw.q, DUAL: draw.Q, GAMMA: draw.gamma, n: draw.N, m: draw.M, t: draw.T}


def _pencil_block(draw: Draw, field: str) -> sp.Matrix:
    """A diagonal block of P^{-1} at J = 0."""
    inverse = draw.pencil(sp.Integer(0)).inv()
    start = 0 if field == "theta" else draw.N + 2 * draw.M
    size = draw.N if field == "theta" else draw.T
    return inverse[start : start + size, start : start + size]


def _energy_sides(draw: Draw) -> tuple[sp.Expr, dict[sp.Basic, object]]:
    """H = min of the objective, against the pencil's -(1/2) h^T G h with h = (0, w, 0, eps)."""
    student = sp.Matrix(draw.y * draw.phi.T + draw.J * draw.w * draw.lam * draw.u.T)
    hessian = draw.gamma * sp.eye(draw.N) + draw.phi * draw.phi.T + draw.J * draw.u * draw.lam * draw.u.T
    minimum = draw.objective(student * hessian.inv(), draw.J)
    source = sp.Matrix([[sp.zeros(1, draw.N), draw.w, sp.zeros(1, draw.M), draw.eps]])
    form = (source * draw.pencil(draw.J).inv() * source.T)[0]
    return minimum, {SADDLE: form}


SADDLE = sp.Symbol(r"h^{\top} P^{-1} h")
TEST_ERROR = sp.Symbol(r"\left|(\hat\theta u - w)\Lambda^{1/2}\right|^2")


def _envelope_sides(draw: Draw) -> tuple[sp.Expr, dict[sp.Basic, object]]:
    source = sp.Matrix([[sp.zeros(1, draw.N), draw.w, sp.zeros(1, draw.M), draw.eps]])
    inverse = draw.pencil(sp.Integer(0)).inv()
    saddle = inverse * source.T
    start = draw.N + draw.M
    delta = saddle[start : start + draw.M, :]
    derivative = (delta.T * draw.lam * delta)[0] / 2  # d(-h P^{-1} h / 2)/dJ, with dP/dJ = Lambda on delta
    error = draw.theta * draw.u - draw.w
    return derivative, {TEST_ERROR: (error * draw.lam * error.T)[0]}


def _trace_sides(draw: Draw) -> tuple[sp.Expr, dict[sp.Basic, object]]:
    return draw.q.trace() - draw.Q.trace(), {N: draw.N, T: draw.T, GAMMA: draw.gamma}


SIGNAL_NT, SIGNAL_TN = sp.MatrixSymbol("R", m, m), sp.MatrixSymbol("R'", m, m)


def _duality_sides(draw: Draw) -> tuple[sp.Matrix, dict[sp.Basic, object]]:
    """R of (u, g) against R of the exchanged draw (g^T, u^T): the isotropic signal is its squared norm."""
    exchanged = Draw.__new__(Draw)
    exchanged.__dict__.update(draw.__dict__)
    exchanged.N, exchanged.T = draw.T, draw.N
    exchanged.u, exchanged.g = draw.g.T, draw.u.T
    exchanged.phi, exchanged.q = draw.phi.T, draw.Q
    return draw.error_map(), {SIGNAL_TN: exchanged.error_map(), m: draw.M}


def _dressing_a(point: NumericDyson) -> mpf:
    return point.dressing()[1] * point.values[SIGMA_U] ** 2 / point.values[M]


def _kappa_at_source(point: NumericDyson) -> mpf:
    return point.kappa


def _swapped(expression: sp.Expr) -> sp.Expr:
    return expression.subs({N: T, T: N}, simultaneous=True)


DELTA = sp.Symbol("Delta_N", positive=True)  # N kappa at gamma = 0


def claims() -> tuple[Claim, ...]:
    """The claims of this derivation, in the order a reader can follow."""
    parts = planar.PARTS
    loss_one = lambda: planar.loss().subs(planar.OUTPUTS, 1)  # noqa: E731
    return (
        Claim(
            "feature-resolvent",
            "The pencil's feature block is the resolvent",
            "Eliminating b, delta and c (Schur complements) leaves the features' own quadratic form.",
            lambda: _equality(sp.Symbol(r"G_{\theta\theta}"), (GAMMA * sp.Identity(n) + PHI * PHI.T).inverse()),
            exact_by_draws(lambda d: (_pencil_block(d, "theta"), _matrices(d))),
            FINITE,
            DERIVED,
        ),
        Claim(
            "sample-resolvent",
            "The pencil's sample block is the dual resolvent",
            "Eliminating theta, b and delta instead leaves the samples: the dual problem.",
            lambda: _equality(sp.Symbol("G_{cc}"), -GAMMA * (GAMMA * sp.Identity(t) + PHI.T * PHI).inverse()),
            exact_by_draws(lambda d: (_pencil_block(d, "c"), _matrices(d))),
            FINITE,
            DERIVED,
        ),
        Claim(
            "trace-difference",
            "Exact difference of the two traces",
            "phi phi^T and phi^T phi share their non-zero eigenvalues.",
            lambda: _equality(sp.Symbol(r"\operatorname{tr} q - \operatorname{tr} Q"), (N - T) / GAMMA),
            exact_by_draws(_trace_sides),
            FINITE,
            DERIVED,
        ),
        Claim(
            "energy",
            "The student's least objective is the pencil's energy",
            "A quadratic saddle point takes the value -(1/2) h^T P^{-1} h, with sources h = (0, w, 0, eps).",
            lambda: _equality(ENERGY, -SADDLE / 2),
            exact_by_draws(_energy_sides),
            FINITE,
            DERIVED,
        ),
        Claim(
            "envelope",
            "The test error is the energy's response to its source",
            "At a minimum only the explicit dependence on J survives differentiation (envelope theorem).",
            lambda: _equality(SOURCE_LOSS, TEST_ERROR / 2),
            exact_by_draws(_envelope_sides),
            FINITE,
            DERIVED,
            ("energy",),
        ),
        Claim(
            "duality-draw",
            "Exchange of features and samples, draw by draw",
            "With white x the signal of the isotropic teacher is (sigma_w^2 / 2 M) |R|^2 with "
            "R = Lambda^(1/2) (1 - x phi^T q u) Lambda^(1/2). Exchanging x and u^T transposes phi, turns q "
            "into Q, and R into its transpose, because phi^T q = Q phi^T.",
            lambda: _equality(SIGNAL_NT, SIGNAL_TN.T),
            exact_by_draws(_duality_sides),
            FINITE + "; isotropic teacher",
            DERIVED,
        ),
        Claim(
            "sample-law",
            "Dressing by the samples",
            "The planar self-energy of delta is T times the samples' Green function.",
            lambda: _equality(B, planar.dressings()[B]),
            by_dyson(lambda p: -p.dressing()[2]),
            PLANAR,
            DERIVED,
        ),
        Claim(
            "feature-law",
            "Dressing by the features",
            "The planar self-energy of b is N times the features' Green function.",
            lambda: _equality(A, planar.dressings()[A]),
            by_dyson(_dressing_a),
            PLANAR,
            DERIVED,
        ),
        Claim(
            "renormalised-ridge",
            "The renormalised ridge",
            "kappa is minus the pole in lambda of the latent Green function, 1/(A B).",
            lambda: _equality(KAPPA, 1 / (A * B).subs(planar.dressings())),
            by_dyson(_kappa_at_source),
            PLANAR,
            DERIVED,
            ("sample-law", "feature-law"),
        ),
        Claim(
            "planar-equation",
            "The planar equation",
            "The same, with denominators cleared: features, samples and ridge fix kappa.",
            lambda: _equality(KAPPA * (N - D) * (T - D), planar.ridge_scale()),
            by_dyson(lambda p: p.evaluate(KAPPA * (N - D) * (T - D))),
            PLANAR,
            "Zhang, arXiv:2405.19398; " + DERIVED,
            ("renormalised-ridge",),
        ),
        Claim(
            "feature-trace",
            "One-point trace of the feature resolvent",
            "N times the features' Green function.",
            lambda: _equality(sp.Symbol(r"\mathrm{E}\operatorname{tr} q"), planar.traces()["q"]),
            by_dyson(lambda p: p.values[N] * p.green("theta theta", mpf(1))),
            PLANAR,
            DERIVED,
            ("feature-resolvent", "feature-law"),
        ),
        Claim(
            "sample-trace",
            "One-point trace of the sample resolvent",
            "From the samples' Green function, -gamma E Q.",
            lambda: _equality(sp.Symbol(r"\mathrm{E}\operatorname{tr} Q"), planar.traces()["Q"]),
            by_dyson(lambda p: -p.values[T] * p.green("c c", mpf(1)) / p.values[GAMMA]),
            PLANAR,
            DERIVED,
            ("sample-resolvent", "sample-law"),
        ),
        Claim(
            "moment-derivative",
            "Spectral moments are closed under differentiation",
            "With p = lambda / (lambda + kappa) one has kappa dp/dkappa = -p (1 - p).",
            lambda: _equality(sp.Derivative(D, KAPPA), (Q - D) / KAPPA),
            exact_in_moments(lambda: sp.diff(D, KAPPA)),
            "kappa > 0",
            DERIVED,
        ),
        Claim(
            "test-loss",
            "Test loss for any teacher",
            "dH/dJ along the planar solution, by implicit differentiation of kappa, A and B.",
            lambda: _equality(LOSS, positive.compact(loss_one())),
            by_dyson(lambda p: p.slope()),
            PLANAR + "; C = 1",
            "Simon et al., arXiv:2311.14646; Atanasov et al., arXiv:2405.00592; " + DERIVED,
            ("envelope", "planar-equation", "moment-derivative"),
        ),
        Claim(
            "signal",
            "Test loss without label noise",
            "The part of dH/dJ that the teacher sources.",
            lambda: _equality(L_SIGNAL, _bare(planar.signal())),
            by_dyson(lambda p: p.slope(noise=False)),
            PLANAR + "; C = 1",
            DERIVED,
            ("test-loss",),
        ),
        Claim(
            "label-noise",
            "Label noise",
            "The part of dH/dJ that eps sources.",
            lambda: _equality(L_NOISE, _bare(planar.label_noise())),
            by_dyson(lambda p: p.slope() - p.slope(noise=False)),
            PLANAR + "; C = 1",
            DERIVED,
            ("test-loss",),
        ),
        Claim(
            "training-loss",
            "Training loss per sample, noisy labels",
            "H minus the ridge's share gamma dH/dgamma, divided by T.",
            lambda: _equality(L_TRAIN, _bare(planar.train_loss())),
            by_dyson(lambda p: p.training()),
            PLANAR + "; C = 1",
            DERIVED,
            ("energy", "planar-equation"),
        ),
        Claim(
            "train-test",
            "Training and test loss",
            "Both are known functions of the same moments; eliminating them leaves one relation.",
            lambda: _equality(L_TRAIN, (1 - D / T) ** 2 * (LOSS + NOISE / 2)),
            exact_in_moments(lambda: planar.train_loss().subs(planar.OUTPUTS, 1), lambda: {LOSS: loss_one()}),
            PLANAR + "; C = 1",
            DERIVED,
            ("test-loss", "training-loss"),
        ),
        *(_part(name, frozen) for name, frozen in zip(parts[:3], ((1, 2), (2,), (1,)), strict=True)),
        Claim(
            "interaction",
            "Variance from features and samples together",
            "What the signal has beyond bias and the two single variances; subtraction-free, so never negative.",
            lambda: _equality(sp.Symbol("L_interaction"), _bare(planar.loss_parts()["interaction"])),
            exact_in_moments(
                lambda: planar.signal().subs(planar.OUTPUTS, 1) - sum(_bare(planar.loss_parts()[p]) for p in parts[:3])
            ),
            PLANAR + "; C = 1",
            DERIVED,
            ("signal", *(name.replace("_", "-") for name in parts[:3])),
        ),
        Claim(
            "duality",
            "Features and samples play symmetric roles",
            "For the isotropic teacher the signal is invariant under N <-> T: the planar shadow of duality-draw.",
            lambda: _equality(L_SIGNAL, sp.factor(_swapped(planar.isotropic(planar.signal().subs(planar.OUTPUTS, 1))))),
            exact_in_moments(lambda: planar.isotropic(planar.signal().subs(planar.OUTPUTS, 1))),
            PLANAR + "; isotropic teacher; C = 1",
            "MRS, arXiv:2210.16859; Zhang, arXiv:2405.19398; " + DERIVED,
            ("signal", "duality-draw"),
        ),
        Claim(
            "ridgeless-signal",
            "Ridgeless signal, fewer features than samples",
            "At gamma = 0 and N < T, M the gap N - D closes; Delta_N = N kappa.",
            lambda: _equality(L_SIGNAL, planar.SIGMA_W**2 / (2 * M) * DELTA / (1 - N / T)),
            exact_in_moments(_ridgeless_isotropic),
            "gamma = 0; N < T, N < M; isotropic teacher; C = 1",
            "MRS, arXiv:2210.16859",
            ("signal",),
        ),
        Claim(
            "ridgeless-noise",
            "Ridgeless label noise, fewer features than samples",
            "At gamma = 0 and N < T, M every feature fits noise alike.",
            lambda: _equality(L_NOISE, NOISE / 2 * N / (T - N)),
            exact_in_moments(_ridgeless_noise),
            "gamma = 0; N < T, N < M; C = 1",
            DERIVED,
            ("label-noise",),
        ),
        Claim(
            "breakdown",
            "The spectrum used up",
            "At gamma = 0 and N, T > M, kappa = 0: no signal is lost, and only label noise remains.",
            lambda: _equality(LOSS, NOISE / 2 * M / (T - M)),
            exact_in_moments(_exhausted_loss),
            "gamma = 0; N, T > M; C = 1",
            DERIVED,
            ("test-loss",),
        ),
    )


def _bare(expression: sp.Expr) -> sp.Expr:
    """One output, arranged for reading."""
    return positive.compact(expression.subs(planar.OUTPUTS, 1))


def _part(name: str, frozen: tuple[int, ...]) -> Claim:
    """bias, feature_variance, sample_variance: responses with dressings (1: A, 2: B) frozen, minus the bias."""
    prose = {
        "bias": "Both dressings frozen: the error of the predictor averaged over features and samples.",
        "feature_variance": "Samples averaged out (B frozen), minus the bias.",
        "sample_variance": "Features averaged out (A frozen), minus the bias.",
    }[name]

    def numeric(point: NumericDyson) -> mpf:
        value = point.slope(noise=False, frozen_ends=frozen)
        return value if name == "bias" else value - point.slope(noise=False, frozen_ends=(1, 2))

    return Claim(
        name.replace("_", "-"),
        {"bias": "Bias", "feature_variance": "Feature variance", "sample_variance": "Sample variance"}[name],
        prose,
        lambda: _equality(sp.Symbol(f"L_{name.replace('_variance', '')}"), _bare(planar.loss_parts()[name])),
        by_dyson(numeric),
        PLANAR + "; C = 1",
        DERIVED,
        ("test-loss",) if name == "bias" else ("test-loss", "bias"),
    )


def _ridgeless_isotropic() -> sp.Expr:
    at_edge = planar.isotropic(planar.signal().subs(planar.OUTPUTS, 1))
    return sp.cancel(at_edge.xreplace({D: N}).xreplace({KAPPA: DELTA / N}))


def _ridgeless_noise() -> sp.Expr:
    return sp.cancel(planar.label_noise().subs(planar.OUTPUTS, 1).xreplace({D: N}))


def _exhausted_loss() -> sp.Expr:
    values = positive.exhausted()
    total = values["signal"] + values["label_noise"]
    return total.subs({planar.OUTPUTS: 1, planar.SAMPLE_GAP: T - M})
