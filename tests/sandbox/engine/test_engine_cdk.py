"""The CDK command line itself against the sandbox; one journey, because each step starts Node."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox.engine.stacks import Stacks

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parents[3]
Cdk = Callable[..., tuple[int, str]]

APP = """
import pathlib, sys
import aws_cdk as cdk
from aws_cdk import aws_s3 as s3, aws_s3_assets as assets, aws_ssm as ssm
here = pathlib.Path(sys.argv[1])
for name in ("good", "broken"):
    app = cdk.App(outdir=str(here / name), builtin_cloud_formation_validation=False)
    stack = cdk.Stack(app, "Smoke")
    value = cdk.CfnParameter(stack, "Value", default="one")
    ssm.StringParameter(stack, "P", string_value=value.value_as_string, parameter_name="/name")
    s3.Bucket(stack, "B", enforce_ssl=True, removal_policy=cdk.RemovalPolicy.DESTROY)
    asset = assets.Asset(stack, "Asset", path=str(here / "folder"))
    cdk.CfnOutput(stack, "Source", value=asset.s3_object_url)
    if name == "broken":
        cdk.CfnResource(stack, "Broken", type="AWS::SNS::Subscription",
                        properties={"TopicArn": "arn:aws:sns:us-east-1:123456789012:none"})
    app.synth()
"""


@pytest.fixture
def cdk(stacks: Stacks, bootstrapped: None, tmp_path: Path) -> Cdk:
    """Runs the command line against the sandbox, and returns its exit code and what it said."""
    environment = {
        **os.environ,
        "PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}",
        "JSII_NODE": str(ROOT / "constructs_lib/synthesis/cdk-node"),
        "AWS_ENDPOINT_URL": stacks.sandbox.url,
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": stacks.sandbox.secret,
        "AWS_REGION": "us-east-1",
        "HOME": str(tmp_path),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CI": "1",
    }
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_text("x")
    subprocess.run([sys.executable, "-c", APP, str(tmp_path)], env=environment, check=True)

    def run(*arguments: str) -> tuple[int, str]:
        command = [str(ROOT / "node_modules/.bin/cdk"), *arguments]
        ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        return ran.returncode, ran.stdout + ran.stderr

    return run


def test_cdk_command_line_deploys_rolls_back_keeps_values_and_destroys(
    stacks: Stacks, cdk: Cdk
) -> None:
    deploy = ("deploy", "--require-approval", "never", "--app")

    code, said = cdk(*deploy, "good", "--parameters", "Value=two")
    assert (code, stacks.ssm("/name")) == (0, "two"), said
    bucket, _, key = stacks.outputs("Smoke")["Source"].removeprefix("s3://").partition("/")
    assert stacks.aws("s3").head_object(Bucket=bucket, Key=key)["ContentLength"] > 0

    code, said = cdk(*deploy, "good")
    assert (code, "(no changes)" in said, stacks.ssm("/name")) == (0, True, "two"), said

    code, said = cdk(*deploy, "broken")
    assert (code, stacks.status("Smoke")) == (1, "UPDATE_ROLLBACK_COMPLETE"), said
    assert "Missing required parameter" in said

    code, said = cdk("bootstrap", "aws://123456789012/us-east-1")
    assert (code, stacks.status("CDKToolkit")) == (0, "UPDATE_COMPLETE"), said

    code, said = cdk("destroy", "--force", "--app", "good")
    assert (code, stacks.names()) == (0, set()), said
