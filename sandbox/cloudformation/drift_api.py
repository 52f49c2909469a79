"""CloudFormation's wire protocol of drift detection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.cloudformation import models
from moto.core.responses import ActionResult, BaseResponse

from sandbox.cloudformation.drift import DriftDetection
from sandbox.cloudformation.errors import TemplateError

if TYPE_CHECKING:
    from sandbox.cloudformation.operations import Backend

_STABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


class DriftOperations(BaseResponse):
    """The three operations of drift detection, and the backend that all operations ask."""

    @property
    def _backend(self) -> Backend:
        backend: Backend = models.cloudformation_backends[self.current_account][self.region]
        return backend

    def detect_stack_drift(self) -> ActionResult:
        """DetectStackDrift."""
        stack = self._backend.existing(str(self._get_param("StackName")))
        if stack.status not in (*_STABLE, "UPDATE_ROLLBACK_FAILED"):
            raise TemplateError(
                f"Drift detection cannot be performed on stack [{stack.stack_id}] in "
                f"{stack.status} state"
            )
        stack.drift = DriftDetection(stack, self._backend.aws())
        return ActionResult({"StackDriftDetectionId": stack.drift.id})

    def describe_stack_drift_detection_status(self) -> ActionResult:
        """DescribeStackDriftDetectionStatus."""
        wanted = self._get_param("StackDriftDetectionId")
        for stack in list(self._backend.stacks.values()):
            if stack.drift is not None and stack.drift.id == wanted:
                return ActionResult(stack.drift.describe())
        raise TemplateError(f"Unable to find Drift Detection Status for id {wanted}")

    def describe_stack_resource_drifts(self) -> ActionResult:
        """DescribeStackResourceDrifts."""
        stack = self._backend.existing(str(self._get_param("StackName")))
        wanted = self._get_param("StackResourceDriftStatusFilters") or []
        drifts = stack.drift.drifts if stack.drift is not None else []
        found = [one for one in drifts if not wanted or one["StackResourceDriftStatus"] in wanted]
        return ActionResult({"StackResourceDrifts": found})
