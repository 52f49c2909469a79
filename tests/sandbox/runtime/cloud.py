"""What the runtime tests say in one word: build an image, train, make a model, make an endpoint."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.state import clients, context
from tests.sandbox.roles import make_job_role
from tests.sandbox.runtime.container_source import zipped

ACCOUNT, REGION = "123456789012", "eu-west-1"
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/job"
_NUMBERS = itertools.count(1)
_LONGEST_PAUSE_SECONDS = 0.1


def wait_for(condition: Callable[[], Any], seconds: float = 120.0) -> Any:
    """Return the first true value of `condition`; fail after `seconds`.

    It asks less often the longer it takes: most conditions are requests to this same process.
    """
    pause = 0.02
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(pause)
        pause = min(1.5 * pause, _LONGEST_PAUSE_SECONDS)
    raise AssertionError(f"still {condition()!r} after {seconds} seconds")


def fresh(prefix: str) -> str:
    """Return a name that no other test uses."""
    return f"{prefix}-{next(_NUMBERS)}"


class Cloud:
    """The running sandbox, with a bucket and, after `build`, an image."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.bucket = "bucket"
        self.client("s3").create_bucket(
            Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        make_job_role(self.client("iam"))
        self.image = f"{REGISTRY}/models:v1"
        self._project = ""

    def client(self, service: str) -> Any:
        return clients.client(service, url=self.url, region=REGION)

    def put(self, key: str, body: bytes = b"1,2\n3,4\n") -> str:
        self.client("s3").put_object(Bucket=self.bucket, Key=key, Body=body)
        return f"s3://{self.bucket}/{key}"

    def read(self, uri: str) -> bytes:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        body: bytes = self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def keys(self, prefix: str) -> list[str]:
        page = self.client("s3").list_objects_v2(Bucket=self.bucket, Prefix=prefix)
        return [entry["Key"] for entry in page.get("Contents", [])]

    def project(self, source: bytes) -> str:
        """Create repository `models` if need be, and a CodeBuild project that builds `source`."""
        ecr = self.client("ecr")
        if not self._project:
            ecr.create_repository(repositoryName="models", imageTagMutability="IMMUTABLE")
        self._project = fresh("image")
        self.put(f"source/{self._project}.zip", source)
        variables = {"REPOSITORY_URI": f"{REGISTRY}/models", "IMAGE_TAG": "v1"}
        self.client("codebuild").create_project(
            name=self._project,
            source={"type": "S3", "location": f"{self.bucket}/source/{self._project}.zip"},
            artifacts={"type": "NO_ARTIFACTS"},
            environment={
                "type": "LINUX_CONTAINER",
                "image": "aws/codebuild/standard:7.0",
                "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": [
                    {"name": name, "value": value} for name, value in variables.items()
                ],
            },
            serviceRole=ROLE,
        )
        return self._project

    def build(self, project: str, tag: str = "v1") -> dict[str, Any]:
        """Build and return the finished build."""
        codebuild = self.client("codebuild")
        override = [{"name": "IMAGE_TAG", "value": tag}]
        started = codebuild.start_build(projectName=project, environmentVariablesOverride=override)[
            "build"
        ]

        def finished() -> Any:
            build = codebuild.batch_get_builds(ids=[started["id"]])["builds"][0]
            return build if build["buildComplete"] else None

        result: dict[str, Any] = wait_for(finished)
        return result

    def train(self, name: str | None = None, **hyperparameters: str) -> str:
        """Start a training job on the key `data/train.csv` and return its name."""
        name = name or fresh("job")
        self.client("sagemaker").create_training_job(**self.training(name, hyperparameters))
        return name

    def training(self, name: str, hyperparameters: dict[str, str]) -> dict[str, Any]:
        """Return a valid request for CreateTrainingJob."""
        source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{self.bucket}/data/"}
        return {
            "TrainingJobName": name,
            "AlgorithmSpecification": {
                "TrainingImage": self.image,
                "TrainingInputMode": "File",
                "MetricDefinitions": [
                    {"Name": "validation:auc", "Regex": r".*#011validation-auc:([0-9.]+).*"}
                ],
            },
            "RoleArn": ROLE,
            "HyperParameters": hyperparameters,
            "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": source}}],
            "OutputDataConfig": {"S3OutputPath": f"s3://{self.bucket}/training"},
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
            "CheckpointConfig": {"S3Uri": f"s3://{self.bucket}/checkpoints/{name}"},
        }

    def ended(self, name: str, seconds: float = 120.0) -> dict[str, Any]:
        """Wait for a training job to end and return its description."""
        sagemaker = self.client("sagemaker")

        def done() -> Any:
            job = sagemaker.describe_training_job(TrainingJobName=name)
            return job if job["TrainingJobStatus"] in ("Completed", "Failed", "Stopped") else None

        job: dict[str, Any] = wait_for(done, seconds)
        return job

    def logs(self, group: str, prefix: str) -> list[str]:
        """Return the lines of the first stream that begins with `prefix`."""
        logs = self.client("logs")
        streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
        names = [stream["logStreamName"] for stream in streams]
        name = next(name for name in names if name.startswith(prefix))
        events = logs.get_log_events(logGroupName=group, logStreamName=name, startFromHead=True)[
            "events"
        ]
        return [event["message"] for event in events]

    def configuration(self, artifact: str, **variant: Any) -> str:
        """Create a model of `artifact` and an endpoint configuration with one variant."""
        sagemaker, name = self.client("sagemaker"), fresh("config")
        container = {
            "Image": self.image,
            "ModelDataUrl": artifact,
            "Environment": {"STAGE": "test"},
        }
        sagemaker.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=ROLE)
        row = {
            "VariantName": "AllTraffic",
            "ModelName": name,
            "InitialInstanceCount": 1,
            "InstanceType": "ml.c5.large",
            **variant,
        }
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[row])
        return name

    def settled(self, endpoint: str) -> dict[str, Any]:
        """Wait until an endpoint changes no more and return its description."""
        sagemaker = self.client("sagemaker")

        def done() -> Any:
            state = sagemaker.describe_endpoint(EndpointName=endpoint)
            return state if state["EndpointStatus"] in ("InService", "Failed") else None

        state: dict[str, Any] = wait_for(done)
        return state

    def invoke(self, endpoint: str, body: bytes = b"1,2", **arguments: Any) -> dict[str, Any]:
        """Invoke an endpoint and return what its model said."""
        runtime = self.client("sagemaker-runtime")
        answer = runtime.invoke_endpoint(EndpointName=endpoint, Body=body, **arguments)
        said: dict[str, Any] = json.loads(answer["Body"].read())
        return said

    def role(self, name: str, *statements: dict[str, Any]) -> str:
        """Create a role whose managed policy holds `statements` and return its ARN."""
        iam = self.client("iam")
        trust = json.dumps({"Version": "2012-10-17", "Statement": []})
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        policy = iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
        iam.attach_role_policy(RoleName=name, PolicyArn=policy["Policy"]["Arn"])
        return arn

    def machine(self, definition: dict[str, Any], role: str) -> str:
        """Create a state machine and return its ARN."""
        created = self.client("stepfunctions").create_state_machine(
            name=fresh("machine"), definition=json.dumps(definition), roleArn=role
        )
        arn: str = created["stateMachineArn"]
        return arn

    def run(self, definition: dict[str, Any], role: str, given: Any = None) -> dict[str, Any]:
        """Run a new state machine and return the finished execution."""
        steps = self.client("stepfunctions")
        arn = self.machine(definition, role)
        started = steps.start_execution(stateMachineArn=arn, input=json.dumps(given or {}))
        return self.executed(started["executionArn"])

    def executed(self, arn: str) -> dict[str, Any]:
        """Wait for an execution to end and return its description."""
        steps = self.client("stepfunctions")

        def done() -> Any:
            state = steps.describe_execution(executionArn=arn)
            return state if state["status"] != "RUNNING" else None

        state: dict[str, Any] = wait_for(done)
        return state

    def built(self) -> None:
        """Build the throw-away image behind `image`."""
        build = self.build(self.project(zipped()))
        assert build["buildStatus"] == "SUCCEEDED", build
        self.put("data/train.csv")


def allow(action: str | list[str], resource: str | list[str] = "*") -> dict[str, Any]:
    """Return a statement that allows `action` on `resource`."""
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def here(url: str, folder: Path) -> context.Context:
    """Return the context of a sandbox at `url`."""
    return context.Context(url=url, region=REGION, account=ACCOUNT, folder=folder)
