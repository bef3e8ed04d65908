"""The model refuses bad values at construction and is immutable data."""

import math
import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory import Eigenvalues, InvalidInput, Model, PowerLaw, Powers

GOOD: dict[str, Any] = {"alpha": 1, "M": 10, "N": 3, "T": 4}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("alpha", 0),
        ("alpha", -1),
        ("alpha", math.nan),
        ("alpha", "x"),
        ("M", 0),
        ("M", 1.5),
        ("M", math.inf),
        ("N", 0),
        ("N", -3),
        ("T", "many"),
        ("T", None),
        ("gamma", -1e-9),
        ("gamma", math.inf),
        ("noise", -1),
        ("noise", math.nan),
        ("outputs", 0),
        ("sigma_w", 0),
        ("sigma_u", -1),
        ("lambda_plus", 0),
        ("source", math.nan),
        ("source", "R"),
    ],
)
def test_bad_values_are_named(name: str, value: object) -> None:
    with pytest.raises(InvalidInput, match=f"^{name} = .* is not allowed: give "):
        Model.power_law(**(GOOD | {name: value}))


hostile = st.one_of(st.integers(), st.floats(), st.text(max_size=8), st.none(), st.lists(st.floats(), max_size=3))


@given(st.sampled_from([*GOOD, "gamma", "noise", "source", "outputs", "sigma_w", "sigma_u", "lambda_plus"]), hostile)
def test_hostile_values_never_build_a_broken_model(name: str, value: object) -> None:
    try:
        model = Model.power_law(**(GOOD | {name: value}))
    except InvalidInput as error:
        assert str(error).startswith(f"{name} = ")
    else:
        assert model.M >= 1
        assert model.gamma >= 0
        assert model.noise >= 0
        assert model.spectrum.alpha > 0  # type: ignore[union-attr]


@given(
    st.one_of(
        st.none(), st.text(max_size=5), st.lists(st.one_of(st.floats(), st.none(), st.text(max_size=3)), max_size=5)
    )
)
def test_hostile_eigenvalues(values: Any) -> None:
    try:
        spectrum = Eigenvalues(values)
    except InvalidInput as error:
        assert str(error).startswith("eigenvalues = ")
    else:
        assert np.all(spectrum.values > 0)
        assert np.all(np.diff(spectrum.values) <= 0)


def test_immutable_hashable_equal_and_picklable() -> None:
    lists = Model(Eigenvalues([1, 3, 2]), 2, 5, source=Powers([0.1, 0.3, 0.2]))
    for model in (Model.power_law(**GOOD, gamma="0.1"), lists):
        assert pickle.loads(pickle.dumps(model)) == model
        assert hash(model) == hash(model.with_())
        with pytest.raises(AttributeError):
            model.N = 5  # type: ignore[misc]
    with pytest.raises(AttributeError):
        lists.spectrum.values = np.ones(3)  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        lists.spectrum.values[0] = 2  # type: ignore[union-attr]


def test_lists_that_are_not_sorted_stay_together() -> None:
    """The teacher's powers follow their eigenvalues: permuted alike, the same model; apart, another one."""
    model = Model(Eigenvalues([1, 3, 2]), 2, 5, source=Powers([0.1, 0.3, 0.2]))
    assert model == Model(Eigenvalues([3, 2, 1]), 2, 5, source=Powers([0.3, 0.2, 0.1]))
    assert model != Model(Eigenvalues([3, 2, 1]), 2, 5, source=Powers([0.1, 0.3, 0.2]))
    again = pickle.loads(pickle.dumps(Eigenvalues([1, 3, 2])))
    assert again.order.tolist() == Eigenvalues([1, 3, 2]).order.tolist()


def test_errors_survive_a_worker_process() -> None:
    error = InvalidInput("N", 0, "a positive integer")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_powers_follow_their_eigenvalues() -> None:
    spectrum = Eigenvalues([1.0, 3.0, 2.0])
    assert spectrum.values.tolist() == [3, 2, 1]
    assert [(0.1, 0.3, 0.2)[i] for i in spectrum.order] == [0.3, 0.2, 0.1]


def test_powers_must_fit() -> None:
    with pytest.raises(InvalidInput, match="as many numbers as there are eigenvalues, 3"):
        Model(Eigenvalues([1, 2, 3]), 2, 2, source=Powers([1, 2]))
    with pytest.raises(InvalidInput, match="numbers >= 0"):
        Powers([1, -2])
    with pytest.raises(InvalidInput, match="with a PowerLaw spectrum"):
        Model.power_law(**GOOD, source=Powers([1]))


def test_both_sizes_infinite_is_refused() -> None:
    with pytest.raises(InvalidInput, match="at most one of them as inf"):
        Model.power_law(1, 10, math.inf, math.inf)


def test_huge_sizes_and_exact_decimals() -> None:
    model = Model.power_law("0.7", 10**18, "1e18", 10**30, gamma="1e-300")
    assert model.spectrum == PowerLaw(Fraction(7, 10), 10**18)
    assert model.gamma == Fraction(1, 10**300)
    assert model.N == 10**18
    assert repr(model) == f"Model(alpha=7/10, M={10**18}, N={10**18}, T=1e+30, gamma=1e-300)"
