"""What a notebook may do, and above all what it may not."""

import ast
import json
import re
from typing import Any

import nbformat
import pytest
from aws_cdk.assertions import Template

from constructs_lib.access.job_names import environment_digits
from constructs_lib.notebook.notebook_lifecycle import QUICKSTART
from tests.constructs_lib.access.test_policy_size import spelled
from tests.constructs_lib.notebook.conftest import make_workbench
from tests.templates.statements import POLICY, Statement, may, statements_of

HERE = "us-east-1:111122223333"
SAGEMAKER = f"arn:aws:sagemaker:{HERE}"
STREAM = f"arn:aws:logs:{HERE}:log-group:/aws/sagemaker/TrainingJobs:log-stream"
STATES = f"arn:aws:states:{HERE}"
NOTEBOOK = "WorkbenchRole"
RUN = f"{environment_digits('kiban-test')}-4d5e-4f60-8a9b-0c1d2e3f4a5b"
ANOTHERS = f"{environment_digits('kiban-prod')}-4d5e-4f60-8a9b-0c1d2e3f4a5b"
"""The job of a model of the same name in another environment."""
GATE = {"gate": {"metric": "auc", "minimum": 0.8}}


@pytest.fixture(scope="session")
def allowed(managed: Template) -> list[Statement]:
    """The notebook's role without a network of our own."""
    return statements_of(managed, "sagemaker", NOTEBOOK)


NEEDED = [
    ("sagemaker:CreateTrainingJob", f"{SAGEMAKER}:training-job/churn-workbench-first"),
    ("sagemaker:StopTrainingJob", f"{SAGEMAKER}:training-job/churn-workbench-first"),
    ("sagemaker:DescribeTrainingJob", f"{SAGEMAKER}:training-job/churn-workbench-first"),
    ("sagemaker:DescribeTrainingJob", f"{SAGEMAKER}:training-job/churn-{RUN}-00"),
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
    ("logs:GetLogEvents", f"{STREAM}:churn-{RUN}-00/algo-1"),
    ("logs:GetLogEvents", f"{STREAM}:churn-workbench-first/algo-1"),
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
    ("sagemaker:CreateTrainingJob", f"{SAGEMAKER}:training-job/churn-{RUN}-00"),
    ("sagemaker:StopTrainingJob", f"{SAGEMAKER}:training-job/churn-{RUN}-00"),
    ("sagemaker:InvokeEndpoint", f"{SAGEMAKER}:endpoint/kiban-prod-churn"),
    ("states:StartExecution", f"{STATES}:stateMachine:kiban-test-churn-rollout"),
    ("cloudformation:UpdateStack", f"arn:aws:cloudformation:{HERE}:stack/kiban-test-Storage/1"),
    ("logs:GetLogEvents", f"{STREAM}:fraud-{RUN}-00/algo-1"),
    ("sagemaker:DescribeTrainingJob", f"{SAGEMAKER}:training-job/churn-{ANOTHERS}-00"),
    ("logs:GetLogEvents", f"{STREAM}:churn-{ANOTHERS}-00/algo-1"),
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


def test_notebook_hands_over_the_role_of_experiments_to_sagemaker_and_no_other(
    allowed: list[Statement],
) -> None:
    [passing] = statements_for(allowed, "iam:PassRole")
    [role] = passing.resources

    assert passing.conditions == {
        "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
    }
    assert role.startswith("<Experiments")


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
            statements_of(template, "sagemaker", NOTEBOOK),
            "sagemaker:InvokeEndpoint",
            f"{SAGEMAKER}:endpoint/kiban-test-{model}",
        )


LONGEST = "a" * 20
PLACES: list[dict[str, Any]] = [
    {"network": {"mode": "private", "availability_zones": 3}},
    {
        "existing": {
            "network": {
                "subnet_ids": [f"subnet-{number:017x}" for number in range(16)],
                "security_group_ids": [f"sg-{number:017x}" for number in range(5)],
            }
        }
    },
]


@pytest.mark.parametrize("place", PLACES, ids=["private", "existing"])
def test_policy_of_a_model_fits_iam_even_with_the_longest_names(place: dict[str, Any]) -> None:
    stack = make_workbench(
        environment=LONGEST,
        platform={"name": LONGEST, "region": "ap-southeast-1", "account": "111122223333"},
        models={LONGEST: GATE},
        **place,
    )

    for name, policy in Template.from_stack(stack).find_resources(POLICY).items():
        assert characters(policy["Properties"]["PolicyDocument"]) <= 6_144, name


LENGTHS = {
    r"(Subnet|GroupId)": "subnet-0123456789abcdef0",
    r"FnGetAttKey": f"arn:aws:kms:ap-southeast-1:111122223333:key/{RUN}",
    r"(Data|Artifacts)": "arn:aws:s3:::" + "b" * 63,
    r"": f"arn:aws:states:ap-southeast-1:111122223333:stateMachine:{'a' * 62}-workflow",
}
"""What stands behind a reference, as long as it gets."""


def characters(document: dict[str, Any]) -> int:
    """The length of a policy when every reference is as long as it gets."""
    text = json.dumps(spelled(document))
    for name, value in LENGTHS.items():
        text = re.sub(rf"<[^<>]*{name}[^<>]*>", value, text)
    return len(re.sub(r"\s", "", text))


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
