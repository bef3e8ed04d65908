"""Every claim passes its own check, and every wrong variant of it is caught."""

import pytest

from derivations import all_claims
from derivations.render import claim_latex, evidence_latex
from theory.claim import Claim, mutations

CLAIMS = all_claims()


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_claim_holds_and_its_mutants_do_not(claim: Claim) -> None:
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
