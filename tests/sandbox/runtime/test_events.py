from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.eventbridge import cron, events, input_transformers, schedules
from tests.sandbox.runtime.cloud import ACCOUNT, REGION, Cloud, allow, fresh, wait_for

_PASS = {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": True}}}


class Inbox:
    """A queue that a rule delivers to."""

    def __init__(self, cloud: Cloud) -> None:
        self._sqs, name = cloud.client("sqs"), fresh("inbox")
        self.url = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        self.arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"

    def read(self) -> list[dict[str, Any]]:
        """Return and forget the messages that have arrived, with attributes."""
        found: list[dict[str, Any]] = []
        while page := self._sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            found += page
            for message in page:
                self._sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def bodies(self) -> list[Any]:
        """Return and forget what has arrived."""
        return [json.loads(message["Body"]) for message in self.read()]


def _rule(cloud: Cloud, pattern: dict[str, Any], target: dict[str, Any], **rule: Any) -> str:
    bus, name = cloud.client("events"), fresh("rule")
    bus.put_rule(Name=name, EventPattern=json.dumps(pattern), **rule)
    bus.put_targets(Rule=name, Targets=[{"Id": "1", **target}])
    return name


def _send(cloud: Cloud, source: str, detail: Any = None) -> None:
    entry = {"Source": source, "DetailType": "Test", "Detail": json.dumps(detail or {"a": 1})}
    assert cloud.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


@pytest.fixture
def bucket(empty_cloud: Cloud) -> str:
    """A bucket that tells EventBridge what happens in it."""
    s3, name = empty_cloud.client("s3"), fresh("events")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    return name


def test_an_object_gives_one_event_with_the_fields_of_aws(empty_cloud: Cloud, bucket: str) -> None:
    inbox = Inbox(empty_cloud)
    pattern = {
        "source": ["aws.s3"],
        "detail": {"bucket": {"name": [bucket]}, "object": {"key": [{"suffix": "/_READY"}]}},
    }
    _rule(empty_cloud, pattern, {"Arn": inbox.arn})
    s3 = empty_cloud.client("s3")
    s3.put_object(Bucket=bucket, Key="churn/v1/train.csv", Body=b"1")
    s3.put_object(Bucket=bucket, Key="churn/v1/_READY", Body=b"")

    (event,) = inbox.bodies()
    assert event["detail-type"] == "Object Created"
    assert event["time"].endswith("Z")
    assert event["detail"]["reason"] == "PutObject"
    assert event["detail"]["object"]["key"] == "churn/v1/_READY"
    assert event["detail"]["object"]["etag"] == "d41d8cd98f00b204e9800998ecf8427e"
    assert "version-id" not in event["detail"]["object"]


@pytest.mark.aws_row("R229")
def test_a_multipart_upload_gives_one_event(empty_cloud: Cloud, bucket: str) -> None:
    inbox, s3 = Inbox(empty_cloud), empty_cloud.client("s3")
    _rule(empty_cloud, {"detail": {"bucket": {"name": [bucket]}}}, {"Arn": inbox.arn})
    upload = s3.create_multipart_upload(Bucket=bucket, Key="big")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="big", UploadId=upload, PartNumber=1, Body=b"x")
    s3.complete_multipart_upload(
        Bucket=bucket,
        Key="big",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )

    reasons = [event["detail"]["reason"] for event in inbox.bodies()]
    assert reasons == ["CompleteMultipartUpload"]


def test_a_versioned_bucket_tells_the_version(empty_cloud: Cloud, bucket: str) -> None:
    inbox, s3 = Inbox(empty_cloud), empty_cloud.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    _rule(empty_cloud, {"detail": {"bucket": {"name": [bucket]}}}, {"Arn": inbox.arn})
    version = s3.put_object(Bucket=bucket, Key="a", Body=b"1")["VersionId"]

    (event,) = inbox.bodies()
    assert event["detail"]["object"]["version-id"] == version


def test_a_deleted_object_gives_an_event(empty_cloud: Cloud, bucket: str) -> None:
    inbox, s3 = Inbox(empty_cloud), empty_cloud.client("s3")
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    _rule(empty_cloud, {"detail-type": ["Object Deleted"]}, {"Arn": inbox.arn})
    s3.delete_object(Bucket=bucket, Key="a")

    (event,) = inbox.bodies()
    assert event["detail"]["deletion-type"] == "Permanently Deleted"


