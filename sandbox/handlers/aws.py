"""API calls of resource handlers: through boto3, with values shaped by botocore's models."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from sandbox.state import clients

_GONE = (
    "NotFound",
    "NoSuch",
    "does not exist",
    "Could not find",
    "Cannot find",
    "cannot be found",
    "not found",
)


@dataclass(frozen=True)
class Aws:
    """One account and region of the running sandbox."""

    account: str
    region: str
    url: str

    def client(self, service: str) -> Any:
        """Return the boto3 client of `service`."""
        return clients.client(service, url=self.url, region=self.region, account=self.account)

    def call(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Call one operation with template values, converted to what the operation expects.

        Properties the operation does not know are left out; botocore checks the rest.
        """
        client = self.client(service)
        model = client.meta.service_model.operation_model(
            client.meta.method_to_api_mapping[operation]
        )
        arguments = coerce(parameters, model.input_shape) if model.input_shape else {}
        answer: dict[str, Any] = getattr(client, operation)(**arguments)
        answer.pop("ResponseMetadata", None)
        return answer

    def forget(self, service: str, operation: str, parameters: dict[str, Any]) -> None:
        """Call a deleting operation; what is gone already is fine."""
        try:
            self.call(service, operation, parameters)
        except ClientError as error:
            if not is_gone(error):
                raise

    def arn(self, service: str, rest: str) -> str:
        """Return the ARN of something in this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"


def is_gone(error: ClientError) -> bool:
    """Return whether the call failed because its object does not exist."""
    # HeadBucket has no message: its code is the HTTP status.
    is_unnamed = error.response["Error"]["Code"] == "404"
    return is_unnamed or any(word in str(error) for word in _GONE)


def coerce(value: Any, shape: Any) -> Any:
    """Return a template's value in the types and spelling of botocore's `shape`.

    CloudFormation writes numbers and truths as text, tags as lists or maps, policies as objects,
    and every member with a capital; the APIs are stricter.
    """
    kind = shape.type_name
    if kind == "structure":
        return _structure(value, shape)
    if kind == "list":
        items = [{"Key": k, "Value": v} for k, v in value.items()] if _is_map(value) else value
        return [coerce(item, shape.member) for item in (items if _is_list(items) else [items])]
    if kind == "map":
        entries = dict(map(_tag, value)) if _is_list(value) else value
        return {key: coerce(item, shape.value) for key, item in entries.items()}
    convert = _SCALARS.get(kind)
    return convert(value) if convert else value


def _structure(value: Any, shape: Any) -> Any:
    if getattr(shape, "document_type", False) or not _is_map(value):
        return value
    names = {member.lower(): member for member in shape.members}
    if "tagkey" in names:
        # KMS alone calls the two halves of a tag TagKey and TagValue.
        names |= {"key": names["tagkey"], "value": names["tagvalue"]}
    return {
        names[key.lower()]: coerce(item, shape.members[names[key.lower()]])
        for key, item in value.items()
        if key.lower() in names
    }


def _is_map(value: Any) -> bool:
    return isinstance(value, dict)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _tag(item: dict[str, Any]) -> tuple[str, Any]:
    lowered = {key.lower(): value for key, value in item.items()}
    return lowered["key"], lowered["value"]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


_SCALARS: dict[str, Callable[[Any], Any]] = {
    "boolean": lambda value: value if isinstance(value, bool) else str(value).lower() == "true",
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "string": _text,
}
