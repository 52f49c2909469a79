"""Copies of a version's metrics, drift baselines and report in the target of a promotion."""

from dataclasses import dataclass
from typing import Any

from cli.aws import aws_errors
from cli.environments.environment import Environment
from cli.models.promotion_source import PromotionCandidate, PromotionSource
from cli.terminal.errors import WrongInput
from config.outputs import ARTIFACTS_BUCKET_NAME
from config.s3_layout import EVALUATION, model_prefix
from config.stack_names import STORAGE

_REPORT = "report"
_MEMBERS = ("ModelMetrics", "DriftCheckBaselines")


@dataclass(frozen=True)
class PromotedDocuments:
    """What a promoted version says of its quality, in files of the target."""

    members: dict[str, Any]
    facts: dict[str, str]


@dataclass(frozen=True)
class _Copier:
    """Copies files of one candidate to the target's bucket, each below its old name."""

    source: PromotionSource
    target: Environment
    bucket: str
    origin_prefix: str
    prefix: str

    def copied(self, value: Any) -> Any:
        """Return `value` with every S3 URI in it replaced by that of a copy."""
        if isinstance(value, dict):
            return {
                key: self.copy(item) if key == "S3Uri" else self.copied(item)
                for key, item in value.items()
            }
        return [self.copied(item) for item in value] if isinstance(value, list) else value

    def copy(self, uri: str) -> str:
        """Copy one file and return its URI in the target; the same file again is harmless."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        _, _, name = key.removeprefix(self.origin_prefix).partition("/")
        if not key.startswith(self.origin_prefix) or not name:
            raise WrongInput(
                f"{self.source.name}: {uri} is not below {self.origin_prefix}; train the model "
                "again there"
            )
        origin = self.source.connection.client("s3")
        try:
            self.target.aws("s3").copy(
                {"Bucket": bucket, "Key": key},
                self.bucket,
                self.prefix + name,
                ExtraArgs={"MetadataDirective": "REPLACE", "TaggingDirective": "REPLACE"},
                SourceClient=origin,
            )
        except origin.exceptions.ClientError as error:
            raise self._explain(error, uri) from error
        return f"s3://{self.bucket}/{self.prefix}{name}"

    def _explain(self, error: Exception, uri: str) -> Exception:
        name = self.source.name
        sandbox = " --sandbox" if self.source.connection.is_sandbox else ""
        if aws_errors.code_of(error) in ("403", "AccessDenied"):
            return WrongInput(
                f"{name}: {uri} is not shared with this account; deploy {name} again with: "
                f"./kiban deploy --env {name}{sandbox}"
            )
        if aws_errors.code_of(error) in ("404", "NoSuchKey", "NotFound"):
            return WrongInput(f"{name}: {uri} is gone; train the model again there")
        return error


def copy_documents(
    source: PromotionSource, target: Environment, model: str, candidate: PromotionCandidate
) -> PromotedDocuments:
    """Copy what the candidate's metrics, baselines and report name; raises WrongInput."""
    folder = f"{model_prefix(model)}{EVALUATION}/"
    copier = _Copier(
        source,
        target,
        target.output(STORAGE, ARTIFACTS_BUCKET_NAME),
        folder,
        f"{folder}promoted-{source.config.stage}-{candidate.number}/",
    )
    members = {
        name: copier.copied(candidate.package[name])
        for name in _MEMBERS
        if candidate.package.get(name)
    }
    report = candidate.version.facts.get(_REPORT)
    return PromotedDocuments(members, {_REPORT: copier.copy(report)} if report else {})
