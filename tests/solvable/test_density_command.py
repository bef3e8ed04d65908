"""`solvable density`: the contract, the records, the figures, the mistakes."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_runner import assert_contract, run, strict_json

from numerics.density import FeatureEigenvalues
from theory import feature_spectrum as theory
from theory.continuum import ALPHA, LAMBDA_PLUS
from theory.model import Model
from theory.student import SIGMA_U, M, N, T

BASE = ("density", "--alpha", "1", "-M", "100", "-N", "20", "-T", "30")


def record(*argv: str) -> dict[str, Any]:
    result = run(*argv, "--json")
    assert result.code == 0, result.err
    assert result.err == ""
    return strict_json(result.out)


def test_the_record_holds_the_contract_and_agrees_with_the_library() -> None:
    found = record(*BASE, "--points", "50")
    spectrum = FeatureEigenvalues(Model.power_law(1, 100, 20, 30))
    expected = spectrum.on_grid(50)
    assert found["x"] == expected.x.tolist()
    assert found["density"] == expected.density.tolist()
    assert found["edges"] == [edge.x for edge in spectrum.edges[::-1]] == sorted(found["edges"])
    assert found["atom"] == 0
    for edge, ball in zip(found["edges"], found["edge_enclosures"], strict=True):
        assert abs(edge - float(ball["middle"])) < 1e-12 * edge
        assert float(ball["radius"]) < 1e-14 * edge


def test_gram_has_the_atom_and_the_scaled_density() -> None:
    one, two = (record(*BASE, "--x", "0.01,0.1,1", *more) for more in ((), ("--gram",)))
    assert two["atom"] == pytest.approx(1 / 3)
    assert 20 * np.array(one["density"]) == pytest.approx(30 * np.array(two["density"]))
    assert one["x"] == [0.01, 0.1, 1]


def test_points_outside_the_support_have_no_density() -> None:
    found = record(*BASE, "--x", "1e-9,1e9")
    assert found["density"] == [0, 0]
    assert found["above"] == [20, 0]
    assert found["exponent"] == [None, None]


def test_ranks_and_draws_stand_side_by_side() -> None:
    argv = (*BASE, "--ranks", "--draws", "30", "--seed", "3")
    found = record(*argv)
    assert [row["rank"] for row in found["ranks"]] == list(range(1, 21))
    assert found == record(*argv)
    mean, error = (np.array(found["simulated"][name]) for name in ("mean", "stderr"))
    planar = np.array([row["eigenvalue"] for row in found["ranks"]])
    assert np.all(abs(mean - planar) < 6 * error + 0.2 * planar)  # 0.2: finite size at N = 20, and median for mean
    text = run(*argv).out
    assert "simulated" in text
    assert "bulk" in text


def test_the_figures_are_written(tmp_path: Path) -> None:
    assert run(*BASE, "--plot", str(tmp_path / "d.png"), "--draws", "2").code == 0
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"d.png", "d.pdf", "d-ranks.png", "d-ranks.pdf"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("-N", "inf"), "-N = 'inf' is not allowed: give an integer from 1 to 10^18"),
        (("-N", "10,20"), "-N = '10,20'"), (("--alpha", "0"), "--alpha = '0'"), (("--alpha", "1,2"), "--alpha = '1,2'"),
        (("--x", "0"), "--x = '0'"), (("--x", "-1"), "--x"), (("--x", "1e-400"), "--x"), (("--x", "a"), "--x = 'a'"),
        (("--points", "1"), "--points = '1' is not allowed: give an integer from 2 to 20000"),
        (("--draws", "-1"), "--draws"), (("--seed", "x"), "--seed"), (("--sigma-u", "0"), "--sigma-u"),
        (("-N", "1e12", "-T", "1e12", "-M", "1e18"), "fewer separate bulks"),
        (("--alpha", "90", "-M", "1e6"), "280 decades"),
        (("-M", "1e12", "--draws", "1"), "can be simulated"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(more: tuple[str, ...], words: str) -> None:
    result = run(*BASE, *more)
    assert result.code == 2, result
    assert result.out == ""
    assert result.err.startswith("error: ")
    assert len(result.err.splitlines()) == 1
    assert words in result.err


def test_a_latent_dimension_of_any_size() -> None:
    found = record("density", "--alpha", "1", "-M", "1e18", "-N", "50", "-T", "100", "--points", "20")
    assert max(found["error"]) < 1e-10
    assert found["nonzero"] == 50


def test_options_shared_by_all_commands_are_read_and_change_nothing() -> None:
    base = ("density", "--alpha", "1", "-M", "100", "-N", "20", "-T", "30", "--points", "9", "--json")
    labelled = run(*base, "--gamma", "0.1", "--noise", "1", "--source", "3", "--sigma-w", "2", "--outputs", "4")
    assert labelled.out == run(*base).out
    refused = run(*base, "--gamma", "-1")
    assert refused.code == 2
    assert refused.err.startswith("error: --gamma")


def test_the_laws_stand_beside_the_density() -> None:
    base = ("density", "--json", "--alpha", "2")
    soft = strict_json(run(*base, "-M", "1e6", "-N", "300", "-T", "900").out)
    law = soft["laws"]
    assert law["bulk"]["exponent"] == -3
    values = {N: 300, T: 900, M: 10**6, ALPHA: 2, SIGMA_U: 1, LAMBDA_PLUS: 1, theory.RANK: 1}
    for found, derived in (  # how well the laws hold is tested in tests/numerics/test_feature_laws.py
        (law["bulk"]["amplitude"], theory.bulk_law()),
        (law["correction"], theory.bulk_correction()),
        (law["edge"], theory.lower_edge()),
    ):
        assert found == pytest.approx(float(derived.subs(values)), rel=1e-14)  # a double of the same formula
    assert law["hard_edge"] is None
    hard = strict_json(run(*base, "-M", "60", "-N", "60", "-T", "60").out)["laws"]
    assert (hard["hard_edge"], hard["edge"]) == ("-2/3", None)
    exhausted = strict_json(run(*base, "-M", "20", "-N", "30", "-T", "40").out)["laws"]
    assert (exhausted["hard_edge"], exhausted["edge"]) == (None, None)


def test_a_figure_that_cannot_be_written_is_refused_by_its_option() -> None:
    result = run("density", "--alpha", "1", "-M", "60", "-N", "10", "-T", "20", "--plot", "/no/such/folder/x", "--json")
    assert_contract(result)
    assert result.err.startswith("error: --plot = '/no/such/folder/x' is not allowed")
