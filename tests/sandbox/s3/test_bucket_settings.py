"""What a bucket says of its settings, where moto says less."""

from types import SimpleNamespace
from typing import Any

import pytest
from moto.iam.access_control import PermissionResult

from sandbox.s3 import bucket_policies, bucket_settings

TOLD = "<EventBridgeConfiguration></EventBridgeConfiguration>"
EMPTY = '<NotificationConfiguration xmlns="x"/>'
FILLED = f'<NotificationConfiguration xmlns="x">{TOLD}</NotificationConfiguration>'
TOPIC = '<NotificationConfiguration xmlns="x"><Topic/></NotificationConfiguration>'


def answered(body: str | bytes, found: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(bucket_settings, "_moto_answers", lambda response: (200, {}, body))
    backend = SimpleNamespace(get_bucket_notification_configuration=lambda name: found)
    response = SimpleNamespace(backend=backend, bucket_name="b")
    return bucket_settings._get_bucket_notification(response)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (EMPTY, FILLED),
        (
            EMPTY.encode(),
            f'<NotificationConfiguration xmlns="x">{TOLD}</NotificationConfiguration>',
        ),
        (
            TOPIC,
            f'<NotificationConfiguration xmlns="x"><Topic/>{TOLD}</NotificationConfiguration>',
        ),
    ],
)
def test_a_bucket_that_tells_eventbridge_says_so(
    body: str | bytes, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = SimpleNamespace(event_bridge={})

    assert answered(body, told, monkeypatch) == (200, {}, expected)


@pytest.mark.parametrize("found", [None, SimpleNamespace(event_bridge=None)])
def test_a_bucket_that_tells_nobody_is_answered_by_moto(
    found: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answered(TOPIC, found, monkeypatch) == (200, {}, TOPIC)


def test_every_bucket_may_keep_access_logs() -> None:
    assert bucket_settings._may_log(object(), None) is True


ALLOW = '{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}'
ONLY_TLS = (
    '{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", '
    '"Condition": {"Bool": {"aws:SecureTransport": "false"}}}'
)


def test_motos_judgement_of_bucket_policies_is_left_out() -> None:
    bucket = SimpleNamespace(policy=b'{"Statement": ' + ALLOW.encode() + b"}")

    found = bucket_policies._get_permission(bucket, "s3:GetObject", "arn:aws:s3:::b/k")

    assert found is PermissionResult.NEUTRAL
