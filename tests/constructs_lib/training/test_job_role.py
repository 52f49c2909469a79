"""What the jobs of a workflow may do."""

from tests.templates.model_stacks import model_stacks


def test_jobs_read_and_write_what_the_platforms_key_encrypts() -> None:
    assert {"kms:Decrypt", "kms:GenerateDataKey"} <= model_stacks().actions("JobRole")