def test_the_same_event_twice_starts_one_execution(empty_cloud: Cloud) -> None:
    """Intake: the execution's name is a hash of the object's version."""
    everything = empty_cloud.role(fresh("role"), allow("*"))
    workflow = empty_cloud.machine(_PASS, everything)
    start = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:startExecution",
        "Parameters": {
            "StateMachineArn": workflow,
            "Name.$": "States.Hash($.detail.version, 'SHA-256')",
            "Input": {},
        },
        "Catch": [
            {"ErrorEquals": ["Sfn.ExecutionAlreadyExistsException"], "Next": "Known"},
        ],
        "End": True,
    }
    states = {"Start": start, "Known": {"Type": "Succeed"}}
    intake = empty_cloud.machine({"StartAt": "Start", "States": states}, everything)
    source = fresh("source")
    _rule(empty_cloud, {"source": [source]}, {"Arn": intake, "RoleArn": everything})
    for _ in range(2):
        _send(empty_cloud, source, {"version": "abc"})
    client = empty_cloud.client("stepfunctions")

    def finished() -> Any:
        found = client.list_executions(stateMachineArn=intake)["executions"]
        return found if [e["status"] for e in found] == ["SUCCEEDED", "SUCCEEDED"] else None

    wait_for(finished)
    assert len(client.list_executions(stateMachineArn=workflow)["executions"]) == 1


@pytest.mark.aws_row("R197")
def test_a_rule_whose_role_may_not_start_the_machine_goes_to_the_dead_letters(
    empty_cloud: Cloud,
) -> None:
    letters, source = Inbox(empty_cloud), fresh("source")
    role = empty_cloud.role(fresh("role"), allow("sns:Publish"))
    machine = empty_cloud.machine(_PASS, role)
    target = {"Arn": machine, "RoleArn": role, "DeadLetterConfig": {"Arn": letters.arn}}
    name = _rule(empty_cloud, {"source": [source]}, target)
    _send(empty_cloud, source)

    (letter,) = letters.read()
    attributes = {k: v["StringValue"] for k, v in letter["MessageAttributes"].items()}
    assert attributes["ERROR_CODE"] == "NO_PERMISSIONS"
    assert attributes["RULE_ARN"].endswith(f"rule/{name}")
    assert attributes["TARGET_ARN"] == machine
    assert json.loads(letter["Body"])["source"] == source
    failed = [d for d in events.DELIVERIES if d.rule == name]
    assert "states:StartExecution" in failed[0].error


def test_a_target_that_is_not_emulated_is_named_and_stops_nobody(empty_cloud: Cloud) -> None:
    inbox, source = Inbox(empty_cloud), fresh("source")
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
    name = _rule(empty_cloud, {"source": [source]}, {"Arn": function})
    _rule(empty_cloud, {"source": [source]}, {"Arn": inbox.arn})
    _send(empty_cloud, source)

    assert len(inbox.bodies()) == 1
    (delivery,) = [d for d in events.DELIVERIES if d.rule == name]
    assert "a lambda target is not emulated" in delivery.error


def test_a_disabled_rule_delivers_nothing(empty_cloud: Cloud) -> None:
    inbox, source = Inbox(empty_cloud), fresh("source")
    _rule(empty_cloud, {"source": [source]}, {"Arn": inbox.arn}, State="DISABLED")
    _send(empty_cloud, source)

    assert inbox.bodies() == []


@pytest.mark.parametrize(
    ("condition", "taken"),
    [
        ([{"wildcard": "churn/*/_READY"}], True),
        ([{"wildcard": "fraud/*/_READY"}], False),
        ([{"prefix": "churn/"}], True),
        ([{"suffix": "_READY"}], True),
        ([{"anything-but": ["churn/v1/_READY"]}], False),
        ([{"anything-but": {"prefix": "fraud/"}}], True),
        (["churn/v1/_READY"], True),
    ],
)
def test_patterns_match_as_eventbridge_matches(
    empty_cloud: Cloud, condition: list[Any], taken: bool
) -> None:
    inbox, source = Inbox(empty_cloud), fresh("source")
    _rule(empty_cloud, {"source": [source], "detail": {"key": condition}}, {"Arn": inbox.arn})
    _send(empty_cloud, source, {"key": "churn/v1/_READY"})

    assert bool(inbox.bodies()) is taken


@pytest.mark.parametrize(
    ("target", "payload"),
    [
        ({"Input": '{"Reason": "schedule"}'}, {"Reason": "schedule"}),
        ({"InputPath": "$.detail"}, {"name": 'a "quoted" word', "n": 7}),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"name": "$.detail.name", "n": "$.detail.n", "x": "$.no"},
                    "InputTemplate": '{"Reason": "alarm <name>", "n": <n>, "x": <x>, "s": "<n>"}',
                }
            },
            {"Reason": 'alarm a "quoted" word', "n": 7, "x": None, "s": "7"},
        ),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"name": "$.detail.name"},
                    "InputTemplate": '{"name": <name>, "kept": "<other>"}',
                }
            },
            {"name": 'a "quoted" word', "kept": "<other>"},
        ),
    ],
)
def test_inputs_are_made_as_eventbridge_makes_them(target: dict[str, Any], payload: Any) -> None:
    event = {"detail": {"name": 'a "quoted" word', "n": 7}}

    assert input_transformers.apply(target, event) == payload


