"""A file of rows, uploaded as a data version with `kiban data put`."""

from pathlib import Path

from cli.environments.environment import Environment

ROWS = "benign,size\n" + "".join(f"{number % 2},{number}.5\n" for number in range(20))


def uploaded_keys(env: Environment, version: str) -> list[str]:
    bucket = env.output("Storage", "DataBucketName")
    listed = env.aws("s3").list_objects_v2(Bucket=bucket, Prefix=f"churn/{version}/")
    return [item["Key"] for item in listed.get("Contents", [])]


def put_command(file: Path, version: str) -> tuple[str, ...]:
    return ("data", "put", "churn", str(file), "--version", version, "--sandbox")
