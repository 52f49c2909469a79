"""State that rejects a model version and records the reason."""

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
    """Return a state that rejects a version; `version` (an ARN) and `reason` are JSONata."""
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
