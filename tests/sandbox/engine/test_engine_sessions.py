"""A session of a role may do what its policies allow, and only who its trust names gets one."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.iam import web_tokens
from sandbox.server.server import Sandbox

ACCOUNT = "123456789012"
ISSUER = "token.actions.githubusercontent.com"
TRUSTED = {"aud": "sts.amazonaws.com", "sub": "repo:team/kiban:environment:staging"}


@pytest.fixture(scope="module")
def sandbox(running: Sandbox) -> Sandbox:
    """The shared sandbox with two stacks and a role that a token gets, which may describe one."""
    running.reset()
    for name in ("own-Storage", "another-Storage"):
        running.client("cloudformation").create_stack(
            StackName=name,
            TemplateBody=json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}),
        )
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{ISSUER}:{key}": one for key, one in TRUSTED.items()}},
    }
    iam = running.client("iam")
    iam.create_role(RoleName="delivery", AssumeRolePolicyDocument=policy(trust))
    describing = {
        "Effect": "Allow",
        "Action": "cloudformation:DescribeStacks",
        "Resource": f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/own-*/*",
    }
    iam.put_role_policy(RoleName="delivery", PolicyName="own", PolicyDocument=policy(describing))
    return running


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def token(sandbox: Sandbox, **claims: str) -> str:
    """A token of GitHub's, whose keys the sandbox has."""
    return web_tokens.make({"iss": f"https://{ISSUER}", **TRUSTED, **claims}, sandbox.secret)


def session(sandbox: Sandbox, text: str = "") -> boto3.Session:
    """Credentials of the role for a token."""
    sts = boto3.client("sts", endpoint_url=sandbox.url, region_name="us-east-1")
    found = sts.assume_role_with_web_identity(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/delivery",
        RoleSessionName="pipeline",
        WebIdentityToken=text or token(sandbox),
    )["Credentials"]
    return boto3.Session(
        found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"], "us-east-1"
    )


def denied(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    return str(caught.value.response["Error"]["Message"])


def test_a_session_does_what_its_role_may(sandbox: Sandbox) -> None:
    formation = session(sandbox).client("cloudformation", endpoint_url=sandbox.url)

    assert formation.describe_stacks(StackName="own-Storage")["Stacks"]


def test_a_session_does_nothing_else(sandbox: Sandbox) -> None:
    own = session(sandbox)
    formation = own.client("cloudformation", endpoint_url=sandbox.url)

    message = denied(formation.describe_stacks, StackName="another-Storage")
    assert message.startswith(
        f"User: arn:aws:iam::{ACCOUNT}:role/delivery is not authorized to perform: "
        "cloudformation:DescribeStacks on resource: arn:aws:cloudformation:us-east-1:"
    )
    denied(formation.describe_stacks)
    denied(formation.delete_stack, StackName="own-Storage")
    denied(own.client("ssm", endpoint_url=sandbox.url).get_parameter, Name="any")
    denied(own.client("s3", endpoint_url=sandbox.url).put_object, Bucket="b", Key="k", Body=b"")
    denied(own.client("s3", endpoint_url=sandbox.url).list_buckets)
    denied(own.client("lambda", endpoint_url=sandbox.url).list_functions)
    other = f"arn:aws:iam::{ACCOUNT}:role/another"
    assume = own.client("sts", endpoint_url=sandbox.url).assume_role
    denied(assume, RoleArn=other, RoleSessionName="any")


def test_everybody_may_ask_who_they_are(sandbox: Sandbox) -> None:
    sts = session(sandbox).client("sts", endpoint_url=sandbox.url)

    assert sts.get_caller_identity()["Arn"].endswith(":assumed-role/delivery/pipeline")


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "repo:team/kiban:environment:prod"},
        {"sub": "repo:another/kiban:environment:staging"},
        {"aud": "another"},
        {"iss": "https://gitlab.com"},
    ],
    ids=str,
)
def test_a_token_of_another_place_gets_no_session(sandbox: Sandbox, claims: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="Not authorized to perform sts:AssumeRoleWithWeb"):
        session(sandbox, token(sandbox, **claims))


def test_a_token_that_was_signed_by_nobody_here_gets_no_session(sandbox: Sandbox) -> None:
    for text in ("no-token", web_tokens.make({"iss": f"https://{ISSUER}", **TRUSTED}, "another")):
        with pytest.raises(ClientError) as caught:
            session(sandbox, text)
        assert caught.value.response["Error"]["Code"] == "InvalidIdentityToken"


def test_a_person_may_do_all(sandbox: Sandbox) -> None:
    assert len(sandbox.client("cloudformation").describe_stacks()["Stacks"]) >= 3
