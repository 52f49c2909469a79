from datetime import UTC, datetime

import pytest

from cli.aws.connection import Connection
from cli.aws.image_copy import EcrImage
from cli.environments.environment import Environment
from cli.models import promoted_documents, promotion
from cli.models.model_versions import ModelVersion
from cli.models.promotion_source import PromotionCandidate, PromotionSource
from cli.terminal.errors import WrongInput
from config.loader import load_environment
from sandbox.server.server import Sandbox
from tests.cli.registries import OTHER
from tests.templates.environments import make_environment


def candidate(**metrics: float) -> PromotionCandidate:
    facts = {f"metric_{name}": str(value) for name, value in metrics.items()}
    version = ModelVersion("arn:…/3", "Approved", datetime.now(UTC), "", facts)
    return PromotionCandidate(version, EcrImage("", "", "", "", ""), "", "", {})


def target_with(**gate: object) -> Environment:
    config = make_environment(models={"churn": {"gate": gate}})
    return Environment(config, Connection("us-east-1"))


def test_a_version_that_reaches_the_gate_of_the_target_passes() -> None:
    target = target_with(metric="auc", minimum=0.9)

    promotion.require_gate(target, "churn", candidate(auc=0.9), "staging")


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        ({"auc": 0.84}, "version 3 of staging has auc 0.8400, the gate in config/test.toml asks"),
        ({"accuracy": 0.99}, "has no metric auc, which the gate in config/test.toml asks for"),
        ({}, "it has none"),
    ],
)
def test_a_version_below_the_gate_of_the_target_is_refused(
    metrics: dict[str, float], message: str
) -> None:
    with pytest.raises(WrongInput, match=message):
        promotion.require_gate(target_with(minimum=0.9), "churn", candidate(**metrics), "staging")


def test_an_error_has_to_be_small_enough() -> None:
    config = load_environment("dev").models["churn"]
    gate = config.gate.model_copy(update={"metric": "logloss", "minimum": None, "maximum": 0.2})
    dev = load_environment("dev")
    models = {"churn": config.model_copy(update={"gate": gate})}
    target = Environment(dev.model_copy(update={"models": models}), Connection("us-east-1"))

    promotion.require_gate(target, "churn", candidate(logloss=0.2), "staging")
    with pytest.raises(WrongInput, match=r"asks for at most 0\.2; nothing was changed"):
        promotion.require_gate(target, "churn", candidate(logloss=0.3), "staging")


def test_the_same_files_are_not_copied_twice(sandbox: Sandbox) -> None:
    s3 = sandbox.client("s3", account=OTHER, region="eu-west-1")
    s3.create_bucket(Bucket="copies", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="copies", Key="k", Body=b"model", Metadata={"promoted-etag": '"abc"'})

    assert promotion._copied_etag(s3, "copies", "k") == '"abc"'
    assert promotion._copied_etag(s3, "copies", "other") == ""


def test_documents_lie_below_the_evaluations_of_their_model() -> None:
    source = PromotionSource(
        load_environment("dev"), target_with(minimum=0.9), "123456789012", "aws"
    )
    copier = promoted_documents._Copier(
        source, target_with(minimum=0.9), "bucket", "churn/evaluation/", "churn/evaluation/p/"
    )

    for uri in ("s3://other/fraud/evaluation/job/a.json", "s3://other/churn/evaluation/a.json"):
        with pytest.raises(WrongInput, match="is not below churn/evaluation/"):
            copier.copied({"Statistics": {"S3Uri": uri}})


def test_a_version_that_was_approved_without_its_word_is_not_promoted() -> None:
    found = candidate(auc=0.99)
    found.version.facts["schema_change"] = "its model takes 13 features"

    with pytest.raises(WrongInput, match="approved there without a word that it needs"):
        promotion.require_gate(target_with(minimum=0.9), "churn", found, "staging")
