from pathlib import Path

from tests.cli.terminal import PROJECT, kiban, require_one_line, with_file


def test_deploying_to_aws_unattended_needs_consent(tmp_path: Path) -> None:
    assert "--yes" in require_one_line(kiban("deploy", folder=tmp_path), 2)


def test_a_region_that_cannot_hold_the_stacks_is_refused_before_anything_is_made(
    tmp_path: Path,
) -> None:
    dev = (PROJECT / "config" / "dev.toml").read_text()
    folder = with_file(tmp_path, "dev", dev.replace("us-east-1", "cn-north-1"))

    message = require_one_line(kiban("deploy", "--yes", folder=folder), 2)

    assert "cn-north-1 has no AWS::SageMaker::ModelPackageGroup" in message


def test_credentials_are_asked_for_before_a_synthesis(tmp_path: Path) -> None:
    message = require_one_line(kiban("deploy", "--yes", folder=tmp_path), 1)

    # What the CDK says of it comes after a synthesis, and begins with its name.
    assert message == (
        "kiban-dev: no credentials found; log in (aws sso login, aws configure) or add --sandbox"
    )
