"""Columns of a promotion candidate against those of the target's newest approved version."""

import json
from collections.abc import Mapping
from typing import Any

from cli.environments.environment import Environment
from cli.models import model_versions
from cli.models.promotion_source import PromotionCandidate, PromotionSource
from cli.terminal.errors import WrongInput

_SHOWN = 5


def schema_change(
    source: PromotionSource, target: Environment, model: str, candidate: PromotionCandidate
) -> str:
    """Return how the candidate's columns differ from those of what is live, "" if they do not.

    Columns are read from the drift baselines. A version without one has unknown columns, which
    counts as a difference.
    """
    approved = [v for v in model_versions.list_versions(target, model) if v.status == "Approved"]
    if not approved:
        return ""
    live = target.aws("sagemaker").describe_model_package(ModelPackageName=approved[0].arn)
    ours = _columns(source.connection.client("s3"), candidate.package)
    theirs = _columns(target.aws("s3"), live)
    return difference(ours, theirs, source.name, target.config.environment)


def difference(ours: list[str] | None, theirs: list[str] | None, source: str, target: str) -> str:
    """Return how two lists of columns differ, "" if they do not; None is unknown."""
    if ours is None or theirs is None:
        unknown = source if ours is None else target
        return f"the version of {unknown} has no baseline that names its columns"
    if len(ours) != len(theirs):
        return f"with its predictions it has {len(theirs)} columns, the candidate has {len(ours)}"
    if ours == theirs:
        return ""
    names = sorted(set(ours) ^ set(theirs)) or ["the same ones in another order"]
    return f"its columns differ from the candidate's: {', '.join(names[:_SHOWN])}"


def require_word(change: str, is_said: bool, what: str) -> None:
    """Raise WrongInput unless a change of the columns, and only a change, is named."""
    if change and not is_said:
        raise WrongInput(
            f"{what} takes other columns than what is live ({change}), so requests that work today "
            "may fail; nothing was changed; if the callers are ready, add --changes-schema"
        )
    if is_said and not change:
        raise WrongInput(f"{what} does not change the schema; leave --changes-schema out")


def _columns(s3: Any, package: Mapping[str, Any]) -> list[str] | None:
    quality = package.get("ModelMetrics", {}).get("ModelDataQuality", {})
    uri = quality.get("Statistics", {}).get("S3Uri", "")
    if not uri:
        return None
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    document = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    # Predictions come first, one for each class where there are more than two.
    return [str(feature["name"]) for feature in document["features"]]
