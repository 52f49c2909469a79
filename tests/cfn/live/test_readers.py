import pytest

from cfn.live.readers import READERS, UNREADABLE
from cli.environments.region_offer import resource_types
from tests.templates.environments import make_environment


def test_every_type_of_an_environment_is_read_or_is_known_to_need_no_reader() -> None:
    everything = make_environment(
        network={"mode": "private"}, monitoring={"monthly_budget_usd": 100}
    )

    unknown = resource_types(everything) - READERS.keys() - UNREADABLE.keys()

    assert unknown == frozenset()


def test_no_type_that_is_read_is_said_to_need_no_reader() -> None:
    assert READERS.keys() & UNREADABLE.keys() == set()


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::CDK::Metadata",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::SubnetRouteTableAssociation",
    ],
)
def test_what_is_part_of_another_resource_or_of_none_says_why_it_needs_no_reader(kind: str) -> None:
    assert UNREADABLE[kind]
