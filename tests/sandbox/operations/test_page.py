"""The page about the sandbox lists what answers, and says what the refusal says."""

from pathlib import Path

from sandbox.operations import checked

PAGE = Path(__file__).parents[3] / "docs" / "sandbox.md"


def test_the_page_lists_every_operation_that_answers() -> None:
    """To renew it: `python -m sandbox operations`."""
    assert f"```text\n{checked.listing()}\n```" in PAGE.read_text(encoding="utf-8")


def test_the_page_shows_the_refusal_as_it_is() -> None:
    refusal = checked.refusal("sagemaker", "CreatePipeline")

    assert refusal in " ".join(PAGE.read_text(encoding="utf-8").split())
