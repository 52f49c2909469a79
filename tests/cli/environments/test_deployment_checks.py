import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from cli.environments import deployment_checks
from cli.environments.deployment_checks import DEFAULT_QUALIFIER, bootstrap_parameter
from cli.environments.environment import Environment
from config.loader import load_environment

ENDPOINT = "ml.m5.large for endpoint usage"


@pytest.fixture
def quotas_client() -> Any:
    # The sandbox has no quotas, and a real account must not be needed: AWS's answers are played.
    return boto3.client(
        "service-quotas",
        region_name="us-east-1",
        aws_access_key_id="nobody",
        aws_secret_access_key="nobody",
    )


def quota(name: str, value: float) -> dict[str, Any]:
    return {"QuotaName": name, "Value": value}


def test_the_accounts_own_quota_counts_more_than_awss_default(quotas_client: Any) -> None:
    asked = {"ServiceCode": "sagemaker"}
    with Stubber(quotas_client) as aws:
        aws.add_response("list_aws_default_service_quotas", {"Quotas": [quota(ENDPOINT, 0)]}, asked)
        aws.add_response(
            "list_service_quotas",
            {"Quotas": [quota("Other", 1)], "NextToken": "page 2"},
            asked,
        )
        aws.add_response(
            "list_service_quotas",
            {"Quotas": [quota(ENDPOINT, 8)]},
            {**asked, "NextToken": "page 2"},
        )

        found = deployment_checks.check_service_quotas(load_environment("dev"), quotas_client)

    assert {item.subject: item.level for item in found}[ENDPOINT] == "ok"


def test_not_being_allowed_to_read_quotas_is_not_read_as_having_none(quotas_client: Any) -> None:
    with Stubber(quotas_client) as aws:
        aws.add_client_error("list_aws_default_service_quotas", "AccessDeniedException", "no")

        found = deployment_checks.check_service_quotas(load_environment("dev"), quotas_client)

    assert [item.level for item in found] == ["warn"]
    assert "permission denied" in found[0].note
    assert "servicequotas:ListServiceQuotas" in found[0].advice


BOOTSTRAP_PARAMETER = bootstrap_parameter(DEFAULT_QUALIFIER)
OTHERS = "/cdk-bootstrap/teamtwo/version"


@pytest.fixture
def parameters(dev: Environment) -> Iterator[Any]:
    """SSM, with the version of the bootstrap restored afterwards."""
    ssm = dev.aws("ssm")
    before = ssm.get_parameter(Name=BOOTSTRAP_PARAMETER)["Parameter"]["Value"]
    yield ssm
    ssm.put_parameter(Name=BOOTSTRAP_PARAMETER, Value=before, Type="String", Overwrite=True)


def test_a_bootstrapped_account_is_fit(dev: Environment) -> None:
    assert deployment_checks.check_bootstrap(dev).level == "ok"
    assert deployment_checks.check_account(dev).level == "ok"


def test_a_bootstrap_that_is_too_old_fails(dev: Environment, parameters: Any) -> None:
    parameters.put_parameter(Name=BOOTSTRAP_PARAMETER, Value="5", Type="String", Overwrite=True)

    found = deployment_checks.check_bootstrap(dev)

    assert found.level == "fail"
    assert "version 5" in found.note
    assert "cdk bootstrap" in found.advice


@pytest.mark.parametrize(
    ("owner", "option"), [("123456789012", " --custom-permissions-boundary teams/it"), ("aws", "")]
)
def test_a_bootstrap_is_ordered_with_the_files_boundary(
    dev: Environment, parameters: Any, owner: str, option: str
) -> None:
    parameters.put_parameter(Name=BOOTSTRAP_PARAMETER, Value="5", Type="String", Overwrite=True)
    boundary = {"permissions_boundary": f"arn:aws:iam::{owner}:policy/teams/it"}
    platform = dev.config.platform.model_copy(update=boundary)
    bounded = Environment(dev.config.model_copy(update={"platform": platform}), dev.connection)

    assert deployment_checks.check_bootstrap(bounded).advice.endswith(f"/us-east-1{option}")


def test_the_bootstrap_that_cdk_json_names_is_checked(
    dev: Environment, parameters: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = {"@aws-cdk/core:bootstrapQualifier": "teamtwo"}
    (tmp_path / "cdk.json").write_text(json.dumps({"context": context}))
    monkeypatch.setattr(deployment_checks, "PROJECT", tmp_path)

    missing = deployment_checks.check_bootstrap(dev)
    parameters.put_parameter(Name=OTHERS, Value="21", Type="String")
    try:
        found = deployment_checks.check_bootstrap(dev)
    finally:
        parameters.delete_parameter(Name=OTHERS)

    assert (missing.level, found.level, found.note) == ("fail", "ok", "version 21")
    assert missing.subject == "bootstrap in us-east-1 (teamtwo)"
    assert missing.advice.endswith("/us-east-1 --qualifier teamtwo")


def test_an_account_that_was_never_bootstrapped_fails(dev: Environment, parameters: Any) -> None:
    parameters.delete_parameter(Name=BOOTSTRAP_PARAMETER)

    found = deployment_checks.check_bootstrap(dev)

    assert found.level == "fail"
    assert "not bootstrapped" in found.note


def test_being_logged_in_to_another_account_than_the_file_says_fails(dev: Environment) -> None:
    platform = dev.config.platform.model_copy(update={"account": "111122223333"})
    pinned = dev.config.model_copy(update={"platform": platform})

    found = deployment_checks.check_account(Environment(pinned, dev.connection))

    assert found.level == "fail"
    assert "111122223333" in found.note
