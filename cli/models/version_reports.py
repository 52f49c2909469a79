"""HTML reports of evaluations in the artifacts bucket, one for each registered version."""

import tempfile
from pathlib import Path

from cli.aws import aws_errors
from cli.environments.environment import Environment
from cli.models.model_versions import ModelVersion
from cli.terminal.errors import Failure, WrongInput

_REPORT = "report"


def report_address(model: str, version: ModelVersion) -> str:
    """Return the S3 URI of a version's report; raises Failure when it was registered without."""
    address = version.facts.get(_REPORT, "")
    if not address.startswith("s3://"):
        raise Failure(f"{model}: version {version.number} was registered without a report")
    return address


def save_report(env: Environment, model: str, version: ModelVersion, folder: Path | None) -> Path:
    """Copy the report into a folder, without one into a new temporary one, and return the file."""
    address = report_address(model, version)
    bucket, _, key = address.removeprefix("s3://").partition("/")
    s3 = env.aws("s3")
    try:
        content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except s3.exceptions.ClientError as error:
        if aws_errors.is_missing(error):
            raise Failure(f"{model}: {address} is gone; train the model again") from None
        raise
    try:
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix="kiban-report-"))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{model}-{version.number}.html"
        path.write_bytes(content)
    except OSError as error:
        where = error.filename or folder
        reason = (error.strerror or str(error)).lower()
        raise WrongInput(f"--output: {where}: {reason}; choose another folder") from None
    return path
