"""What is copied of a promoted version, what is not copied twice, and what is registered."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.aws import image_copy
from cli.models import model_versions, promoted_columns, promotion
from cli.models.model_versions import ModelVersion
from cli.models.promoted_documents import PromotedDocuments, copy_documents
from cli.models.promotion_source import PromotionCandidate, PromotionSource
from cli.terminal.errors import Failure, WrongInput
from config.loader import load_environment
from tests.cli.service import Service, environment, refused

STAGING = load_environment("staging")
EVALUATION = "s3://theirs/churn/evaluation/job"


def candidate(package: dict[str, Any] | None = None, **facts: str) -> PromotionCandidate:
    version = ModelVersion("arn:g/3", "Approved", datetime.now(UTC), "", facts)
    image = image_copy.EcrImage("", "", "", "", "")
    artifact = "s3://theirs/churn/training/job/output/model.tar.gz"
    return PromotionCandidate(version, image, "sha256:1", artifact, package or {})


def between(here: Service, there: Service) -> tuple[PromotionSource, Any]:
    """A source with one service, and a target with another."""
    connection = SimpleNamespace(client=lambda name: there, is_sandbox=False)
    target = environment(
        here,
        connection=SimpleNamespace(in_region=lambda region: connection),
        config=load_environment("prod"),
    )
    return PromotionSource(STAGING, target, "111122223333", "aws"), target


@pytest.mark.parametrize(
    ("there", "copies", "error"),
    [([True, True], 0, None), ([False, True], 1, None), ([False, False], 1, "did not arrive")],
)
def test_an_image_is_copied_once_and_has_to_arrive(
    there: list[bool], copies: int, error: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[Any] = []
    monkeypatch.setattr(image_copy, "has_image", lambda *given: there.pop(0))
    monkeypatch.setattr(image_copy, "copy_image", lambda *given: copied.append(given))
    source, target = between(Service(), Service())
    if error is None:
        address = promotion.copy_image(source, target, candidate())
        assert address == "machine@sha256:1"
    else:
        with pytest.raises(Failure, match=error):
            promotion.copy_image(source, target, candidate())
    assert len(copied) == copies


@pytest.mark.parametrize(
    ("head", "copies"),
    [
        ({"Metadata": {"promoted-etag": "e"}}, 0),
        ({"Metadata": {"promoted-etag": "old"}}, 1),
        ({"Metadata": {}}, 1),
        (refused("404"), 1),
        (refused("NoSuchKey"), 1),
        (refused("NotFound"), 1),
    ],
)
def test_an_artifact_is_copied_unless_the_same_one_is_there(head: Any, copies: int) -> None:
    class Here(Service):
        def copy(self, *given: Any, **more: Any) -> None:
            copied.append((*given, more["ExtraArgs"]["Metadata"]))

    copied: list[Any] = []
    source, target = between(Here(head_object=[head]), Service(head_object=[{"ETag": "e"}]))
    name = "churn/training/promoted-kiban-staging-3/output/model.tar.gz"

    assert promotion.copy_artifact(source, target, "churn", candidate()) == f"s3://machine/{name}"
    origin = {"Bucket": "theirs", "Key": "churn/training/job/output/model.tar.gz"}
    assert copied == [(origin, "machine", name, {"promoted-etag": "e"})] * copies


def test_a_bucket_that_may_not_be_read_is_not_taken_for_empty() -> None:
    source, target = between(
        Service(head_object=[refused("403")]), Service(head_object=[{"ETag": "e"}])
    )

    with pytest.raises(ClientError, match="403"):
        promotion.copy_artifact(source, target, "churn", candidate())


def test_what_was_promoted_from_this_version_is_found_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    versions = [candidate(promoted_from=arn).version for arn in ("arn:g/2", "arn:g/3")]
    monkeypatch.setattr(model_versions, "list_versions", lambda env, model: versions)
    _, target = between(Service(), Service())

    assert promotion.find_promoted_version(target, "churn", candidate()) is versions[1]
    monkeypatch.setattr(model_versions, "list_versions", lambda env, model: versions[:1])
    assert promotion.find_promoted_version(target, "churn", candidate()) is None


def test_a_promoted_version_keeps_its_facts_but_not_the_sources_word_on_columns() -> None:
    here = Service(create_model_package=[{"ModelPackageArn": "arn:here/1"}])
    _, target = between(here, Service())
    served = {"Image": "theirs", "ModelDataUrl": "theirs", "Environment": {"A": "b"}}
    package = {
        "InferenceSpecification": {
            "Containers": [served],
            "SupportedContentTypes": ["text/csv"],
            "SupportedTransformInstanceTypes": ["ml.m5.large"],
        }
    }
    given = candidate(
        package, metric_auc="0.9", schema_change="13, not 5", accepted_schema_change="them"
    )
    documents = PromotedDocuments({"ModelMetrics": {"m": 1}}, {"report": "s3://machine/r"})
    parts = {"Image": "here", "ModelDataUrl": "s3://machine/model"}

    assert promotion.register_version(target, "churn", given, parts, documents) == "arn:here/1"
    (call,) = here.given
    assert call["CustomerMetadataProperties"] == {
        "metric_auc": "0.9",
        "report": "s3://machine/r",
        "promoted_from": "arn:g/3",
        "image_digest": "sha256:1",
    }
    assert call["InferenceSpecification"] == {
        "Containers": [{**parts, "Environment": {"A": "b"}}],
        "SupportedContentTypes": ["text/csv"],
    }
    assert (call["ModelApprovalStatus"], call["ModelMetrics"]) == (
        "PendingManualApproval",
        {"m": 1},
    )


class Copying(Service):
    """A bucket of the target, which notes what is copied to it."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.copied: list[tuple[str, str]] = []
        self._error = error

    def copy(self, origin: dict[str, str], bucket: str, key: str, **more: Any) -> None:
        if self._error:
            raise self._error
        self.copied.append((origin["Key"], f"{bucket}/{key}"))


