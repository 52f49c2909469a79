"""A form that uploads is held to each condition of its policy, and to nothing it does not name."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from sandbox.server.upload_policy import problem

FORM = {"key": "mine/a", "policy": "p", "x-amz-signature": "s", "x-ignore-this": "i"}
BUCKET, KEY = {"bucket": "b"}, ["eq", "$key", "mine/a"]


def told(*conditions: Any, size: int = 3, until: str = "2999-01-01T00:00:00Z", **form: str) -> Any:
    policy = {"expiration": until, "conditions": conditions}
    encoded = base64.b64encode(json.dumps(policy).encode()).decode()
    return problem(encoded, "b", {**FORM, **form}, size)


@pytest.mark.parametrize(
    "conditions",
    [
        (BUCKET, KEY),
        (["eq", "$bucket", "b"], {"Key": "mine/a"}),
        (["starts-with", "$key", "mine/"],),
        (["starts-with", "$key", ""],),
        (KEY, ["content-length-range", 3, 3]),
        (KEY, ["content-length-range", "0", "10"]),
    ],
)
def test_a_form_that_keeps_its_policy_is_taken(conditions: Any) -> None:
    assert told(*conditions) is None


@pytest.mark.parametrize(
    ("conditions", "code", "words"),
    [
        (
            ({"bucket": "other"}, KEY),
            "AccessDenied",
            'Condition failed: ["eq", "$bucket", "other"]',
        ),
        ((["eq", "$key", "mine/"],), "AccessDenied", 'failed: ["eq", "$key", "mine/"]'),
        ((["starts-with", "$key", "yours/"],), "AccessDenied", '["starts-with", "$key", "yours/"]'),
        ((KEY, {"acl": "private"}), "AccessDenied", 'failed: ["eq", "$acl", "private"]'),
        ((BUCKET,), "AccessDenied", "Extra input fields: key"),
        ((KEY, ["content-length-range", 0, 2]), "EntityTooLarge", "exceeds"),
        ((KEY, ["content-length-range", 4, 9]), "EntityTooSmall", "smaller"),
        ((KEY, ["matches", "$key", ".*"]), "InvalidPolicyDocument", "Invalid Condition"),
        ((KEY, ["eq", "key", "mine/a"]), "InvalidPolicyDocument", "Invalid Condition"),
        ((KEY, ["eq", "$key"]), "InvalidPolicyDocument", "not enough values"),
        (
            (KEY, ["content-length-range", "few", "many"]),
            "InvalidPolicyDocument",
            "invalid literal",
        ),
    ],
)
def test_a_form_that_does_not_is_refused(conditions: Any, code: str, words: str) -> None:
    found = told(*conditions)

    assert found.code == code
    assert words in found.message


def test_a_policy_ends() -> None:
    assert told(KEY, until="2020-01-01T00:00:00Z").message.endswith("Policy expired.")
    assert told(KEY, until="2020-01-01T00:00:00").message.endswith("Policy expired.")


@pytest.mark.parametrize(
    "policy", [b"", b"{}", b"[]", b'{"expiration": 1, "conditions": []}', b"\xff"]
)
def test_a_policy_that_is_none_is_refused(policy: bytes) -> None:
    found = problem(base64.b64encode(policy).decode(), "b", FORM, 1)

    assert found is not None
    assert found.code == "InvalidPolicyDocument"
