"""How a state machine tells people something, and how it ends when it cannot go on."""

from constructs_lib.workflow.asl import State, States, jsonata, retry, task


def publish(topic_arn: str, *, subject: str, message: str, then: str) -> State:
    """A notice of at most 256 KB; when it cannot be sent the work still goes on."""
    return task(
        "arn:aws:states:::sns:publish",
        {"TopicArn": topic_arn, "Subject": subject, "Message": message},
        then=then,
        retry=[retry(["States.TaskFailed"], attempts=3, first_seconds=2, most_seconds=30)],
        catch=[{"ErrorEquals": ["States.ALL"], "Next": then}],
    )


def failure_states(topic_arn: str, *, what: str) -> States:
    """From `NotifyFailure`: tell people that `what` failed, then fail with the same words.

    A failed job says its FailureReason, everything else at most 2000 characters of its cause.
    """
    # A failed job's cause is its whole description; people want the reason in it.
    reason = (
        r'( $found := $match($failure.Cause, /"FailureReason":\s*"([^"]+)"/); '
        "$exists($found) ? $found[0].groups[0] : $substring($failure.Cause, 0, 2000) )"
    )
    message = (
        f"'{what} failed: ' & $failure.Error & ': ' & {reason} & "
        "'. Execution: ' & $states.context.Execution.Id"
    )
    return {
        "NotifyFailure": publish(
            topic_arn, subject=f"{what} failed", message=jsonata(message), then="Failed"
        ),
        "Failed": {
            "Type": "Fail",
            # Names that begin with States. belong to Step Functions; a state may not fail with one.
            "Error": jsonata(r"$replace($failure.Error, /^States\./, '')"),
            "Cause": jsonata(reason),
        },
    }
