"""What people train from a notebook: within which bounds, and that nothing served can change."""

import json
from typing import Any

import pytest
from aws_cdk.assertions import Template

from tests.constructs_lib.notebook.conftest import make_workbench
from tests.constructs_lib.notebook.test_model_access import (
    GATE,
    NOTEBOOK,
    RUN,
    SAGEMAKER,
    characters,
)
from tests.templates.conditions import holds
from tests.templates.statements import POLICY, Statement, may, statements_of

CREATE = "sagemaker:CreateTrainingJob"
SPELLINGS = ("", "Arn")


@pytest.fixture(scope="module")
def experiment(managed: Template) -> list[Statement]:
    """What the role of the training jobs themselves may do."""
    return statements_of(managed, "sagemaker", "Experiments")


def creating(template: Template) -> list[Statement]:
    """The statements by which a notebook may start trainings."""
    found = [one for one in statements_of(template, "sagemaker", NOTEBOOK) if CREATE in one.actions]
    assert found
    return found


def request_for(one: Statement, spelling: str = "", **changes: Any) -> dict[str, Any]:
    """A training as the file's own are, with the keys that the statement asks for."""
    [key] = {json.dumps(value) for value in one.conditions["ArnEquals"].values()}
    within = one.conditions["ForAllValues:StringEquals"]
    usual = {
        f"OutputKmsKey{spelling}": json.loads(key),
        f"VolumeKmsKey{spelling}": json.loads(key),
        "InstanceTypes": ["ml.m5.xlarge"],
        "MaxRuntimeInSeconds": 3_600,
        "NetworkIsolation": "true",
        **{name.partition(":")[2]: value for name, value in within.items() if "Vpc" in name},
        **{name.format(spelling): value for name, value in changes.items()},
    }
    return {f"sagemaker:{name}": value for name, value in usual.items() if value is not None}


def is_allowed(template: Template, spelling: str = "", **changes: Any) -> bool:
    """Whether a notebook may start this training, when AWS spells its keys this way."""
    statements = creating(template)
    request = request_for(statements[0], spelling, **changes)
    return any(holds(one.conditions, request) for one in statements)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_experiment_may_be_what_the_models_own_training_is(
    managed: Template, private: Template, spelling: str
) -> None:
    assert is_allowed(managed, spelling)
    assert is_allowed(private, spelling)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(
    "changes",
    [
        {"InstanceTypes": ["ml.p4d.24xlarge"]},
        {"InstanceTypes": ["ml.m5.xlarge", "ml.p4d.24xlarge"]},
        {"InstanceTypes": None},
        {"MaxRuntimeInSeconds": 3_601},
        {"MaxRuntimeInSeconds": None},
        {"KeepAlivePeriod": 60},
        {"NetworkIsolation": "false"},
        {"NetworkIsolation": None},
        {"VolumeKmsKey{}": None},
        {"OutputKmsKey{}": None},
        {"OutputKmsKey{}": "arn:aws:kms:us-east-1:111122223333:key/another"},
    ],
    ids=str,
)
def test_an_experiment_out_of_bounds_is_refused(
    managed: Template, spelling: str, changes: dict[str, Any]
) -> None:
    assert not is_allowed(managed, spelling, **changes)


def test_an_experiment_of_a_private_environment_stays_in_its_subnets(private: Template) -> None:
    assert not is_allowed(private, VpcSubnets=None, VpcSecurityGroupIds=None)
    assert not is_allowed(private, VpcSubnets=["another"])
    assert not is_allowed(private, VpcSecurityGroupIds=["another"])


def test_an_experiment_of_a_managed_environment_names_no_subnets(managed: Template) -> None:
    assert "VpcSubnets" not in str(creating(managed))


