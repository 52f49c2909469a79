"""How what CloudFormation detects and what our own readers see become one report."""

from types import SimpleNamespace
from typing import Any

import pytest

from cfn.live.differences import Difference
from cfn.live.network import template_rule
from cfn.live.readers import UNREADABLE
from cli.drift import environment_drift
from cli.drift.cloudformation_drift import DriftDetectionError
from cli.drift.environment_drift import Drifted, find_drift
from cli.terminal.errors import Failure
from tests.cli.service import Service, refused

GROUP = "AWS::EC2::SecurityGroup"
Seen = tuple[str, list[Difference], bool]


class Deployed:
    """A deployed stack, what AWS shows of its resources, and what CloudFormation detects."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **resources: tuple[str, Any]) -> None:
        self.resources, self.live = resources, dict[str, Any]()
        self.detects: list[Seen] | Exception = []
        self.left_over: list[dict[str, str]] = []
        readers = {kind: self._read for kind, _ in resources.values() if "::No" not in kind}
        monkeypatch.setattr(environment_drift, "READERS", readers)
        monkeypatch.setattr(environment_drift, "detected_drift", self._detect)

    def _read(self, call: Any, physical_id: str) -> Any:
        answer = self.live[physical_id]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _detect(self, formation: Any, stack: str, poll_seconds: float) -> list[Seen]:
        if isinstance(self.detects, Exception):
            raise self.detects
        return self.detects

    def report(self) -> environment_drift.DriftReport:
        bodies = {
            name: {"Type": kind, "Properties": given}
            for name, (kind, given) in self.resources.items()
        }
        summaries = [
            {
                "LogicalResourceId": name,
                "ResourceType": body["Type"],
                "PhysicalResourceId": f"id-{name}",
                "ResourceStatus": "CREATE_COMPLETE",
            }
            for name, body in bodies.items()
        ]
        service = Service(
            get_caller_identity=[{"Account": "1", "Arn": "arn:aws:iam::1:user/x"}],
            list_exports=[{"Exports": [{"Name": "e", "Value": "exported"}]}],
            describe_availability_zones=[{"AvailabilityZones": []}],
            get_template=[{"TemplateBody": {"Resources": bodies}}],
            list_stack_resources=[{"StackResourceSummaries": [*summaries, *self.left_over]}],
            describe_stacks=[{"Stacks": [{"StackId": "arn:stack"}]}],
        )
        stack = SimpleNamespace(name="S", outputs={"Out": "put"}, parameters={})
        env: Any = SimpleNamespace(
            aws=lambda name: service,
            stacks=lambda: {"S": stack, "Other": None},
            poll_seconds=0,
            connection=SimpleNamespace(region="us-east-1"),
        )
        return find_drift(env)

    def told(self) -> list[tuple[str, list[str], bool]]:
        """Each resource that drifted: its name, the paths that differ, and whether it is gone."""
        return [
            (one.logical_id, [it.path for it in one.differences], one.is_gone)
            for one in self.report().drifted
        ]


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch) -> Deployed:
    found = Deployed(monkeypatch, It=("AWS::SNS::Topic", {"DisplayName": "a", "TopicName": "t"}))
    found.live["id-It"] = {"DisplayName": "a", "TopicName": "t"}
    return found


def test_a_drifted_resource_is_there_unless_it_is_said_to_be_gone() -> None:
    assert not Drifted("S", "It", "T", "id", ()).is_gone


def test_nothing_deployed_is_an_error_with_the_command_that_deploys() -> None:
    env: Any = SimpleNamespace(
        stacks=lambda: {"S": None},
        config=SimpleNamespace(stage="kiban-dev"),
        command=lambda words: f"./kiban {words}",
    )

    with pytest.raises(Failure, match=r"kiban-dev: not deployed here; .*: ./kiban deploy"):
        find_drift(env)


OWN, MORE = Difference("DisplayName", "a", "b"), Difference("Other/0", 1, 2)


@pytest.mark.parametrize(
    ("live", "detects", "told"),
    [
        ("a", [], []),
        ("b", [], [("It", ["DisplayName"], False)]),
        ("b", [("It", [OWN], False)], [("It", ["DisplayName"], False)]),
        ("b", [("It", [OWN, MORE], False)], [("It", ["DisplayName", "Other/0"], False)]),
        ("a", [("It", [MORE], False)], [("It", ["Other/0"], False)]),
        ("a", [("It", [], False)], []),
        ("a", [("It", [], True)], [("It", [], True)]),
        ("b", [("It", [], True)], [("It", ["DisplayName"], True)]),
        ("a", [("Unknown", [MORE], False)], []),
    ],
)
def test_what_cloudformation_saw_and_we_did_not_is_added(
    topic: Deployed, live: str, detects: list[Seen], told: list[Any]
) -> None:
    topic.live["id-It"]["DisplayName"], topic.detects = live, detects

    assert topic.told() == told


@pytest.mark.parametrize(
    ("error", "told", "unread"),
    [
        (KeyError("x"), [("It", [], True)], ()),
        (refused("NotFound"), [("It", [], True)], ()),
        (refused("AccessDenied", "not you"), [], (("S/It", "not you"),)),
    ],
)
@pytest.mark.parametrize("detects", [[], [("It", [], False)]])
def test_what_is_not_there_is_gone_and_what_is_refused_unread(
    topic: Deployed, error: Exception, told: list[Any], unread: Any, detects: list[Seen]
) -> None:
    topic.live["id-It"], topic.detects = error, detects

    assert topic.told() == told
    assert (topic.report().unread, topic.report().compared) == (unread, 1 - len(unread))


@pytest.mark.parametrize(
    "error", [DriftDetectionError("too slow"), refused("Throttling", "too slow")]
)
def test_a_stack_that_cloudformation_does_not_look_at_is_unread(
    topic: Deployed, error: Exception
) -> None:
    topic.detects = error

    assert topic.report().unread == (("S", "CloudFormation detected nothing: too slow"),)


@pytest.mark.parametrize(
    ("kind", "unread"),
    [
        ("AWS::No::Reader", (("S/It", "AWS::No::Reader: no reader; look at it by hand"),)),
        (sorted(UNREADABLE)[0], ()),
    ],
)
def test_a_type_without_a_reader_is_unread_unless_there_is_nothing_to_read(
    kind: str, unread: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed = Deployed(monkeypatch, It=(kind, {}))
    monkeypatch.setattr(environment_drift, "READERS", {})

    assert deployed.report().unread == unread


@pytest.mark.parametrize(
    ("kind", "targets"), [("AWS::SNS::TopicPolicy", "Topics"), ("AWS::SQS::QueuePolicy", "Queues")]
)
def test_a_policy_is_read_where_it_is_written_to(
    kind: str, targets: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {targets: ["one", "two"], "PolicyDocument": {"Statement": ["a"]}}
    deployed = Deployed(monkeypatch, It=(kind, given))
    deployed.live = {name: {"PolicyDocument": {"Statement": ["a"]}} for name in given[targets]}

    assert "id-It" not in deployed.live
    assert deployed.told() == []


def test_what_is_deleted_or_in_no_template_is_left_out(topic: Deployed) -> None:
    gone = {"LogicalResourceId": "It", "ResourceType": "AWS::SNS::Topic"}
    stray = {**gone, "LogicalResourceId": "Stray", "PhysicalResourceId": "x"}
    topic.left_over = [
        {**gone, "PhysicalResourceId": "deleted", "ResourceStatus": "DELETE_COMPLETE"},
        {**stray, "ResourceStatus": "CREATE_COMPLETE"},
    ]

    assert (topic.told(), topic.report().compared) == ([], 1)


RULE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16"}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AWS::EC2::SecurityGroupIngress", "SecurityGroupIngress"),
        ("AWS::EC2::SecurityGroupEgress", "SecurityGroupEgress"),
    ],
)
def test_a_rule_of_its_own_is_expected_of_its_group(
    kind: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = {**RULE, "GroupId": {"Ref": "Group"}}
    deployed = Deployed(monkeypatch, Group=(GROUP, {}), Rule=(kind, rule), Other=(GROUP, {}))
    deployed.live = {"id-Group": {name: [template_rule(RULE)]}, "id-Other": {}, "id-Rule": {}}
    # CloudFormation takes the rule for a change of the group.
    deployed.detects = [("Group", [Difference(f"{name}/0", None, RULE)], False)]

    assert deployed.told() == []
    deployed.live["id-Group"] = {name: []}
    assert [one[0] for one in deployed.told()] == ["Group"]
