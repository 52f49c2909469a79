"""Customer-managed KMS key that encrypts everything an environment keeps: existing or new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Annotations, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk.region_info import RegionInfo
from constructs import Construct

from constructs_lib.storage.key_grants import KeyGrants
from constructs_lib.synthesis.stack_lookups import format_arn

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig


class PlatformKey(kms.Key):
    """A rotating customer-managed key; AWS services may use it for this account only.

    Deleting the key waits 30 days where data is kept, else 7.
    """

    def __init__(self, scope: Construct, construct_id: str, *, config: EnvironmentConfig) -> None:
        super().__init__(
            scope,
            construct_id,
            description=f"Encrypts everything that {config.stage} keeps",
            enable_key_rotation=True,
            pending_window=Duration.days(30 if config.keeps_data else 7),
            removal_policy=RemovalPolicy.RETAIN if config.keeps_data else RemovalPolicy.DESTROY,
        )
        for statement in _service_statements(self.stack):
            self.add_to_resource_policy(statement)


def environment_key(scope: Construct, construct_id: str, *, config: EnvironmentConfig) -> KeyGrants:
    """Return the key of `existing.key_arn`, or make a new one where the file names none."""
    if config.existing.key_arn is not None:
        return KeyGrants(_existing_key(Construct(scope, construct_id), config.existing.key_arn))
    return KeyGrants(PlatformKey(scope, construct_id, config=config))


def _existing_key(scope: Construct, arn: str) -> kms.IKey:
    """Import a key that is never changed or deleted, and print what its policy must allow."""
    Annotations.of(scope).add_info(
        f"{arn} is used as it is: rotation and deletion are its owner's, and its policy "
        "has to trust this account's IAM and admit CloudWatch Logs, CloudWatch, EventBridge, "
        "Budgets and log delivery, as docs/existing.md shows"
    )
    return kms.Key.from_key_arn(scope, "Resource", arn)


def _service_statements(stack: Stack) -> list[iam.PolicyStatement]:
    own_account = {"StringEquals": {"aws:SourceAccount": stack.account}}
    log_groups = format_arn(stack, service="logs", resource="*")
    return [
        _statement(
            # CloudWatch Logs alone is called by the region, and otherwise in China.
            [f"logs.{stack.region}.{RegionInfo.get(stack.region).domain_suffix}"],
            [
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
            ],
            {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
        ),
        # A publisher to an encrypted topic needs the topic's key.
        _statement(
            ["cloudwatch.amazonaws.com", "events.amazonaws.com", "budgets.amazonaws.com"],
            ["kms:Decrypt", "kms:GenerateDataKey"],
            own_account,
        ),
        # Logs of an encrypted state machine are written by the delivery service, which names this
        # account in the encryption context only.
        _statement(
            ["delivery.logs.amazonaws.com"],
            ["kms:Decrypt"],
            {"StringLike": {"kms:EncryptionContext:SourceArn": log_groups}},
        ),
    ]


def _statement(
    services: list[str], actions: list[str], conditions: dict[str, Any]
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        principals=[iam.ServicePrincipal(service) for service in services],
        actions=actions,
        resources=["*"],
        conditions=conditions,
    )