@pytest.fixture(scope="module")
def with_local_disks() -> Template:
    """A model whose instances have disks of their own, which take no volume key."""
    training = {"instance_type": "ml.g5.xlarge", "max_runtime_minutes": 30}
    return Template.from_stack(make_workbench(models={"churn": {"training": training}}))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_experiment_on_local_disks_needs_no_volume_key(
    with_local_disks: Template, spelling: str
) -> None:
    on_local_disks = {"InstanceTypes": ["ml.g5.xlarge"], "MaxRuntimeInSeconds": 1_800}
    no_volume_key = {"VolumeKmsKey{}": None}

    assert is_allowed(with_local_disks, spelling, **on_local_disks, **no_volume_key)
    assert not is_allowed(
        with_local_disks, spelling, **on_local_disks, **no_volume_key, **{"OutputKmsKey{}": None}
    )
    assert not is_allowed(
        with_local_disks, spelling, InstanceTypes=["ml.m5.xlarge"], MaxRuntimeInSeconds=1_800
    )


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_experiment_may_use_a_fallback_type_of_the_models_trainings(spelling: str) -> None:
    types = ["ml.c5.xlarge", "ml.m5.4xlarge", "ml.m5.12xlarge", "ml.m5.24xlarge"]
    training = {"instance_type": "ml.m5.xlarge", "fallback_types": types}
    longest = "a" * 20
    stack = make_workbench(
        environment=longest,
        platform={"name": longest, "region": "ap-southeast-1", "account": "111122223333"},
        network={"mode": "private", "availability_zones": 3},
        models={"churn": {"training": training}, longest: {**GATE, "training": training}},
    )
    template = Template.from_stack(stack)

    assert all(is_allowed(template, spelling, InstanceTypes=[name]) for name in types)
    assert not is_allowed(template, spelling, InstanceTypes=["ml.m5.2xlarge"])
    for name, policy in template.find_resources(POLICY).items():
        assert characters(policy["Properties"]["PolicyDocument"]) <= 6_144, name


def written(statements: list[Statement]) -> list[str]:
    """Every pattern of objects that these statements let be written or deleted."""
    changing = {"s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"}
    return [r for one in statements if changing & set(one.actions) for r in one.resources]


def test_an_experiment_writes_below_the_workbench_of_its_model_only(
    experiment: list[Statement],
) -> None:
    assert written(experiment)
    assert all(
        "Artifacts" in pattern and pattern.endswith(">/churn/workbench/*")
        for pattern in written(experiment)
    )


@pytest.mark.parametrize("models", [2, 11])
def test_no_experiment_of_many_models_writes_anywhere_else(models: int) -> None:
    names = [f"model-{number}" for number in range(models)]
    template = Template.from_stack(make_workbench(models=dict.fromkeys(names, GATE)))
    statements = statements_of(template, "sagemaker", "Experiments")

    ends = {pattern.partition(">")[2] for pattern in written(statements)}

    assert ends == {f"/{name}/workbench/*" for name in ["churn", *names]}


def test_an_experiment_reads_data_and_artifacts_of_its_model(experiment: list[Statement]) -> None:
    reading = [r for one in experiment if "s3:GetObject" in one.actions for r in one.resources]

    assert {pattern.partition(">")[2] for pattern in reading} == {"/churn/*"}


@pytest.mark.parametrize(
    "action",
    [
        "sagemaker:CreateModelPackage",
        "sagemaker:UpdateModelPackage",
        "states:StartExecution",
        "iam:PassRole",
        "ecr:PutImage",
    ],
)
def test_an_experiment_may_not_do_what_a_person_or_the_workflow_does(
    experiment: list[Statement], action: str
) -> None:
    assert all(action not in one.actions for one in experiment)


def test_the_workflow_s_jobs_cannot_be_named_by_an_experiment(managed: Template) -> None:
    notebook = statements_of(managed, "sagemaker", NOTEBOOK)

    for action in (CREATE, "sagemaker:StopTrainingJob"):
        assert may(notebook, action, f"{SAGEMAKER}:training-job/churn-workbench-{RUN}-00")
        assert not may(notebook, action, f"{SAGEMAKER}:training-job/churn-{RUN}-00")


def test_the_notebook_knows_the_role_of_its_experiments(managed: Template) -> None:
    [lifecycle] = managed.find_resources("AWS::SageMaker::NotebookInstanceLifecycleConfig").values()

    assert "KIBAN_EXPERIMENT_ROLE" in json.dumps(lifecycle)


def test_the_policies_of_experiments_with_both_kinds_of_disks_fit() -> None:
    types = {"a": "ml.g5.xlarge", "b": "ml.p4d.24xlarge", "c": "ml.c5.4xlarge"}
    longest = "a" * 19
    stack = make_workbench(
        environment=f"{longest}x",
        platform={
            "name": f"{longest}y",
            "region": "ap-southeast-1",
            "account": "111122223333",
        },
        network={"mode": "private", "availability_zones": 3},
        models={
            f"{longest[:-1]}{letter}{number}": {**GATE, "training": {"instance_type": name}}
            for letter, name in types.items()
            for number in range(4)
        },
    )

    for name, policy in Template.from_stack(stack).find_resources(POLICY).items():
        assert characters(policy["Properties"]["PolicyDocument"]) <= 6_144, name
