"""Change sets that are made, read and deleted: CloudFormation's own word on a deployment."""

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from cfn.assembly import StackArtifact
from cli.aws import aws_errors
from cli.planning.deployed_state import REQUESTS_AT_ONCE
from reviewer.plan.verdict import ChangeSetAnswer

_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
# A longer template has to lie in a bucket: docs.aws.amazon.com, CloudFormation quotas.
_MOST_LETTERS = 51_200
_TIMEOUT_SECONDS = 300.0
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
# The change set looks for an export that the stack before it will make.
_NOT_YET = ("No export named", "No output named")
# docs.aws.amazon.com: CloudFormation User Guide, "Validate stack deployments".
_EARLY_VALIDATION = "AWS::EarlyValidation"


class ChangeSets:
    """Asks CloudFormation about several stacks at once."""

    def __init__(
        self,
        formation: Any,
        s3_as: Callable[[str], Any],
        variables: Mapping[str, str],
        poll: float,
    ) -> None:
        """`s3_as` returns the client of S3 in a role; the empty role is the caller's own."""
        self._formation, self._s3_as, self._poll = formation, s3_as, poll
        self._variables = variables

    def ask(self, artifacts: list[StackArtifact]) -> list[ChangeSetAnswer]:
        """Return the answer for each stack, all of which are deployed."""
        with ThreadPoolExecutor(REQUESTS_AT_ONCE) as pool:
            return list(pool.map(self._answer, artifacts))

    def _answer(self, artifact: StackArtifact) -> ChangeSetAnswer:
        which = {
            "StackName": artifact.stack_name,
            "ChangeSetName": f"kiban-plan-{time.time_ns()}",
        }
        try:
            self._create(artifact, which)
        except ClientError as error:
            return _refusal(error)
        try:
            return self._described(which)
        finally:
            self._formation.delete_change_set(**which)

    def _create(self, artifact: StackArtifact, which: Mapping[str, str]) -> None:
        template = artifact.template()
        stack = self._formation.describe_stacks(StackName=artifact.stack_name)["Stacks"][0]
        known = {item["ParameterKey"] for item in stack.get("Parameters", [])}
        self._formation.create_change_set(
            **which,
            **self._template(artifact, template),
            ChangeSetType="UPDATE",
            Capabilities=_CAPABILITIES,
            Parameters=_parameters(artifact, template, known),
            Tags=[{"Key": key, "Value": value} for key, value in artifact.tags.items()],
            Description="Made by ./kiban plan, never executed",
        )

    def _template(self, artifact: StackArtifact, template: Mapping[str, Any]) -> dict[str, str]:
        text = json.dumps(template, separators=(",", ":"))
        if len(text.encode()) <= _MOST_LETTERS:
            return {"TemplateBody": text}
        place = self._place(artifact)
        bucket, key = filled(place["bucketName"], self._variables), place["objectKey"]
        # The deploy role of the CDK's bootstrap reads the bucket, and only this one writes to it.
        s3 = self._s3_as(filled(place.get("assumeRoleArn", ""), self._variables))
        # The CDK command line would write the same object: its key is a hash of its content.
        path = artifact.folder / artifact.template_file
        s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())
        url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})
        return {"TemplateURL": url.partition("?")[0]}

    def _place(self, artifact: StackArtifact) -> Mapping[str, str]:
        for asset in artifact.file_assets():
            if asset["source"].get("path") == artifact.template_file:
                for destination in asset["destinations"].values():
                    return dict(destination)
        raise LookupError(f"{artifact.stack_name}: its template is no asset")

    def _described(self, which: Mapping[str, str]) -> ChangeSetAnswer:
        until = time.monotonic() + _TIMEOUT_SECONDS
        while True:
            found = self._formation.describe_change_set(**which)
            if found["Status"] == "FAILED":
                reason = str(found.get("StatusReason", "no reason given"))
                if _EARLY_VALIDATION in reason:
                    return ChangeSetAnswer(refused=self._validation_errors(which, reason))
                return _failed(reason)
            if found["Status"] == "CREATE_COMPLETE":
                return ChangeSetAnswer(changes=self._changes(which))
            if time.monotonic() > until:
                return ChangeSetAnswer(unasked=f"no change set after {_TIMEOUT_SECONDS:.0f} s")
            time.sleep(self._poll)

    def _validation_errors(self, which: Mapping[str, str], reason: str) -> str:
        """Return what failed, resource by resource; the reason names no resource."""
        pages = self._formation.get_paginator("describe_events").paginate(
            **which, Filters={"FailedEvents": True}
        )
        try:
            events = [event for page in pages for event in page["OperationEvents"]]
        except ClientError as error:
            # docs.aws.amazon.com/cdk: bootstrap template 30 gives the deploy role this right.
            return f"{reason} It cannot be read here: {aws_errors.message_of(error)}"
        reasons = [
            f"{event['LogicalResourceId']}: {event['ValidationStatusReason']}"
            for event in events
            if "ValidationStatusReason" in event
        ]
        return "; ".join(reasons) or reason

    def _changes(self, which: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        pages = self._formation.get_paginator("describe_change_set").paginate(**which)
        changes = [one["ResourceChange"] for page in pages for one in page["Changes"]]
        return {one["LogicalResourceId"]: one for one in changes}


def filled(text: str, variables: Mapping[str, str]) -> str:
    """Return a text of the manifest with the place in it."""
    for variable, value in variables.items():
        text = text.replace(variable, value)
    return text


def _failed(reason: str) -> ChangeSetAnswer:
    if any(text in reason for text in _NO_CHANGES):
        return ChangeSetAnswer()
    if any(text in reason for text in _NOT_YET):
        return ChangeSetAnswer(unasked=f"it needs a stack that is deployed before it ({reason})")
    return ChangeSetAnswer(refused=reason)


def _refusal(error: ClientError) -> ChangeSetAnswer:
    """Return what an error at the request means: a refused template, or nothing about it."""
    reason = aws_errors.message_of(error)
    if aws_errors.code_of(error) == "ValidationError":
        return _failed(reason)
    return ChangeSetAnswer(unasked=reason)


def _parameters(
    artifact: StackArtifact, template: Mapping[str, Any], known: set[str]
) -> list[dict[str, Any]]:
    """Return the values as the CDK command line gives them: new ones, else those of before."""
    result: list[dict[str, Any]] = []
    for key in template.get("Parameters", {}):
        if key in artifact.parameters:
            result.append({"ParameterKey": key, "ParameterValue": artifact.parameters[key]})
        elif key in known:
            result.append({"ParameterKey": key, "UsePreviousValue": True})
    return result
