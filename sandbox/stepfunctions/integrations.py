"""Service integrations of Task states: AWS SDK calls, and `.sync` for five kinds of jobs."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import (
    CustomErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import (
    StatesErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service,
    state_task_service_aws_sdk,
    state_task_service_callback,
    state_task_service_factory,
    state_task_service_unsupported,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import (
    ResourceCondition,
)
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.utils import boto_client

from sandbox.iam import casing
from sandbox.iam.api_calls import BOTO_NAMES, client_for, find
from sandbox.stepfunctions import queries
from sandbox.stepfunctions.sync_jobs import SYNC_JOBS

if TYPE_CHECKING:
    from sandbox.state.stores import Document

_POLL_SECONDS = 0.1
# Step Functions marks the jobs it owns, and its role must be allowed to.
_MANAGED = {"Key": "MANAGED_BY_AWS", "Value": "STARTED_BY_STEP_FUNCTIONS"}
_TASK_FAILED = StatesErrorName(StatesErrorNameType.StatesTaskFailed)
_FAILED = StatesErrorNameType.StatesTaskFailed.to_name()
# Beside those that moto knows.
_ERROR_PREFIXES = {
    "applicationautoscaling": "ApplicationAutoScaling",
    "cloudformation": "CloudFormation",
    "cloudwatch": "CloudWatch",
    "cloudwatchlogs": "CloudWatchLogs",
    "codebuild": "CodeBuild",
    "ecr": "Ecr",
    "eventbridge": "EventBridge",
    "s3": "S3",
    "sagemaker": "SageMaker",
    "sagemakerruntime": "SageMakerRuntime",
    "sns": "Sns",
    "sqs": "Sqs",
    "ssm": "Ssm",
}


def _operation(task: Any, service: str | None, action: str | None) -> Any:
    name = task._get_boto_service_name(service)
    operation = find(client_for("us-east-1", name), action or task.resource.api_action)
    if operation is None:
        arn = task.resource.resource_arn
        raise casing.UnknownField(
            f"The resource {arn} does not exist: {name} has no such operation"
        )
    return operation


def _to_request(
    self: Any, parameters: Document, boto_service_name: Any = None, service_action_name: Any = None
) -> None:
    shape = _operation(self, boto_service_name, service_action_name).input_shape
    converted = casing.to_api(parameters, shape, "Parameters")
    parameters.clear()
    parameters.update(converted)


def _to_result(
    self: Any, response: Any, boto_service_name: Any = None, service_action_name: Any = None
) -> None:
    if not isinstance(response, dict):
        return
    shape = _operation(self, boto_service_name, service_action_name).output_shape
    epoch = self.resource.service_name != "aws-sdk"
    converted = casing.from_api(response, shape, epoch=epoch)
    response.clear()
    response.update(converted)


class OptimisedTask(state_task_service_unsupported.StateTaskServiceUnsupported):
    """An optimised integration of SageMaker or CodeBuild; `.sync` waits for its work, owns it."""

    def _validate_service_integration_is_supported(self) -> None:
        key = (self.resource.service_name, self.resource.api_action)
        if self.resource.condition is None or key in SYNC_JOBS:
            return
        known = ", ".join(":".join(k) + ".sync" for k in SYNC_JOBS)
        raise ValueError(
            f"sandbox: integration {self.resource.resource_arn} is not emulated; use one of {known}"
        )

    def _log_unsupported_warning(self) -> None:
        """It is supported here."""

    def _normalise_parameters(
        self,
        parameters: Document,
        boto_service_name: str | None = None,
        service_action_name: str | None = None,
    ) -> None:
        _to_request(self, parameters, boto_service_name, service_action_name)
        if self.resource.service_name == "sagemaker" and self.resource.condition:
            parameters["Tags"] = [*parameters.get("Tags", []), _MANAGED]

    def _build_sync_resolver(
        self,
        env: Any,
        resource_runtime_part: Any,
        normalised_parameters: Any,
        state_credentials: Any,
    ) -> Callable[[], Any]:
        work = SYNC_JOBS[self.resource.service_name, self.resource.api_action]
        service = self._get_boto_service_name()
        client = client_for(resource_runtime_part.region, service, state_credentials)
        key = work.key(normalised_parameters, env.stack.pop())
        shape = find(client, work.describe).output_shape
        self._owned = (client, work, key)

        def poll() -> Any:
            response = casing.from_api(getattr(client, work.describe)(**key), shape, epoch=True)
            item = work.item(response)
            status = item.get("Build", item)[work.status]
            if status in work.bad:
                raise FailureEventException(self._failure(env, _FAILED, json.dumps(item)))
            return item if status in work.good else None

        return poll

    def _eval_sync(
        self,
        env: Any,
        sync_resolver: Any,
        timeout_seconds: Any,
        callback_endpoint: Any,
        heartbeat_endpoint: Any,
    ) -> Any:
        if not env.is_running():
            # Stopped since the work began: moto then did not evaluate the timeout, and what it
            # hands over in its place is no number.
            self._stop_work()
            return None
        outcome = super()._eval_sync(
            env, sync_resolver, timeout_seconds, callback_endpoint, heartbeat_endpoint
        )
        if not isinstance(outcome, dict):  # stopped or timed out: the work has not ended
            self._stop_work()
        return outcome

    def _stop_work(self) -> None:
        client, work, key = self._owned
        if work.stop == "stop_build":
            key = {"id": key["ids"][0]}
        with contextlib.suppress(ClientError):  # best effort, as on AWS
            getattr(client, work.stop)(**key)

    def _failure(self, env: Any, error: str, cause: str) -> Any:
        details = TaskFailedEventDetails(
            resource=self._get_sfn_resource(),
            resourceType=self._get_sfn_resource_type(),
            error=error,
            cause=cause,
        )
        return FailureEvent(
            env=env,
            error_name=_TASK_FAILED if error == _FAILED else CustomErrorName(error),
            event_type=HistoryEventType.TaskFailed,
            event_details=EventDetails(taskFailedEventDetails=details),
        )

    def _from_error(self, env: Any, ex: Exception) -> Any:
        if not isinstance(ex, ClientError):
            return super()._from_error(env=env, ex=ex)
        code = ex.response["Error"]["Code"].removesuffix("Exception")
        prefix = _ERROR_PREFIXES[self.resource.service_name]
        if code in ("Validation", "ValidationError", "AccessDenied"):
            code = "AmazonSageMaker" if prefix == "SageMaker" else f"AWS{prefix}"
        return self._failure(env, f"{prefix}.{code}Exception", ex.response["Error"]["Message"])


def install() -> None:
    """Make the Task states of moto's interpreter call the sandbox."""
    base = state_task_service.StateTaskService
    base._normalise_parameters = _to_request
    base._normalise_response = _to_result
    base._SERVICE_NAME_SFN_TO_BOTO_OVERRIDES = BOTO_NAMES
    state_task_service_unsupported._SUPPORTED_INTEGRATION_PATTERNS.add(ResourceCondition.Sync)
    state_task_service_factory.StateTaskServiceUnsupported = OptimisedTask
    state_task_service_aws_sdk._SERVICE_ERROR_NAMES.update(_ERROR_PREFIXES)
    state_task_service_callback._DELAY_SECONDS_SYNC_CONDITION_CHECK = _POLL_SECONDS
    queries.rebind(boto_client.boto_client_for, client_for)
    logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)  # failures are results here
