"""Application Auto Scaling's operations: what is put acts, and what acted is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.applicationautoscaling import urls
from moto.applicationautoscaling.models import ApplicationAutoscalingBackend
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.cloudwatch.models import cloudwatch_backends

from sandbox.applicationautoscaling import activities, targets, tracking_alarms
from sandbox.sagemaker import scaled_variants
from sandbox.state.stores import Place

if TYPE_CHECKING:
    from sandbox.state.stores import Document

_moto_put = ApplicationAutoscalingBackend.put_scaling_policy
_PAGE = 50


class Response(ApplicationAutoScalingResponse):
    """The operations that act here; describing and tagging stay moto's."""

    @property
    def _place(self) -> Place:
        return Place(self.current_account, self.region)

    def register_scalable_target(self) -> str:
        answer: str = super().register_scalable_target()
        asked: Document = json.loads(self.body)
        backend = self.applicationautoscaling_backend
        target = targets.find(backend, asked["ResourceId"], asked["ScalableDimension"])
        # At once, also by a request that names neither bound: botocore's model.
        targets.move_into_bounds(self._place, target)
        return answer

    def deregister_scalable_target(self) -> str:
        """Deregister, with the policies and scheduled actions of the target, as AWS does."""
        answer: str = super().deregister_scalable_target()
        asked: Document = json.loads(self.body)
        backend = self.applicationautoscaling_backend
        scaled_variants.drop_rules(backend, lambda resource_id: resource_id == asked["ResourceId"])
        return answer

    def describe_scaling_activities(self) -> str:
        asked: Document = json.loads(self.body)
        found = activities.items(self._place, asked)
        begin, size = int(asked.get("NextToken") or 0), int(asked.get("MaxResults") or _PAGE)
        more = {"NextToken": str(begin + size)} if begin + size < len(found) else {}
        return json.dumps({"ScalingActivities": found[begin : begin + size], **more})


def _put_scaling_policy(
    self: Any,
    policy_name: str,
    service_namespace: str,
    resource_id: str,
    scalable_dimension: str,
    policy_body: Document,
    policy_type: str | None,
) -> Any:
    key = (service_namespace, resource_id, scalable_dimension, policy_name)
    old = self.policies.get("\t".join(key))
    policy = _moto_put(self, *key[3:], *key[:3], policy_body, policy_type)
    if old is not None:
        # AWS keeps the ARN of a policy that is written again; moto makes a new one.
        policy.policy_arn, policy.creation_time = old.policy_arn, old.creation_time
        policy.alarms = old.alarms or policy.alarms
    cloudwatch = cloudwatch_backends[self.account_id][self.region_name]
    if service_namespace == "sagemaker":
        place = Place(self.account_id, self.region_name)
        if policy.policy_type == "TargetTrackingScaling":
            tracking_alarms.put(place, cloudwatch, policy)
        else:
            policy.delete_alarms(self.account_id, self.region_name)
            policy.alarms = []
    return policy


def forget() -> None:
    """Drop activities, and targets that wait."""
    activities.forget()
    targets.forget()


def install() -> None:
    """Make moto's Application Auto Scaling scale endpoints."""
    ApplicationAutoscalingBackend.put_scaling_policy = _put_scaling_policy
    urls.url_paths["{0}/$"] = Response.dispatch
