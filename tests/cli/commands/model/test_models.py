from pathlib import Path

from cli.environments.environment import Environment
from cli.models import model_versions
from tests.cli.registry import listed_version
from tests.cli.terminal import kiban


def test_a_version_shows_its_metrics_its_data_and_that_it_is_not_live(
    folder: Path, version: int
) -> None:
    shown = listed_version(folder, version)

    assert shown["metrics"] == {"auc": 0.98}
    assert shown["facts"] == {"data_version": "v7", "metric_auc": "0.98"}
    assert shown["status"] == "PendingManualApproval"
    assert shown["live"] is False


def test_the_newest_versions_report_is_named_where_it_lies(
    dev: Environment, folder: Path, version: int
) -> None:
    address = "s3://artifacts/churn/evaluation/churn-1/report.html"
    arn = model_versions.find_version(dev, "churn", version).arn
    before = kiban("models", "churn", "--sandbox", folder=folder)

    dev.aws("sagemaker").update_model_package(
        ModelPackageArn=arn, CustomerMetadataProperties={"report": address}
    )
    after = kiban("models", "churn", "--sandbox", folder=folder)

    assert "report of" not in before.out
    assert f"report of {version}: {address}" in after.out
