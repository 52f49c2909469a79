"""What other services refuse that their models allow."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.server.server import Sandbox
from tests.sandbox.refusals.conftest import Call
from tests.sandbox.refusals.samples import (
    ACCOUNT,
    BUDGET,
    MODEL,
    PROCESSING,
    SCHEDULE,
    TRAINING,
)
from tests.sandbox.roles import make_role

HERE = f"us-east-1:{ACCOUNT}"
NOBODY = f"arn:aws:iam::{ACCOUNT}:role/nobody"
QUEUE = f"arn:aws:sqs:{HERE}:sample"
_RULE = "Parameter ScheduleExpression is not valid."
_NO_TRUST = (
    "Could not assume role {}. Please ensure that the role exists and allows principal "
    "'sagemaker.amazonaws.com' to assume the role."
)
_ASL = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}


def trust(**principal: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def policy(letters: int = 0) -> str:
    resource = f"arn:aws:s3:::{'x' * letters}*"
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def other(running: Sandbox) -> str:
    """A role that only Lambda may assume."""
    return make_role(running.client("iam"), "other", "lambda")


@pytest.fixture(scope="module")
def full(running: Sandbox, call: Call) -> str:
    """A role that everybody may assume, and that has as many policies as there can be."""
    make_role(running.client("iam"), "full", "events", "scheduler", "states", "sagemaker")
    for number in range(10):
        made = call("iam", "create_policy", PolicyName=f"full-{number}", PolicyDocument=policy())
        call("iam", "attach_role_policy", RoleName="full", PolicyArn=made["Policy"]["Arn"])
    call("iam", "put_role_policy", RoleName="full", PolicyName="a", PolicyDocument=policy(9_000))
    return f"arn:aws:iam::{ACCOUNT}:role/full"


@pytest.fixture(scope="module", autouse=True)
def taken(call: Call, full: str) -> None:
    """Things whose names the requests below give a second time, or that are in use."""
    call("events", "put_rule", Name="full", ScheduleExpression="rate(5 minutes)")
    targets = [{"Id": str(number), "Arn": QUEUE} for number in range(5)]
    call("events", "put_targets", Rule="full", Targets=targets)
    call("ssm", "put_parameter", Name="taken", Value="x", Type="String")
    call("budgets", "create_budget", **BUDGET)
    call("logs", "create_log_group", logGroupName="taken")
    call("s3", "create_bucket", Bucket="filled")
    call("s3", "put_object", Bucket="filled", Key="k", Body=b"")
    call(
        *("iam", "create_open_id_connect_provider"),
        Url="https://token.example.com",
        ThumbprintList=["0" * 40],
    )
    key = call("kms", "create_key")["KeyMetadata"]["KeyId"]
    call("kms", "create_alias", AliasName="alias/taken", TargetKeyId=key)
    call("sagemaker", "create_model_package_group", ModelPackageGroupName="taken")
    call("ecr", "create_repository", repositoryName="taken", imageTagMutability="IMMUTABLE")
    _push(call, "one")


def _push(call: Call, content: str) -> Any:
    config = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 1}
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {**config, "digest": f"sha256:{content.encode().hex():0>64}"},
        "layers": [],
    }
    return call(
        *("ecr", "put_image"),
        repositoryName="taken",
        imageManifest=json.dumps(manifest),
        imageTag="1",
    )


EXPRESSIONS = ["cron(0 12 * * *)", "cron(0 12 * * * *)", "rate(1 minutes)", "rate(5 weeks)", "x"]


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.aws_row("R190")
def test_a_rule_with_a_schedule_that_is_none_is_refused(refusal: Call, expression: str) -> None:
    told = refusal("events", "put_rule", Name="r", ScheduleExpression=expression)

    assert told == ("ValidationException", _RULE)


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.aws_row("R174", "R201")
def test_a_schedule_with_an_expression_that_is_none_is_refused(
    refusal: Call, full: str, expression: str
) -> None:
    params = {**SCHEDULE, "ScheduleExpression": expression, "Target": _target(full)}

    told = refusal("scheduler", "create_schedule", **params)

    assert told == ("ValidationException", f"Invalid Schedule Expression {expression}.")


def _target(role: str) -> dict[str, str]:
    return {"Arn": QUEUE, "RoleArn": role}


@pytest.mark.aws_row("R202")
def test_a_time_zone_that_nobody_knows_is_refused(refusal: Call, full: str) -> None:
    params = {**SCHEDULE, "ScheduleExpressionTimezone": "Europe/Atlantis", "Target": _target(full)}

    code, message = refusal("scheduler", "create_schedule", **params)

    assert (code, "Europe/Atlantis" in message) == ("ValidationException", True)


@pytest.mark.aws_row("R192")
def test_a_pattern_with_an_empty_list_is_refused(refusal: Call) -> None:
    code, message = refusal("events", "put_rule", Name="r", EventPattern='{"source": []}')

    assert code == "InvalidEventPatternException"
    assert message.startswith("Event pattern is not valid. Reason: Empty arrays are not allowed")


@pytest.mark.aws_row("R194")
def test_a_rule_without_pattern_and_schedule_is_refused(refusal: Call) -> None:
    assert refusal("events", "put_rule", Name="r") == (
        "ValidationException",
        "Parameter(s) EventPattern or ScheduleExpression must be specified.",
    )


@pytest.mark.aws_row("R195")
def test_a_sixth_target_of_a_rule_is_refused(refusal: Call, call: Call) -> None:
    told = refusal("events", "put_targets", Rule="full", Targets=[{"Id": "6", "Arn": QUEUE}])

    assert told[0] == "LimitExceededException"
    call("events", "put_targets", Rule="full", Targets=[{"Id": "4", "Arn": QUEUE}])


@pytest.mark.aws_row("R91")
@pytest.mark.parametrize(
    ("operation", "params", "member"),
    [
        ("create_model", MODEL, "ExecutionRoleArn"),
        ("create_training_job", TRAINING, "RoleArn"),
        ("create_processing_job", PROCESSING, "RoleArn"),
    ],
)
def test_a_role_that_sagemaker_cannot_assume_is_refused(
    refusal: Call, other: str, operation: str, params: dict[str, Any], member: str
) -> None:
    for role in (other, NOBODY):
        told = refusal("sagemaker", operation, **{**params, member: role})
        assert told == ("ValidationException", _NO_TRUST.format(role))


@pytest.mark.aws_row("R187")
def test_a_role_that_step_functions_cannot_assume_is_refused(refusal: Call, other: str) -> None:
    for role in (other, NOBODY):
        told = refusal(
            *("stepfunctions", "create_state_machine"),
            name="sample",
            definition=json.dumps(_ASL),
            roleArn=role,
        )
        assert told[0] == "AccessDeniedException"
        assert told[1].startswith("Neither the global service principal states.amazonaws.com, nor")


@pytest.mark.aws_row("R196")
def test_a_role_that_eventbridge_cannot_assume_is_refused(refusal: Call, other: str) -> None:
    for role in (other, NOBODY):
        targets = [{"Id": "0", **_target(role)}]
        assert refusal("events", "put_targets", Rule="full", Targets=targets) == (
            "ValidationException",
            f"Provided role '{role}' cannot be assumed by principal 'events.amazonaws.com'.",
        )


@pytest.mark.aws_row("R200")
def test_a_role_that_scheduler_cannot_assume_is_refused(refusal: Call, other: str) -> None:
    for role in (other, NOBODY):
        told = refusal("scheduler", "create_schedule", **{**SCHEDULE, "Target": _target(role)})
        assert told == (
            "ValidationException",
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the "
            "role.",
        )


def key_policy(*principals: str) -> dict[str, str]:
    return {
        "Policy": json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": list(principals)},
                        "Action": "kms:*",
                        "Resource": "*",
                    }
                ],
            }
        )
    }


ROOT = f"arn:aws:iam::{ACCOUNT}:root"
_PARAMETER = {"Name": "sample", "Type": "String"}
# Row, service, operation, parameters, code, message.
CASES: list[tuple[str, str, str, dict[str, Any], str, str]] = [
    (
        *("R118", "sagemaker", "delete_model_package_group", {"ModelPackageGroupName": "none"}),
        *("ValidationException", "Model Package Group none does not exist."),
    ),
    (
        *("R117", "sagemaker", "create_model_package_group", {"ModelPackageGroupName": "taken"}),
        *("ValidationException", "Model Package Group already exists: "),
    ),
    (
        *("R120", "sagemaker", "create_model_package"),
        {"ModelPackageName": "a", "ModelPackageGroupName": "taken"},
        *("ValidationException", "Both ModelPackageName and ModelPackageGroupName are provided"),
    ),
    (
        *("R120", "sagemaker", "create_model_package", {}),
        *("ValidationException", "Missing ARN."),
    ),
    (
        *("R205", "iam", "attach_role_policy"),
        {"RoleName": "full", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/eleventh"},
        *("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10"),
    ),
    (
        *("R207", "iam", "create_policy"),
        {"PolicyName": "long", "PolicyDocument": policy(6_100)},
        *("LimitExceeded", "Cannot exceed quota for PolicySize: 6144"),
    ),
    (
        *("R208", "iam", "put_role_policy"),
        {"RoleName": "full", "PolicyName": "b", "PolicyDocument": policy(1_200)},
        *("LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role full"),
    ),
    (
        *("R208", "iam", "create_role"),
        {
            "RoleName": "long",
            "AssumeRolePolicyDocument": trust(Service=[f"{'x' * 2000}.amazonaws.com"]),
        },
        *("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048"),
    ),
    (
        *("R209", "iam", "create_role"),
        {"RoleName": "sample", "AssumeRolePolicyDocument": trust(AWS=NOBODY)},
        *("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{NOBODY}"'),
    ),
    (
        *("R210", "iam", "delete_role", {"RoleName": "full"}),
        *("DeleteConflict", "Cannot delete entity, must detach all policies first."),
    ),
    (
        *("R210", "iam", "delete_policy"),
        {"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/full-0"},
        *("DeleteConflict", "Cannot delete a policy attached to entities."),
    ),
    (
        *("R211", "iam", "create_open_id_connect_provider"),
        {"Url": "https://token.example.com", "ThumbprintList": ["0" * 40]},
        *("EntityAlreadyExists", "Provider with url https://token.example.com already exists."),
    ),
    (
        *("R213", "iam", "attach_role_policy"),
        {"RoleName": "trusting", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/none"},
        "NoSuchEntity",
        f"Policy arn:aws:iam::{ACCOUNT}:policy/none does not exist or is not attachable.",
    ),
    (
        *("R218", "kms", "create_key", key_policy(f"arn:aws:iam::{ACCOUNT}:role/full")),
        "MalformedPolicyDocumentException",
        "The new key policy will not allow you to update the key policy in the future.",
    ),
    (
        *("R219", "kms", "create_key", key_policy(ROOT, NOBODY)),
        "MalformedPolicyDocumentException",
        "Policy contains a statement with one or more invalid principals.",
    ),
    (
        *("R225", "s3", "delete_bucket", {"Bucket": "filled"}),
        *("BucketNotEmpty", "The bucket you tried to delete is not empty"),
    ),
    (
        *("R233", "ecr", "delete_repository", {"repositoryName": "taken"}),
        "RepositoryNotEmptyException",
        f"The repository with name 'taken' in registry with id '{ACCOUNT}' cannot be deleted "
        "because it still contains images",
    ),
    (
        *("R234", "ecr", "create_repository", {"repositoryName": "taken"}),
        *("RepositoryAlreadyExistsException", "The repository with name 'taken' already exists"),
    ),
    (
        *("R242", "logs", "create_log_group", {"logGroupName": "sample", "kmsKeyId": "none"}),
        "InvalidParameterException",
        "The specified KMS key does not exist or is not allowed to be used with Arn "
        f"'arn:aws:logs:{HERE}:log-group:sample'",
    ),
    (
        *("R243", "logs", "put_retention_policy"),
        {"logGroupName": "taken", "retentionInDays": 10},
        "InvalidParameterException",
        "1 validation error detected: Value '10' at 'retentionInDays' failed to satisfy",
    ),
    (
        *("R245", "logs", "create_log_group", {"logGroupName": "taken"}),
        *("ResourceAlreadyExistsException", "The specified log group already exists"),
    ),
    (
        *("R247", "ssm", "put_parameter", {**_PARAMETER, "Name": "taken", "Value": "x"}),
        *("ParameterAlreadyExists", "The parameter already exists."),
    ),
    (
        *("R248", "ssm", "put_parameter", {**_PARAMETER, "Value": ""}),
        *("ValidationException", "1 validation error detected: Value at 'value' failed to"),
    ),
    (
        *("R248", "ssm", "put_parameter", {**_PARAMETER, "Value": "x" * 4_097}),
        "ValidationException",
        "Standard tier parameters support a maximum parameter value of 4096 characters.",
    ),
    (
        *("R259", "budgets", "create_budget", BUDGET),
        *("DuplicateRecordException", "Error creating budget: sample - the budget already exists"),
    ),
]


@pytest.mark.parametrize(
    ("row", "service", "operation", "params", "code", "words"),
    CASES,
    ids=[case[0] for case in CASES],
)
def test_a_service_refuses_what_cannot_be(
    refusal: Call,
    row: str,
    service: str,
    operation: str,
    params: dict[str, Any],
    code: str,
    words: str,
) -> None:
    told, message = refusal(service, operation, **params)

    assert (told, message[: len(words)]) == (code, words), row


@pytest.mark.aws_row("R221")
def test_an_alias_is_given_once(refusal: Call, call: Call) -> None:
    key = call("kms", "create_key")["KeyMetadata"]["KeyId"]

    code, message = refusal("kms", "create_alias", AliasName="alias/taken", TargetKeyId=key)

    assert (code, "alias/taken already exists" in message) == ("AlreadyExistsException", True)


@pytest.mark.aws_row("R232")
def test_a_tag_is_pushed_once_where_tags_are_immutable(refusal: Call, call: Call) -> None:
    with pytest.raises(Exception, match="ImageTagAlreadyExistsException") as refused:
        _push(call, "two")

    assert "The image tag '1' already exists in the 'taken' repository" in str(refused.value)
