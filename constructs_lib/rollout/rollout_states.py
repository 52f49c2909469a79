"""States of the rollout: find the newest approved version, update the stack, verify, repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.rollout.approval_states import approval_states
from constructs_lib.rollout.rollback_states import MODELS_FAULT, rollback_states
from constructs_lib.training.preparation_states import NEWEST_VERSION, approved_versions
from constructs_lib.workflow.asl import (
    State,
    States,
    catch_all,
    choice,
    jsonata,
    retry_transient_errors,
    sdk,
    set_variables,
    task,
    wait,
)
from constructs_lib.workflow.notification_states import publish

if TYPE_CHECKING:
    from constructs_lib.registry.model_context import ModelContext
    from constructs_lib.rollout.rollout_target import RolloutTarget

_PARAMETER = "ModelPackageArn"
# Short pauses first, then a minute: sixteen hours of waiting stay below 25,000 history events.
_PAUSE = "{% $min([60, 5 + 5 * $pauses]) %}"
_BUSY = "/IN_PROGRESS|Rate exceeded|Throttl/"
_MOVING = "/_IN_PROGRESS$/"
_AT_REST = "/^(InService|Failed|OutOfService|UpdateRollbackFailed)$/"


def rollout_states(context: ModelContext, target: RolloutTarget, *, failed: str) -> States:
    """Return all states, from `Begin` to an output with the live version."""
    return {
        "Begin": set_variables(
            {
                "attempted": "",
                "updateToken": "",
                "pauses": 0,
                "waits": 0,
                "told": "",
                "outcome": "unchanged",
            },
            then="FindNewest",
        ),
        **_lookup_states(context, target, failed),
        **_update_states(target, failed),
        **_verification_states(context, target, failed),
        **approval_states(context, then="IsThereAnEndpoint", failed=failed),
        **rollback_states(context, target, failed=failed),
    }


def _lookup_states(context: ModelContext, target: RolloutTarget, failed: str) -> States:
    """Return the states that find the newest version and the stack's status."""
    return {
        "FindNewest": _find_newest(context, failed),
        "AnyApproved": choice({"$newest = ''": "NothingApproved"}, otherwise="LookAtStack"),
        "NothingApproved": {
            "Type": "Succeed",
            "Output": {"Outcome": "nothing approved", "ModelPackageArn": ""},
        },
        "LookAtStack": _look_at_stack(target.stack_name, failed),
        "WhatNext": _what_next(),
        "Pause": wait(_PAUSE, then="CountPause"),
        "CountPause": set_variables({"pauses": jsonata("$pauses + 1")}, then="FindNewest"),
    }


def _update_states(target: RolloutTarget, failed: str) -> States:
    """Return the states that update the stack when its endpoint is at rest."""
    return {
        "IsThereAnEndpoint": choice({"$live = ''": "UpdateStack"}, otherwise="LookBeforeUpdate"),
        # A scaling activity is an update, too, and SageMaker refuses a second one.
        "LookBeforeUpdate": _look_at_endpoint(target.endpoint_name, "IsItAtRest", failed),
        "IsItAtRest": choice(
            {f"$contains($endpointStatus, {_AT_REST})": "UpdateStack"}, otherwise="Pause"
        ),
        "UpdateStack": _update_stack(target.stack_name),
        "WhyNotUpdated": choice(
            {
                "$contains($failure.Cause, 'No updates are to be performed')": "LookAtEndpoint",
                f"$contains($failure.Cause, {_BUSY})": "Pause",
            },
            otherwise=failed,
        ),
    }


def _verification_states(context: ModelContext, target: RolloutTarget, failed: str) -> States:
    """Return the states that verify the endpoint; a version that is not live is rejected."""
    return {
        "LookAtEndpoint": _look_at_endpoint(target.endpoint_name, "IsItLive", failed),
        "IsItLive": _is_it_live(),
        "NotLive": _not_live(target.endpoint_name),
        "WhoseVersion": choice(
            {
                "$attempted = $newest and ($endpointReason = '' or "
                f"$contains($endpointReason, {MODELS_FAULT}))": "Reject"
            },
            otherwise=failed,
        ),
        "DidItChange": choice({"$attempted != ''": "NotifyLive"}, otherwise="Live"),
        "NotifyLive": _notify_live(context),
        "Deployed": set_variables({"outcome": "deployed"}, then="LookAgain"),
        "LookAgain": set_variables({"attempted": "", "pauses": 0}, then="FindNewest"),
        "Live": {
            "Type": "Succeed",
            "Output": {"Outcome": jsonata("$outcome"), "ModelPackageArn": jsonata("$newest")},
        },
    }


