from typing import Any

import pytest

from tests.constructs_lib.workflow.test_state_machine import called
from tests.templates.model_stacks import Templates, environment_stacks, model_stacks

ACTION_OF = {
    ("s3", "GetObject"): ["s3:GetObject"],
    ("s3", "ListObjectsV2"): ["s3:ListBucket"],
    ("stepfunctions", "StartExecution"): ["states:StartExecution"],
    ("codebuild", "StartBuild"): [
        "codebuild:StartBuild",
        "codebuild:StopBuild",
        "codebuild:BatchGetBuilds",
    ],
    ("sagemaker", "CreateTrainingJob"): [
        "sagemaker:CreateTrainingJob",
        "sagemaker:DescribeTrainingJob",
        "sagemaker:StopTrainingJob",
        "sagemaker:AddTags",
        "iam:PassRole",
        "kms:CreateGrant",
        "events:PutRule",
        "events:PutTargets",
        "events:DescribeRule",
    ],
    ("sagemaker", "CreateProcessingJob"): [
        "sagemaker:CreateProcessingJob",
        "sagemaker:DescribeProcessingJob",
        "sagemaker:StopProcessingJob",
    ],
}
RUNNING = {
    *("kms:Decrypt", "kms:GenerateDataKey"),
    *(f"logs:{verb}LogDelivery" for verb in ("Create", "Get", "Update", "Delete")),
    *("logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies"),
    *("logs:DescribeLogGroups", "xray:PutTraceSegments", "xray:PutTelemetryRecords"),
    *("xray:GetSamplingRules", "xray:GetSamplingTargets"),
}
# With them SageMaker looks at image, archive and tags on behalf of the workflow.
ON_BEHALF = {
    *("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
    *("ecr:GetAuthorizationToken", "s3:GetBucketLocation", "s3:ListBucket", "sagemaker:ListTags"),
    *("kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"),
}


def needed(stacks: Templates, purpose: str) -> set[str]:
    """Every IAM action that the states of a machine lead to."""
    tasks = [s for s in stacks.definition(purpose)["States"].values() if s["Type"] == "Task"]
    found = set[str]()
    for state in tasks:
        service, operation = called(state["Resource"])
        found.update(ACTION_OF.get((service, operation), [f"{service}:{operation}"]))
    return found


@pytest.mark.parametrize(
    ("purpose", "role", "more"),
    [
        ("workflow", "WorkflowMachineRole", ON_BEHALF),
        ("intake", "IntakeMachineRole", set[str]()),
        # CloudFormation reads the stack's SSM parameters again, as whoever updates it.
        ("rollout", "RolloutMachineRole", {"ssm:GetParameters"}),
    ],
)
def test_a_machine_may_do_what_its_states_call_and_nothing_else(
    purpose: str, role: str, more: set[str]
) -> None:
    stacks = model_stacks()

    assert stacks.actions(role) == needed(stacks, purpose) | RUNNING | more


@pytest.mark.parametrize(
    "role",
    ["ModelRole", "JobRole", "WorkflowMachineRole", "IntakeMachineRole", "RolloutMachineRole"],
)
def test_no_role_has_a_wildcard_action(role: str) -> None:
    actions = environment_stacks(network={"mode": "private"}).actions(role)

    assert actions
    assert not [action for action in actions if "*" in action]


CANNOT = {
    "ModelRole": [
        *("s3:DeleteObject", "s3:PutObject", "sagemaker:InvokeEndpoint", "sagemaker:CreateModel"),
        *("iam:PassRole", "kms:CreateGrant", "logs:CreateLogGroup"),
    ],
    "JobRole": [
        *("s3:DeleteObjectVersion", "ecr:PutImage", "iam:PassRole"),
        "sagemaker:CreateTrainingJob",
        *("sagemaker:UpdateModelPackage", "states:StartExecution"),
    ],
    "WorkflowMachineRole": [
        *("s3:PutObject", "s3:DeleteObject", "ecr:PutImage", "cloudformation:UpdateStack"),
        *("sagemaker:CreateEndpoint", "sagemaker:UpdateEndpoint", "sagemaker:DeleteModelPackage"),
    ],
    "IntakeMachineRole": ["states:StopExecution", "sagemaker:CreateTrainingJob", "iam:PassRole"],
    "RolloutMachineRole": [
        *("iam:PassRole", "cloudformation:CreateStack", "cloudformation:DeleteStack"),
        *("sagemaker:UpdateEndpoint", "sagemaker:DeleteEndpoint", "sagemaker:CreateModelPackage"),
    ],
    "IntakeEventsRole": ["states:StopExecution", "states:DescribeExecution", "sns:Publish"],
}


@pytest.mark.parametrize("role", CANNOT)
def test_a_role_cannot_do_the_work_of_another(role: str) -> None:
    assert model_stacks().actions(role)
    assert not model_stacks().actions(role) & set(CANNOT[role])


def resources(stacks: Templates, role: str, action: str) -> list[str]:
    return [
        resource
        for statement in stacks.statements(role)
        if action in statement["Action"]
        for resource in statement["Resource"]
    ]


def condition(stacks: Templates, role: str, action: str) -> list[Any]:
    return [s.get("Condition") for s in stacks.statements(role) if action in s["Action"]]


def test_a_model_reads_its_own_archives_only() -> None:
    (found,) = resources(model_stacks(), "ModelRole", "s3:GetObject")

    assert found.endswith("/churn/training/*")


def test_jobs_stay_below_their_models_prefix() -> None:
    stacks = model_stacks()

    for action in ("s3:GetObject", "s3:PutObject"):
        assert all(r.endswith("/churn/*") for r in resources(stacks, "JobRole", action))


def test_jobs_delete_nothing_but_their_models_checkpoints() -> None:
    (found,) = resources(model_stacks(), "JobRole", "s3:DeleteObject")

    assert found.endswith("/churn/checkpoints/*")


def test_the_rollout_can_reject_but_never_approve() -> None:
    stacks = model_stacks()

    assert condition(stacks, "RolloutMachineRole", "sagemaker:UpdateModelPackage") == [
        {"StringEquals": {"sagemaker:ModelApprovalStatus": ["Rejected"]}}
    ]


@pytest.mark.parametrize(
    ("approval", "statuses"),
    [
        ("manual", ["PendingManualApproval", "Rejected"]),
        ("automatic", ["Approved", "PendingManualApproval", "Rejected"]),
    ],
)
def test_the_workflow_approves_only_where_the_file_says_automatic(
    approval: str, statuses: list[str]
) -> None:
    stacks = model_stacks(gate={"approval": approval})

    assert condition(stacks, "WorkflowMachineRole", "sagemaker:CreateModelPackage") == [
        {"StringEquals": {"sagemaker:ModelApprovalStatus": statuses}}
    ]


def test_the_rollout_updates_one_stack() -> None:
    (stack,) = resources(model_stacks(), "RolloutMachineRole", "cloudformation:UpdateStack")

    assert stack.endswith(":stack/kiban-test-Inference-churn/*")


def test_roles_are_handed_to_sagemaker_only() -> None:
    stacks = model_stacks()

    assert condition(stacks, "WorkflowMachineRole", "iam:PassRole") == [
        {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    ]
    (role,) = resources(stacks, "WorkflowMachineRole", "iam:PassRole")
    assert role.startswith("<JobRole")


def test_step_functions_may_write_its_own_three_rules_and_no_other() -> None:
    rules = resources(model_stacks(), "WorkflowMachineRole", "events:PutRule")

    assert sorted(rule.rpartition("/")[2] for rule in rules) == [
        "StepFunctionsGetEventForCodeBuildStartBuildRule",
        "StepFunctionsGetEventsForSageMakerProcessingJobsRule",
        "StepFunctionsGetEventsForSageMakerTrainingJobsRule",
    ]


def test_a_private_role_may_place_interfaces_in_its_own_subnets() -> None:
    stacks = environment_stacks(network={"mode": "private"})

    found = resources(stacks, "JobRole", "ec2:CreateNetworkInterface")
    assert len([r for r in found if ":subnet/" in r and not r.endswith("*")]) == 2
    assert len([r for r in found if ":security-group/" in r and not r.endswith("*")]) == 1


def test_only_its_state_machine_assumes_a_role() -> None:
    for role in model_stacks().trained("AWS::IAM::Role"):
        (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert "aws:SourceAccount" in trust["Condition"]["StringEquals"]
        if trust["Principal"]["Service"] == "states.amazonaws.com":
            assert "stateMachine:kiban-test-churn-" in str(trust["Condition"]["ArnLike"])


def test_a_rollout_may_read_the_parameter_that_every_update_of_the_stack_reads_again() -> None:
    stacks = model_stacks()
    default = stacks.inference["Parameters"]["BootstrapVersion"]["Default"]
    (arn,) = resources(stacks, "RolloutMachineRole", "ssm:GetParameters")

    assert arn.endswith(f":parameter{default}")


def test_a_first_job_may_create_its_log_group_however_the_call_names_it() -> None:
    found = resources(model_stacks(), "JobRole", "logs:CreateLogGroup")

    for kind in ("TrainingJobs", "ProcessingJobs"):
        ends = [arn.partition(f"/aws/sagemaker/{kind}")[2] for arn in found if kind in arn]
        assert ends == ["", ":log-stream:"]
