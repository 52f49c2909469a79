"""Where data lies, how it is guarded, and where it goes, in the rows of a sheet."""

from typing import Any

import pytest

from reviewer.resolver import Resolver
from reviewer.sheets.data import data
from reviewer.sheets.resources import resources
from tests.reviewer.handmade import environment, stack

BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
SHUT = dict.fromkeys(BLOCKS, True)


def typed(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def sheet(**given: dict[str, Any]) -> str:
    assembly = environment(stack(given))
    return data(assembly, Resolver(assembly))


@pytest.mark.parametrize(
    ("properties", "row"),
    [
        ({}, "| `Storage/It` | **open** | **none** | **not required** | none |"),
        ({"PublicAccessBlockConfiguration": SHUT}, "| blocked | **none** | **not required** |"),
        ({"PublicAccessBlockConfiguration": {**SHUT, BLOCKS[0]: False}}, "| **open** |"),
        (
            {"PublicAccessBlockConfiguration": {k: SHUT[k] for k in BLOCKS[:3]}},
            "| **open** |",
        ),
        ({"VersioningConfiguration": {"Status": "Enabled"}}, "| **open** | kept |"),
        ({"VersioningConfiguration": {"Status": "Suspended"}}, "| **open** | **none** |"),
        (
            {"LoggingConfiguration": {"DestinationBucketName": {"Ref": "It"}}},
            "| **not required** | `{Storage/It}` |",
        ),
    ],
)
def test_a_bucket_says_what_guards_it(properties: dict[str, Any], row: str) -> None:
    assert row in sheet(It=typed("S3::Bucket", **properties))


def bucket_policy(*statements: dict[str, Any], bucket: str = "It") -> str:
    given = {"Bucket": {"Ref": bucket}, "PolicyDocument": {"Statement": [*statements]}}
    return sheet(
        It=typed("S3::Bucket"),
        Other=typed("S3::Bucket"),
        Policy=typed("S3::BucketPolicy", **given),
    )


def refusal(effect: str = "Deny", **condition: Any) -> dict[str, Any]:
    return {
        "Effect": effect,
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": condition,
    }


PLAIN = refusal(Bool={"aws:SecureTransport": "false"})
OLD = refusal(NumericLessThan={"s3:TlsVersion": "1.2"})


@pytest.mark.parametrize(
    ("statements", "tls"),
    [
        ([PLAIN], "required"),
        ([PLAIN, OLD], "1.2 or later"),
        ([OLD], "**not required**"),
        ([refusal("Allow", Bool={"aws:SecureTransport": "false"})], "**not required**"),
        ([refusal(Bool={"aws:SecureTransport": "true"})], "**not required**"),
        ([], "**not required**"),
    ],
)
def test_a_bucket_asks_for_tls_when_it_refuses_everything_else(
    statements: list[dict[str, Any]], tls: str
) -> None:
    assert f"| `Storage/It` | **open** | **none** | {tls} | none |" in bucket_policy(*statements)
    other = bucket_policy(*statements, bucket="Other")
    assert "| `Storage/It` | **open** | **none** | **not required** | none |" in other


def test_a_place_says_under_which_key_it_lies_and_whether_it_outlives_its_stack() -> None:
    key = typed("KMS::Key", EnableKeyRotation=True)
    logs = typed("Logs::LogGroup", RetentionInDays=30, KmsKeyId={"Ref": "Key"})
    kept = {**typed("Logs::LogGroup"), "DeletionPolicy": "Retain"}

    shown = sheet(Key=key, Own=logs, Theirs=kept)

    assert "| `Storage/Own` | Logs::LogGroup | `{Storage/Key}` | 30 days | deleted with it |" in (
        shown
    )
    assert "| `Storage/Theirs` | Logs::LogGroup | AWS's own key | for ever | stays |" in shown


def test_what_holds_no_data_is_told_apart_and_so_is_what_has_no_key() -> None:
    topic = typed("SNS::Topic", KmsMasterKeyId={"Ref": "Key"})
    rule = typed("Events::Rule")

    lines = sheet(Key=typed("KMS::Key"), Topic=topic, Bare=typed("SNS::Topic"), Rule=rule)
    moving = lines.partition("## In motion")[2]

    assert "| `Storage/Topic` | SNS::Topic | `{Storage/Key}` |" in moving
    assert "| `Storage/Bare` | SNS::Topic | AWS's own key |" in moving
    assert "Storage/Rule" not in lines


def machine(**logging: Any) -> dict[str, Any]:
    destinations = [{"CloudWatchLogsLogGroup": {"LogGroupArn": {"Ref": "Logs"}}}]
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5}
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
        "Arguments": {"ResourceConfig": cluster},
    }
    given: dict[str, Any] = {"DefinitionString": {"States": {"Train": task}}}
    if logging:
        given["LoggingConfiguration"] = {"Destinations": destinations, "Level": "ALL", **logging}
    return typed("StepFunctions::StateMachine", **given)


