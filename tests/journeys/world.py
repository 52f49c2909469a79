"""One deployed environment in a sandbox, with the few things its users do to it."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sandbox.sagemaker import capture
from sandbox.server.server import Sandbox
from tests.journeys.rows import HELD_OUT, Row, Split, as_csv, features_csv

STAGE = "kiban-dev"
MODEL = "churn"
GIVE_UP_AFTER_SECONDS = 120
Result = TypeVar("Result")


@dataclass
class World:
    """`kiban-dev` in a sandbox."""

    sandbox: Sandbox
    stage: str = STAGE

    def aws(self, service: str) -> Any:
        return self.sandbox.client(service)

    def outputs(self, stack: str) -> dict[str, str]:
        described = self.aws("cloudformation").describe_stacks(StackName=f"{self.stage}-{stack}")
        outputs = described["Stacks"][0].get("Outputs", [])
        return {item["OutputKey"]: item["OutputValue"] for item in outputs}

    def stack_status(self, stack: str) -> str:
        described = self.aws("cloudformation").describe_stacks(StackName=f"{self.stage}-{stack}")
        return str(described["Stacks"][0]["StackStatus"])

    def put_data(self, version: str, split: Split, columns: bytes | None = None) -> None:
        """Upload one data version, marker last; the marker starts a training."""
        bucket = self.outputs("Storage")["DataBucketName"]
        s3 = self.aws("s3")
        for channel, rows in split._asdict().items():
            key = f"{MODEL}/{version}/{channel}/rows.csv"
            s3.put_object(Bucket=bucket, Key=key, Body=as_csv(rows))
            if columns is not None:
                names = f"{MODEL}/{version}/{channel}/_columns.json"
                s3.put_object(Bucket=bucket, Key=names, Body=columns)
        s3.put_object(Bucket=bucket, Key=f"{MODEL}/{version}/_READY", Body=b"")

    def workflow_runs(self) -> list[dict[str, Any]]:
        arn = self.outputs(f"Training-{MODEL}")["WorkflowArn"]
        runs = self.aws("stepfunctions").list_executions(stateMachineArn=arn)["executions"]
        return list(runs)

    def trained(self, version: str) -> dict[str, Any]:
        """Wait for the run of this data version and return its output."""

        def finished() -> dict[str, Any] | None:
            for run in self.workflow_runs():
                full = self.aws("stepfunctions").describe_execution(
                    executionArn=run["executionArn"]
                )
                if json.loads(full["input"]).get("DataVersion") != version:
                    continue
                if full["status"] == "SUCCEEDED":
                    return dict(json.loads(full["output"]))
                assert full["status"] == "RUNNING", (full.get("error"), full.get("cause"))
            return None

        return wait_for(finished, f"a finished training on {version}")

    def packages(self) -> list[dict[str, Any]]:
        """Registered versions, newest first."""
        group = self.outputs(f"Training-{MODEL}")["ModelPackageGroupName"]
        listed = self.aws("sagemaker").list_model_packages(ModelPackageGroupName=group)
        return sorted(
            listed["ModelPackageSummaryList"],
            key=lambda item: int(item["ModelPackageVersion"]),
            reverse=True,
        )

    def judge(self, package_arn: str, status: str) -> None:
        self.aws("sagemaker").update_model_package(
            ModelPackageArn=package_arn, ModelApprovalStatus=status
        )

    def status_of(self, package_arn: str) -> str:
        described = self.aws("sagemaker").describe_model_package(ModelPackageName=package_arn)
        return str(described["ModelApprovalStatus"])

    def live_package(self) -> str:
        described = self.aws("cloudformation").describe_stacks(
            StackName=f"{self.stage}-Inference-{MODEL}"
        )
        parameters = described["Stacks"][0]["Parameters"]
        return next(
            str(item["ParameterValue"])
            for item in parameters
            if item["ParameterKey"] == "ModelPackageArn"
        )

    def became_live(self, package_arn: str) -> None:
        """Wait until the stack and the endpoint itself agree on this version."""

        def agreed() -> bool | None:
            if not self.stack_status(f"Inference-{MODEL}").endswith("_COMPLETE"):
                return None
            outputs = self.outputs(f"Inference-{MODEL}")
            if self.live_package() != package_arn or "EndpointName" not in outputs:
                return None
            endpoint = self.aws("sagemaker").describe_endpoint(EndpointName=outputs["EndpointName"])
            return endpoint["EndpointConfigName"] == outputs["EndpointConfigName"] or None

        wait_for(agreed, f"{package_arn} to be live")

    def predict(self, rows: list[Row]) -> list[float]:
        """Probabilities for these rows, through the public runtime API."""
        answer = self.aws("sagemaker-runtime").invoke_endpoint(
            EndpointName=f"{self.stage}-{MODEL}",
            ContentType="text/csv",
            Accept="text/csv",
            Body=features_csv(rows),
        )
        return [float(value) for value in answer["Body"].read().decode().replace(",", " ").split()]

    def read(self, address: str) -> bytes:
        """What lies at an address in S3."""
        bucket, _, key = address.removeprefix("s3://").partition("/")
        content: bytes = self.aws("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return content

    def empty(self) -> None:
        """Remove what people put in, as `kiban destroy` does before it deletes the stacks."""
        # Captured requests are written once a second; later ones would fill an emptied bucket.
        capture.flush()
        for package in self.packages():
            self.aws("sagemaker").delete_model_package(ModelPackageName=package["ModelPackageArn"])
        self.empty_buckets()

    def empty_buckets(self) -> None:
        """Remove every object of every bucket that is there."""
        there = {bucket["Name"] for bucket in self.aws("s3").list_buckets()["Buckets"]}
        for output, name in self.outputs("Storage").items():
            if output.endswith("BucketName") and name in there:
                self._empty_bucket(name)

    def _empty_bucket(self, bucket: str) -> None:
        s3 = self.aws("s3")
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for item in page.get("Versions", []) + page.get("DeleteMarkers", []):
                s3.delete_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])

    def accuracy(self) -> float:
        """Share of the held-out rows the live endpoint gets right."""
        right = [
            (probability > 0.5) == (row[0] == 1.0)
            for probability, row in zip(self.predict(HELD_OUT), HELD_OUT, strict=True)
        ]
        return sum(right) / len(right)


def wait_for(probe: Callable[[], Result | None], what: str) -> Result:
    """Ask until the answer is not None; say what was waited for when it never comes."""
    deadline = time.monotonic() + GIVE_UP_AFTER_SECONDS
    while time.monotonic() < deadline:
        answer = probe()
        if answer is not None:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited {GIVE_UP_AFTER_SECONDS} seconds for {what}")
