"""Laws of the entries: their moments, and whether planar theory survives them."""

import math

import numpy as np
import pytest

from numerics import Design, Law
from numerics.simulation.universality import FEATURES, LATENT, designs, universality
from theory import InvalidInput, Model

MODEL = Model.power_law(1, 480, 80, 160, gamma="1e-3")
PLAIN = [text for text in LATENT if text != "student:3"]  # whose fourth moments exist


@pytest.mark.parametrize("text", PLAIN)
def test_entries_have_unit_variance_and_the_stated_kurtosis(text: str) -> None:
    """Means of z, z^2 and z^4 over 400,000 entries, within 5 standard errors (6e-7 each)."""
    law = Law.parse("latent", text)
    z = law.sample(np.random.default_rng(8), (400, 1000)).ravel()
    for values, exact in ((z, 0.0), (z**2, 1.0), (z**4, 3 + law.kurtosis)):
        error = values.std() / math.sqrt(z.size)
        if values is not z and text == "student:5" and exact > 2:
            continue  # z^4 has no standard error there
        assert abs(values.mean() - exact) <= 5 * error + 1e-12
    assert str(law) == text
    assert law.gaussian == (text == "gaussian")


def test_orthogonal_features_are_orthogonal() -> None:
    from numerics.simulation.grams import blocks

    law = Law.parse("features", "orthogonal", matrix=True)
    rows = np.concatenate([z for _, z in blocks(law, np.random.default_rng(1), 50, 20, 16)])
    np.testing.assert_allclose(rows.T @ rows, 50 * np.eye(20), atol=1e-10)
    with pytest.raises(InvalidInput, match="N <= M"):
        next(blocks(law, np.random.default_rng(1), 5, 20, 16))


@pytest.mark.parametrize(
    "text", ["cauchy", "student", "student:2", "student:x", "sparse:0", "sparse:2", "gaussian:1", "", "orthogonal"]
)
def test_unknown_laws_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="--latent"):
        Law.parse("--latent", text)


def test_light_tails_keep_planar_theory_and_other_features_break_it() -> None:
    """Four laws at 1e-3 false alarm together; orthogonal features deviate by some percent and are called out."""
    names = ["gaussian", "rademacher", "laplace", "sparse:0.3"]
    for one in universality(MODEL, [Design(latent=Law.parse("latent", name)) for name in names], 24, 3, jobs=1):
        assert one.holds, one
    orthogonal = Design(features=Law.parse("features", "orthogonal", matrix=True))
    (broken,) = universality(MODEL.with_(N=200, T=160), [orthogonal], 24, 3, jobs=1)
    assert not broken.holds
    assert abs(broken.limit) < 0.5


def test_the_table_of_laws() -> None:
    assert len(designs()) == len(LATENT) + len(FEATURES)
    with pytest.raises(ValueError, match="cannot be judged"):
        universality(MODEL.with_(N=5), designs()[:1], 4, jobs=1)