def test_events_reach_topics_logs_and_other_buses(empty_cloud: Cloud) -> None:
    inbox, source = Inbox(empty_cloud), fresh("source")
    sns, bus = empty_cloud.client("sns"), empty_cloud.client("events")
    topic = sns.create_topic(Name=fresh("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=inbox.arn)
    _rule(empty_cloud, {"source": [source]}, {"Arn": topic})
    group = fresh("/aws/events/log")
    _rule(
        empty_cloud,
        {"source": [source]},
        {"Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"},
    )
    other = bus.create_event_bus(Name=fresh("bus"))["EventBusArn"]
    _rule(empty_cloud, {"source": [source]}, {"Arn": other})
    second, name = Inbox(empty_cloud), fresh("rule")
    bus_name = other.rpartition("/")[2]
    pattern = json.dumps({"source": [source]})
    bus.put_rule(Name=name, EventPattern=pattern, EventBusName=bus_name)
    targets = [{"Id": "1", "Arn": second.arn}]
    bus.put_targets(Rule=name, EventBusName=bus_name, Targets=targets)
    _send(empty_cloud, source)

    assert json.loads(inbox.bodies()[0]["Message"])["source"] == source
    assert json.loads(empty_cloud.logs(group, "")[0])["source"] == source
    assert second.bodies()[0]["source"] == source


def test_sagemaker_tells_the_states_of_jobs_and_endpoints(cloud: Cloud) -> None:
    inbox = Inbox(cloud)
    _rule(cloud, {"source": ["aws.sagemaker"]}, {"Arn": inbox.arn})
    artifact = cloud.ended(cloud.train())["ModelArtifacts"]["S3ModelArtifacts"]
    name = fresh("told")
    cloud.client("sagemaker").create_endpoint(
        EndpointName=name, EndpointConfigName=cloud.configuration(artifact)
    )
    cloud.settled(name)
    cloud.client("sagemaker").delete_endpoint(EndpointName=name)

    told = inbox.bodies()
    jobs = [e["detail"] for e in told if "Training Job" in e["detail-type"]]
    assert [job["SecondaryStatus"] for job in jobs][-1] == "Completed"
    assert isinstance(jobs[0]["CreationTime"], int)
    assert jobs[0]["Tags"] == {}
    states = [e["detail"]["EndpointStatus"] for e in told if "Endpoint" in e["detail-type"]]
    assert states == ["CREATING", "IN_SERVICE", "DELETING"]


def test_a_package_is_announced_when_it_is_made_and_when_it_is_approved(
    empty_cloud: Cloud,
) -> None:
    inbox, group = Inbox(empty_cloud), fresh("group")
    pattern = {
        "detail-type": ["SageMaker Model Package State Change"],
        "detail": {"ModelPackageGroupName": [group]},
    }
    _rule(empty_cloud, pattern, {"Arn": inbox.arn})
    sagemaker = empty_cloud.client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName=group)
    arn = sagemaker.create_model_package(ModelPackageGroupName=group)["ModelPackageArn"]
    sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")

    details = [event["detail"] for event in inbox.bodies()]
    statuses = [detail["ModelApprovalStatus"] for detail in details]
    assert statuses == ["PendingManualApproval", "Approved"]
    assert {detail["ModelPackageArn"] for detail in details} == {arn}


def test_executions_tell_their_status(empty_cloud: Cloud) -> None:
    inbox = Inbox(empty_cloud)
    machine = empty_cloud.machine(_PASS, empty_cloud.role(fresh("role"), allow("*")))
    pattern = {"source": ["aws.states"], "detail": {"stateMachineArn": [machine]}}
    _rule(empty_cloud, pattern, {"Arn": inbox.arn})
    execution = empty_cloud.client("stepfunctions").start_execution(
        stateMachineArn=machine, input='{"a": 1}'
    )["executionArn"]
    told: list[dict[str, Any]] = []

    def both() -> bool:
        told.extend(inbox.bodies())
        return len(told) == 2

    wait_for(both)
    assert [event["detail"]["status"] for event in told] == ["RUNNING", "SUCCEEDED"]
    assert {event["detail"]["executionArn"] for event in told} == {execution}
    assert json.loads(told[1]["detail"]["output"]) == {"a": 1}


def test_setting_an_alarm_tells_eventbridge_once_and_publishes_its_action(
    empty_cloud: Cloud,
) -> None:
    inbox, actions, name = Inbox(empty_cloud), Inbox(empty_cloud), fresh("alarm")
    sns, cloudwatch = empty_cloud.client("sns"), empty_cloud.client("cloudwatch")
    topic = sns.create_topic(Name=fresh("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=actions.arn)
    pattern = {
        "source": ["aws.cloudwatch"],
        "detail": {"alarmName": [name], "state": {"value": ["ALARM"]}},
    }
    _rule(empty_cloud, pattern, {"Arn": inbox.arn})
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="Own",
        MetricName="drift",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        Statistic="Average",
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[topic],
    )
    for _ in range(2):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="drift")

    (event,) = inbox.bodies()
    assert event["detail"]["state"]["reason"] == "drift"
    assert event["resources"][0].endswith(f"alarm:{name}")
    assert json.loads(actions.bodies()[0]["Message"])["AlarmName"] == name


@pytest.fixture
def scheduled(empty_cloud: Cloud) -> tuple[str, str]:
    """A state machine, and a role that may start it."""
    role = empty_cloud.role(fresh("role"), allow("states:StartExecution"))
    return empty_cloud.machine(_PASS, role), role


def _schedule(cloud: Cloud, arn: str, role: str, **more: Any) -> str:
    name = fresh("schedule")
    target = {"Arn": arn, "RoleArn": role, "Input": '{"Reason": "schedule"}'}
    cloud.client("scheduler").create_schedule(
        Name=name,
        ScheduleExpression=more.get("expression", "cron(0 3 ? * MON *)"),
        ScheduleExpressionTimezone=more.get("zone", "UTC"),
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={**target, **more.get("target", {})},
    )
    return name


def _inputs(cloud: Cloud, machine: str) -> list[Any]:
    states = cloud.client("stepfunctions")
    found = states.list_executions(stateMachineArn=machine)["executions"]
    arns = [execution["executionArn"] for execution in found]
    return [json.loads(states.describe_execution(executionArn=arn)["input"]) for arn in arns]


def test_a_schedule_fires_when_it_is_asked(empty_cloud: Cloud, scheduled: tuple[str, str]) -> None:
    machine, role = scheduled
    schedules.fire(_schedule(empty_cloud, machine, role))

    assert _inputs(empty_cloud, machine) == [{"Reason": "schedule"}]


def test_a_universal_target_calls_the_api(empty_cloud: Cloud, scheduled: tuple[str, str]) -> None:
    machine, role = scheduled
    target = {
        "Arn": "arn:aws:scheduler:::aws-sdk:sfn:startExecution",
        "Input": json.dumps({"StateMachineArn": machine, "Input": '{"a": 1}'}),
    }
    schedules.fire(_schedule(empty_cloud, machine, role, target=target))

    assert _inputs(empty_cloud, machine) == [{"a": 1}]


def test_a_schedule_that_does_not_exist_is_refused_with_those_that_do(
    empty_cloud: Cloud, scheduled: tuple[str, str]
) -> None:
    known = _schedule(empty_cloud, *scheduled)

    with pytest.raises(schedules.ScheduleError, match=known):
        schedules.fire("never")


def test_a_schedule_fires_in_its_minute_in_its_time_zone(
    empty_cloud: Cloud, scheduled: tuple[str, str]
) -> None:
    machine, role = scheduled
    _schedule(empty_cloud, machine, role, zone="Asia/Tokyo")
    monday_in_tokyo = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
    schedules.tick(monday_in_tokyo + timedelta(minutes=1))
    assert _inputs(empty_cloud, machine) == []
    schedules.tick(monday_in_tokyo)

    assert _inputs(empty_cloud, machine) == [{"Reason": "schedule"}]


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        ("cron(30 12 23 11 ? 2026)", True),
        ("cron(0/15 * * * ? *)", True),
        ("cron(0/20 * * * ? *)", False),
        ("cron(30 9-17 ? * MON-FRI *)", True),
        ("cron(30 12 ? NOV SUN *)", False),
        ("cron(30 12 L * ? *)", False),
    ],
)
def test_cron_names_minutes_as_aws_does(expression: str, due: bool) -> None:
    assert cron.matches(expression, datetime(2026, 11, 23, 12, 30, tzinfo=UTC)) is due


def test_a_cron_expression_with_five_fields_is_refused() -> None:
    with pytest.raises(ValueError, match="has 5 fields"):
        cron.matches("cron(0 3 * * *)", datetime(2026, 11, 23, tzinfo=UTC))


@pytest.mark.parametrize(("expression", "minutes"), [("rate(1 hour)", 60), ("rate(2 days)", 2880)])
def test_rates_are_minutes(expression: str, minutes: int) -> None:
    assert cron.rate_minutes(expression) == minutes


def test_a_rate_without_unit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"use rate\(5 minutes\)"):
        cron.rate_minutes("rate(5)")
