"""Every claim passes its own check, and every wrong variant of it is caught."""

import pytest
import sympy as sp

from derivations import all_claims
from derivations.render import claim_latex, evidence_latex
from theory.claim import Claim, mutations

CLAIMS = all_claims()


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_claim_holds_and_no_mutant_does(claim: Claim) -> None:
    assert claim.evidence().verdict == "pass"
    mutants = mutations(claim.formula())
    assert mutants
    for mutant in mutants:
        assert claim.check(mutant).verdict == "fail", f"not caught: {mutant}"


def test_names_are_unique_and_uses_come_earlier() -> None:
    seen: set[str] = set()
    for claim in CLAIMS:
        assert claim.name not in seen
        assert set(claim.uses) <= seen, f"{claim.name} uses a claim that does not precede it"
        seen.add(claim.name)


def test_every_claim_prints() -> None:
    for claim in CLAIMS:
        text = claim_latex(claim)
        assert rf"\label{{eq:{claim.name}}}" in text
        assert text.count("{") == text.count("}")
    table = evidence_latex([(claim, claim.evidence()) for claim in CLAIMS[:2]])
    assert table.count(r"\\") == 3


def test_mutations_reach_symbolic_exponents_and_amplitudes() -> None:
    n, alpha = sp.symbols("n alpha", positive=True)
    law = sp.Eq(sp.Symbol("L"), (1 + alpha) ** alpha * n**-alpha / 2, evaluate=False)
    wrong = [mutant.rhs for mutant in mutations(law)]
    assert law.rhs not in wrong
    amplitude, power = (1 + alpha) ** alpha / 2, n**-alpha
    assert {-law.rhs, 2 * law.rhs, amplitude * n**alpha, amplitude * n ** (1 - alpha)} <= set(wrong)
    assert {(1 + alpha) ** -alpha / 2 * power, (1 + alpha) ** (1 + alpha) / 2 * power} <= set(wrong)
