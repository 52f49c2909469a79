"""Policy of a form that uploads to S3, held against the form.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

_FAILED = "Invalid according to Policy: Policy Condition failed: "
# Fields of a form that a policy need not name.
_FREE = frozenset({"awsaccesskeyid", "file", "policy", "signature", "x-amz-signature"})


class Problem(NamedTuple):
    """The code and the words with which S3 refuses a form."""

    code: str
    message: str


def problem(encoded: str, bucket: str, form: Mapping[str, str], size: int) -> Problem | None:
    """Return why S3 takes no upload of `size` bytes; `form` has its fields in lower case."""
    try:
        policy = json.loads(base64.b64decode(encoded))
        if _has_ended(policy["expiration"]):
            return Problem("AccessDenied", "Invalid according to Policy: Policy expired.")
        conditions = list(_plain(policy["conditions"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Problem("InvalidPolicyDocument", f"Invalid Policy: {error}")
    fields = {**form, "bucket": bucket}
    for operator, field, value in conditions:
        if operator == "content-length-range":
            found = _of_size(size, field, value)
        else:
            found = _of_field(operator, field, value, fields.get(field, ""))
        if found:
            return found
    named = {field for operator, field, _ in conditions if operator != "content-length-range"}
    extra = [one for one in form if one not in named | _FREE and not one.startswith("x-ignore-")]
    if extra:
        return Problem(
            "AccessDenied", f"Invalid according to Policy: Extra input fields: {', '.join(extra)}"
        )
    return None


def _has_ended(expiration: str) -> bool:
    ends = datetime.fromisoformat(expiration)
    return ends.replace(tzinfo=ends.tzinfo or UTC) <= datetime.now(UTC)


def _plain(conditions: list[Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield each condition as operator, field and value; a range as operator, least and most."""
    for one in conditions:
        if isinstance(one, dict):
            yield from (("eq", str(name).lower(), str(value)) for name, value in one.items())
            continue
        operator, field, value = one
        if operator == "content-length-range":
            yield operator, int(field), int(value)
        elif operator in ("eq", "starts-with") and field.startswith("$"):
            yield operator, field[1:].lower(), str(value)
        else:
            raise ValueError(f"Invalid Condition: {json.dumps(one)}")


def _of_size(size: int, least: int, most: int) -> Problem | None:
    if size > most:
        return Problem(
            "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size."
        )
    if size < least:
        return Problem(
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed object size.",
        )
    return None


def _of_field(operator: str, field: str, value: str, given: str) -> Problem | None:
    if given == value or (operator == "starts-with" and given.startswith(value)):
        return None
    return Problem("AccessDenied", _FAILED + json.dumps([operator, f"${field}", value]))
