"""States that publish to SNS, and that end an execution after a failure."""

from constructs_lib.workflow.asl import State, States, jsonata, retry, task


def publish(topic_arn: str, *, subject: str, message: str, then: str) -> State:
    """Return a state that publishes at most 256 KB; if that fails the execution still goes on."""
    return task(
        "arn:aws:states:::sns:publish",
        {"TopicArn": topic_arn, "Subject": subject, "Message": message},
        then=then,
        retry=[retry(["States.TaskFailed"], attempts=3, first_seconds=2, most_seconds=30)],
        catch=[{"ErrorEquals": ["States.ALL"], "Next": then}],
    )


def failure_states(topic_arn: str, *, what: str) -> States:
    """Return `NotifyFailure` and `Failed`: publish that `what` failed, then fail.

    Both say a failed job's FailureReason, or else at most 2000 characters of the cause.
    """
    # A failed job's cause is its whole description, JSON with only the reason useful: text in which
    # quotes are escaped. (JSONata takes a `]` behind a backslash for no end of a class.)
    reason = (
        r'( $found := $match($failure.Cause, /"FailureReason":\s*("[^\\"]*(\\.[^\\"]*)*")/); '
        "$exists($found) ? $parse($found[0].groups[0]) : $substring($failure.Cause, 0, 2000) )"
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
