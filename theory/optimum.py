r"""The optimal ridge and the optimal split of a budget between N and T, in closed form.

For 1 << N, T << M, without label noise: D = df1 is the free variable, kappa = c_alpha D^-(1+alpha), q its
continuum share, and the planar signal a rational function of D, N, T times D^-alpha. Units as in
`theory.path`: L without the teacher's 1/M, gamma in units of sigma_u^2/M.

Equal split. At fixed kappa the isotropic signal, for every spectrum and every M, is
kappa (D - q)/2 divided by 1 - [q (N + T - 2 D) + D^2]/(N T) - see `equal_split`; from that N = T is the
minimum at fixed N T and at fixed N + T, for the optimal ridge, whatever the spectrum.
"""

from functools import cache

import sympy as sp

from theory import planar
from theory.continuum import ALPHA, c_alpha, df2_share
from theory.moments import KAPPA, D, Q, canonical
from theory.rational import by_difference, reduced
from theory.student import M, N, T

DF1 = sp.Symbol("D", positive=True)
DF2 = sp.Symbol("q", positive=True)
SUM, PRODUCT = sp.symbols("S P", positive=True)  # N + T, N T
SHARE_N, SHARE_T, WEIGHT = sp.symbols("u w p", positive=True)  # D/N, D/T, a/(a + b)


@cache
def isotropic_signal() -> sp.Expr:
    """L in kappa, D, q, N, T with sigma_w^2 = M: exact for every spectrum."""
    signal = planar.isotropic(planar.signal()).subs({planar.OUTPUTS: 1, planar.SIGMA_W: sp.sqrt(M)})
    return sp.factor(reduced(canonical(signal).xreplace({D: DF1, Q: DF2})))


@cache
def continuum_loss() -> sp.Expr:
    """L(D; N, T) for a power law, D any number below min(N, T); the denominator by powers of D."""
    signal = sp.factor(isotropic_signal().subs(DF2, df2_share() * DF1))
    numerator, denominator = sp.fraction(signal)
    total = _sum_in_df1(denominator)
    if total.subs({DF1: 0, ALPHA: 1, N: 1, T: 1}) < 0:
        numerator, denominator, total = -numerator, -denominator, sp.expand(-total)
    factors = sp.cancel(numerator * total / denominator)
    return sp.powsimp(factors.subs(KAPPA, continuum_kappa())) / sp.collect(total, DF1, sp.factor)


def _sum_in_df1(product: sp.Expr) -> sp.Expr:
    """The one factor that is a sum in D, without numbers common to its terms."""
    (total,) = (factor for factor in sp.Mul.make_args(product) if factor.is_Add and factor.has(DF1))
    return total.primitive()[1]


@cache
def continuum_kappa() -> sp.Expr:
    """kappa = c_alpha D^-(1+alpha)."""
    return c_alpha() * DF1 ** (-1 - ALPHA)


@cache
def stationarity() -> sp.Poly:
    """The polynomial in D whose root is the optimum: numerator of d ln(L)/d ln(D)."""
    slope = sp.together(sp.expand_log(sp.diff(sp.log(continuum_loss()), DF1), force=True))
    numerator = sp.factor(sp.numer(sp.simplify(slope)))
    quadratic = [factor for factor in sp.Mul.make_args(numerator) if factor.has(DF1)]
    return sp.Poly(sp.Mul(*quadratic), DF1)


@cache
def optimal_df1() -> sp.Expr:
    """D* < min(N, T), in the form that stays regular at alpha = 1, where the square's coefficient vanishes."""
    square, slope, constant = (sp.factor(c) for c in stationarity().all_coeffs())
    common, radicand = sp.factor(slope**2 - 4 * square * constant).as_independent(N, T, as_Add=False)
    root = sp.sqrt(by_difference(radicand, N, T))
    numerator, slope = (sp.factor(c) / sp.sqrt(common) for c in (2 * constant, slope))
    candidates = [sign * numerator / (sign * -slope + root) for sign in (1, -1)]
    point = {ALPHA: 2, N: 7, T: 5}
    (inside,) = (c for c in candidates if 0 < sp.N(c.subs(point)) < 5)
    return inside


@cache
def ridge_law() -> sp.Expr:
    """gamma = kappa (N - D)(T - D) in terms of D."""
    return planar.planar_equation().lhs.subs(D, DF1).subs(KAPPA, continuum_kappa())


@cache
def optimal_ridge() -> sp.Expr:
    """gamma* = kappa (N - D*)(T - D*)."""
    return ridge_law().subs(DF1, optimal_df1())


