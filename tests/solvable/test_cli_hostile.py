"""Whatever an option is given: valid JSON without NaN, or exit code 2 and one `error:` line."""

import pytest
from cli_runner import Result, assert_contract, run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

BASE = {"--alpha": "1", "-M": "24", "-N": "5", "-T": "9"}
OPTIONS = [
    "--alpha", "-M", "-N", "-T", "--gamma", "--noise", "--source", "--sigma-w", "--sigma-u", "--lambda-plus",
    "--outputs", "--digits",
]  # fmt: skip
NASTY = [
    "", " ", "0", "-0", "-1", "1", "1e-9999", "1e9999", "1e-99999", "1e999999999", "-1e999999999", "1e-320", "1e308",
    "1e15", "1e18", "1e19", "1.5", ".5", "5.", ".", "e5", "nan", "NaN", "-nan", "inf", "-inf", "Infinity", "oo",
    "optimal", "OPTIMAL", "optimal,0", "1/3", "1/0", "0/0", "-1/3", "1/-3", "1//3", "1/3/5", "1,", ",1", "1,,2", ",",
    "1:2", "1:0:5", "0:1:5", "::", ":", "1:2:", "1:1:1", "1:2:1", "1:2:0", "1:2:-3", "1:2:1.5", "1:2:1e99", "1:2:inf",
    "1:inf:3", "inf:inf:3", "9:1:3", "1:9:3,2", "1e-9:1e9:4", "1e-9999:1e9999:3", "-1:1:3", "٣", "１", "½", "²",
    "1\x00", "\x00", "\n", "1\n", "\t1 ", "1_000", "0x10", "0b1", "1j", "True", "None", "[1]", "1;2", "1 2", "--json",
    "γ", "\udcff", "\x1b[31m", "%s", "{0}", "9" * 25_000, "1/" + "9" * 8_000, "0." + "3" * 9_000, "1" + "0" * 4400,
    "1," * 2_000_000, ":" * 10_000, "a" * 100_000, "-5",
]  # fmt: skip
PIECES = ["0", "1", "2", "7", ".", "e", "-", "+", ":", ",", "/", "inf", "optimal", " ", "e-", "00"]


def call(changes: dict[str, str]) -> None:
    argv = [word for pair in (BASE | changes).items() for word in pair]
    assert_contract(run("evaluate", *argv, "--json"))


@pytest.mark.parametrize(
    "result",
    [
        Result(0, '{"records": [{"loss": NaN}]}', ""), Result(0, '{"records": []}', ""), Result(0, "1 2", ""),
        Result(0, '{"records": [{}]}', "warning\n"), Result(2, "", "error: a\nerror: b\n"), Result(2, "", ""),
        Result(2, "{", "error: a\n"), Result(1, "", "error: a\n"), Result(2, "", "Traceback\n"),
    ],
)  # fmt: skip
def test_the_check_of_the_contract_can_fail(result: Result) -> None:
    with pytest.raises((AssertionError, ValueError)):
        assert_contract(result)


@pytest.mark.parametrize("option", OPTIONS)
def test_each_option_survives_each_nasty_value(option: str) -> None:
    for text in NASTY:
        call({option: text})


@given(st.sampled_from(OPTIONS[:-1]), st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_texts_close_to_the_grammar(option: str, text: str) -> None:
    call({option: text})


@given(st.sampled_from(OPTIONS), st.text(max_size=12))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_text(option: str, text: str) -> None:
    call({option: text})


def test_a_string_asks_for_bounded_work() -> None:
    call({"-T": "1:1e18:1e6,1:1e18:1e6"})
    call({"-T": "1:1e18:1e4", "-N": "1:1e18:1e4"})


NUMBERS = st.sampled_from(["0", "1e-9999", "1e-300", "1e-9", "1/3", "1", "1e9", "1e300", "1e9999"])
SIZES = st.sampled_from(["1", "2", "10", "60", "61", "1e6", "1e18"])
COMBINATIONS = st.fixed_dictionaries(
    {"--alpha": st.sampled_from(["1e-9999", "0.01", "1/3", "1", "9.5"]), "-M": SIZES, "-N": SIZES, "-T": SIZES},
    optional={
        "--gamma": NUMBERS, "--noise": NUMBERS, "--sigma-w": NUMBERS, "--sigma-u": NUMBERS, "--lambda-plus": NUMBERS,
        "--outputs": SIZES, "--source": st.sampled_from(["-100", "-1", "0", "0.5", "1", "3", "100"]),
    },
)  # fmt: skip


@given(COMBINATIONS)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_extreme_values_together(changes: dict[str, str]) -> None:
    call(changes)


@given(st.lists(st.text(max_size=8), max_size=4))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_any_words(words: list[str]) -> None:
    result = run("evaluate", *words)
    assert result.code in (0, 2)
    assert result.code == 0 or len(result.err.splitlines()) == 1


@given(st.sampled_from(["--draws", "--seed", "--jobs"]), st.sampled_from([t for t in NASTY if t.strip() != "1e15"]))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_options_of_simulate(option: str, text: str) -> None:
    argv = [word for pair in ({"--draws": "1"} | BASE | {option: text}).items() for word in pair]
    assert_contract(run("simulate", *argv, "--json"))
