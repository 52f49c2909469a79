"""The workflow's states that make an image, run as they are against a registry and an account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.ecr import builds
from sandbox.servicequotas import quotas
from tests.sandbox.runtime.cloud import Cloud, allow, fresh, wait_for
from tests.sandbox.runtime.container_source import zipped
from tests.templates.model_stacks import model_stacks

TOO_MANY = "python: unexpected status: 429 Too Many Requests"
STATES = ("BuildImage", "WhyNoImage", "WaitForRegistry", "CountRegistryWait")


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    yield
    builds.REGISTRY_FAILURES.clear()
    quotas.reset()


@pytest.fixture(scope="module")
def role(cloud: Cloud) -> str:
    return cloud.role(fresh("builder"), allow("*"))


def definition(project: str) -> dict[str, Any]:
    """The states of the workflow, which now end with an image or with the failure."""
    whole = model_stacks().definition("workflow")
    states = {name: whole["States"][name] for name in STATES}
    tag = [{"Name": "IMAGE_TAG", "Value": fresh("retried")}]
    states["BuildImage"]["Arguments"] = {
        "ProjectName": project,
        "EnvironmentVariablesOverride": tag,
    }
    begin = {"Type": "Pass", "Assign": {"registryWaits": 0}, "Next": "BuildImage"}
    done = {"Type": "Pass", "Output": "{% $registryWaits %}", "End": True}
    failed = {"Type": "Fail", "Cause": "{% $failure.Cause %}"}
    ends = {"Begin": begin, "FindChampion": done, "NotifyFailure": failed}
    return {"QueryLanguage": "JSONata", "StartAt": "Begin", "States": states | ends}


def attempts(cloud: Cloud, project: str) -> int:
    return len(cloud.client("codebuild").list_builds_for_project(projectName=project)["ids"])


def test_a_build_that_the_registry_refused_is_tried_again(cloud: Cloud, role: str) -> None:
    project = cloud.project(zipped({"README": "refused twice"}))
    builds.REGISTRY_FAILURES += [TOO_MANY, TOO_MANY]

    execution = cloud.run(definition(project), role)

    assert execution["status"] == "SUCCEEDED", execution["cause"]
    assert json.loads(execution["output"]) == 2
    assert attempts(cloud, project) == 3


def test_a_registry_that_refuses_for_ever_is_given_up_with_codebuilds_words(
    cloud: Cloud, role: str
) -> None:
    project = cloud.project(zipped({"README": "refused for ever"}))
    builds.REGISTRY_FAILURES += [TOO_MANY] * 9

    execution = cloud.run(definition(project), role)

    assert execution["status"] == "FAILED"
    assert attempts(cloud, project) == 6
    phases = json.loads(execution["cause"])["Build"]["Phases"]
    (context,) = [one for phase in phases for one in phase.get("Contexts", [])]
    assert context["StatusCode"] == "COMMAND_EXECUTION_ERROR"
    assert context["Message"].endswith("Reason: exit status 75")


def test_a_build_whose_packages_do_not_exist_is_not_tried_again(cloud: Cloud, role: str) -> None:
    project = cloud.project(zipped({"requirements.txt": "./not-there\n"}))

    execution = cloud.run(definition(project), role)

    assert execution["status"] == "FAILED"
    assert attempts(cloud, project) == 1


def test_an_account_without_builds_is_asked_again_until_it_has_one(cloud: Cloud, role: str) -> None:
    project = cloud.project(zipped({"README": "a new account"}))
    raise_quota = cloud.client("service-quotas").request_service_quota_increase
    limit = {"ServiceCode": "codebuild", "QuotaCode": "L-9D07B6EF"}
    raise_quota(**limit, DesiredValue=0)
    steps = cloud.client("stepfunctions")
    machine = cloud.machine(definition(project), role)
    started = steps.start_execution(stateMachineArn=machine)["executionArn"]

    def refused() -> list[Any]:
        events = steps.get_execution_history(executionArn=started)["events"]
        return [one for one in events if "builds in queue" in json.dumps(one, default=str)]

    wait_for(refused)
    raise_quota(**limit, DesiredValue=1)

    execution = cloud.executed(started)
    assert execution["status"] == "SUCCEEDED", execution.get("cause")
    assert attempts(cloud, project) == 1
