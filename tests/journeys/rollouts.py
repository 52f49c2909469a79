"""What a test of rollouts does to a world: versions without training, scarcity, notices."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.sagemaker import capacity
from tests.journeys.world import MODEL, STAGE, World, wait_for


class Scarcity:
    """The sandbox's capacity file."""

    def __init__(self, world: World) -> None:
        self._path = world.sandbox.folder / capacity.FILE

    def set(self, **limits: Any) -> None:
        self._path.write_text(json.dumps(limits))

    def end(self) -> None:
        self._path.unlink(missing_ok=True)


class Notices:
    """A queue that hears what people hear."""

    def __init__(self, world: World) -> None:
        self._sqs = world.aws("sqs")
        self._url = str(self._sqs.create_queue(QueueName="people")["QueueUrl"])
        found = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        (topic,) = [v for k, v in world.outputs("Monitoring").items() if k == "TopicArn"]
        world.aws("sns").subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=found["Attributes"]["QueueArn"]
        )
        self._heard: list[str] = []

    def wait_for(self, words: str) -> str:
        """Wait for a notice with these words."""

        def found() -> str | None:
            self._receive()
            return next((text for text in self._heard if words in text), None)

        return wait_for(found, f"a notice with {words!r}")

    def forget(self) -> None:
        """Forget what was heard until now."""
        while self._receive():
            continue
        self._heard.clear()

    def _receive(self) -> int:
        received = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
        for item in received.get("Messages", []):
            self._heard.append(json.loads(item["Body"])["Message"])
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=item["ReceiptHandle"])
        return len(received.get("Messages", []))


def register_again(world: World) -> str:
    """Register what is live once more, as a new version that waits for approval."""
    good = world.aws("sagemaker").describe_model_package(ModelPackageName=world.live_package())
    (container,) = good["InferenceSpecification"]["Containers"]
    return register(world, container["ModelDataUrl"])


def register(world: World, artifact: str) -> str:
    """Register a version with this model archive and the image of the live one."""
    good = world.aws("sagemaker").describe_model_package(ModelPackageName=world.live_package())
    image = good["InferenceSpecification"]["Containers"][0]["Image"]
    registered = world.aws("sagemaker").create_model_package(
        ModelPackageGroupName=world.outputs(f"Training-{MODEL}")["ModelPackageGroupName"],
        InferenceSpecification={
            "Containers": [{"Image": image, "ModelDataUrl": artifact}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        ModelApprovalStatus="PendingManualApproval",
    )
    return str(registered["ModelPackageArn"])


def rollouts(world: World) -> list[dict[str, Any]]:
    """Executions of the rollout, newest first."""
    arn = world.outputs(f"Training-{MODEL}")["RolloutArn"]
    return list(world.aws("stepfunctions").list_executions(stateMachineArn=arn)["executions"])


def outcome(world: World, known: int) -> Mapping[str, Any]:
    """Wait until all rollouts after the first `known` ended; return the newest one's output."""

    def ended() -> list[dict[str, Any]] | None:
        new = rollouts(world)[: len(rollouts(world)) - known]
        return new if new and all(run["status"] != "RUNNING" for run in new) else None

    newest = wait_for(ended, "the rollout to end")[0]
    described = world.aws("stepfunctions").describe_execution(executionArn=newest["executionArn"])
    assert described["status"] == "SUCCEEDED", (described.get("error"), described.get("cause"))
    return dict(json.loads(described["output"]))


def sweep(world: World) -> None:
    """Start the rollout as its schedule does every hour."""
    arn = world.outputs(f"Training-{MODEL}")["RolloutArn"]
    world.aws("stepfunctions").start_execution(stateMachineArn=arn, input='{"Reason": "sweep"}')


def endpoint(world: World) -> Mapping[str, Any]:
    described = world.aws("sagemaker").describe_endpoint(EndpointName=f"{STAGE}-{MODEL}")
    return dict(described)


def scale(world: World, count: int) -> None:
    """Change the number of instances, as Application Auto Scaling does."""
    (variant,) = endpoint(world)["ProductionVariants"]
    world.aws("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName=f"{STAGE}-{MODEL}",
        DesiredWeightsAndCapacities=[
            {"VariantName": variant["VariantName"], "DesiredInstanceCount": count}
        ],
    )


def stack_events(world: World) -> list[str]:
    """Status of every event of the inference stack, oldest first."""
    described = world.aws("cloudformation").describe_stack_events(
        StackName=f"{STAGE}-Inference-{MODEL}"
    )
    events = reversed(described["StackEvents"])
    return [f"{event['LogicalResourceId']} {event['ResourceStatus']}" for event in events]


def eventually(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)
