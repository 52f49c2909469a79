import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.ecr import images
from sandbox.server.server import Sandbox
from sandbox.state import accounts
from sandbox.state.stores import Place

OWN, OTHER, THIRD = "123456789012", "222233334444", "333344445555"
REGION = "us-east-1"


@pytest.fixture(scope="module")
def sandbox(running: Sandbox) -> Sandbox:
    """The shared sandbox, emptied once; a process holds one at a time."""
    running.clear()
    return running


def admitting(account: str, *actions: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}
    return json.dumps({"Statement": [{**statement, "Action": list(actions)}]})


def test_an_access_key_that_is_a_number_is_that_account(sandbox: Sandbox) -> None:
    assert sandbox.client("sts").get_caller_identity()["Account"] == OWN
    assert sandbox.client("sts", account=OTHER).get_caller_identity()["Account"] == OTHER


def test_a_role_of_another_account_acts_there(sandbox: Sandbox) -> None:
    arn = f"arn:aws:iam::{OTHER}:role/deploys"
    assume = sandbox.client("sts").assume_role
    with pytest.raises(ClientError, match="because no role trust policy allows the sts:AssumeRole"):
        assume(RoleArn=arn, RoleSessionName="journey")
    trust = admitting(OWN, "sts:AssumeRole")
    sandbox.client("iam", account=OTHER).create_role(
        RoleName="deploys", AssumeRolePolicyDocument=trust
    )
    found = assume(RoleArn=arn, RoleSessionName="journey")

    assert accounts.of_key(found["Credentials"]["AccessKeyId"]) == OTHER


def test_a_request_without_a_known_key_is_of_the_sandbox_itself() -> None:
    assert accounts.of_request({}) == OWN
    assert accounts.of_request({"HTTP_AUTHORIZATION": "Credential=sandbox/2026/x"}) == OWN


def test_a_group_admits_only_the_accounts_of_its_policy(sandbox: Sandbox) -> None:
    own = sandbox.client("sagemaker")
    arn = own.create_model_package_group(ModelPackageGroupName="shared")["ModelPackageGroupArn"]

    def listed(account: str) -> Any:
        client = sandbox.client("sagemaker", account=account)
        return client.list_model_packages(ModelPackageGroupName=arn)["ModelPackageSummaryList"]

    with pytest.raises(ClientError, match="AccessDenied"):
        listed(OTHER)
    own.put_model_package_group_policy(
        ModelPackageGroupName="shared",
        ResourcePolicy=admitting(OTHER, "sagemaker:ListModelPackages"),
    )
    assert listed(OTHER) == []
    with pytest.raises(ClientError, match="AccessDenied"):
        listed(THIRD)
    with pytest.raises(ClientError, match="DescribeModelPackageGroup"):
        sandbox.client("sagemaker", account=OTHER).describe_model_package_group(
            ModelPackageGroupName=arn
        )


def image_in(sandbox: Sandbox, folder: Path) -> str:
    """An image in the repository `models` of the sandbox's own account; returns its digest."""
    sandbox.client("ecr").create_repository(repositoryName="models")
    uri = f"{OWN}.dkr.ecr.{REGION}.amazonaws.com/models:one"
    return images.register(Place(OWN, REGION), uri, images.Image(uri, folder, folder))


def test_a_repository_admits_only_the_accounts_of_its_policy(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    digest = image_in(sandbox, tmp_path)
    wanted = {"registryId": OWN, "repositoryName": "models", "imageIds": [{"imageTag": "one"}]}
    other = sandbox.client("ecr", account=OTHER)

    with pytest.raises(ClientError, match="AccessDenied"):
        other.batch_get_image(**wanted)
    sandbox.client("ecr").set_repository_policy(
        repositoryName="models", policyText=admitting(OTHER, "ecr:BatchGetImage")
    )
    (found,) = other.batch_get_image(**wanted)["images"]

    assert found["imageId"]["imageDigest"] == digest
    with pytest.raises(ClientError, match="GetDownloadUrlForLayer"):
        other.get_download_url_for_layer(
            registryId=OWN, repositoryName="models", layerDigest=digest
        )