def test_documents_are_copied_below_a_folder_of_the_promotion() -> None:
    metrics = {"Quality": [{"S3Uri": f"{EVALUATION}/a.json", "Digest": 1}, "text"]}
    package = {"ModelMetrics": metrics, "DriftCheckBaselines": {"S3Uri": f"{EVALUATION}/b.json"}}
    here = Copying()
    source, target = between(here, Service())
    given = candidate(package, report=f"{EVALUATION}/report.html")

    found = copy_documents(source, target, "churn", given)

    folder = "machine/churn/evaluation/promoted-kiban-staging-3"
    assert found.members == {
        "ModelMetrics": {"Quality": [{"S3Uri": f"s3://{folder}/a.json", "Digest": 1}, "text"]},
        "DriftCheckBaselines": {"S3Uri": f"s3://{folder}/b.json"},
    }
    assert found.facts == {"report": f"s3://{folder}/report.html"}
    names = ("a.json", "b.json", "report.html")
    assert here.copied == [(f"churn/evaluation/job/{n}", f"{folder}/{n}") for n in names]
    assert copy_documents(source, target, "churn", candidate()) == PromotedDocuments({}, {})


@pytest.mark.parametrize(
    ("code", "kind", "message"),
    [
        ("403", WrongInput, r"is not shared .*: ./kiban deploy --env staging$"),
        ("AccessDenied", WrongInput, "is not shared with this account"),
        ("404", WrongInput, "is gone; train the model again there"),
        ("NoSuchKey", WrongInput, "is gone"),
        ("NotFound", WrongInput, "is gone"),
        ("SlowDown", ClientError, "SlowDown"),
    ],
)
def test_a_document_that_cannot_be_copied_says_why(
    code: str, kind: type[Exception], message: str
) -> None:
    source, target = between(Copying(refused(code)), Service())

    with pytest.raises(kind, match=message):
        copy_documents(source, target, "churn", candidate(report=f"{EVALUATION}/r"))


@pytest.mark.parametrize(
    ("statuses", "change"),
    [
        ([], ""),
        (["Rejected", "PendingManualApproval"], ""),
        (["Rejected", "Approved", "Approved"], "staging has no baseline"),
    ],
)
def test_columns_are_compared_with_those_of_the_newest_approved_version(
    statuses: list[str], change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = [
        ModelVersion(f"arn:here/{number}", status, datetime.now(UTC), "", {})
        for number, status in enumerate(statuses)
    ]
    monkeypatch.setattr(model_versions, "list_versions", lambda env, model: versions)
    here = Service(describe_model_package=[{}])
    source, target = between(here, Service())

    assert change in promoted_columns.schema_change(source, target, "churn", candidate())
    assert here.given == ([{"ModelPackageName": "arn:here/1"}] if change else [])
