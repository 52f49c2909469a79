"""Which version of the source is promoted, and why one cannot be."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.aws import image_copy
from cli.models import model_versions
from cli.models.model_versions import ModelVersion
from cli.models.promotion_source import PromotionCandidate, PromotionSource
from cli.terminal.errors import WrongInput
from config.loader import load_environment
from tests.cli.service import Service, refused

STAGING = load_environment("staging")
IMAGE = "111122223333.dkr.ecr.us-east-1.amazonaws.com/image"
ONE, TWO = f"sha256:{1:064}", f"sha256:{2:064}"
GROUP = "arn:aws-cn:sagemaker:us-east-1:111122223333:model-package-group/kiban-staging-churn"


def source(service: Service, *, sandbox: bool = False) -> PromotionSource:
    there = SimpleNamespace(client=lambda name: service, is_sandbox=sandbox)
    target: Any = SimpleNamespace(connection=SimpleNamespace(in_region=lambda region: there))
    return PromotionSource(STAGING, target, "111122223333", "aws-cn")


def packages(*numbers: int) -> dict[str, Any]:
    return {"ModelPackageSummaryList": [{"ModelPackageArn": f"arn:g/{n}"} for n in numbers]}


def chosen(
    monkeypatch: pytest.MonkeyPatch, present: str, image: str = IMAGE, digest: str | None = None
) -> PromotionCandidate:
    """The candidate when the repository has an image of this digest."""
    container = {"Image": image, "ModelDataUrl": "s3://a/model.tar.gz"}
    if digest is not None:
        container["ImageDigest"] = digest
    service = Service(
        describe_model_package_group=[{}],
        list_model_packages=[packages(9, 10, 2)],
        describe_model_package=[{"InferenceSpecification": {"Containers": [container]}}],
    )
    monkeypatch.setattr(image_copy, "digest_of", lambda connection, image: present)
    monkeypatch.setattr(
        model_versions,
        "describe_version",
        lambda env, arn: ModelVersion(arn, "Approved", datetime.now(UTC), "", {}),
    )
    found = source(service).candidate("churn")
    assert {"ModelPackageGroupName": GROUP} in service.given
    return found


@pytest.mark.parametrize(
    ("image", "digest"),
    [
        (f"{IMAGE}:tag", None),
        (f"{IMAGE}:tag", ""),
        (f"{IMAGE}:tag", ONE),
        (f"{IMAGE}@{ONE}", None),
        (f"{IMAGE}@{ONE}", TWO),
    ],
)
def test_the_newest_approved_version_is_promoted_with_the_image_it_was_registered_with(
    monkeypatch: pytest.MonkeyPatch, image: str, digest: str | None
) -> None:
    found = chosen(monkeypatch, ONE, image, digest)

    assert (found.number, found.digest) == (10, ONE)
    assert found.artifact == "s3://a/model.tar.gz"


@pytest.mark.parametrize(
    ("present", "image", "digest", "message"),
    [
        ("", f"{IMAGE}:tag", None, f"with image {IMAGE}:tag, its repository has none; train it"),
        ("", f"{IMAGE}:tag", ONE, f"with image {ONE}, its repository has none"),
        (TWO, f"{IMAGE}:tag", ONE, f"with image {ONE}, .* has {TWO}; train it"),
        (TWO, f"{IMAGE}@{ONE}", None, f"with image {ONE}, .* has {TWO}; train it"),
    ],
)
def test_a_version_whose_image_is_gone_or_another_is_not_promoted(
    monkeypatch: pytest.MonkeyPatch, present: str, image: str, digest: str | None, message: str
) -> None:
    with pytest.raises(WrongInput, match=f"churn: version 10 of staging was registered {message}"):
        chosen(monkeypatch, present, image, digest)


@pytest.mark.parametrize(
    ("sandbox", "words"), [(False, "VERSION --env staging$"), (True, "--env staging --sandbox$")]
)
def test_without_an_approved_version_there_is_nothing_to_promote(sandbox: bool, words: str) -> None:
    service = Service(describe_model_package_group=[{}], list_model_packages=[packages()])

    with pytest.raises(WrongInput, match=f"has no approved version; .* approve churn .*{words}"):
        source(service, sandbox=sandbox).candidate("churn")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("AccessDenied", "is not shared with this account; name it in sharing.accounts of config/"),
        ("ResourceNotFound", f"{GROUP} does not exist; create it with: ./kiban deploy --env stag"),
    ],
)
def test_a_group_that_is_not_shared_or_not_there_says_so(code: str, message: str) -> None:
    with pytest.raises(WrongInput, match=f"^staging: .*{message}"):
        source(Service(describe_model_package_group=[refused(code)])).candidate("churn")


def test_any_other_error_is_awss() -> None:
    with pytest.raises(ClientError, match="Throttling"):
        source(Service(describe_model_package_group=[refused("Throttling")])).candidate("churn")
