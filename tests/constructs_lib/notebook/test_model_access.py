"""What a notebook may do, and above all what it may not."""

import ast
import json
from typing import Any

import nbformat
import pytest
from aws_cdk.assertions import Template

from constructs_lib.notebook.notebook_lifecycle import QUICKSTART
from tests.constructs_lib.notebook.conftest import make_workbench
from tests.templates.statements import POLICY, Statement, may, statements_of

HERE = "us-east-1:111122223333"
SAGEMAKER = f"arn:aws:sagemaker:{HERE}"
STATES = f"arn:aws:states:{HERE}"
GATE = {"gate": {"metric": "auc", "minimum": 0.8}}


@pytest.fixture(scope="session")
def allowed(managed: Template) -> list[Statement]:
    """The notebook's role without a network of our own."""
    return statements_of(managed, "sagemaker")


NEEDED = [
    ("sagemaker:CreateTrainingJob", f"{SAGEMAKER}:training-job/churn-workbench-first"),
    ("sagemaker:StopTrainingJob", f"{SAGEMAKER}:training-job/churn-workbench-first"),
    ("sagemaker:DescribeTrainingJob", f"{SAGEMAKER}:training-job/churn-0f3a-1"),
    ("sagemaker:ListModelPackages", f"{SAGEMAKER}:model-package-group/kiban-test-churn"),
    ("sagemaker:DescribeModelPackage", f"{SAGEMAKER}:model-package/kiban-test-churn/3"),
    ("sagemaker:InvokeEndpoint", f"{SAGEMAKER}:endpoint/kiban-test-churn"),
    ("sagemaker:DescribeEndpoint", f"{SAGEMAKER}:endpoint/kiban-test-churn"),
    ("sagemaker:StopNotebookInstance", f"{SAGEMAKER}:notebook-instance/kiban-test-workbench"),
    ("states:StartExecution", f"{STATES}:stateMachine:kiban-test-churn-workflow"),
    ("states:ListExecutions", f"{STATES}:stateMachine:kiban-test-churn-workflow"),
    ("states:DescribeExecution", f"{STATES}:execution:kiban-test-churn-workflow:1"),
    ("states:StopExecution", f"{STATES}:execution:kiban-test-churn-workflow:1"),
    ("cloudwatch:GetMetricData", "*"),
    (
        "logs:GetLogEvents",
        f"arn:aws:logs:{HERE}:log-group:/aws/sagemaker/TrainingJobs:log-stream:churn-1/algo-1",
    ),
]


@pytest.mark.parametrize(("action", "resource"), NEEDED)
def test_notebook_may_do_what_the_flow_needs(
    allowed: list[Statement], action: str, resource: str
) -> None:
    assert may(allowed, action, resource)


NEVER = [
    ("sagemaker:UpdateModelPackage", f"{SAGEMAKER}:model-package/kiban-test-churn/3"),
    ("sagemaker:CreateModelPackage", f"{SAGEMAKER}:model-package/kiban-test-churn/3"),
    ("sagemaker:UpdateEndpoint", f"{SAGEMAKER}:endpoint/kiban-test-churn"),
    ("sagemaker:DeleteEndpoint", f"{SAGEMAKER}:endpoint/kiban-test-churn"),
    ("sagemaker:CreateModel", f"{SAGEMAKER}:model/anything"),
    ("sagemaker:CreateNotebookInstance", f"{SAGEMAKER}:notebook-instance/another"),
    ("sagemaker:UpdateNotebookInstance", f"{SAGEMAKER}:notebook-instance/kiban-test-workbench"),
    ("sagemaker:StopNotebookInstance", f"{SAGEMAKER}:notebook-instance/another"),
    ("sagemaker:StartNotebookInstance", f"{SAGEMAKER}:notebook-instance/kiban-test-workbench"),
    ("sagemaker:CreateTrainingJob", f"{SAGEMAKER}:training-job/churn-0f3a-1"),
    ("sagemaker:StopTrainingJob", f"{SAGEMAKER}:training-job/churn-0f3a-1"),
    ("sagemaker:InvokeEndpoint", f"{SAGEMAKER}:endpoint/kiban-prod-churn"),
    ("states:StartExecution", f"{STATES}:stateMachine:kiban-test-churn-rollout"),
    ("cloudformation:UpdateStack", f"arn:aws:cloudformation:{HERE}:stack/kiban-test-Storage/1"),
    (
        "logs:GetLogEvents",
        f"arn:aws:logs:{HERE}:log-group:/aws/sagemaker/TrainingJobs:log-stream:fraud-1/algo-1",
    ),
]


@pytest.mark.parametrize(("action", "resource"), NEVER)
def test_notebook_may_not_reach_further(
    allowed: list[Statement], action: str, resource: str
) -> None:
    assert not may(allowed, action, resource)


