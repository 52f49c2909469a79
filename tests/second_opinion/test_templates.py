"""Every resource of dev and prod, given to another CloudFormation: taken, and resolved alike."""

import pytest

from tests.second_opinion.conftest import Both
from tests.second_opinion.differences import unexplained
from tests.second_opinion.shown_templates import SHOWN

pytestmark = pytest.mark.acceptance
# Properties and outputs of both environments; fewer would mean that nothing is compared.
VALUES = 3_000


def test_what_the_other_one_refuses_is_explained(both: Both) -> None:
    assert unexplained("templates", both.theirs.refused) == []


def test_ours_refuses_none_of_them(both: Both) -> None:
    assert both.ours.refused == {}


def test_every_property_and_output_has_the_same_value_in_both(both: Both) -> None:
    differing, compared = {}, 0
    for stack in both.theirs.templates:
        theirs, ours = both.theirs.values(stack), both.ours.values(stack)
        compared += len(theirs)
        for key in theirs.keys() | ours.keys():
            if theirs.get(key) != ours.get(key):
                differing[f"{stack} {key}"] = (theirs.get(key), ours.get(key))

    assert differing == {}
    assert compared >= VALUES


def test_every_resource_was_compared(both: Both) -> None:
    for name, template in both.theirs.templates.items():
        shown = {key for key in both.theirs.outputs[name] if key.startswith(SHOWN)}
        assert shown == {f"{SHOWN}{logical_id}" for logical_id in template["Resources"]}, name
        for deployment in both:
            assert deployment.outputs[name].keys() >= template.get("Outputs", {}).keys(), name
