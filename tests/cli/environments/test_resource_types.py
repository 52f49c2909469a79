from typing import Any

import pytest

from cli.environments.region_offer import resource_types
from tests.templates.environments import make_environment

NO_BUDGET = {"monitoring": {"monthly_budget_usd": 0}}


@pytest.mark.parametrize(
    ("sections", "kind", "there"),
    [
        (NO_BUDGET, "AWS::S3::Bucket", True),
        (NO_BUDGET, "AWS::Budgets::Budget", False),
        ({"monitoring": {"monthly_budget_usd": 1}}, "AWS::Budgets::Budget", True),
        (NO_BUDGET, "AWS::EC2::VPC", False),
        ({"network": {"mode": "private"}}, "AWS::EC2::VPC", True),
        (NO_BUDGET, "AWS::EC2::NatGateway", False),
    ],
)
def test_an_environment_holds_the_types_that_its_settings_need(
    sections: dict[str, Any], kind: str, there: bool
) -> None:
    assert (kind in resource_types(make_environment(**sections))) is there
