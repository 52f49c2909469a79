"""Which calls make and change endpoints, notebook instances and model package groups."""

from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.handlers import native_sagemaker
from sandbox.handlers.native_sagemaker import Endpoint, ModelPackageGroup, NotebookInstance
from sandbox.handlers.resource import ResourceError
from tests.sandbox.handlers.recorder import Recorder, made, resource

GROUP = {"create_model_package_group": {"ModelPackageGroupArn": "arn:g"}}
NOTEBOOK = {"create_notebook_instance": {"NotebookInstanceArn": "arn:n"}}


def state(config: str = "c", status: str = "InService", **more: str) -> dict[str, str]:
    return {"EndpointStatus": status, "EndpointConfigName": config, **more}


class Endpoints(Recorder):
    """An endpoint that is described so, one answer after the other, the last one for ever."""

    def __init__(self, *states: dict[str, str]) -> None:
        super().__init__(create_endpoint={"EndpointArn": "arn:e"})
        self.__dict__["states"] = list(states)

    states: list[dict[str, str]]

    def call(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        answer = super().call(service, operation, parameters)
        if operation == "describe_endpoint":
            return self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return answer


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_sagemaker, "_POLL_SECONDS", 0)


@pytest.mark.parametrize("more", [{}, {"Tags": [{"Key": "k"}]}, {"DeploymentConfig": {}}])
def test_an_endpoint_is_made_and_waited_for(more: dict[str, Any]) -> None:
    aws = Endpoints(state(status="Creating"), state())
    one = resource(EndpointName="e", EndpointConfigName="arn:x/c", **more)

    Endpoint().create(aws, one)

    sent = {"EndpointName": "e", "EndpointConfigName": "c", **more}
    assert aws.named("create_endpoint") == [sent]
    assert len(aws.named("describe_endpoint")) == 2
    assert (one.physical_id, one.attributes) == ("arn:e", {"EndpointName": "e"})


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        (state(status="Failed", FailureReason="no capacity"), "no capacity"),
        (state(status="Failed"), "no reason was given"),
        (state("before"), "no reason was given"),
        (state("before", FailureReason="an alarm"), "an alarm"),
        (state(status="UpdateRollbackFailed", FailureReason="no capacity"), "no capacity"),
    ],
)
def test_an_endpoint_that_does_not_serve_what_it_should_fails_with_its_reason(
    ended: dict[str, str], reason: str
) -> None:
    with pytest.raises(ResourceError, match=f"endpoint e did not come into service: {reason}"):
        Endpoint().create(Endpoints(ended), resource(EndpointName="e", EndpointConfigName="c"))


def test_an_endpoint_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_sagemaker, "_STABLE_SECONDS", -1)
    aws, one = Endpoints(state(status="Updating")), resource(EndpointConfigName="c")

    with pytest.raises(ResourceError, match="is still Updating; look at its log"):
        Endpoint().create(aws, one)


