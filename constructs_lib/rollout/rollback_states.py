"""States after a failed update: read the reason, reject or wait, and say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from constructs_lib.workflow.rejection_state import reject

if TYPE_CHECKING:
    from constructs_lib.registry.model_context import ModelContext
    from constructs_lib.rollout.rollout_target import RolloutTarget

# AWS's words for what passes, or what somebody else has to mend: a scaling activity, no free
# instances, a quota, throttling, an error of the service. A version is not to blame for these.
_TRANSIENT = (
    "/in-progress endpoint|InsufficientInstanceCapacity|CapacityError|ResourceLimitExceeded"
    "|service limit|Throttl|Rate exceeded|TooManyRequests|Internal ?(Server ?Error|Failure)"
    "|Service ?Unavailable/i"
)
# AWS's words for a version that cannot serve. Whatever is in neither list rejects nothing.
MODELS_FAULT = (
    "/health check|CannotStartContainer|model data|image .*not (found|exist)|cannot find image"
    "|cannot pull|has no program|alarm/i"
)
# 5, 10 and 20 minutes; then the hourly sweep goes on, so that few executions wait at a time.
_MOST_WAITS = 3
_WAIT_SECONDS = "{% 300 * $power(2, $waits - 1) %}"


def rollback_states(context: ModelContext, target: RolloutTarget, *, failed: str) -> States:
    """Return the states from `FindReason` (rolled back) and `StackStuck` (not even that)."""
    return {
        "FindReason": _find_reason(target.stack_name, failed),
        "WhoseFault": choice(
            {
                f"$contains($failure.Cause, {_TRANSIENT})": "CountWait",
                f"$contains($failure.Cause, {MODELS_FAULT})": "Reject",
            },
            # Nobody knows: the approval stays, and a person hears of it.
            otherwise=failed,
        ),
        "StackStuck": _stack_stuck(context, target.stack_name),
        "StackBroken": _stack_broken(target.stack_name, failed),
        **_waiting_states(context),
        **_rejection_states(context, failed),
    }


def _find_reason(stack: str, failed: str) -> State:
    # The stack's own reason names the resource only. Every event of an update has its token;
    # events come newest first, and the oldest failure is the one that others were cancelled for.
    reasons = (
        "$filter($states.result.StackEvents[ClientRequestToken = $updateToken and "
        "$contains(ResourceStatus, /_FAILED$/)].ResourceStatusReason, "
        "function($reason) { $not($contains($reason, /cancelled/)) })"
    )
    cause = (
        f"( $reasons := {reasons}; "
        f"'Stack {stack} was rolled back to ' & $status & ' (' & "
        "($count($reasons) > 0 ? $reasons[-1] : $why) & ')' )"
    )
    return task(
        sdk("cloudformation", "describeStackEvents"),
        {"StackName": stack},
        then="WhoseFault",
        assign={"failure": {"Error": "RolledBack", "Cause": jsonata(cause)}},
        retry=[retry_transient_errors("CloudFormation")],
        catch=[catch_all(failed)],
    )


def _stack_stuck(context: ModelContext, stack: str) -> State:
    cause = (
        f"'Stack {stack} is in ' & $status & ' (' & $why & "
        "'). Mend what the reason names, or wait until its endpoint is InService, then: "
        f"aws cloudformation continue-update-rollback --stack-name {stack} "
        f"--region {context.config.platform.region}'"
    )
    return set_variables(
        # Once it is mended the version is tried again, whatever stopped it before.
        {"failure": {"Error": "StackStuck", "Cause": jsonata(cause)}, "attempted": ""},
        then="CountWait",
    )


def _stack_broken(stack: str, failed: str) -> State:
    cause = f"'Stack {stack} is in ' & $status & ' (' & $why & '); mend it by hand'"
    return set_variables(
        {"failure": {"Error": "StackBroken", "Cause": jsonata(cause)}}, then=failed
    )


def _waiting_states(context: ModelContext) -> States:
    return {
        "CountWait": set_variables({"waits": jsonata("$waits + 1")}, then="IsItNews"),
        "IsItNews": choice({"$told = $failure.Cause": "MayWaitHere"}, otherwise="NotifyWaiting"),
        "NotifyWaiting": _notify_waiting(context),
        "Remember": set_variables({"told": jsonata("$failure.Cause")}, then="MayWaitHere"),
        "MayWaitHere": choice({f"$waits > {_MOST_WAITS}": "StillWaiting"}, otherwise="WaitForAws"),
        "WaitForAws": wait(_WAIT_SECONDS, then="TryAgain"),
        "TryAgain": set_variables({"attempted": "", "pauses": 0}, then="FindNewest"),
        "StillWaiting": {
            "Type": "Succeed",
            "Output": {
                "Outcome": "waiting",
                "ModelPackageArn": jsonata("$newest"),
                "Reason": jsonata("$failure.Cause"),
            },
        },
    }


def _notify_waiting(context: ModelContext) -> State:
    return publish(
        context.topic.arn,
        subject=f"Rollout of {context.full_name} waits",
        message=jsonata(
            "'Version ' & $newest & ' stays approved and is not live yet. ' & $failure.Cause & "
            "'. The rollout tries again by itself: in some minutes, then every hour.'"
        ),
        then="Remember",
    )


def _rejection_states(context: ModelContext, failed: str) -> States:
    message = "'Version ' & $attempted & ' did not become live and is rejected. ' & $failure.Cause"
    return {
        "Reject": reject(
            "$attempted", reason="$failure.Cause", then="NotifyRejected", failed=failed
        ),
        "NotifyRejected": publish(
            context.topic.arn,
            subject=f"Rollout of {context.full_name} failed",
            message=jsonata(message),
            then="LookAgain",
        ),
    }
