"""Each planted change of data, networks, identities and builds is named in its own words."""

import pytest

from reviewer.assembly import Assembly
from reviewer.changes.judgements.judge import UNKNOWN
from reviewer.changes.revision_diff import compare
from reviewer.pricing.prices import PriceList
from tests.reviewer.conftest import edited
from tests.reviewer.planted_data import DANGEROUS_DATA


@pytest.mark.parametrize("name", DANGEROUS_DATA)
def test_a_change_is_named_by_its_rule(name: str, prod: Assembly) -> None:
    planted = DANGEROUS_DATA[name]

    after = edited(prod, planted.stack, planted.change)
    found = compare(prod, after, PriceList("us-east-1", {})).findings

    named = {(finding.rule, finding.at) for finding in found if finding.needs_person}
    assert (planted.rule, planted.at) in named
    assert (UNKNOWN, planted.at) not in named
