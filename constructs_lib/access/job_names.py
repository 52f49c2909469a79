"""Names of SageMaker jobs and their patterns in IAM policies: the jobs of one model, and no other.

A job's name has no room for an environment's, of which two in one account may train a model of the
same name. So the first eight digits of its UUID are not random: they stand for the environment.
"""

from hashlib import sha256

_DIGITS = 8


def environment_digits(stage: str) -> str:
    """Return the digits that begin the UUIDs of an environment's jobs."""
    return sha256(stage.encode()).hexdigest()[:_DIGITS]


def workflow_job_name(stage: str, model: str, unique: str) -> str:
    """Return the JSONata of a job's name without its attempt; `unique` gives a UUID."""
    return f"'{model}-{environment_digits(stage)}' & $substring({unique}, {_DIGITS})"


def workflow_jobs(stage: str, model: str) -> str:
    """Return the pattern of the jobs of the model's workflow: `<model>-<uuid>-<attempt>`.

    The hyphens of the UUID keep out a model whose name goes on after a hyphen, as `churn-b` after
    `churn`: within 20 characters no name can have hyphens at the same three places.
    """
    return f"{model}-{environment_digits(stage)}-????-????-*"


def experiments(model: str) -> str:
    """Return the pattern of the trainings that people start from a notebook."""
    return f"{model}-workbench-*"
