from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.environments.environment import Environment
from cli.models import model_versions
from cli.models.model_versions import LiveEndpoint
from cli.terminal.errors import Failure, WrongInput
from tests.cli.service import Service, environment, refused


def test_waiting_for_a_version_the_rollout_rejects_is_a_failure(
    dev: Environment, version: int
) -> None:
    found = model_versions.find_version(dev, "churn", version)
    model_versions.set_approval_status(dev, found, "Rejected", "the endpoint rolled back")

    with pytest.raises(Failure, match="was rejected: the endpoint rolled back"):
        model_versions.wait_until_live(dev, "churn", found, lambda _: None)


@pytest.mark.parametrize(
    ("stack", "endpoint", "serving", "differs"),
    [
        ("UPDATE_COMPLETE", "InService", "Config-2", False),
        ("UPDATE_COMPLETE", "InService", "Config-1", True),
        ("UPDATE_ROLLBACK_COMPLETE", "Failed", "Config-1", True),
        ("UPDATE_COMPLETE", "missing", "", True),
        *(
            ("UPDATE_COMPLETE", moving, "Config-1", False)
            for moving in ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")
        ),
        ("UPDATE_IN_PROGRESS", "InService", "Config-1", False),
    ],
)
def test_an_endpoint_at_rest_serves_what_its_stack_says(
    stack: str, endpoint: str, serving: str, differs: bool
) -> None:
    live = LiveEndpoint("group/2", stack, "churn", endpoint, False, serving, "Config-2")

    assert bool(live.disagreement) is differs


def test_before_the_first_version_nothing_disagrees() -> None:
    stack: Any = SimpleNamespace(parameters={}, outputs={}, status="CREATE_COMPLETE")

    found = model_versions.live_endpoint(environment(Service()), "churn", stack)

    assert (found.endpoint, found.agrees, found.disagreement) == ("", False, "")


def test_an_endpoint_that_is_not_there_is_missing_and_one_that_is_hidden_an_error() -> None:
    stack: Any = SimpleNamespace(
        parameters={"ModelPackageArn": "arn:g/2"},
        outputs={"EndpointName": "e", "EndpointConfigName": "Config-2"},
        status="UPDATE_COMPLETE",
    )

    def looked_at(code: str) -> LiveEndpoint:
        service = Service(describe_endpoint=[refused(code)])
        return model_versions.live_endpoint(environment(service), "churn", stack)

    found = looked_at("ValidationException")
    assert (found.endpoint_status, found.agrees, found.wanted) == ("missing", False, "Config-2")
    with pytest.raises(ClientError, match="AccessDenied"):
        looked_at("AccessDeniedException")


def test_versions_are_listed_newest_first_and_found_by_their_number() -> None:
    def described(number: int) -> dict[str, Any]:
        return {
            "ModelPackageArn": f"arn:g/{number}",
            "ModelApprovalStatus": "Approved",
            "CreationTime": None,
        }

    arns = [{"ModelPackageArn": f"arn:g/{n}"} for n in (2, 10, 1)]
    env = environment(
        Service(
            list_model_packages=[{"ModelPackageSummaryList": arns}],
            describe_model_package=[described(n) for n in (2, 10, 1, 2, 10, 1)] + [described(1)],
        )
    )

    assert [one.number for one in model_versions.list_versions(env, "churn")] == [10, 2, 1]
    assert model_versions.find_version(env, "churn", 2).number == 2
    with pytest.raises(WrongInput, match="churn: no version 3; there is 1"):
        model_versions.find_version(env, "churn", 3)
