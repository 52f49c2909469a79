"""Patterns of SageMaker job names in IAM policies: the jobs of one model, and of no other."""


def workflow_jobs(model: str) -> str:
    """Return the pattern of the jobs of the model's workflow: `<model>-<uuid>-<attempt>`.

    The hyphens of the UUID keep out a model whose name goes on after a hyphen, as `churn-b` after
    `churn`: within 20 characters no name can have hyphens at the same three places.
    """
    return f"{model}-????????-????-????-*"


def experiments(model: str) -> str:
    """Return the pattern of the trainings that people start from a notebook."""
    return f"{model}-workbench-*"