@cache
def loss_at_optimum() -> sp.Expr:
    """L at D = D* alone, where the quadratic makes the denominator linear in D."""
    numerator, denominator = sp.fraction(continuum_loss())
    total = _sum_in_df1(denominator)
    linear, scale = sp.fraction(sp.cancel(sp.rem(sp.Poly(total, DF1), stationarity()).as_expr()))
    sign = 1 if linear.subs({DF1: 0, N: 1, T: 1, ALPHA: 1}) > 0 else -1
    grouped = sp.collect(sp.expand(sign * linear), (DF1, N * T), sp.factor)
    return sp.powsimp(sign * numerator * scale * total / denominator) / grouped


@cache
def optimal_loss() -> sp.Expr:
    """L* = L(D*)."""
    return loss_at_optimum().subs(DF1, optimal_df1())


@cache
def paper_law() -> sp.Expr:
    """L_0 (1/N + 1/T)^alpha, with L_0 the amplitude of the ridgeless law N^-alpha: what MRS state."""
    return _ridgeless_amplitude() * (1 / N + 1 / T) ** ALPHA


def _ridgeless_amplitude() -> sp.Expr:
    """lim N^alpha L at D = N << T."""
    at_edge = sp.limit(isotropic_signal().subs(DF2, df2_share() * DF1), T, sp.oo).subs(KAPPA, continuum_kappa())
    return sp.simplify(at_edge.subs(DF1, N) * N**ALPHA)


@cache
def ratio_to_law() -> sp.Expr:
    """L*/(paper's law) at N = T: a function of alpha alone."""
    equal = {N: 1, T: 1}
    amplitude = sp.simplify((loss_at_optimum() * DF1**ALPHA / paper_law()).subs(equal) * 2**ALPHA)
    root = sp.Symbol("r", positive=True)
    share = root / (root + 2)
    factors = sp.factor(sp.cancel(amplitude.subs(DF1, share))) * (2 * share) ** -ALPHA
    return factors.subs(root, sp.numer(optimal_share()))


@cache
def optimal_share() -> sp.Expr:
    """D*/N at N = T: a function of alpha alone, written as r/(r + 2)."""
    root = 2 / sp.expand(1 / optimal_df1().subs({N: 1, T: 1}) - 1)
    return root / (root + 2)


# Splitting a budget ------------------------------------------------------------------------------


@cache
def equal_split() -> tuple[sp.Expr, sp.Expr]:
    """(X, Y): 1/L = (X - Y/P)/(kappa ...) in S = N + T and P = N T, at fixed kappa, X and Y free of P.

    Y = q (S - 2 D) + D^2 is positive and grows with S. So L falls as P grows at fixed S, and as S falls
    at fixed P; both single out N = T, where D* of any other split is still allowed (D < min(N, T) <= the
    mean). Minimising over kappa afterwards keeps the order. Nothing about the spectrum is used.
    """
    signal = isotropic_signal()
    inverse = sp.expand(sp.cancel(KAPPA * (DF1 - DF2) / (2 * signal)))
    in_sums = sp.expand(sp.cancel(inverse * N * T).subs(N * T, PRODUCT))
    symmetric = sp.Poly(sp.expand(in_sums.subs(N, SUM - T)), PRODUCT)
    whole, rest = symmetric.coeff_monomial(PRODUCT), symmetric.coeff_monomial(1)
    return sp.factor(whole), sp.expand(-rest)


@cache
def split_equations() -> tuple[sp.Expr, sp.Expr]:
    """Stationarity at fixed cost N^a T^b, in u = D/N, w = D/T and p = a/(a + b): two expressions that vanish."""
    log_loss = sp.log(continuum_loss())
    slopes = [sp.simplify(size * sp.diff(log_loss, size)) for size in (N, T)]
    in_df1 = sp.simplify(DF1 * sp.diff(log_loss, DF1))
    shares = {N: DF1 / SHARE_N, T: DF1 / SHARE_T}
    by_n, by_t, by_d = (sp.cancel(sp.simplify(e.subs(shares))) for e in (*slopes, in_df1))
    return sp.numer(sp.together(by_d)), sp.numer(sp.together(by_n * (1 - WEIGHT) - by_t * WEIGHT))


def optimal_split(alpha: sp.Rational, a: sp.Rational, b: sp.Rational) -> tuple[sp.Expr, sp.Expr]:
    """(D/N, D/T) at the optimum for the cost N^a T^b, exact. Raises ValueError if none lies inside (0, 1)^2."""
    equations = [e.subs({ALPHA: alpha, WEIGHT: sp.Rational(a) / (a + b)}) for e in split_equations()]
    for solution in sp.solve(equations, [SHARE_N, SHARE_T], dict=True):
        values = [solution[SHARE_N], solution[SHARE_T]]
        if all(abs(sp.im(sp.N(v))) < 1e-12 and 0 < sp.re(sp.N(v)) < 1 for v in values):
            return sp.nsimplify(values[0]), sp.nsimplify(values[1])
    raise ValueError(f"no optimal split for alpha = {alpha}, cost N^{a} T^{b}")
