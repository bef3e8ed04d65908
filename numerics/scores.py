"""Normal scores, and one limit for many of them."""

import math

FALSE_ALARM = 1e-3  # probability that a correct theory fails one of the statistical checks


def threshold(tests: int) -> float:
    """|z| above which a check fails: FALSE_ALARM shared by `tests` two-sided normal tests."""
    from scipy.stats import norm

    return float(norm.isf(FALSE_ALARM / (2 * max(tests, 1))))


def normal_score(t: float, dof: float) -> float:
    """The z with the same tail as Student's t with `dof` degrees of freedom (few draws, wide tails)."""
    from scipy.stats import norm
    from scipy.stats import t as student

    return math.copysign(float(norm.isf(student.sf(abs(t), dof))), t)
