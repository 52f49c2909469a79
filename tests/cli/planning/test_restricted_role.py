"""A plan by a role that may do little more than assume the roles of the CDK's bootstrap."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from cli.aws import connection
from cli.aws.connection import Connection
from cli.deployment.endpoint_retype import _instances
from cli.environments.environment import Environment
from cli.planning import change_sets
from cli.planning.deployment_planning import in_deploy_role
from sandbox.cdk.bootstrap import ensure
from tests.cli.planning.conftest import ACCOUNT, Deployed
from tests.reviewer.planted import setting

REGION = "us-east-1"
BOOTSTRAP = ("deploy", "file-publishing", "lookup")
# As the Delivery stack writes it.
STATEMENTS = [
    {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Resource": [
            f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-{name}-role-{ACCOUNT}-{REGION}"
            for name in BOOTSTRAP
        ],
    },
    {
        "Effect": "Allow",
        "Action": "cloudformation:DescribeStacks",
        "Resource": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/kiban-prod-*/*",
    },
]


@pytest.fixture(scope="module")
def credentials(prod: Deployed) -> dict[str, str]:
    """What a pipeline has, in a sandbox that enforces what a session may do."""
    ensure(url=prod.url, region=REGION, account=ACCOUNT)
    iam, sts = prod.env.aws("iam"), prod.env.aws("sts")
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName="delivery", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
    )["Role"]["Arn"]
    document = json.dumps({"Version": "2012-10-17", "Statement": STATEMENTS})
    iam.put_role_policy(RoleName="delivery", PolicyName="own", PolicyDocument=document)
    found = sts.assume_role(RoleArn=role, RoleSessionName="pipeline")["Credentials"]
    return {
        "AWS_ENDPOINT_URL": prod.url,
        "AWS_ACCESS_KEY_ID": found["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": found["SecretAccessKey"],
        "AWS_SESSION_TOKEN": found["SessionToken"],
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


@pytest.fixture
def pipeline(
    prod: Deployed, credentials: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployed]:
    """The environment as a pipeline reaches it on AWS: by its credentials alone."""
    for name, value in credentials.items():
        monkeypatch.setenv(name, value)
    caches = (connection._aws_client, connection._aws_session, connection._role_session)
    for cache in caches:
        cache.cache_clear()
    yield replace(prod, env=Environment(prod.env.config, Connection(REGION)))
    for cache in caches:
        cache.cache_clear()


@pytest.mark.parametrize("letters", [change_sets._MOST_LETTERS, 1])
def test_the_roles_of_the_bootstrap_are_enough_for_a_whole_plan(
    pipeline: Deployed, letters: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every template, or none, has to lie in a bucket, which the deploy role may not write to.
    monkeypatch.setattr(change_sets, "_MOST_LETTERS", letters)
    undo = pipeline.edit("Storage", setting("AWS::KMS::Key", "", "Description", "Another text"))
    try:
        found = pipeline.plan()
    finally:
        undo()

    assert [(one.kind, one.at) for one in found.verdicts] == [("in place", "Storage/Key")]
    assert found.exit_code == 0


def test_a_plan_says_which_template_nobody_could_be_asked_about(
    pipeline: Deployed, prod: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_sets, "_MOST_LETTERS", 1)
    iam = boto3.client(
        "iam",
        endpoint_url=pipeline.url,
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key=prod.env.connection.secret,
    )
    role = f"cdk-hnb659fds-file-publishing-role-{ACCOUNT}-{REGION}"
    (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    reading = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    only = json.dumps({"Version": "2012-10-17", "Statement": [reading]})
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=only)
    try:
        found = pipeline.plan()
    finally:
        text = json.dumps(document)
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=text)

    assert found.exit_code == 3
    assert any("s3:PutObject" in one.said for one in found.of_kind("look")), found.verdicts


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Code"])


def test_the_deploy_role_reads_cloudformation_and_neither_endpoints_nor_data(
    pipeline: Deployed,
) -> None:
    looking = in_deploy_role(pipeline.env, pipeline.cdk_out)
    bucket = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"

    assert looking.aws("cloudformation").list_exports()["Exports"]
    s3 = looking.aws("s3")
    assert "AccessDenied" in refused(s3.put_object, Bucket=bucket, Key="any", Body=b"")
    sagemaker = looking.aws("sagemaker")
    assert "AccessDenied" in refused(sagemaker.describe_endpoint, EndpointName="kiban-prod-churn")
    # An endpoint that cannot be seen is still changed in steps, with whatever runs.
    assert _instances(looking, "kiban-prod-churn") == 0
