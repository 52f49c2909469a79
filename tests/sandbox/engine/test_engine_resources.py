from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox import gaps
from tests.sandbox.engine.sample import POLICY, Sample
from tests.sandbox.engine.samples import SAMPLES
from tests.sandbox.engine.stacks import Stacks, Template, parameter, template
from tests.sandbox.roles import make_role


@pytest.fixture(autouse=True)
def _somebody(stacks: Stacks) -> None:
    """The role that the samples name."""
    make_role(stacks.aws("iam"), "somebody", "scheduler", "states")


def _body(sample: Sample, properties: dict[str, Any]) -> Template:
    return template({**sample.beside, "Sample": (sample.type, properties)})


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.type)
def test_resource_is_created_changed_and_deleted(stacks: Stacks, sample: Sample) -> None:
    assert stacks.create("app", _body(sample, sample.properties)) == "CREATE_COMPLETE", (
        stacks.reason("app")
    )
    before = stacks.resources("app")["Sample"]

    if sample.change:
        changed = {**sample.properties, **sample.change}
        assert stacks.update("app", _body(sample, changed)) == "UPDATE_COMPLETE", stacks.reason(
            "app"
        )
    assert before
    assert (stacks.resources("app")["Sample"] != before) == sample.replaces
    assert not [line for line in stacks.history("app") if line.endswith("FAILED")]

    stacks.delete("app")
    assert stacks.names() == set()


def _only(stacks: Stacks, kind: str, properties: dict[str, Any]) -> str:
    status = stacks.create("app", template({"Only": (kind, properties)}))
    assert status == "CREATE_COMPLETE", stacks.reason("app")
    return stacks.resources("app")["Only"]


def test_bucket_keeps_the_settings_of_the_template(stacks: Stacks) -> None:
    rule = {"Id": "old", "Status": "Enabled", "ExpirationInDays": 3}
    encrypted = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    bucket = _only(
        stacks,
        "AWS::S3::Bucket",
        {
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [encrypted]},
            "LifecycleConfiguration": {"Rules": [rule]},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": True},
            "VersioningConfiguration": {"Status": "Enabled"},
            "NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": True}},
            "LoggingConfiguration": {"LogFilePrefix": "x/"},
        },
    )
    s3 = stacks.aws("s3")

    encryption = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    default = encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    assert default["SSEAlgorithm"] == "aws:kms"
    lifecycle = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert lifecycle[0]["Expiration"]["Days"] == 3
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    blocked = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert blocked["BlockPublicAcls"]


def test_bucket_notification_to_a_queue_is_refused(stacks: Stacks) -> None:
    queue = {"QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": "arn"}]}
    bucket = ("AWS::S3::Bucket", {"NotificationConfiguration": queue})

    assert stacks.create("app", template({"Bucket": bucket})) == "ROLLBACK_COMPLETE"
    assert "QueueConfigurations is not emulated; use EventBridge" in stacks.reason("app")


def test_policy_that_denies_plain_http_does_not_lock_the_bucket(stacks: Stacks) -> None:
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    body = template(
        {
            "Bucket": ("AWS::S3::Bucket", {"BucketName": "locked"}),
            "Policy": (
                "AWS::S3::BucketPolicy",
                {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {**POLICY, "Statement": [deny]}},
            ),
        }
    )
    stacks.create("app", body)

    stacks.aws("s3").put_object(Bucket="locked", Key="key", Body=b"x")

    found = stacks.aws("s3").get_object(Bucket="locked", Key="key")["Body"].read()
    assert found == b"x"


def test_managed_policy_changes_in_place_more_often_than_it_keeps_versions(stacks: Stacks) -> None:
    def body(number: int) -> Template:
        things = f"arn:aws:s3:::bucket/{number}"
        statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": things}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        return template({"Policy": ("AWS::IAM::ManagedPolicy", {"PolicyDocument": document})})

    stacks.create("app", body(0))
    arn = stacks.resources("app")["Policy"]
    for number in range(1, 8):
        assert stacks.update("app", body(number)) == "UPDATE_COMPLETE", stacks.reason("app")

    assert stacks.resources("app")["Policy"] == arn
    versions = stacks.aws("iam").list_policy_versions(PolicyArn=arn)["Versions"]
    default = next(v["VersionId"] for v in versions if v["IsDefaultVersion"])
    document = stacks.aws("iam").get_policy_version(PolicyArn=arn, VersionId=default)
    assert "bucket/7" in json.dumps(document["PolicyVersion"]["Document"])


def test_definition_substitutions_reach_the_state_machine(stacks: Stacks) -> None:
    states = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "${Word}", "End": true}}}'
    arn = _only(
        stacks,
        "AWS::StepFunctions::StateMachine",
        {
            "DefinitionString": states,
            "DefinitionSubstitutions": {"Word": "hello"},
            "RoleArn": "arn:aws:iam::123456789012:role/somebody",
        },
    )

    found = stacks.aws("stepfunctions").describe_state_machine(stateMachineArn=arn)
    assert json.loads(found["definition"])["States"]["A"]["Result"] == "hello"


