"""What an AWS account may do before anybody has asked for more.

https://docs.aws.amazon.com/general/latest/gr/sagemaker.html and, where AWS shows a default that new
accounts do not get, what their owners report; of other accounts the sandbox limits nothing.
"""

from __future__ import annotations

# "Cannot have more than 0 builds in queue for the account":
# https://github.com/aws-ia/terraform-aws-control_tower_account_factory/issues/179
BUILDS = 0

INSTANCES_OF_ENDPOINTS = "Number of instances across active endpoints"
_OF_TYPE = " for endpoint usage"
# Each other one of some 250 types is 0, ml.m5.large among them.
_TYPES = {"ml.t2.medium": 2, "ml.m6g.large": 2, "ml.m6g.xlarge": 1}
_INSTANCES = {
    INSTANCES_OF_ENDPOINTS: 4,
    "Number of instances across all training jobs": 4,
    "Number of instances across all spot training jobs": 4,
    "Number of instances across all processing jobs": 4,
    "Number of instances across all transform jobs": 4,
}


def instances(quota: str) -> int | None:
    """Return the value of a quota of SageMaker's by its name; None for one that is not kept."""
    if quota.endswith(_OF_TYPE):
        return _TYPES.get(quota.removesuffix(_OF_TYPE), 0)
    return _INSTANCES.get(quota)
