"""Atomic file writes: a file exists whole or not at all, also when its writer is killed."""

from pathlib import Path

# SageMaker's copy to S3 leaves files with this ending alone.
UNFINISHED = ".sagemaker-ignore"


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside `path`, then take its place; on a full disk nothing stays. Raises OSError."""
    unfinished = path.with_name(path.name + UNFINISHED)
    # No fsync: what a killed process wrote survives, and a lost machine takes its disk along.
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