def _find_newest(context: ModelContext, failed: str) -> State:
    return task(
        sdk("sagemaker", "listModelPackages"),
        approved_versions(context.full_name),
        then="AnyApproved",
        assign={"newest": jsonata(NEWEST_VERSION)},
        retry=[retry_transient_errors("SageMaker")],
        catch=[catch_all(failed)],
    )


def _look_at_stack(stack: str, failed: str) -> State:
    found = "$states.result.Stacks[0]"
    return task(
        sdk("cloudformation", "describeStacks"),
        {"StackName": stack},
        then="WhatNext",
        assign={
            "status": jsonata(f"{found}.StackStatus"),
            "token": jsonata("$uuid()"),
            "why": jsonata(
                f"$exists({found}.StackStatusReason) ? {found}.StackStatusReason : 'see its events'"
            ),
            "live": jsonata(f"{found}.Parameters[ParameterKey = '{_PARAMETER}'][0].ParameterValue"),
            # A parameter that an update does not name gets the template's default.
            "others": jsonata(
                f"[{found}.Parameters[ParameterKey != '{_PARAMETER}']."
                "{'ParameterKey': ParameterKey, 'UsePreviousValue': true}]"
            ),
            "wanted": jsonata(
                f"( $name := {found}.Outputs[OutputKey = 'EndpointConfigName'][0].OutputValue; "
                "$exists($name) ? $name : '' )"
            ),
        },
        retry=[retry_transient_errors("CloudFormation")],
        catch=[catch_all(failed)],
    )


def _what_next() -> State:
    # Another update may have run meanwhile: only the live version tells whether this one failed.
    return choice(
        {
            f"$contains($status, {_MOVING})": "Pause",
            "$status = 'UPDATE_ROLLBACK_FAILED'": "StackStuck",
            "$contains($status, /_FAILED$|^ROLLBACK_COMPLETE$|^DELETE/)": "StackBroken",
            "$live = $newest": "LookAtEndpoint",
            "$attempted = $newest and $contains($status, 'ROLLBACK')": "FindReason",
        },
        otherwise="ReadVersion",
    )


def _update_stack(stack: str) -> State:
    return task(
        sdk("cloudformation", "updateStack"),
        {
            "StackName": stack,
            "UsePreviousTemplate": True,
            "Parameters": jsonata(
                f"$append([{{'ParameterKey': '{_PARAMETER}', 'ParameterValue': $newest}}], $others)"
            ),
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            # CloudFormation writes it into every event of this update.
            "ClientRequestToken": jsonata("$token"),
        },
        then="Pause",
        assign={
            "attempted": jsonata("$newest"),
            "updateToken": jsonata("$token"),
            "pauses": 0,
        },
        # No retry: CloudFormation has one error name for all refusals; the message differs.
        catch=[catch_all("WhyNotUpdated")],
    )


def _look_at_endpoint(endpoint: str, then: str, failed: str) -> State:
    return task(
        sdk("sagemaker", "describeEndpoint"),
        {"EndpointName": endpoint},
        then=then,
        assign={
            "serving": jsonata("$states.result.EndpointConfigName"),
            "endpointStatus": jsonata("$states.result.EndpointStatus"),
            "endpointReason": jsonata(
                "$exists($states.result.FailureReason) ? $states.result.FailureReason : ''"
            ),
        },
        retry=[retry_transient_errors("SageMaker")],
        catch=[catch_all(failed)],
    )


def _is_it_live() -> State:
    # An endpoint that SageMaker rolled back is InService too.
    return choice(
        {
            "$serving = $wanted": "DidItChange",
            "$contains($endpointStatus, /ing$|^RollingBack$/)": "Pause",
        },
        otherwise="NotLive",
    )


def _not_live(endpoint: str) -> State:
    cause = (
        f"'Endpoint {endpoint} was rolled back: it is ' & $endpointStatus & ' and serves ' & "
        "$serving & ' instead of ' & $wanted & ($endpointReason = '' ? '' : ': ' & $endpointReason)"
    )
    # Alarms leave no reason. For one that is not the model's fault nothing is rejected, and nothing
    # tried again: CloudFormation holds this version for deployed.
    return set_variables(
        {"failure": {"Error": "NotLive", "Cause": jsonata(cause)}}, then="WhoseVersion"
    )


def _notify_live(context: ModelContext) -> State:
    return publish(
        context.topic.arn,
        subject=f"New version of {context.full_name} is live",
        message=jsonata("$newest & ' is live as ' & $serving"),
        then="Deployed",
    )
