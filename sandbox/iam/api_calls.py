"""API calls made with a role: any operation in PascalCase, authorized by the role's policies."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.config import Config

from sandbox.iam import casing, permissions, role_check
from sandbox.state import clients, context

if TYPE_CHECKING:
    from sandbox.state.stores import Document

_CONFIG = Config(
    parameter_validation=True,
    retries={"total_max_attempts": 1},
    s3={"addressing_style": "path"},
    read_timeout=120,
)
# What Step Functions and Scheduler call a service, where boto3 calls it something else.
BOTO_NAMES = {
    "sfn": "stepfunctions",
    "states": "stepfunctions",
    "eventbridge": "events",
    "cloudwatchlogs": "logs",
    "sagemakerruntime": "sagemaker-runtime",
    "applicationautoscaling": "application-autoscaling",
}


@lru_cache(maxsize=256)
def _client(service: str, region: str, role_arn: str | None, url: str, secret: str) -> Any:
    account = role_arn.split(":")[4] if role_arn else clients.ACCOUNT
    with clients.CREATING:
        client = clients.session().client(
            service,
            endpoint_url=url,
            region_name=region,
            config=_CONFIG,
            aws_access_key_id=account,
            aws_secret_access_key=secret,
        )
    if role_arn:
        _watch(client, role_arn)
    return client


def _watch(client: Any, role_arn: str) -> None:
    """Make every call of the boto3 `client` subject to the role."""

    # botocore calls handlers with names that differ from version to version.
    def check(params: Document, model: Any, **_: Any) -> None:
        service = model.service_model
        region = client.meta.region_name
        call = permissions.Call(service.service_name, model.name, params, region, role_arn)
        for action, resources in permissions.needed(call):
            role_check.require(role_arn, action, resources, permissions.given(call, action))

    client.meta.events.register_first("before-parameter-build", check)


def client_for(region: str, service: str, state_credentials: Any = None) -> Any:
    """Return a client whose calls are checked against the role in `state_credentials`."""
    role = getattr(state_credentials, "role_arn", None)
    url = context.current().url
    # Another sandbox may get the address of one that has ended, but not its secret.
    secret = clients.secret_of(url)
    return _client(BOTO_NAMES.get(service, service), region, role, url, secret)


def call(
    region: str, service: str, action: str, parameters: Document, credentials: Any
) -> Document:
    """Call an operation with PascalCase `parameters` as `credentials.role_arn`; return the output.

    Raises UnknownField for an operation or parameter that does not exist, ClientError from AWS.
    """
    client = client_for(region, service, credentials)
    operation = find(client, action)
    if operation is None:
        raise casing.UnknownField(f"{service}:{action} does not exist; name an operation of boto3")
    request = casing.to_api(parameters, operation.input_shape, action)
    response = getattr(client, xform_name(operation.name))(**request)
    result: Document = casing.from_api(response, operation.output_shape)
    return result


def find(client: Any, action: str) -> Any:
    """Return botocore's model of `action` in any case, or None."""
    wanted = action.replace("_", "").lower()
    model = client.meta.service_model
    names = (name for name in model.operation_names if name.lower() == wanted)
    name = next(names, None)
    return model.operation_model(name) if name else None
