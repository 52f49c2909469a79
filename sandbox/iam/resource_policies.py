"""Policies of resources: of buckets, keys, image repositories, topics, queues and model groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from moto.ecr.models import ecr_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

PACKAGE_GROUPS: dict[tuple[str, str, str], str] = {}
"""Policies of model package groups, by account, region and the group's name."""


class Attached(NamedTuple):
    """The account that owns a resource, and its policy; None without one."""

    owner: str
    document: Any = None
    always_decides: bool = False


NOBODYS = Attached("")


def find(resources: tuple[str, ...]) -> Attached:
    """Return the first policy of what `resources` name, else who owns the first of them."""
    found = [_of(one) for one in resources if one.startswith("arn:")]
    with_policy = [one for one in found if one.document is not None]
    return next(iter(with_policy or found), NOBODYS)


def _of(arn: str) -> Attached:
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return NOBODYS
    _, _, service, region, account, name = parts
    if service == "s3":
        return _of_bucket(name.partition("/")[0])
    if not account:
        return NOBODYS
    kind, _, rest = name.partition("/")
    if service == "kms" and kind == "key":
        key = kms_backends[account][region].keys.get(rest)
        return Attached(account, getattr(key, "policy", None), always_decides=key is not None)
    policy = _POLICIES.get(service)
    return Attached(account, policy(account, region, name) or None if policy else None)


def _of_repository(account: str, region: str, name: str) -> Any:
    repository = ecr_backends[account][region].repositories.get(name.partition("/")[2])
    return getattr(repository, "policy", None)


def _of_topic(account: str, region: str, name: str) -> Any:
    arn = f"arn:aws:sns:{region}:{account}:{name}"
    return getattr(sns_backends[account][region].topics.get(arn), "policy", None)


def _of_queue(account: str, region: str, name: str) -> Any:
    return getattr(sqs_backends[account][region].queues.get(name), "policy", None)


def _of_package_group(account: str, region: str, name: str) -> Any:
    kind, _, rest = name.partition("/")
    if kind not in ("model-package", "model-package-group"):
        return None
    return PACKAGE_GROUPS.get((account, region, rest.partition("/")[0]))


_POLICIES: dict[str, Callable[[str, str, str], Any]] = {
    "ecr": _of_repository,
    "sns": _of_topic,
    "sqs": _of_queue,
    "sagemaker": _of_package_group,
}


def _of_bucket(name: str) -> Attached:
    partition, owner = s3_backends.bucket_accounts.get(name, ("", ""))
    if not owner:
        return NOBODYS
    bucket = s3_backends[owner][partition].buckets.get(name)
    policy = getattr(bucket, "policy", None)
    return Attached(owner, policy.decode() if isinstance(policy, bytes) else policy)
