"""Limits of an account on CodeBuild builds, which a new account has at 0 or 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.codebuild.exceptions import InvalidInputException
from moto.core.exceptions import JsonRESTError

from sandbox.servicequotas import quotas

if TYPE_CHECKING:
    from sandbox.state.stores import Document, Place

_SIZES = {"SMALL": "Small", "MEDIUM": "Medium", "LARGE": "Large", "2XLARGE": "2XLarge"}


class AccountLimitExceededException(JsonRESTError):
    """CodeBuild's error for a build beyond the account's limit."""

    def __init__(self, message: str) -> None:
        super().__init__("AccountLimitExceededException", message)


def check_project(place: Place, request: Document) -> None:
    """Refuse a limit of the project that is above the account's.

    https://github.com/hashicorp/terraform-provider-aws/issues/37748
    """
    limit, asked = _account_limit(place, request.get("environment")), _number(request)
    if limit is not None and asked is not None and asked > limit:
        raise InvalidInputException(
            "Project-level concurrent build limit cannot exceed the account-level concurrent "
            f"build limit of {limit}"
        )


def check_start(place: Place, project: Document, unfinished: int) -> None:
    """Refuse a build when `unfinished` ones of the same size are as many as the account may have.

    AWS documents a queue of five times the limit; new accounts are refused without one:
    https://github.com/aws-samples/aws-gateway-load-balancer-suricata-ids-ips-nsm/issues/12
    """
    limit = _account_limit(place, project["environment"])
    if limit is not None and unfinished >= limit:
        raise AccountLimitExceededException(
            f"Cannot have more than {limit} builds in queue for the account"
        )


def _account_limit(place: Place, environment: Document | None) -> int | None:
    size = _SIZES.get(str((environment or {}).get("computeType", "")).rpartition("_")[2])
    if size is None:
        return None
    name = f"Concurrently running builds for Linux/{size} environment"
    value = quotas.value_of(place, quotas.BUILDS, name)
    return None if value is None else int(value)


def _number(request: Document) -> int | None:
    asked = request.get("concurrentBuildLimit")
    return None if asked is None else int(asked)