@pytest.mark.parametrize("policy", ["BlueGreenUpdatePolicy", "RollingUpdatePolicy"])
def test_a_deployment_in_steps_is_waited_for_as_long_as_it_may_take(
    policy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = iter([0.0, 500.0, 1_199.0, 1_201.0])
    monkeypatch.setattr(
        native_sagemaker,
        "time",
        SimpleNamespace(monotonic=lambda: next(passed), sleep=lambda seconds: None),
    )
    strategy = {policy: {"MaximumExecutionTimeoutInSeconds": 600}}
    aws = Endpoints(state(status="Updating"))

    with pytest.raises(ResourceError, match="is still Updating"):
        Endpoint().create(aws, resource(EndpointConfigName="c", DeploymentConfig=strategy))
    assert len(aws.named("describe_endpoint")) == 3


@pytest.mark.parametrize(
    "more",
    [
        {"DeploymentConfig": {"RollingUpdatePolicy": {}}},
        {"RetainDeploymentConfig": True},
        {"RetainAllVariantProperties": True},
        {"ExcludeRetainedVariantProperties": [{"VariantPropertyType": "DesiredWeight"}]},
    ],
    ids=lambda more: next(iter(more)),
)
def test_an_endpoint_changes_in_place_as_its_template_says(more: dict[str, Any]) -> None:
    aws = Endpoints(state("old"), state("new"))
    new = resource(EndpointConfigName="new", Tags=[], **more)

    assert Endpoint().update(aws, new, made(EndpointConfigName="old")) is False
    assert aws.named("update_endpoint") == [
        {"EndpointName": "name", "EndpointConfigName": "new", **more}
    ]


@pytest.mark.parametrize(
    ("was", "now", "status", "asked"),
    [
        ("old", "new", "InService", False),
        ("old", "new", "Failed", False),
        ("old", "new", "Updating", True),
        ("new", "new", "Updating", False),
    ],
)
def test_an_endpoint_that_serves_it_already_is_asked_only_while_it_changes(
    was: str, now: str, status: str, asked: bool
) -> None:
    aws = Endpoints(state("new", status), state("new"))

    Endpoint().update(aws, resource(EndpointConfigName=now), made(EndpointConfigName=was))

    assert bool(aws.named("update_endpoint")) is asked


def test_another_name_is_another_endpoint_and_the_same_one_is_in_its_way() -> None:
    aws, new = Endpoints(state()), resource(EndpointName="f", EndpointConfigName="c")

    assert Endpoint().update(aws, new, made(EndpointName="e", EndpointConfigName="c")) is True
    assert aws.operations()[0] == "create_endpoint"


@pytest.mark.parametrize(
    "name",
    ["SubnetId", "SecurityGroupIds", "KmsKeyId", "DirectInternetAccess", "PlatformIdentifier"],
)
@pytest.mark.aws_row("R132")
def test_what_a_notebook_instance_cannot_change_needs_another_one(name: str) -> None:
    aws, new = Recorder(**NOTEBOOK), resource(**{name: "other"})

    assert NotebookInstance().update(aws, new, made()) is True
    assert aws.operations() == ["create_notebook_instance"]
    typed: dict[str, str] = {"NotebookInstanceName": "lab"}
    with pytest.raises(ResourceError, match="Rename lab and update the stack again"):
        NotebookInstance().update(aws, resource(**typed, **{name: "other"}), made(**typed))


def test_a_notebook_instance_of_another_name_is_another_one() -> None:
    new = resource(NotebookInstanceName="b")

    assert NotebookInstance().update(Recorder(**NOTEBOOK), new, made(NotebookInstanceName="a"))


@pytest.mark.parametrize(
    ("status", "around"),
    [
        ("InService", ("stop_notebook_instance", "start_notebook_instance")),
        ("Stopped", None),
        ("Failed", None),
    ],
)
def test_a_notebook_instance_stops_for_a_change_and_runs_again_if_it_ran(
    status: str, around: tuple[str, str] | None
) -> None:
    aws = Recorder(describe_notebook_instance={"NotebookInstanceStatus": status}, **NOTEBOOK)

    new = resource(VolumeSizeInGB=21, PlatformIdentifier="p", Tags=[])
    old = made(VolumeSizeInGB=20, PlatformIdentifier="p", Tags=[])
    assert NotebookInstance().update(aws, new, old) is False

    changed = ["describe_notebook_instance", "update_notebook_instance"]
    if around:
        changed = [changed[0], around[0], changed[1], around[1]]
    assert aws.operations() == changed
    # The platform and the tags are no part of this call.
    (given,) = aws.named("update_notebook_instance")
    assert given == {"VolumeSizeInGB": 21, "NotebookInstanceName": "name"}


@pytest.mark.parametrize("name", ["ModelPackageGroupName", "ModelPackageGroupDescription"])
def test_another_name_or_description_needs_another_group(name: str) -> None:
    aws, new = Recorder(**GROUP), resource(**{name: "other"})

    assert ModelPackageGroup().update(aws, new, made()) is True
    assert aws.operations()[0] == "create_model_package_group"


def test_a_group_with_a_typed_name_is_in_the_way_of_another() -> None:
    typed = {"ModelPackageGroupName": "g"}

    with pytest.raises(ResourceError, match="Rename g and update the stack again"):
        ModelPackageGroup().update(
            Recorder(**GROUP), resource(**typed, ModelPackageGroupDescription="d"), made(**typed)
        )


@pytest.mark.parametrize(
    ("policy", "operation"),
    [
        (None, "delete_model_package_group_policy"),
        ({"S": 1}, "put_model_package_group_policy"),
        ('{"S": 1}', "put_model_package_group_policy"),
    ],
)
def test_the_policy_of_a_group_changes_in_place(policy: Any, operation: str) -> None:
    aws, new = (
        Recorder(),
        resource(**({} if policy is None else {"ModelPackageGroupPolicy": policy})),
    )

    assert ModelPackageGroup().update(aws, new, made()) is False
    assert aws.operations() == [operation]
    if policy is not None:
        assert aws.calls[0][1]["ResourcePolicy"] == '{"S": 1}'