def test_unknown_type_fails_the_stack_by_name_before_anything_is_made(stacks: Stacks) -> None:
    body = template({"A": ("AWS::SQS::Queue", {}), "B": ("AWS::Quantum::Bit", {})})

    assert stacks.create("app", body) == "ROLLBACK_COMPLETE"
    assert "resource type AWS::Quantum::Bit is not emulated" in stacks.reason("app")
    assert stacks.history("app") == []


@pytest.mark.parametrize("kind", ["Custom::Anything", "AWS::CloudFormation::CustomResource"])
def test_custom_resource_is_refused_by_name(stacks: Stacks, kind: str) -> None:
    body = template({"Custom": (kind, {"ServiceToken": "arn:aws:lambda:::function:x"})})

    assert stacks.create("app", body) == "ROLLBACK_COMPLETE"
    assert f"custom resource {kind} is refused: it runs a Lambda" in stacks.reason("app")


def test_unknown_attribute_is_named_with_those_that_exist(stacks: Stacks) -> None:
    value = {"Fn::GetAtt": ["Bucket", "Colour"]}
    body = template(
        {
            "Bucket": ("AWS::S3::Bucket", {}),
            "User": ("AWS::SSM::Parameter", {"Type": "String", "Value": value}),
        }
    )

    assert stacks.create("app", body) == "ROLLBACK_COMPLETE"
    assert "attribute Colour of AWS::S3::Bucket (Bucket) is not known; known are Arn," in (
        stacks.reason("app")
    )


@pytest.mark.parametrize("kind", sorted(gaps.recorded_types()))
def test_recorded_type_is_accepted_and_listed_as_a_gap(stacks: Stacks, kind: str) -> None:
    assert _only(stacks, kind, {})
    assert gaps.recorded_types()[kind].here.startswith("accepted")


def test_type_that_only_moto_knows_works_through_its_model(stacks: Stacks) -> None:
    name = _only(stacks, "AWS::IAM::User", {})
    assert name in [user["UserName"] for user in stacks.aws("iam").list_users()["Users"]]

    stacks.delete("app")
    assert name not in [user["UserName"] for user in stacks.aws("iam").list_users()["Users"]]


def test_type_of_a_service_of_which_nothing_answers_is_refused(stacks: Stacks) -> None:
    table = {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }

    assert stacks.create("app", template({"R": ("AWS::DynamoDB::Table", table)})) != (
        "CREATE_COMPLETE"
    )
    assert "resource type AWS::DynamoDB::Table is not emulated" in stacks.reason("app")


@pytest.mark.aws_row("R118")
def test_model_package_group_with_versions_stays(stacks: Stacks) -> None:
    _only(stacks, "AWS::SageMaker::ModelPackageGroup", {"ModelPackageGroupName": "churn"})
    stacks.aws("sagemaker").create_model_package(ModelPackageGroupName="churn")

    stacks.delete("app")

    assert stacks.settled("app") == "DELETE_FAILED"
    groups = stacks.aws("sagemaker").list_model_package_groups()
    assert len(groups["ModelPackageGroupSummaryList"]) == 1


@pytest.mark.aws_row("R41", "R246")
def test_a_new_tag_writes_the_value_of_the_template_into_an_ssm_parameter(stacks: Stacks) -> None:
    """AWS's handler calls PutParameter on every update, whatever the update is of."""
    kind, properties = parameter("none")
    stacks.create("app", template({"Newest": (kind, properties)}))
    stacks.aws("ssm").put_parameter(Name="/name", Value="v7", Overwrite=True)

    untouched = template({"Newest": (kind, properties)}, Description="another text")
    assert stacks.update("app", untouched) == "UPDATE_COMPLETE"
    assert stacks.ssm("/name") == "v7"

    tagged = {**properties, "Tags": {"team": "fraud"}}
    assert stacks.update("app", template({"Newest": (kind, tagged)})) == "UPDATE_COMPLETE"
    assert stacks.ssm("/name") == "none"


def test_a_policy_that_somebody_else_has_attached_stays(stacks: Stacks) -> None:
    arn = _only(stacks, "AWS::IAM::ManagedPolicy", {"PolicyDocument": POLICY})
    iam = stacks.aws("iam")
    iam.create_role(RoleName="theirs", AssumeRolePolicyDocument="{}")
    iam.attach_role_policy(RoleName="theirs", PolicyArn=arn)

    stacks.delete("app")
    assert stacks.settled("app") == "DELETE_FAILED"
    assert "Cannot delete a policy attached to entities." in stacks.reason("app")

    iam.detach_role_policy(RoleName="theirs", PolicyArn=arn)
    stacks.delete("app")
    assert stacks.names() == set()
