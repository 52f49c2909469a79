import pytest

from cli.models.workflow_runs import explain_failure


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        ('{"FailureReason": "two\\nlines"}', "Error: two lines"),
        ("plain words", "Error: plain words"),
        ("[1]", "Error: [1]"),
        ("", "Error"),
    ],
)
def test_why_something_failed_is_one_line(cause: str, message: str) -> None:
    assert explain_failure("Error", cause) == message
