"""A version that must not serve is rejected with the reason, so that people can read it later."""

from constructs_lib.workflow.asl import (
    State,
    catch_all,
    jsonata,
    one_line,
    retry_transient_errors,
    sdk,
    task,
)


def reject(version: str, *, reason: str, then: str, failed: str) -> State:
    """Reject the version whose ARN the JSONata expression `version` gives, because of `reason`."""
    return task(
        sdk("sagemaker", "updateModelPackage"),
        {
            "ModelPackageArn": jsonata(version),
            "ModelApprovalStatus": "Rejected",
            "ApprovalDescription": jsonata(one_line(reason)),
        },
        then=then,
        retry=[retry_transient_errors("SageMaker")],
        catch=[catch_all(failed)],
    )
