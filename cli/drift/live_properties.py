"""Calls by which drift reads live resources, through the clients of an environment."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from cli.aws import aws_errors
from cli.environments.environment import Environment

ANSWERS_OF_NOTHING = (ClientError,)


def live_call(
    env: Environment,
    service: str,
    operation: str,
    arguments: Mapping[str, Any] | None = None,
    /,
    *,
    or_none: bool = False,
) -> Mapping[str, Any]:
    """Call one operation; with `or_none`, what AWS says is missing is an empty answer."""
    try:
        answer: dict[str, Any] = getattr(env.aws(service), operation)(**(arguments or {}))
    except ClientError as error:
        if or_none and aws_errors.is_missing(error):
            return {}
        raise
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}
