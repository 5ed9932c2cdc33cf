"""Each mistake of the table fires exactly its policies, says its numbers, and is mended as told."""

import pytest

from policies.pack import CATALOGUE
from tests.policies.cases import Case
from tests.policies.judging import findings, fired, planned
from tests.policies.table import CASES


def _refused(case: Case, *, preview: bool) -> None:
    found = findings(planned(case, preview=preview))

    assert fired(found) == case.fires
    told = " ".join(finding.message for finding in found if finding.policy == case.policy)
    assert [text for text in case.says if text not in told] == [], told


@pytest.mark.thorough
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_mistake_is_refused_and_mended(case: Case) -> None:
    """S0-13: at a preview exactly the policies of the case fire, and the named fix is accepted."""
    _refused(case, preview=True)

    assert fired(findings(planned(case, preview=True, fixed=True))) == case.leaves


@pytest.mark.thorough
@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_update_is_judged_alike(case: Case) -> None:
    """S0-13: an update, in which every value is known, is refused by the same policies."""
    _refused(case, preview=False)


def test_every_policy_has_a_trigger() -> None:
    """No policy of the catalogue is without a mistake that it refuses."""
    assert {rule.name for rule in CATALOGUE} == {case.policy for case in CASES}
