"""What CloudWatch Logs and Systems Manager refuse of groups, keys and values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.kms.models import kms_backends

from sandbox.iam.statements import Principal, parse
from sandbox.refusals.forms import Refused

if TYPE_CHECKING:
    from sandbox.refusals.requests import Request

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
_RETENTIONS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557),
    *(2922, 3288, 3653),
)
_LONGEST_VALUE = {"Standard": 4_096, "Advanced": 8_192}


def check_retention(request: Request) -> None:
    """Refuse a number of days that is not in the list."""
    days = request.params["retentionInDays"]
    if days not in _RETENTIONS:
        known = ", ".join(map(str, _RETENTIONS))
        raise Refused(
            "InvalidParameterException",
            f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy "
            f"constraint: Member must satisfy enum value set: [{known}]",
        )


def check_log_key(request: Request) -> None:
    """Refuse a key that does not let CloudWatch Logs use it: aws/aws-cdk#28304."""
    key_id = request.params.get("kmsKeyId")
    if not key_id:
        return
    place, name = request.place, request.params["logGroupName"]
    keys: Any = kms_backends[place.account][place.region].keys
    key = keys.get(key_id.rpartition("/")[2])
    logs = Principal(f"logs.{place.region}.amazonaws.com", "Service")
    if key is None or not any(one.admits(logs) for one in parse(key.policy)):
        raise Refused(
            "InvalidParameterException",
            "The specified KMS key does not exist or is not allowed to be used with Arn "
            f"'arn:aws:logs:{place.region}:{place.account}:log-group:{name}'",
        )


def check_value(request: Request) -> None:
    """Refuse an empty value, and one that is too long for its tier."""
    value, tier = request.params["Value"], request.params.get("Tier", "Standard")
    if not value:
        # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
        raise Refused(
            "ValidationException",
            "1 validation error detected: Value at 'value' failed to satisfy constraint: Member "
            "must have length greater than or equal to 1",
        )
    longest = _LONGEST_VALUE.get(tier, _LONGEST_VALUE["Advanced"])
    if len(value.encode()) > longest:
        raise Refused(
            "ValidationException",
            f"{tier} tier parameters support a maximum parameter value of {longest} characters.",
        )
