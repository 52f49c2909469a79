"""S3 prefixes of the buckets, and the marker that completes a data version."""

READY_MARKER = "_READY"
"""Empty object that says a data version is complete; its arrival starts a training."""

TRAINING = "training"
"""Artifacts bucket, below a model: SageMaker writes `<job>/output/model.tar.gz` there."""

CHECKPOINTS = "checkpoints"
EVALUATION = "evaluation"
EXPERIMENTS = "workbench"
"""Artifacts bucket, below a model: all that trainings started from a notebook write."""

CAPTURE = "capture"
"""Monitoring bucket, below a model: captured requests, as SageMaker writes them."""


def model_prefix(model: str) -> str:
    """Return the prefix of everything that belongs to `model`, in every bucket."""
    return f"{model}/"


def data_version_prefix(model: str, version: str) -> str:
    """Return the prefix of one version of a model's data; its channels and marker lie below it."""
    return f"{model_prefix(model)}{version}/"
