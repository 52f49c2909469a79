"""What a person has to say to approve a version, and what is kept of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cli.models import approval
from cli.models.approval import ApprovalWords
from cli.models.model_versions import ModelVersion
from cli.terminal.errors import WrongInput

REFUSED = {"gate": "refused: auc 0.7"}
CHANGED = {"schema_change": "13 features, not 5"}


def version(comment: str = "", **facts: str) -> ModelVersion:
    return ModelVersion("arn:g/3", "Pending", datetime.now(UTC), comment, facts)


@pytest.mark.parametrize(
    ("comment", "facts", "refusal"),
    [
        ("", {}, ""),
        ("looks good", {}, ""),
        ("Refused by the gate: auc 0.7", {}, "auc 0.7"),
        ("Refused by the gate: auc 0.7", {"gate": "passed"}, ""),
        ("", {"gate": "passed"}, ""),
        ("", REFUSED, "auc 0.7"),
        ("", {"gate": "maybe"}, "unknown decision 'maybe'"),
    ],
)
def test_the_gate_passed_a_version_only_where_it_says_so(
    comment: str, facts: dict[str, str], refusal: str
) -> None:
    assert approval.gate_refusal(version(comment, **facts)) == refusal


@pytest.mark.parametrize(
    ("facts", "lacks"),
    [
        ({}, False),
        (REFUSED, True),
        (CHANGED, True),
        ({**REFUSED, "despite_gate": "known"}, False),
        ({**CHANGED, "accepted_schema_change": "me"}, False),
        ({**REFUSED, **CHANGED, "despite_gate": "known"}, True),
        ({**REFUSED, **CHANGED, "accepted_schema_change": "me"}, True),
        ({**REFUSED, **CHANGED, "despite_gate": "k", "accepted_schema_change": "me"}, False),
    ],
)
def test_an_approval_lacks_words_while_one_of_its_reasons_has_none(
    facts: dict[str, str], lacks: bool
) -> None:
    assert approval.lacks_words(version(**facts)) is lacks


@pytest.mark.parametrize(
    ("facts", "words", "message"),
    [
        ({}, {}, None),
        (REFUSED, {"despite_gate": "known"}, None),
        (CHANGED, {"changes_schema": True}, None),
        ({**REFUSED, **CHANGED}, {"changes_schema": True, "despite_gate": "known"}, None),
        (REFUSED, {}, 'refused it (auc 0.7); approve it all the same with: cmd --despite-gate "'),
        (REFUSED, {"despite_gate": " "}, "the gate refused it"),
        ({**REFUSED, **CHANGED}, {}, 'with: cmd --changes-schema --despite-gate "REASON"'),
        (CHANGED, {}, "(13 features, not 5), so requests that work today may fail"),
        ({**REFUSED, **CHANGED}, {"despite_gate": "known"}, "are ready: cmd --changes-schema"),
        ({}, {"changes_schema": True}, "does not change the schema"),
        ({}, {"despite_gate": "known"}, "the gate did not refuse it"),
        ({}, {"despite_gate": ""}, "the gate did not refuse it"),
        (REFUSED, {"changes_schema": True, "despite_gate": "k"}, "does not change the schema"),
    ],
)
def test_words_are_asked_for_where_a_version_needs_them_and_nowhere_else(
    facts: dict[str, str], words: dict[str, Any], message: str | None
) -> None:
    given = ApprovalWords(**words)
    if message is None:
        approval.require_words(version(**facts), given, "cmd")
        return
    with pytest.raises(WrongInput) as refusal:
        approval.require_words(version(**facts), given, "cmd")
    assert message in str(refusal.value)


def test_only_what_was_said_is_kept_with_the_version() -> None:
    both = ApprovalWords(changes_schema=True, despite_gate="it's\n known")

    assert approval.facts_of(ApprovalWords(), "me") == {}
    assert approval.facts_of(both, "arn:x") == {
        "accepted_schema_change": "arn:x",
        "despite_gate": "it_s known",
    }


def test_what_is_kept_fits_where_sagemaker_keeps_it() -> None:
    kept = approval.facts_of(ApprovalWords(despite_gate="x" * 300), "me")

    assert kept == {"despite_gate": "x" * 256}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({}, ""),
        ({"despite_gate": " we\n know "}, "Despite the gate (auc 0.7): we know"),
        ({"changes_schema": True}, "Changes the schema (13 features, not 5)"),
        (
            {"despite_gate": "k", "changes_schema": True},
            "Despite the gate (auc 0.7): k; Changes the schema (13 features, not 5)",
        ),
    ],
)
def test_a_description_says_why_it_was_approved_all_the_same(
    words: dict[str, Any], said: str
) -> None:
    found = approval.describe_words(version(**REFUSED, **CHANGED), ApprovalWords(**words))

    assert found == said
