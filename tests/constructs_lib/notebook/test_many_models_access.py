"""A notebook that knows a hundred models still may no more than it needs."""

import json
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from app import add_stacks
from compare.synthesis import documents
from config.schema import MOST_MODELS
from constructs_lib.synthesis.checked_app import register_security_checks
from constructs_lib.synthesis.environment_stage import EnvironmentStage
from tests.constructs_lib.access.test_policy_size import AN_ARN, spelled
from tests.constructs_lib.notebook.test_experiments import request_for
from tests.constructs_lib.notebook.test_model_access import HERE, NEEDED, NEVER, NOTEBOOK, SAGEMAKER
from tests.templates.conditions import holds
from tests.templates.environments import make_environment
from tests.templates.statements import POLICY, Statement, may, statements_of
from tests.templates.synthesis import feature_flags

MOST_CHARACTERS = 6_144
MOST_POLICIES = 10
LONGEST = "n" * 20


def environment(models: int, **changes: Any) -> dict[str, Any]:
    """The templates of an environment with this many models whose names are as long as can be."""
    tables = {f"{LONGEST[:-3]}{number:03}": {"gate": {"minimum": 0.8}} for number in range(models)}
    return documents(make_environment(models=tables, **changes), add_stacks)


@pytest.fixture(scope="module")
def hundred() -> dict[str, Any]:
    """With churn, which every test environment has, as many as an environment may have."""
    return environment(
        MOST_MODELS - 1,
        platform={"name": LONGEST, "account": "111122223333"},
        network={"mode": "private", "availability_zones": 3},
        sharing={"accounts": ["222233334444"]},
    )


def workbench(template: dict[str, Any]) -> Template:
    # The document carries one word that is not a template's.
    return Template.from_json({**template, "TerminationProtection": None})


@pytest.fixture(scope="module")
def allowed() -> list[Statement]:
    """The notebook's role in an environment of twelve models."""
    return statements_of(workbench(environment(11)["Workbench"]), "sagemaker", NOTEBOOK)


@pytest.mark.acceptance
def test_no_stack_of_a_hundred_models_is_too_big(hundred: dict[str, Any]) -> None:
    for name, stack in hundred.items():
        assert len(stack["Resources"]) <= 500, name
        assert len(stack.get("Outputs", {})) <= 200, name
        assert len(json.dumps(stack)) < 1_000_000, name


@pytest.mark.acceptance
def test_no_role_of_the_workbench_has_more_policies_than_iam_attaches(
    hundred: dict[str, Any],
) -> None:
    template = workbench(hundred["Workbench"])
    roles = template.find_resources("AWS::IAM::Role")

    assert {name for name in roles if name.startswith((NOTEBOOK, "Experiments"))} < set(roles)
    for name, body in roles.items():
        assert len(body["Properties"]["ManagedPolicyArns"]) <= MOST_POLICIES, name
    for name, body in template.find_resources(POLICY).items():
        document = json.dumps(spelled(body["Properties"]["PolicyDocument"]))
        written = re.sub(r"\s", "", re.sub(r"<[^<>]+>", AN_ARN, document))
        assert len(written) <= MOST_CHARACTERS, name


@pytest.mark.acceptance
def test_the_bucket_policy_of_a_hundred_shared_models_fits(hundred: dict[str, Any]) -> None:
    for body in hundred["Storage"]["Resources"].values():
        if body["Type"] == "AWS::S3::BucketPolicy":
            document = json.dumps(spelled(body["Properties"]["PolicyDocument"]))
            assert len(re.sub(r"\s", "", document)) <= 20_480


@pytest.mark.acceptance
def test_many_models_leave_no_finding_open(tmp_path: Path) -> None:
    app = cdk.App(
        context=feature_flags() | {"@aws-cdk/core:failSynthOnValidationErrors": False},
        outdir=str(tmp_path),
        analytics_reporting=False,
    )
    register_security_checks(app)
    models = {f"model-{number}": {"gate": {"minimum": 0.8}} for number in range(10)}
    config = make_environment(models=models)
    add_stacks(EnvironmentStage(app, config=config), config)
    app.synth()

    report = json.loads((tmp_path / "validation-report.json").read_text())
    assert [plugin["violations"] for plugin in report["pluginReports"]] == [[]] * len(
        report["pluginReports"]
    )


@pytest.mark.parametrize(("action", "resource"), NEEDED)
def test_a_notebook_with_many_models_may_do_what_the_flow_needs(
    allowed: list[Statement], action: str, resource: str
) -> None:
    assert may(allowed, action, resource)


@pytest.mark.parametrize(("action", "resource"), NEVER)
def test_a_notebook_with_many_models_may_not_reach_further(
    allowed: list[Statement], action: str, resource: str
) -> None:
    assert not may(allowed, action, resource)


def test_jobs_that_people_start_stay_within_the_same_bounds(allowed: list[Statement]) -> None:
    creating = [one for one in allowed if "sagemaker:CreateTrainingJob" in one.actions]

    assert creating
    for one in creating:
        assert one.resources == [f"{SAGEMAKER}:training-job/*-workbench-*"]
        assert holds(one.conditions, request_for(one, spelling_of(one)))
        for changes in ({"InstanceTypes": ["ml.p4d.24xlarge"]}, {"MaxRuntimeInSeconds": 3_601}):
            assert not holds(one.conditions, request_for(one, spelling_of(one), **changes))


def spelling_of(one: Statement) -> str:
    return "Arn" if "sagemaker:OutputKmsKeyArn" in one.conditions["ArnEquals"] else ""


def test_the_jobs_and_logs_of_other_models_stay_closed(allowed: list[Statement]) -> None:
    logs = f"arn:aws:logs:{HERE}:log-group:/aws/sagemaker/ProcessingJobs:log-stream:fraud-1/a"

    assert not may(allowed, "sagemaker:DescribeTrainingJob", f"{SAGEMAKER}:training-job/fraud-1")
    assert not may(allowed, "logs:GetLogEvents", logs)


def test_one_role_is_passed_for_all_models(allowed: list[Statement]) -> None:
    (passing,) = [one for one in allowed if one.actions == ["iam:PassRole"]]
    (role,) = passing.resources

    assert role.startswith("<Experiments")
