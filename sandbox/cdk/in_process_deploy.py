"""Deployment of a synthesised app as the CDK command line does it, without starting Node."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from cfn.assembly import StackArtifact, stacks_in_order
from sandbox.cdk import bootstrap
from sandbox.state import clients, context
from sandbox.state.clients import ACCOUNT

Progress = Callable[[str], None]

_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_POLL_SECONDS = 0.05
_LONGEST_BODY = 51_200  # CloudFormation takes a longer template from S3 only
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # zip archives know no earlier date; equal input, equal archive


class DeployError(Exception):
    """A stack that did not become what it should; the message names it and says why."""


def deploy_assembly(
    cdk_out: Path,
    endpoint_url: str,
    *,
    exclusively: Collection[str] | None = None,
    on_progress: Progress | None = None,
) -> dict[str, str]:
    """Publish the file assets and deploy every stack; return each stack's status by its name.

    `exclusively` names the stacks to deploy, as the option of `cdk deploy` does.

    A stack goes to its own account and region, one without to the sandbox's (us-east-1 in another
    process); a place that is new is bootstrapped. Parameter values of stacks that exist are kept.
    Raises AssemblyError for a folder that is none, DeployError for the first stack that fails.
    """
    targets = _Targets(endpoint_url, on_progress)
    statuses = {}
    for artifact in stacks_in_order(cdk_out):
        if exclusively is not None and artifact.stack_name not in exclusively:
            continue
        target = targets.of(artifact)
        target.publish(artifact)
        statuses[artifact.stack_name] = target.deploy(artifact)
    return statuses


def destroy_assembly(
    cdk_out: Path, endpoint_url: str, *, on_progress: Progress | None = None
) -> None:
    """Delete every stack of an assembly, last deployed first; DeployError names one that stays."""
    targets = _Targets(endpoint_url, on_progress)
    for artifact in reversed(stacks_in_order(cdk_out)):
        targets.of(artifact).destroy(artifact)


class _Targets:
    """The accounts and regions of one sandbox, each looked at once."""

    def __init__(self, url: str, progress: Progress | None) -> None:
        self._url, self._progress = url, progress or (lambda line: None)
        self._default = context.current().region if context.is_set() else "us-east-1"
        self._known: dict[tuple[str, str], _Target] = {}

    def of(self, artifact: StackArtifact) -> _Target:
        """Return where a stack goes: the sandbox's own place where the app leaves it open."""
        place = artifact.account or ACCOUNT, artifact.region or self._default
        if place not in self._known:
            self._known[place] = _Target(self._url, *place, self._progress)
        return self._known[place]