@pytest.mark.parametrize(
    "action",
    [
        "sagemaker:CreatePresignedNotebookInstanceUrl",
        "sagemaker:UpdateNotebookInstanceLifecycleConfig",
        "sagemaker:UpdateModelPackage",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:PutBucketPolicy",
        "kms:CreateGrant",
        "kms:PutKeyPolicy",
        "ecr:PutImage",
        "sts:AssumeRole",
    ],
)
def test_notebook_never_has_this_right_on_anything(allowed: list[Statement], action: str) -> None:
    assert all(action not in statement.actions for statement in allowed)


def test_no_right_is_written_with_a_wildcard(allowed: list[Statement]) -> None:
    assert all("*" not in action for statement in allowed for action in statement.actions)


def statements_for(allowed: list[Statement], action: str) -> list[Statement]:
    found = [statement for statement in allowed if action in statement.actions]
    assert found, f"nothing allows {action}"
    return found


def test_notebook_writes_data_of_its_models_and_no_artifacts(allowed: list[Statement]) -> None:
    written = [
        r for statement in statements_for(allowed, "s3:PutObject") for r in statement.resources
    ]

    assert all("Data" in resource and resource.endswith("/churn/*") for resource in written)


def test_notebook_hands_over_the_role_of_the_jobs_to_sagemaker_only(
    allowed: list[Statement],
) -> None:
    [passing] = statements_for(allowed, "iam:PassRole")

    assert passing.conditions == {
        "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
    }
    assert len(passing.resources) == 1
    assert "Training" in passing.resources[0] or "Job" in passing.resources[0]


def test_experiments_are_encrypted_with_the_platform_key_and_isolated(
    allowed: list[Statement],
) -> None:
    [creating] = statements_for(allowed, "sagemaker:CreateTrainingJob")

    assert set(creating.conditions["ArnEquals"]) == {
        "sagemaker:OutputKmsKeyArn",
        "sagemaker:VolumeKmsKeyArn",
    }
    assert creating.conditions["Bool"] == {"sagemaker:NetworkIsolation": "true"}


def test_experiments_of_a_private_environment_stay_in_its_subnets(private: Template) -> None:
    [creating] = statements_for(statements_of(private, "sagemaker"), "sagemaker:CreateTrainingJob")

    within: dict[str, Any] = creating.conditions["ForAllValues:StringEquals"]
    assert len(within["sagemaker:VpcSubnets"]) == 2
    assert creating.conditions["Null"] == {
        "sagemaker:VpcSecurityGroupIds": "false",
        "sagemaker:VpcSubnets": "false",
    }


def test_experiments_of_a_managed_environment_name_no_subnets(allowed: list[Statement]) -> None:
    [creating] = statements_for(allowed, "sagemaker:CreateTrainingJob")

    assert "Null" not in creating.conditions


def test_schedule_may_stop_this_notebook_and_do_nothing_else(managed: Template) -> None:
    assert statements_of(managed, "scheduler") == [
        Statement(
            ["sagemaker:StopNotebookInstance"],
            [f"{SAGEMAKER}:notebook-instance/kiban-test-workbench"],
            {},
        )
    ]


def test_second_model_comes_with_rights_of_its_own() -> None:
    template = Template.from_stack(make_workbench(models={"fraud": GATE}))

    for model in ("churn", "fraud"):
        assert may(
            statements_of(template, "sagemaker"),
            "sagemaker:InvokeEndpoint",
            f"{SAGEMAKER}:endpoint/kiban-test-{model}",
        )


def test_policy_of_a_model_fits_iam_even_with_the_longest_names() -> None:
    longest = "a" * 20
    stack = make_workbench(
        environment=longest,
        platform={"name": longest, "region": "ap-southeast-1"},
        network={"mode": "private", "availability_zones": 3},
        models={longest: GATE},
    )

    for policy in Template.from_stack(stack).find_resources(POLICY).values():
        document = json.dumps(policy["Properties"]["PolicyDocument"], separators=(",", ":"))
        assert len(document) <= 6_144


def calls_of_the_quickstart() -> set[str]:
    """Every AWS call the notebook makes, as IAM names it."""
    services = {"s3": "s3", "sagemaker": "sagemaker", "runtime": "sagemaker", "states": "states"}
    notebook = nbformat.read(QUICKSTART, as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return {
        f"{services[node.func.value.id]}:{api_name(node.func.attr)}"
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in services
    }


def api_name(method: str) -> str:
    """`put_object` as the API and IAM spell it."""
    return "".join(word.capitalize() for word in method.split("_"))


def test_notebook_may_make_every_call_of_the_quickstart(allowed: list[Statement]) -> None:
    granted = {action for statement in allowed for action in statement.actions}
    needed = calls_of_the_quickstart()

    assert "states:DescribeExecution" in needed
    assert needed <= granted