@pytest.mark.parametrize(
    ("logging", "row"),
    [
        ({"IncludeExecutionData": True}, "| `Storage/It` | `Storage/Logs` | ALL, with inputs |"),
        ({"IncludeExecutionData": False}, "| `Storage/Logs` | ALL, without inputs |"),
        ({}, None),
    ],
)
def test_a_workflow_says_where_it_is_logged_and_on_what_disks_it_works(
    logging: dict[str, Any], row: str | None
) -> None:
    shown = sheet(Logs=typed("Logs::LogGroup"), It=machine(**logging))

    assert (row or "") in shown
    assert ("inputs" in shown) is (row is not None)
    assert "| `Storage/It: Train` | disk of training job, 5 GB | AWS's own key |" in shown


@pytest.mark.parametrize(
    ("capture", "is_shown"),
    [
        ({"EnableCapture": True}, True),
        ({"EnableCapture": False}, False),
        (None, False),
    ],
)
def test_captured_requests_say_where_they_go_and_how_many(
    capture: dict[str, Any] | None, is_shown: bool
) -> None:
    given: dict[str, Any] = {"ProductionVariants": []}
    if capture is not None:
        goal = {"DestinationS3Uri": "s3://b/c", "InitialSamplingPercentage": 20}
        given["DataCaptureConfig"] = {**goal, **capture}

    shown = sheet(It=typed("SageMaker::EndpointConfig", **given))

    row = "| `Storage/It` | `b/c` | 20 % of the requests and answers |"
    assert (row in shown) is is_shown


def test_a_flow_log_says_which_traffic_it_keeps() -> None:
    flow = typed("EC2::FlowLog", LogGroupName={"Ref": "Logs"}, TrafficType="REJECT")

    shown = sheet(Logs=typed("Logs::LogGroup"), Flow=flow)

    assert "| `Storage/Flow` | `Storage/Logs` | REJECT traffic |" in shown


def listed(protected: bool = True, **given: dict[str, Any]) -> list[str]:
    assembly = environment(stack(given, protected=protected), stack({}, "Other"))
    return resources(assembly, Resolver(assembly)).splitlines()


def test_a_list_of_resources_says_what_bills_and_what_goes_with_its_data() -> None:
    kept = {**typed("Logs::LogGroup"), "DeletionPolicy": "Retain"}
    idle = {**typed("CloudWatch::Dashboard", DashboardBody="{}"), "Condition": "HasModel"}

    lines = listed(Lost=typed("Logs::LogGroup"), Kept=kept, Board=idle, Rule=typed("Events::Rule"))

    assert lines[2].startswith("4 resources in 2 stacks, in `us-east-1`.")
    assert "4 resources; termination protection is on." in lines
    assert (
        "| `Board` (while `HasModel`) | CloudWatch::Dashboard | **always** | deleted with it |"
        in (lines)
    )
    assert "| `Kept` | Logs::LogGroup | by use | stays |" in lines
    assert "| `Lost` | Logs::LogGroup | by use | **deleted with its data** |" in lines
    assert "| `Rule` | Events::Rule | - | deleted with it |" in lines
    assert "1 resource; termination protection is **off**." in listed(
        protected=False, Rule=typed("Events::Rule")
    )
