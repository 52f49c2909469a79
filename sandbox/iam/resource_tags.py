"""Tags of resources, for `aws:ResourceTag`: of roles, buckets, keys, repositories and models."""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import ServiceException
from moto.ecr.models import ecr_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.sagemaker.models import sagemaker_backends


def read(arn: str) -> dict[str, str]:
    """Return the tags of a resource; none of one that is gone.

    Raises KeyError for a kind of resource whose tags are not known here.
    """
    parts = arn.split(":", 5)
    if len(parts) < 6:
        raise KeyError(arn)
    service, region, account, name = parts[2:]
    if service == "iam" and name.startswith("role/"):
        roles = list(iam_backends[account]["aws"].roles.values())
        found = [role.tags for role in roles if role.arn == arn]
        return of_role(found[0]) if found else {}
    if service == "s3" and "/" not in name:
        owner = s3_backends.bucket_accounts.get(name)
        backend: Any = s3_backends[owner[1]][owner[0]] if owner else None
        return dict(backend.tagger.get_tag_dict_for_resource(arn)) if backend else {}
    if service == "kms" and name.startswith("key/"):
        return dict(kms_backends[account][region].tagger.get_tag_dict_for_resource(name[4:]))
    if service == "ecr":
        return dict(ecr_backends[account][region].tagger.get_tag_dict_for_resource(arn))
    if service == "sagemaker":
        return _of_sagemaker(sagemaker_backends[account][region], arn)
    raise KeyError(arn)


def of_role(role: Any) -> dict[str, str]:
    """Return the tags of a role of moto's, which keeps them as a list or by their keys."""
    tags = getattr(role, "tags", None) or []
    rows = tags.values() if isinstance(tags, dict) else tags
    return {str(row["Key"]): str(row["Value"]) for row in rows}


def _of_sagemaker(backend: Any, arn: str) -> dict[str, str]:
    try:
        tags = backend.list_tags(arn)
    except (ServiceException, AttributeError, KeyError, ValueError):
        raise KeyError(arn) from None
    return {str(tag["Key"]): str(tag["Value"]) for tag in tags}
