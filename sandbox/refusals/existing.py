"""What a request may name: objects, images, subnets, groups and roles that exist in the sandbox.

moto's stores are read, as no caller's rights count: AWS looks these up by itself. The server is
far up the chain of imports, therefore IAM's evaluation is imported by the first call.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.s3.models import FakeDeleteMarker, s3_backends

from sandbox.ecr import images
from sandbox.state.stores import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

_IMAGE = re.compile(
    r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[a-z.]+/([^:@]+)(?::([^@]+))?(@sha256:[0-9a-f]{64})?"
)


def has_objects(uri: str) -> bool:
    """Return whether an object of S3 has this address, or one that begins with it."""
    bucket, _, prefix = uri.partition("://")[2].partition("/")
    found = _bucket(bucket)
    keys = [] if found is None else list(found.keys.items())
    return any(
        name.startswith(prefix) and not isinstance(item, FakeDeleteMarker) for name, item in keys
    )


def _bucket(name: str) -> Any:
    backends = [account["aws"] for account in list(s3_backends.values()) if "aws" in account]
    return next((one.buckets[name] for one in backends if name in one.buckets), None)


def is_image_address(uri: str) -> bool:
    """Return whether an address is one of ECR, with a tag or a digest."""
    found = _IMAGE.fullmatch(uri)
    return found is not None and bool(found[4] or found[5])


def lacks_image(uri: str, account: str) -> bool:
    """Return whether an image of this account's own registry is missing.

    Of a registry that the sandbox does not have, AWS's own among them, nothing is known.
    """
    found = _IMAGE.fullmatch(uri)
    if found is None or found[1] != account:
        return False
    if found[5]:
        return not images.digest_uri(uri)
    return not images.exists(Place(found[1], found[2]), found[3], found[4] or "latest")


def missing_network(place: Place, subnets: Iterable[str], groups: Iterable[str]) -> str:
    """Return EC2's words for the first subnet or group that does not exist; nothing for none."""
    backend: Any = ec2_backends[place.account][place.region]
    known = {subnet for zone in backend.subnets.values() for subnet in zone}
    for subnet in subnets:
        if subnet not in known:
            return f"The subnet ID '{subnet}' does not exist"
    present = {name for vpc in backend.groups.values() for name in vpc}
    for group in groups:
        if group not in present:
            return f"The security group '{group}' does not exist"
    return ""


def is_trusting(role_arn: str, service: str, region: str) -> bool:
    """Return whether a role exists and its trust policy names a service.

    Its conditions are not evaluated: they are about what the service does later.
    """
    from sandbox.iam import evaluation
    from sandbox.iam.statements import Principal

    names = (f"{service}.amazonaws.com", f"{service}.{region}.amazonaws.com")
    return any(
        not statement.is_deny and statement.admits(Principal(name, "Service"))
        for statement in evaluation.trust_of(role_arn)
        for name in names
    )


def has_role(role_arn: str) -> bool:
    """Return whether IAM has a role with this ARN."""
    from sandbox.iam import evaluation

    return evaluation.find_role(role_arn) is not None


def may(role_arn: str, action: str, resource: str) -> bool:
    """Return whether a role's policies let it do something."""
    from sandbox.iam import evaluation
    from sandbox.iam.statements import Principal

    return evaluation.reason_against(Principal(role_arn), action, (resource,), None) is None
