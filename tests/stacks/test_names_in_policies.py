"""No policy of a model reaches a model whose name goes on after a hyphen, in any template."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import pytest

from app import add_stacks
from compare.synthesis import documents
from constructs_lib.access.job_names import environment_digits
from tests.constructs_lib.access.test_policy_size import spelled
from tests.templates.environments import make_environment

HERE = "us-east-1:111122223333"
DIGITS, ANOTHERS = (environment_digits(stage) for stage in ("kiban-test", "kiban-prod"))
RUN = "4d5e-4f60-8a9b-0c1d2e3f4a5b"
GATE = {"gate": {"minimum": 0.8}}
NAMES = ("churn", "churn-b", f"churn-{DIGITS[:7]}", f"churn-{DIGITS}-cccc")
"""The last two come as close to a UUID after `churn-` as 20 characters let them."""


class Policy(NamedTuple):
    """A managed policy: the model it is for, where it is, and the patterns it allows."""

    model: str
    place: str
    patterns: list[str]


@pytest.fixture(scope="module")
def policies() -> list[Policy]:
    models = {name: {**GATE, "endpoint": {"capture": {"percent": 1}}} for name in NAMES}
    config = make_environment(
        platform={"account": HERE[-12:]},
        models=models,
        network={"mode": "private"},
    )
    templates = documents(config, add_stacks)
    found = [one for stack, body in templates.items() for one in of_one_model(stack, body)]
    assert {one.model for one in found} == set(NAMES)
    return found


def of_one_model(stack: str, template: dict[str, Any]) -> Iterator[Policy]:
    """Every policy that is for one model: all of its own stacks, one of the notebook's."""
    for name, body in template["Resources"].items():
        if body["Type"] != "AWS::IAM::ManagedPolicy":
            continue
        model = model_of(stack, body["Properties"]["Description"])
        if model is not None:
            statements = body["Properties"]["PolicyDocument"]["Statement"]
            patterns = [p for one in statements if not names_groups(one) for p in resources(one)]
            yield Policy(model, f"{stack}/{name}", patterns)


def names_groups(statement: dict[str, Any]) -> bool:
    """Whether the call names a log group, which the jobs of all models of an account share."""
    return bool(statement["Action"] == "logs:DescribeLogStreams")


def model_of(stack: str, description: str) -> str | None:
    of_stack = re.fullmatch(r"(?:Inference|Training)-(.+)", stack)
    of_notebook = re.fullmatch(r"What a notebook may do with (\S+) in .+", description)
    found = of_stack or of_notebook
    return found[1] if found else None


def resources(statement: dict[str, Any]) -> list[str]:
    found = spelled(statement["Resource"])
    listed = found if isinstance(found, list) else [found]
    return [re.sub(r"<AWS::Partition>|<AWS.Partition>", "aws", one) for one in listed if one != "*"]


def belongings(model: str) -> list[str]:
    """ARNs of everything whose name is made of the model's."""
    full, job = f"kiban-test-{model}", f"{model}-{DIGITS}-{RUN}-00"
    streams = [
        f"/aws/sagemaker/{group}:log-stream:{name}/algo-1-1"
        for group in ("TrainingJobs", "ProcessingJobs")
        for name in (job, f"{model}-workbench-first")
    ]
    alarm = f"kiban-test-Inference-{model}-EndpointRollbackAlarmsErrorsCB31781D-1"
    return [
        *(f"arn:aws:sagemaker:{HERE}:{kind}-job/{job}" for kind in ("training", "processing")),
        f"arn:aws:sagemaker:{HERE}:training-job/{model}-workbench-first",
        *(f"arn:aws:logs:{HERE}:log-group:{one}" for one in streams),
        f"arn:aws:logs:{HERE}:log-group:/aws/sagemaker/Endpoints/{full}:log-stream:AllTraffic/i-1",
        f"arn:aws:cloudwatch:{HERE}:alarm:{alarm}",
        f"arn:aws:sagemaker:{HERE}:endpoint/{full}",
        f"arn:aws:sagemaker:{HERE}:model-package-group/{full}",
        f"arn:aws:sagemaker:{HERE}:model-package/{full}/1",
        f"arn:aws:states:{HERE}:stateMachine:{full}-workflow",
        f"arn:aws:states:{HERE}:execution:{full}-workflow:1",
        f"arn:aws:cloudformation:{HERE}:stack/kiban-test-Inference-{model}/1",
    ]


def reached(policies: list[Policy], owner: str, model: str) -> set[str]:
    """What of `model` the policies of `owner` name, each with the policy that does."""
    return {
        f"{policy.place}: {arn}"
        for policy in policies
        if policy.model == owner
        for arn in belongings(model)
        if any(fnmatchcase(arn, pattern) for pattern in policy.patterns)
    }


@pytest.mark.parametrize("model", NAMES)
@pytest.mark.parametrize("owner", NAMES)
def test_a_model_has_rights_over_itself_alone(
    policies: list[Policy], owner: str, model: str
) -> None:
    found = reached(policies, owner, model)

    if owner != model:
        assert found == set()
    else:
        assert len({one.partition(": ")[2] for one in found}) > len(belongings(model)) / 2


@pytest.mark.parametrize("owner", NAMES)
def test_no_right_reaches_a_job_of_the_same_model_in_another_environment(
    policies: list[Policy], owner: str
) -> None:
    job = f"{owner}-{ANOTHERS}-{RUN}-00"
    arns = [
        *(f"arn:aws:sagemaker:{HERE}:{kind}-job/{job}" for kind in ("training", "processing")),
        *(
            f"arn:aws:logs:{HERE}:log-group:/aws/sagemaker/{kind}Jobs:log-stream:{job}/algo-1-1"
            for kind in ("Training", "Processing")
        ),
    ]

    own = [pattern for policy in policies if policy.model == owner for pattern in policy.patterns]

    assert [arn for arn in arns if any(fnmatchcase(arn, pattern) for pattern in own)] == []
    mine = [arn.replace(ANOTHERS, DIGITS) for arn in arns]
    assert all(any(fnmatchcase(arn, pattern) for pattern in own) for arn in mine)


@pytest.mark.parametrize("owner", NAMES)
def test_objects_of_a_model_are_named_with_the_slash_behind_its_name(
    policies: list[Policy], owner: str
) -> None:
    keys = {
        key
        for policy in policies
        if policy.model == owner
        for pattern in policy.patterns
        if (key := re.sub(r"^<[^<>]+>/", "", pattern)) != pattern
    }

    assert keys
    assert {key for key in keys if not key.startswith(f"{owner}/")} == set()
