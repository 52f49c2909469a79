from typing import Any

import pytest

from config.stack_names import all_stacks
from tests.templates.environments import make_environment

DELIVERY = {"provider": "github", "repository": "team/kiban"}
OF_CHURN = ["Inference-churn", "Training-churn"]


@pytest.mark.parametrize(
    ("sections", "names"),
    [
        ({}, ["Storage", "Monitoring", "Registry", *OF_CHURN, "Workbench"]),
        (
            {"network": {"mode": "private"}},
            ["Storage", "Monitoring", "Network", "Registry", *OF_CHURN, "Workbench"],
        ),
        (
            {"delivery": DELIVERY},
            ["Delivery", "Storage", "Monitoring", "Registry", *OF_CHURN, "Workbench"],
        ),
    ],
)
def test_the_stacks_of_an_environment_follow_its_file(
    sections: dict[str, Any], names: list[str]
) -> None:
    assert all_stacks(make_environment(**sections)) == names
