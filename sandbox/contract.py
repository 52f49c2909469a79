"""Every place where the sandbox reaches into moto: a new moto fails here first, by name."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass
from functools import reduce
from typing import Any

_STEPS = "moto.stepfunctions.parser"
_ASL = f"{_STEPS}.asl"
_SERVICE = f"{_ASL}.component.state.exec.state_task.service"


@dataclass(frozen=True)
class Hook:
    """One attribute of moto that `used_by` replaces, extends or fills.

    `parameters` are the names the replaced function has, where we stand in for a function.
    """

    used_by: str
    module: str
    attribute: str
    parameters: tuple[str, ...] | None = None


HOOKS = (
    # Wire protocol and backends: our class stands where moto's stood.
    Hook("cloudformation/api", "moto.cloudformation.models", "cloudformation_backends.backend"),
    Hook("cloudformation/api", "moto.cloudformation.urls", "url_paths"),
    Hook(
        "cloudformation/operations",
        "moto.cloudformation.models",
        "CloudFormationBackend._url_module",
    ),
    Hook("cloudformation/api", "moto.core.responses", "BaseResponse.call_action", ("self",)),
    Hook(
        "cloudformation/api",
        "moto.core.responses",
        "BaseResponse.serialized",
        ("self", "action_result"),
    ),
    Hook("cloudformation/api", "moto.cloudformation.exceptions", "CloudFormationError"),
    Hook("requests/called_actions", "moto.core.responses", "BaseResponse._get_action", ("self",)),
    Hook(
        "requests/called_actions",
        "moto.core.responses",
        "BaseResponse._get_action_from_method_and_request_uri",
        ("self", "request"),
    ),
    Hook("ecr/codebuild", "moto.codebuild.urls", "url_paths"),
    Hook("ecr/codebuild", "moto.codebuild.responses", "CodeBuildResponse"),
    Hook("servicequotas/quotas", "moto.servicequotas.urls", "url_paths"),
    Hook("servicequotas/quotas", "moto.servicequotas.responses", "ServiceQuotasResponse"),
    Hook("sagemaker/api", "moto.sagemaker.urls", "url_paths"),
    Hook("sagemaker/model_packages", "moto.sagemaker.responses", "SageMakerResponse"),
    Hook("sagemaker/model_packages", "moto.sagemaker.models", "sagemaker_backends"),
    Hook("stepfunctions/steps", "moto.stepfunctions.models", "stepfunctions_backends.backend"),
    Hook("stepfunctions/steps", "moto.stepfunctions.urls", "url_paths"),
    Hook("stepfunctions/steps", f"{_STEPS}.models", "StepFunctionsParserBackend"),
    Hook("stepfunctions/steps", f"{_STEPS}.models", "Execution"),
    Hook("handlers/fallback", "moto.cloudformation.parsing", "get_model_map", ()),
    Hook("server/server", "moto.moto_api._internal.models", "moto_api_backend.reset"),
    Hook("server/dispatching", "moto.moto_server.werkzeug_app", "create_backend_app", ("service",)),
    Hook("server/dispatching", "moto.core.responses", "method_names_from_class", ("clazz",)),
    Hook(
        "server/dispatching",
        "moto.moto_server.werkzeug_app",
        "DomainDispatcherApplication.get_backend_for_host",
        ("self", "host"),
    ),
    Hook("server/server", "moto.moto_server.werkzeug_app", "DISABLE_GLOBAL_CORS"),
    Hook("server/server", "moto.settings", "ec2_load_default_amis", ()),
    # Functions that we replace.
    Hook(
        "s3/bucket_policies",
        "moto.s3.models",
        "FakeBucket.get_permission",
        ("self", "action", "resource"),
    ),
    Hook(
        "s3/bucket_settings",
        "moto.s3.models",
        "FakeBucket._log_permissions_enabled_policy",
        ("target_bucket", "target_prefix"),
    ),
    Hook("s3/bucket_settings", "moto.s3.responses", "S3Response.get_bucket_notification"),
    Hook("logs/stream_filters", "moto.logs.responses", "LogsResponse.filter_log_events", ("self",)),
    Hook(
        "sqs/queue_attributes",
        "moto.sqs.models",
        "SQSBackend.set_queue_attributes",
        ("self", "queue_name", "attributes"),
    ),
    Hook(
        "s3/object_events",
        "moto.s3.notifications",
        "_send_event_bridge_message",
        ("account_id", "bucket", "event_name", "key"),
    ),
    Hook(
        "eventbridge/events",
        "moto.events.models",
        "Rule.send_to_targets",
        ("self", "original_event", "transform_input"),
    ),
    Hook(
        "eventbridge/events",
        "moto.events.models",
        "EventPattern._wildcard_match",
        ("item", "pattern"),
    ),
    Hook(
        "applicationautoscaling/api",
        "moto.applicationautoscaling.models",
        "ApplicationAutoscalingBackend.put_scaling_policy",
        (
            "self",
            "policy_name",
            "service_namespace",
            "resource_id",
            "scalable_dimension",
            "policy_body",
            "policy_type",
        ),
    ),
    Hook("applicationautoscaling/api", "moto.applicationautoscaling.urls", "url_paths"),
    Hook(
        "cloudwatch/api",
        "moto.cloudwatch.models",
        "CloudWatchBackend.put_metric_data",
        ("self", "namespace", "metric_data"),
    ),
    Hook("cloudwatch/alarms", "moto.cloudwatch.urls", "url_paths"),
    Hook("cloudwatch/api", "moto.cloudwatch.responses", "CloudWatchResponse"),
    Hook(
        "cloudwatch/state_changes",
        "moto.cloudwatch.models",
        "CloudWatchBackend.set_alarm_state",
        ("self", "alarm_name", "reason", "reason_data", "state_value"),
    ),
    Hook(
        "sagemaker/invocations",
        "moto.moto_server.werkzeug_app",
        "DomainDispatcherApplication.__call__",
        ("self", "environ", "start_response"),
    ),
    Hook(
        "stepfunctions/steps",
        f"{_ASL}.component.state.wait.wait_function.wait_function",
        "WaitFunction._wait_interval",
        ("self", "env", "wait_seconds"),
    ),
    Hook("stepfunctions/steps", f"{_ASL}.component.common.retry.retrier_decl", "time"),
    Hook(
        "stepfunctions/integrations",
        f"{_SERVICE}.state_task_service",
        "StateTaskService._normalise_parameters",
    ),
    Hook(
        "stepfunctions/integrations",
        f"{_SERVICE}.state_task_service",
        "StateTaskService._normalise_response",
    ),
    Hook(
        "stepfunctions/integrations",
        f"{_SERVICE}.state_task_service",
        "StateTaskService._SERVICE_NAME_SFN_TO_BOTO_OVERRIDES",
    ),
    Hook(
        "stepfunctions/integrations",
        f"{_SERVICE}.state_task_service_unsupported",
        "_SUPPORTED_INTEGRATION_PATTERNS",
    ),
    Hook(
        "stepfunctions/integrations",
        f"{_SERVICE}.state_task_service_factory",
        "StateTaskServiceUnsupported",
    ),
    Hook(
        "stepfunctions/integrations",
        f"{_SERVICE}.state_task_service_aws_sdk",
        "_SERVICE_ERROR_NAMES",
    ),
    Hook(
        "stepfunctions/integrations",
        f"{_SERVICE}.state_task_service_callback",
        "_DELAY_SECONDS_SYNC_CONDITION_CHECK",
    ),
    Hook("stepfunctions/integrations", f"{_ASL}.utils.boto_client", "boto_client_for"),
    Hook("stepfunctions/queries", f"{_ASL}.utils.json_path", "extract_json"),
    Hook("stepfunctions/queries", f"{_ASL}.jsonata.jsonata", "eval_jsonata_expression"),
    Hook(
        "stepfunctions/queries", f"{_ASL}.jsonata.jsonata", "encode_jsonata_variable_declarations"
    ),
    Hook(
        "stepfunctions/queries",
        f"{_ASL}.component.intrinsic.jsonata",
        "_DECLARATION_BY_VARIABLE_REFERENCE",
    ),
)


def broken(hook: Hook) -> str:
    """Return in one line why a hook no longer fits, or nothing.

    Look before `install` runs: afterwards the attribute is ours.
    """
    where = f"moto: {hook.module}.{hook.attribute}"
    try:
        module = importlib.import_module(hook.module)
        found: Any = reduce(getattr, hook.attribute.split("."), module)
    except (ImportError, AttributeError):
        return f"{where} is gone; sandbox/{hook.used_by}.py needs another way in"
    if hook.parameters is None:
        return ""
    names = tuple(inspect.signature(found).parameters)
    if names != hook.parameters:
        return f"{where} takes {names} now; sandbox/{hook.used_by}.py expects {hook.parameters}"
    return ""


if __name__ == "__main__":
    raise SystemExit("\n".join(filter(None, map(broken, HOOKS))) or 0)
