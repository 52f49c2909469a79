from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cfn.assembly import AssemblyError
from sandbox.cdk.in_process_deploy import (
    DeployError,
    deploy_assembly,
    destroy_assembly,
)
from tests.sandbox.engine.stacks import Stacks, Template, parameter, template, text

BUCKET = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"


def _stack(body: Template, **properties: Any) -> tuple[dict[str, Any], Template]:
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": properties,
    }
    return artifact, body


def _assembly(folder: Path, **stacks: tuple[dict[str, Any], Template]) -> Path:
    """Write an assembly whose stacks lie in a stage, as CDK nests them."""
    stage = folder / "assembly-dev"
    stage.mkdir(parents=True, exist_ok=True)
    artifacts = {}
    for name, (artifact, body) in stacks.items():
        (stage / f"{name}.template.json").write_text(json.dumps(body))
        properties = {**artifact["properties"], "templateFile": f"{name}.template.json"}
        artifacts[name] = {**artifact, "properties": properties}
    nested = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-dev"}}
    (stage / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {"dev": nested}}))
    return folder


def _source(folder: Path, stack: str) -> None:
    """Give a stack one folder as asset."""
    (folder / "asset").mkdir()
    (folder / "asset" / "code.py").write_text("print()")
    destination = {"bucketName": BUCKET, "objectKey": "code.zip"}
    asset = {
        "source": {"path": "../asset", "packaging": "zip"},
        "destinations": {"here": destination},
    }
    manifest = folder / "assembly-dev" / f"{stack}.assets.json"
    manifest.write_text(json.dumps({"files": {"code": asset}}))


def test_assembly_is_deployed_in_the_order_of_its_dependencies(
    stacks: Stacks, tmp_path: Path
) -> None:
    first = template(
        {"Only": parameter("x")}, Outputs={"Out": {"Value": "x", "Export": {"Name": "shared"}}}
    )
    second = template({"Only": parameter({"Fn::ImportValue": "shared"}, "/two")})  # type: ignore[arg-type]
    later = _stack(second, stackName="two", tags={"team": "ml"}, terminationProtection=True)
    later[0]["dependencies"] = ["one"]
    out = _assembly(tmp_path, late=later, one=_stack(first))
    seen: list[str] = []

    done = deploy_assembly(out, stacks.sandbox.url, on_progress=seen.append)

    assert done == {"one": "CREATE_COMPLETE", "two": "CREATE_COMPLETE"}
    assert seen == ["one: CREATE_COMPLETE", "two: CREATE_COMPLETE"]
    assert stacks.describe("two")["Tags"] == [{"Key": "team", "Value": "ml"}]
    with pytest.raises(DeployError, match=r"two: .*TerminationProtection"):
        destroy_assembly(out, stacks.sandbox.url)
    stacks.aws("cloudformation").update_termination_protection(
        StackName="two", EnableTerminationProtection=False
    )
    destroy_assembly(out, stacks.sandbox.url)
    assert stacks.names() == set()


def test_folder_is_published_as_the_same_archive_every_time(stacks: Stacks, tmp_path: Path) -> None:
    out = _assembly(tmp_path, app=_stack(template({"Only": parameter("x")})))
    _source(tmp_path, "app")
    where = {"Bucket": "cdk-hnb659fds-assets-123456789012-us-east-1", "Key": "code.zip"}

    deploy_assembly(out, stacks.sandbox.url)
    first = stacks.aws("s3").get_object(**where)["Body"].read()
    stacks.sandbox.reset()
    os.utime(tmp_path / "asset" / "code.py", (0, 0))
    deploy_assembly(out, stacks.sandbox.url)

    assert stacks.aws("s3").get_object(**where)["Body"].read() == first
    assert zipfile.ZipFile(io.BytesIO(first)).namelist() == ["code.py"]


def test_second_deployment_keeps_the_values_that_were_given_meanwhile(
    stacks: Stacks, tmp_path: Path
) -> None:
    body = template(
        {"Only": parameter({"Ref": "Value"})},  # type: ignore[arg-type]
        Parameters={"Value": text("default")},
    )
    out = _assembly(tmp_path, app=_stack(body))
    deploy_assembly(out, stacks.sandbox.url)
    stacks.update("app", body, Value="given")
    seen: list[str] = []

    deploy_assembly(out, stacks.sandbox.url, on_progress=seen.append)
    assert seen == ["app: no changes"]
    body["Resources"]["Other"] = {
        "Type": "AWS::SSM::Parameter",
        "Properties": {"Name": "/other", "Type": "String", "Value": "x"},
    }
    deploy_assembly(_assembly(tmp_path, app=_stack(body)), stacks.sandbox.url)

    assert (stacks.ssm("/name"), stacks.ssm("/other")) == ("given", "x")


def test_stack_whose_first_deployment_failed_is_deployed_anew(
    stacks: Stacks, tmp_path: Path
) -> None:
    broken = _stack(template({"Only": ("AWS::SNS::Subscription", {})}))
    with pytest.raises(DeployError, match=r"app: ROLLBACK_COMPLETE: Only \(AWS::SNS"):
        deploy_assembly(_assembly(tmp_path, app=broken), stacks.sandbox.url)

    good = _assembly(tmp_path, app=_stack(template({"Only": parameter("x")})))
    assert deploy_assembly(good, stacks.sandbox.url) == {"app": "CREATE_COMPLETE"}


def test_stack_with_a_region_goes_there(stacks: Stacks, tmp_path: Path) -> None:
    artifact, body = _stack(template({"Only": parameter("x")}))
    artifact["environment"] = "aws://unknown-account/eu-central-1"

    deploy_assembly(_assembly(tmp_path, app=(artifact, body)), stacks.sandbox.url)

    assert Stacks(stacks.sandbox, "eu-central-1").ssm("/name") == "x"
    assert stacks.names() == set()


def test_stack_of_another_account_goes_there(stacks: Stacks, tmp_path: Path) -> None:
    artifact, body = _stack(template({"Only": parameter("x")}))
    artifact["environment"] = "aws://111122223333/eu-central-1"

    deploy_assembly(_assembly(tmp_path, app=(artifact, body)), stacks.sandbox.url)

    there = stacks.sandbox.client("ssm", account="111122223333", region="eu-central-1")
    assert there.get_parameter(Name="/name")["Parameter"]["Value"] == "x"
    with pytest.raises(ClientError, match="ParameterNotFound"):
        stacks.sandbox.client("ssm", region="eu-central-1").get_parameter(Name="/name")


def test_folder_without_an_assembly_is_refused(stacks: Stacks, tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match=r"manifest\.json: no such file"):
        deploy_assembly(tmp_path, stacks.sandbox.url)
