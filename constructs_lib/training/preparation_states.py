"""Workflow states: resolve the data version, ensure the image, look up the champion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.images.build_outcomes import REGISTRY_FAILED
from constructs_lib.training.data_check_states import checks_data, data_check_states
from constructs_lib.workflow.asl import (
    State,
    States,
    catch_all,
    choice,
    jsonata,
    retry,
    retry_transient_errors,
    sdk,
    set_variables,
    task,
    wait,
)

if TYPE_CHECKING:
    from constructs_lib.training.workflow_parts import WorkflowParts

BUILD_TIMEOUT_SECONDS = 7_200
_REGISTRY_WAITS = 5
_FIRST_REGISTRY_WAIT_SECONDS = 60


def preparation_states(parts: WorkflowParts, *, then: str, failed: str) -> States:
    """Return states that set `dataVersion` and `champion` (an artifact's URI, or "")."""
    checked = checks_data(parts.context)
    known = "CheckData" if checked else "FindImage"
    return {
        "ReadInput": _read_input(),
        "DataVersionGiven": choice(
            {"$dataVersion != ''": "RememberDataVersion"}, otherwise="LookUpDataVersion"
        ),
        "RememberDataVersion": _remember_data_version(parts, known, failed),
        "LookUpDataVersion": _look_up_data_version(parts, known, failed),
        "NoDataVersion": _no_data_version(parts, failed),
        **(data_check_states(parts, then="FindImage", failed=failed) if checked else {}),
        "FindImage": _find_image(parts, failed),
        "BuildImage": _build_image(parts),
        "WhyNoImage": choice(
            {f"{_REGISTRY_BUSY} and $registryWaits < {_REGISTRY_WAITS}": "WaitForRegistry"},
            otherwise=failed,
        ),
        "WaitForRegistry": wait(
            jsonata(f"{_FIRST_REGISTRY_WAIT_SECONDS} * $power(2, $registryWaits)"),
            then="CountRegistryWait",
        ),
        "CountRegistryWait": set_variables(
            {"registryWaits": jsonata("$registryWaits + 1")}, then="BuildImage"
        ),
        "FindChampion": _find_champion(parts, failed),
        "ChampionFound": choice({"$champion != ''": "DescribeChampion"}, otherwise=then),
        "DescribeChampion": _describe_champion(then, failed),
    }


def _read_input() -> State:
    given = "$exists($states.input.{0}) ? $string($states.input.{0}) : '{1}'"
    return set_variables(
        {
            "dataVersion": jsonata(given.format("DataVersion", "")),
            "reason": jsonata(given.format("Reason", "unknown")),
            "runId": jsonata("$uuid()"),
            "capacityWaits": 0,
            "registryWaits": 0,
            "fallback": 0,
        },
        then="DataVersionGiven",
    )


def _remember_data_version(parts: WorkflowParts, then: str, failed: str) -> State:
    return task(
        sdk("ssm", "putParameter"),
        {
            "Name": parts.data_version_parameter,
            "Value": jsonata("$dataVersion"),
            "Type": "String",
            "Overwrite": True,
        },
        then=then,
        retry=[retry_transient_errors("Ssm")],
        catch=[catch_all(failed)],
    )


def _look_up_data_version(parts: WorkflowParts, then: str, failed: str) -> State:
    return task(
        sdk("ssm", "getParameter"),
        {"Name": parts.data_version_parameter},
        then=then,
        assign={"dataVersion": jsonata("$states.result.Parameter.Value")},
        retry=[retry_transient_errors("Ssm")],
        catch=[
            {"ErrorEquals": ["Ssm.ParameterNotFoundException"], "Next": "NoDataVersion"},
            catch_all(failed),
        ],
    )


def _no_data_version(parts: WorkflowParts, failed: str) -> State:
    cause = (
        f"No data version of {parts.context.name} ever arrived. Upload one and its _READY marker, "
        "or start the workflow with DataVersion"
    )
    return set_variables({"failure": {"Error": "NoDataVersion", "Cause": cause}}, then=failed)


def _find_image(parts: WorkflowParts, failed: str) -> State:
    return task(
        sdk("ecr", "describeImages"),
        {
            "RepositoryName": parts.context.repository.name,
            "ImageIds": [{"ImageTag": parts.context.image_build.image_tag}],
        },
        then="FindChampion",
        retry=[retry_transient_errors("Ecr")],
        catch=[
            {"ErrorEquals": ["Ecr.ImageNotFoundException"], "Next": "BuildImage"},
            catch_all(failed),
        ],
    )


# The cause of a failed build is its description: what a phase's context says of a command that
# failed is "Error while executing command: … Reason: exit status …", and nothing of its output.
_REGISTRY_BUSY = f"$contains($failure.Cause, 'Reason: exit status {REGISTRY_FAILED}')"


def _build_image(parts: WorkflowParts) -> State:
    # A new account may have one build at a time, and another model's workflow may be using it.
    busy = ["CodeBuild.AccountLimitExceededException", "CodeBuild.AWSCodeBuildException"]
    state = task(
        "arn:aws:states:::codebuild:startBuild.sync",
        {"ProjectName": parts.context.image_build.project_name},
        then="FindChampion",
        retry=[retry(busy, attempts=8, first_seconds=60, most_seconds=600)],
        catch=[catch_all("WhyNoImage")],
    )
    return state | {"TimeoutSeconds": BUILD_TIMEOUT_SECONDS}


def _find_champion(parts: WorkflowParts, failed: str) -> State:
    return task(
        sdk("sagemaker", "listModelPackages"),
        approved_versions(parts.group_name),
        then="ChampionFound",
        assign={"champion": jsonata(NEWEST_VERSION)},
        retry=[retry_transient_errors("SageMaker")],
        catch=[catch_all(failed)],
    )


def _describe_champion(then: str, failed: str) -> State:
    return task(
        sdk("sagemaker", "describeModelPackage"),
        {"ModelPackageName": jsonata("$champion")},
        then=then,
        assign={
            "champion": jsonata("$states.result.InferenceSpecification.Containers[0].ModelDataUrl")
        },
        retry=[retry_transient_errors("SageMaker")],
        catch=[catch_all(failed)],
    )


def approved_versions(group_name: str) -> dict[str, object]:
    """Return the arguments of ListModelPackages: the newest hundred approved versions."""
    return {
        "ModelPackageGroupName": group_name,
        "ModelApprovalStatus": "Approved",
        "SortBy": "CreationTime",
        "SortOrder": "Descending",
        "MaxResults": 100,
    }


NEWEST_VERSION = (
    "( $all := $states.result.ModelPackageSummaryList; $count($all) = 0 ? '' : "
    "$all[ModelPackageVersion = $max($all.ModelPackageVersion)][0].ModelPackageArn )"
)
"""JSONata: ARN of the newest listed version, or ""; two may be created in the same second."""