class _Target:
    """One account and region that is deployed to."""

    def __init__(self, url: str, account: str, region: str, progress: Progress) -> None:
        self._progress, self._url = progress, url
        self._bucket = bootstrap.bucket_name(account, region)
        self._cloudformation = clients.client(
            "cloudformation", url=url, region=region, account=account
        )
        self._s3 = clients.client("s3", url=url, region=region, account=account)
        self._variables = {
            "${AWS::AccountId}": account,
            "${AWS::Region}": region,
            "${AWS::Partition}": "aws",
        }
        bootstrap.ensure(url=url, region=region, account=account)

    def publish(self, artifact: StackArtifact) -> None:
        """Upload the stack's file assets that are not there yet."""
        for asset in artifact.file_assets():
            for destination in asset["destinations"].values():
                bucket = self._filled(destination["bucketName"])
                self._upload(artifact.folder, asset["source"], bucket, destination["objectKey"])

    def _upload(self, folder: Path, source: dict[str, str], bucket: str, key: str) -> None:
        try:
            self._s3.head_object(Bucket=bucket, Key=key)
        except ClientError:
            path = folder / source["path"]
            is_folder = source.get("packaging") == "zip"
            body = archive(path) if is_folder else path.read_bytes()
            self._s3.put_object(Bucket=bucket, Key=key, Body=body)

    def _filled(self, text: str) -> str:
        for variable, value in self._variables.items():
            text = text.replace(variable, value)
        return text

    def deploy(self, artifact: StackArtifact) -> str:
        """Create or update one stack by a change set."""
        template = artifact.template()
        present = self._present(artifact)
        kind = "UPDATE" if present else "CREATE"
        name = f"deploy-{time.time_ns()}"
        self._cloudformation.create_change_set(
            StackName=artifact.stack_name,
            ChangeSetName=name,
            ChangeSetType=kind,
            **self._template(template),
            Capabilities=_CAPABILITIES,
            Parameters=_parameters(artifact, template, present),
            Tags=[{"Key": key, "Value": value} for key, value in artifact.tags.items()],
        )
        which = {"StackName": artifact.stack_name, "ChangeSetName": name}
        plan = self._cloudformation.describe_change_set(**which)
        if plan["Status"] == "FAILED":
            self._cloudformation.delete_change_set(**which)
            if "didn't contain changes" not in plan["StatusReason"]:
                raise DeployError(f"{artifact.stack_name}: {plan['StatusReason']}")
            self._protect(artifact)
            self._progress(f"{artifact.stack_name}: no changes")
            return str(present["StackStatus"] if present else "REVIEW_IN_PROGRESS")
        self._cloudformation.execute_change_set(**which)
        status = self._settled(artifact)
        self._protect(artifact)
        self._progress(f"{artifact.stack_name}: {status}")
        return status

    def _template(self, template: Mapping[str, Any]) -> dict[str, str]:
        text = json.dumps(template, separators=(",", ":"))
        if len(text.encode()) <= _LONGEST_BODY:
            return {"TemplateBody": text}
        key = f"{hashlib.sha256(text.encode()).hexdigest()}.json"
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=text.encode())
        return {"TemplateURL": f"{self._url}/{self._bucket}/{key}"}

    def _present(self, artifact: StackArtifact) -> dict[str, Any] | None:
        stack = self._described(artifact.stack_name)
        if stack is None or stack["StackStatus"] == "REVIEW_IN_PROGRESS":
            return None
        if stack["StackStatus"] == "ROLLBACK_COMPLETE":  # its first deployment failed: start over
            self._cloudformation.delete_stack(StackName=artifact.stack_name)
            return None
        return stack

    def _protect(self, artifact: StackArtifact) -> None:
        """Switch termination protection on or off, as the CDK does where it differs."""
        found = self._described(artifact.stack_name)
        if found and bool(found["EnableTerminationProtection"]) != artifact.is_protected:
            self._cloudformation.update_termination_protection(
                StackName=artifact.stack_name, EnableTerminationProtection=artifact.is_protected
            )

    def destroy(self, artifact: StackArtifact) -> None:
        """Delete one stack; none is fine."""
        stack = self._described(artifact.stack_name)
        if stack is None:
            return
        try:
            self._cloudformation.delete_stack(StackName=artifact.stack_name)
        except ClientError as error:
            message = error.response["Error"]["Message"]
            raise DeployError(f"{artifact.stack_name}: {message}") from error
        status = self._settled(artifact, stack["StackId"])
        self._progress(f"{artifact.stack_name}: {status}")

    def _settled(self, artifact: StackArtifact, stack_id: str = "") -> str:
        while True:
            stack = self._described(stack_id or artifact.stack_name)
            if stack is None:
                raise DeployError(f"{artifact.stack_name}: it was deleted meanwhile; deploy again")
            status = str(stack["StackStatus"])
            if not status.endswith("IN_PROGRESS"):
                break
            time.sleep(_POLL_SECONDS)
        wanted = ("DELETE_COMPLETE",) if stack_id else ("CREATE_COMPLETE", "UPDATE_COMPLETE")
        if status not in wanted:
            reason = stack.get("StackStatusReason", "no reason given")
            raise DeployError(f"{artifact.stack_name}: {status}: {reason}")
        return status

    def _described(self, name: str) -> dict[str, Any] | None:
        try:
            stack: dict[str, Any] = self._cloudformation.describe_stacks(StackName=name)["Stacks"][
                0
            ]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return stack


def _parameters(
    artifact: StackArtifact, template: Mapping[str, Any], present: dict[str, Any] | None
) -> list[dict[str, Any]]:
    known = {p["ParameterKey"] for p in (present or {}).get("Parameters", [])}
    result: list[dict[str, Any]] = []
    for key in template.get("Parameters", {}):
        if key in artifact.parameters:
            result.append({"ParameterKey": key, "ParameterValue": artifact.parameters[key]})
        elif key in known:
            result.append({"ParameterKey": key, "UsePreviousValue": True})
    return result


def archive(folder: Path) -> bytes:
    """Return a folder as a zip archive; the same folder always gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EARLIEST)
            entry.external_attr = (path.stat().st_mode & 0xFFFF) << 16
            bundle.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
